// The state of one scalar register, and what it means.

import type { Algebra } from './algebra.ts';
import type { Range } from './range.ts';
import type { Tnum } from './tnum.ts';

/**
 * What is known of a scalar (`bpf_reg_state`): a word lies in it when it lies in `varOff` and in `r64` (umin_value to
 * smax_value), and its lower half in `r32` (u32_min_value to s32_max_value). A state can be empty, and none of the three
 * has to know what the others do.
 */
export interface RegState<W> {
  /** Of the whole register, in wide words. */
  readonly varOff: Tnum<W>;
  readonly r64: Range<W>;
  /** In words of half the width. */
  readonly r32: Range<W>;
}

/** The tnum of the lower half, in words of half the width. */
export function subreg<W, B>({ low }: Algebra<W, B>, { value, mask }: Tnum<W>): Tnum<W> {
  return { value: low(value), mask: low(mask) };
}

/** The tnum with another lower half (`tnum_with_subreg`). */
export function withSubreg<W, B>(
  { wide, half, zext }: Algebra<W, B>,
  { value, mask }: Tnum<W>,
  lower: Tnum<W>,
): Tnum<W> {
  const upper = wide.not(zext(half.ones));
  return {
    value: wide.or(wide.and(value, upper), zext(lower.value)),
    mask: wide.or(wide.and(mask, upper), zext(lower.mask)),
  };
}

/** The tnum with zeros above the lower half. */
export function zeroExtended<W, B>({ zext }: Algebra<W, B>, lower: Tnum<W>): Tnum<W> {
  return { value: zext(lower.value), mask: zext(lower.mask) };
}
