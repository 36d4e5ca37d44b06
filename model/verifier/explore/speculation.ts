// Paths that only a processor's speculation takes (Spectre v1), gone through for programs without privileges: what is
// refused there refuses the program, as its effects could be seen (`sanitize_speculative_path`).

import type { State } from '../state/state.ts';
import type { PointerSum } from '../steps/pointer.ts';
import type { Verification } from '../verification.ts';

export interface SpeculationPart {
  /**
   * The way that a decided jump does not go: the processor may go there before it knows the operands.
   * @param pc where it leads. @param src -1 for an immediate.
   */
  mispredict(v: Verification, pc: number, dst: number, src: number): void;
  /** A sum whose number is masked to 0, where it was not what it was verified to be: the pointer does not move. */
  mask(v: Verification, sum: PointerSum): void;
  /** Whether an old state may cover a current one: one of speculation says nothing of paths that are really taken. */
  mayCover(old: State, current: State): boolean;
}

function mispredict(v: Verification, pc: number, dst: number, src: number): void {
  if (v.subject.privileged) return;
  const { frame } = pushSpeculation(v, pc);
  v.refine(frame, dst, v.unknownScalar);
  if (src >= 0) v.refine(frame, src, v.unknownScalar);
}

function mask(v: Verification, { dst, src, pointer, isCommuted }: PointerSum): void {
  const { frame } = pushSpeculation(v, v.pc + 1);
  // A copy of the pointer counts as written if the pointer does.
  const isWritten = !isCommuted || ((frame.written.registers >>> src) & 1) !== 0;
  if (isWritten) frame.written.registers |= 1 << dst;
  else frame.written.registers &= ~(1 << dst);
  v.refine(frame, dst, pointer);
}

function pushSpeculation(v: Verification, pc: number): State {
  const state = v.parts.explore.pushBranch(v, pc);
  state.isSpeculative = true;
  return state;
}

export const SPECULATION_PART: SpeculationPart = {
  mispredict,
  mask,
  mayCover: (old, current) => current.isSpeculative || !old.isSpeculative,
};
