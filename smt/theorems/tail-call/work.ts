// How much a run can do: a share for each program that is entered where the counter is shared, and
// exponentially much where a local call gets a copy of it.

import { profileNamed } from '../../../model/profiles/catalogue.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import {
  and,
  type BvTerm,
  bvadd,
  bvmul,
  bvshl,
  bvsub,
  bvuge,
  bvule,
  bvult,
  bvVar,
  eq,
  FALSE,
  not,
} from '../../terms/index.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';
import { anyCall, limitOf, n64, oneCallMore, stepOf, uncounted, withPassing } from './call.ts';

const taken = bvVar('taken', 64);
/** Steps of all programs entered so far, of the next one, and the most of any. */
const steps = bvVar('steps', 64);
const more = bvVar('more', 64);
const bound = bvVar('bound', 64);

/** Knobs of the subject, with the counter passed in the way that a theorem is about. */
const passedBy = ({ profile }: Subject, propagation: 'reference' | 'value') => ({
  ...profile.tailCall,
  propagation,
});

/** The bound once for each program that was entered. */
const allowance = bvVar('allowance', 64);
/** Far from where 64 bits wrap. */
const WIDE = n64(2n ** 63n);

export const WORK: Theorem = {
  name: 'tail-call/work',
  statement:
    'Where local calls share one counter, a run makes at most limit + 1 times the steps that one program can make.',
  source: 'linux-tail-calls §1.5, §1.6',
  method: { kind: 'induction', on: 'the programs that are entered' },
  expected: 'proved',
  lemmas: (subject) => [
    firstEntryLemma(),
    nextEntryLemma(),
    allowanceLemma(subject),
    noMoreLemma(subject),
    localCallLemma(subject),
    returnLemma(subject),
  ],
  faults: [
    { name: 'one call more', plant: oneCallMore, lemma: 'no entry more' },
    {
      name: 'the hierarchy: what a callee counted is lost',
      plant: withPassing({ leave: (_callee, caller) => caller }),
      lemma: 'return',
    },
    {
      name: 'a local call starts a new counter',
      plant: withPassing({ enter: () => n64(0) }),
      lemma: 'local call',
    },
  ],
};

function firstEntryLemma(): Lemma {
  return {
    name: 'first entry',
    premises: {
      'the first program keeps the bound': bvule(steps, bound),
      'the bound is allowed once': eq(allowance, bound),
    },
    conclusion: bvule(steps, allowance),
  };
}

function nextEntryLemma(): Lemma {
  return {
    name: 'next entry',
    premises: {
      'so far the steps were allowed': bvule(steps, allowance),
      'the next program keeps the bound': bvule(more, bound),
      'no sum wraps': and(bvult(allowance, WIDE), bvult(bound, WIDE)),
    },
    conclusion: bvule(bvadd(steps, more), bvadd(allowance, bound)),
  };
}

/** What is allowed after the last entry, as a sum and as a product. */
function allowanceLemma(subject: Subject): Lemma {
  const limit = limitOf(subject);
  const sum = Array.from({ length: limit }).reduce<BvTerm>((all) => bvadd(all, bound), bound);
  return {
    name: 'allowance',
    premises: { 'the bound is below 2^32': bvult(bound, n64(2n ** 32n)) },
    conclusion: and(eq(sum, bvmul(n64(limit + 1), bound)), bvult(sum, WIDE)),
  };
}

function noMoreLemma(subject: Subject): Lemma {
  const call = anyCall();
  const limit = n64(limitOf(subject));
  return {
    name: 'no entry more',
    premises: {
      'as many calls were taken as the limit': bvuge(taken, limit),
      'no more calls were taken than counted (tail-call/count)': bvule(taken, call.counter),
    },
    conclusion: not(stepOf(subject, call, passedBy(subject, 'reference')).results.taken),
  };
}

function localCallLemma({ semantics }: Subject): Lemma {
  const counter = bvVar('counter', 64);
  return {
    name: 'local call',
    premises: { 'no more calls were taken than counted': bvule(taken, counter) },
    conclusion: bvule(taken, semantics.counterPassing.reference.enter(counter)),
  };
}

function returnLemma({ semantics }: Subject): Lemma {
  const callee = bvVar('callee_counter', 64);
  const caller = bvVar('caller_counter', 64);
  return {
    name: 'return',
    premises: { 'no more calls were taken than the callee counted': bvule(taken, callee) },
    conclusion: bvule(taken, semantics.counterPassing.reference.leave(callee, caller)),
  };
}

/** Programs entered, at most, from one whose counter is c: N(c) = 1 + 2 N(c + 1), N(limit) = 1. */
const entered = bvVar('entered', 64);
const enteredNext = bvVar('entered_next', 64);
const c = bvVar('c', 64);

/** 2^(limit - c + 1) - 1 */
const closedForm = (limit: BvTerm, counter: BvTerm) =>
  bvsub(bvshl(n64(1), bvadd(bvsub(limit, counter), n64(1))), n64(1));

export const WORK_BY_VALUE: Theorem = {
  name: 'tail-call/work-by-value',
  statement:
    'Where a local call gets a copy of the counter, a program with two local calls that tail-call it again is entered 2^(limit + 1) − 1 times: 2^34 − 1 for 33.',
  source: 'linux-tail-calls §1.5; 116e04ba1459',
  method: { kind: 'induction', on: 'the limit minus the counter' },
  expected: 'proved',
  lemmas: (subject) => {
    const limit = n64(limitOf(subject));
    return [
      ...recurrenceLemmas(subject),
      {
        name: 'at the limit',
        premises: { 'the program is entered once': eq(entered, n64(1)) },
        conclusion: eq(entered, closedForm(limit, limit)),
      },
      {
        name: 'below the limit',
        premises: {
          'N(c) = 1 + 2 N(c + 1)': eq(entered, bvadd(n64(1), bvmul(n64(2), enteredNext))),
          'N(c + 1) is as claimed': eq(enteredNext, closedForm(limit, bvadd(c, n64(1)))),
          'c is below the limit': bvult(c, limit),
        },
        conclusion: eq(entered, closedForm(limit, c)),
      },
      {
        name: 'from the start',
        premises: { 'N(0) is as claimed': eq(entered, closedForm(limit, n64(0))) },
        conclusion: eq(entered, n64(2n ** BigInt(limitOf(subject) + 1) - 1n)),
      },
    ];
  },
  faults: [
    {
      name: 'what a callee counted is kept',
      plant: withPassing({ leave: (callee) => callee }),
      lemma: 'recurrence/each local call starts from c',
    },
    {
      name: 'taken calls do not count',
      plant: uncounted('taken'),
      lemma: 'recurrence/a call goes on at c + 1',
    },
    { name: 'one call more', plant: oneCallMore, lemma: 'recurrence/no call at the limit' },
  ],
};

/** That N is what the machine does: both local calls start from c, and what they enter from c + 1. */
function recurrenceLemmas(subject: Subject): Lemma[] {
  const { enter, leave } = subject.semantics.counterPassing.value;
  const call = { ...anyCall(), counter: enter(c), slotEmpty: FALSE };
  const { results, nextCounter } = stepOf(subject, call, passedBy(subject, 'value'));
  const limit = n64(limitOf(subject));
  const inRange = bvult(
    subject.semantics.tailCall.index(call.r3, subject.profile.tailCall),
    call.maxEntries,
  );
  return [
    {
      name: 'recurrence/a call goes on at c + 1',
      premises: { 'the index is in range': inRange, 'c is below the limit': bvult(c, limit) },
      conclusion: and(results.taken, eq(nextCounter, bvadd(c, n64(1)))),
    },
    {
      name: 'recurrence/each local call starts from c',
      premises: {},
      conclusion: eq(leave(bvVar('callee_counter', 64), c), c),
    },
    {
      name: 'recurrence/no call at the limit',
      premises: { 'c is the limit': bvuge(c, limit) },
      conclusion: not(results.taken),
    },
  ];
}

export const WORK_BY_VALUE_BOUNDED: Theorem = {
  name: 'tail-call/work-by-value-bounded',
  statement:
    'Where a local call gets a copy of the counter, at most limit + 1 programs are entered.',
  source: 'linux-tail-calls §1.5; the expectation that 116e04ba1459 restored',
  method: { kind: 'direct' },
  expected: 'refuted',
  lemmas: (subject) => {
    const limit = n64(limitOf(subject));
    return [
      {
        name: 'entries',
        premises: {
          'N(0), by tail-call/work-by-value': eq(entered, closedForm(limit, n64(0))),
        },
        conclusion: bvule(entered, bvadd(limit, n64(1))),
      },
    ];
  },
  faults: [],
  replay: (_lemma, _model, { profile }) => hierarchy(profile),
};

/** More than the entries that the statement allows need; all that there are would take hours. */
const FUEL = 2_000;

/** Two local calls, each of which tail-calls the whole again: selftest tailcall_bpf2bpf_hierarchy_1. */
function hierarchy(profile: Subject['profile']): Scenario {
  const isByValue = profile.tailCall.propagation === 'value';
  const scenario = parseScenario(`tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 1, entries: { 0: entry } }
programs:
  entry: |
    r6 = r1
    call again
    r1 = r6
    call again
    r0 = 0
    exit
    again:
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 0
    exit
run: { program: entry, packet: "00", fuel: ${FUEL} }
expect: { out_of_fuel: true }
`);
  return { ...scenario, profile: isByValue ? profile : profileNamed('linux-6.1/x86_64') };
}
