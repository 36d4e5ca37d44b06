// No references keep each other: once the last users are gone, everything is freed, one program after the other from the
// one that was loaded last. A program holds its arrays and an extension its target; that an array holds programs is
// the other half of a cycle, and the clear is what breaks it.

import {
  and,
  boolVar,
  bvule,
  bvult,
  bvVar,
  eq,
  FALSE,
  implies,
  not,
  or,
} from '../../terms/index.ts';
import { withObjects, withUserSpace } from '../faults.ts';
import { n64 } from '../tail-call/call.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';
import { anyArray, isCountedArray } from './arrays.ts';
import { anyProgram, isCounted } from './programs.ts';

const ZERO = n64(0);

export const CYCLES: Theorem = {
  name: 'tail-call/cycles',
  statement:
    'After the run, when no program and no array has a descriptor or a pin and no extension is attached, every program and every array is freed, whatever programs the arrays held: no cycle of references is left.',
  source: 'linux-tail-calls §2.4: clearing breaks prog↔map reference cycles',
  method: { kind: 'induction', on: 'the programs, from the one that was loaded last' },
  expected: 'proved',
  lemmas: (subject) => [
    loadOrderLemma(subject),
    slotLemma(),
    extensionLemma(),
    programLemma(subject),
    arrayLemma(subject),
  ],
  faults: [
    {
      name: 'an extension is loaded before its target',
      plant: withUserSpace((userSpace) => ({
        ...userSpace,
        load: (state, knobs) => userSpace.load({ ...state, extension: FALSE }, knobs),
      })),
      lemma: 'an extension is loaded after its target',
    },
    {
      name: 'the last reference frees nothing',
      plant: withObjects((objects) => ({ ...objects, programFreed: () => FALSE })),
      lemma: 'a program is freed',
    },
    {
      name: 'an array is never freed',
      plant: withObjects((objects) => ({ ...objects, arrayFreed: () => FALSE })),
      lemma: 'an array is freed',
    },
  ],
};

/** When the program was loaded, when an extension that names it was, and when the next one will be: any clock. */
const loadedAt = bvVar('loaded_at', 64);
const extensionAt = bvVar('extension_loaded_at', 64);
const now = bvVar('now', 64);

/** The one that is loaded now has an order of its own; all others keep theirs. */
function loadOrderLemma({ semantics, profile }: Subject): Lemma {
  const target = anyProgram();
  const errno = semantics.userSpace.load(
    {
      absent: boolVar('extension_absent'),
      arraysReachable: boolVar('arrays_reachable'),
      extension: boolVar('names_a_target'),
      targetHeld: semantics.objects.held(target.object),
      compatible: boolVar('compatible'),
    },
    profile.objects,
  );
  return {
    name: 'an extension is loaded after its target',
    premises: {
      'it names the program as its target': boolVar('names_a_target'),
      'it is loaded now': and(eq(errno, ZERO), eq(extensionAt, now)),
      'its references are counted (tail-call/references)': isCounted(target),
      'what is loaded was loaded before now': or(target.object.absent, bvult(loadedAt, now)),
    },
    conclusion: bvult(loadedAt, extensionAt),
  };
}

/** By the lemma on sums, no slot holds a program where each holds none. */
function slotLemma(): Lemma {
  const watched = anyArray();
  const holdsIt = boolVar('slot_holds_it');
  return {
    name: 'no slot holds it',
    premises: {
      'its references are counted (tail-call/references)': isCountedArray(watched),
      'the array has no users': eq(watched.array.users, ZERO),
      'a slot that holds it is filled': implies(holdsIt, watched.filled),
    },
    conclusion: not(holdsIt),
  };
}

/** By the lemma on sums, no extension that is loaded names a program where each names another. */
function extensionLemma(): Lemma {
  const isLoaded = boolVar('extension_is_loaded');
  const namesIt = boolVar('names_it');
  return {
    name: 'no extension names it',
    premises: {
      'what was loaded later is freed': implies(isLoaded, bvule(extensionAt, loadedAt)),
      'an extension is loaded after its target': implies(
        and(isLoaded, namesIt),
        bvult(loadedAt, extensionAt),
      ),
    },
    conclusion: not(and(isLoaded, namesIt)),
  };
}

function programLemma({ semantics, profile }: Subject): Lemma {
  const program = anyProgram();
  const { object, runs, slots, links } = program;
  const { programFreed, runMayReach } = semantics.objects;
  return {
    name: 'a program is freed',
    premises: {
      'its references are counted (tail-call/references)': isCounted(program),
      'it has no descriptor': not(object.descriptor),
      'it is not attached': not(object.attached),
      'it does not run': not(runs),
      'no slot holds it': eq(slots, ZERO),
      'no extension names it': eq(links, ZERO),
    },
    conclusion: programFreed(object, runMayReach(FALSE), profile.objects),
  };
}

function arrayLemma({ semantics }: Subject): Lemma {
  const { array, programs } = anyArray();
  return {
    name: 'an array is freed',
    premises: {
      'its references are counted (tail-call/references)': isCountedArray(anyArray()),
      'it has no users': eq(array.users, ZERO),
      'no program that uses it is loaded': eq(programs, ZERO),
    },
    conclusion: semantics.objects.arrayFreed(array),
  };
}
