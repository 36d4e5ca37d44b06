// Tristate numbers: for each bit 0, 1 or unknown. A word x lies in a tnum when x & ~mask = value. The formulas are
// those of Vishwanathan, Shachnai, Narayana, Nagarakatte: "Sound, precise, and fast abstract interpretation with
// tristate numbers" (CGO 2022); names are the kernel's.

import type { Bits, Logic } from './algebra.ts';

export interface Tnum<W> {
  /** The bits known to be 1. */
  readonly value: W;
  /** The bits that are not known; no bit is in both. */
  readonly mask: W;
}

/** How two tnums are multiplied: half-multiply-add (to 5.13), the paper's (5.14), and by unions (6.18). */
export type Multiplication = 'hma' | 'partial-products' | 'union';

/** The state of a multiplication between two bits of the multiplier. */
export interface MulStep<W> {
  readonly a: Tnum<W>;
  readonly b: Tnum<W>;
  readonly sum: Tnum<W>;
}

/** Operators on tnums of one width. */
export interface TnumOperators<W, B> {
  /** Every word. */
  readonly unknown: Tnum<W>;
  /** `tnum_const` */
  constant(value: W): Tnum<W>;
  /** `tnum_range`: the least tnum with all of [min, max], where min <= max; it may hold more. */
  range(min: W, max: W): Tnum<W>;
  /** `tnum_in`: every word of b lies in a. */
  includes(a: Tnum<W>, b: Tnum<W>): B;
  contains(a: Tnum<W>, x: W): B;
  equals(a: Tnum<W>, b: Tnum<W>): B;
  isConst(a: Tnum<W>): B;
  /** `tnum_overlap`: some word lies in both. */
  overlap(a: Tnum<W>, b: Tnum<W>): B;
  /** `tnum_is_aligned`: every word is a multiple of `size`, a power of two; 0 asks nothing. */
  isAligned(a: Tnum<W>, size: W): B;
  ite(condition: B, a: Tnum<W>, b: Tnum<W>): Tnum<W>;
  /** `tnum_add`, and so on. */
  add(a: Tnum<W>, b: Tnum<W>): Tnum<W>;
  sub(a: Tnum<W>, b: Tnum<W>): Tnum<W>;
  neg(a: Tnum<W>): Tnum<W>;
  and(a: Tnum<W>, b: Tnum<W>): Tnum<W>;
  or(a: Tnum<W>, b: Tnum<W>): Tnum<W>;
  xor(a: Tnum<W>, b: Tnum<W>): Tnum<W>;
  mul(a: Tnum<W>, b: Tnum<W>): Tnum<W>;
  /** One bit of `mul`, for the multiplications that go through both operands at once. */
  mulStep(step: MulStep<W>): MulStep<W>;
  /** `tnum_lshift`, `tnum_rshift`, `tnum_arshift`, by a count below the width. */
  lshift(a: Tnum<W>, count: W): Tnum<W>;
  rshift(a: Tnum<W>, count: W): Tnum<W>;
  arshift(a: Tnum<W>, count: W): Tnum<W>;
  /** The shift by any count below the width that lies in `count`. */
  lshiftBy(a: Tnum<W>, count: Tnum<W>): Tnum<W>;
  rshiftBy(a: Tnum<W>, count: Tnum<W>): Tnum<W>;
  arshiftBy(a: Tnum<W>, count: Tnum<W>): Tnum<W>;
  /** `tnum_intersect`: the words of both; where there are none, nothing is said. */
  intersect(a: Tnum<W>, b: Tnum<W>): Tnum<W>;
  /** `tnum_union`: the words of either, and more. */
  union(a: Tnum<W>, b: Tnum<W>): Tnum<W>;
  /** `tnum_cast`: the lowest `width` bits, with zeros above. */
  cast(a: Tnum<W>, width: number): Tnum<W>;
}

/** The operators on tnums of the words of `bits`. They call each other through the result, so that one can be replaced. */
export function tnumOperators<W, B>(
  bits: Bits<W, B>,
  logic: Logic<B>,
  multiplication: Multiplication,
): TnumOperators<W, B> {
  const { zero, one, ones } = bits;
  const { add, sub, mul, and, or, xor, not, shl, lshr, ashr, eq, ite } = bits;
  const tnum = (value: W, mask: W): Tnum<W> => ({ value, mask });
  /** The known bits of `value` where `mask` does not hide them. */
  const masked = (value: W, mask: W): Tnum<W> => tnum(and(value, not(mask)), mask);
  const isZero = (x: W): B => eq(x, zero);
  const isOdd = (x: W): B => eq(and(x, one), one);

  /** All bits from the highest set one downwards. */
  const smear = (x: W): W => {
    let all = x;
    for (let by = 1; by < bits.width; by *= 2) all = or(all, lshr(all, bits.of(BigInt(by))));
    return all;
  };

  /** Adds `value`, shifted, as unknown bits for each bit of `selector`. */
  const halfMultiplyAdd = (sum: Tnum<W>, value: W, selector: W): Tnum<W> => {
    let total = sum;
    let [shifted, rest] = [value, selector];
    for (let i = 0; i < bits.width && logic.known(isZero(rest)) !== true; i++) {
      total = t.ite(isOdd(rest), t.add(total, tnum(zero, shifted)), total);
      shifted = shl(shifted, one);
      rest = lshr(rest, one);
    }
    return total;
  };

  /** Runs `mulStep` over all bits of a. */
  const multiplyStepwise = (a: Tnum<W>, b: Tnum<W>, sum: Tnum<W>): Tnum<W> => {
    let step: MulStep<W> = { a, b, sum };
    for (let i = 0; i < bits.width; i++) {
      if (logic.known(isZero(or(step.a.value, step.a.mask))) === true) break;
      step = t.mulStep(step);
    }
    return step.sum;
  };

  const MULTIPLY: Readonly<Record<Multiplication, (a: Tnum<W>, b: Tnum<W>) => Tnum<W>>> = {
    hma: (a, b) => {
      const known = t.constant(mul(a.value, b.value));
      return halfMultiplyAdd(halfMultiplyAdd(known, a.mask, or(b.mask, b.value)), b.mask, a.value);
    },
    'partial-products': (a, b) =>
      t.add(t.constant(mul(a.value, b.value)), multiplyStepwise(a, b, t.constant(zero))),
    union: (a, b) => multiplyStepwise(a, b, t.constant(zero)),
  };

  const nextSum = (a: Tnum<W>, b: Tnum<W>, sum: Tnum<W>): Tnum<W> => {
    const [isOne, isOpen] = [isOdd(a.value), isOdd(a.mask)];
    if (multiplication === 'union') {
      const added = t.add(sum, b);
      return t.ite(isOne, added, t.ite(isOpen, t.union(sum, added), sum));
    }
    const open = t.ite(isOpen, t.add(sum, tnum(zero, or(b.value, b.mask))), sum);
    return t.ite(isOne, t.add(sum, tnum(zero, b.mask)), open);
  };

  type Shift = (a: Tnum<W>, count: W) => Tnum<W>;
  /** The union over all counts that are possible; everything where none is. */
  const shiftBy = (shift: Shift, a: Tnum<W>, count: Tnum<W>): Tnum<W> => {
    let result: Tnum<W> = t.unknown;
    let found = logic.false;
    for (let n = 0; n < bits.width; n++) {
      const possible = t.contains(count, bits.of(BigInt(n)));
      if (logic.known(possible) === false) continue;
      const shifted = shift(a, bits.of(BigInt(n)));
      const joined = t.ite(found, t.union(result, shifted), shifted);
      result = t.ite(possible, joined, result);
      found = logic.or(found, possible);
    }
    return result;
  };

  const t: TnumOperators<W, B> = {
    unknown: tnum(zero, ones),
    constant: (value) => tnum(value, zero),
    range: (min, max) => masked(min, smear(xor(min, max))),
    includes: (a, b) =>
      logic.and(isZero(and(b.mask, not(a.mask))), eq(and(b.value, not(a.mask)), a.value)),
    contains: (a, x) => eq(and(x, not(a.mask)), a.value),
    equals: (a, b) => logic.and(eq(a.value, b.value), eq(a.mask, b.mask)),
    isConst: (a) => isZero(a.mask),
    overlap: (a, b) => isZero(and(xor(a.value, b.value), not(or(a.mask, b.mask)))),
    isAligned: (a, size) =>
      logic.or(isZero(size), isZero(and(or(a.value, a.mask), sub(size, one)))),
    ite: (condition, a, b) => {
      const known = logic.known(condition);
      if (known !== undefined) return known ? a : b;
      return tnum(ite(condition, a.value, b.value), ite(condition, a.mask, b.mask));
    },
    add: (a, b) => {
      const least = add(a.value, b.value);
      const greatest = add(least, add(a.mask, b.mask));
      return masked(least, or(xor(least, greatest), or(a.mask, b.mask)));
    },
    sub: (a, b) => {
      const difference = sub(a.value, b.value);
      const carries = xor(add(difference, a.mask), sub(difference, b.mask));
      return masked(difference, or(carries, or(a.mask, b.mask)));
    },
    neg: (a) => t.sub(t.constant(zero), a),
    and: (a, b) => {
      const value = and(a.value, b.value);
      return tnum(value, and(and(or(a.value, a.mask), or(b.value, b.mask)), not(value)));
    },
    or: (a, b) => {
      const value = or(a.value, b.value);
      return tnum(value, and(or(a.mask, b.mask), not(value)));
    },
    xor: (a, b) => masked(xor(a.value, b.value), or(a.mask, b.mask)),
    mul: (a, b) => MULTIPLY[multiplication](a, b),
    mulStep: ({ a, b, sum }) => ({
      a: t.rshift(a, one),
      b: t.lshift(b, one),
      sum: nextSum(a, b, sum),
    }),
    lshift: (a, count) => tnum(shl(a.value, count), shl(a.mask, count)),
    rshift: (a, count) => tnum(lshr(a.value, count), lshr(a.mask, count)),
    arshift: (a, count) => tnum(ashr(a.value, count), ashr(a.mask, count)),
    lshiftBy: (a, count) => shiftBy(t.lshift, a, count),
    rshiftBy: (a, count) => shiftBy(t.rshift, a, count),
    arshiftBy: (a, count) => shiftBy(t.arshift, a, count),
    intersect: (a, b) => masked(or(a.value, b.value), and(a.mask, b.mask)),
    union: (a, b) => masked(and(a.value, b.value), or(xor(a.value, b.value), or(a.mask, b.mask))),
    cast: (a, width) => {
      const kept = bits.of((1n << BigInt(width)) - 1n);
      return tnum(and(a.value, kept), and(a.mask, kept));
    },
  };
  return t;
}
