// Registers that hold numbers, as instructions make them.

import type { Scalar } from '../scalars.ts';
import { Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';

/** A number that owes nothing to what its register held before. Without privileges all numbers are precise. */
export function scalarRegister(v: Verification, value: Scalar): Register {
  return new Register('scalar', value, 0, 0, false, 0, -1, 0, !v.subject.privileged);
}

/** The number of an immediate, sign-extended from 32 bits. */
export function immediateRegister(v: Verification, imm: number): Register {
  const made = v.immediates.get(imm);
  if (made !== undefined) return made;
  const register = new Register('scalar', v.domain.immediate(imm));
  v.immediates.set(imm, register);
  return register;
}

/** The result of arithmetic on a number: it keeps what is asked of its precision, and no id. */
export function resultRegister(v: Verification, dst: Register, value: Scalar): Register {
  if (value === v.domain.unknown) return v.unknownScalar;
  return new Register('scalar', value, 0, 0, false, 0, -1, 0, dst.precise);
}

/** Whether a number is known, in 64 bits. */
export function isConstant(value: Scalar): boolean {
  return value.isConstant;
}

/** Whether the number of a comparison or an operation is known in its width. */
export function isConstantIn(width: 32 | 64, value: Scalar): boolean {
  return width === 64 ? value.isConstant : value.isHalfConstant;
}

/** The known number in the width, unsigned. */
export function constantIn(width: 32 | 64, { value }: Scalar): bigint {
  return width === 64 ? value : BigInt.asUintN(32, value);
}

/** The least number, signed. */
export function signedMin({ smin }: Scalar): bigint {
  return BigInt.asIntN(64, smin);
}

/** The greatest number, signed. */
export function signedMax({ smax }: Scalar): bigint {
  return BigInt.asIntN(64, smax);
}
