// Calls of functions of the program, which are gone through for each call (`setup_func_entry`, `prepare_func_exit`).

import type { Instruction } from '../../isa/instruction.ts';
import { FRAME_POINTER, targetOf } from '../../isa/program.ts';
import { Frame } from '../state/frame.ts';
import { Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';

export interface LocalCallPart {
  /** `frames` at a time: at most `limits.frames`. */
  checkFrames(v: Verification, frames: number): void;
  /** A callee's frame: R1 to R5 are the caller's, R10 its own, the stack as nothing wrote it. */
  enter(v: Verification, caller: Frame, subprogram: number): Frame;
  /** What a call leaves of the caller's R0 to R5: nothing, until the callee returns R0. */
  clobberCaller(v: Verification, caller: Frame): void;
  /** A callee's stack is gone when it has returned. */
  checkReturned(v: Verification, callee: Frame): void;
}

const ARGUMENTS_FIRST = 1;
const ARGUMENTS_LAST = 5;

export const LOCAL_CALL_PART: LocalCallPart = {
  checkFrames: (v, frames) => {
    if (frames <= v.rules.limits.frames) return;
    v.reject('E2BIG', `the call stack of ${frames} frames is too deep`);
  },
  enter: (v, caller, subprogram) => {
    const number = caller.number + 1;
    const registers: Register[] = new Array(FRAME_POINTER + 1).fill(v.notInit);
    for (let r = ARGUMENTS_FIRST; r <= ARGUMENTS_LAST; r++) registers[r] = caller.registers[r]!;
    const pointer = new Register('fp', v.domain.constant(0n));
    registers[FRAME_POINTER] = pointer.with({ frame: number });
    return new Frame(number, subprogram, v.pc, registers);
  },
  clobberCaller: (v, caller) => {
    for (let r = 0; r <= ARGUMENTS_LAST; r++) caller.setRegister(r, v.notInit);
  },
  checkReturned: (v, { registers }) => {
    if (registers[0]!.type !== 'fp') return;
    v.reject('EINVAL', 'cannot return stack pointer to the caller');
  },
};

/** @returns where the callee starts */
export function callLocal(v: Verification, instruction: Instruction): number {
  const { localCall: rules, liveness } = v.parts;
  const { frames } = v.state;
  rules.checkFrames(v, frames.length + 1);
  const target = targetOf(instruction, v.pc)!;
  const caller = v.frame;
  const callee = rules.enter(v, caller, v.flow.functionOf[target]!);
  liveness.enterFrame(caller, callee);
  rules.clobberCaller(v, caller);
  frames.push(callee);
  v.log.call(caller, callee);
  return target;
}

/** Ends the running function. @returns where its caller goes on */
export function leaveFunction(v: Verification): number {
  const { localCall: rules, liveness } = v.parts;
  const { frames } = v.state;
  const callee = v.frame;
  rules.checkReturned(v, callee);
  const caller = frames[frames.length - 2]!;
  // Not as a change: the log tells the caller's whole state.
  caller.registers[0] = callee.registers[0]!;
  liveness.leaveFrame(callee, caller);
  const to = callee.callSite + 1;
  v.log.return(callee, caller, to);
  frames.pop();
  return to;
}
