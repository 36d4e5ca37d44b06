// The algebra of the verifier's domain on terms: an operator over it is a term of its operands.

import { invariant } from '../../model/errors.ts';
import type { Algebra, Bits, Logic } from '../../model/domain/algebra.ts';
import * as t from '../terms/index.ts';
import type { BoolTerm, BvTerm } from '../terms/index.ts';

const LOGIC: Logic<BoolTerm> = {
  true: t.TRUE,
  false: t.FALSE,
  not: t.not,
  and: (a, b) => t.and(a, b),
  or: (a, b) => t.or(a, b),
  known: (a) => (a === t.TRUE ? true : a === t.FALSE ? false : undefined),
};

function bitsOf(width: number): Bits<BvTerm, BoolTerm> {
  const ones = (1n << BigInt(width)) - 1n;
  const sign = 1n << BigInt(width - 1);
  return {
    width,
    zero: t.bv(width, 0n),
    one: t.bv(width, 1n),
    ones: t.bv(width, ones),
    signedMin: t.bv(width, sign),
    signedMax: t.bv(width, ones ^ sign),
    of: (value) => t.bvWrapped(width, value),
    add: t.bvadd,
    sub: t.bvsub,
    mul: t.bvmul,
    neg: t.bvneg,
    and: t.bvand,
    or: t.bvor,
    xor: t.bvxor,
    not: t.bvnot,
    shl: t.bvshl,
    lshr: t.bvlshr,
    ashr: t.bvashr,
    eq: (a, b) => t.eq(a, b),
    ult: t.bvult,
    ule: t.bvule,
    slt: t.bvslt,
    sle: t.bvsle,
    minU: (a, b) => t.ite(t.bvult(a, b), a, b),
    maxU: (a, b) => t.ite(t.bvult(b, a), a, b),
    minS: (a, b) => t.ite(t.bvslt(a, b), a, b),
    maxS: (a, b) => t.ite(t.bvslt(b, a), a, b),
    ite: (condition, a, b) => t.ite(condition, a, b),
  };
}

/** Registers of `width` bits, an even number, on terms. */
export function termAlgebra(width: number): Algebra<BvTerm, BoolTerm> {
  invariant(width % 2 === 0, `registers of ${width} bits`);
  const half = width / 2;
  return {
    logic: LOGIC,
    wide: bitsOf(width),
    half: bitsOf(half),
    low: (a) => t.extract(half - 1, 0, a),
    zext: (a) => t.zeroExtend(half, a),
    sext: (a) => t.signExtend(half, a),
  };
}
