// Where accesses must be multiples of their size. x86 loads and stores anywhere, so only the stack, whose slots are
// kept track of one by one, and atomic operations are looked at.

import { tnumText } from '../log/tnum.ts';
import type { Register, RegisterType } from '../state/register.ts';
import type { Verification } from '../verification.ts';

export interface AlignmentPart {
  /** Whether an access through a pointer must be aligned. @param atomic it is an atomic operation. */
  isStrict(pointer: Register, atomic: boolean): boolean;
  /** Whether every address that the pointer may hold, plus `offset`, is a multiple of `size`. */
  isAligned(v: Verification, pointer: Register, offset: number, size: number): boolean;
  /** Refuses an access that is not aligned where it must be (`check_ptr_alignment`). */
  check(v: Verification, pointer: Register, offset: number, size: number, atomic: boolean): void;
}

/** A packet starts so many bytes behind an aligned address, so that its IP header is aligned (NET_IP_ALIGN). */
const IP_ALIGN = 2;
const isPacket = ({ type }: Register) => type === 'pkt' || type === 'pkt_meta';

const KINDS: Partial<Record<RegisterType, string>> = {
  fp: 'stack ',
  map_value: 'value ',
  ctx: 'context ',
};

function refusal(v: Verification, pointer: Register, offset: number, size: number): string {
  const place = `${tnumText(v.rules, pointer.value.varOff)}+${pointer.off}+${offset} size ${size}`;
  if (isPacket(pointer)) {
    return `misaligned packet access off ${IP_ALIGN}+${place}`;
  }
  return `misaligned ${KINDS[pointer.type] ?? ''}access off ${place}`;
}

export const ALIGNMENT_PART: AlignmentPart = {
  isStrict: (pointer, atomic) => atomic || pointer.type === 'fp',

  isAligned: (v, pointer, offset, size) => {
    const constant = pointer.off + offset + (isPacket(pointer) ? IP_ALIGN : 0);
    if (pointer.value.isZero) return (constant & (size - 1)) === 0;
    const address = v.domain.sum(pointer.value, v.domain.immediate(constant)).varOff;
    return ((address.value | address.mask) & BigInt(size - 1)) === 0n;
  },

  check: (v, pointer, offset, size, atomic) => {
    const { alignment } = v.parts;
    if (size === 1 || !alignment.isStrict(pointer, atomic)) return;
    if (!alignment.isAligned(v, pointer, offset, size)) {
      v.reject('EACCES', refusal(v, pointer, offset, size));
    }
  },
};
