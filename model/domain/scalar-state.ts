// A state of a 64-bit scalar as sixteen 32-bit numbers, which engines keep unboxed, where bigints would be objects.
// This is also how a state lies in the memory that compiled operators work on.

import type { Range } from './range.ts';
import type { RegState } from './state.ts';
import type { Tnum } from './tnum.ts';

/** How many 32-bit numbers a state has. */
export const STATE_WORDS = 16;
/** Where in a state each part lies, in bytes; words are 8 bytes wide, those of the half 4. */
export const OFFSETS = {
  varOff: { value: 0, mask: 8 },
  r64: { umin: 16, umax: 24, smin: 32, smax: 40 },
  r32: { umin: 48, umax: 52, smin: 56, smax: 60 },
} as const;

function word(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
const half = (value: number): bigint => BigInt(value >>> 0);

/** Writes the parts as they are, modulo their widths. */
export function writeParts(parts: RegState<bigint>, memory: Int32Array, at: number): void {
  const put = (offset: number, value: bigint): void => {
    memory[at + offset / 4] = Number(BigInt.asIntN(32, value));
  };
  for (const part of ['varOff', 'r64'] as const) {
    const values = { ...parts[part] } as Readonly<Record<string, bigint>>;
    for (const [name, offset] of Object.entries(OFFSETS[part])) {
      put(offset, values[name]!);
      put(offset + 4, values[name]! >> 32n);
    }
  }
  for (const [name, offset] of Object.entries(OFFSETS.r32)) {
    put(offset, parts.r32[name as keyof typeof OFFSETS.r32]);
  }
}

/** An immutable `RegState` on bigints, whose bigints are made when they are asked for. */
export class ScalarState implements RegState<bigint> {
  readonly #valueLow: number;
  readonly #valueHigh: number;
  readonly #maskLow: number;
  readonly #maskHigh: number;
  readonly #uminLow: number;
  readonly #uminHigh: number;
  readonly #umaxLow: number;
  readonly #umaxHigh: number;
  readonly #sminLow: number;
  readonly #sminHigh: number;
  readonly #smaxLow: number;
  readonly #smaxHigh: number;
  readonly #u32min: number;
  readonly #u32max: number;
  readonly #s32min: number;
  readonly #s32max: number;

  /** From the numbers at `at` and after it. */
  constructor(memory: Int32Array, at: number) {
    this.#valueLow = memory[at]!;
    this.#valueHigh = memory[at + 1]!;
    this.#maskLow = memory[at + 2]!;
    this.#maskHigh = memory[at + 3]!;
    this.#uminLow = memory[at + 4]!;
    this.#uminHigh = memory[at + 5]!;
    this.#umaxLow = memory[at + 6]!;
    this.#umaxHigh = memory[at + 7]!;
    this.#sminLow = memory[at + 8]!;
    this.#sminHigh = memory[at + 9]!;
    this.#smaxLow = memory[at + 10]!;
    this.#smaxHigh = memory[at + 11]!;
    this.#u32min = memory[at + 12]!;
    this.#u32max = memory[at + 13]!;
    this.#s32min = memory[at + 14]!;
    this.#s32max = memory[at + 15]!;
  }

  write(memory: Int32Array, at: number): void {
    memory[at] = this.#valueLow;
    memory[at + 1] = this.#valueHigh;
    memory[at + 2] = this.#maskLow;
    memory[at + 3] = this.#maskHigh;
    memory[at + 4] = this.#uminLow;
    memory[at + 5] = this.#uminHigh;
    memory[at + 6] = this.#umaxLow;
    memory[at + 7] = this.#umaxHigh;
    memory[at + 8] = this.#sminLow;
    memory[at + 9] = this.#sminHigh;
    memory[at + 10] = this.#smaxLow;
    memory[at + 11] = this.#smaxHigh;
    memory[at + 12] = this.#u32min;
    memory[at + 13] = this.#u32max;
    memory[at + 14] = this.#s32min;
    memory[at + 15] = this.#s32max;
  }

  /** Whether the numbers at `at` and after it are this state. */
  isAt(memory: Int32Array, at: number): boolean {
    return (
      memory[at] === this.#valueLow &&
      memory[at + 1] === this.#valueHigh &&
      memory[at + 2] === this.#maskLow &&
      memory[at + 3] === this.#maskHigh &&
      memory[at + 4] === this.#uminLow &&
      memory[at + 5] === this.#uminHigh &&
      memory[at + 6] === this.#umaxLow &&
      memory[at + 7] === this.#umaxHigh &&
      memory[at + 8] === this.#sminLow &&
      memory[at + 9] === this.#sminHigh &&
      memory[at + 10] === this.#smaxLow &&
      memory[at + 11] === this.#smaxHigh &&
      memory[at + 12] === this.#u32min &&
      memory[at + 13] === this.#u32max &&
      memory[at + 14] === this.#s32min &&
      memory[at + 15] === this.#s32max
    );
  }

  equals(other: ScalarState): boolean {
    return (
      this === other ||
      (this.#valueLow === other.#valueLow &&
        this.#valueHigh === other.#valueHigh &&
        this.#maskLow === other.#maskLow &&
        this.#maskHigh === other.#maskHigh &&
        this.#uminLow === other.#uminLow &&
        this.#uminHigh === other.#uminHigh &&
        this.#umaxLow === other.#umaxLow &&
        this.#umaxHigh === other.#umaxHigh &&
        this.#sminLow === other.#sminLow &&
        this.#sminHigh === other.#sminHigh &&
        this.#smaxLow === other.#smaxLow &&
        this.#smaxHigh === other.#smaxHigh &&
        this.#u32min === other.#u32min &&
        this.#u32max === other.#u32max &&
        this.#s32min === other.#s32min &&
        this.#s32max === other.#s32max)
    );
  }

  /** Whether the tnum has one word, `value` (`tnum_is_const`). */
  get isConstant(): boolean {
    return this.#maskLow === 0 && this.#maskHigh === 0;
  }

  /** Whether the lower half of the tnum has one word (`tnum_subreg_is_const`). */
  get isHalfConstant(): boolean {
    return this.#maskLow === 0;
  }

  /** Whether the signed bounds of a width are -1 and 0. */
  isSignMask(width: 32 | 64): boolean {
    if (width === 32) return this.#s32min === -1 && this.#s32max === 0;
    return (
      this.#sminLow === -1 && this.#sminHigh === -1 && this.#smaxLow === 0 && this.#smaxHigh === 0
    );
  }

  /** Whether it is 0 and nothing else (`register_is_null`). */
  get isZero(): boolean {
    return this.isConstant && this.#valueLow === 0 && this.#valueHigh === 0;
  }

  /** Whether every word is below 2^bits, by `umax`. @param bits up to 64. */
  fitsBits(bits: number): boolean {
    if (bits > 32) return this.#umaxHigh >>> 0 < 2 ** (bits - 32);
    return this.#umaxHigh === 0 && this.#umaxLow >>> 0 < 2 ** bits;
  }

  // Single bounds of the register, which cost less than all of `r64`.
  get umin(): bigint {
    return word(this.#uminLow, this.#uminHigh);
  }

  get umax(): bigint {
    return word(this.#umaxLow, this.#umaxHigh);
  }

  get smin(): bigint {
    return word(this.#sminLow, this.#sminHigh);
  }

  get smax(): bigint {
    return word(this.#smaxLow, this.#smaxHigh);
  }

  /** The bits known to be 1: the word, where there is only one. */
  get value(): bigint {
    return word(this.#valueLow, this.#valueHigh);
  }

  get varOff(): Tnum<bigint> {
    return { value: this.value, mask: word(this.#maskLow, this.#maskHigh) };
  }

  get r64(): Range<bigint> {
    return { umin: this.umin, umax: this.umax, smin: this.smin, smax: this.smax };
  }

  get r32(): Range<bigint> {
    return {
      umin: half(this.#u32min),
      umax: half(this.#u32max),
      smin: half(this.#s32min),
      smax: half(this.#s32max),
    };
  }
}
