// Whether an access stays within bytes whose number is known: a map's value, or what was checked of a packet.

import type { Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';

export interface RegionPart {
  /** Whether `size` bytes from `offset` lie within the first `length` ones. */
  isWithin(offset: number, size: number, length: number): boolean;
  /** Whether the least offset of a map value's pointer leads before the value. @param least signed. */
  isNegative(offset: number, least: bigint): boolean;
  /** Whether the greatest offset is too great for sums with it to be trusted. @param greatest unsigned. */
  isUnbounded(v: Verification, greatest: bigint): boolean;
  /** Refuses an access to a map's value that some offset leads out of (`check_mem_region_access`). */
  checkValue(v: Verification, register: number, offset: number, size: number): void;
  /** Refuses an access to a packet beyond what was checked to be there (`check_packet_access`). */
  checkPacket(v: Verification, register: number, offset: number, size: number): void;
}

const mayBeNegative = (register: number) =>
  `R${register} min value is negative, either use unsigned index or do a if (index >=0) check.`;

function valueSize(v: Verification, pointer: Register): number {
  const map = v.subject.maps[pointer.map]!;
  return map.type === 'prog_array' ? 0 : map.valueSize;
}

/** Refuses one end of the offsets that a map value's pointer may have. */
function checkEnd(
  v: Verification,
  register: number,
  offset: number,
  size: number,
  end: 'min' | 'max',
): void {
  const length = valueSize(v, v.frame.registers[register]!);
  if (v.parts.region.isWithin(offset, size, length)) return;
  v.log.line(`invalid access to map value, value_size=${length} off=${offset} size=${size}`);
  v.reject('EACCES', `R${register} ${end} value is outside of the allowed memory range`);
}

export const REGION_PART: RegionPart = {
  isWithin: (offset, size, length) => offset >= 0 && offset + size <= length,

  isNegative: (offset, least) => least < 0n && least + BigInt(offset) < 0n,

  isUnbounded: (v, greatest) => greatest >= BigInt(v.rules.limits.variableOffset),

  checkValue: (v, register, offset, size) => {
    const { region } = v.parts;
    const { value } = v.frame.registers[register]!;
    const least = BigInt.asIntN(64, value.smin);
    if (region.isNegative(offset, least)) v.reject('EACCES', mayBeNegative(register));
    checkEnd(v, register, Number(least) + offset, size, 'min');
    if (region.isUnbounded(v, value.umax)) {
      v.reject(
        'EACCES',
        `R${register} unbounded memory access, make sure to bounds check any such access`,
      );
    }
    checkEnd(v, register, Number(value.umax) + offset, size, 'max');
  },

  checkPacket: (v, register, offset, size) => {
    const { value, id, range } = v.frame.registers[register]!;
    // What was checked counts from where the varying part leads, so that part itself only must not lead back.
    if (BigInt.asIntN(64, value.smin) < 0n) v.reject('EACCES', mayBeNegative(register));
    if (range >= 0 && v.parts.region.isWithin(offset, size, range)) return;
    if (range >= 0) {
      v.log.line(
        `invalid access to packet, off=${offset} size=${size}, R${register}(id=${id},off=${offset},r=${range})`,
      );
    }
    v.reject(range < 0 ? 'EINVAL' : 'EACCES', `R${register} offset is outside of the packet`);
  },
};
