// What an instruction's row says of its operation, where the family is known.

import { invariant } from '../../errors.ts';
import type { Instruction } from '../../isa/instruction.ts';
import type { Operation } from '../../isa/row.ts';

type OperationOf<F extends Operation['family']> = Extract<Operation, { family: F }>;

/** The operation of an instruction that is of the family. */
export function operationOf<F extends Operation['family']>(
  { row }: Instruction,
  family: F,
): OperationOf<F> {
  const { operation } = row;
  invariant(operation.family === family, `${row.name} is not of the family ${family}`);
  return operation as OperationOf<F>;
}
