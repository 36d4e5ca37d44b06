// A whole scenario: programs that tail-call each other, maps, inputs, and a user space that rewrites the arrays.

import { DEFAULT_PROFILE, listProfiles, profileNamed } from '../../model/profiles/catalogue.ts';
import type { Profile } from '../../model/profiles/profile.ts';
import {
  buildContext,
  contextFields,
  PACKET_FIELDS,
  type ProgramType,
} from '../../model/scenario/context.ts';
import { MAY_GOTO_BUDGET } from '../../model/scenario/environment.ts';
import type {
  MapDefinition,
  NamedProgram,
  ProgArray,
  RunSetup,
  Scenario,
  ScheduleEntry,
  ScheduleTime,
  ValueMap,
} from '../../model/scenario/scenario.ts';
import type { Surroundings } from './draft.ts';
import { generateProgram, swarmWeights } from './program.ts';
import type { Rng } from './rng.ts';
import { word64 } from './words.ts';

/** What a caller may fix; everything else is drawn. */
export interface ScenarioOptions {
  /** Each as likely as the others. */
  readonly profiles?: readonly Profile[];
  readonly types?: readonly ProgramType[];
  /** Steps; runs that loop end here. */
  readonly fuelMax?: number;
  /** Programs whose paths hang on their input, and that seldom trap: for symbolic runs. */
  readonly branchy?: boolean;
}

const FUEL = 1500;
const TYPE_WEIGHTS: Readonly<Record<ProgramType, number>> = {
  sched_cls: 4,
  raw: 3,
  xdp: 2,
  socket_filter: 1,
};

/** Draws a scenario. */
export function generateScenario(rng: Rng, options: ScenarioOptions = {}): Scenario {
  const types = options.types ?? (Object.keys(TYPE_WEIGHTS) as ProgramType[]);
  const type = types[rng.weighted(types.map((name) => TYPE_WEIGHTS[name]))]!;
  const profile = drawProfile(rng, options.profiles);
  const programCount = rng.int(1, 4);
  const maps = drawMaps(rng, programCount);
  const input = drawInput(rng, type);
  const localCalls = profile.tailCall.propagation !== 'rejected';
  const run = drawRun(rng, input, options);
  const surroundings: Surroundings = {
    rng,
    type,
    maps,
    programCount,
    contextBytes: input.context.length,
    registers: new Set(input.registers.keys()),
    packetBytes: input.packet?.length ?? 0,
    uninitialisedTraps: run.uninitialised === 'trap',
    weights: swarmWeights(rng, localCalls, options.branchy ?? false),
  };
  const programs: NamedProgram[] = [];
  for (let index = 0; index < programCount; index++) {
    programs.push({
      name: index === 0 ? 'entry' : `p${index}`,
      program: generateProgram(surroundings),
    });
  }
  return {
    profile,
    type,
    maps,
    programs,
    run,
    schedule: drawSchedule(rng, maps, programCount),
  };
}

/** One of the given profiles; else the default one half of the time, because local calls are allowed there. */
function drawProfile(rng: Rng, profiles?: readonly Profile[]): Profile {
  if (profiles !== undefined) return rng.pick(profiles);
  return rng.chance(1, 2) ? profileNamed(DEFAULT_PROFILE) : rng.pick(rng.pick(profilesByKnobs()));
}

let byKnobs: readonly (readonly Profile[])[] | undefined;

/** The catalogue by what the engines read: many versions behave alike, and each behaviour is to be met. */
function profilesByKnobs(): readonly (readonly Profile[])[] {
  if (byKnobs === undefined) {
    const groups = new Map<string, Profile[]>();
    for (const profile of listProfiles()) {
      const knobs = JSON.stringify(profile.tailCall);
      groups.set(knobs, [...(groups.get(knobs) ?? []), profile]);
    }
    byKnobs = [...groups.values()];
  }
  return byKnobs;
}

function drawMaps(rng: Rng, programCount: number): MapDefinition[] {
  const maps: MapDefinition[] = [];
  for (let i = rng.weighted([1, 6, 1]); i > 0; i--)
    maps.push(drawProgArray(rng, maps.length, programCount));
  for (let i = rng.int(0, 2); i > 0; i--) maps.push(drawValueMap(rng, maps.length));
  return maps;
}

function drawProgArray(rng: Rng, number: number, programCount: number): ProgArray {
  const maxEntries = rng.int(1, 4);
  const entries = [];
  for (let index = 0; index < maxEntries; index++) {
    if (rng.chance(3, 4)) entries.push({ index, program: rng.int(0, programCount - 1) });
  }
  return { name: `jmp${number}`, type: 'prog_array', maxEntries, entries };
}

function drawValueMap(rng: Rng, number: number): ValueMap {
  const valueSize = rng.pick([1, 4, 8, 8, 12, 16]);
  if (rng.chance(1, 2)) {
    const maxEntries = rng.int(1, 4);
    const entries = [];
    for (let index = 0; index < maxEntries; index++) {
      if (rng.chance(1, 2))
        entries.push({ key: Uint8Array.of(index, 0, 0, 0), value: rng.bytes(valueSize) });
    }
    return { name: `array${number}`, type: 'array', keySize: 4, valueSize, maxEntries, entries };
  }
  const keySize = rng.pick([1, 4, 8, 12]);
  const maxEntries = rng.int(1, 3);
  const entries = [];
  for (let low = 0; low < maxEntries; low++) {
    const key = new Uint8Array(keySize);
    key[0] = low;
    if (rng.chance(1, 3)) entries.push({ key, value: rng.bytes(valueSize) });
  }
  return { name: `hash${number}`, type: 'hash', keySize, valueSize, maxEntries, entries };
}

type Input = Pick<RunSetup, 'context' | 'registers'> & { readonly packet?: Uint8Array };

function drawInput(rng: Rng, type: ProgramType): Input {
  if (type === 'raw') {
    const registers = new Map<number, bigint>();
    for (let register = 0; register < 10; register++) {
      if (register !== 1 && rng.chance(1, 3)) registers.set(register, word64(rng));
    }
    return { context: rng.bytes(rng.pick([0, 8, 16, 32])), registers };
  }
  const packet = rng.bytes(rng.pick([0, 14, 20, 34, 48]));
  const values: Record<string, number> = {};
  for (const field of Object.keys(contextFields(type))) {
    if (!PACKET_FIELDS.has(field) && rng.chance(1, 6))
      values[field] = Number(word64(rng) & 0xffff_ffffn);
  }
  return { context: buildContext(type, packet, values), packet, registers: new Map() };
}

function drawRun(rng: Rng, input: Input, options: ScenarioOptions): RunSetup {
  const { fuelMax = FUEL, branchy = false } = options;
  return {
    program: 0,
    ...input,
    fuel: rng.chance(1, 20) ? rng.int(0, 40) : fuelMax,
    seed: rng.int(0, 0xffff),
    uninitialised: rng.chance(1, branchy ? 6 : 2) ? 'trap' : 'ignore',
    mayGoto: rng.chance(1, 10) ? MAY_GOTO_BUDGET : rng.int(0, 4),
    helpers: 'linux',
  };
}

function drawSchedule(
  rng: Rng,
  maps: readonly MapDefinition[],
  programCount: number,
): ScheduleEntry[] {
  const arrays = maps.flatMap((map, index) => (map.type === 'prog_array' ? [index] : []));
  if (arrays.length === 0 || rng.chance(1, 2)) return [];
  return Array.from({ length: rng.int(1, 5) }, () => {
    const map = rng.pick(arrays);
    const place = {
      before: drawTime(rng),
      map,
      index: rng.int(0, maps[map]!.maxEntries - (rng.chance(1, 8) ? 0 : 1)),
    };
    return rng.chance(2, 3)
      ? { ...place, op: 'update' as const, program: rng.int(0, programCount - 1) }
      : { ...place, op: 'delete' as const };
  });
}

function drawTime(rng: Rng): ScheduleTime {
  if (rng.chance(1, 3)) return { step: rng.int(0, 120) };
  return { hop: rng.chance(3, 4) ? rng.int(0, 4) : rng.int(0, 36) };
}
