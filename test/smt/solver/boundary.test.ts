// What is on the other side of the thread boundary is not trusted: text that Z3 does not understand,
// answers that do not hold, threads that die.

import { afterAll, describe, expect, test } from 'vitest';
import { InternalError } from '../../../model/errors.ts';
import { parseValue } from '../../../smt/solver/model-text.ts';
import { BackendPool } from '../../../smt/solver/pool.ts';
import type { Backend, SolveReply } from '../../../smt/solver/protocol.ts';
import { Z3Worker } from '../../../smt/solver/z3-worker.ts';
import * as t from '../../../smt/terms/index.ts';

const budget = { rlimit: 1_000_000, timeoutMs: 10_000 };
const goal = { name: 'two', assertions: [t.eq(t.bvVar('x', 8), t.bv(8, 2n))] };

describe('text that Z3 does not understand', () => {
  const worker = new Z3Worker();
  afterAll(() => worker.close());

  test.each([
    ['an unknown constant', '(assert q)', 'unknown constant q'],
    ['a sort error', '(assert (bvadd #x1 #x01))', 'bvadd'],
    ['a syntax error', '(assert', 'invalid expression'],
    ['an unknown command', '(assume true)', '0 of 1 assertions were read'],
  ])('%s is rejected', async (_, body, detail) => {
    const reply = await worker.solve({ logic: 'QF_BV', body, assertionCount: 1, budget });
    expect(reply).toMatchObject({ answer: 'rejected' });
    expect(reply).toHaveProperty('detail', expect.stringContaining(detail));
  });

  test('and the next goal is answered', async () => {
    const body = '(declare-fun b () Bool)(assert b)';
    const reply = await worker.solve({ logic: 'QF_BV', body, assertionCount: 1, budget });
    expect(reply).toEqual({ answer: 'sat', values: [['b', 'true']] });
  });
});

function poolOf(...replies: SolveReply[]): BackendPool {
  const backend: Backend = {
    usable: true,
    solve: async () => replies.shift() ?? { answer: 'unsat' },
    close: async () => {},
  };
  return new BackendPool(() => backend, { jobs: 1 });
}

describe('answers that the pool does not believe', () => {
  test('a model that does not satisfy the goal', async () => {
    const check = poolOf({ answer: 'sat', values: [['x', '#x03']] }).check(goal);
    await expect(check).rejects.toThrow('goal two: the model does not satisfy assertion 1');
    await expect(check).rejects.toThrow(InternalError);
  });

  test('a model without the variable, which completes to 0', async () => {
    const check = poolOf({ answer: 'sat', values: [] }).check(goal);
    await expect(check).rejects.toThrow('does not satisfy');
  });

  test('a rejected goal', async () => {
    const check = poolOf({ answer: 'rejected', detail: '(error "no")' }).check(goal);
    await expect(check).rejects.toThrow('goal two: the solver says (error "no")');
  });

  test('a failed check gives its solver back', async () => {
    const pool = poolOf({ answer: 'rejected', detail: 'no' }, { answer: 'unsat' });
    await expect(pool.check(goal)).rejects.toThrow(InternalError);
    expect(await pool.check(goal)).toEqual({ answer: 'unsat' });
  });
});

test('two goals run at once, the third waits, and each solver takes so many goals', async () => {
  let started = 0;
  let running = 0;
  let runningMax = 0;
  const start = (): Backend => {
    started++;
    return {
      usable: true,
      solve: async () => {
        runningMax = Math.max(runningMax, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return { answer: 'unsat' };
      },
      close: async () => {},
    };
  };
  const pool = new BackendPool(start, { jobs: 2, recycleAfter: 3 });
  await Promise.all(Array.from({ length: 12 }, () => pool.check(goal)));
  expect(runningMax).toBe(2);
  expect(started).toBe(4);
});

describe('values in text', () => {
  const bits = t.bvSort(8);
  const array = t.arraySort(4, 8);
  const zeros = '((as const (Array (_ BitVec 4) (_ BitVec 8))) #x00)';

  test('are read', () => {
    expect(parseValue('#xfe', bits)).toBe(0xfen);
    expect(parseValue('#b101', t.bvSort(3))).toBe(5n);
    expect(parseValue('(_ bv254 8)', bits)).toBe(0xfen);
    expect(parseValue('true', t.BOOL)).toBe(true);
    const value = parseValue(`(store (store ${zeros} #x1 #x0a) #x1\n #x0b)`, array);
    expect(value).toEqual(new t.ArrayValue(4, 0n, [[1n, 0x0bn]]));
  });

  test.each(['#xf', '#x0ff', '8', '(_ bv254 9)', '(bvnot #x00)', '', ')', '#x00 #x00', '(#x00'])(
    '%j is not an 8-bit value',
    (text) => {
      expect(() => parseValue(text, bits)).toThrow(InternalError);
    },
  );

  test('arrays in a form that is not known are refused', () => {
    expect(() => parseValue('(_ as-array k!0)', array)).toThrow(InternalError);
    expect(() => parseValue('(lambda ((x (_ BitVec 4))) #x00)', array)).toThrow(InternalError);
  });
});
