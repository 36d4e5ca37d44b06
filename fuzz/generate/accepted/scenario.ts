// A whole scenario for a real kernel: programs that its verifier mostly accepts, inputs that a test run can be
// given, writes that come before the run. What a kernel would answer in its own way is left out.

import { kernelContext } from '../../../interp/linux/kernel-context.ts';
import { profileNamed } from '../../../model/profiles/catalogue.ts';
import { buildContext } from '../../../model/scenario/context.ts';
import { MAY_GOTO_BUDGET } from '../../../model/scenario/environment.ts';
import type {
  MapDefinition,
  NamedProgram,
  Scenario,
  ScheduleEntry,
  ValueMap,
} from '../../../model/scenario/scenario.ts';
import type { Rng } from '../rng.ts';
import { word64 } from '../words.ts';
import type { Dialect, Surroundings } from './draft.ts';
import { generateProgram, swarmWeights } from './program.ts';

const TYPES = ['socket_filter', 'sched_cls', 'xdp'] as const;
const TYPE_WEIGHTS = [1, 4, 2];
/** Steps: what runs on longer is not for a kernel, where nothing would end it. */
const FUEL = 20_000;

/** Draws a scenario for a kernel of a profile. */
export function generateAccepted(rng: Rng, profile: string, dialect: Dialect): Scenario {
  const type = TYPES[rng.weighted(TYPE_WEIGHTS)]!;
  const programCount = rng.int(1, 4);
  const maps = drawMaps(rng, programCount);
  const packet = drawPacket(rng, type === 'socket_filter');
  const surroundings: Surroundings = {
    rng,
    type,
    dialect,
    maps,
    packetBytes: packet.length,
    weights: swarmWeights(rng),
  };
  const programs: NamedProgram[] = [];
  for (let number = 0; number < programCount; number++) {
    const name = number === 0 ? 'entry' : `p${number}`;
    programs.push({ name, program: generateProgram(surroundings, number) });
  }
  const scenario: Scenario & { readonly type: typeof type } = {
    profile: profileNamed(profile),
    type,
    maps,
    programs,
    run: {
      program: 0,
      context: buildContext(type, packet, drawFields(rng, type)),
      packet,
      registers: new Map(),
      fuel: FUEL,
      seed: 0,
      uninitialised: 'trap',
      mayGoto: MAY_GOTO_BUDGET,
      helpers: 'linux',
    },
    schedule: drawSchedule(rng, maps, programCount),
  };
  return { ...scenario, run: { ...scenario.run, context: kernelContext(scenario) } };
}

/** At least what a test run wants; an EtherType that is none of a length. */
function drawPacket(rng: Rng, filter: boolean): Uint8Array {
  const packet = rng.bytes(rng.pick([filter ? 20 : 14, 20, 34, 48, 64]));
  packet[12] = rng.pick([0x08, 0x86, 0x88, 0xff]);
  return packet;
}

function drawFields(rng: Rng, type: Scenario['type']): Record<string, number> {
  const values: Record<string, number> = {};
  if (type === 'xdp') return values;
  for (const field of ['mark', 'priority', 'cb0', 'cb3']) {
    if (rng.chance(1, 4)) values[field] = Number(word64(rng) & 0xffff_ffffn);
  }
  return values;
}

/** The first map counts entries: docs/linux.md. */
function drawMaps(rng: Rng, programCount: number): MapDefinition[] {
  const maps: MapDefinition[] = [
    {
      name: 'trace',
      type: 'array',
      keySize: 4,
      valueSize: 8 * (1 + programCount),
      maxEntries: 1,
      entries: [],
    },
  ];
  for (let i = rng.weighted([1, 6, 1]); i > 0; i--) {
    const maxEntries = rng.int(1, 4);
    const entries = [];
    for (let index = 0; index < maxEntries; index++) {
      if (rng.chance(3, 4)) entries.push({ index, program: rng.int(0, programCount - 1) });
    }
    maps.push({ name: `jmp${maps.length}`, type: 'prog_array', maxEntries, entries });
  }
  for (let i = rng.int(0, 2); i > 0; i--) maps.push(drawValueMap(rng, maps.length));
  return maps;
}

function drawValueMap(rng: Rng, number: number): ValueMap {
  const valueSize = rng.pick([1, 4, 8, 8, 12, 16]);
  const array = rng.chance(1, 2);
  const keySize = array ? 4 : rng.pick([1, 4, 8, 12]);
  const maxEntries = rng.pick([1, 1, 2, 3]);
  const entries = [];
  for (let low = 0; low < maxEntries; low++) {
    const key = new Uint8Array(keySize);
    key[0] = low;
    if (rng.chance(1, 2)) entries.push({ key, value: rng.bytes(valueSize) });
  }
  const type = array ? 'array' : 'hash';
  return { name: `${type}${number}`, type, keySize, valueSize, maxEntries, entries };
}

/** Writes by user space before the run, some of them out of range. */
function drawSchedule(
  rng: Rng,
  maps: readonly MapDefinition[],
  programCount: number,
): ScheduleEntry[] {
  const arrays = maps.flatMap((map, index) => (map.type === 'prog_array' ? [index] : []));
  if (arrays.length === 0 || rng.chance(1, 2)) return [];
  return Array.from({ length: rng.int(1, 4) }, () => {
    const map = rng.pick(arrays);
    const outside = rng.chance(1, 8) ? 0 : 1;
    const place = {
      before: { step: 0 },
      map,
      index: rng.int(0, maps[map]!.maxEntries - outside),
    };
    return rng.chance(2, 3)
      ? { ...place, op: 'update' as const, program: rng.int(0, programCount - 1) }
      : { ...place, op: 'delete' as const };
  });
}
