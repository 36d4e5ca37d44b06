// What a run may give while another CPU writes to its prog arrays: a tail call reads its slot once, and sees what one
// of the writes, or none yet, has left there. All ways are tried on a model.

import { InputError } from '../../model/errors.ts';
import type { Hop, Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario, ScheduleEntry } from '../../model/scenario/scenario.ts';
import type { Model } from './campaign.ts';

const EMPTY = -1;
const INDEX_MASK = 0xffff_ffffn;
const MODEL_RUNS_MAX = 20_000;

/** A tail call that sees another program in its slot than the one before it did, or none (-1). */
interface Change {
  readonly hop: number;
  readonly map: number;
  readonly index: number;
  readonly program: number;
}

/**
 * The return values, unsigned 32 bits, that are allowed while a second CPU makes the schedule's updates and deletes
 * over and over. A run may begin at any of them, and slots are taken apart, so that it may be a superset.
 * @throws InputError for a run that does not end by exit, or with too many ways.
 */
export function racedResults(model: Model, scenario: Scenario): ReadonlySet<number> {
  const contents = contentsOfSlots(scenario);
  const results = new Set<number>();
  const ways: (readonly Change[])[] = [[]];
  let runs = 0;
  for (let way = ways.pop(); way !== undefined; way = ways.pop()) {
    if (++runs > MODEL_RUNS_MAX) throw new InputError('a race has too many ways to try them all');
    const outcome = model.run({ ...scenario, schedule: way.map(entryOf) });
    results.add(resultOf(outcome));
    // Every tail call after the last change may be the next one that sees something else.
    for (let hop = (way.at(-1)?.hop ?? -1) + 1; hop < outcome.hops.length; hop++) {
      const { map, index } = placeOf(outcome.hops[hop]!);
      const seen = way.findLast((change) => change.map === map && change.index === index);
      const [first = EMPTY, ...others] = contents.get(slotKey(map, index)) ?? [];
      for (const program of [first, ...others]) {
        if (program !== (seen?.program ?? first)) ways.push([...way, { hop, map, index, program }]);
      }
    }
  }
  return results;
}

/** By slot that is written: what it holds at the start, and then whatever else it may hold. */
function contentsOfSlots({ maps, schedule }: Scenario): ReadonlyMap<string, readonly number[]> {
  const contents = new Map<string, Set<number>>();
  for (const entry of schedule) {
    if (entry.op !== 'update' && entry.op !== 'delete') continue;
    const { map, index } = entry;
    const definition = maps[map];
    const entries = definition?.type === 'prog_array' ? definition.entries : [];
    const start = entries.find((one) => one.index === index)?.program ?? EMPTY;
    const held = contents.get(slotKey(map, index)) ?? new Set([start]);
    contents.set(slotKey(map, index), held.add(entry.op === 'update' ? entry.program : EMPTY));
  }
  return new Map([...contents].map(([key, held]) => [key, [...held]]));
}

const slotKey = (map: number, index: number) => `${map} ${index}`;

function placeOf({ map, index }: Hop): { readonly map: number; readonly index: number } {
  return { map, index: Number(index & INDEX_MASK) };
}

function entryOf({ hop, map, index, program }: Change): ScheduleEntry {
  const before = { hop };
  if (program === EMPTY) return { before, op: 'delete', map, index };
  return { before, op: 'update', map, index, program };
}

function resultOf({ ending }: Outcome): number {
  if (ending.kind === 'exit') return Number(BigInt.asUintN(32, ending.r0));
  throw new InputError(`a race ends by exit, and not by ${ending.kind.replaceAll('_', ' ')}`);
}
