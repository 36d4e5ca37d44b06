// Jumps without a condition.

import { invariant } from '../../errors.ts';
import { targetOf } from '../../isa/program.ts';
import type { Transfer } from '../parts.ts';

/** JA, in its two forms. */
export const ja: Transfer = (v, instruction) => {
  const target = targetOf(instruction, v.pc);
  invariant(target !== undefined, `${instruction.row.name} has a target`);
  return target;
};
