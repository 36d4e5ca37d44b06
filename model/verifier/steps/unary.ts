// NEG and END: numbers of which the verifier knows nothing afterwards.

import type { Transfer } from '../parts.ts';
import type { Scalar } from '../scalars.ts';
import { isPointer } from '../state/register.ts';
import type { Verification } from '../verification.ts';
import { scalarRegister } from './scalar.ts';

export interface UnaryPart {
  /** The result of a negation (END: of a byte swap). */
  neg(v: Verification, width: 32 | 64, value: Scalar): Scalar;
  end(v: Verification, value: Scalar): Scalar;
}

/** NEG. */
export const neg: Transfer = (v, { row, dst }) => {
  const value = useNumber(v, dst);
  const width = row.operation.family === 'neg' ? row.operation.width : 64;
  v.define(dst, scalarRegister(v, v.parts.unary.neg(v, width, value)));
  return v.pc + 1;
};

/** END: byte swaps, unconditional ones among them. */
export const swap: Transfer = (v, { dst }) => {
  const value = useNumber(v, dst);
  v.define(dst, scalarRegister(v, v.parts.unary.end(v, value)));
  return v.pc + 1;
};

function useNumber(v: Verification, dst: number): Scalar {
  const register = v.use(dst);
  if (!isPointer(register)) return register.value;
  if (!v.subject.privileged) v.reject('EACCES', `R${dst} pointer arithmetic prohibited`);
  return v.domain.unknown;
}

export const UNARY_PART: UnaryPart = {
  neg: (v, width, value) => v.domain.neg(width, value),
  end: (v, value) => v.domain.end(value),
};
