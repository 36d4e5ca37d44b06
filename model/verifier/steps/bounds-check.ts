// Bounds that contradict each other: a branch that no value takes, or one way to learn less than another.

import type { Scalar } from '../scalars.ts';
import type { Verification } from '../verification.ts';

export interface BoundsCheckPart {
  /**
   * A state after it was computed (`reg_bounds_sanity_check`, Linux 6.8): where it contradicts itself, its bounds
   * are given up, and its tnum stays.
   * @param where as the log says it: `alu`, `true_reg1`, `true_reg2`, `false_reg1`, `false_reg2`.
   */
  withoutContradiction(v: Verification, where: string, value: Scalar): Scalar;
}

type Bounds = Scalar['r64'];

function isCrossed(width: 32 | 64, { umin, umax, smin, smax }: Bounds): boolean {
  return umin > umax || BigInt.asIntN(width, smin) > BigInt.asIntN(width, smax);
}

function isNot({ umin, umax, smin, smax }: Bounds, value: bigint): boolean {
  return umin !== value || umax !== value || smin !== value || smax !== value;
}

function contradiction({ varOff, r64, r32 }: Scalar): string | undefined {
  if (isCrossed(64, r64) || isCrossed(32, r32)) return 'range bounds violation';
  const { value, mask } = varOff;
  if (mask === 0n && isNot(r64, value)) return 'const tnum out of sync with range bounds';
  if (BigInt.asUintN(32, mask) === 0n && isNot(r32, BigInt.asUintN(32, value))) {
    return 'const subreg tnum out of sync with range bounds';
  }
  return undefined;
}

const hex = (word: bigint) => `0x${word.toString(16)}`;
const pair = (a: bigint, b: bigint) => `${hex(a)}, ${hex(b)}`;

function boundsText({ varOff, r64, r32 }: Scalar): string {
  const signs = (bits: number, { umin, umax, smin, smax }: Bounds) =>
    `u${bits}=[${pair(umin, umax)}] s${bits}=[${pair(smin, smax)}]`;
  return `${signs(64, r64)} ${signs(32, r32)} var_off=(${pair(varOff.value, varOff.mask)})`;
}

export const BOUNDS_CHECK_PART: BoundsCheckPart = {
  withoutContradiction: (v, where, value) => {
    if (!v.rules.checksBounds) return value;
    if (v.domain.isConsistent(value)) return value;
    if (v.log.level > 0) {
      const found = contradiction(value);
      v.log.line(`REG INVARIANTS VIOLATION (${where}): ${found} ${boundsText(value)}`);
    }
    const { r64, r32 } = v.domain.unknown;
    return v.domain.stateOf({ varOff: value.varOff, r64, r32 });
  },
};
