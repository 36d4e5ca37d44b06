// Random drafts. They know no bug: any program may attempt any call in any way, have any attributes, be traced or
// an extension, and user space may do anything at any time. A draft has some features and not others (swarm
// testing), and most of what no scenario can be is left out.

import type {
  ProgramAttributes,
  ScheduleEntry,
  ScheduleTime,
} from '../../model/scenario/scenario.ts';
import type { Rng } from '../generate/rng.ts';
import type { Attempt, Draft, DraftArray, DraftProgram } from './draft.ts';

const ARRAYS_MAX = 2;
/** Small ones more often: their slots are met more often. */
const SLOTS = [1, 1, 1, 2, 2, 3, 4, 5, 6] as const;
const WRITES_MAX = 5;
const HOPS_MAX = 3;

/** What a draft is about. */
export interface Plan {
  readonly programs: number;
  /** Slots of each array. */
  readonly arrays: readonly number[];
  /** Attributes in which programs may differ. */
  readonly attributes: readonly (keyof ProgramAttributes)[];
  readonly hasFunctions: boolean;
  readonly hasExtensions: boolean;
  /** Indices out of range, wide ones, and such as no verifier sees. */
  readonly hasOddIndices: boolean;
  readonly hasUserSpace: boolean;
  /** Programs that user space loads. */
  readonly absent: readonly number[];
  /** Whether two CPUs do things at the same time. */
  readonly isConcurrent: boolean;
  /** Out of ten slots, how many hold a program at the start. */
  readonly filled: number;
  /** Whether user space does all that it does at the start. */
  readonly isAtStart: boolean;
}

/** A draft, and what it is about, so that it can be changed in its own way. */
export interface Drawn {
  readonly draft: Draft;
  readonly plan: Plan;
}

export function drawDraft(rng: Rng): Drawn {
  const plan = drawPlan(rng);
  const programs: DraftProgram[] = [];
  for (let number = 0; number < plan.programs; number++) {
    programs.push(drawProgram(rng, plan, programs));
  }
  const draft = { programs, arrays: plan.arrays.map((slots) => drawArray(rng, plan, slots)) };
  const schedule = plan.hasUserSpace ? drawSchedule(rng, plan) : [];
  return { plan, draft: { ...draft, schedule } };
}

/** The same with one thing drawn again, added or taken away. */
export function changeDraft(rng: Rng, { draft, plan }: Drawn): Drawn {
  return { plan, draft: changed(rng, draft, plan) };
}

function changed(rng: Rng, draft: Draft, plan: Plan): Draft {
  const { programs, arrays, schedule = [] } = draft;
  const number = rng.int(0, programs.length - 1);
  const program = programs[number]!;
  switch (rng.weighted([2, 1, 3, 1, 2])) {
    case 0: {
      const attempts = program.attempts.toSpliced(0, rng.int(0, 1), drawAttempt(rng, plan));
      return { ...draft, programs: programs.with(number, { ...program, attempts }) };
    }
    case 1: {
      const again = drawProgram(rng, plan, programs.slice(0, number));
      return { ...draft, programs: programs.with(number, again) };
    }
    case 2: {
      const at = rng.int(0, schedule.length);
      return { ...draft, schedule: schedule.toSpliced(at, rng.int(0, 1), drawEntry(rng, plan)) };
    }
    case 3:
      return { ...draft, schedule: schedule.slice(0, -1) };
    default: {
      const array = rng.int(0, arrays.length - 1);
      const again = drawArray(rng, plan, plan.arrays[array]!);
      return { ...draft, arrays: arrays.with(array, again) };
    }
  }
}

const ATTRIBUTES: readonly (keyof ProgramAttributes)[] = [
  'type',
  'jited',
  'xdpHasFrags',
  'expectedAttachType',
  'attachFuncProto',
  'sleepable',
  'cgroupStorage',
  'kprobeOverride',
  'devBound',
];

function drawPlan(rng: Rng): Plan {
  const programs = 1 + rng.weighted([2, 2, 3, 2]);
  const hasUserSpace = rng.chance(2, 3);
  const hasFunctions = rng.chance(1, 2);
  const attributes = Array.from({ length: rng.weighted([1, 2, 1]) }, () => rng.pick(ATTRIBUTES));
  const absent: number[] = [];
  for (let program = 1; program < programs; program++) {
    if (hasUserSpace && rng.chance(1, attributes.length > 0 ? 2 : 4)) absent.push(program);
  }
  return {
    programs,
    arrays: Array.from({ length: rng.int(1, ARRAYS_MAX) }, () => rng.pick(SLOTS)),
    attributes,
    hasFunctions,
    hasExtensions: hasFunctions && rng.chance(1, 2),
    hasOddIndices: rng.chance(1, 3),
    hasUserSpace,
    absent,
    isConcurrent: rng.chance(1, 3),
    filled: rng.pick([2, 6, 9]),
    isAtStart: rng.chance(1, 2),
  };
}

/** @param before the programs before it, whose functions it may replace */
function drawProgram(rng: Rng, plan: Plan, before: readonly DraftProgram[]): DraftProgram {
  const attempts = Array.from({ length: rng.weighted([2, 4, 2, 1]) }, () => drawAttempt(rng, plan));
  const attributes = drawAttributes(rng, plan);
  const functions = before.flatMap((program, number) =>
    program.attempts
      .filter(({ isInFunction }) => isInFunction)
      .map((_, localFunction) => ({ program: number, localFunction })),
  );
  const isExtension = plan.hasExtensions && functions.length > 0 && rng.chance(1, 2);
  return {
    attempts,
    ...(rng.chance(1, 5) ? { stack: rng.int(1, 24) } : {}),
    ...(rng.chance(1, 5) ? { isTraced: true } : {}),
    ...(attributes === undefined ? {} : { attributes }),
    ...(isExtension ? { replaces: rng.pick(functions) } : {}),
  };
}

function drawAttempt(rng: Rng, { arrays, hasFunctions, hasOddIndices }: Plan): Attempt {
  const array = rng.int(0, arrays.length - 1);
  return {
    array,
    index: drawIndex(rng, arrays[array]!, hasOddIndices),
    ...(hasOddIndices && rng.chance(1, 3) ? { isComputed: true } : {}),
    ...(hasFunctions && rng.chance(2, 3) ? { isInFunction: true } : {}),
  };
}

/** A slot; or a little beyond the last; or a slot with something in the upper half. */
function drawIndex(rng: Rng, slots: number, isOdd: boolean): bigint {
  const slot = BigInt(rng.int(0, slots - 1));
  switch (isOdd ? rng.weighted([2, 1, 1]) : 0) {
    case 0:
      return slot;
    case 1:
      return BigInt(slots + rng.int(0, 2));
    default:
      return (BigInt(rng.int(1, 2)) << 32n) + slot;
  }
}

function drawAttributes(rng: Rng, { attributes }: Plan): Partial<ProgramAttributes> | undefined {
  const chosen = attributes.filter(() => rng.chance(1, 2));
  if (chosen.length === 0) return undefined;
  const drawn: ProgramAttributes = {
    type: 'xdp',
    jited: false,
    xdpHasFrags: true,
    expectedAttachType: rng.int(1, 2),
    attachFuncProto: rng.int(1, 2),
    sleepable: true,
    cgroupStorage: rng.int(1, 2),
    kprobeOverride: true,
    devBound: true,
  };
  return Object.fromEntries(chosen.map((name) => [name, drawn[name]]));
}

function drawArray(rng: Rng, plan: Plan, slots: number): DraftArray {
  const drawSlot = () => {
    const program = rng.int(0, plan.programs - 1);
    return rng.chance(plan.filled, 10) && !plan.absent.includes(program) ? program : undefined;
  };
  return { slots: Array.from({ length: slots }, drawSlot) };
}

/** Absent programs are loaded once, in any order among the rest. */
function drawSchedule(rng: Rng, plan: Plan): ScheduleEntry[] {
  const entries = Array.from({ length: rng.int(1, WRITES_MAX) }, () => drawEntry(rng, plan));
  for (const program of plan.absent) {
    const before = drawTime(rng, plan);
    entries.splice(rng.int(0, entries.length), 0, { before, op: 'load', program });
  }
  return entries.map((entry, i) => {
    const previous = entries[i - 1];
    const isWatched = previous !== undefined && becomesOwner(previous) && becomesOwner(entry);
    if (!isWatched || !plan.isConcurrent || !rng.chance(2, 3)) return entry;
    return { ...entry, before: previous.before, withPrevious: true };
  });
}

const becomesOwner = ({ op }: ScheduleEntry) => op === 'update' || op === 'load';

function drawTime(rng: Rng, { isAtStart }: Plan): ScheduleTime {
  return isAtStart || rng.chance(1, 4) ? { step: 0 } : { hop: rng.int(0, HOPS_MAX) };
}

function drawEntry(rng: Rng, plan: Plan): ScheduleEntry {
  const { programs, arrays, absent } = plan;
  const before = drawTime(rng, plan);
  const map = rng.int(0, arrays.length - 1);
  // Nothing comes of those that are loaded and never put anywhere.
  const isNew = absent.length > 0 && rng.chance(1, 3);
  const program = isNew ? rng.pick(absent) : rng.int(0, programs - 1);
  const index = rng.int(0, arrays[map]! - 1);
  switch (rng.weighted([8, 1, 2, 2, plan.hasExtensions ? 4 : 0, 2, 1])) {
    case 0:
      return { before, op: 'update', map, index, program };
    case 1:
      return { before, op: 'delete', map, index };
    case 2:
      return { before, op: 'pin', map };
    case 3:
      return { before, op: 'close_map', map };
    case 4:
      return { before, op: 'attach', program };
    case 5:
      return { before, op: rng.pick(['close_program', 'detach']), program };
    default:
      return { before, op: rng.pick(['freeze', 'unpin', 'inner']), map };
  }
}
