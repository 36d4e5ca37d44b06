// Arithmetic (RFC 9669 §4.1, §4.2) on unsigned 64-bit bigints. `dst` and `src` are whole registers; every
// result is a whole register. An immediate operand arrives as `operand.ts` extends it. Some results are cut to
// 64 bits although they cannot be longer: it tells V8 that a machine word is enough.

import type { Total } from '../../model/errors.ts';
import type { BinaryAluOp, ByteSwapOp, MovsxOp } from '../../model/isa/operations.ts';

export type Binary = (dst: bigint, src: bigint) => bigint;
export type Unary = (value: bigint) => bigint;

/** RFC 9669 §4.1, ALU64: "64-bit". Overflow wraps; shift counts are masked with 0x3F. */
export const alu64: Total<BinaryAluOp, Binary> = {
  ADD: (dst, src) => BigInt.asUintN(64, dst + src),
  SUB: (dst, src) => BigInt.asUintN(64, dst - src),
  MUL: (dst, src) => BigInt.asUintN(64, dst * src),
  // "dst = (src != 0) ? (dst / src) : 0"
  DIV: (dst, src) => (src === 0n ? 0n : dst / src),
  // "dst = (src == 0) ? 0 : ((src == -1 && dst == LLONG_MIN) ? LLONG_MIN : (dst s/ src))": the wrap gives the latter.
  SDIV: (dst, src) =>
    src === 0n ? 0n : BigInt.asUintN(64, BigInt.asIntN(64, dst) / BigInt.asIntN(64, src)),
  OR: (dst, src) => BigInt.asUintN(64, dst | src),
  AND: (dst, src) => BigInt.asUintN(64, dst & src),
  LSH: (dst, src) => BigInt.asUintN(64, dst << (src & 0x3fn)),
  RSH: (dst, src) => dst >> (src & 0x3fn),
  // "dst = (src != 0) ? (dst % src) : dst"
  MOD: (dst, src) => (src === 0n ? dst : dst % src),
  // The remainder takes the sign of the dividend, as bigint's does.
  SMOD: (dst, src) =>
    src === 0n ? dst : BigInt.asUintN(64, BigInt.asIntN(64, dst) % BigInt.asIntN(64, src)),
  XOR: (dst, src) => BigInt.asUintN(64, dst ^ src),
  MOV: (_dst, src) => BigInt.asUintN(64, src),
  ARSH: (dst, src) => BigInt.asUintN(64, BigInt.asIntN(64, dst) >> (src & 0x3fn)),
};

/** RFC 9669 §4.1, ALU: 32-bit operands, and "the upper 32 bits are zeroed"; shift counts are masked with 0x1F. */
export const alu32: Total<BinaryAluOp, Binary> = {
  ADD: (dst, src) => BigInt.asUintN(32, dst + src),
  SUB: (dst, src) => BigInt.asUintN(32, dst - src),
  MUL: (dst, src) => BigInt.asUintN(32, dst * src),
  DIV: (dst, src) => {
    const divisor = BigInt.asUintN(32, src);
    return divisor === 0n ? 0n : BigInt.asUintN(32, dst) / divisor;
  },
  SDIV: (dst, src) => {
    const divisor = BigInt.asIntN(32, src);
    return divisor === 0n ? 0n : BigInt.asUintN(32, BigInt.asIntN(32, dst) / divisor);
  },
  OR: (dst, src) => BigInt.asUintN(32, dst | src),
  AND: (dst, src) => BigInt.asUintN(32, dst & src),
  LSH: (dst, src) => BigInt.asUintN(32, dst << (src & 0x1fn)),
  RSH: (dst, src) => BigInt.asUintN(32, dst) >> (src & 0x1fn),
  // By zero "dst = dst", but of a 32-bit operation: the upper half is cleared all the same.
  MOD: (dst, src) => {
    const divisor = BigInt.asUintN(32, src);
    const dividend = BigInt.asUintN(32, dst);
    return divisor === 0n ? dividend : dividend % divisor;
  },
  SMOD: (dst, src) => {
    const divisor = BigInt.asIntN(32, src);
    if (divisor === 0n) return BigInt.asUintN(32, dst);
    return BigInt.asUintN(32, BigInt.asIntN(32, dst) % divisor);
  },
  XOR: (dst, src) => BigInt.asUintN(32, dst ^ src),
  MOV: (_dst, src) => BigInt.asUintN(32, src),
  ARSH: (dst, src) => BigInt.asUintN(32, BigInt.asIntN(32, dst) >> (src & 0x1fn)),
};

export const neg: Total<64 | 32, Unary> = {
  64: (dst) => BigInt.asUintN(64, -dst),
  32: (dst) => BigInt.asUintN(32, -dst),
};

/** RFC 9669 §4.1: sign-extends to the operation's width; 32-bit operations then clear the upper half. */
export const movsx: Total<MovsxOp, Unary> = {
  MOVSX8_64: (src) => BigInt.asUintN(64, BigInt.asIntN(8, src)),
  MOVSX16_64: (src) => BigInt.asUintN(64, BigInt.asIntN(16, src)),
  MOVSX32_64: (src) => BigInt.asUintN(64, BigInt.asIntN(32, src)),
  MOVSX8_32: (src) => BigInt.asUintN(32, BigInt.asIntN(8, src)),
  MOVSX16_32: (src) => BigInt.asUintN(32, BigInt.asIntN(16, src)),
};

function reverseBytes(value: bigint, count: number): bigint {
  let rest = value;
  let reversed = 0n;
  for (let i = 0; i < count; i++) {
    reversed = (reversed << 8n) | (rest & 0xffn);
    rest >>= 8n;
  }
  return reversed;
}

/** RFC 9669 §4.2. The modelled machine is little-endian: to-LE only truncates to the width. */
export const swap: Total<ByteSwapOp, Unary> = {
  LE16: (dst) => BigInt.asUintN(16, dst),
  LE32: (dst) => BigInt.asUintN(32, dst),
  LE64: (dst) => dst,
  BE16: (dst) => reverseBytes(dst, 2),
  BE32: (dst) => reverseBytes(dst, 4),
  BE64: (dst) => reverseBytes(dst, 8),
  BSWAP16: (dst) => reverseBytes(dst, 2),
  BSWAP32: (dst) => reverseBytes(dst, 4),
  BSWAP64: (dst) => reverseBytes(dst, 8),
};
