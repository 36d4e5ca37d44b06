// What user space does during a run: single operations, and groups of them that bring something about together.

import type { Profile } from '../../model/profiles/profile.ts';
import type {
  MapDefinition,
  NamedProgram,
  ScheduleEntry,
  ScheduleTime,
  UserOperation,
} from '../../model/scenario/scenario.ts';
import type { Rng } from './rng.ts';

/** What operations can name. */
export interface Kernel {
  readonly profile: Profile;
  readonly maps: readonly MapDefinition[];
  readonly programs: readonly NamedProgram[];
  /** Prog arrays, all of them. */
  readonly arrays: readonly number[];
  /** Those that the schedule creates, each once. */
  readonly laterArrays: readonly number[];
  /** Programs that the schedule loads, each once. */
  readonly laterPrograms: readonly number[];
  readonly extensions: readonly number[];
  /** Programs that can be in an array when the run starts. */
  readonly fitting: readonly number[];
}

type Draw = (rng: Rng, kernel: Kernel) => readonly UserOperation[];

function anyProgram(rng: Rng, { programs }: Kernel): number {
  return rng.int(0, programs.length - 1);
}

/** Now and then one of those that may not be wanted. */
function candidate(rng: Rng, kernel: Kernel): number {
  const program = anyProgram(rng, kernel);
  // Another try where the first one fits.
  return kernel.fitting.includes(program) && rng.chance(1, 2) ? anyProgram(rng, kernel) : program;
}

function anyIndex(rng: Rng, { maps }: Kernel, map: number): number {
  return rng.int(0, maps[map]!.maxEntries - (rng.chance(1, 8) ? 0 : 1));
}

type Update = Extract<UserOperation, { readonly op: 'update' }>;

function update(rng: Rng, kernel: Kernel, map: number, program: number): Update {
  const flags = rng.chance(1, 12) ? { flags: rng.pick([0, 1, 2, 4, 0x8000_0000]) } : {};
  return { op: 'update', map, index: anyIndex(rng, kernel, map), program, ...flags };
}

const write: Draw = (rng, kernel) => [
  update(rng, kernel, rng.pick(kernel.arrays), candidate(rng, kernel)),
];

const remove: Draw = (rng, kernel) => {
  const map = rng.pick(kernel.arrays);
  return [{ op: 'delete', map, index: anyIndex(rng, kernel, map) }];
};

const onArray =
  (...ops: readonly ('freeze' | 'inner' | 'pin' | 'unpin' | 'close_map')[]): Draw =>
  (rng, { arrays }) => {
    const map = rng.pick(arrays);
    return ops.map((op) => ({ op, map }));
  };

/** An array that is frozen, or given up as well, is written to all the same. */
const trespass: Draw = (rng, kernel) => {
  const map = rng.pick(kernel.arrays);
  const index = rng.chance(1, 3) ? kernel.maps[map]!.maxEntries : anyIndex(rng, kernel, map);
  const write = { ...update(rng, kernel, map, candidate(rng, kernel)), index };
  const attempts: readonly UserOperation[] = [
    write,
    { ...write, flags: 1 },
    { op: 'delete', map, index },
    { op: 'freeze', map },
  ];
  return [
    { op: 'freeze', map },
    ...(rng.chance(1, 2) ? [{ op: 'close_map', map } as const] : []),
    rng.pick(attempts),
  ];
};

const onProgram =
  (op: 'close_program' | 'attach' | 'detach'): Draw =>
  (rng, kernel) => [{ op, program: anyProgram(rng, kernel) }];

const onExtension =
  (op: 'attach' | 'detach'): Draw =>
  (rng, { extensions }) => [{ op, program: rng.pick(extensions) }];

/** Nothing holds a program any more: its descriptor is closed and the slots where it is known to be are emptied. */
const retire: Draw = (rng, kernel) => {
  const program = anyProgram(rng, kernel);
  const slots = kernel.arrays.flatMap((map) => {
    const array = kernel.maps[map]!;
    if (array.type !== 'prog_array') return [];
    return array.entries
      .filter((entry) => entry.program === program)
      .map(({ index }) => ({ map, index }));
  });
  return [
    { op: 'close_program', program },
    ...slots.map(({ map, index }): UserOperation => ({ op: 'delete', map, index })),
  ];
};

/** An extension is put out of the way while it may run. */
const retireExtension: Draw = (rng, { extensions }) => {
  const program = rng.pick(extensions);
  return [
    { op: 'detach', program },
    { op: 'close_program', program },
  ];
};

type Needs = 'array' | 'extension';
interface OperationKind {
  readonly draw: Draw;
  readonly weight: number;
  readonly needs?: Needs;
}

/** What a quiet user space does: only what changes slots. */
const WRITES: readonly OperationKind[] = [
  { draw: write, weight: 12, needs: 'array' },
  { draw: remove, weight: 6, needs: 'array' },
];
const ALL: readonly OperationKind[] = [
  ...WRITES,
  { draw: onArray('freeze'), weight: 1, needs: 'array' },
  { draw: trespass, weight: 2, needs: 'array' },
  { draw: onArray('inner'), weight: 1, needs: 'array' },
  { draw: onArray('pin'), weight: 2, needs: 'array' },
  { draw: onArray('unpin'), weight: 2, needs: 'array' },
  { draw: onArray('close_map'), weight: 2, needs: 'array' },
  { draw: onArray('pin', 'close_map'), weight: 1, needs: 'array' },
  { draw: onProgram('close_program'), weight: 2 },
  { draw: onProgram('attach'), weight: 1 },
  { draw: onProgram('detach'), weight: 1 },
  { draw: onExtension('attach'), weight: 4, needs: 'extension' },
  { draw: onExtension('detach'), weight: 4, needs: 'extension' },
  { draw: retireExtension, weight: 2, needs: 'extension' },
  { draw: retire, weight: 3, needs: 'array' },
];
/** What frees programs, for profiles under which a run may lose the one that it is in. */
const FREEING: readonly OperationKind[] = [
  { draw: retire, weight: 20, needs: 'array' },
  { draw: retireExtension, weight: 10, needs: 'extension' },
];

export function drawTime(rng: Rng): ScheduleTime {
  if (rng.chance(1, 3)) return { step: rng.int(0, 120) };
  return { hop: rng.chance(3, 4) ? rng.int(0, 4) : rng.int(0, 36) };
}

/** Soon, so that what comes to be is there while it can be used. */
function earlyTime(rng: Rng): ScheduleTime {
  return rng.chance(2, 3) ? { step: rng.pick([0, 0, 1, 4, 12]) } : { hop: rng.int(0, 2) };
}

const at = (before: ScheduleTime, operations: readonly UserOperation[]): ScheduleEntry[] =>
  operations.map((operation) => ({ before, ...operation }));

/**
 * The schedule of a run.
 * @param lively whether user space does more than to write to slots.
 */
export function drawSchedule(rng: Rng, kernel: Kernel, lively: boolean): ScheduleEntry[] {
  const schedule = [...comeToBe(rng, kernel), ...attachEarly(rng, kernel)];
  const frees = lively && kernel.profile.objects.freed === 'at_once' && rng.chance(1, 2);
  const all = frees ? FREEING : lively ? ALL : WRITES;
  const kinds = all.filter(({ needs }) => isPossible(kernel, needs));
  if (kinds.length === 0 || (!lively && rng.chance(1, 2))) return schedule;
  const weights = kinds.map(({ weight }) => weight);
  for (let left = rng.int(1, 5); left > 0; left--) {
    const { draw } = kinds[rng.weighted(weights)]!;
    schedule.push(...at(drawTime(rng), draw(rng, kernel)));
  }
  const raceOneIn = kernel.profile.objects.ownerLocked ? 6 : 2;
  if (lively && kernel.arrays.length > 0 && rng.chance(1, raceOneIn)) race(rng, kernel, schedule);
  return schedule;
}

function isPossible({ arrays, extensions }: Kernel, needs: Needs | undefined): boolean {
  if (needs === 'array') return arrays.length > 0;
  return needs === undefined || extensions.length > 0;
}

/** Arrays are created and programs loaded, mostly in an order that works. */
function comeToBe(rng: Rng, kernel: Kernel): ScheduleEntry[] {
  const created = kernel.laterArrays.flatMap((map) => {
    const first = rng.chance(1, 2) ? [update(rng, kernel, map, candidate(rng, kernel))] : [];
    return at(earlyTime(rng), [create(rng, map), ...first]);
  });
  const loaded = kernel.laterPrograms.flatMap((program) => {
    const operations: UserOperation[] = [{ op: 'load', program }];
    if (kernel.arrays.length > 0 && rng.chance(3, 4)) {
      operations.push(update(rng, kernel, rng.pick(kernel.arrays), program));
    }
    return at(earlyTime(rng), operations);
  });
  return rng.chance(1, 8) ? [...loaded, ...created] : [...created, ...loaded];
}

function create(rng: Rng, map: number): UserOperation {
  if (rng.chance(3, 4)) return { op: 'create', map };
  switch (rng.int(0, 3)) {
    case 0:
      return { op: 'create', map, keySize: rng.pick([0, 4, 8]) };
    case 1:
      return { op: 'create', map, valueSize: rng.pick([0, 4, 8]) };
    default:
      return { op: 'create', map, flags: rng.pick([0, 4, 8, 12, 16, 16, 20, 24, 1, 0x80]) };
  }
}

/** Mostly an extension is to be in its place before the function is called. */
function attachEarly(rng: Rng, { extensions, laterPrograms }: Kernel): ScheduleEntry[] {
  return extensions.flatMap((program) => {
    if (!rng.chance(3, 4)) return [];
    const before = laterPrograms.includes(program) ? { hop: rng.int(0, 3) } : { step: 0 };
    return at(before, [{ op: 'attach', program }]);
  });
}

/** Another CPU does something at the same time as one of the entries, to the same array where that has one. */
function race(rng: Rng, kernel: Kernel, schedule: ScheduleEntry[]): void {
  if (kernel.laterArrays.length > 0 && rng.chance(3, 4)) {
    // The first two that want to be in a new array.
    const map = rng.pick(kernel.laterArrays);
    const created = schedule.findIndex((entry) => entry.op === 'create' && entry.map === map);
    const { before } = schedule[created]!;
    const first = update(rng, kernel, map, candidate(rng, kernel));
    const second = update(rng, kernel, map, candidate(rng, kernel));
    const pair = [first, { ...second, withPrevious: true }].map((entry) => ({ before, ...entry }));
    schedule.splice(created + 1, 0, ...pair);
    return;
  }
  const first = rng.int(0, schedule.length - 1);
  const { before, ...entry } = schedule[first]!;
  const map = entry.op === 'update' ? entry.map : rng.pick(kernel.arrays);
  const second = update(rng, kernel, map, candidate(rng, kernel));
  const next = schedule[first + 1];
  // What was done at the same time as the first one stays next to it.
  if (next?.withPrevious) return;
  schedule.splice(first + 1, 0, { before, ...second, withPrevious: true });
}
