// Where in a run a tail call can end how: what coverage leaves out as unreachable (`unreachableReason` in
// fuzz/coverage), clause by clause.

import { parseScenario } from '../../../model/scenario/read.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  boolVar,
  bvadd,
  bvuge,
  bvule,
  bvult,
  bvVar,
  distinct,
  eq,
  extract,
  FALSE,
  implies,
  ite,
  not,
  or,
  TRUE,
  zeroExtend,
} from '../../terms/index.ts';
import { withCounterStart, withTailCallKnobs, withUserSpace } from '../faults.ts';
import type { Expected, Lemma, Subject, Theorem } from '../theorem.ts';
import { anyCall, n64, oneCallMore, stepOf, withPassing, withTailCall } from './call.ts';
import { BESIDE } from './counter-kept.ts';
import { startState } from './havoc.ts';

/** Tail calls attempted so far, whatever became of them. */
const attempts = bvVar('attempts', 64);
const COUNTED = 'no more is counted than was attempted';

/** A program in which a count from beside its slot would meet a tail call is refused when it is read. */
const isRefused = ({ profile }: Subject): boolean =>
  profile.tailCall.countSlot === 'unrounded' && profile.tailCall.propagation === 'rejected';
const isKept = (subject: Subject): boolean =>
  subject.profile.tailCall.countSlot === 'rounded' || isRefused(subject);

/** With a limit of 0 no slot is looked at, and each attempt is exhausted. */
const letsPass = (subject: Subject): boolean =>
  isKept(subject) && subject.profile.tailCall.limit > 0;

/** A count, and whether it began with what is read beside a slot: of such a one nothing is said. */
interface Count {
  readonly counter: BvTerm;
  readonly beside: BoolTerm;
}

/** Any count; from beside only where such a count meets no tail call. */
function anyCount(subject: Subject, name: string): Count {
  return {
    counter: bvVar(name, 64),
    beside: isRefused(subject) ? boolVar(`${name}_is_from_beside`) : FALSE,
  };
}

const isCounted = ({ counter, beside }: Count): BoolTerm => or(beside, bvule(counter, attempts));

export const HOPS: Theorem = {
  name: 'tail-call/hops',
  statement:
    'The n-th tail call that a run attempts, from 0, is exhausted only if n is at least the limit; an index of 32 bits that a write has named is not out of range; with a limit of 0 no check after the count is made; and nothing is attempted before the first.',
  source: 'docs/semantics.md, Tail calls and Local calls that start a counter',
  method: { kind: 'induction', on: 'the steps of a run' },
  expected: (subject): Expected => (isKept(subject) ? 'proved' : 'refuted'),
  lemmas: (subject) => [
    startLemma(subject),
    attemptLemma(subject),
    callLemma(subject),
    returnLemma(subject),
    exhaustedLemma(subject),
    inRangeLemma(subject),
    noLimitLemma(subject),
    firstHopLemma(),
  ],
  faults: [
    {
      name: 'an empty slot counts twice',
      plant: withTailCall((meaning) => ({
        ...meaning,
        counter: { ...meaning.counter, empty: (counter) => bvadd(counter, n64(2)) },
      })),
      lemma: 'attempt',
      applies: letsPass,
    },
    {
      name: 'the count is read beside its slot',
      plant: withTailCallKnobs({ countSlot: 'unrounded' }),
      lemma: 'local call',
      applies: (subject) => isKept(subject) && subject.profile.tailCall.propagation !== 'rejected',
    },
    {
      name: 'a counter starts at one',
      plant: withCounterStart((meaning) => ({ ...meaning, start: () => n64(1) })),
      lemma: 'local call',
      applies: isKept,
    },
    {
      name: 'a return adds what caller and callee counted',
      plant: withPassing({ leave: (below, above) => bvadd(below, above) }),
      lemma: 'return',
      applies: isKept,
    },
    {
      name: 'one call less',
      plant: withTailCall((meaning) => ({
        ...meaning,
        results: ({ counter, ...state }, knobs) =>
          meaning.results({ ...state, counter: bvadd(counter, n64(1)) }, knobs),
      })),
      lemma: 'exhausted',
      applies: letsPass,
    },
    {
      name: 'a write one beyond the array is done',
      plant: withUserSpace((userSpace) => ({
        ...userSpace,
        update: ({ maxEntries, ...state }, knobs) =>
          userSpace.update({ ...state, maxEntries: bvadd(maxEntries, n64(1)) }, knobs),
      })),
      lemma: 'in range',
      applies: isKept,
    },
    { name: 'one call more', plant: oneCallMore, lemma: 'no limit', applies: isKept },
    {
      name: 'repaired: stacks are rounded',
      plant: withTailCallKnobs({ countSlot: 'rounded' }),
      lemma: 'local call',
      applies: (subject) => !isKept(subject),
    },
  ],
  replay: (_lemma, _model, { profile }) => ({ ...parseScenario(BESIDE), profile }),
};

function startLemma(subject: Subject): Lemma {
  return {
    name: 'start',
    premises: {},
    conclusion: bvule(startState(subject).counter, n64(0)),
  };
}

/** What is from beside is in a program that has a local call. */
const apart = (subject: Subject, { beside }: Count): Readonly<Record<string, BoolTerm>> =>
  isRefused(subject) ? { 'a program with a tail call has no count from beside': not(beside) } : {};

function attemptLemma(subject: Subject): Lemma {
  const call = anyCall();
  const count = anyCount(subject, 'counter');
  return {
    name: 'attempt',
    premises: {
      [COUNTED]: isCounted(count),
      ...apart(subject, count),
      'the run is shorter than 2^64 calls': bvult(attempts, n64(2n ** 64n - 1n)),
    },
    conclusion: bvule(stepOf(subject, call).nextCounter, bvadd(attempts, n64(1))),
  };
}

/** The callee goes on with the caller's count, or starts at one of its own. */
function callLemma(subject: Subject): Lemma {
  const { semantics, profile } = subject;
  const { counterStart, counterPassing } = semantics;
  const knobs = profile.tailCall;
  const site = {
    replaced: boolVar('replaced'),
    traced: boolVar('traced'),
    stackBytes: bvVar('stack_bytes', 64),
  };
  const caller = anyCount(subject, 'caller_counter');
  const starts = counterStart.starts(site, knobs);
  const start = counterStart.start(site, knobs);
  const { enter } = counterPassing[knobs.propagation];
  const callee: Count = {
    counter: ite(starts, start, enter(caller.counter)),
    beside: isRefused(subject) ? ite(starts, distinct(start, n64(0)), caller.beside) : FALSE,
  };
  return {
    name: 'local call',
    premises: { [COUNTED]: isCounted(caller) },
    // The callee is in the caller's program, which has a local call, unless it is an extension.
    conclusion: and(isCounted(callee), implies(site.replaced, not(callee.beside))),
  };
}

/** The caller had counted no more when it called, and attempts do not become fewer. */
function returnLemma(subject: Subject): Lemma {
  const { semantics, profile } = subject;
  const { leave } = semantics.counterPassing[profile.tailCall.propagation];
  const own = boolVar('has_a_counter_of_its_own');
  const caller = anyCount(subject, 'caller_counter');
  const callee = anyCount(subject, 'callee_counter');
  const shared: Readonly<Record<string, BoolTerm>> = isRefused(subject)
    ? { 'a count that both share has one beginning': or(own, eq(callee.beside, caller.beside)) }
    : {};
  return {
    name: 'return',
    premises: {
      [COUNTED]: isCounted(callee),
      'nor had the caller counted more': isCounted(caller),
      ...shared,
    },
    conclusion: isCounted({
      ...caller,
      counter: ite(own, caller.counter, leave(callee.counter, caller.counter)),
    }),
  };
}

function exhaustedLemma(subject: Subject): Lemma {
  const call = anyCall();
  const count = anyCount(subject, 'counter');
  const { limit } = subject.profile.tailCall;
  const premises = {
    [COUNTED]: isCounted(count),
    ...apart(subject, count),
    'the result is exhausted': stepOf(subject, call).results.exhausted,
  };
  return {
    name: 'exhausted',
    premises,
    conclusion: bvuge(attempts, n64(limit)),
    conventions: limit === 0 ? Object.keys(premises) : [],
  };
}

/** A write names the low half of R3, and is an update or a delete. */
function inRangeLemma(subject: Subject): Lemma {
  const { semantics, profile } = subject;
  const { update, delete: remove } = semantics.userSpace;
  const call = anyCall();
  const knobs = { ...profile.tailCall, indexBits: 32, indexMasked: false } as const;
  const slot = {
    reachable: boolVar('reachable'),
    frozen: boolVar('frozen'),
    readOnly: boolVar('read_only'),
    index: zeroExtend(32, extract(31, 0, call.r3)),
    maxEntries: call.maxEntries,
  };
  const updated = update(
    {
      ...slot,
      flags: bvVar('flags', 32),
      held: boolVar('held'),
      compatible: boolVar('compatible'),
      extended: boolVar('extended'),
    },
    profile.objects,
  );
  const removed = remove({ ...slot, empty: boolVar('empty') }, profile.objects);
  return {
    name: 'in range',
    premises: { 'a write of the slot is done': or(eq(updated, n64(0)), eq(removed, n64(0))) },
    conclusion: not(stepOf(subject, call, knobs).results.out_of_range),
  };
}

function noLimitLemma(subject: Subject): Lemma {
  const { order, indexMasked } = subject.profile.tailCall;
  const { results } = stepOf(subject, anyCall(), { ...subject.profile.tailCall, limit: 0 });
  const afterCount = order.slice(order.indexOf('count'));
  return {
    name: 'no limit',
    premises: {},
    conclusion: and(
      not(results.taken),
      afterCount.includes('slot') ? not(results.empty) : TRUE,
      afterCount.includes('index') && !indexMasked ? not(results.out_of_range) : TRUE,
    ),
  };
}

/** A write is earlier if an attempt lies between it and this one. */
function firstHopLemma(): Lemma {
  const between = bvVar('attempts_before_the_one_between', 64);
  return {
    name: 'first hop',
    premises: { 'nothing was attempted before': eq(attempts, n64(0)) },
    conclusion: not(bvult(between, attempts)),
  };
}
