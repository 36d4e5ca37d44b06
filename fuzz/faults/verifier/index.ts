// Every planted fault of the verifier.

import { InputError } from '../../../model/errors.ts';
import { didYouMean } from '../../../model/isa/text/nearest.ts';
import { CALL_FAULTS } from './calls.ts';
import type { VerifierFault } from './fault.ts';
import { MEMORY_FAULTS } from './memory.ts';
import { POINTER_FAULTS } from './pointers.ts';
import { PRUNING_FAULTS } from './pruning.ts';
import { REGISTER_FAULTS } from './registers.ts';

export type { VerifierFault } from './fault.ts';

export const VERIFIER_FAULTS: readonly VerifierFault[] = [
  ...REGISTER_FAULTS,
  ...POINTER_FAULTS,
  ...MEMORY_FAULTS,
  ...CALL_FAULTS,
  ...PRUNING_FAULTS,
];

/** @throws InputError naming the closest faults there are. */
export function verifierFaultNamed(name: string): VerifierFault {
  const fault = VERIFIER_FAULTS.find((candidate) => candidate.name === name);
  if (fault !== undefined) return fault;
  const names = VERIFIER_FAULTS.map((candidate) => candidate.name);
  throw new InputError(`there is no fault '${name}'${didYouMean(name, names)}`);
}
