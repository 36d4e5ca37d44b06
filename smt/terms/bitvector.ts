// Builders for bit-vector arithmetic, bitwise logic, shifts and comparisons. Both operands have one
// width, which is the width of the result. Meanings, also of division by zero and of shifts past the
// width, are SMT-LIB's (operators.ts); every simplification is an identity of the theory.

import { bool, eq, FALSE, not, TRUE } from './bool.ts';
import { bv } from './constants.ts';
import { allOnes, BV_BINARY, BV_COMPARE, BV_UNARY } from './operators.ts';
import type { BoolTerm, BvBinaryOp, BvCompareOp, BvTerm, BvUnaryOp } from './term.ts';
import { BOOL, intern, isBv, sortError } from './term.ts';

function requireSameWidth(op: string, a: BvTerm, b: BvTerm): number {
  if (!isBv(a) || a.sort !== b.sort) throw sortError(op, [a, b]);
  return a.sort.width;
}

/** A unary operator by its name. */
export function bvUnary(op: BvUnaryOp, a: BvTerm): BvTerm {
  if (!isBv(a)) throw sortError(op, [a]);
  if (a.op === 'bv') return bv(a.sort.width, BV_UNARY[op](a.sort.width, a.value));
  // Both operators are their own inverse.
  if (a.op === op) return a.args[0];
  return intern<BvTerm>(op, a.sort, [a]);
}

/** `(bvnot a)` */
export function bvnot(a: BvTerm): BvTerm {
  return bvUnary('bvnot', a);
}

/** `(bvneg a)`: two's complement. */
export function bvneg(a: BvTerm): BvTerm {
  return bvUnary('bvneg', a);
}

/** The identities of one operator: the simpler term, or undefined to build the node. */
interface Identities {
  /** x op x */
  readonly same?: (x: BvTerm) => BvTerm;
  /** x op c */
  readonly right?: (x: BvTerm, c: bigint, width: number) => BvTerm | undefined;
  /** c op x */
  readonly left?: (c: bigint, x: BvTerm, width: number) => BvTerm | undefined;
  readonly commutes?: true;
  readonly associates?: true;
}

const zeroOf = (x: BvTerm): BvTerm => bv(x.sort.width, 0n);
const itself = (x: BvTerm): BvTerm => x;

function shiftByConstant(x: BvTerm, count: bigint, width: number): BvTerm | undefined {
  if (count === 0n) return x;
  return count >= BigInt(width) ? zeroOf(x) : undefined;
}

function zeroStaysZero(c: bigint, x: BvTerm): BvTerm | undefined {
  return c === 0n ? zeroOf(x) : undefined;
}

const IDENTITIES: Readonly<Record<BvBinaryOp, Identities>> = {
  bvadd: { commutes: true, associates: true, right: (x, c) => (c === 0n ? x : undefined) },
  // x - c is x + (-c), so that chains of address arithmetic fold to one addition.
  bvsub: { same: zeroOf, right: (x, c, w) => bvadd(x, bv(w, BV_UNARY.bvneg(w, c))) },
  bvmul: {
    commutes: true,
    associates: true,
    right: (x, c) => (c === 0n ? zeroOf(x) : c === 1n ? x : undefined),
  },
  bvudiv: {
    right: (x, c, w) => (c === 1n ? x : c === 0n ? bv(w, allOnes(w)) : undefined),
  },
  bvurem: {
    same: zeroOf,
    right: (x, c) => (c === 1n ? zeroOf(x) : c === 0n ? x : undefined),
    left: zeroStaysZero,
  },
  bvsdiv: { right: (x, c) => (c === 1n ? x : undefined) },
  bvsrem: {
    same: zeroOf,
    right: (x, c) => (c === 1n ? zeroOf(x) : c === 0n ? x : undefined),
    left: zeroStaysZero,
  },
  bvshl: { right: shiftByConstant, left: zeroStaysZero },
  bvlshr: { right: shiftByConstant, left: zeroStaysZero },
  bvashr: { right: (x, c) => (c === 0n ? x : undefined), left: zeroStaysZero },
  bvand: {
    commutes: true,
    associates: true,
    same: itself,
    right: (x, c, w) => (c === 0n ? zeroOf(x) : c === allOnes(w) ? x : undefined),
  },
  bvor: {
    commutes: true,
    associates: true,
    same: itself,
    right: (x, c, w) => (c === 0n ? x : c === allOnes(w) ? bv(w, c) : undefined),
  },
  bvxor: {
    commutes: true,
    associates: true,
    same: zeroOf,
    right: (x, c, w) => (c === 0n ? x : c === allOnes(w) ? bvnot(x) : undefined),
  },
};

/** A binary operator by its name. */
export function bvBinary(op: BvBinaryOp, a: BvTerm, b: BvTerm): BvTerm {
  const width = requireSameWidth(op, a, b);
  const meaning = BV_BINARY[op];
  const identities = IDENTITIES[op];
  if (a.op === 'bv') {
    if (b.op === 'bv') return bv(width, meaning(width, a.value, b.value));
    if (identities.commutes) return bvBinary(op, b, a);
    const simpler = identities.left?.(a.value, b, width);
    if (simpler !== undefined) return simpler;
  }
  if (b.op === 'bv') {
    const simpler = identities.right?.(a, b.value, width);
    if (simpler !== undefined) return simpler;
    // (x op c) op d is x op (c op d).
    if (identities.associates && a.op === op && a.args[1].op === 'bv') {
      return bvBinary(op, a.args[0], bv(width, meaning(width, a.args[1].value, b.value)));
    }
  }
  if (a === b && identities.same) return identities.same(a);
  return intern<BvTerm>(op, a.sort, [a, b]);
}

/** `(bvadd a b)`, modulo 2^width. */
export function bvadd(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvadd', a, b);
}

/** `(bvsub a b)`, modulo 2^width. */
export function bvsub(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvsub', a, b);
}

/** `(bvmul a b)`, modulo 2^width. */
export function bvmul(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvmul', a, b);
}

/** `(bvudiv a b)`: unsigned, rounds down; by zero it is all ones. */
export function bvudiv(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvudiv', a, b);
}

/** `(bvurem a b)`: unsigned; by zero it is a. */
export function bvurem(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvurem', a, b);
}

/** `(bvsdiv a b)`: signed, truncates; MIN / -1 is MIN; by zero it is -1 for a >= 0, else 1. */
export function bvsdiv(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvsdiv', a, b);
}

/** `(bvsrem a b)`: signed, with the sign of a; by zero it is a. */
export function bvsrem(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvsrem', a, b);
}

/** `(bvshl a b)`: the count is not masked, a count >= width gives 0. */
export function bvshl(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvshl', a, b);
}

/** `(bvlshr a b)`: the count is not masked, a count >= width gives 0. */
export function bvlshr(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvlshr', a, b);
}

/** `(bvashr a b)`: the count is not masked, a count >= width gives width copies of the sign. */
export function bvashr(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvashr', a, b);
}

/** `(bvand a b)` */
export function bvand(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvand', a, b);
}

/** `(bvor a b)` */
export function bvor(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvor', a, b);
}

/** `(bvxor a b)` */
export function bvxor(a: BvTerm, b: BvTerm): BvTerm {
  return bvBinary('bvxor', a, b);
}

/** The smallest and the largest value in the order of a comparison. */
function ends(op: BvCompareOp, width: number): readonly [bigint, bigint] {
  if (op === 'bvult' || op === 'bvule') return [0n, allOnes(width)];
  return [1n << BigInt(width - 1), allOnes(width) >> 1n];
}

/** A comparison by its name. */
export function bvCompare(op: BvCompareOp, a: BvTerm, b: BvTerm): BoolTerm {
  const width = requireSameWidth(op, a, b);
  if (a.op === 'bv' && b.op === 'bv') return bool(BV_COMPARE[op](width, a.value, b.value));
  const strict = op === 'bvult' || op === 'bvslt';
  if (a === b) return bool(!strict);
  const [least, greatest] = ends(op, width);
  const atEnd =
    isConstant(a, least) || isConstant(b, greatest)
      ? 'always or equal'
      : isConstant(a, greatest) || isConstant(b, least)
        ? 'never or equal'
        : undefined;
  // least <= x holds and least < x says x != least; greatest < x fails and greatest <= x says x = it.
  if (atEnd === 'always or equal') return strict ? not(eq(a, b)) : TRUE;
  if (atEnd === 'never or equal') return strict ? FALSE : eq(a, b);
  return intern<BoolTerm>(op, BOOL, [a, b]);
}

function isConstant(t: BvTerm, value: bigint): boolean {
  return t.op === 'bv' && t.value === value;
}

/** `(bvult a b)`: unsigned a < b. */
export function bvult(a: BvTerm, b: BvTerm): BoolTerm {
  return bvCompare('bvult', a, b);
}

/** `(bvule a b)`: unsigned a <= b. */
export function bvule(a: BvTerm, b: BvTerm): BoolTerm {
  return bvCompare('bvule', a, b);
}

/** `(bvugt a b)`: unsigned a > b, built as bvult b a. */
export function bvugt(a: BvTerm, b: BvTerm): BoolTerm {
  return bvCompare('bvult', b, a);
}

/** `(bvuge a b)`: unsigned a >= b, built as bvule b a. */
export function bvuge(a: BvTerm, b: BvTerm): BoolTerm {
  return bvCompare('bvule', b, a);
}

/** `(bvslt a b)`: signed a < b. */
export function bvslt(a: BvTerm, b: BvTerm): BoolTerm {
  return bvCompare('bvslt', a, b);
}

/** `(bvsle a b)`: signed a <= b. */
export function bvsle(a: BvTerm, b: BvTerm): BoolTerm {
  return bvCompare('bvsle', a, b);
}

/** `(bvsgt a b)`: signed a > b, built as bvslt b a. */
export function bvsgt(a: BvTerm, b: BvTerm): BoolTerm {
  return bvCompare('bvslt', b, a);
}

/** `(bvsge a b)`: signed a >= b, built as bvsle b a. */
export function bvsge(a: BvTerm, b: BvTerm): BoolTerm {
  return bvCompare('bvsle', b, a);
}
