// Programs and prog arrays as objects of the kernel, as terms: docs/semantics.md, References. The records are
// the counts that a kernel keeps; that they are the sums of the text is for theorems to say.

import type { Total } from '../../model/errors.ts';
import type { ObjectKnobs } from '../../model/profiles/profile.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bool,
  boolVar,
  bv,
  bvadd,
  bvand,
  bvsub,
  bvVar,
  distinct,
  eq,
  FALSE,
  ite,
  not,
  or,
  TRUE,
} from '../terms/index.ts';

/** A prog array as an object. All counts are 64 bits. */
export interface ArrayTerms {
  /** Not created yet: without descriptor, pin and references. */
  readonly absent: BoolTerm;
  readonly descriptor: BoolTerm;
  readonly pinned: BoolTerm;
  /** Its descriptor and its pin. */
  readonly users: BvTerm;
  /** Its users, and each loaded program that uses it. */
  readonly refs: BvTerm;
  readonly frozen: BoolTerm;
  /** Created with BPF_F_RDONLY. */
  readonly readOnly: BoolTerm;
}

/** A program as an object. */
export interface ProgramObjectTerms {
  /** Not loaded yet. */
  readonly absent: BoolTerm;
  readonly descriptor: BoolTerm;
  /** Of an extension. */
  readonly attached: BoolTerm;
  /** 64 bits. */
  readonly refs: BvTerm;
}

/** Any prog array: a variable for each of its terms. */
export function arrayVariables(name: string): ArrayTerms {
  return {
    absent: boolVar(`${name}_absent`),
    descriptor: boolVar(`${name}_descriptor`),
    pinned: boolVar(`${name}_pinned`),
    users: bvVar(`${name}_users`, 64),
    refs: bvVar(`${name}_refs`, 64),
    frozen: boolVar(`${name}_frozen`),
    readOnly: boolVar(`${name}_read_only`),
  };
}

/** Any program as an object. */
export function programObjectVariables(name: string): ProgramObjectTerms {
  return {
    absent: boolVar(`${name}_absent`),
    descriptor: boolVar(`${name}_descriptor`),
    attached: boolVar(`${name}_attached`),
    refs: bvVar(`${name}_refs`, 64),
  };
}

/** What happens to an array as an object, apart from its slots and its owner. */
export const ARRAY_EVENTS = [
  'create',
  'freeze',
  'pin',
  'unpin',
  'close_map',
  'user_loaded',
  'user_freed',
] as const;
export type ArrayEvent = (typeof ARRAY_EVENTS)[number];

/** What happens to a program as an object, apart from the slots that hold it. */
export const PROGRAM_EVENTS = [
  'load',
  'close_program',
  'attach',
  'detach',
  'run_starts',
  'run_ends',
  'extension_loaded',
  'extension_freed',
] as const;
export type ProgramEvent = (typeof PROGRAM_EVENTS)[number];

/** The array after the event, and the 32-bit map_flags that a creation asks for. */
export type ArrayEffect = (array: ArrayTerms, flags: BvTerm) => ArrayTerms;
export type ProgramEffect = (program: ProgramObjectTerms) => ProgramObjectTerms;

export interface ObjectMeaning {
  /** What operations that succeed do to an array, and what programs that use it do. */
  readonly array: Total<ArrayEvent, ArrayEffect>;
  /** What operations that succeed do to a program, and what runs and extensions of it do. */
  readonly program: Total<ProgramEvent, ProgramEffect>;
  /** User space has the array: it has a descriptor or a pin. */
  readonly reachable: (array: ArrayTerms) => BoolTerm;
  /** User space has the program. */
  readonly held: (program: ProgramObjectTerms) => BoolTerm;
  /** A program's refs after a slot is written: whether the slot held it, whether it holds it now. */
  readonly slotWritten: (refs: BvTerm, held: BoolTerm, holds: BoolTerm) => BvTerm;
  /** Whether an event of an array empties its slots. */
  readonly cleared: (
    before: ArrayTerms,
    after: ArrayTerms,
    knobs: Pick<ObjectKnobs, 'clearedOn'>,
  ) => BoolTerm;
  /** Whether an array that is there is freed. */
  readonly arrayFreed: (array: ArrayTerms) => BoolTerm;
  /** Whether a run that is on may still be in a program that has no references, or come back to it. */
  readonly runMayReach: (runIsOn: BoolTerm) => BoolTerm;
  /** Whether a program that is loaded is freed, from whether a run may still reach it. */
  readonly programFreed: (
    program: ProgramObjectTerms,
    runMayReach: BoolTerm,
    knobs: Pick<ObjectKnobs, 'freed'>,
  ) => BoolTerm;
}

const BPF_F_RDONLY = bv(32, 8n);
const ONE = bv(64, 1n);
const ZERO = bv(64, 0n);
const up = (count: BvTerm) => bvadd(count, ONE);
const down = (count: BvTerm) => bvsub(count, ONE);

const userUp = ({ users, refs }: ArrayTerms) => ({ users: up(users), refs: up(refs) });
const userDown = ({ users, refs }: ArrayTerms) => ({ users: down(users), refs: down(refs) });

/** docs/semantics.md, References. */
export const OBJECTS: ObjectMeaning = {
  array: {
    create: (array, flags) => ({
      ...array,
      ...userUp(array),
      absent: FALSE,
      descriptor: TRUE,
      readOnly: distinct(bvand(flags, BPF_F_RDONLY), bv(32, 0n)),
    }),
    freeze: (array) => ({ ...array, frozen: TRUE }),
    pin: (array) => ({ ...array, ...userUp(array), pinned: TRUE }),
    unpin: (array) => ({ ...array, ...userDown(array), pinned: FALSE }),
    close_map: (array) => ({ ...array, ...userDown(array), descriptor: FALSE }),
    user_loaded: (array) => ({ ...array, refs: up(array.refs) }),
    user_freed: (array) => ({ ...array, refs: down(array.refs) }),
  },
  program: {
    load: (program) => ({
      ...program,
      absent: FALSE,
      descriptor: TRUE,
      refs: up(program.refs),
    }),
    close_program: (program) => ({ ...program, descriptor: FALSE, refs: down(program.refs) }),
    attach: (program) => ({ ...program, attached: TRUE, refs: up(program.refs) }),
    detach: (program) => ({ ...program, attached: FALSE, refs: down(program.refs) }),
    run_starts: (program) => ({ ...program, refs: up(program.refs) }),
    run_ends: (program) => ({ ...program, refs: down(program.refs) }),
    extension_loaded: (program) => ({ ...program, refs: up(program.refs) }),
    extension_freed: (program) => ({ ...program, refs: down(program.refs) }),
  },
  reachable: ({ users }) => distinct(users, ZERO),
  held: ({ descriptor }) => descriptor,
  slotWritten: (refs, held, holds) => {
    const given = ite(held, down(refs), refs);
    return ite(holds, up(given), given);
  },
  cleared: (before, after, { clearedOn }) =>
    or(
      and(distinct(before.users, ZERO), eq(after.users, ZERO)),
      and(bool(clearedOn === 'descriptor'), before.descriptor, not(after.descriptor)),
    ),
  arrayFreed: ({ refs }) => eq(refs, ZERO),
  runMayReach: (runIsOn) => runIsOn,
  programFreed: ({ refs }, runMayReach, { freed }) =>
    and(eq(refs, ZERO), freed === 'at_once' ? TRUE : not(runMayReach)),
};
