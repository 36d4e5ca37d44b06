// What a path remembers of its instructions, for precision to be traced back along (`push_insn_history`).

import type { Step } from '../state/state.ts';
import type { Verification } from '../verification.ts';

/** The path came to the current instruction by a jump, or may have. */
export function recordArrival(v: Verification): void {
  push(v, v.state.history);
}

/** Adds what the current instruction notes of itself, if anything, to its step. */
export function recordNotes(v: Verification): void {
  if (v.stackFrame < 0 && v.linked === undefined && v.stackPointers === 0) return;
  const { history } = v.state;
  const { step } = v.exploration;
  if (step !== undefined && step === history) push(v, step.before, step);
  else push(v, history);
  v.stackFrame = -1;
  v.stackSlot = -1;
  v.linked = undefined;
  v.stackPointers = 0;
}

/** @param earlier what the step said before: it is replaced. */
function push(v: Verification, before: Step | undefined, earlier?: Step): void {
  const notesStack = v.stackFrame >= 0;
  const step: Step = {
    pc: v.pc,
    previousPc: v.state.lastPc,
    stackFrame: notesStack ? v.stackFrame : (earlier?.stackFrame ?? -1),
    stackSlot: notesStack ? v.stackSlot : (earlier?.stackSlot ?? -1),
    linked: v.linked ?? earlier?.linked,
    stackPointers: v.stackPointers | (earlier?.stackPointers ?? 0),
    before,
    length: before === undefined ? 1 : before.length + 1,
  };
  v.state.history = step;
  v.exploration.step = step;
}
