// The theorems about the verifier's scalar domain.

import type { Theorem } from '../theorem.ts';
import { ALU_THEOREMS } from './arithmetic.ts';
import { JUMP_THEOREMS } from './branches.ts';
import { MULTIPLY_THEOREMS } from './multiply.ts';
import { REDUCTION_THEOREMS } from './reduction.ts';
import { SHIFT_THEOREMS } from './shift.ts';
import { TNUM_THEOREMS } from './tnum.ts';

export const DOMAIN_THEOREMS: readonly Theorem[] = [
  ...ALU_THEOREMS,
  ...JUMP_THEOREMS,
  ...MULTIPLY_THEOREMS,
  ...REDUCTION_THEOREMS,
  ...SHIFT_THEOREMS,
  ...TNUM_THEOREMS,
];
