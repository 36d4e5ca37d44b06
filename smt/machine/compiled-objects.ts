// What a Semantics says of objects and of user space's operations, as JavaScript; each function is compiled when
// it is first needed, since most scenarios need few of them.

import { invariant } from '../../model/errors.ts';
import type { ObjectKnobs } from '../../model/profiles/profile.ts';
import { PROGRAM_TYPES } from '../../model/scenario/context.ts';
import { attributesOf, type Scenario } from '../../model/scenario/scenario.ts';
import {
  type Association,
  meet,
  type OwnerTerms,
  type ProgramTerms,
  programTerms,
} from '../semantics/compatibility.ts';
import type {
  ArrayEvent,
  ArrayTerms,
  ProgramEvent,
  ProgramObjectTerms,
} from '../semantics/objects.ts';
import type { Semantics } from '../semantics/semantics.ts';
import type { UserOp, UserStates } from '../semantics/user-space.ts';
import { type BvTerm, bvVar, compileTerm } from '../terms/index.ts';
import {
  bit,
  compileEffect,
  compileOver,
  FLAG,
  formal,
  isSet,
  type Shape,
  type ValuesOf,
} from './records.ts';

export type ArrayValues = ValuesOf<ArrayTerms>;
export type ProgramValues = ValuesOf<ProgramObjectTerms>;

const ARRAY: Shape<ArrayTerms> = {
  absent: FLAG,
  descriptor: FLAG,
  pinned: FLAG,
  users: 64,
  refs: 64,
  frozen: FLAG,
  readOnly: FLAG,
};
const PROGRAM_OBJECT: Shape<ProgramObjectTerms> = {
  absent: FLAG,
  descriptor: FLAG,
  attached: FLAG,
  refs: 64,
};
const PROGRAM: Shape<ProgramTerms> = {
  type: 8,
  jited: FLAG,
  xdpHasFrags: FLAG,
  expectedAttachType: 32,
  attachFuncProto: 32,
  sleepable: FLAG,
  cgroupStorage: 32,
  kprobeOverride: FLAG,
  devBound: FLAG,
  extension: FLAG,
  tailCalls: FLAG,
};
const USER: { readonly [Op in UserOp]-?: Shape<UserStates[Op]> } = {
  update: {
    reachable: FLAG,
    frozen: FLAG,
    readOnly: FLAG,
    flags: 32,
    index: 64,
    maxEntries: 64,
    held: FLAG,
    compatible: FLAG,
    extended: FLAG,
  },
  delete: {
    reachable: FLAG,
    frozen: FLAG,
    readOnly: FLAG,
    index: 64,
    maxEntries: 64,
    empty: FLAG,
  },
  freeze: { reachable: FLAG, frozen: FLAG, readOnly: FLAG },
  create: { absent: FLAG, keySize: 32, valueSize: 32, flags: 32 },
  inner: { reachable: FLAG },
  pin: { reachable: FLAG, pinned: FLAG },
  unpin: { pinned: FLAG },
  close_map: { descriptor: FLAG },
  close_program: { held: FLAG },
  load: {
    absent: FLAG,
    arraysReachable: FLAG,
    extension: FLAG,
    targetHeld: FLAG,
    compatible: FLAG,
  },
  attach: { held: FLAG, extension: FLAG, replaced: FLAG, targetInSlot: FLAG },
  detach: { held: FLAG, attached: FLAG },
};

/** A program's attributes and facts, in the form in which compiled terms take them. */
export type ProgramArguments = readonly bigint[];

const plainPrograms = new Map<number, ProgramArguments>();

/** A program of a scenario, as compiled terms take it. */
export function programArguments(
  scenario: Scenario,
  number: number,
  tailCalls: boolean,
): ProgramArguments {
  const { attributes, replaces } = scenario.programs[number] ?? {};
  const facts = { extension: replaces !== undefined, tailCalls };
  const read = () => argumentsOf(programTerms(attributesOf(scenario, number), facts));
  if (attributes !== undefined) return read();
  // Nearly all programs are plain, and there are few plain ones that differ.
  const key =
    4 * PROGRAM_TYPES.indexOf(scenario.type) + (facts.extension ? 2 : 0) + (tailCalls ? 1 : 0);
  let known = plainPrograms.get(key);
  if (known === undefined) {
    known = read();
    plainPrograms.set(key, known);
  }
  return known;
}

function argumentsOf(program: ProgramTerms): ProgramArguments {
  return (Object.keys(PROGRAM) as (keyof ProgramTerms)[]).map((field) => {
    const term = program[field];
    if (term.op === 'bool') return bit(term.value);
    invariant(term.op === 'bv', `${field} is known`);
    return term.value;
  });
}

/** Computes each value when it is first asked for. */
function lazily<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = compute(key);
      known.set(key, value);
    }
    return value;
  };
}

/** A program meets an array, which is owned or not. */
export interface CompiledMeeting {
  /** The owner is any program where there is none. */
  readonly compatible: (
    isOwned: boolean,
    owner: ProgramArguments,
    program: ProgramArguments,
  ) => boolean;
  /** Whether the program becomes the owner. */
  readonly claims: (isOwned: boolean, program: ProgramArguments) => boolean;
}

export interface CompiledArrayEvent {
  /** Whether it empties the slots, of the array before it; a creation takes its 32-bit map_flags. */
  readonly clears: (array: ArrayValues, flags: bigint) => boolean;
  readonly apply: (array: ArrayValues, flags: bigint) => void;
}

export type CompiledObjects = ReturnType<typeof compileObjects>;

const OWNER_TERMS = formal(PROGRAM, 'owner_');
const PROGRAM_TERMS = formal(PROGRAM);
const ARRAY_TERMS = formal(ARRAY);
const OBJECT_TERMS = formal(PROGRAM_OBJECT);
const MAP_FLAGS = bvVar('map_flags', 32);
const GIVEN = bvVar('given', 1);
const OTHER = bvVar('other', 1);
const COUNT = bvVar('count', 64);

/** The compiled terms of objects under the knobs of a profile. */
export function compileObjects(semantics: Semantics, knobs: ObjectKnobs) {
  return { ...compileLives(semantics, knobs), ...compileUse(semantics, knobs) };
}

function compileLives({ objects }: Semantics, knobs: ObjectKnobs) {
  const array = ARRAY_TERMS.terms;
  const program = OBJECT_TERMS.terms;
  const slotWritten = compileTerm(
    [COUNT, GIVEN, OTHER],
    objects.slotWritten(COUNT, isSet(GIVEN), isSet(OTHER)),
  );
  return {
    arrayEvent: lazily((event: ArrayEvent): CompiledArrayEvent => {
      const after = objects.array[event](array, MAP_FLAGS);
      return {
        clears: compileOver(ARRAY_TERMS, objects.cleared(array, after, knobs), MAP_FLAGS),
        apply: compileEffect(ARRAY_TERMS, after, MAP_FLAGS),
      };
    }),
    programEvent: lazily((event: ProgramEvent) =>
      compileEffect(OBJECT_TERMS, objects.program[event](program), GIVEN),
    ),
    reachable: compileOver(ARRAY_TERMS, objects.reachable(array), GIVEN),
    arrayFreed: compileOver(ARRAY_TERMS, objects.arrayFreed(array), GIVEN),
    held: compileOver(OBJECT_TERMS, objects.held(program), GIVEN),
    /** The program, and 1 while the run is on. */
    programFreed: compileOver(
      OBJECT_TERMS,
      objects.programFreed(program, objects.runMayReach(isSet(GIVEN)), knobs),
      GIVEN,
    ),
    slotWritten: (refs: bigint, wasHeld: boolean, isHeld: boolean): bigint =>
      slotWritten(refs, bit(wasHeld), bit(isHeld)),
  };
}

function compileUse({ userSpace, compatibility }: Semantics, knobs: ObjectKnobs) {
  const owner = OWNER_TERMS;
  const program = PROGRAM_TERMS;
  const incompatible = compileTerm(
    [...owner.params, ...program.params],
    compatibility.incompatibleProgram(owner.terms, program.terms),
  );
  const looksBack = compileTerm([GIVEN], compatibility.looksBack(isSet(GIVEN), knobs));
  const errno = lazily((op: UserOp) => {
    const state = formal(USER[op] as Shape<UserStates[UserOp]>);
    const meaning = userSpace[op] as (state: unknown, keys: ObjectKnobs) => BvTerm;
    return compileOver(state, meaning(state.terms, knobs), GIVEN);
  });
  return {
    meeting: lazily((association: Association): CompiledMeeting => {
      const seen: OwnerTerms = { exists: isSet(GIVEN), program: owner.terms };
      const { compatible, claims } = meet(seen, program.terms, association, knobs, compatibility);
      const fits = compileTerm([GIVEN, ...owner.params, ...program.params], compatible);
      const becomes = compileTerm([GIVEN, ...program.params], claims);
      return {
        compatible: (isOwned, a, b) => fits(bit(isOwned), ...a, ...b),
        claims: (isOwned, a) => becomes(bit(isOwned), ...a),
      };
    }),
    looksBack: (withPrevious: boolean): boolean => looksBack(bit(withPrevious)),
    /** Whether a tail call traps, of the run's program and the one in the slot. */
    incompatible: (run: ProgramArguments, target: ProgramArguments): boolean =>
      incompatible(...run, ...target),
    /** The error number of an operation; 0 where it is done. */
    errno: <Op extends UserOp>(op: Op, state: ValuesOf<UserStates[Op]>): number =>
      Number(errno(op)(state as ValuesOf<UserStates[UserOp]>, 0n)),
  };
}
