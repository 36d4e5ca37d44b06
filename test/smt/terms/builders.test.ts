// Sharing, simplification and the errors of the builders.

import { expect, test } from 'vitest';
import { InternalError } from '../../../model/errors.ts';
import * as t from '../../../smt/terms/index.ts';

const x = t.bvVar('x', 32);
const y = t.bvVar('y', 32);
const b = t.boolVar('b');
const k = (value: bigint): t.BvTerm => t.bv(32, value);

test('equal terms are one object', () => {
  expect(t.bvadd(x, y)).toBe(t.bvadd(t.bvVar('x', 32), y));
  expect(t.bvadd(x, y)).not.toBe(t.bvadd(y, x));
  expect(t.bvVar('x', 8)).not.toBe(x);
  expect(t.extract(8, 1, x)).not.toBe(t.extract(9, 2, x));
});

test('terms simplify where a look at the operands is enough', () => {
  expect(t.bvadd(k(0n), x)).toBe(x);
  expect(t.bvadd(t.bvsub(t.bvadd(x, k(5n)), k(2n)), k(0xffff_fffdn))).toBe(x);
  expect(t.bvxor(x, x)).toBe(k(0n));
  expect(t.bvand(x, x)).toBe(x);
  expect(t.bvor(x, k(0xffff_ffffn))).toBe(k(0xffff_ffffn));
  expect(t.bvneg(t.bvneg(x))).toBe(x);
  expect(t.not(t.not(b))).toBe(b);
  expect(t.and(b, t.not(b))).toBe(t.FALSE);
  expect(t.or()).toBe(t.FALSE);
  expect(t.and()).toBe(t.TRUE);
  expect(t.ite(b, x, x)).toBe(x);
  expect(t.ite(t.not(b), x, y)).toBe(t.ite(b, y, x));
  expect(t.ite(b, t.TRUE, t.FALSE)).toBe(b);
  expect(t.ite(b, t.ite(b, x, y), k(1n))).toBe(t.ite(b, x, k(1n)));
  expect(t.ite(b, k(1n), t.ite(b, x, y))).toBe(t.ite(b, k(1n), y));
  expect(t.eq(t.ite(b, k(1n), k(2n)), k(2n))).toBe(t.not(b));
  expect(t.eq(t.zeroExtend(32, x), t.bv(64, 2n ** 40n))).toBe(t.FALSE);
  expect(t.bvult(x, k(0n))).toBe(t.FALSE);
  expect(t.bvule(k(0n), x)).toBe(t.TRUE);
  expect(t.bvsge(x, k(0x8000_0000n))).toBe(t.TRUE);
});

test('bytes that are taken apart and put together are the word again', () => {
  const bytes = [0, 8, 16, 24].map((lo) => t.extract(lo + 7, lo, x));
  const leftToRight = bytes.reduce((low, byte) => t.concat(byte, low));
  const rightToLeft = bytes.reduceRight((high, byte) => t.concat(high, byte));
  expect(leftToRight).toBe(x);
  expect(rightToLeft).toBe(x);
  expect(t.concat(t.extract(7, 0, x), t.extract(15, 8, x)).op).toBe('concat');
  expect(t.extract(39, 32, t.concat(y, x))).toBe(t.extract(7, 0, y));
  expect(t.extract(31, 0, t.signExtend(32, x))).toBe(x);
  expect(t.extract(47, 0, t.zeroExtend(32, x))).toBe(t.zeroExtend(16, x));
});

test('a load reads through the stores that cannot touch it', () => {
  const memory = t.arrayVar('memory', 32, 8);
  const [p, q] = [t.bv(8, 1n), t.bvVar('q', 8)];
  const written = t.store(t.store(memory, x, q), t.bvadd(x, k(4n)), p);
  expect(t.select(written, x)).toBe(q);
  expect(t.select(written, t.bvadd(x, k(4n)))).toBe(p);
  expect(t.select(written, t.bvadd(x, k(8n)))).toBe(t.select(memory, t.bvadd(x, k(8n))));
  expect(t.select(written, y).op).toBe('select');
  expect(t.select(t.constArray(32, q), y)).toBe(q);
});

test('wrong sorts and widths are internal errors that name the operator and the sorts', () => {
  expect(() => t.bvadd(x, t.bv(8, 1n))).toThrow(InternalError);
  expect(() => t.bvadd(x, t.bv(8, 1n))).toThrow('bvadd: wrong sorts (_ BitVec 32), (_ BitVec 8)');
  expect(() => t.eq(x, t.bv(8, 1n))).toThrow('=: wrong sorts');
  expect(() => t.not(x as unknown as t.BoolTerm)).toThrow('not: wrong sorts');
  expect(() => t.extract(32, 0, x)).toThrow('extract: bits 32 to 0');
  expect(() => t.bv(8, 256n)).toThrow('does not fit in 8 bits');
  expect(() => t.bvVar('z', 0)).toThrow(InternalError);
  expect(() => t.zeroExtend(-1, x)).toThrow(InternalError);
  expect(() => t.freeVariables(t.eq(x, y), t.boolVar('x'))).toThrow('variable x has sorts');
});

test('a scope forgets the terms that were built in it', () => {
  const outside = t.bvadd(x, y);
  const before = t.liveTermCount();
  const inside = t.withTermScope(() => {
    expect(t.bvadd(x, y)).toBe(outside);
    const made = t.bvmul(x, t.bvadd(x, k(0x1234n)));
    expect(t.liveTermCount()).toBeGreaterThan(before);
    return made;
  });
  expect(t.liveTermCount()).toBe(before);
  expect(t.evaluate(inside, new Map([['x', 2n]]))).toBe(2n * 0x1236n);
  expect(() => t.withTermScope(() => Promise.resolve())).toThrow(InternalError);
});

test('terms from before a clear mix with terms from after it', () => {
  const [zero, v] = [k(0n), t.bvVar('v', 32)];
  const cell = t.store(t.arrayVar('m', 32, 32), zero, v);
  t.clearTerms();
  expect(t.liveTermCount()).toBe(0);
  const v2 = t.bvVar('v', 32);
  expect(t.evaluate(t.eq(v, v2), new Map([['v', 7n]]))).toBe(true);
  expect(t.substitute(t.bvadd(v, v2), new Map([['v', k(3n)]]))).toBe(k(6n));
  expect(t.select(cell, k(0n))).toBe(v);
  expect(t.bvadd(v2, zero)).toBe(v2);
});

test('deep terms do not exhaust the stack', () => {
  let deep: t.BvTerm = x;
  for (let i = 0; i < 100_000; i++) deep = t.bvxor(t.bvadd(deep, y), x);
  const values = new Map([
    ['x', 1n],
    ['y', 3n],
  ]);
  const value = t.evaluate(deep, values);
  expect(
    t.substitute(
      deep,
      new Map([
        ['x', k(1n)],
        ['y', k(3n)],
      ]),
    ),
  ).toBe(k(value));
  expect(t.compileTerm([x, y], deep)(1n, 3n)).toBe(value);
  expect(t.goalScript([t.eq(deep, x)]).length).toBeLessThan(5_000_000);
});

test('evaluation of a variable without a value', () => {
  expect(() => t.evaluate(t.bvadd(x, y), new Map())).toThrow('variable x has no value');
  expect(t.evaluate(t.bvadd(x, y), new Map(), 'zero')).toBe(0n);
  expect(() => t.evaluate(x, new Map([['x', 2n ** 32n]]))).toThrow('the value of x is not a');
  expect(() => t.evaluate(x, new Map([['x', true]]))).toThrow(InternalError);
});

test('arrays are equal when all their elements are', () => {
  const [zeros, ones] = [new t.ArrayValue(1, 0n), new t.ArrayValue(1, 1n)];
  expect(t.sameValue(zeros.set(0n, 5n).set(0n, 0n), zeros)).toBe(true);
  expect(t.sameValue(zeros.set(0n, 1n).set(1n, 1n), ones)).toBe(true);
  expect(t.sameValue(zeros, ones)).toBe(false);
});

test('compiled code refuses what it cannot compute', () => {
  expect(() => t.compileTerm([x], t.bvadd(x, y))).toThrow('variable y is not a parameter');
  const load = t.select(t.arrayVar('m', 32, 8), x);
  expect(() => t.compileTerm([x], load)).toThrow(InternalError);
});
