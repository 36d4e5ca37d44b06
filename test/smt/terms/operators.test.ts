// The corners of the operators, by hand from SMT-LIB 2.6 (theory FixedSizeBitVectors, logic QF_BV).

import { describe, expect, test } from 'vitest';
import * as t from '../../../smt/terms/index.ts';

const MIN8 = 0x80n;

// biome-ignore format: table
const BINARY_CASES: readonly (readonly [keyof typeof OPERATORS, bigint, bigint, bigint])[] = [
  ['bvadd',  0xffn, 0x01n, 0x00n],
  ['bvsub',  0x00n, 0x01n, 0xffn],
  ['bvmul',  0x80n, 0x02n, 0x00n],
  ['bvudiv', 0x07n, 0x02n, 0x03n],
  ['bvudiv', 0x07n, 0x00n, 0xffn],
  ['bvudiv', 0x00n, 0x00n, 0xffn],
  ['bvurem', 0x07n, 0x02n, 0x01n],
  ['bvurem', 0x07n, 0x00n, 0x07n],
  ['bvsdiv', 0x07n, 0xfen, 0xfdn],   // 7 / -2 = -3
  ['bvsdiv', 0xf9n, 0x02n, 0xfdn],   // -7 / 2 = -3
  ['bvsdiv', 0xf9n, 0xfen, 0x03n],   // -7 / -2 = 3
  ['bvsdiv', MIN8,  0xffn, MIN8],    // MIN / -1 wraps
  ['bvsdiv', 0x07n, 0x00n, 0xffn],   // -1 for a dividend >= 0
  ['bvsdiv', 0x00n, 0x00n, 0xffn],
  ['bvsdiv', 0xf9n, 0x00n, 0x01n],   // 1 for a negative one
  ['bvsrem', 0x07n, 0xfen, 0x01n],   // the sign of the dividend
  ['bvsrem', 0xf9n, 0x02n, 0xffn],
  ['bvsrem', 0xf9n, 0xfen, 0xffn],
  ['bvsrem', MIN8,  0xffn, 0x00n],
  ['bvsrem', 0xf9n, 0x00n, 0xf9n],
  ['bvshl',  0x81n, 0x01n, 0x02n],
  ['bvshl',  0xffn, 0x08n, 0x00n],   // counts are not masked
  ['bvshl',  0xffn, 0xffn, 0x00n],
  ['bvlshr', 0x81n, 0x01n, 0x40n],
  ['bvlshr', 0xffn, 0x08n, 0x00n],
  ['bvashr', 0x81n, 0x01n, 0xc0n],
  ['bvashr', 0x81n, 0x08n, 0xffn],
  ['bvashr', 0x7fn, 0xffn, 0x00n],
  ['bvand',  0x0cn, 0x0an, 0x08n],
  ['bvor',   0x0cn, 0x0an, 0x0en],
  ['bvxor',  0x0cn, 0x0an, 0x06n],
];

const OPERATORS = {
  bvadd: t.bvadd,
  bvsub: t.bvsub,
  bvmul: t.bvmul,
  bvudiv: t.bvudiv,
  bvurem: t.bvurem,
  bvsdiv: t.bvsdiv,
  bvsrem: t.bvsrem,
  bvshl: t.bvshl,
  bvlshr: t.bvlshr,
  bvashr: t.bvashr,
  bvand: t.bvand,
  bvor: t.bvor,
  bvxor: t.bvxor,
};

const [x, y] = [t.bvVar('x', 8), t.bvVar('y', 8)];

describe('8-bit corners', () => {
  test.each(BINARY_CASES)('%s %i %i = %i', (name, a, b, expected) => {
    const build = OPERATORS[name];
    const values = new Map([
      ['x', a],
      ['y', b],
    ]);
    expect(build(t.bv(8, a), t.bv(8, b))).toBe(t.bv(8, expected));
    expect(t.evaluate(build(x, y), values)).toBe(expected);
    expect(t.evaluate(build(x, t.bv(8, b)), values)).toBe(expected);
    expect(t.evaluate(build(t.bv(8, a), y), values)).toBe(expected);
    expect(t.compileTerm([x, y], build(x, y))(a, b)).toBe(expected);
  });
});

test('comparisons tell signed from unsigned', () => {
  const [low, high] = [t.bv(8, 0x7fn), t.bv(8, 0x80n)];
  expect([t.bvult(low, high), t.bvule(high, low), t.bvugt(high, low), t.bvuge(low, high)]).toEqual([
    t.TRUE,
    t.FALSE,
    t.TRUE,
    t.FALSE,
  ]);
  expect([t.bvslt(low, high), t.bvsle(high, low), t.bvsgt(high, low), t.bvsge(low, high)]).toEqual([
    t.FALSE,
    t.TRUE,
    t.FALSE,
    t.TRUE,
  ]);
});

test('cutting, joining and extending', () => {
  const c = t.bv(16, 0xab8dn);
  expect(t.extract(15, 8, c)).toBe(t.bv(8, 0xabn));
  expect(t.extract(11, 4, c)).toBe(t.bv(8, 0xb8n));
  expect(t.concat(t.bv(8, 0xabn), t.bv(8, 0x8dn))).toBe(c);
  expect(t.zeroExtend(8, t.bv(8, 0x8dn))).toBe(t.bv(16, 0x008dn));
  expect(t.signExtend(8, t.bv(8, 0x8dn))).toBe(t.bv(16, 0xff8dn));
  expect(t.signExtend(8, t.bv(8, 0x7dn))).toBe(t.bv(16, 0x007dn));
});

test('128-bit intermediate results', () => {
  const [a, b] = [t.bvVar('a', 64), t.bvVar('b', 64)];
  const product = t.bvmul(t.zeroExtend(64, a), t.zeroExtend(64, b));
  const high = t.extract(127, 64, product);
  const ones = 2n ** 64n - 1n;
  expect(t.compileTerm([a, b], high)(ones, ones)).toBe(ones - 1n);
});
