// What every operator means on values: the single place that the builders (folding constants) and
// the evaluator share. Source: SMT-LIB 2.6, theory FixedSizeBitVectors and logic QF_BV. Operands are
// bigints in [0, 2^w), and so are results.

import type { BvBinaryOp, BvCompareOp, BvUnaryOp } from './term.ts';

/** 2^width - 1. */
export function allOnes(width: number): bigint {
  return (1n << BigInt(width)) - 1n;
}

/** The bit-vector read as two's complement. */
export function toSigned(width: number, x: bigint): bigint {
  return BigInt.asIntN(width, x);
}

function wrap(width: number, x: bigint): bigint {
  return BigInt.asUintN(width, x);
}

// "bvudiv by zero is all ones, bvurem by zero is the first operand" (since SMT-LIB 2.6).
function udiv(w: number, x: bigint, y: bigint): bigint {
  return y === 0n ? allOnes(w) : x / y;
}

function urem(_w: number, x: bigint, y: bigint): bigint {
  return y === 0n ? x : x % y;
}

// The definition of bvsdiv by cases on the signs gives, for a zero divisor, the bvudiv of |x| or
// minus it: all ones for x >= 0 and 1 for x < 0. Otherwise it truncates, and MIN / -1 wraps to MIN.
function sdiv(w: number, x: bigint, y: bigint): bigint {
  const sx = toSigned(w, x);
  if (y === 0n) return sx < 0n ? 1n : allOnes(w);
  return wrap(w, sx / toSigned(w, y));
}

// bvsrem has the sign of the dividend, as bigint's % does.
function srem(w: number, x: bigint, y: bigint): bigint {
  return y === 0n ? x : wrap(w, toSigned(w, x) % toSigned(w, y));
}

// SMT-LIB does not mask shift counts: a count >= w shifts everything out.
function shl(w: number, x: bigint, y: bigint): bigint {
  return y >= BigInt(w) ? 0n : wrap(w, x << y);
}

function lshr(w: number, x: bigint, y: bigint): bigint {
  return y >= BigInt(w) ? 0n : x >> y;
}

function ashr(w: number, x: bigint, y: bigint): bigint {
  const count = y >= BigInt(w) ? BigInt(w) : y;
  return wrap(w, toSigned(w, x) >> count);
}

type UnaryMeaning = (w: number, x: bigint) => bigint;
type BinaryMeaning = (w: number, x: bigint, y: bigint) => bigint;
type CompareMeaning = (w: number, x: bigint, y: bigint) => boolean;

export const BV_UNARY: Readonly<Record<BvUnaryOp, UnaryMeaning>> = {
  bvnot: (w, x) => allOnes(w) ^ x,
  bvneg: (w, x) => wrap(w, -x),
};

export const BV_BINARY: Readonly<Record<BvBinaryOp, BinaryMeaning>> = {
  bvadd: (w, x, y) => wrap(w, x + y),
  bvsub: (w, x, y) => wrap(w, x - y),
  bvmul: (w, x, y) => wrap(w, x * y),
  bvudiv: udiv,
  bvurem: urem,
  bvsdiv: sdiv,
  bvsrem: srem,
  bvshl: shl,
  bvlshr: lshr,
  bvashr: ashr,
  bvand: (_w, x, y) => x & y,
  bvor: (_w, x, y) => x | y,
  bvxor: (_w, x, y) => x ^ y,
};

export const BV_COMPARE: Readonly<Record<BvCompareOp, CompareMeaning>> = {
  bvult: (_w, x, y) => x < y,
  bvule: (_w, x, y) => x <= y,
  bvslt: (w, x, y) => toSigned(w, x) < toSigned(w, y),
  bvsle: (w, x, y) => toSigned(w, x) <= toSigned(w, y),
};

/** Bits lo .. lo+width-1 of x. */
export function extractBits(width: number, lo: number, x: bigint): bigint {
  return wrap(width, x >> BigInt(lo));
}

/** `high` followed by the `lowWidth` bits of `low`. */
export function concatBits(high: bigint, lowWidth: number, low: bigint): bigint {
  return (high << BigInt(lowWidth)) | low;
}

/** x of width `from` with its sign bit copied up to width `to`. */
export function signExtendBits(from: number, to: number, x: bigint): bigint {
  return wrap(to, toSigned(from, x));
}
