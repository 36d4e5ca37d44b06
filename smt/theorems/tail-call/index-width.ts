// Which bits of R3 make the index, and what the verifier's mask against speculation does to that.

import type { TailCallKnobs } from '../../semantics/index.ts';
import {
  and,
  arrayVar,
  type BoolTerm,
  bv,
  bvadd,
  bvand,
  bvsub,
  bvuge,
  bvult,
  bvVar,
  distinct,
  eq,
  extract,
  select,
  zeroExtend,
} from '../../terms/index.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';
import { type AnyCall, anyCall, limitOf, n64, stepOf, withTailCall } from './call.ts';

const TWO_32 = n64(2n ** 32n);
/** Every content: a number for each program, 0 where there is none. */
const slots = arrayVar('slots', 64, 8);

export const INDEX: Theorem = {
  name: 'tail-call/index',
  statement:
    'The index is the low half of R3; with the mask for unprivileged programs, which compares all of R3, another call is taken exactly where R3 is 2^32 or more and its low half is in range.',
  source: 'linux-tail-calls §1.4, §3.6',
  method: { kind: 'direct' },
  expected: 'proved',
  lemmas: (subject) => [
    truncationLemma(subject),
    wholeLemma(subject),
    maskLemma(),
    onlyIfLemma(subject),
    ifLemma(subject),
  ],
  faults: [
    {
      name: 'the index is not truncated',
      plant: withTailCall((meaning) => ({ ...meaning, index: (r3) => r3 })),
      lemma: 'truncation',
    },
    {
      name: 'the index is always truncated',
      plant: withTailCall((meaning) => ({
        ...meaning,
        index: (r3) => zeroExtend(32, extract(31, 0, r3)),
      })),
      lemma: 'masked/if',
    },
    {
      name: 'max_entries is in range',
      plant: withTailCall((meaning) => ({
        ...meaning,
        results: (state, knobs) =>
          meaning.results({ ...state, maxEntries: bvadd(state.maxEntries, n64(1)) }, knobs),
      })),
      lemma: 'masked/only if',
    },
  ],
};

const plainKnobs = ({ profile }: Subject): TailCallKnobs => ({
  ...profile.tailCall,
  indexBits: 32,
  indexMasked: false,
});

const maskedKnobs = (subject: Subject): TailCallKnobs => ({
  ...plainKnobs(subject),
  indexMasked: true,
});

function truncationLemma(subject: Subject): Lemma {
  const { r3 } = anyCall();
  return {
    name: 'truncation',
    premises: {},
    conclusion: eq(
      subject.semantics.tailCall.index(r3, plainKnobs(subject)),
      bvand(r3, n64(2n ** 32n - 1n)),
    ),
  };
}

/** Of the engines that do not truncate. */
function wholeLemma(subject: Subject): Lemma {
  const { r3 } = anyCall();
  const knobs: TailCallKnobs = { ...plainKnobs(subject), indexBits: 64 };
  return {
    name: 'no truncation',
    premises: {},
    conclusion: eq(subject.semantics.tailCall.index(r3, knobs), r3),
  };
}

/** The verifier's `&= mask` after the comparison does nothing to what has passed it. */
function maskLemma(): Lemma {
  const { r3, maxEntries } = anyCall();
  const mask = bvVar('mask', 64);
  return {
    name: 'the mask keeps every index in range',
    premises: {
      'the mask is one less than a power of two': eq(bvand(mask, bvadd(mask, n64(1))), n64(0)),
      'the mask covers the array': bvuge(mask, bvsub(maxEntries, n64(1))),
      'R3 is in range': bvult(r3, maxEntries),
    },
    conclusion: eq(bvand(r3, mask), r3),
  };
}

/** Whether the call is taken with each of the two. */
function takenBoth(subject: Subject, call: AnyCall): { plain: BoolTerm; masked: BoolTerm } {
  const taken = (knobs: TailCallKnobs) => {
    const index = subject.semantics.tailCall.index(call.r3, knobs);
    const slotEmpty = eq(select(slots, index), bv(8, 0n));
    return stepOf(subject, { ...call, slotEmpty }, knobs).results.taken;
  };
  return { plain: taken(plainKnobs(subject)), masked: taken(maskedKnobs(subject)) };
}

const lowHalf = ({ r3 }: AnyCall) => zeroExtend(32, extract(31, 0, r3));

function onlyIfLemma(subject: Subject): Lemma {
  const call = anyCall();
  const { plain, masked } = takenBoth(subject, call);
  return {
    name: 'masked/only if',
    premises: { 'one is taken and the other is not': distinct(plain, masked) },
    conclusion: and(bvuge(call.r3, TWO_32), bvult(lowHalf(call), call.maxEntries)),
  };
}

function ifLemma(subject: Subject): Lemma {
  const call = anyCall();
  const { plain, masked } = takenBoth(subject, call);
  return {
    name: 'masked/if',
    premises: {
      'R3 is 2^32 or more': bvuge(call.r3, TWO_32),
      'its low half is in range': bvult(lowHalf(call), call.maxEntries),
      'max_entries has 32 bits': bvult(call.maxEntries, TWO_32),
      'the slot is filled': distinct(select(slots, lowHalf(call)), bv(8, 0n)),
      'the counter is below the limit': bvult(call.counter, n64(limitOf(subject))),
    },
    conclusion: distinct(plain, masked),
  };
}
