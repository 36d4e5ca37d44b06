// A number as the verifier's log has it: known bits and eight bounds, of which each kernel leaves some out.
//
// Linux 6.12 leaves out a bound that says nothing. Linux 6.1 also leaves out one that is the same as another:
// a signed 64-bit bound like the unsigned one, a 32-bit bound like the signed or unsigned 64-bit one. Which of
// the two it was follows from the bounds that are there, because the verifier keeps them consistent.

export interface Tnum {
  readonly value: bigint;
  /** Bits that are not known. */
  readonly mask: bigint;
}

/** Bounds of a number of 64 bits and of its low 32; all as numbers, signed ones below 0 too. */
export interface ScalarState {
  readonly varOff: Tnum;
  readonly umin: bigint;
  readonly umax: bigint;
  readonly smin: bigint;
  readonly smax: bigint;
  readonly u32min: bigint;
  readonly u32max: bigint;
  readonly s32min: bigint;
  readonly s32max: bigint;
}

export const U64_MAX = 2n ** 64n - 1n;
const S64_MIN = -(2n ** 63n);
const S64_MAX = 2n ** 63n - 1n;
const U32_MAX = 2n ** 32n - 1n;
const S32_MIN = -(2n ** 31n);
const S32_MAX = 2n ** 31n - 1n;

/** The number of which everything is known. */
export function constant(value: bigint): ScalarState {
  const u64 = BigInt.asUintN(64, value);
  const s64 = BigInt.asIntN(64, value);
  const u32 = BigInt.asUintN(32, value);
  const s32 = BigInt.asIntN(32, value);
  return {
    varOff: { value: u64, mask: 0n },
    ...{ umin: u64, umax: u64, smin: s64, smax: s64 },
    ...{ u32min: u32, u32max: u32, s32min: s32, s32max: s32 },
  };
}

/** A number as the log spells it: decimal or hexadecimal, of either sign. */
export function numberOf(text: string): bigint {
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
}

/** Both spellings of a bound: 6.1 says `s32_min`, 6.12 `smin32`. */
const BOUNDS: Readonly<Record<string, Exclude<keyof ScalarState, 'varOff'>>> = {
  ...{ umin: 'umin', umax: 'umax', smin: 'smin', smax: 'smax' },
  ...{ u32_min: 'u32min', u32_max: 'u32max', s32_min: 's32min', s32_max: 's32max' },
  ...{ umin32: 'u32min', umax32: 'u32max', smin32: 's32min', smax32: 's32max' },
};

type Stated = Partial<Record<Exclude<keyof ScalarState, 'varOff'>, bigint>> & { varOff?: Tnum };

const VAR_OFF = /^\((\S+); (\S+)\)$/;

/**
 * The scalar of the fields in parentheses: `umax=255`, or `smin=smin32=0`, several names with one value.
 * @param fields split at commas, names first; fields of other meaning are skipped.
 * @param older whether the log is of a kernel like 6.1, which leaves out what is the same.
 */
export function scalarOf(fields: readonly (readonly string[])[], older: boolean): ScalarState {
  const stated: Stated = {};
  for (const field of fields) {
    const text = field.at(-1)!;
    for (const name of field.slice(0, -1)) {
      const known = BOUNDS[name];
      if (name === 'var_off') stated.varOff = tnumOf(text);
      // 6.1 prints unsigned 32-bit bounds as signed ones.
      else if (known !== undefined) stated[known] = inRange(known, numberOf(text));
    }
  }
  return older ? fillSame(stated) : fillDefaults(stated);
}

function inRange(bound: string, value: bigint): bigint {
  if (bound.startsWith('u32')) return BigInt.asUintN(32, value);
  if (bound.startsWith('s32')) return BigInt.asIntN(32, value);
  return bound.startsWith('u') ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value);
}

function tnumOf(text: string): Tnum {
  const [, value = '0', mask = '0'] = VAR_OFF.exec(text) ?? [];
  return { value: BigInt(value), mask: BigInt(mask) };
}

const UNKNOWN: Tnum = { value: 0n, mask: U64_MAX };

function fillDefaults(stated: Stated): ScalarState {
  return {
    varOff: stated.varOff ?? UNKNOWN,
    umin: stated.umin ?? 0n,
    umax: stated.umax ?? U64_MAX,
    smin: stated.smin ?? S64_MIN,
    smax: stated.smax ?? S64_MAX,
    u32min: stated.u32min ?? 0n,
    u32max: stated.u32max ?? U32_MAX,
    s32min: stated.s32min ?? S32_MIN,
    s32max: stated.s32max ?? S32_MAX,
  };
}

function fillSame(stated: Stated): ScalarState {
  const varOff = stated.varOff ?? UNKNOWN;
  const umin = stated.umin ?? 0n;
  const umax = stated.umax ?? U64_MAX;
  // With the sign known, signed and unsigned bounds are the same; with the sign open, they say nothing.
  const oneSign = umin >> 63n === umax >> 63n;
  const smin = stated.smin ?? (oneSign ? BigInt.asIntN(64, umin) : S64_MIN);
  const smax = stated.smax ?? (oneSign ? BigInt.asIntN(64, umax) : S64_MAX);
  const low = lowBounds(varOff);
  const unsignedFits = umax <= U32_MAX;
  const signedFits = smin >= S32_MIN && smax <= S32_MAX;
  return {
    ...{ varOff, umin, umax, smin, smax },
    u32min: stated.u32min ?? (unsignedFits || low.umin === umin ? umin : 0n),
    u32max: stated.u32max ?? (unsignedFits || low.umax === umax ? umax : U32_MAX),
    s32min: stated.s32min ?? (signedFits || low.smin === smin ? smin : S32_MIN),
    s32max: stated.s32max ?? (signedFits || low.smax === smax ? smax : S32_MAX),
  };
}

/** What the known bits alone say of the low 32. */
function lowBounds({ value, mask }: Tnum) {
  const sign = 1n << 31n;
  const known = BigInt.asUintN(32, value);
  const open = BigInt.asUintN(32, mask);
  const least = known | (open & sign);
  const most = known | (open & ~sign);
  return {
    umin: known,
    umax: known | open,
    smin: BigInt.asIntN(32, least),
    smax: BigInt.asIntN(32, most),
  };
}
