// The first difference between two engines, in words.

import type { Difference } from '../../fuzz/compare.ts';
import type { Colors } from '../terminal.ts';

/** `r0: interp 0x7, smt 0x8`. */
export function differenceText(
  { at, left, right }: Difference,
  colors: Colors,
  names: readonly [string, string] = ['interp', 'smt'],
): string {
  return `${colors.bold(at)}: ${names[0]} ${left}, ${names[1]} ${right}`;
}
