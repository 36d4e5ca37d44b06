// Makes a draft smaller while a property of it still holds. What is left out of a program goes with all that it
// needed: its function, its moves of the context.

import type { ProgramAttributes, ScheduleEntry } from '../../model/scenario/scenario.ts';
import type { Attempt, Draft, DraftArray, DraftProgram } from './draft.ts';

/** Whether a candidate still shows what is looked for. */
export type Property = (candidate: Draft) => boolean;

type Reduction = (draft: Draft) => Generator<Draft>;

/** The smallest draft found that still has the property; the given one has it. */
export function shrinkDraft(draft: Draft, holds: Property): Draft {
  let smallest = draft;
  for (let before: Draft | undefined; before !== smallest; ) {
    before = smallest;
    for (const reduction of REDUCTIONS) smallest = exhaust(smallest, reduction, holds);
  }
  return smallest;
}

/** Takes the first candidate that keeps the property, and goes on from there until none does. */
function exhaust(draft: Draft, reduction: Reduction, holds: Property): Draft {
  for (const candidate of reduction(draft)) {
    if (holds(candidate)) return exhaust(candidate, reduction, holds);
  }
  return draft;
}

const closeGap = (gap: number) => (number: number) => (number > gap ? number - 1 : number);

const entriesOf = ({ schedule = [] }: Draft) => schedule;

function* dropPrograms(draft: Draft): Generator<Draft> {
  for (let gap = draft.programs.length - 1; gap > 0; gap--) yield withoutProgram(draft, gap);
}

function withoutProgram(draft: Draft, gap: number): Draft {
  const moved = closeGap(gap);
  const remaining = (program: number | undefined) =>
    program === undefined || program === gap ? undefined : moved(program);
  return {
    programs: draft.programs.toSpliced(gap, 1).map(({ replaces, ...program }) => {
      const target = remaining(replaces?.program);
      return replaces === undefined || target === undefined
        ? program
        : { ...program, replaces: { ...replaces, program: target } };
    }),
    arrays: draft.arrays.map(({ slots }) => ({ slots: slots.map(remaining) })),
    schedule: entriesOf(draft).flatMap((entry): ScheduleEntry[] => {
      if (!('program' in entry)) return [entry];
      return entry.program === gap ? [] : [{ ...entry, program: moved(entry.program) }];
    }),
  };
}

function* dropArrays(draft: Draft): Generator<Draft> {
  for (let gap = draft.arrays.length - 1; gap >= 0; gap--) {
    const moved = closeGap(gap);
    yield {
      programs: draft.programs.map((program) => ({
        ...program,
        attempts: program.attempts
          .filter(({ array }) => array !== gap)
          .map((attempt) => ({ ...attempt, array: moved(attempt.array) })),
      })),
      arrays: draft.arrays.toSpliced(gap, 1),
      schedule: entriesOf(draft).flatMap((entry): ScheduleEntry[] => {
        if (!('map' in entry)) return [entry];
        return entry.map === gap ? [] : [{ ...entry, map: moved(entry.map) }];
      }),
    };
  }
}

/** Drops entries, or does at the start what an update does. */
function* dropEntries(draft: Draft): Generator<Draft> {
  const schedule = entriesOf(draft);
  if (schedule.length > 1) yield { ...draft, schedule: [] };
  for (const [i, entry] of schedule.entries()) {
    const rest = schedule.toSpliced(i, 1);
    yield { ...draft, schedule: rest };
    if (entry.op !== 'update') continue;
    const array = draft.arrays[entry.map];
    if (array === undefined || entry.index >= array.slots.length) continue;
    const filled = { slots: array.slots.with(entry.index, entry.program) };
    yield { ...draft, arrays: draft.arrays.with(entry.map, filled), schedule: rest };
  }
}

function* dropAttempts(draft: Draft): Generator<Draft> {
  yield* changePrograms(draft, function* (program) {
    for (let i = program.attempts.length - 1; i >= 0; i--) {
      yield { ...program, attempts: program.attempts.toSpliced(i, 1) };
    }
  });
}

function* changePrograms(
  draft: Draft,
  change: (program: DraftProgram) => Generator<DraftProgram>,
): Generator<Draft> {
  for (const [i, program] of draft.programs.entries()) {
    for (const changed of change(program)) {
      yield { ...draft, programs: draft.programs.with(i, changed) };
    }
  }
}

/** Without what a program need not be. */
function* plainPrograms(draft: Draft): Generator<Draft> {
  yield* changePrograms(draft, function* (program) {
    const { stack, isTraced, attributes, replaces, ...plain } = program;
    if (stack !== undefined) {
      yield omit(program, 'stack');
      if (stack > 1) yield { ...program, stack: stack >> 1 };
    }
    if (isTraced) yield omit(program, 'isTraced');
    if (replaces !== undefined) yield omit(program, 'replaces');
    if (attributes === undefined) return;
    yield omit(program, 'attributes');
    for (const fewer of fewerAttributes(attributes)) yield { ...program, attributes: fewer };
    yield plain;
  });
}

/** Without an attribute that several programs have, because they must agree. */
function* commonAttributes(draft: Draft): Generator<Draft> {
  const names = draft.programs.flatMap(({ attributes = {} }) => Object.keys(attributes));
  for (const name of new Set(names)) {
    yield {
      ...draft,
      programs: draft.programs.map(({ attributes, ...program }) => {
        const fewer = omit(attributes ?? {}, name as keyof ProgramAttributes);
        return Object.keys(fewer).length === 0 ? program : { ...program, attributes: fewer };
      }),
    };
  }
}

function omit<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = value;
  return rest;
}

function* fewerAttributes(
  attributes: Partial<ProgramAttributes>,
): Generator<Partial<ProgramAttributes>> {
  for (const [name, value] of Object.entries(attributes)) {
    if (Object.keys(attributes).length > 1) {
      yield omit(attributes, name as keyof ProgramAttributes);
    }
    if (typeof value === 'number' && value > 1) yield { ...attributes, [name]: value >> 1 };
  }
}

function* plainAttempts(draft: Draft): Generator<Draft> {
  yield* changePrograms(draft, function* (program) {
    for (const [i, attempt] of program.attempts.entries()) {
      for (const plainer of plainerAttempts(attempt)) {
        yield { ...program, attempts: program.attempts.with(i, plainer) };
      }
    }
  });
}

const LOW_HALF = 2n ** 32n - 1n;

function* plainerAttempts(attempt: Attempt): Generator<Attempt> {
  const { index } = attempt;
  if (attempt.isComputed) yield omit(attempt, 'isComputed');
  if (attempt.isInFunction) yield omit(attempt, 'isInFunction');
  if (index > LOW_HALF) yield { ...attempt, index: index & LOW_HALF };
  if (index > LOW_HALF + 1n) yield { ...attempt, index: LOW_HALF + 1n };
  if (index > 0n) yield { ...attempt, index: 0n };
}

/** Shorter arrays, with what lies behind the gap moved up, and emptier ones. */
function* smallerArrays(draft: Draft): Generator<Draft> {
  for (const [array, { slots }] of draft.arrays.entries()) {
    for (let gap = slots.length - 1; gap >= 0 && slots.length > 1; gap--) {
      yield withoutSlot(draft, array, gap);
      yield withSlots(draft, array, { slots: slots.toSpliced(gap, 1) });
    }
    for (const [index, program] of slots.entries()) {
      if (program === undefined) continue;
      yield withSlots(draft, array, { slots: slots.with(index, undefined) });
      if (program > 0) yield withSlots(draft, array, { slots: slots.with(index, 0) });
    }
  }
}

function withSlots(draft: Draft, array: number, changed: DraftArray): Draft {
  return { ...draft, arrays: draft.arrays.with(array, changed) };
}

function withoutSlot(draft: Draft, array: number, gap: number): Draft {
  const { slots } = draft.arrays[array]!;
  const shorter = withSlots(draft, array, { slots: slots.toSpliced(gap, 1) });
  const moved = ({ index, ...attempt }: Attempt): Attempt => {
    const isBehind = attempt.array === array && (index & LOW_HALF) > BigInt(gap);
    return { ...attempt, index: isBehind ? index - 1n : index };
  };
  return {
    ...shorter,
    programs: draft.programs.map((program) => ({
      ...program,
      attempts: program.attempts.map(moved),
    })),
    schedule: entriesOf(draft).map((entry) =>
      'index' in entry && entry.map === array
        ? { ...entry, index: closeGap(gap)(entry.index) }
        : entry,
    ),
  };
}

function* plainEntries(draft: Draft): Generator<Draft> {
  const schedule = entriesOf(draft);
  for (const [i, entry] of schedule.entries()) {
    for (const plainer of plainerEntries(entry)) {
      yield { ...draft, schedule: schedule.with(i, plainer) };
    }
  }
}

function* plainerEntries(entry: ScheduleEntry): Generator<ScheduleEntry> {
  if (!('step' in entry.before)) yield { ...entry, before: { step: 0 } };
  if (entry.withPrevious) yield omit(entry, 'withPrevious') as ScheduleEntry;
  if ('index' in entry && entry.index > 0) yield { ...entry, index: 0 };
  if ('program' in entry && entry.program > 0) yield { ...entry, program: 0 };
}

const REDUCTIONS: readonly Reduction[] = [
  dropPrograms,
  dropArrays,
  dropEntries,
  dropAttempts,
  plainPrograms,
  commonAttributes,
  plainAttempts,
  smallerArrays,
  plainEntries,
];
