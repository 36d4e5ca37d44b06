// What storing does to 8 bytes of stack.

import type { Register } from '../state/register.ts';
import {
  BYTE,
  type ByteKind,
  byteKind,
  SLOT_SIZE,
  type SlotBytes,
  StackSlot,
  uniform,
  withBytes,
} from '../state/slot.ts';
import type { Verification } from '../verification.ts';

export interface SlotsPart {
  /** The slot once the lowest `size` bytes of a register were stored at its start (`save_register_state`). */
  spill(v: Verification, slot: StackSlot, size: number, register: Register): StackSlot;
  /** The slot once bytes `from` up to `end` became data. A register that was stored is lost (`scrub_spilled_slot`). */
  data(v: Verification, slot: StackSlot, from: number, end: number, kind: ByteKind): StackSlot;
  /** The slot without a stored register: its bytes are data. */
  scrub(slot: StackSlot): StackSlot;
  /** What a byte becomes that a spill of fewer than 8 bytes leaves as it was (`mark_stack_slot_misc`). */
  besideSpill(v: Verification, kind: ByteKind): ByteKind;
}

/** Slot n is the 8 bytes from r10 - 8 (n + 1). @param offset from r10, negative. */
export function slotOf(offset: number): number {
  return (-offset - 1) >> 3;
}

/** Which of the slot's bytes, the one at the lowest address being 0. */
export function byteOf(offset: number): number {
  return offset & (SLOT_SIZE - 1);
}

/** How many bytes of a stored register there are. */
export function spillSize({ bytes }: StackSlot): number {
  let size = 0;
  while (size < SLOT_SIZE && byteKind(bytes, size) === BYTE.spill) size++;
  return size;
}

/** Whether the bytes are all those of a register. */
export function isWholeSpill({ bytes }: StackSlot): boolean {
  return bytes === WHOLE_SPILL;
}

const WHOLE_SPILL: SlotBytes = uniform(BYTE.spill);

export const SLOTS_PART: SlotsPart = {
  spill: (v, slot, size, register) => {
    if (size === SLOT_SIZE) return new StackSlot(WHOLE_SPILL, register);
    let bytes = withBytes(slot.bytes, 0, size, BYTE.spill);
    for (let at = size; at < SLOT_SIZE; at++) {
      const kind = v.parts.slots.besideSpill(v, byteKind(bytes, at));
      bytes = withBytes(bytes, at, at + 1, kind);
    }
    return new StackSlot(bytes, register);
  },

  data: (v, slot, from, end, kind) => {
    const { bytes } = v.parts.slots.scrub(slot);
    return new StackSlot(withBytes(bytes, from, end, kind));
  },

  scrub: (slot) => {
    if (slot.spilled === undefined) return slot;
    let bytes = slot.bytes;
    for (let at = 0; at < SLOT_SIZE; at++) {
      if (byteKind(bytes, at) !== BYTE.invalid) bytes = withBytes(bytes, at, at + 1, BYTE.misc);
    }
    return new StackSlot(bytes);
  },

  besideSpill: (v, kind) => {
    if (kind === BYTE.invalid || (kind === BYTE.zero && v.rules.scalarSpills === 'all'))
      return kind;
    return BYTE.misc;
  },
};

/** Whether a scalar is known to be 0 (`register_is_null`). */
export function isZero({ type, value }: Register): boolean {
  return type === 'scalar' && value.isZero;
}

/**
 * Whether a number is that of its lowest `size` bytes, with zeros above. @param spare highest bits of these that are
 * 0 too.
 */
export function fitsBytes({ value }: Register, size: number, spare = 0): boolean {
  return value.fitsBits(8 * size - spare);
}
