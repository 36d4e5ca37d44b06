// From one width to another: zero-extension, sign-extension, and how halves and registers tell each other what they
// know once a branch has looked at one of them.

import { UnsupportedError } from '../errors.ts';
import type { Domain } from './domain.ts';
import type { Rules } from './rules.ts';
import { type RegState, subreg, zeroExtended } from './state.ts';

export interface Extensions<W> {
  /** The lower half with zeros above (`zext_32_to_64`), not reduced. */
  zeroExtend(a: RegState<W>): RegState<W>;
  /** The register's bounds from the half's, where zeros are above (`__reg_assign_32_into_64`). */
  assignHalf(a: RegState<W>): RegState<W>;
  /** After a branch on the whole: the half's bounds anew (`__reg_combine_64_into_32`). */
  combineIntoHalf(a: RegState<W>): RegState<W>;
  /** After a branch on the half: the register's bounds anew (`__reg_combine_32_into_64`). */
  combineIntoWhole(a: RegState<W>): RegState<W>;
  /** The lowest `size` bits with zeros above, as a narrow load or fill leaves them (`coerce_reg_to_size`). */
  truncate(a: RegState<W>, size: number): RegState<W>;
  /**
   * The lowest `size` bits with copies of their sign above, to the whole register (`coerce_reg_to_size_sx`).
   * @throws UnsupportedError in versions without MOVSX.
   */
  signExtend(a: RegState<W>, size: number): RegState<W>;
  /** The same within the lower half; the register above it is left open (`coerce_subreg_to_size_sx`). */
  signExtendHalf(a: RegState<W>, size: number): RegState<W>;
}

export function extensionsOf<W, B>(d: Domain<W, B>, rules: Rules): Extensions<W> {
  const { algebra, tnum, tnum32, range, range32 } = d;
  const { wide, half, logic, low, zext, sext } = algebra;
  const { and: both } = logic;
  const greatestHalf = zext(half.ones);
  // Where bounds are taken apart, the ends of the half are left out.
  const apart = rules.halfBoundsApart;
  const isHalfUnsigned = (x: W) =>
    apart ? both(wide.ult(wide.zero, x), wide.ult(x, greatestHalf)) : wide.ule(x, greatestHalf);
  const [leastSigned, greatestSigned] = [sext(half.signedMin), sext(half.signedMax)];
  const isHalfSigned = (x: W) =>
    apart
      ? both(wide.slt(leastSigned, x), wide.slt(x, greatestSigned))
      : both(wide.sle(leastSigned, x), wide.sle(x, greatestSigned));
  const isPositive = (x: W) => half.sle(half.zero, x);

  const requireSignExtension = (): void => {
    if (!rules.signExtends) throw new UnsupportedError('this version has no sign-extending moves');
  };

  const extensions: Extensions<W> = {
    zeroExtend: (a) =>
      d.assignHalf({ ...a, varOff: zeroExtended(algebra, subreg(algebra, a.varOff)) }),

    assignHalf: ({ varOff, r32 }) => {
      const least = isPositive(r32.smin);
      const positive = both(least, isPositive(r32.smax));
      return {
        varOff,
        r64: {
          umin: zext(r32.umin),
          umax: zext(r32.umax),
          smin: wide.ite(rules.leastApart ? least : positive, zext(r32.smin), wide.zero),
          smax: wide.ite(positive, zext(r32.smax), greatestHalf),
        },
        r32,
      };
    },

    combineIntoHalf: ({ varOff, r64 }) => {
      const fits = {
        umin: isHalfUnsigned(r64.umin),
        umax: isHalfUnsigned(r64.umax),
        smin: isHalfSigned(r64.smin),
        smax: isHalfSigned(r64.smax),
      };
      const [unsigned, signed] = [both(fits.umin, fits.umax), both(fits.smin, fits.smax)];
      const r32 = {
        umin: half.ite(apart ? fits.umin : unsigned, low(r64.umin), half.zero),
        umax: half.ite(apart ? fits.umax : unsigned, low(r64.umax), half.ones),
        smin: half.ite(apart ? fits.smin : signed, low(r64.smin), half.signedMin),
        smax: half.ite(apart ? fits.smax : signed, low(r64.smax), half.signedMax),
      };
      return d.syncAfterBranch({ varOff, r64, r32 });
    },

    combineIntoWhole: (a) => {
      const upper = wide.not(greatestHalf);
      const isZeroAbove = wide.eq(
        wide.and(wide.or(a.varOff.value, a.varOff.mask), upper),
        wide.zero,
      );
      return d.syncAfterBranch(
        d.ite(
          isZeroAbove,
          () => d.assignHalf(a),
          () => d.updateBounds({ ...a, r64: range.unbounded }),
        ),
      );
    },

    truncate: ({ varOff, r64, r32 }, size) => {
      const kept = wide.of((1n << BigInt(size)) - 1n);
      const above = (x: W): W => wide.and(x, wide.not(kept));
      // Within one block of 2^size words the order stays.
      const oneBlock = wide.eq(above(r64.umin), above(r64.umax));
      const least = wide.ite(oneBlock, wide.and(r64.umin, kept), wide.zero);
      const greatest = wide.ite(oneBlock, wide.and(r64.umax, kept), kept);
      const cut = {
        varOff: tnum.cast(varOff, size),
        r64: { umin: least, umax: greatest, smin: least, smax: greatest },
        r32,
      };
      const keepsHalf = size >= half.width;
      if (rules.deducesHalves) return d.sync(keepsHalf ? cut : { ...cut, r32: range32.unbounded });
      return keepsHalf ? cut : d.combineIntoHalf(cut);
    },

    signExtend: (a, size) => {
      requireSignExtension();
      const count = wide.of(BigInt(wide.width - size));
      const extend = (x: W): W => wide.ashr(wide.shl(x, count), count);
      const least = extend(a.r64.smin);
      const greatest = extend(a.r64.smax);
      const size1 = wide.of(BigInt(size));
      // The bits that are cut off must be those of one block of 2^size words, and the sign the same throughout.
      const oneBlock = wide.eq(wide.ashr(a.r64.smin, size1), wide.ashr(a.r64.smax, size1));
      const oneSign = wide.eq(
        wide.ashr(least, wide.of(BigInt(wide.width - 1))),
        wide.ashr(greatest, wide.of(BigInt(wide.width - 1))),
      );
      const bounded = {
        varOff: tnum.range(least, greatest),
        r64: { umin: least, umax: greatest, smin: least, smax: greatest },
        r32: { umin: low(least), umax: low(greatest), smin: low(least), smax: low(greatest) },
      };
      return d.ite(
        tnum.isConst(a.varOff),
        () => d.constant(extend(a.varOff.value)),
        () =>
          d.ite(
            both(oneBlock, oneSign),
            () => bounded,
            () => {
              const signed = (bits: typeof wide) => ({
                smin: bits.neg(bits.of(1n << BigInt(size - 1))),
                smax: bits.of((1n << BigInt(size - 1)) - 1n),
              });
              return {
                varOff: tnum.unknown,
                r64: { ...range.unbounded, ...signed(wide) },
                r32: { ...range32.unbounded, ...signed(half) },
              };
            },
          ),
      );
    },

    signExtendHalf: (a, size) => {
      requireSignExtension();
      const count = half.of(BigInt(half.width - size));
      const extend = (x: W): W => half.ashr(half.shl(x, count), count);
      const least = extend(a.r32.smin);
      const greatest = extend(a.r32.smax);
      const shift = half.of(BigInt(size));
      const oneBlock = half.eq(half.ashr(a.r32.smin, shift), half.ashr(a.r32.smax, shift));
      const oneSign = half.eq(
        half.ashr(least, half.of(BigInt(half.width - 1))),
        half.ashr(greatest, half.of(BigInt(half.width - 1))),
      );
      const known = subreg(algebra, a.varOff);
      const value = extend(known.value);
      const within = (r32: RegState<W>['r32'], lower: RegState<W>['varOff']): RegState<W> => ({
        varOff: zeroExtended(algebra, lower),
        r64: range.unbounded,
        r32,
      });
      return d.ite(
        tnum32.isConst(known),
        () => within(range32.constant(value), tnum32.constant(value)),
        () =>
          d.ite(
            both(oneBlock, oneSign),
            () =>
              within(
                { umin: least, umax: greatest, smin: least, smax: greatest },
                tnum32.range(least, greatest),
              ),
            () =>
              within(
                {
                  ...range32.unbounded,
                  smin: half.neg(half.of(1n << BigInt(size - 1))),
                  smax: half.of((1n << BigInt(size - 1)) - 1n),
                },
                tnum32.unknown,
              ),
          ),
      );
    },
  };
  return extensions;
}
