// One prog array as an object, watched, with one of its slots: what a kernel counts beside what the text says, and
// all that can happen to either.

import { type ArrayEvent, type ArrayTerms, arrayVariables } from '../../semantics/index.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  boolVar,
  bvadd,
  bvsub,
  bvuge,
  bvule,
  bvult,
  bvVar,
  eq,
  FALSE,
  implies,
  not,
  TRUE,
} from '../../terms/index.ts';
import { n64 } from '../tail-call/call.ts';
import type { Subject } from '../theorem.ts';
import type { Happening } from './programs.ts';
import { one, PLACES_MAX } from './sums.ts';

const ZERO = n64(0);
const ONE = n64(1);

/** An arbitrary prog array, and an arbitrary slot of it. */
export interface WatchedArray {
  readonly array: ArrayTerms;
  readonly freed: BoolTerm;
  /** How many loaded programs use it. */
  readonly programs: BvTerm;
  /** The slot holds a program. */
  readonly filled: BoolTerm;
}

export function anyArray(): WatchedArray {
  return {
    array: arrayVariables('array'),
    freed: boolVar('array_freed'),
    programs: bvVar('programs', 64),
    filled: boolVar('filled'),
  };
}

export const isCountableArray = ({ programs }: WatchedArray) => bvule(programs, PLACES_MAX);

/** The counts are what the text says and never negative; without users the slot is empty. */
export function isCountedArray({ array, freed, programs, filled }: WatchedArray): BoolTerm {
  const { absent, descriptor, pinned, users, refs } = array;
  return and(
    eq(users, bvadd(one(descriptor), one(pinned))),
    eq(refs, bvadd(users, programs)),
    bvult(refs, n64(2n ** 63n)),
    implies(absent, and(not(descriptor), not(pinned), eq(programs, ZERO))),
    implies(freed, and(eq(refs, ZERO), not(absent))),
    implies(eq(users, ZERO), not(filled)),
  );
}

const DONE = 'the operation is done';
const isDone = (errno: BvTerm) => eq(errno, ZERO);

/** All that happens to an array. */
export function arrayHappenings(subject: Subject, before: WatchedArray): Happening<WatchedArray>[] {
  const { semantics, profile } = subject;
  const { objects, userSpace } = semantics;
  const knobs = profile.objects;
  const { array, programs, filled } = before;
  const { absent, descriptor, pinned, frozen, readOnly } = array;
  const reachable = objects.reachable(array);
  const flags = bvVar('flags', 32);
  const to = (event: ArrayEvent, more: Partial<WatchedArray> = {}): WatchedArray => {
    const after = objects.array[event](array, flags);
    const cleared = objects.cleared(array, after, knobs);
    return { ...before, array: after, filled: and(filled, not(cleared)), ...more };
  };
  const done = (name: ArrayEvent, errno: BvTerm): Happening<WatchedArray> => ({
    name,
    premises: { [DONE]: isDone(errno) },
    after: to(name),
  });
  return [
    done(
      'create',
      userSpace.create(
        { absent, keySize: bvVar('key_size', 32), valueSize: bvVar('value_size', 32), flags },
        knobs,
      ),
    ),
    done('pin', userSpace.pin({ reachable, pinned }, knobs)),
    done('unpin', userSpace.unpin({ pinned }, knobs)),
    done('close_map', userSpace.close_map({ descriptor }, knobs)),
    { name: 'freeze', premises: {}, after: to('freeze') },
    {
      name: 'update',
      premises: {
        [DONE]: isDone(
          userSpace.update(
            {
              reachable,
              frozen,
              readOnly,
              flags,
              index: bvVar('index', 64),
              maxEntries: bvVar('max_entries', 64),
              held: boolVar('held'),
              compatible: boolVar('compatible'),
              extended: boolVar('extended'),
            },
            knobs,
          ),
        ),
      },
      after: { ...before, filled: TRUE },
    },
    { name: 'delete', premises: {}, after: { ...before, filled: FALSE } },
    {
      name: 'program that uses it is loaded',
      premises: {
        [DONE]: isDone(
          userSpace.load(
            {
              absent: boolVar('program_absent'),
              arraysReachable: and(reachable, boolVar('others_reachable')),
              extension: boolVar('extension'),
              targetHeld: boolVar('target_held'),
              compatible: boolVar('compatible'),
            },
            knobs,
          ),
        ),
      },
      after: to('user_loaded', { programs: bvadd(programs, ONE) }),
    },
    {
      name: 'program that uses it is freed',
      premises: { 'a loaded program that uses it is counted': bvuge(programs, ONE) },
      after: to('user_freed', { programs: bvsub(programs, ONE) }),
    },
    {
      name: 'freed',
      premises: { 'it is there': not(absent), 'it may be freed': objects.arrayFreed(array) },
      after: { ...before, freed: TRUE },
    },
  ];
}
