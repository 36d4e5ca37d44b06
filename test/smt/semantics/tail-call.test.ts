// The tail call as a function of terms, for all states at once.

import { afterAll, describe, expect, test } from 'vitest';
import type { Total } from '../../../model/errors.ts';
import { listProfiles, profileNamed } from '../../../model/profiles/catalogue.ts';
import {
  PROPAGATIONS,
  type TailCallCheck,
  type TailCallKnobs,
} from '../../../model/profiles/profile.ts';
import { HOP_RESULTS, type HopResult } from '../../../model/scenario/outcome.ts';
import { SEMANTICS } from '../../../smt/semantics/semantics.ts';
import {
  TAIL_CALL,
  type TailCallMeaning,
  type TailCallState,
  tailCallStep,
} from '../../../smt/semantics/tail-call.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bool,
  bv,
  bvadd,
  bvuge,
  bvule,
  bvult,
  bvVar,
  distinct,
  eq,
  extract,
  implies,
  ite,
  not,
  or,
  zeroExtend,
} from '../../../smt/terms/index.ts';

const pool = createSolverPool({ jobs: 1 });
afterAll(() => pool.close());

const STATE = {
  index: bvVar('index', 64),
  maxEntries: bvVar('max_entries', 64),
  counter: bvVar('counter', 64),
  slotEmpty: eq(bvVar('empty', 1), bv(1, 1n)),
};

async function holdsAlways(claim: BoolTerm): Promise<boolean> {
  const { answer } = await pool.check({ name: 'claim', assertions: [not(claim)] });
  return answer === 'unsat';
}

describe.each(listProfiles().map(({ name, tailCall }) => [name, tailCall] as const))(
  '%s',
  (_name, knobs) => {
    const { results, nextCounter } = tailCallStep(STATE, knobs);

    test('exactly one result in every state', async () => {
      const some = or(...HOP_RESULTS.map((result) => results[result]));
      const pairs = HOP_RESULTS.flatMap((a, i) =>
        HOP_RESULTS.slice(i + 1).map((b) => not(and(results[a], results[b]))),
      );
      expect(await holdsAlways(and(some, ...pairs))).toBe(true);
    });

    test('what is taken is in range, below the limit and not empty', async () => {
      const sound = and(
        bvult(STATE.index, STATE.maxEntries),
        bvult(STATE.counter, bv(64, BigInt(knobs.limit))),
        not(STATE.slotEmpty),
      );
      expect(await holdsAlways(implies(results.taken, sound))).toBe(true);
    });

    test('a counter that is at most the limit stays so, and what is taken counts', async () => {
      const limit = bv(64, BigInt(knobs.limit));
      const stays = implies(bvule(STATE.counter, limit), bvule(nextCounter, limit));
      const counts = implies(results.taken, eq(nextCounter, bvadd(STATE.counter, bv(64, 1n))));
      const exhaustedBurns =
        knobs.burns.exhausted || (knobs.burns.outOfRange && !knobs.indexMasked);
      expect(await holdsAlways(counts)).toBe(true);
      expect(await holdsAlways(stays)).toBe(!exhaustedBurns);
    });
  },
);

test('a claim that does not hold is refuted', async () => {
  const { results } = tailCallStep(STATE, profileNamed('linux-6.12/x86_64').tailCall);
  expect(await holdsAlways(not(results.empty))).toBe(false);
});

const KNOBS: TailCallKnobs = {
  limit: 2,
  order: ['index', 'count', 'slot'],
  indexBits: 32,
  indexMasked: false,
  burns: { outOfRange: false, exhausted: false, empty: false },
  propagation: 'reference',
  trampoline: 'preserves',
  countSlot: 'rounded',
  directKey: 'checked',
};

describe('by hand', () => {
  const attempt = (
    index: bigint,
    counter: bigint,
    empty: boolean,
    burns: Partial<TailCallKnobs['burns']> = {},
  ): [HopResult | undefined, bigint] => {
    const knobs = { ...KNOBS, burns: { ...KNOBS.burns, ...burns } };
    const state = {
      index: SEMANTICS.tailCall.index(bv(64, index), knobs),
      maxEntries: bv(64, 4n),
      counter: bv(64, counter),
      slotEmpty: bool(empty),
    };
    const { results, nextCounter } = tailCallStep(state, knobs);
    const result = HOP_RESULTS.find((one) => results[one] === bool(true));
    return [result, nextCounter.op === 'bv' ? nextCounter.value : -1n];
  };

  test.each([
    [attempt(3n, 0n, false), ['taken', 1n]],
    [attempt(3n, 1n, false), ['taken', 2n]],
    [attempt(3n, 2n, false), ['exhausted', 2n]],
    [attempt(3n, 2n, false, { exhausted: true }), ['exhausted', 3n]],
    [attempt(3n, 1n, true), ['empty', 1n]],
    [attempt(3n, 1n, true, { empty: true }), ['empty', 2n]],
    [attempt(3n, 2n, true, { empty: true }), ['exhausted', 2n]],
    [attempt(4n, 0n, false), ['out_of_range', 0n]],
    [attempt(4n, 2n, true, { outOfRange: true }), ['out_of_range', 3n]],
    [attempt(2n ** 32n + 3n, 0n, false), ['taken', 1n]],
    [attempt(2n ** 64n - 1n, 0n, false), ['out_of_range', 0n]],
  ] as const)('attempt %#', (seen, wanted) => {
    expect(seen).toEqual(wanted);
  });
});

/** docs/semantics.md, Tail calls, as a decision over R3, step by step; what the table of terms has to equal. */
function asWritten(r3: BvTerm, state: Omit<TailCallState, 'index'>, knobs: TailCallKnobs) {
  const { counter, maxEntries, slotEmpty } = state;
  const up = bvadd(counter, bv(64, 1n));
  const index = knobs.indexBits === 32 ? zeroExtend(32, extract(31, 0, r3)) : r3;
  const { burns } = knobs;
  const failures: Total<TailCallCheck, readonly [BoolTerm, HopResult, boolean]> = {
    index: [bvuge(index, maxEntries), 'out_of_range', burns.outOfRange],
    count: [bvuge(counter, bv(64, BigInt(knobs.limit))), 'exhausted', burns.exhausted],
    slot: [and(bvult(index, maxEntries), slotEmpty), 'empty', burns.empty],
  };
  const code = (result: HopResult) => bv(8, BigInt(HOP_RESULTS.indexOf(result)));
  let [result, next]: [BvTerm, BvTerm] = [code('taken'), up];
  for (const check of [...knobs.order].reverse()) {
    const [fails, failure, burnt] = failures[check];
    result = ite(fails, code(failure), result);
    next = ite(fails, burnt ? up : counter, next);
  }
  if (knobs.indexMasked) {
    const refused = bvuge(r3, maxEntries);
    result = ite(refused, code('out_of_range'), result);
    next = ite(refused, counter, next);
  }
  return { index, result, next };
}

/** That the meaning and the text agree on result, counter and slot for every R3; max_entries has 32 bits. */
function agreesWithText(knobs: TailCallKnobs, meaning: TailCallMeaning = TAIL_CALL): BoolTerm {
  const r3 = bvVar('r3', 64);
  const { counter, slotEmpty } = STATE;
  const state = { counter, slotEmpty, maxEntries: zeroExtend(32, bvVar('max_entries32', 32)) };
  const index = meaning.index(r3, knobs);
  const step = tailCallStep({ ...state, index }, knobs, meaning);
  const text = asWritten(r3, state, knobs);
  const results = HOP_RESULTS.map((result, code) =>
    eq(step.results[result], eq(text.result, bv(8, BigInt(code)))),
  );
  const sameSlot = implies(step.results.taken, eq(index, text.index));
  return and(...results, eq(step.nextCounter, text.next), sameSlot);
}

const ORDERS: readonly (readonly TailCallCheck[])[] = [
  ['index', 'count', 'slot'],
  ['index', 'slot', 'count'],
  ['count', 'index', 'slot'],
  ['count', 'slot', 'index'],
  ['slot', 'index', 'count'],
  ['slot', 'count', 'index'],
];
const BURN_ALL = { outOfRange: true, exhausted: true, empty: true };
const BURN_SOME = { outOfRange: true, exhausted: false, empty: true };

describe('the terms say what docs/semantics.md says', () => {
  test.each(listProfiles())('$name', async ({ tailCall }) => {
    expect(await holdsAlways(agreesWithText(tailCall))).toBe(true);
  });

  describe.each(ORDERS)('order %s, %s, %s', (...order) => {
    test.each([
      [32, false, BURN_ALL],
      [64, false, BURN_SOME],
      [32, true, BURN_ALL],
      [64, true, BURN_SOME],
    ] as const)('%i bits, masked: %s', async (indexBits, indexMasked, burns) => {
      const knobs: TailCallKnobs = { ...KNOBS, order, indexBits, indexMasked, burns };
      const { results } = tailCallStep(STATE, knobs);
      const exactlyOne = HOP_RESULTS.map((result) =>
        eq(
          results[result],
          not(or(...HOP_RESULTS.filter((r) => r !== result).map((r) => results[r]))),
        ),
      );
      expect(await holdsAlways(and(...exactlyOne))).toBe(true);
      expect(await holdsAlways(agreesWithText(knobs))).toBe(true);
    });
  });
});

describe('a planted fault is refuted', () => {
  const masked = { ...KNOBS, indexMasked: true, burns: BURN_ALL };
  const faults: readonly [string, TailCallKnobs, Partial<TailCallMeaning>][] = [
    [
      'the order is not looked at',
      { ...KNOBS, order: ['count', 'index', 'slot'] },
      { results: (state, k) => TAIL_CALL.results(state, { ...k, order: KNOBS.order }) },
    ],
    [
      'the slot comes before the count',
      KNOBS,
      { results: (state, k) => TAIL_CALL.results(state, { ...k, order: ORDERS[1]! }) },
    ],
    [
      'an index out of range has an empty slot',
      { ...KNOBS, order: ['slot', 'index', 'count'] },
      {
        results: (state, k) => {
          const { out_of_range: out, empty, exhausted, taken } = TAIL_CALL.results(state, k);
          return {
            out_of_range: and(out, not(state.slotEmpty)),
            empty: or(empty, and(out, state.slotEmpty)),
            exhausted,
            taken,
          };
        },
      },
    ],
    [
      'the mask is not applied',
      masked,
      {
        index: (r3, k) => TAIL_CALL.index(r3, { ...k, indexMasked: false }),
        results: (state, k) => TAIL_CALL.results(state, { ...k, indexMasked: false }),
      },
    ],
    [
      'the mask comes after truncation',
      masked,
      { index: (r3) => zeroExtend(32, extract(31, 0, r3)) },
    ],
    [
      'the mask uses up budget',
      masked,
      {
        counter: {
          ...TAIL_CALL.counter,
          out_of_range: (counter, k) =>
            TAIL_CALL.counter.out_of_range(counter, { ...k, indexMasked: false }),
        },
      },
    ],
    [
      'the count comes before the mask',
      { ...masked, order: ['count', 'index', 'slot'] },
      {
        results: (state, k) => TAIL_CALL.results(state, { ...k, indexMasked: false }),
      },
    ],
    ['the index is not truncated', KNOBS, { index: (r3) => r3 }],
    [
      'a failure by count burns',
      KNOBS,
      { counter: { ...TAIL_CALL.counter, exhausted: TAIL_CALL.counter.taken } },
    ],
  ];

  test.each(faults)('%s', async (_name, knobs, fault) => {
    expect(await holdsAlways(agreesWithText(knobs, { ...TAIL_CALL, ...fault }))).toBe(false);
  });
});

test('the plain form differs from the masked one exactly at 2^32 and above with the low half in range', async () => {
  const r3 = bvVar('r3', 64);
  const maxEntries = zeroExtend(32, bvVar('max_entries32', 32));
  const resultOf = (indexMasked: boolean) => {
    const knobs = { ...KNOBS, indexMasked };
    const index = TAIL_CALL.index(r3, knobs);
    return tailCallStep({ ...STATE, maxEntries, index }, knobs).results;
  };
  const [plain, masked] = [resultOf(false), resultOf(true)];
  const differ = or(...HOP_RESULTS.map((result) => not(eq(plain[result], masked[result]))));
  const low = zeroExtend(32, extract(31, 0, r3));
  const wide = and(bvuge(r3, bv(64, 2n ** 32n)), bvult(low, maxEntries));
  expect(await holdsAlways(eq(differ, wide))).toBe(true);
});

test('the counter of a callee', async () => {
  const [caller, callee] = [bvVar('caller', 64), bvVar('callee', 64)];
  const { value, reference, writeback } = SEMANTICS.counterPassing;
  expect(await holdsAlways(eq(value.leave(callee, caller), caller))).toBe(true);
  expect(await holdsAlways(eq(reference.leave(callee, caller), callee))).toBe(true);
  expect(await holdsAlways(eq(writeback.leave(callee, caller), callee))).toBe(true);
  expect(await holdsAlways(distinct(value.leave(callee, caller), callee))).toBe(false);
  expect(await holdsAlways(eq(value.leave(callee, caller), writeback.leave(callee, caller)))).toBe(
    false,
  );
});

test.each(PROPAGATIONS)('%s: a callee starts with the count of its caller', async (propagation) => {
  const caller = bvVar('caller', 64);
  expect(await holdsAlways(eq(SEMANTICS.counterPassing[propagation].enter(caller), caller))).toBe(
    true,
  );
});
