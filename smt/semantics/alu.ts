// RFC 9669 §4.1 and §4.2 as terms: arithmetic, negation, sign-extending moves, byte swaps. Entries take
// and give bit-vectors of their own width; `RESULT32` says what becomes of the other half.

import type { Total } from '../../model/errors.ts';
import type { BinaryAluOp, ByteSwapOp, MovsxOp } from '../../model/isa/operations.ts';
import {
  type BvTerm,
  bv,
  bvadd,
  bvand,
  bvashr,
  bvlshr,
  bvmul,
  bvneg,
  bvor,
  bvsdiv,
  bvshl,
  bvsrem,
  bvsub,
  bvudiv,
  bvurem,
  bvxor,
  concat,
  eq,
  extract,
  ite,
  signExtend,
  zeroExtend,
} from '../terms/index.ts';

/** Two operands of one width to a result of that width. */
export type BinaryMeaning = (dst: BvTerm, src: BvTerm) => BvTerm;
export type UnaryMeaning = (operand: BvTerm) => BvTerm;

const isZero = (t: BvTerm) => eq(t, bv(t.sort.width, 0n));
const zeroOf = (t: BvTerm) => bv(t.sort.width, 0n);
/** "Shift operations use a mask of 0x3F (63) for 64-bit operations and 0x1F (31) for 32-bit operations." */
const count64 = (src: BvTerm) => bvand(src, bv(64, 0x3fn));
const count32 = (src: BvTerm) => bvand(src, bv(32, 0x1fn));

// "If BPF program execution would result in division by zero, the destination register is instead set
// to zero." LLONG_MIN / -1 is LLONG_MIN: that is bvsdiv.
const quotient = (dst: BvTerm, src: BvTerm) => ite(isZero(src), zeroOf(dst), bvudiv(dst, src));
const signedQuotient = (dst: BvTerm, src: BvTerm) =>
  ite(isZero(src), zeroOf(dst), bvsdiv(dst, src));
// "If execution would result in modulo by zero, ... the value of the destination register is unchanged."
const remainder = (dst: BvTerm, src: BvTerm) => ite(isZero(src), dst, bvurem(dst, src));
// "a % n = a - n * trunc(a / n)": the sign is that of the dividend, as in bvsrem.
const signedRemainder = (dst: BvTerm, src: BvTerm) => ite(isZero(src), dst, bvsrem(dst, src));

/** "{ADD, X, ALU64} means dst = dst + src": 64 bits. */
export const ALU64: Total<BinaryAluOp, BinaryMeaning> = {
  ADD: (dst, src) => bvadd(dst, src),
  SUB: (dst, src) => bvsub(dst, src),
  MUL: (dst, src) => bvmul(dst, src),
  DIV: quotient,
  SDIV: signedQuotient,
  OR: (dst, src) => bvor(dst, src),
  AND: (dst, src) => bvand(dst, src),
  LSH: (dst, src) => bvshl(dst, count64(src)),
  RSH: (dst, src) => bvlshr(dst, count64(src)),
  MOD: remainder,
  SMOD: signedRemainder,
  XOR: (dst, src) => bvxor(dst, src),
  MOV: (_dst, src) => src,
  ARSH: (dst, src) => bvashr(dst, count64(src)),
};

/** "{ADD, X, ALU} means dst = (u32) ((u32) dst + (u32) src)": the low halves, 32 bits; other shift masks. */
export const ALU32: Total<BinaryAluOp, BinaryMeaning> = {
  ...ALU64,
  LSH: (dst, src) => bvshl(dst, count32(src)),
  RSH: (dst, src) => bvlshr(dst, count32(src)),
  ARSH: (dst, src) => bvashr(dst, count32(src)),
};

/** "NEG: dst = -dst", by width. */
export const NEG: Total<32 | 64, UnaryMeaning> = {
  32: (dst) => bvneg(dst),
  64: (dst) => bvneg(dst),
};

/** The operations whose result is 32 bits wide. */
export type Result32Op = BinaryAluOp | 'NEG' | 'MOVSX8_32' | 'MOVSX16_32';

/** A 32-bit result and the 64-bit register before, to the 64-bit register after. */
export type Result32Meaning = (value: BvTerm, dst: BvTerm) => BvTerm;

/** "dst = (u32) ...": the upper half becomes zero. Also §4.1, "zeroes the remaining upper 32 bits". */
const zeroed: Result32Meaning = (value) => zeroExtend(32, value);

export const RESULT32: Total<Result32Op, Result32Meaning> = {
  ADD: zeroed,
  SUB: zeroed,
  MUL: zeroed,
  DIV: zeroed,
  SDIV: zeroed,
  OR: zeroed,
  AND: zeroed,
  LSH: zeroed,
  RSH: zeroed,
  MOD: zeroed,
  SMOD: zeroed,
  XOR: zeroed,
  MOV: zeroed,
  ARSH: zeroed,
  NEG: zeroed,
  MOVSX8_32: zeroed,
  MOVSX16_32: zeroed,
};

/** "MOVSX: dst = (s8,s16,s32)src": a 64-bit register to as many bits as the operation's result has. */
export const MOVSX_VALUE: Total<MovsxOp, UnaryMeaning> = {
  MOVSX8_64: (src) => signExtend(56, extract(7, 0, src)),
  MOVSX16_64: (src) => signExtend(48, extract(15, 0, src)),
  MOVSX32_64: (src) => signExtend(32, extract(31, 0, src)),
  MOVSX8_32: (src) => signExtend(24, extract(7, 0, src)),
  MOVSX16_32: (src) => signExtend(16, extract(15, 0, src)),
};

/** The low `bits` with their bytes in reverse: the lowest byte comes first in the concatenation. */
function reversed(bits: number, t: BvTerm): BvTerm {
  let result = extract(7, 0, t);
  for (let lo = 8; lo < bits; lo += 8) result = concat(result, extract(lo + 7, lo, t));
  return result;
}

const truncated = (bits: number, dst: BvTerm) => zeroExtend(64 - bits, extract(bits - 1, 0, dst));
const swapped = (bits: number, dst: BvTerm) => zeroExtend(64 - bits, reversed(bits, dst));

/**
 * §4.2, a 64-bit register to a 64-bit register. "{END, LE, ALU} with 'imm' = 16/32/64 means
 * dst = le16/32/64toh(dst)": on this little-endian machine the bytes stay and the rest is cut off.
 */
export const SWAP: Total<ByteSwapOp, UnaryMeaning> = {
  LE16: (dst) => truncated(16, dst),
  LE32: (dst) => truncated(32, dst),
  LE64: (dst) => dst,
  BE16: (dst) => swapped(16, dst),
  BE32: (dst) => swapped(32, dst),
  BE64: (dst) => swapped(64, dst),
  BSWAP16: (dst) => swapped(16, dst),
  BSWAP32: (dst) => swapped(32, dst),
  BSWAP64: (dst) => swapped(64, dst),
};

/** What a K form's 32-bit imm is as an operand. */
export type ImmediateUse = 'alu32' | 'alu64' | 'jump32' | 'jump64';

/**
 * §4.1: "For ALU, 'imm' is interpreted as a 32-bit ... value. For ALU64, 'imm' is first sign extended
 * from 32 to 64 bits"; jumps likewise, also for unsigned comparisons.
 */
export const IMMEDIATE: Total<ImmediateUse, UnaryMeaning> = {
  alu32: (imm) => imm,
  alu64: (imm) => signExtend(32, imm),
  jump32: (imm) => imm,
  jump64: (imm) => signExtend(32, imm),
};

/** The half of a 64-bit register that 32-bit operations see. */
export function lowHalf(register: BvTerm): BvTerm {
  return extract(31, 0, register);
}
