// Reads of several bytes of stack at once, by a helper or at an offset that varies: all of them must be there to read.

import { tnumText } from '../log/tnum.ts';
import { BYTE, type ByteKind, byteKind, StackSlot, withBytes } from '../state/slot.ts';
import type { Verification } from '../verification.ts';
import { byteOf, slotOf } from './slots.ts';
import { allowsUninitialised, type StackRange } from './stack-bounds.ts';

export interface StackRangePart {
  /** Whether a byte of no stored register may be read. */
  isReadable(v: Verification, kind: ByteKind): boolean;
  /** Whether a stored register's bytes may be read as numbers. */
  isReadableSpill(v: Verification, isScalar: boolean): boolean;
  /** What a helper leaves of bytes that it was given to read: it might write them. */
  clobber(v: Verification, range: StackRange, at: number): void;
  /** Refuses bytes that must not be read (`check_stack_range_initialized`), for every offset of the range. */
  check(
    v: Verification,
    register: number,
    range: StackRange,
    size: number,
    access: 'read' | 'helper',
  ): void;
}

const ACTIONS = { read: '', helper: ' indirect' } as const;

function isReadableByte(v: Verification, { frame }: StackRange, at: number): boolean {
  const { bytes, spilled } = frame.slot(slotOf(at));
  const kind = byteKind(bytes, byteOf(at));
  if (kind !== BYTE.spill) return v.parts.stackRange.isReadable(v, kind);
  return v.parts.stackRange.isReadableSpill(v, spilled!.type === 'scalar');
}

function refusal(
  v: Verification,
  register: number,
  { least, varies }: StackRange,
  size: number,
  access: 'read' | 'helper',
  at: number,
): string {
  const pointer = v.frame.registers[register]!;
  const place = varies ? `var_off ${tnumText(v.rules, pointer.value.varOff)}` : `off ${least}`;
  return `invalid${ACTIONS[access]} read from stack R${register} ${place}+${at - least} size ${size}`;
}

export const STACK_RANGE_PART: StackRangePart = {
  isReadable: (v, kind) =>
    kind === BYTE.misc || kind === BYTE.zero || (kind === BYTE.invalid && allowsUninitialised(v)),

  isReadableSpill: (v, isScalar) => isScalar || v.subject.privileged,

  clobber: (v, { frame }, at) => {
    const [slot, byte] = [slotOf(at), byteOf(at)];
    const { bytes, spilled } = frame.slot(slot);
    // Neither printed nor taken for written: the helper may as well leave it.
    frame.slots[slot] =
      byteKind(bytes, byte) === BYTE.spill
        ? v.parts.slots.scrub(frame.slot(slot))
        : new StackSlot(withBytes(bytes, byte, byte + 1, BYTE.misc), spilled);
  },

  check: (v, register, range, size, access) => {
    // Without privileges the arithmetic is refused that makes a stack pointer vary (`sanitizer.checkBounds`).
    const { frame, least, greatest } = range;
    for (let at = least; at < greatest + size; at++) {
      if (!isReadableByte(v, range, at)) {
        v.reject('EACCES', refusal(v, register, range, size, access, at));
      }
      if (access === 'helper') v.parts.stackRange.clobber(v, range, at);
      v.parts.liveness.readSlot(v, frame.number, slotOf(at));
    }
  },
};
