// Which registers and slots of a checkpoint were read after it. A read belongs to the checkpoint before, and to those
// before that, up to one since which the register was written (`mark_reg_read`). What nobody read need not be
// compared.

import { BYTE_SWAP, MOVSX } from '../../isa/operations.ts';
import { FRAME_POINTER } from '../../isa/program.ts';
import type { LivenessPart } from '../parts.ts';
import type { Frame } from '../state/frame.ts';
import type { State } from '../state/state.ts';
import type { Verification } from '../verification.ts';

/** r1 to r5, which a callee is given, as a bit set. */
const ARGUMENTS = 0b111110;
/** r0 to r5, which a call clobbers, as a bit set. */
const CALLER_SAVED = 0b111111;

/**
 * Where a register of a frame was, at the checkpoint before: a callee's arguments in the caller, the r0 that it
 * returned in the callee.
 */
function frameAtParent(parent: State, frame: number, register: number): number {
  const top = parent.frames.length - 1;
  if (frame > top) return top;
  return register === 0 ? top : frame;
}

function readRegister(v: Verification, frame: number, register: number): void {
  if ((v.state.frames[frame]!.written.registers & (1 << register)) !== 0) return;
  markRegister(v, frame, register, !readsHalf(v, frame, register), 0);
}

/** Whether the current instruction reads only the lower half of a register (`is_reg64`). */
function readsHalf(v: Verification, frame: number, register: number): boolean {
  const instruction = v.subject.program.code[v.pc];
  if (instruction === undefined) return false;
  const { operation } = instruction.row;
  switch (operation.family) {
    case 'alu':
    case 'neg':
    case 'jump':
      return operation.width === 32;
    case 'movsx':
      return MOVSX[operation.op].width === 32;
    case 'swap':
      return BYTE_SWAP[operation.op].class === 'ALU' && BYTE_SWAP[operation.op].bits < 64;
    case 'stx':
      return operation.size !== 'DW' && isScalar(v, frame, register);
    case 'atomic':
      return operation.width === 32 && isScalar(v, frame, register);
    default:
      return false;
  }
}

function isScalar(v: Verification, frame: number, register: number): boolean {
  return v.state.frames[frame]!.registers[register]!.type === 'scalar';
}

/** @param whole whether all 64 bits are read. @param length of the chain of states already marked. */
function markRegister(
  v: Verification,
  frame: number,
  register: number,
  whole: boolean,
  length: number,
): void {
  const bit = 1 << register;
  let chain = length;
  let number = frame;
  let state = v.state;
  for (;;) {
    if ((state.frames[number]!.written.registers & bit) !== 0) break;
    const { parent } = state;
    if (parent === undefined) break;
    number = frameAtParent(parent, number, register);
    const before = parent.frames[number]!;
    if (((whole ? before.wholeReads : before.read.registers) & bit) !== 0) break;
    before.read.registers |= bit;
    if (whole) before.wholeReads |= bit;
    state = parent;
    chain++;
  }
  if (chain > v.exploration.markRead) v.exploration.markRead = chain;
}

function readSlot(v: Verification, frame: number, slot: number): void {
  markSlot(v, frame, slot, 0);
}

function markSlot(v: Verification, frame: number, slot: number, length: number): void {
  let chain = length;
  let state = v.state;
  for (;;) {
    const current = state.frames[frame]!;
    if (current.written.slots.has(slot)) break;
    const { parent } = state;
    const before = parent?.frames[frame];
    // A slot that is newer than the checkpoint, or of another call, is none of its slots.
    if (before === undefined || before.identity !== current.identity) break;
    if (slot >= before.slots.length || before.read.slots.has(slot)) break;
    before.read.slots.add(slot);
    state = parent!;
    chain++;
  }
  if (chain > v.exploration.markRead) v.exploration.markRead = chain;
}

/** What was read after a state that covers the current one counts as read of the current one (`propagate_liveness`). */
function propagate(v: Verification, old: State): void {
  const top = old.frames.length - 1;
  for (let number = 0; number <= top; number++) {
    const { read, wholeReads, slots } = old.frames[number]!;
    // A caller's r0 to r5 are the callee's matter.
    const registers = number < top ? read.registers & ~CALLER_SAVED : read.registers;
    for (let r = 0; r < FRAME_POINTER; r++) {
      if (((registers >>> r) & 1) === 0) continue;
      markRegister(v, number, r, ((wholeReads >>> r) & 1) !== 0, 1);
    }
    const common = Math.min(slots.length, v.state.frames[number]!.slots.length);
    for (let slot = 0; slot < common; slot++) {
      if (read.slots.has(slot)) markSlot(v, number, slot, 1);
    }
  }
}

/** A callee's r1 to r5 are its caller's; the caller's r0 to r5 are gone. Called once the callee's frame is made. */
function enterFrame(caller: Frame, callee: Frame): void {
  callee.written.registers = caller.written.registers & ARGUMENTS;
  caller.written.registers |= CALLER_SAVED;
}

/** The caller's r0 is its callee's. Called when r0 is handed over. */
function leaveFrame(callee: Frame, caller: Frame): void {
  caller.written.registers |= ARGUMENTS;
  caller.written.registers &= ~1;
  caller.written.registers |= callee.written.registers & 1;
}

export const LIVENESS_PART: LivenessPart = {
  readRegister,
  readSlot,
  propagate,
  enterFrame,
  leaveFrame,
};
