// At most `limit` tail calls are taken on one counter, so that at most limit + 1 programs are entered.

import type { Total } from '../../../model/errors.ts';
import { HOP_RESULTS, type HopResult } from '../../../model/scenario/outcome.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bvadd,
  bvule,
  bvult,
  bvVar,
  eq,
  not,
  or,
} from '../../terms/index.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';
import {
  anyCall,
  forgetsOnReturn,
  limitOf,
  n64,
  oneCallMore,
  stepOf,
  uncounted,
  withPassing,
  withTailCall,
} from './call.ts';
import { startState } from './havoc.ts';

/** The calls that were taken on this counter: nobody in the machine counts them. */
const taken = bvVar('taken', 64);

const INVARIANT = 'no more calls were taken than counted, nor than the limit';
const RUN_IS_SHORT = 'the run is shorter than 2^64 calls';

type Failure = Exclude<HopResult, 'taken'>;
const FAILURES: readonly Failure[] = ['empty', 'out_of_range', 'exhausted'];
const CHECK_OF: Total<Failure, Subject['profile']['tailCall']['order'][number]> = {
  out_of_range: 'index',
  exhausted: 'count',
  empty: 'slot',
};

const invariantOf = (calls: BvTerm, counter: BvTerm, limit: BvTerm): BoolTerm =>
  and(bvule(calls, counter), bvule(calls, limit));

export const COUNT: Theorem = {
  name: 'tail-call/count',
  statement:
    'On one counter no more tail calls are taken than the limit, so that no more than limit + 1 programs are entered.',
  source: 'linux-tail-calls §1.3, §1.5, §9 (I1)',
  method: { kind: 'induction', on: 'the steps of a run' },
  expected: 'proved',
  lemmas: (subject) => [
    startLemma(subject),
    oneResultLemma(subject),
    takenLemma(subject),
    ...FAILURES.map((result) => failedLemma(subject, result)),
    callLemma(subject),
    returnLemma(subject),
    entriesLemma(subject),
  ],
  faults: [
    { name: 'one call more', plant: oneCallMore, lemma: 'step/taken' },
    { name: 'taken calls do not count', plant: uncounted('taken'), lemma: 'step/taken' },
    {
      name: 'a failed call gives one back',
      plant: withTailCall((meaning) => ({
        ...meaning,
        counter: { ...meaning.counter, empty: (counter) => bvadd(counter, n64(2n ** 64n - 1n)) },
      })),
      lemma: 'step/empty',
    },
    {
      name: 'two results at once',
      plant: withTailCall((meaning) => ({
        ...meaning,
        results: (state, knobs) => ({ ...meaning.results(state, knobs), empty: state.slotEmpty }),
      })),
      lemma: 'step/one result',
    },
    {
      name: 'a local call starts a new counter',
      plant: withPassing({ enter: () => n64(0) }),
      lemma: 'step/local call',
    },
    {
      name: 'the hierarchy: what a callee counted is lost',
      plant: withPassing({ leave: (_callee, caller) => caller }),
      lemma: 'step/return',
      applies: (subject) => !forgetsOnReturn(subject),
    },
    {
      name: 'a return starts a new counter',
      plant: withPassing({ leave: () => n64(0) }),
      lemma: 'step/return',
    },
  ],
};

const limitTerm = (subject: Subject) => n64(limitOf(subject));

function startLemma(subject: Subject): Lemma {
  const { counter } = startState(subject);
  return {
    name: 'start',
    premises: { 'no call was taken': eq(taken, n64(0)) },
    conclusion: invariantOf(taken, counter, limitTerm(subject)),
  };
}

function oneResultLemma(subject: Subject): Lemma {
  const { results } = stepOf(subject, anyCall());
  const pairs = HOP_RESULTS.flatMap((one, i) =>
    HOP_RESULTS.slice(i + 1).map((other) => not(and(results[one], results[other]))),
  );
  return {
    name: 'step/one result',
    premises: {},
    conclusion: and(or(...HOP_RESULTS.map((result) => results[result])), ...pairs),
  };
}

function takenLemma(subject: Subject): Lemma {
  const call = anyCall();
  const { results, nextCounter } = stepOf(subject, call);
  return {
    name: 'step/taken',
    premises: {
      [INVARIANT]: invariantOf(taken, call.counter, limitTerm(subject)),
      'the call is taken': results.taken,
    },
    conclusion: invariantOf(bvadd(taken, n64(1)), nextCounter, limitTerm(subject)),
  };
}

/** A result that is not `taken` may use budget up, and takes nothing. */
function failedLemma(subject: Subject, result: Failure): Lemma {
  const call = anyCall();
  const { results, nextCounter } = stepOf(subject, call);
  const { semantics, profile } = subject;
  const after = semantics.tailCall.counter[result](call.counter, profile.tailCall);
  // A failure that counts, and is found before the limit is looked at, has no bound but the run's length.
  const { order } = profile.tailCall;
  const isUnlimited = order.indexOf(CHECK_OF[result]) <= order.indexOf('count');
  const mayWrap = isUnlimited && after !== call.counter;
  const which = `the result is ${result}`;
  return {
    name: `step/${result}`,
    premises: {
      [INVARIANT]: invariantOf(taken, call.counter, limitTerm(subject)),
      [which]: results[result],
      ...(mayWrap ? { [RUN_IS_SHORT]: bvult(call.counter, n64(2n ** 64n - 1n)) } : {}),
    },
    conclusion: invariantOf(taken, nextCounter, limitTerm(subject)),
    // Which failure it is matters only where that one counts.
    conventions: [which],
  };
}

function callLemma({ semantics, profile }: Subject): Lemma {
  const counter = bvVar('counter', 64);
  const { enter } = semantics.counterPassing[profile.tailCall.propagation];
  const limit = n64(profile.tailCall.limit);
  return {
    name: 'step/local call',
    premises: { [INVARIANT]: invariantOf(taken, counter, limit) },
    conclusion: invariantOf(taken, enter(counter), limit),
  };
}

/** What was taken on the counter goes on with it: with the callee's, or again with the caller's. */
function returnLemma(subject: Subject): Lemma {
  const { semantics, profile } = subject;
  const callee = bvVar('callee_counter', 64);
  const caller = bvVar('caller_counter', 64);
  const { leave } = semantics.counterPassing[profile.tailCall.propagation];
  const limit = limitTerm(subject);
  return {
    name: 'step/return',
    premises: {
      [INVARIANT]: invariantOf(taken, forgetsOnReturn(subject) ? caller : callee, limit),
    },
    conclusion: invariantOf(taken, leave(callee, caller), limit),
  };
}

function entriesLemma(subject: Subject): Lemma {
  const entries = bvVar('entries', 64);
  const limit = limitTerm(subject);
  return {
    name: 'entries',
    premises: {
      'no more calls were taken than the limit': bvule(taken, limit),
      'the start and each taken call enter a program': eq(entries, bvadd(taken, n64(1))),
    },
    conclusion: bvule(entries, bvadd(limit, n64(1))),
  };
}
