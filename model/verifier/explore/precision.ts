// Scalars on whose value safety hangs. They are marked in all checkpoints that the value went through, so that only
// states with the same range are taken for alike (`mark_chain_precision`).

import type { PrecisionPart } from '../parts.ts';
import type { Frame } from '../state/frame.ts';
import type { Register } from '../state/register.ts';
import { StackSlot } from '../state/slot.ts';
import type { State, Step } from '../state/state.ts';
import type { Verification } from '../verification.ts';
import type { BacktrackState } from './backtrack-state.ts';
import {
  logFallback,
  logForced,
  logInstruction,
  logParent,
  logPropagated,
  logSegment,
} from './precision-log.ts';

function markRegister(v: Verification, register: number): void {
  if (!v.subject.privileged) return;
  const bt = start(v);
  bt.addRegister(register);
  trace(v, bt);
}

/**
 * What had to be precise in a state that covers the current one has to be in the current one (`propagate_precision`).
 * Without privileges it is anyhow, and only told.
 */
function propagate(v: Verification, old: State): void {
  const traces = v.subject.privileged;
  if (!traces && v.log.level === 0) return;
  const bt = start(v);
  for (let number = old.frames.length - 1; number >= 0; number--) {
    const { registers, slots, read } = old.frames[number]!;
    const asked: string[] = [];
    for (let r = 0; r < registers.length; r++) {
      if (!isPreciseScalar(registers[r]) || ((read.registers >>> r) & 1) === 0) continue;
      bt.addRegister(r, number);
      asked.push(`r${r}`);
      if (traces) traceAlone(v, bt, number);
    }
    for (let slot = 0; slot < slots.length; slot++) {
      if (!isPreciseScalar(slots[slot]!.spilled) || !read.slots.has(slot)) continue;
      bt.addSlot(number, slot);
      asked.push(`fp${-8 * (slot + 1)}`);
      if (traces) traceAlone(v, bt, number);
    }
    logPropagated(v, number, asked);
  }
  if (traces) trace(v, bt);
}

/** Where calls are not traced, each place is on its own, and all instructions are taken for its frame's. */
function traceAlone(v: Verification, bt: BacktrackState, frame: number): void {
  if (v.rules.pruning.backtracksCalls) return;
  bt.frame = frame;
  trace(v, bt);
  bt.clear();
}

function isPreciseScalar(register: Register | undefined): boolean {
  return register?.precise === true && register.type === 'scalar';
}

function start(v: Verification): BacktrackState {
  const bt = v.exploration.backtrack;
  bt.clear();
  bt.frame = v.state.frames.length - 1;
  return bt;
}

/** Traces what is asked for back along the path, from before the current instruction. */
function trace(v: Verification, bt: BacktrackState): void {
  if (bt.isEmpty) return;
  let state = v.state;
  let lastPc = v.pc;
  let nextPc = -1;
  for (;;) {
    logSegment(v, bt, lastPc, state.firstPc, nextPc);
    if (!v.parts.precision.traceSegment(v, bt, state, lastPc, nextPc)) {
      markAll(v, bt, v.rules.pruning.backtracksCalls ? v.state : state);
      return;
    }
    if (bt.isEmpty) return;
    const { firstPc, parent } = state;
    if (parent === undefined) break;
    for (let number = bt.frame; number >= 0; number--) {
      markFrame(v, bt, parent.frames[number]!);
      logParent(v, bt, parent.frames[number]!);
    }
    if (bt.isEmpty) return;
    nextPc = firstPc;
    lastPc = parent.lastPc;
    state = parent;
  }
  // Something was stored or computed in a way that is not understood.
  if (v.rules.pruning.backtracksCalls) markAll(v, bt, v.state);
}

/**
 * Traces back through the instructions since a state's checkpoint.
 * @param lastPc the last of them. @param nextPc the one gone through after it; -1 where the current one is the last.
 * @returns false where an instruction is not understood.
 */
function traceSegment(
  v: Verification,
  bt: BacktrackState,
  state: State,
  lastPc: number,
  nextPc: number,
): boolean {
  const { code } = v.subject.program;
  const { backtracks } = v.exploration;
  let step: Step | undefined = state.history;
  let pc = lastPc;
  let next = nextPc;
  // The current instruction has not been gone through.
  let isDone = nextPc < 0;
  for (;;) {
    const instruction = code[pc];
    if (!isDone && instruction !== undefined) {
      logInstruction(v, bt, pc, instruction);
      const rule = backtracks[pc] ?? v.parts.backtrack[instruction.row.operation.family];
      backtracks[pc] = rule;
      if (!rule(v, bt, instruction, step?.pc === pc ? step : undefined, pc, next)) return false;
    }
    isDone = false;
    if (bt.isEmpty) return true;
    next = pc;
    if (pc === state.firstPc && (step === undefined || (step.length === 1 && step.pc === pc))) {
      return true;
    }
    if (step?.pc === pc) {
      pc = step.previousPc;
      step = step.before;
    } else pc--;
  }
}

/** Marks a checkpoint's scalars that are asked for. Those that are no scalars, or marked already, are not asked for any more. */
function markFrame(v: Verification, bt: BacktrackState, frame: Frame): void {
  const { number, registers, slots } = frame;
  const asked = bt.registersOf(number);
  for (let r = 0; asked >>> r !== 0; r++) {
    if (((asked >>> r) & 1) === 0) continue;
    if (isImpreciseScalar(registers[r])) registers[r] = withPrecision(registers[r]!, true);
    else bt.deleteRegister(r, number);
  }
  for (const slot of bt.slotsOf(number)) {
    if (slot >= slots.length) {
      v.reject('EFAULT', `BUG backtracking (stack slot ${slot}, total slots ${slots.length})`);
    }
    if (isImpreciseScalar(slots[slot]!.spilled)) slots[slot] = slotWith(slots[slot]!, true);
    else bt.deleteSlot(number, slot);
  }
}

function isImpreciseScalar(register: Register | undefined): boolean {
  return register?.precise === false && register.type === 'scalar';
}

/** Marks every scalar of all checkpoints of a state's path (`mark_all_scalars_precise`). */
function markAll(v: Verification, bt: BacktrackState, last: State): void {
  logFallback(v);
  for (let state = last.parent; state !== undefined; state = state.parent) {
    for (const { number, registers, slots } of state.frames) {
      for (let r = 0; r < registers.length; r++) {
        if (!isImpreciseScalar(registers[r])) continue;
        registers[r] = withPrecision(registers[r]!, true);
        logForced(v, number, `r${r}`);
      }
      for (let slot = 0; slot < slots.length; slot++) {
        if (!isImpreciseScalar(slots[slot]!.spilled)) continue;
        slots[slot] = slotWith(slots[slot]!, true);
        logForced(v, number, `fp${-8 * (slot + 1)}`);
      }
    }
  }
  bt.clear();
}

/** A state's scalars count as imprecise until something hangs on them (`mark_all_scalars_imprecise`). */
function forget(v: Verification, state: State): void {
  if (!v.subject.privileged) return;
  for (const { registers, slots } of state.frames) {
    for (let r = 0; r < registers.length; r++) {
      if (isPreciseScalar(registers[r])) registers[r] = withPrecision(registers[r]!, false);
    }
    for (let slot = 0; slot < slots.length; slot++) {
      if (isPreciseScalar(slots[slot]!.spilled)) slots[slot] = slotWith(slots[slot]!, false);
    }
  }
}

function withPrecision(register: Register, precise: boolean): Register {
  return register.with({ precise });
}

function slotWith({ bytes, spilled }: StackSlot, precise: boolean): StackSlot {
  return new StackSlot(bytes, withPrecision(spilled!, precise));
}

export const PRECISION_PART: PrecisionPart = {
  markRegister,
  propagate,
  forget,
  traceSegment,
};
