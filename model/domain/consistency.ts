// When a state contradicts itself.

import type { Algebra, Bits } from './algebra.ts';
import type { Range } from './range.ts';
import { type RegState, subreg } from './state.ts';
import type { Tnum } from './tnum.ts';

/** Whether no bounds are crossed, and what is known to be one word has its bounds (`reg_bounds_sanity_check`). */
export function isConsistent<W, B>(algebra: Algebra<W, B>, { varOff, r64, r32 }: RegState<W>): B {
  const { logic, wide, half } = algebra;
  return logic.and(
    agree(algebra, wide, varOff, r64),
    agree(algebra, half, subreg(algebra, varOff), r32),
  );
}

function agree<W, B>(
  { logic }: Algebra<W, B>,
  bits: Bits<W, B>,
  { value, mask }: Tnum<W>,
  { umin, umax, smin, smax }: Range<W>,
): B {
  const uncrossed = logic.and(bits.ule(umin, umax), bits.sle(smin, smax));
  const isWord = (bound: W): B => bits.eq(bound, value);
  const areWord = logic.and(
    logic.and(isWord(umin), isWord(umax)),
    logic.and(isWord(smin), isWord(smax)),
  );
  return logic.and(uncrossed, logic.or(logic.not(bits.eq(mask, bits.zero)), areWord));
}
