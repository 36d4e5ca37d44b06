// Writing the stack: registers are kept as they are where they are stored in one piece, and are data elsewhere.

import { sameScalar } from '../scalars.ts';
import type { Frame } from '../state/frame.ts';
import { isPointer, type Register } from '../state/register.ts';
import { BYTE, type ByteKind, byteKind, SLOT_SIZE } from '../state/slot.ts';
import { immediateRegister } from '../steps/scalar.ts';
import type { Verification } from '../verification.ts';
import { byteOf, fitsBytes, isZero, slotOf } from './slots.ts';
import { noteTouched, type StackRange, tracesThrough } from './stack-bounds.ts';

export interface StackWritePart {
  /** Whether a number that is stored at the start of a slot is kept track of. @param isImmediate it is no register's. */
  spillsScalar(v: Verification, scalar: Register, isImmediate: boolean): boolean;
  /** Refuses to store a pointer where it cannot be kept track of, or would outlive what it points to. */
  checkPointer(v: Verification, pointer: Register, frame: Frame, size: number): void;
  /** Refuses to overwrite part of a stored pointer without privileges: its bits could be read then. */
  checkOverwrite(v: Verification, frame: Frame, slot: number, size: number): void;
  /** A number in a register as it is stored: shares its id where all of it is stored, else it has none. */
  linkSpilled(v: Verification, register: number, size: number): Register;
  /** A store at an offset that varies: each byte may be the old or the new one. @param zero whether 0 is stored. */
  mergeByte(v: Verification, frame: Frame, at: number, zero: boolean): 'zero' | 'any';
  /**
   * A store (`check_stack_write`). @param register the pointer's. @param value the register that is stored; -1 for an
   * immediate, or for what an atomic operation computes.
   */
  write(v: Verification, register: number, range: StackRange, size: number, value: number): void;
}

/** What is stored: a register's contents, an immediate, or undefined for what is computed. */
function storedRegister(v: Verification, value: number): Register | undefined {
  if (value >= 0) return v.frame.registers[value]!;
  const { row, imm } = v.subject.program.code[v.pc]!;
  return row.operation.family === 'st' ? immediateRegister(v, imm) : undefined;
}

/** What the slot's bytes are kept as, or undefined where they are only data. */
function spilledRegister(
  v: Verification,
  register: number,
  { frame, least: offset }: StackRange,
  size: number,
  value: number,
  stored: Register | undefined,
): Register | undefined {
  const { stackWrite } = v.parts;
  if (stored === undefined) return undefined;
  if (isPointer(stored)) {
    stackWrite.checkPointer(v, stored, frame, size);
    return stored;
  }
  const spills = byteOf(offset) === 0 && stackWrite.spillsScalar(v, stored, value < 0);
  if (!spills) return undefined;
  if (value < 0) return stored;
  // Precision will not be asked for later where it cannot be traced through the slot.
  if (!tracesThrough(v, register)) v.parts.precision.markRegister(v, value);
  return stackWrite.linkSpilled(v, value, size);
}

/** Bytes that are only data: all 0, which then hangs on what was stored, or any. */
function dataKind(v: Verification, value: number, stored: Register | undefined): ByteKind {
  if (stored === undefined || !isZero(stored)) return BYTE.misc;
  if (value >= 0) v.parts.precision.markRegister(v, value);
  return BYTE.zero;
}

function writeFixed(
  v: Verification,
  register: number,
  range: StackRange,
  size: number,
  value: number,
): void {
  const { frame, least: offset } = range;
  const [slot, at] = [slotOf(offset), byteOf(offset)];
  noteTouched(v, slot);
  v.parts.stackWrite.checkOverwrite(v, frame, slot, size);
  const stored = storedRegister(v, value);
  const spilled = spilledRegister(v, register, range, size, value, stored);
  if (spilled === undefined) {
    const kind = dataKind(v, value, stored);
    frame.slots[slot] = v.parts.slots.data(v, frame.slot(slot), at, at + size, kind);
  } else {
    frame.slots[slot] = v.parts.slots.spill(v, frame.slot(slot), size, spilled);
    if (tracesThrough(v, register)) v.noteStackAccess(frame.number, slot);
  }
  if (size === SLOT_SIZE) frame.written.slots.add(slot);
}

function writeVariable(
  v: Verification,
  { frame, least, greatest }: StackRange,
  size: number,
  value: number,
): void {
  const stored = storedRegister(v, value);
  const zero = stored !== undefined && isZero(stored);
  let keepsZero = false;
  for (let at = least; at < greatest + size; at++) {
    noteTouched(v, slotOf(at));
    if (v.parts.stackWrite.mergeByte(v, frame, at, zero) === 'zero') keepsZero = true;
  }
  if (keepsZero && value >= 0) v.parts.precision.markRegister(v, value);
}

export const STACK_WRITE_PART: StackWritePart = {
  spillsScalar: (v, scalar, isImmediate) => {
    if (!v.subject.privileged) return false;
    if (v.rules.scalarSpills === 'all') return true;
    return !isZero(scalar) && (isImmediate || !sameScalar(scalar.value, v.domain.unknown));
  },

  checkPointer: (v, pointer, frame, size) => {
    if (size !== SLOT_SIZE) v.reject('EACCES', 'invalid size of register spill');
    if (pointer.type === 'fp' && frame !== v.frame) {
      v.reject('EINVAL', 'cannot spill pointers to stack into stack frame of the caller');
    }
  },

  checkOverwrite: (v, frame, slot, size) => {
    const { spilled } = frame.slot(slot);
    if (spilled === undefined || size === SLOT_SIZE) return;
    if (v.parts.leaks.leaks(v, spilled)) {
      v.reject('EACCES', 'attempt to corrupt spilled pointer on stack');
    }
  },

  linkSpilled: (v, register, size) => {
    const scalar = v.frame.registers[register]!;
    if (!fitsBytes(scalar, size)) return v.parts.linked.unlink(scalar);
    if (v.rules.scalarSpills !== 'all') return scalar;
    const linked = v.parts.linked.identify(v, scalar);
    v.refine(v.frame, register, linked);
    return linked;
  },

  mergeByte: (v, frame, at, zero) => {
    const slot = slotOf(at);
    const old = frame.slot(slot);
    const kind = byteKind(old.bytes, byteOf(at));
    if (zero && kind === BYTE.spill && isZero(old.spilled!)) return 'zero';
    const scrubbed = v.parts.slots.scrub(old);
    const keepsZero = zero && byteKind(scrubbed.bytes, byteOf(at)) === BYTE.zero;
    const merged = keepsZero ? BYTE.zero : BYTE.misc;
    frame.slots[slot] = v.parts.slots.data(v, scrubbed, byteOf(at), byteOf(at) + 1, merged);
    return keepsZero ? 'zero' : 'any';
  },

  write: (v, register, range, size, value) => {
    if (range.varies) writeVariable(v, range, size, value);
    else writeFixed(v, register, range, size, value);
  },
};
