// The tail call as a function of terms, for all states at once.

import { afterAll, describe, expect, test } from 'vitest';
import { listProfiles, profileNamed } from '../../../model/profiles/catalogue.ts';
import { HOP_RESULTS, type HopResult } from '../../../model/scenario/outcome.ts';
import { SEMANTICS } from '../../../smt/semantics/semantics.ts';
import { type TailCallKnobs, tailCallStep } from '../../../smt/semantics/tail-call.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import {
  and,
  type BoolTerm,
  bool,
  bv,
  bvadd,
  bvule,
  bvult,
  bvVar,
  distinct,
  eq,
  implies,
  not,
  or,
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
      const exhaustedBurns = knobs.burns.exhausted || knobs.burns.outOfRange;
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
  indexBits: 32,
  burns: { outOfRange: false, exhausted: false, empty: false },
  propagation: 'reference',
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

test('the counter of a callee', async () => {
  const [caller, callee] = [bvVar('caller', 64), bvVar('callee', 64)];
  const { value, reference } = SEMANTICS.counterPassing;
  expect(await holdsAlways(eq(value.leave(callee, caller), caller))).toBe(true);
  expect(await holdsAlways(eq(reference.leave(callee, caller), callee))).toBe(true);
  expect(await holdsAlways(distinct(value.leave(callee, caller), callee))).toBe(false);
});
