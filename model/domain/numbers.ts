// The algebra on bigints in [0, 2^width). The widths of eBPF have literals of their own, because asUintN with a
// constant width compiles to machine arithmetic; other widths serve exhaustive tests.

import { invariant } from '../errors.ts';
import type { Algebra, Bits, Logic } from './algebra.ts';

const LOGIC: Logic<boolean> = {
  true: true,
  false: false,
  not: (a) => !a,
  and: (a, b) => a && b,
  or: (a, b) => a || b,
  known: (a) => a,
};

const order = {
  eq: (a: bigint, b: bigint) => a === b,
  ult: (a: bigint, b: bigint) => a < b,
  ule: (a: bigint, b: bigint) => a <= b,
  minU: (a: bigint, b: bigint) => (a < b ? a : b),
  maxU: (a: bigint, b: bigint) => (a > b ? a : b),
  ite: (condition: boolean, a: bigint, b: bigint) => (condition ? a : b),
};

// Two words compare as signed numbers do when both have their sign bit flipped.
const bits64: Bits<bigint, boolean> = {
  ...order,
  width: 64,
  zero: 0n,
  one: 1n,
  ones: 0xffff_ffff_ffff_ffffn,
  signedMin: 0x8000_0000_0000_0000n,
  signedMax: 0x7fff_ffff_ffff_ffffn,
  of: (value) => BigInt.asUintN(64, value),
  add: (a, b) => BigInt.asUintN(64, a + b),
  sub: (a, b) => BigInt.asUintN(64, a - b),
  mul: (a, b) => BigInt.asUintN(64, a * b),
  neg: (a) => BigInt.asUintN(64, -a),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  not: (a) => a ^ 0xffff_ffff_ffff_ffffn,
  shl: (a, count) => (count < 64n ? BigInt.asUintN(64, a << count) : 0n),
  lshr: (a, count) => (count < 64n ? a >> count : 0n),
  ashr: (a, count) => BigInt.asUintN(64, BigInt.asIntN(64, a) >> (count < 64n ? count : 63n)),
  slt: (a, b) => BigInt.asIntN(64, a) < BigInt.asIntN(64, b),
  sle: (a, b) => BigInt.asIntN(64, a) <= BigInt.asIntN(64, b),
  minS: (a, b) => (BigInt.asIntN(64, a) < BigInt.asIntN(64, b) ? a : b),
  maxS: (a, b) => (BigInt.asIntN(64, a) > BigInt.asIntN(64, b) ? a : b),
};

/** The words of any width of at least 1. */
function bitsOf(width: number): Bits<bigint, boolean> {
  invariant(Number.isInteger(width) && width >= 1, `words of ${width} bits`);
  const w = BigInt(width);
  const ones = (1n << w) - 1n;
  const sign = 1n << (w - 1n);
  return {
    ...order,
    width,
    zero: 0n,
    one: 1n,
    ones,
    signedMin: sign,
    signedMax: ones ^ sign,
    of: (value) => value & ones,
    add: (a, b) => (a + b) & ones,
    sub: (a, b) => (a - b) & ones,
    mul: (a, b) => (a * b) & ones,
    neg: (a) => -a & ones,
    and: (a, b) => a & b,
    or: (a, b) => a | b,
    xor: (a, b) => a ^ b,
    not: (a) => a ^ ones,
    shl: (a, count) => (count < w ? (a << count) & ones : 0n),
    lshr: (a, count) => (count < w ? a >> count : 0n),
    ashr: (a, count) => (BigInt.asIntN(width, a) >> (count < w ? count : w)) & ones,
    slt: (a, b) => (a ^ sign) < (b ^ sign),
    sle: (a, b) => (a ^ sign) <= (b ^ sign),
    minS: (a, b) => ((a ^ sign) < (b ^ sign) ? a : b),
    maxS: (a, b) => ((a ^ sign) > (b ^ sign) ? a : b),
  };
}

/** Registers of `width` bits, an even number, on bigints. */
export function numbers(width: number): Algebra<bigint, boolean> {
  invariant(width % 2 === 0, `registers of ${width} bits`);
  const halfWidth = width / 2;
  const wide = width === 64 ? bits64 : bitsOf(width);
  const half = bitsOf(halfWidth);
  const low = half.ones;
  return {
    logic: LOGIC,
    wide,
    half,
    low: (a) => a & low,
    zext: (a) => a,
    sext: (a) => wide.of(BigInt.asIntN(halfWidth, a)),
  };
}
