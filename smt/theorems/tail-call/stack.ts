// How much stack the callers of tail-calling functions can hold.

import { UnsupportedError } from '../../../model/errors.ts';
import { STACK_BYTES } from '../../../model/scenario/environment.ts';
import {
  and,
  type BvTerm,
  bvadd,
  bvmul,
  bvule,
  bvult,
  bvurem,
  bvVar,
  eq,
} from '../../terms/index.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';
import { anyCall, limitOf, n64, oneCallMore, stepOf } from './call.ts';

const taken = bvVar('taken', 64);
/** Bytes of the frames that wait for a program entered by a tail call to return. */
const retained = bvVar('retained', 64);
/** Bytes of the frames above a function that makes a tail call. */
const above = bvVar('above', 64);

export const STACK: Theorem = {
  name: 'tail-call/stack',
  statement:
    'The stack that a run retains is at most limit × (callers − granule) + 512 bytes, where callers is the 256 bytes below which the verifier keeps the frames above a tail call, each rounded up to the granule.',
  source: 'linux-tail-calls §1.6, §3.4, §9 (I5)',
  method: { kind: 'induction', on: 'the taken tail calls' },
  expected: 'proved',
  lemmas: (subject) => {
    const share = shareOf(subject);
    return [
      startLemma(share),
      roundingLemma(subject, share),
      takenLemma(subject, share),
      returnLemma(share),
      totalLemma(subject, share),
    ];
  },
  faults: [{ name: 'one call more', plant: oneCallMore, lemma: 'step/taken' }],
};

/** Bytes that one tail call can retain. */
function shareOf({ profile }: Subject): BvTerm {
  const { callerLimit, rounding } = profile.facts.stack;
  if (callerLimit === 'none') {
    throw new UnsupportedError(`${profile.name} has no rule for the stack above a tail call`);
  }
  return n64(callerLimit - rounding);
}

const isBounded = (bytes: BvTerm, calls: BvTerm, share: BvTerm) =>
  bvule(bytes, bvmul(calls, share));
const RETAINED = 'the stack retained so far is a share for each call';

function startLemma(share: BvTerm): Lemma {
  return {
    name: 'start',
    premises: { 'nothing is retained': eq(retained, n64(0)) },
    conclusion: isBounded(retained, n64(0), share),
  };
}

function roundingLemma({ profile }: Subject, share: BvTerm): Lemma {
  const { callerLimit, rounding } = profile.facts.stack;
  return {
    name: 'a share',
    premises: {
      'the verifier accepts the frames above': bvult(above, n64(Number(callerLimit))),
      'they are rounded': eq(bvurem(above, n64(rounding)), n64(0)),
    },
    conclusion: bvule(above, share),
  };
}

function takenLemma(subject: Subject, share: BvTerm): Lemma {
  const call = anyCall();
  const limit = n64(limitOf(subject));
  const calls = bvadd(taken, n64(1));
  return {
    name: 'step/taken',
    premises: {
      [RETAINED]: isBounded(retained, taken, share),
      'no more calls were taken than counted (tail-call/count)': bvule(taken, call.counter),
      'the call is taken': stepOf(subject, call).results.taken,
      'the frames above are a share': bvule(above, share),
    },
    conclusion: and(bvule(calls, limit), isBounded(bvadd(retained, above), calls, share)),
  };
}

/** A return gives stack back and no budget. */
function returnLemma(share: BvTerm): Lemma {
  const rest = bvVar('rest', 64);
  return {
    name: 'step/return',
    premises: {
      [RETAINED]: isBounded(retained, taken, share),
      'a return gives stack back': bvule(rest, retained),
    },
    conclusion: isBounded(rest, taken, share),
  };
}

function totalLemma({ profile }: Subject, share: BvTerm): Lemma {
  const own = bvVar('own', 64);
  const limit = n64(profile.tailCall.limit);
  return {
    name: 'total',
    premises: {
      [RETAINED]: isBounded(retained, taken, share),
      'no more calls are taken than the limit (tail-call/count)': bvule(taken, limit),
      'the running program has its own stack': bvule(own, n64(STACK_BYTES)),
    },
    conclusion: bvule(bvadd(retained, own), bvadd(bvmul(limit, share), n64(STACK_BYTES))),
  };
}
