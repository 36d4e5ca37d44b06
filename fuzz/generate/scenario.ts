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
  ValueMap,
} from '../../model/scenario/scenario.ts';
import type { Surroundings } from './draft.ts';
import { generateLadder } from './ladder.ts';
import { generateProgram, swarmWeights } from './program.ts';
import { drawOutfit, dress } from './programs.ts';
import type { Rng } from './rng.ts';
import { drawSchedule, type Kernel } from './user-space.ts';
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
/** One scenario in so many climbs a ladder of attempts. */
const LADDERS_ONE_IN = 50;
const TYPE_WEIGHTS: Readonly<Record<ProgramType, number>> = {
  sched_cls: 4,
  raw: 3,
  xdp: 2,
  socket_filter: 1,
};

/** Draws a scenario. */
export function generateScenario(rng: Rng, options: ScenarioOptions = {}): Scenario {
  const { branchy = false } = options;
  if (!branchy && rng.chance(1, LADDERS_ONE_IN)) {
    return generateLadder(rng, profilesDrawn(options), drawInput(rng, 'sched_cls'));
  }
  const types = options.types ?? (Object.keys(TYPE_WEIGHTS) as ProgramType[]);
  const type = types[rng.weighted(types.map((name) => TYPE_WEIGHTS[name]))]!;
  const profile = drawProfile(rng, options.profiles);
  const maps = drawMaps(rng);
  const input = drawInput(rng, type);
  const run = drawRun(rng, input, options);
  const lively = rng.chance(1, 3);
  const arrays = maps.flatMap((map, index) => (map.type === 'prog_array' ? [index] : []));
  const { tailCall, objects } = profile;
  const startsCounters = tailCall.countSlot === 'unrounded' || tailCall.trampoline === 'resets';
  // Whoever wants to be the first owner needs an array that has none.
  const laterArrays = lively ? arrays.filter(() => rng.chance(1, objects.ownerLocked ? 8 : 3)) : [];
  const surroundings: Surroundings = {
    rng,
    type,
    maps,
    absentMaps: laterArrays.length > 0 ? new Set(laterArrays) : NONE,
    oddStackOneIn: tailCall.countSlot === 'unrounded' ? 3 : 24,
    eyesIndices: tailCall.directKey === 'tnum_range',
    programCount: rng.int(1, 4),
    contextBytes: input.context.length,
    registers: new Set(input.registers.keys()),
    packetBytes: input.packet?.length ?? 0,
    uninitialisedTraps: run.uninitialised === 'trap',
    weights: swarmWeights(rng, tailCall.propagation !== 'rejected', {
      branchy,
      chainsOneIn: startsCounters ? 3 : 12,
    }),
  };
  const { programs, fitting, laterPrograms } = drawPrograms(surroundings, profile, lively);
  const kernel: Kernel = {
    profile,
    maps: maps.map((map, index) =>
      map.type === 'prog_array' && !laterArrays.includes(index) ? filled(rng, map, fitting) : map,
    ),
    programs,
    arrays,
    laterArrays,
    laterPrograms,
    fitting,
    extensions: programs.flatMap(({ replaces }, index) => (replaces ? [index] : [])),
  };
  return {
    profile,
    type,
    maps: kernel.maps,
    programs,
    run,
    schedule: drawSchedule(rng, kernel, lively),
  };
}

const NONE: ReadonlySet<number> = new Set();

interface DrawnPrograms {
  readonly programs: readonly NamedProgram[];
  /** That can be in an array when the run starts. */
  readonly fitting: readonly number[];
  /** That the schedule loads. */
  readonly laterPrograms: readonly number[];
}

function drawPrograms(
  surroundings: Surroundings,
  profile: Profile,
  lively: boolean,
): DrawnPrograms {
  const { rng, programCount, maps } = surroundings;
  const outfit = drawOutfit(rng, profile, lively);
  const programs: NamedProgram[] = [];
  const fitting: number[] = [];
  const laterPrograms: number[] = [];
  const present: number[] = [];
  for (let index = 0; index < programCount; index++) {
    const later = lively && index > 0 && rng.chance(1, 5);
    const program = generateProgram(later ? { ...surroundings, absentMaps: NONE } : surroundings);
    const name = index === 0 ? 'entry' : `p${index}`;
    const targets = later ? [...programs.keys()] : present;
    const dressed = dress(
      rng,
      profile,
      outfit,
      { name, program },
      { programs, targets, maps, later },
    );
    programs.push(dressed.named);
    if (dressed.fits) fitting.push(index);
    (later ? laterPrograms : present).push(index);
  }
  return { programs, fitting, laterPrograms };
}

/** One of the given profiles; else the default one half of the time, because local calls are allowed there. */
function drawProfile(rng: Rng, profiles?: readonly Profile[]): Profile {
  if (profiles !== undefined) return rng.pick(profiles);
  if (rng.chance(1, 2)) return profileNamed(DEFAULT_PROFILE);
  behaviours ??= {
    tailCalls: grouped(({ tailCall }) => tailCall),
    objects: grouped(({ objects }) => objects),
  };
  return rng.pick(rng.pick(rng.chance(1, 2) ? behaviours.tailCalls : behaviours.objects));
}

/** Every profile that scenarios may be drawn for. */
export function profilesDrawn({ profiles }: ScenarioOptions = {}): readonly Profile[] {
  return profiles ?? listProfiles();
}

type Groups = readonly (readonly Profile[])[];
let behaviours: { readonly tailCalls: Groups; readonly objects: Groups } | undefined;

/** The catalogue by a part of what the engines read: many versions behave alike, and each behaviour is to be met. */
function grouped(part: (profile: Profile) => unknown): Groups {
  const groups = new Map<string, Profile[]>();
  for (const profile of listProfiles()) {
    const knobs = JSON.stringify(part(profile));
    groups.set(knobs, [...(groups.get(knobs) ?? []), profile]);
  }
  return [...groups.values()];
}

function drawMaps(rng: Rng): MapDefinition[] {
  const maps: MapDefinition[] = [];
  for (let i = rng.weighted([1, 6, 1]); i > 0; i--) maps.push(drawProgArray(rng, maps.length));
  for (let i = rng.int(0, 2); i > 0; i--) maps.push(drawValueMap(rng, maps.length));
  return maps;
}

/** Without entries: what can be in it depends on programs that are not written yet. */
function drawProgArray(rng: Rng, number: number): ProgArray {
  const maxEntries = rng.chance(1, 8) ? rng.int(5, 9) : rng.int(1, 4);
  return { name: `jmp${number}`, type: 'prog_array', maxEntries, entries: [] };
}

function filled(rng: Rng, array: ProgArray, programs: readonly number[]): ProgArray {
  if (programs.length === 0) return array;
  const entries = [];
  for (let index = 0; index < array.maxEntries; index++) {
    if (rng.chance(3, 4)) entries.push({ index, program: rng.pick(programs) });
  }
  return { ...array, entries };
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

const ownFields = (type: ProgramType) =>
  Object.keys(contextFields(type)).filter((field) => !PACKET_FIELDS.has(field));
/** The fields of each context that the packet does not decide. */
const OWN_FIELDS = {
  socket_filter: ownFields('socket_filter'),
  sched_cls: ownFields('sched_cls'),
  xdp: ownFields('xdp'),
} as const;

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
  for (const field of OWN_FIELDS[type]) {
    if (rng.chance(1, 6)) values[field] = Number(word64(rng) & 0xffff_ffffn);
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
