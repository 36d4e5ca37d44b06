// Faults planted in what the semantics says of objects: each is noticed by the hand case that is named here.

import { expect, test } from 'vitest';
import { runConcrete } from '../../../smt/machine/machine.ts';
import { SEMANTICS as S, type Semantics } from '../../../smt/semantics/semantics.ts';
import { and, bv, bvsub, bvule, FALSE, not, TRUE } from '../../../smt/terms/index.ts';
import { OBJECT_CASES, objectScenario } from './object-cases.ts';

const CASES = Object.values(OBJECT_CASES).flat();

interface Fault {
  readonly name: string;
  readonly change: Partial<Semantics>;
  /** The case that notices. */
  readonly noticed: string;
}

const objects = (change: Partial<Semantics['objects']>) => ({
  objects: { ...S.objects, ...change },
});
const arrayEvents = (change: Partial<Semantics['objects']['array']>) =>
  objects({ array: { ...S.objects.array, ...change } });
const programEvents = (change: Partial<Semantics['objects']['program']>) =>
  objects({ program: { ...S.objects.program, ...change } });
const userSpace = (change: Partial<Semantics['userSpace']>) => ({
  userSpace: { ...S.userSpace, ...change },
});
const compatibility = (change: Partial<Semantics['compatibility']>) => ({
  compatibility: { ...S.compatibility, ...change },
});
const key = (change: Partial<Semantics['compatibility']['keys']>) =>
  compatibility({ keys: { ...S.compatibility.keys, ...change } });

const FAULTS: readonly Fault[] = [
  {
    name: 'the type is not compared',
    change: key({ type: { alone: () => TRUE, agrees: () => TRUE } }),
    noticed: 'a program of another type is refused',
  },
  {
    name: 'nobody becomes the owner',
    change: compatibility({ claims: () => FALSE }),
    noticed: 'the first program that uses an array is its owner, else the first in it',
  },
  {
    name: 'the last one is the owner',
    change: compatibility({ claims: (passes) => passes }),
    noticed: 'the first program that uses an array is its owner, else the first in it',
  },
  {
    name: 'who is refused by itself owns the array',
    change: compatibility({ claims: (_, exists) => not(exists) }),
    noticed: 'a program that overrides returns is refused where it uses an array, and owns nothing',
  },
  {
    name: 'all owners can be seen too late',
    change: compatibility({ looksBack: (withPrevious) => withPrevious }),
    noticed: 'two updates at the same time, owners locked',
  },
  {
    name: 'every program can take over',
    change: compatibility({ incompatibleProgram: () => FALSE }),
    noticed: 'an incompatible program traps where it would be taken, and counts nothing',
  },
  {
    name: 'closing a descriptor keeps the reference',
    change: arrayEvents({ close_map: (array) => ({ ...array, descriptor: FALSE }) }),
    noticed: 'a cycle of array and program ends with the users',
  },
  {
    name: 'loads take no reference to arrays',
    change: arrayEvents({ user_loaded: (array) => array }),
    noticed: 'what is there at the start stays',
  },
  {
    name: 'an extension does not hold its target',
    change: programEvents({ extension_loaded: (program) => program }),
    noticed: 'an extension holds its target',
  },
  {
    name: 'attached extensions hold nothing',
    change: programEvents({
      attach: (program) => ({ ...program, attached: TRUE }),
      detach: (program) => ({ ...program, attached: FALSE }),
    }),
    noticed: 'attached it stays, without a descriptor',
  },
  {
    name: 'a run holds nothing',
    change: programEvents({ run_starts: (program) => program, run_ends: (program) => program }),
    noticed: 'a run without its descriptor goes on',
  },
  {
    name: 'the program that leaves a slot keeps its reference',
    change: objects({
      slotWritten: (refs, held, holds) => S.objects.slotWritten(refs, and(held, holds), holds),
    }),
    noticed: 'an update takes the place of another',
  },
  {
    name: 'slots are never emptied',
    change: objects({ cleared: () => FALSE }),
    noticed: 'a program keeps an array without users: its slots are empty',
  },
  {
    name: 'slots are always emptied with the descriptor',
    change: objects({
      cleared: (before, after) => S.objects.cleared(before, after, { clearedOn: 'descriptor' }),
    }),
    noticed: 'a pin keeps the slots',
  },
  {
    name: 'programs are freed at once',
    change: objects({
      programFreed: (program, reach) =>
        S.objects.programFreed(program, reach, { freed: 'at_once' }),
    }),
    noticed: 'a program that is removed while it runs: grace_period',
  },
  {
    name: 'a program with one reference is freed',
    change: objects({
      programFreed: (program, reach, knobs) =>
        S.objects.programFreed({ ...program, refs: bvsub(program.refs, bv(64, 1n)) }, reach, knobs),
    }),
    noticed: 'what is there at the start stays',
  },
  {
    name: 'arrays live for ever',
    change: objects({ arrayFreed: () => FALSE }),
    noticed: 'frozen, pinned, closed, freed',
  },
  {
    name: 'frozen arrays are written',
    change: userSpace({
      update: (state, knobs) => S.userSpace.update({ ...state, frozen: FALSE }, knobs),
    }),
    noticed: 'frozen, pinned, closed, freed',
  },
  {
    name: 'flags of updates are ignored',
    change: userSpace({
      update: (state, knobs) => S.userSpace.update({ ...state, flags: bv(32, 0n) }, knobs),
    }),
    noticed: 'an update asks for flags',
  },
  {
    name: 'what is extended is inserted',
    change: userSpace({
      update: (state, knobs) => S.userSpace.update({ ...state, extended: FALSE }, knobs),
    }),
    noticed: 'neither in an array nor what is in one, under the key',
  },
  {
    name: 'what is in a slot is extended',
    change: userSpace({
      attach: (state, knobs) => S.userSpace.attach({ ...state, targetInSlot: FALSE }, knobs),
    }),
    noticed: 'neither in an array nor what is in one, under the key',
  },
  {
    name: 'an extension does without its target',
    change: userSpace({
      load: (state, knobs) => S.userSpace.load({ ...state, targetHeld: TRUE }, knobs),
    }),
    noticed: 'an extension needs its target, and gives it back',
  },
  {
    name: 'extensions count with the caller',
    change: {
      counterStart: {
        ...S.counterStart,
        starts: (site, knobs) => S.counterStart.starts({ ...site, replaced: FALSE }, knobs),
      },
    },
    noticed: 'an extension counts on its own',
  },
  {
    name: 'trampolines keep the count',
    change: {
      counterStart: {
        ...S.counterStart,
        starts: (site, knobs) => S.counterStart.starts({ ...site, traced: FALSE }, knobs),
      },
    },
    noticed: 'a trampoline loses the count: reference',
  },
  {
    name: 'a lost count is 0',
    change: { counterStart: { ...S.counterStart, start: () => bv(64, 0n) } },
    noticed: 'a stack of 4 bytes',
  },
  {
    name: 'the mask counts as in range, whatever the key',
    change: {
      directJump: {
        ...S.directJump,
        outOfBounds: (index, maxEntries, { directKey }) =>
          directKey === 'checked' ? FALSE : bvule(index, S.directJump.mask(maxEntries)),
      },
    },
    noticed: 'in range',
  },
  {
    name: 'the mask is one too small',
    change: {
      directJump: {
        ...S.directJump,
        outOfBounds: (index, maxEntries, knobs) =>
          and(
            S.directJump.outOfBounds(index, maxEntries, knobs),
            not(bvule(S.directJump.mask(maxEntries), index)),
          ),
      },
    },
    noticed: 'the last that the mask covers',
  },
];

test.each(FAULTS)('$name', ({ change, noticed }) => {
  const found = CASES.find(({ name }) => name === noticed);
  expect(found, noticed).toBeDefined();
  const { setup, look, gives } = found as (typeof CASES)[number];
  const outcome = runConcrete(objectScenario(setup), { semantics: { ...S, ...change } });
  expect(look(outcome)).not.toEqual(gives);
});
