// The four bounds that the verifier keeps of a word: unsigned and signed, both inclusive. The same functions serve
// 64-bit registers and their lower halves. A pair of bounds that a result cannot be given is left open, as the
// kernel does: what it does not say here, the tnum may say.

import type { Bits, Logic } from './algebra.ts';
import type { Tnum } from './tnum.ts';

export interface Range<W> {
  readonly umin: W;
  readonly umax: W;
  readonly smin: W;
  readonly smax: W;
}

export interface RangeRules {
  /** Signed bounds of AND, OR, XOR: where both operands are not negative, or where the unsigned bounds of the result lie on one side of the sign. */
  readonly bitwiseSigned: 'operands' | 'result';
  /** How unsigned and signed bounds learn from each other: on one side of the sign only, or also across it. */
  readonly signs: 'one-side' | 'overlap';
  /** Whether a signed difference of registers that does not fit is noticed; one of halves always is. */
  readonly checksDifference: boolean;
}

export interface RangeOperators<W, B> {
  readonly unbounded: Range<W>;
  constant(value: W): Range<W>;
  contains(a: Range<W>, x: W): B;
  /** Whether the bounds let exactly one word through. */
  isConst(a: Range<W>): B;
  /** `range_within`: the bounds of b lie within those of a. */
  includes(a: Range<W>, b: Range<W>): B;
  ite(condition: B, a: Range<W>, b: Range<W>): Range<W>;
  intersect(a: Range<W>, b: Range<W>): Range<W>;
  /** What a tnum says about bounds (`__update_reg_bounds`). */
  update(a: Range<W>, varOff: Tnum<W>): Range<W>;
  /** What unsigned and signed bounds say about each other (`__reg_deduce_bounds`). */
  deduceSigns(a: Range<W>): Range<W>;
  /** `scalar_min_max_add`, and so on. */
  add(a: Range<W>, b: Range<W>): Range<W>;
  sub(a: Range<W>, b: Range<W>): Range<W>;
  mul(a: Range<W>, b: Range<W>): Range<W>;
  /** `varOff` is the tnum of the result. */
  and(a: Range<W>, b: Range<W>, varOff: Tnum<W>): Range<W>;
  or(a: Range<W>, b: Range<W>, varOff: Tnum<W>): Range<W>;
  xor(a: Range<W>, b: Range<W>, varOff: Tnum<W>): Range<W>;
  /** By a count between the bounds `least` and `most`, which are below the width. */
  lsh(a: Range<W>, least: W, most: W): Range<W>;
  rsh(a: Range<W>, least: W, most: W): Range<W>;
  arsh(a: Range<W>, count: W): Range<W>;
}

/** The operators on bounds of the words of `bits`. */
export function rangeOperators<W, B>(
  bits: Bits<W, B>,
  logic: Logic<B>,
  rules: RangeRules,
): RangeOperators<W, B> {
  const { zero, ones, signedMin, signedMax } = bits;
  const { add, sub, mul, and, or, xor, shl, lshr, ashr } = bits;
  const { eq, ult, ule, slt, sle, minU, maxU, minS, maxS } = bits;
  const topBit = bits.of(BigInt(bits.width - 1));
  /** Factors up to here have a product that fits. */
  const factorMax = bits.of((1n << BigInt(bits.width >> 1)) - 1n);

  const iteWord = (condition: B, a: W, b: W): W => {
    const known = logic.known(condition);
    return known === undefined ? bits.ite(condition, a, b) : known ? a : b;
  };
  const isNegative = (x: W): B => slt(x, zero);
  const sumOverflows = (a: W, b: W, sum: W): B => isNegative(and(xor(a, sum), xor(b, sum)));
  const differenceOverflows = (a: W, b: W, difference: W): B =>
    isNegative(and(xor(a, b), xor(a, difference)));

  /** Unsigned bounds given, and the signed ones where the result is bounded by them. */
  const bitwise = (a: Range<W>, b: Range<W>, umin: W, umax: W): Range<W> => {
    const copied =
      rules.bitwiseSigned === 'result'
        ? sle(umin, umax)
        : logic.not(logic.or(isNegative(a.smin), isNegative(b.smin)));
    return {
      umin,
      umax,
      smin: iteWord(copied, umin, signedMin),
      smax: iteWord(copied, umax, signedMax),
    };
  };

  /** Where both pairs lie on one side of the sign, they are one. */
  const oneSide = ({ umin, umax, smin, smax }: Range<W>): Range<W> => {
    const least = maxU(smin, umin);
    const greatest = minU(smax, umax);
    const bySigned = logic.or(sle(zero, smin), isNegative(smax));
    const below = sle(zero, umax);
    const above = isNegative(umin);
    const byMin = logic.or(bySigned, logic.and(logic.not(below), above));
    const byMax = logic.or(bySigned, below);
    return {
      umin: iteWord(byMin, least, umin),
      umax: iteWord(byMax, greatest, umax),
      smin: iteWord(byMin, least, iteWord(below, umin, smin)),
      smax: iteWord(byMax, greatest, iteWord(above, umax, smax)),
    };
  };

  /** Unsigned bounds on one side of the sign are signed bounds. */
  const signedFromUnsigned = (a: Range<W>): Range<W> => {
    const says = sle(a.umin, a.umax);
    return {
      ...a,
      smin: iteWord(says, maxS(a.smin, a.umin), a.smin),
      smax: iteWord(says, minS(a.smax, a.umax), a.smax),
    };
  };

  /**
   * Signed bounds on one side of the sign are unsigned bounds. Across it they are two unsigned intervals, from 0 and
   * up to the greatest word; where the unsigned bounds meet only one, that one holds.
   */
  const unsignedFromSigned = ({ umin, umax, smin, smax }: Range<W>): Range<W> => {
    const oneInterval = ule(smin, smax);
    const onlyLow = logic.and(logic.not(oneInterval), ult(umax, smin));
    const meets = logic.not(logic.or(oneInterval, onlyLow));
    const onlyHigh = logic.and(meets, ult(smax, umin));
    return {
      umin: iteWord(logic.or(oneInterval, onlyHigh), maxU(umin, smin), umin),
      umax: iteWord(logic.or(oneInterval, onlyLow), minU(umax, smax), umax),
      smin: iteWord(onlyLow, umin, smin),
      smax: iteWord(onlyHigh, umax, smax),
    };
  };

  const r: RangeOperators<W, B> = {
    unbounded: { umin: zero, umax: ones, smin: signedMin, smax: signedMax },
    constant: (value) => ({ umin: value, umax: value, smin: value, smax: value }),
    contains: (a, x) =>
      logic.and(
        logic.and(ule(a.umin, x), ule(x, a.umax)),
        logic.and(sle(a.smin, x), sle(x, a.smax)),
      ),
    isConst: (a) => logic.and(eq(a.umin, a.umax), eq(a.smin, a.smax)),
    includes: (a, b) =>
      logic.and(
        logic.and(ule(a.umin, b.umin), ule(b.umax, a.umax)),
        logic.and(sle(a.smin, b.smin), sle(b.smax, a.smax)),
      ),
    ite: (condition, a, b) => {
      const known = logic.known(condition);
      if (known !== undefined) return known ? a : b;
      return {
        umin: bits.ite(condition, a.umin, b.umin),
        umax: bits.ite(condition, a.umax, b.umax),
        smin: bits.ite(condition, a.smin, b.smin),
        smax: bits.ite(condition, a.smax, b.smax),
      };
    },
    intersect: (a, b) => ({
      umin: maxU(a.umin, b.umin),
      umax: minU(a.umax, b.umax),
      smin: maxS(a.smin, b.smin),
      smax: minS(a.smax, b.smax),
    }),
    update: (a, { value, mask }) => ({
      umin: maxU(a.umin, value),
      umax: minU(a.umax, or(value, mask)),
      smin: maxS(a.smin, or(value, and(mask, signedMin))),
      smax: minS(a.smax, or(value, and(mask, signedMax))),
    }),
    deduceSigns: (a) =>
      rules.signs === 'overlap' ? unsignedFromSigned(signedFromUnsigned(a)) : oneSide(a),
    add: (a, b) => {
      const [umin, umax] = [add(a.umin, b.umin), add(a.umax, b.umax)];
      const [smin, smax] = [add(a.smin, b.smin), add(a.smax, b.smax)];
      const wraps = logic.or(ult(umin, a.umin), ult(umax, a.umax));
      const overflows = logic.or(
        sumOverflows(a.smin, b.smin, smin),
        sumOverflows(a.smax, b.smax, smax),
      );
      return {
        umin: iteWord(wraps, zero, umin),
        umax: iteWord(wraps, ones, umax),
        smin: iteWord(overflows, signedMin, smin),
        smax: iteWord(overflows, signedMax, smax),
      };
    },
    sub: (a, b) => {
      const [smin, smax] = [sub(a.smin, b.smax), sub(a.smax, b.smin)];
      const wraps = ult(a.umin, b.umax);
      const overflows = rules.checksDifference
        ? logic.or(
            differenceOverflows(a.smin, b.smax, smin),
            differenceOverflows(a.smax, b.smin, smax),
          )
        : logic.false;
      return {
        umin: iteWord(wraps, zero, sub(a.umin, b.umax)),
        umax: iteWord(wraps, ones, sub(a.umax, b.umin)),
        smin: iteWord(overflows, signedMin, smin),
        smax: iteWord(overflows, signedMax, smax),
      };
    },
    mul: (a, b) => {
      const negative = logic.or(isNegative(a.smin), isNegative(b.smin));
      const large = logic.or(ult(factorMax, a.umax), ult(factorMax, b.umax));
      const [umin, umax] = [mul(a.umin, b.umin), mul(a.umax, b.umax)];
      const crosses = isNegative(umax);
      return r.ite(logic.or(negative, large), r.unbounded, {
        umin,
        umax,
        smin: iteWord(crosses, signedMin, umin),
        smax: iteWord(crosses, signedMax, umax),
      });
    },
    and: (a, b, varOff) => bitwise(a, b, varOff.value, minU(a.umax, b.umax)),
    or: (a, b, varOff) => bitwise(a, b, maxU(a.umin, b.umin), or(varOff.value, varOff.mask)),
    xor: (a, b, varOff) => bitwise(a, b, varOff.value, or(varOff.value, varOff.mask)),
    lsh: (a, least, most) => {
      const loses = ult(shl(bits.one, sub(topBit, most)), a.umax);
      return {
        ...r.unbounded,
        umin: iteWord(loses, zero, shl(a.umin, least)),
        umax: iteWord(loses, ones, shl(a.umax, most)),
      };
    },
    rsh: (a, least, most) => ({
      ...r.unbounded,
      umin: lshr(a.umin, most),
      umax: lshr(a.umax, least),
    }),
    arsh: (a, count) => ({
      ...r.unbounded,
      smin: ashr(a.smin, count),
      smax: ashr(a.smax, count),
    }),
  };
  return r;
}
