// Reading the stack: what was stored, if it was stored in one piece; a number if not.

import type { Frame } from '../state/frame.ts';
import type { Register } from '../state/register.ts';
import { BYTE, type ByteKind, byteKind, SLOT_SIZE, StackSlot } from '../state/slot.ts';
import { scalarRegister } from '../steps/scalar.ts';
import type { Verification } from '../verification.ts';
import { byteOf, fitsBytes, isWholeSpill, isZero, slotOf, spillSize } from './slots.ts';
import { noteTouched, type StackRange, tracesThrough } from './stack-bounds.ts';

export interface StackReadPart {
  /**
   * Whether a load of part of a stored number gives that part, and not just any number.
   * @param at the first byte that is loaded, within the slot. @param stored bytes that were stored.
   */
  fillsPart(v: Verification, at: number, size: number, stored: number): boolean;
  /** A stored number, with an id for what is loaded to share where all that is known of it fits. */
  share(v: Verification, spilled: Register, size: number, stored: number): Register;
  /** A stored number as it is loaded: of another number, once cut to its size or extended, it keeps no id. */
  linkPart(v: Verification, spilled: Register, size: number, signed: boolean): Register;
  /** The number 0, loaded from bytes that are. */
  zero(v: Verification): Register;
  /**
   * What a load gives before it is cut to its size and extended, or undefined for any number (`check_stack_read`).
   * @param wanted false for an atomic operation that only looks whether it may read.
   */
  read(
    v: Verification,
    register: number,
    range: StackRange,
    size: number,
    wanted: boolean,
    signed: boolean,
  ): Register | undefined;
}

/** Refuses bytes that must not be read. @returns the kind of all bytes, where they are of one. */
function checkBytes(
  v: Verification,
  { bytes }: StackSlot,
  offset: number,
  size: number,
): ByteKind | undefined {
  const first = byteKind(bytes, byteOf(offset));
  let same = true;
  for (let i = 0; i < size; i++) {
    const kind = byteKind(bytes, byteOf(offset) + i);
    if (kind !== BYTE.spill && !v.parts.stackRange.isReadable(v, kind)) {
      v.reject('EACCES', `invalid read from stack off ${offset}+${i} size ${size}`);
    }
    same &&= kind === first;
  }
  return same ? first : undefined;
}

/** Notes a load of what was stored, for precision to be traced from the one to the other. */
function note(v: Verification, register: number, frame: Frame, slot: number): void {
  if (tracesThrough(v, register)) v.noteStackAccess(frame.number, slot);
}

/** What was stored in a slot, sharing an id with what is loaded. */
function sharedSpill(v: Verification, frame: Frame, at: number, size: number): Register {
  const slot = frame.slots[at]!;
  const spilled = slot.spilled!;
  const shared = v.parts.stackRead.share(v, spilled, size, spillSize(slot));
  if (shared !== spilled) frame.slots[at] = new StackSlot(slot.bytes, shared);
  return shared;
}

/** A load of a part of what was stored, or of more than that. */
function fillPart(
  v: Verification,
  register: number,
  { frame, least: offset }: StackRange,
  size: number,
  signed: boolean,
): Register | undefined {
  const { stackRead } = v.parts;
  const at = slotOf(offset);
  const slot = frame.slots[at]!;
  if (stackRead.fillsPart(v, byteOf(offset), size, spillSize(slot))) {
    note(v, register, frame, at);
    return stackRead.linkPart(v, sharedSpill(v, frame, at, size), size, signed);
  }
  const kind = checkBytes(v, slot, offset, size);
  if (v.rules.scalarSpills === 'all') {
    if (kind === BYTE.zero) return stackRead.zero(v);
    if (kind === BYTE.spill && isZero(slot.spilled!)) {
      note(v, register, frame, at);
      return stackRead.zero(v);
    }
  }
  return undefined;
}

/** A load from a known offset. */
function readFixed(
  v: Verification,
  register: number,
  range: StackRange,
  size: number,
  wanted: boolean,
  signed: boolean,
): Register | undefined {
  const { frame, least: offset } = range;
  const at = slotOf(offset);
  const slot = frame.slot(at);
  noteTouched(v, at);
  v.parts.liveness.readSlot(v, frame.number, at);
  const { spilled } = slot;
  if (spilled === undefined) {
    return checkBytes(v, slot, offset, size) === BYTE.zero ? v.parts.stackRead.zero(v) : undefined;
  }
  if (size !== SLOT_SIZE || !isWholeSpill(slot)) {
    if (spilled.type !== 'scalar') v.reject('EACCES', 'invalid size of register fill');
    return wanted ? fillPart(v, register, range, size, signed) : undefined;
  }
  if (!wanted && v.parts.leaks.leaks(v, spilled)) {
    v.reject('EACCES', `leaking pointer from stack off ${offset}`);
  }
  note(v, register, frame, at);
  return wanted ? sharedSpill(v, frame, at, size) : undefined;
}

/** A load from an offset that varies: of 0 where all bytes that it may be of are, else of any number. */
function readVariable(
  v: Verification,
  register: number,
  range: StackRange,
  size: number,
): Register | undefined {
  v.parts.stackRange.check(v, register, range, size, 'read');
  const { frame, least, greatest } = range;
  for (let at = least; at < greatest + size; at++) {
    const slot = slotOf(at);
    noteTouched(v, slot);
    if (byteKind(frame.slot(slot).bytes, byteOf(at)) !== BYTE.zero) return undefined;
  }
  return v.parts.stackRead.zero(v);
}

export const STACK_READ_PART: StackReadPart = {
  fillsPart: (v, at, size, stored) =>
    at === 0 && (v.rules.scalarSpills === 'all' ? size <= stored : size === stored),

  share: (v, spilled, size, stored) => {
    if (spilled.type !== 'scalar' || !v.subject.privileged) return spilled;
    if (v.rules.scalarSpills !== 'all' || size !== stored) return spilled;
    const isWhole = size === SLOT_SIZE || (size === 4 && fitsBytes(spilled, 4));
    return isWhole ? v.parts.linked.identify(v, spilled) : spilled;
  },

  linkPart: (v, spilled, size, signed) => {
    // A number with its highest bit set is another one once its sign is extended.
    const isSame = fitsBytes(spilled, size, signed && !v.rules.signedFillsKeepId ? 1 : 0);
    return isSame ? spilled : v.parts.linked.unlink(spilled);
  },

  // Where precision is not traced to bytes that are 0, the number is precise from the start.
  zero: (v) => {
    const zero = scalarRegister(v, v.domain.constant(0n));
    return v.rules.scalarSpills === 'all' ? zero : zero.with({ precise: true });
  },

  read: (v, register, range, size, wanted, signed) => {
    if (range.varies) return readVariable(v, register, range, size);
    return readFixed(v, register, range, size, wanted, signed);
  },
};
