// What a program is run with: a packet, fields of the context, contents of maps, and a user space that rewrites
// the prog arrays meanwhile.

import {
  buildContext,
  contextFields,
  PACKET_FIELDS,
  type ProgramType,
} from '../../../model/scenario/context.ts';
import type {
  MapDefinition,
  Scenario,
  ScheduleEntry,
  ValueMap,
} from '../../../model/scenario/scenario.ts';
import type { Rng } from '../../generate/rng.ts';
import { word64 } from '../../generate/words.ts';

export interface RunInput {
  readonly packet: Uint8Array;
  readonly context: Uint8Array;
  /** By map; prog arrays have none. */
  readonly contents: readonly ValueMap['entries'][];
  readonly schedule: readonly ScheduleEntry[];
  /** Index of the program that is entered. */
  readonly program: number;
}

/** Around what programs check: nothing, less than a header, and up to what variable offsets reach. */
const PACKET_BYTES = [0, 1, 4, 7, 8, 9, 14, 16, 31, 32, 33, 64, 256, 300] as const;

/** Draws an input for programs of a type. */
export function drawInput(
  rng: Rng,
  type: Exclude<ProgramType, 'raw'>,
  maps: readonly MapDefinition[],
  programCount: number,
): RunInput {
  const packet = rng.bytes(rng.pick(PACKET_BYTES));
  const values: Record<string, number> = {};
  for (const field of Object.keys(contextFields(type))) {
    if (PACKET_FIELDS.has(field) || rng.chance(1, 2)) continue;
    values[field] = rng.chance(1, 2) ? rng.int(0, 16) : Number(word64(rng) & 0xffff_ffffn);
  }
  return {
    packet,
    context: buildContext(type, packet, values),
    contents: maps.map((map) => (map.type === 'prog_array' ? [] : drawContents(rng, map))),
    schedule: drawSchedule(rng, maps, programCount),
    program: rng.int(0, programCount - 1),
  };
}

/** Keys are small, as those that programs look up. */
function drawContents(rng: Rng, { keySize, valueSize, maxEntries }: ValueMap): ValueMap['entries'] {
  const entries = [];
  for (let low = 0; low < maxEntries; low++) {
    if (rng.chance(1, 4)) continue;
    const key = new Uint8Array(keySize);
    key[0] = low;
    entries.push({
      key,
      value: rng.chance(1, 2) ? rng.bytes(valueSize) : smallWords(rng, valueSize),
    });
  }
  return entries;
}

/** Little-endian words below 32: what gets past comparisons. */
function smallWords(rng: Rng, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 4) bytes[at] = rng.int(0, 31);
  return bytes;
}

/** Slots that are written before the run, and between its tail calls. */
function drawSchedule(
  rng: Rng,
  maps: readonly MapDefinition[],
  programCount: number,
): ScheduleEntry[] {
  const arrays = maps.flatMap((map, index) => (map.type === 'prog_array' ? [index] : []));
  if (arrays.length === 0 || rng.chance(1, 3)) return [];
  const entries = Array.from({ length: rng.int(1, 5) }, (): ScheduleEntry => {
    const map = rng.pick(arrays);
    const index = rng.int(0, maps[map]!.maxEntries - 1);
    const before = { hop: rng.int(0, 6) };
    return rng.chance(2, 3)
      ? { before, map, index, op: 'update', program: rng.int(0, programCount - 1) }
      : { before, map, index, op: 'delete' };
  });
  return entries;
}

/** A scenario with an input in the place of its own. */
export function withInput(scenario: Scenario, input: RunInput): Scenario {
  const { packet, context, program, schedule } = input;
  const maps = scenario.maps.map((map, index) =>
    map.type === 'prog_array' ? map : { ...map, entries: input.contents[index]! },
  );
  return { ...scenario, maps, run: { ...scenario.run, packet, context, program }, schedule };
}
