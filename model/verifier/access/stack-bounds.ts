// Which bytes of which frame an access to the stack may touch.

import { FRAME_POINTER } from '../../isa/program.ts';
import { tnumText } from '../log/tnum.ts';
import type { Frame } from '../state/frame.ts';
import type { Register } from '../state/register.ts';
import { INVALID_SLOT, SLOT_SIZE } from '../state/slot.ts';
import type { Verification } from '../verification.ts';
import { slotOf } from './slots.ts';

/** Where an access may begin, from r10 of its frame: the least and the greatest offset. */
export interface StackRange {
  readonly frame: Frame;
  readonly least: number;
  readonly greatest: number;
  /** Whether the offset is not known, even where the two are the same. */
  readonly varies: boolean;
}

export type StackAccess = 'read' | 'write' | 'helper';

export interface StackBoundsPart {
  /** The lowest offset that may be accessed. Reads without privileges stay where something was written. */
  lowest(v: Verification, frame: Frame, access: StackAccess): number;
  /** Whether the end of an access, the offset after its last byte, is beyond the frame. */
  isAbove(end: number): boolean;
  /** Whether offsets vary too much for sums with them to be trusted. */
  isUnbounded(v: Verification, pointer: Register): boolean;
  /** The bytes of an access; refuses those outside of the frame (`check_stack_access_within_bounds`). */
  check(
    v: Verification,
    register: number,
    offset: number,
    size: number,
    access: StackAccess,
  ): StackRange;
}

const ACTIONS: Readonly<Record<StackAccess, string>> = {
  read: ' read from',
  write: ' write to',
  helper: ' indirect access to',
};

/** Whether a stack pointer's offset is not known. */
export function isVariable({ value }: Register): boolean {
  return !value.isConstant;
}

const signed = (word: bigint) => Number(BigInt.asIntN(64, word));

function rangeOf(v: Verification, pointer: Register, offset: number): StackRange {
  const frame = v.state.frames[pointer.frame]!;
  const { value } = pointer;
  if (value.isConstant) {
    const at = value.isZero ? offset : offset + signed(value.value);
    return { frame, least: at, greatest: at, varies: false };
  }
  const [least, greatest] = [signed(value.smin) + offset, signed(value.smax) + offset];
  return { frame, least, greatest, varies: true };
}

function refusal(
  v: Verification,
  register: number,
  offset: number,
  size: number,
  access: StackAccess,
): string {
  const pointer = v.frame.registers[register]!;
  if (!isVariable(pointer)) {
    return `invalid${ACTIONS[access]} stack R${register} off=${offset} size=${size}`;
  }
  const varOff = tnumText(v.rules, pointer.value.varOff);
  const off = v.rules.namesStackOffset ? ` off=${offset}` : '';
  return `invalid variable-offset${ACTIONS[access]} stack R${register} var_off=${varOff}${off} size=${size}`;
}

/** The frame has stack down to an offset from now on (`grow_stack_state`). */
function grow(v: Verification, frame: Frame, least: number): void {
  const slots = slotOf(least) + 1;
  if (slots <= frame.slots.length) return;
  while (frame.slots.length < slots) frame.slots.push(INVALID_SLOT);
  const depth = slots * SLOT_SIZE;
  if (depth > (v.stackDepths[frame.subprogram] ?? 0)) v.stackDepths[frame.subprogram] = depth;
}

export const STACK_BOUNDS_PART: StackBoundsPart = {
  lowest: (v, frame, access) => {
    const stays = access === 'read' && !allowsUninitialised(v);
    return stays ? -frame.slots.length * SLOT_SIZE : -v.rules.limits.stack;
  },

  isAbove: (end) => end > 0,

  isUnbounded: (v, { value }) => {
    const limit = BigInt(v.rules.limits.variableOffset);
    return BigInt.asIntN(64, value.smax) >= limit || BigInt.asIntN(64, value.smin) <= -limit;
  },

  check: (v, register, offset, size, access) => {
    const { stackBounds } = v.parts;
    const pointer = v.frame.registers[register]!;
    if (isVariable(pointer) && stackBounds.isUnbounded(v, pointer)) {
      v.reject('EACCES', `invalid unbounded variable-offset${ACTIONS[access]} stack R${register}`);
    }
    const range = rangeOf(v, pointer, offset);
    const isOutside =
      range.least < stackBounds.lowest(v, range.frame, access) ||
      stackBounds.isAbove(range.least + 1);
    if (isOutside || stackBounds.isAbove(range.greatest + size)) {
      const errno = isOutside ? 'EACCES' : 'EINVAL';
      v.reject(errno, refusal(v, register, offset, size, access));
    }
    grow(v, range.frame, range.least);
    return range;
  },
};

/** Whether stack that nothing was written to may be read (`allow_uninit_stack`). */
export function allowsUninitialised(v: Verification): boolean {
  return v.subject.privileged && v.rules.readsUninitialisedStack;
}

/** Whether precision can be traced through an access by what was stored. @param register the pointer's. */
export function tracesThrough(v: Verification, register: number): boolean {
  return v.rules.tracesAllStack || register === FRAME_POINTER;
}

/**
 * A slot is in the log's next listing. That lists the running function's slot of this number, whichever frame the
 * access was to (`mark_stack_slot_scratched`).
 */
export function noteTouched(v: Verification, slot: number): void {
  v.frame.scratched.slots.add(slot);
}
