// A race as a case for the guest: a scenario that runs many times while a second thread writes to its prog arrays.
// The schedule says what is written; when, only the race decides.

import type { Scenario } from '../../model/scenario/scenario.ts';
import type { KernelOutcome } from './kernel-outcome.ts';
import {
  type CaseSettings,
  isSlotWrite,
  readObjects,
  testRun,
  unsupportedReason,
  writeObjects,
} from './scenario-case.ts';
import { CaseWriter, ReplyReader, RESULTS_MAX, type SlotWrite, WRITES_MAX } from './wire.ts';

/** Return values, unsigned 32 bits, and how often each came; or why there are none. */
export type RaceOutcome =
  | { readonly kind: 'raced'; readonly results: ReadonlyMap<number, number> }
  | Exclude<KernelOutcome, { kind: 'exit' }>;

/** Why a race of this scenario cannot be run or judged, or undefined. */
export function unsupportedRace(scenario: Scenario): string | undefined {
  const { schedule, maps } = scenario;
  const other = schedule.find((entry) => !isSlotWrite(entry));
  if (other !== undefined) return `the second thread writes slots, and does not ${other.op}`;
  if (schedule.length === 0) return 'there is no schedule for the second thread';
  if (schedule.length > WRITES_MAX) return `the second thread makes at most ${WRITES_MAX} writes`;
  const kept = maps.find(({ type }) => type !== 'prog_array');
  if (kept !== undefined) return `a run would see what others have left in ${kept.name}`;
  return unsupportedReason({ ...scenario, schedule: [] });
}

/** The case of a race for which there is no `unsupportedRace`. */
export function raceCaseOf(scenario: Scenario, settings: CaseSettings, runs: number): Uint8Array {
  const writer = new CaseWriter();
  writeObjects(writer, scenario, settings);
  const writes = scenario.schedule.filter(isSlotWrite).map(
    (entry): SlotWrite => ({
      map: entry.map,
      index: entry.index,
      ...(entry.op === 'update' ? { program: entry.program } : {}),
    }),
  );
  writer.race({ ...testRun(scenario), repeat: runs }, writes);
  return writer.finish();
}

/** Reads the reply to a race's case. */
export function raceOutcomeOf(scenario: Scenario, reply: Uint8Array): RaceOutcome {
  const reader = new ReplyReader(reply);
  const refused = readObjects(scenario, reader);
  const errno = reader.status();
  const results = errno === 0 ? reader.raced() : new Map<number, number>();
  reader.end();
  if (refused !== undefined) return refused;
  if (errno !== 0) return { kind: 'refused', what: 'run', errno };
  if (results.size < RESULTS_MAX) return { kind: 'raced', results };
  return { kind: 'unsupported', reason: `there were ${RESULTS_MAX} results or more` };
}
