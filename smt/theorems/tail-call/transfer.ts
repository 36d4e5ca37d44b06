// What a tail call hands over and what it leaves alone: the callee's context, and after a failure all but R0 to R5.

import { createInstruction } from '../../../model/isa/instruction.ts';
import { rowNamed } from '../../../model/isa/table.ts';
import { mapHandle } from '../../../model/scenario/environment.ts';
import { HOP_RESULTS } from '../../../model/scenario/outcome.ts';
import type { ClobberUse } from '../../semantics/index.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bool,
  bvuge,
  bvVar,
  eq,
  implies,
  isBv,
  or,
} from '../../terms/index.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';
import { anyCall, limitOf, n64, stepOf, withTailCall } from './call.ts';
import { isAnyOf, NEXT_SLOT, PROG_ARRAY, type Way, waysOf } from './havoc.ts';

/** One slot is filled, the other is empty, others are out of range: every result but `exhausted`. */
const SLOTS = [1, undefined] as const;
const CALL = createInstruction(rowNamed('CALL_HELPER'), { imm: 12 });
const HANDLE = new Map<number, BvTerm>([[2, n64(mapHandle(PROG_ARRAY))]]);
const FROM = [false, true] as const;

/** A call on a known counter, from any other state. */
function callsAt(subject: Subject, counter: number, isCalled: boolean): Way[] {
  return waysOf(subject, CALL, {
    slots: SLOTS,
    registers: HANDLE,
    counter: n64(counter),
    isCalled,
  });
}

/** The counters that can be told apart, by the lemma `counters past the limit are alike`. */
const counters = ({ profile }: Subject) =>
  Array.from({ length: profile.tailCall.limit + 1 }, (_, counter) => counter);

const resultOf = ({ state }: Way) => state.hops.at(-1)?.result;
const isTaken = (way: Way) => resultOf(way) === 'taken';

/** One lemma for each counter: what is claimed of the ways on which a call ends as it should. */
function lemmasAt(
  subject: Subject,
  concerns: (way: Way) => boolean,
  claim: (way: Way) => BoolTerm,
): Lemma[] {
  return counters(subject).map((counter) => ({
    name: `counter ${counter}`,
    premises: {},
    get conclusion() {
      const ways = FROM.map((isCalled) => callsAt(subject, counter, isCalled));
      return and(
        ...ways.map(isAnyOf),
        ...ways
          .flat()
          .map((way) => implies(way.condition, concerns(way) ? claim(way) : bool(true))),
      );
    },
  }));
}

/** That some call is taken, or fails, so that what is claimed of such calls is claimed of something. */
function existsLemma(subject: Subject, concerns: (way: Way) => boolean): Lemma {
  const ways = callsAt(subject, 0, false).filter(concerns);
  const condition = or(...ways.map((way) => way.condition));
  return {
    name: 'there are such calls',
    premises: { 'R3 is the index of such a slot': condition },
    conclusion: bool(ways.length > 0),
    conventions: ['R3 is the index of such a slot'],
  };
}

function alikeLemma(subject: Subject): Lemma {
  const call = anyCall();
  const other = { ...call, counter: bvVar('other_counter', 64) };
  const limit = n64(limitOf(subject));
  const one = stepOf(subject, call).results;
  const two = stepOf(subject, other).results;
  return {
    name: 'counters past the limit are alike',
    premises: {
      'one is past the limit': bvuge(call.counter, limit),
      'the other is past the limit': bvuge(other.counter, limit),
    },
    conclusion: and(...HOP_RESULTS.map((result) => eq(one[result], two[result]))),
  };
}

/** The subject that poisons more than it should. */
function poisoning(use: ClobberUse, change: { register?: number; frame?: boolean }) {
  return (subject: Subject): Subject => {
    const { semantics } = subject;
    const { registers, frame } = semantics.clobbers[use];
    const clobber = {
      registers: change.register === undefined ? registers : [...registers, change.register],
      frame: change.frame ?? frame,
    };
    const clobbers = { ...semantics.clobbers, [use]: clobber };
    return { ...subject, semantics: { ...semantics, clobbers } };
  };
}

/** A limit that only counters far past it reach shows where nobody looks one by one. */
const endlessCounter = withTailCall((meaning) => ({
  ...meaning,
  results: (state, knobs) => {
    const results = meaning.results(state, knobs);
    const wrapped = eq(state.counter, n64(2n ** 32n));
    return { ...results, exhausted: and(results.exhausted, eq(wrapped, bool(false))) };
  },
}));

export const CONTEXT: Theorem = {
  name: 'tail-call/context',
  statement: 'A program that is entered by a tail call has in R1 what the caller had there.',
  source: 'linux-tail-calls §1.1, §8 (C)',
  method: { kind: 'cases', over: 'counters, ways of the call' },
  expected: 'proved',
  lemmas: (subject) => [
    existsLemma(subject, isTaken),
    alikeLemma(subject),
    ...lemmasAt(subject, isTaken, ({ before, after, state }) =>
      and(sameTerm(after.registers[1], before.registers[1]), bool(state.pc === 0)),
    ),
  ],
  faults: [
    {
      name: 'a taken call poisons R1',
      plant: poisoning('tail_call_taken', { register: 1 }),
      lemma: 'counter 0',
    },
    {
      name: 'a counter past the limit is not',
      plant: endlessCounter,
      lemma: 'counters past the limit are alike',
    },
  ],
};

export const FAILURE: Theorem = {
  name: 'tail-call/failure',
  statement:
    'A tail call that fails changes R0 to R5 and, where it counts, the counter, and nothing else; execution goes on at the next instruction.',
  source: 'linux-tail-calls §1.2',
  method: { kind: 'cases', over: 'counters, ways of the call' },
  expected: 'proved',
  lemmas: (subject) => [
    existsLemma(subject, (way) => !isTaken(way)),
    alikeLemma(subject),
    ...lemmasAt(
      subject,
      (way) => !isTaken(way),
      (way) => isLeftAlone(subject, way),
    ),
  ],
  faults: [
    {
      name: 'a failed call poisons R6',
      plant: poisoning('tail_call_failed', { register: 6 }),
      lemma: 'counter 0',
    },
    {
      name: 'a failed call poisons the stack',
      plant: poisoning('tail_call_failed', { frame: true }),
      lemma: 'counter 0',
    },
    {
      name: 'a failed call gives one back',
      plant: withTailCall((meaning) => ({
        ...meaning,
        counter: { ...meaning.counter, empty: () => n64(0) },
      })),
      lemma: 'counter 1',
    },
    {
      name: 'a counter past the limit is not',
      plant: endlessCounter,
      lemma: 'counters past the limit are alike',
    },
  ],
};

function isLeftAlone({ semantics, profile }: Subject, way: Way): BoolTerm {
  const { before, after, state } = way;
  const result = resultOf(way);
  if (result === undefined) return bool(false);
  const kept = [6, 7, 8, 9, 10].map((n) => sameTerm(after.registers[n], before.registers[n]));
  const cells = after.cells.map((cell, i) => sameTerm(cell, before.cells[i]));
  const burnt = eq(after.counter, n64(BigInt(counterOf(before.counter)) + 1n));
  const mayBurn = semantics.tailCall.counter[result](before.counter, profile.tailCall);
  return and(
    ...kept,
    ...cells,
    bool(after.cells.length === before.cells.length),
    bool(after.slots.every((slot, i) => slot === before.slots[i])),
    or(eq(after.counter, before.counter), and(burnt, eq(after.counter, mayBurn))),
    bool(after.depth === before.depth && state.program === 0 && state.pc === NEXT_SLOT),
    bool(state.ending === undefined && state.tailCalls === 0),
  );
}

const counterOf = (counter: BvTerm) => (counter.op === 'bv' ? counter.value : 0n);

/** Equal in every state; what is not there equals nothing. */
function sameTerm(one: BvTerm | undefined, other: BvTerm | undefined): BoolTerm {
  return one !== undefined && other !== undefined && isBv(one) ? eq(one, other) : bool(false);
}
