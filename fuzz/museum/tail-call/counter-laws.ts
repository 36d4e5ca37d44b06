// What holds of the counter at local calls and returns once a bug is mended.

import {
  boolVar,
  bvadd,
  bvule,
  bvult,
  bvVar,
  eq,
  ite,
  type Lemma,
  type Model,
  not,
  type Subject,
} from '../../../smt/index.ts';
import { n64 } from '../../../smt/theorems/tail-call/call.ts';
import type { Draft } from '../draft.ts';
import type { Law } from '../law.ts';

const taken = bvVar('taken', 64);
const callee = bvVar('callee_counter', 64);
const caller = bvVar('caller_counter', 64);
const site = {
  replaced: boolVar('replaced'),
  traced: boolVar('traced'),
  stackBytes: bvVar('stack_bytes', 64),
};

const bits = (model: Model, name: string): number => Number(model.get(name) ?? 0n);

/** The calls that a callee may have taken, in a counterexample. */
const CALLEE_CALLS_MAX = 3;
const STACK_MAX = 24;

/** 116e04ba1459 */
export const RETURN_KEEPS_COUNT: Law<Draft> = {
  statement: 'After a return the counter has counted every call that was taken in the callee.',
  method: { kind: 'induction', on: 'the steps of a run' },
  lemmas: (subject) => [callLemma(subject), returnLemma(subject)],
  broken: 'return',
  small: [
    eq(taken, callee),
    bvult(caller, callee),
    bvule(callee, bvadd(caller, n64(CALLEE_CALLS_MAX))),
    eq(caller, n64(0)),
  ],
  witness: ({ name }, model) =>
    name === 'return'
      ? forgetfulDraft(bits(model, 'callee_counter') - bits(model, 'caller_counter'))
      : undefined,
};

function callLemma({ semantics, profile }: Subject): Lemma {
  const { enter } = semantics.counterPassing[profile.tailCall.propagation];
  return {
    name: 'local call',
    premises: { 'no more calls were taken than counted': bvule(taken, caller) },
    conclusion: bvule(taken, enter(caller)),
  };
}

function returnLemma({ semantics, profile }: Subject): Lemma {
  const { leave } = semantics.counterPassing[profile.tailCall.propagation];
  return {
    name: 'return',
    premises: { 'no more calls were taken than the callee counted': bvule(taken, callee) },
    conclusion: bvule(taken, leave(callee, caller)),
  };
}

/**
 * A program whose local function takes so many calls, one program after the other, and which then tail-calls itself:
 * where the calls of the function are forgotten, they come again each time.
 */
function forgetfulDraft(calls: number): Draft {
  const leaves = Array.from({ length: calls }, (_, n) => n + 1);
  return {
    programs: [
      {
        attempts: [
          { array: 0, index: 1n, isInFunction: true },
          { array: 0, index: 0n },
        ],
      },
      ...leaves.map((leaf) => ({
        attempts: leaf < calls ? [{ array: 0, index: BigInt(leaf + 1) }] : [],
      })),
    ],
    arrays: [{ slots: [0, ...leaves] }],
  };
}

const NOT_REPLACED = { 'the function is not replaced': not(site.replaced) };

/** That a local call which is no start of its own counter goes on with that of its caller. */
function keepsCount({ semantics, profile }: Subject, premises: Lemma['premises']): Lemma {
  const { counterStart, counterPassing } = semantics;
  const { enter } = counterPassing[profile.tailCall.propagation];
  const isOwn = counterStart.starts(site, profile.tailCall);
  const own = counterStart.start(site, profile.tailCall);
  return {
    name: 'local call',
    premises,
    conclusion: eq(ite(isOwn, own, enter(caller)), caller),
  };
}

const SMALL_SITE = [
  bvult(n64(0), caller),
  bvult(caller, n64(CALLEE_CALLS_MAX)),
  bvule(site.stackBytes, n64(STACK_MAX)),
];

/** A program that tail-calls itself in a local function, so that it comes by every count. */
const siteDraft = (model: Model): Draft => ({
  programs: [
    {
      attempts: [{ array: 0, index: 0n, isInFunction: true }],
      stack: bits(model, 'stack_bytes'),
      isTraced: model.get('traced') === true,
    },
  ],
  arrays: [{ slots: [0] }],
});

/** 2b5dcb31a19a */
export const TRACED_KEEPS_COUNT: Law<Draft> = {
  statement:
    'A local call of a function that is not replaced starts from the count of its caller, traced or not.',
  method: { kind: 'cases', over: 'the ways in which a local call finds the count' },
  lemmas: (subject) => [keepsCount(subject, NOT_REPLACED)],
  broken: 'local call',
  small: SMALL_SITE,
  witness: (_, model) => siteDraft(model),
};

/** ff672c67ee76, of kernels in which tracing loses the count all the same. */
export const ANY_STACK_KEEPS_COUNT: Law<Draft> = {
  statement:
    'A local call of a function that is not replaced, in a program that is not traced, starts from the count of its caller, whatever its stack.',
  method: { kind: 'cases', over: 'the ways in which a local call finds the count' },
  lemmas: (subject) => [
    keepsCount(subject, { ...NOT_REPLACED, 'the program is not traced': not(site.traced) }),
  ],
  broken: 'local call',
  small: SMALL_SITE,
  witness: (_, model) => siteDraft(model),
};
