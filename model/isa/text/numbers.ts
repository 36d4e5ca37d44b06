// Numbers as the source writes them, and whether they fit the field that they are for.

import type { Token } from './tokens.ts';

/** A number with its signs. */
export interface Literal {
  /** Tokens taken, signs included. */
  readonly length: number;
  readonly column: number;
  /** As written, without spaces and plus signs. */
  readonly text: string;
  /** Exact up to 2^53, which decides for every field of 32 bits or fewer. */
  readonly value: number;
  readonly negative: boolean;
  readonly digits: string;
  readonly hex: boolean;
  /** Why it is no number at all (`12abc`). */
  readonly complaint?: string;
}

const NUMBER = /^(?:0x[0-9a-f]+|\d+)$/i;

/** Reads up to `signsMax` signs and a number, or nothing when there is none. */
export function readLiteral(
  tokens: readonly Token[],
  at: number,
  signsMax: number,
): Literal | undefined {
  let next = at;
  let negative = false;
  let signs = '';
  for (; next < at + signsMax; next++) {
    const sign = tokens[next]?.text;
    if (sign !== '-' && sign !== '+') break;
    signs += sign;
    negative = negative !== (sign === '-');
  }
  const token = tokens[next];
  if (token?.kind !== 'number') return undefined;
  const { text: digits } = token;
  const valid = NUMBER.test(digits);
  const magnitude = valid ? Number(digits) : 0;
  return {
    length: next - at + 1,
    column: tokens[at]?.column ?? token.column,
    text: signs.replaceAll('+', '') + digits,
    value: negative ? -magnitude : magnitude,
    negative,
    digits,
    hex: /^0x/i.test(digits),
    ...(valid ? {} : { complaint: `'${digits}' is not a number` }),
  };
}

export interface Fitted {
  readonly value: number;
  readonly complaint?: string;
}

/** A number for a signed field. */
export function fitSigned(literal: Literal, bits: 16 | 32, what: string): Fitted {
  const { value, text, complaint } = literal;
  if (complaint !== undefined) return { value: 0, complaint };
  const limit = 2 ** (bits - 1);
  if (value >= -limit && value < limit) return { value: value + 0 };
  return { value: 0, complaint: `${what} ${text} does not fit in ${bits} bits` };
}

/** A number for imm: in hex also as the 32 bits themselves, so that 0xffffffff is -1. */
export function fitImmediate(literal: Literal): Fitted {
  const { value, text, hex, negative, complaint } = literal;
  if (hex && !negative && complaint === undefined && value < 2 ** 32) return { value: value | 0 };
  const fitted = fitSigned(literal, 32, 'the immediate');
  if (fitted.complaint === undefined || negative || value >= 2 ** 32) return fitted;
  return {
    ...fitted,
    complaint: complaint ?? `the immediate ${text} does not fit in 32 signed bits`,
  };
}

/** A number for next_imm, the offset into a map's value: the 32 bits, written signed or unsigned. */
export function fitNextImmediate(literal: Literal): Fitted {
  const { value, complaint } = literal;
  if (complaint === undefined && value >= 0 && value < 2 ** 32) return { value: value | 0 };
  return fitSigned(literal, 32, 'the offset into the value');
}

export interface Fitted64 {
  readonly imm: number;
  readonly nextImm: number;
  readonly complaint?: string;
}

/** The two halves of a 64-bit number, which may be written signed or unsigned. */
export function fitImmediate64(literal: Literal): Fitted64 {
  const { digits, negative, text, complaint } = literal;
  if (complaint !== undefined) return { imm: 0, nextImm: 0, complaint };
  const value = negative ? -BigInt(digits) : BigInt(digits);
  if (value < -(2n ** 63n) || value >= 2n ** 64n) {
    return { imm: 0, nextImm: 0, complaint: `the immediate ${text} does not fit in 64 bits` };
  }
  return splitImmediate64(value);
}

/** imm and next_imm of a number, signed or unsigned. */
export function splitImmediate64(value: bigint): { imm: number; nextImm: number } {
  return {
    imm: Number(BigInt.asIntN(32, value)),
    nextImm: Number(BigInt.asIntN(32, value >> 32n)),
  };
}

/** imm and next_imm as one unsigned number. */
export function joinImmediate64(imm: number, nextImm: number): bigint {
  return (BigInt.asUintN(32, BigInt(nextImm)) << 32n) | BigInt.asUintN(32, BigInt(imm));
}
