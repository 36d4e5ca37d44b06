// What a verifier says of programs, perhaps with a planted fault.

import type { TestedVerifier } from '../../../fuzz/verifier/oracle/tested.ts';
import { verify } from '../../../model/verifier/index.ts';
import { subjectOf } from '../../model/verifier/subjects.ts';
import type { Refused } from './index.ts';

/** Whether a verifier refuses a program as the kernel does. */
export function refuses(
  tested: TestedVerifier,
  { subject, keepsAllStates, message }: Refused,
): boolean {
  const verdict = verify(subject, { ...tested, keepsAllStates });
  return verdict.kind === 'rejected' && verdict.message === message;
}

const TAIL_CALL_BEYOND = subjectOf('r2 = map[jmp]; r3 = 4; call bpf_tail_call; r0 = 0; exit');

/** Tail calls with a constant index that the verifier lets a compiler make direct: none beyond the array. */
export function directTailCallsBeyond(tested: TestedVerifier): number {
  const verdict = verify(TAIL_CALL_BEYOND, tested);
  return verdict.kind === 'accepted' ? (verdict.tailCalls ?? []).length : 0;
}
