// What a prog array adds over C's `goto *table[i]`, which Starovoitov's mail compares it with: five statements that
// are false of the C construct (GNU C, Labels as Values) and true of the helper and its array. The table is memory
// like any other, the index any number, and a jump has no side effects.

import { tailCallStep } from '../../semantics/tail-call.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  boolVar,
  bv,
  bvugt,
  bvule,
  bvult,
  bvVar,
  concat,
  distinct,
  eq,
  evaluate,
  extract,
  implies,
  ite,
  not,
  or,
  TRUE,
} from '../../terms/index.ts';
import type { Lemma, Subject, Theorem, TheoremFault } from '../theorem.ts';
import {
  anyState,
  EVENTS,
  eventNumbered,
  NO_PROGRAM,
  plantEvent,
  plantSplit,
  type SplitState,
  type World,
  worldOf,
} from './machine.ts';
import { after, isPossible } from './trace.ts';

const THREAD = 'the thread: "when in C you\'re creating void *jmptable[]"';
const ZERO = bv(64, 0n);

/** A subject in which the C program does itself what the construct does not do for it. */
interface GotoSubject extends Subject {
  readonly byHand?: boolean;
}

/** A statement about C's construct and its counterpart about the array; the first is false, the second true. */
function pair(
  about: string,
  goto_: {
    readonly statement: string;
    readonly lemma: Lemma;
    readonly repaired: Lemma;
    /** What happens, by the values of a counterexample. */
    readonly show: (value: (term: BvTerm) => string) => string;
  },
  array: Pick<Theorem, 'statement' | 'source' | 'method' | 'lemmas' | 'faults'>,
): readonly Theorem[] {
  return [
    {
      name: `split/goto-${about}`,
      statement: goto_.statement,
      source: THREAD,
      method: { kind: 'direct' },
      expected: 'refuted',
      lemmas: ({ byHand }: GotoSubject) => [byHand ? goto_.repaired : goto_.lemma],
      faults: [
        {
          name: 'repaired by hand',
          plant: (subject): GotoSubject => ({ ...subject, byHand: true }),
          lemma: goto_.lemma.name,
        },
      ],
      show: (_lemma, model) => [
        goto_.show((term) => `0x${evaluate(term, model, 'zero').toString(16)}`),
      ],
    },
    { name: `split/array-${about}`, expected: 'proved', ...array },
  ];
}

/** The same lemma with one premise more. */
function given(lemma: Lemma, name: string, premise: BoolTerm): Lemma {
  return { ...lemma, premises: { ...lemma.premises, [name]: premise } };
}

/** The helper at an arbitrary state. */
function anyTailCall({ semantics, profile }: Subject) {
  const state = {
    index: semantics.tailCall.index(bvVar('r3', 64), profile.tailCall),
    maxEntries: bvVar('max_entries', 64),
    counter: bvVar('counter', 64),
    slotEmpty: boolVar('slot_empty'),
  };
  return { state, ...tailCallStep(state, profile.tailCall, semantics.tailCall) };
}

/** A helper whose results are changed. */
function plantResults(
  change: Partial<Record<'limit', number>> & { readonly unbounded?: boolean },
): TheoremFault['plant'] {
  return (subject) => {
    const { tailCall } = subject.semantics;
    const results: typeof tailCall.results = (state, knobs) => {
      const more = change.limit ?? 0;
      const seen = change.unbounded ? { ...state, maxEntries: bv(64, 2n ** 64n - 1n) } : state;
      return tailCall.results(seen, { ...knobs, limit: knobs.limit + more });
    };
    return { ...subject, semantics: { ...subject.semantics, tailCall: { ...tailCall, results } } };
  };
}

const [index, length] = [bvVar('index', 64), bvVar('length', 64)];
const outside: Lemma = { name: 'jump', premises: {}, conclusion: bvult(index, length) };

const BOUNDS = pair(
  'bounds',
  {
    statement: 'A jump by goto *table[i] reads inside of the table.',
    lemma: given(outside, 'a table', bvugt(length, ZERO)),
    repaired: given(outside, 'the index was compared', bvult(index, length)),
    show: (value) => `a table of ${value(length)} entries is read at ${value(index)}`,
  },
  {
    statement: 'A tail call that is taken has read a slot of the array.',
    source: 'reference linux-tail-calls.md §1.1',
    method: { kind: 'direct' },
    lemmas: (subject) => {
      const { state, results } = anyTailCall(subject);
      return [
        {
          name: 'taken',
          premises: { taken: results.taken },
          conclusion: bvult(state.index, state.maxEntries),
        },
      ];
    },
    faults: [{ name: 'no bounds', plant: plantResults({ unbounded: true }), lemma: 'taken' }],
  },
);

// A jump changes no memory: what the run has counted stays, and so does its leave to jump.
const [jumps, most] = [bvVar('jumps', 64), bv(64, 33n)];
const unbounded: Lemma = {
  name: 'jump',
  premises: { 'before the jump': bvule(jumps, most) },
  conclusion: bvult(jumps, most),
};

const COUNT = pair(
  'count',
  {
    statement:
      'A run that has made at most 33 jumps by goto *table[i] still has one left when it makes one.',
    lemma: unbounded,
    repaired: given(unbounded, 'the jumps were counted and compared', bvult(jumps, most)),
    show: (value) => `after ${value(jumps)} jumps comes one more`,
  },
  {
    statement: 'A tail call that is taken had budget left, and uses up one of it.',
    source: 'reference linux-tail-calls.md §1.3',
    method: { kind: 'direct' },
    lemmas: (subject) => {
      const { state, results, nextCounter } = anyTailCall(subject);
      const limit = bv(64, BigInt(subject.profile.tailCall.limit));
      return [
        {
          name: 'taken',
          premises: { taken: results.taken },
          conclusion: and(bvult(state.counter, nextCounter), bvule(nextCounter, limit)),
        },
      ];
    },
    faults: [{ name: 'limit + 1', plant: plantResults({ limit: 1 }), lemma: 'taken' }],
  },
);

const [targetKey, callerKey, owner] = [
  bvVar('target.key', 64),
  bvVar('caller.key', 64),
  bvVar('owner', 64),
];
const foreign: Lemma = {
  name: 'jump',
  premises: { 'an address in the table': distinct(bvVar('target', 64), ZERO) },
  conclusion: eq(targetKey, callerKey),
};

const OWNER = pair(
  'owner',
  {
    statement: 'The code that goto *table[i] jumps to is of the kind of the code that jumps.',
    lemma: foreign,
    repaired: given(foreign, 'somebody compared', eq(targetKey, callerKey)),
    show: (value) =>
      `code of the kind ${value(callerKey)} jumps to code of the kind ${value(targetKey)}`,
  },
  {
    statement:
      'Every program that user space can put into an array has the key of every program that uses the array.',
    source: 'reference linux-tail-calls.md §2.5',
    method: { kind: 'induction', on: 'the updates of the array' },
    lemmas: (subject) => {
      const { split } = worldOf(subject);
      const [newKey, accepted] = [bvVar('new.key', 64), boolVar('accepted')];
      return [
        {
          name: 'update',
          premises: {
            'the slot is compatible': eq(targetKey, owner),
            'the user was loaded': eq(callerKey, owner),
            'as the array decides': eq(accepted, split.accepts(newKey, owner)),
          },
          conclusion: eq(ite(accepted, newKey, targetKey), callerKey),
        },
      ];
    },
    faults: [
      { name: 'keys not compared', plant: plantSplit({ accepts: () => TRUE }), lemma: 'update' },
    ],
  },
);

const dangling: Lemma = {
  name: 'jump',
  premises: { 'in the table': eq(bvVar('table.entry', 64), bvVar('code', 64)) },
  conclusion: not(boolVar('code.freed')),
};

const referenced = (state: SplitState, { watched }: World) =>
  and(
    implies(eq(state.slot, watched), bvugt(state.refs, ZERO)),
    implies(state.freed, eq(state.refs, ZERO)),
  );

const LIFETIME = pair(
  'lifetime',
  {
    statement: 'The code that an entry of a C table names is there.',
    lemma: dangling,
    repaired: given(dangling, 'the table holds a reference', not(boolVar('code.freed'))),
    show: () => 'the code was freed; its address is still in the table',
  },
  {
    statement: 'A program that a slot holds is not freed.',
    source: 'reference linux-tail-calls.md §2.4',
    method: { kind: 'induction', on: 'the events of all CPUs and of user space' },
    lemmas: (subject) => {
      const world = worldOf(subject);
      const [before, event] = [anyState(), eventNumbered(0)];
      return [
        {
          name: 'step',
          premises: {
            invariant: referenced(before, world),
            possible: isPossible(before, event, world),
            'a program is not 0': distinct(world.watched, NO_PROGRAM),
          },
          conventions: ['a program is not 0'],
          conclusion: referenced(after(before, event, world), world),
        },
        {
          name: 'held',
          premises: { invariant: referenced(before, world) },
          conclusion: implies(eq(before.slot, world.watched), not(before.freed)),
        },
      ];
    },
    faults: [
      {
        name: "a drop of the slot's own reference",
        plant: plantEvent('drop', { guard: (state) => bvugt(state.refs, ZERO) }),
        lemma: 'step',
      },
      {
        name: 'freed while referenced',
        plant: plantEvent('free', {
          guard: (state, event, world) => EVENTS.free.guard({ ...state, refs: ZERO }, event, world),
        }),
        lemma: 'step',
      },
    ],
  },
);

// An assignment to a plain `void *` may be compiled into two stores (that is what WRITE_ONCE is for), and a jump may
// read between them.
const [older, newer] = [bvVar('older', 64), bvVar('newer', 64)];
const halves = (whole: BvTerm, rest: BvTerm) =>
  concat(extract(63, 32, rest), extract(31, 0, whole));
const [firstHalf, secondHalf] = [boolVar('first_half_stored'), boolVar('second_half_stored')];
const torn: Lemma = {
  name: 'jump',
  premises: { 'stores in order': implies(secondHalf, firstHalf) },
  conclusion: ((): BoolTerm => {
    const read = ite(secondHalf, newer, ite(firstHalf, halves(newer, older), older));
    return or(eq(read, older), eq(read, newer));
  })(),
};

const REPLACE = pair(
  'replace',
  {
    statement:
      'A jump by goto *table[i] during a plain assignment to table[i] goes to the old or to the new address.',
    lemma: torn,
    repaired: given(torn, 'one store', eq(firstHalf, secondHalf)),
    show: (value) =>
      `${value(older)} is replaced by ${value(newer)}; after the first of two stores the jump goes to ${value(halves(newer, older))}`,
  },
  {
    statement: 'At every instant of an update a slot holds the old program or the new one.',
    source: 'reference linux-tail-calls.md §2.2 (xchg), §2.4 (READ_ONCE)',
    method: { kind: 'direct' },
    lemmas: (subject) => {
      const world = worldOf(subject);
      const [before, event] = [anyState(), eventNumbered(0, 'write')];
      const read = ite(boolVar('read_before'), before.slot, after(before, event, world).slot);
      return [
        {
          name: 'update',
          premises: { 'two programs': distinct(before.slot, event.program) },
          conventions: ['two programs'],
          conclusion: or(eq(read, before.slot), eq(read, event.program)),
        },
      ];
    },
    faults: [
      {
        name: 'half of a store',
        plant: plantEvent('write', {
          next: (state, { program }) => ({
            slot: concat(extract(31, 16, state.slot), extract(15, 0, program)),
          }),
        }),
        lemma: 'update',
      },
    ],
  },
);

export const COMPUTED_GOTO: readonly Theorem[] = [
  ...BOUNDS,
  ...COUNT,
  ...OWNER,
  ...LIFETIME,
  ...REPLACE,
];
