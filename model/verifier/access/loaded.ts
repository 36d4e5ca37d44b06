// What a load gives: so many bytes, with zeros or copies of the sign above.

import type { Scalar } from '../scalars.ts';
import type { Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';

export interface LoadedPart {
  /** The lowest `size` bytes of a number, extended to 64 bits (`coerce_reg_to_size`, with `_sx` where signed). */
  extend(v: Verification, value: Scalar, size: number, signed: boolean): Scalar;
}

/** A register that was loaded with bytes of which nothing is known. @param size 1, 2, 4 or 8. */
export function unknownLoad(v: Verification, size: number, signed: boolean): Register {
  if (size === 8) return v.unknownScalar;
  const at = signed ? 8 + size : size;
  const made = v.unknownLoads[at];
  if (made !== undefined) return made;
  const value = v.parts.loaded.extend(v, v.domain.unknown, size, signed);
  const load = v.unknownScalar.with({ value });
  v.unknownLoads[at] = load;
  return load;
}

export const LOADED_PART: LoadedPart = {
  extend: ({ domain }, value, size, signed) => {
    const bits = (8 * size) as 8 | 16 | 32;
    return signed ? domain.movsx(64, bits, value) : domain.truncate(bits, value);
  },
};
