// How the parts of a state learn from each other (`reg_bounds_sync`), in stages. Each stage keeps every word that
// lies in the state, and so does their chain.

import type { Domain } from './domain.ts';
import type { Rules } from './rules.ts';
import { type RegState, subreg, withSubreg } from './state.ts';

export interface Reduction<W> {
  /** Bounds from the tnum (`__update_reg_bounds`). */
  updateBounds(a: RegState<W>): RegState<W>;
  /** Bounds from bounds, once (`__reg_deduce_bounds`). */
  deduceBounds(a: RegState<W>): RegState<W>;
  /** The half's bounds from the register's (`__reg32_deduce_bounds`, its first part). */
  deduceHalf(a: RegState<W>): RegState<W>;
  /** The signs of both (`__reg32_deduce_bounds`, the rest, and `__reg64_deduce_bounds`). */
  deduceSigns(a: RegState<W>): RegState<W>;
  /** The register's bounds from the half's (`__reg_deduce_mixed_bounds`). */
  deduceWhole(a: RegState<W>): RegState<W>;
  /** A register that is its sign-extended half, and that half not negative: all its bounds are the half's. */
  deduceSignExtension(a: RegState<W>): RegState<W>;
  /** The tnum from bounds (`__reg_bound_offset`). */
  boundOffset(a: RegState<W>): RegState<W>;
  /** All of it, in the kernel's order (`reg_bounds_sync`). */
  sync(a: RegState<W>): RegState<W>;
  /** The same after a branch; 5.9 has another order there. */
  syncAfterBranch(a: RegState<W>): RegState<W>;
}

export function reductionOf<W, B>(d: Domain<W, B>, rules: Rules): Reduction<W> {
  const { algebra, tnum, tnum32, range, range32 } = d;
  const { wide, half, logic, low, zext, sext } = algebra;
  const { and: both } = logic;
  const halfBits = wide.of(BigInt(half.width));
  const lower = zext(half.ones);
  const upper = wide.not(lower);
  /** The signed words of a half, as words. */
  const [leastHalf, greatestHalf] = [sext(half.signedMin), sext(half.signedMax)];

  /** What an interval of words with first and last `min` and `max` says about their lower halves. */
  const halfOfInterval = (
    r32: RegState<W>['r32'],
    min: W,
    max: W,
    ordered: B,
  ): RegState<W>['r32'] => {
    const [first, last] = [low(min), low(max)];
    const [firstUpper, lastUpper] = [wide.lshr(min, halfBits), wide.lshr(max, halfBits)];
    const sameUpper = wide.eq(firstUpper, lastUpper);
    const nextUpper = half.eq(half.add(low(firstUpper), half.one), low(lastUpper));
    const unsigned = both(sameUpper, logic.or(ordered, half.ule(first, last)));
    // From -x over the carry to +y, or within one upper half.
    const wraps = both(nextUpper, both(half.slt(first, half.zero), half.sle(half.zero, last)));
    const signed = logic.or(both(sameUpper, half.sle(first, last)), wraps);
    const inside = { umin: first, umax: last, smin: first, smax: last };
    const met = range32.intersect(r32, inside);
    return {
      umin: half.ite(unsigned, met.umin, r32.umin),
      umax: half.ite(unsigned, met.umax, r32.umax),
      smin: half.ite(signed, met.smin, r32.smin),
      smax: half.ite(signed, met.smax, r32.smax),
    };
  };

  const reduction: Reduction<W> = {
    updateBounds: ({ varOff, r64, r32 }) => ({
      varOff,
      r64: range.update(r64, varOff),
      r32: range32.update(r32, subreg(algebra, varOff)),
    }),

    deduceHalf: ({ varOff, r64, r32 }) => {
      // Unsigned bounds are taken to be in order: where they are not, the state is empty, and its half shows it too.
      const byUnsigned = halfOfInterval(r32, r64.umin, r64.umax, logic.true);
      return { varOff, r64, r32: halfOfInterval(byUnsigned, r64.smin, r64.smax, logic.false) };
    },

    deduceSigns: ({ varOff, r64, r32 }) => ({
      varOff,
      r64: range.deduceSigns(r64),
      r32: range32.deduceSigns(r32),
    }),

    // With the same upper half, the least word has the least lower half.
    deduceWhole: ({ varOff, r64, r32 }) => {
      const [least, greatest] = [zext(r32.umin), zext(r32.umax)];
      const withLower = (word: W, bits: W): W => wide.or(wide.and(word, upper), bits);
      const inside = {
        umin: withLower(r64.umin, least),
        umax: withLower(r64.umax, greatest),
        smin: withLower(r64.smin, least),
        smax: withLower(r64.smax, greatest),
      };
      return { varOff, r64: range.intersect(r64, inside), r32 };
    },

    deduceSignExtension: (a) => {
      const { r64, r32, varOff } = a;
      const extended = both(wide.sle(leastHalf, r64.smin), wide.sle(r64.smax, greatestHalf));
      const applies = both(extended, half.sle(half.zero, r32.smin));
      const [least, greatest] = [zext(r32.smin), zext(r32.smax)];
      return d.ite(
        applies,
        () => ({
          varOff: tnum.intersect(varOff, tnum.range(least, greatest)),
          r64: { umin: least, umax: greatest, smin: least, smax: greatest },
          r32,
        }),
        () => a,
      );
    },

    deduceBounds: (a) => {
      if (!rules.deducesHalves) return d.deduceSigns(a);
      return d.deduceSignExtension(d.deduceWhole(d.deduceSigns(d.deduceHalf(a))));
    },

    boundOffset: ({ varOff, r64, r32 }) => {
      const whole = tnum.intersect(varOff, tnum.range(r64.umin, r64.umax));
      const source = subreg(algebra, rules.lowerTnum === 'after' ? whole : varOff);
      const lowerTnum = tnum32.intersect(source, tnum32.range(r32.umin, r32.umax));
      return { varOff: withSubreg(algebra, whole, lowerTnum), r64, r32 };
    },

    sync: (a) => {
      let state = d.updateBounds(a);
      for (let i = 0; i < rules.deductions; i++) state = d.deduceBounds(state);
      state = d.boundOffset(state);
      return rules.updatesTwice ? d.updateBounds(state) : state;
    },

    syncAfterBranch: (a) =>
      rules.updatesTwice ? d.sync(a) : d.updateBounds(d.boundOffset(d.deduceBounds(a))),
  };
  return reduction;
}
