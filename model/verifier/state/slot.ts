// What is known of 8 bytes of stack. Slots are immutable and shared between states.

import type { Register } from './register.ts';

/** `bpf_stack_slot_type` of one byte. */
export const BYTE = { invalid: 0, misc: 1, zero: 2, spill: 3 } as const;
export type ByteKind = (typeof BYTE)[keyof typeof BYTE];

export const SLOT_SIZE = 8;

/** The kinds of 8 bytes: two bits each, the byte at the lowest address in the lowest bits. */
export type SlotBytes = number;

/** All 8 bytes of one kind. */
export function uniform(kind: ByteKind): SlotBytes {
  return kind * 0x5555;
}

export function byteKind(bytes: SlotBytes, at: number): ByteKind {
  return ((bytes >> (2 * at)) & 3) as ByteKind;
}

/** With bytes `from` up to `end` of a kind. */
export function withBytes(bytes: SlotBytes, from: number, end: number, kind: ByteKind): SlotBytes {
  let result = bytes;
  for (let at = from; at < end; at++) result = (result & ~(3 << (2 * at))) | (kind << (2 * at));
  return result;
}

/** One slot. Where a register was stored, the byte at the lowest address and as many as were stored are `spill`. */
export class StackSlot {
  readonly bytes: SlotBytes;
  /** The register whose lowest bytes the `spill` bytes are. */
  readonly spilled: Register | undefined;

  constructor(bytes: SlotBytes, spilled?: Register) {
    this.bytes = bytes;
    this.spilled = spilled;
  }

  /** Whether a register was stored here (`is_spilled_reg`). */
  get isSpill(): boolean {
    return this.spilled !== undefined;
  }
}

export const INVALID_SLOT = new StackSlot(uniform(BYTE.invalid));
export const MISC_SLOT = new StackSlot(uniform(BYTE.misc));
export const ZERO_SLOT = new StackSlot(uniform(BYTE.zero));
