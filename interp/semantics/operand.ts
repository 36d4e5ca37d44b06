// How the 32-bit imm field becomes an operand (RFC 9669 §4, §5).

import type { Total } from '../../model/errors.ts';

export type OperandKind = 'alu64' | 'alu32' | 'jump64' | 'jump32' | 'store';

/** imm is the raw signed field; the result is an unsigned 64-bit operand. */
export const operand: Total<OperandKind, (imm: number) => bigint> = {
  // §4.1: ALU64 sign-extends its immediate.
  alu64: (imm) => BigInt.asUintN(64, BigInt(imm)),
  // ALU takes it as 32 bits.
  alu32: (imm) => BigInt.asUintN(32, BigInt(imm)),
  // §4.3: JMP compares 64 bits with the sign-extended immediate, also where the comparison is unsigned.
  jump64: (imm) => BigInt.asUintN(64, BigInt(imm)),
  jump32: (imm) => BigInt.asUintN(32, BigInt(imm)),
  // §5.2: "*(size *) (dst + offset) = imm", sign-extended for DW.
  store: (imm) => BigInt.asUintN(64, BigInt(imm)),
};

/** RFC 9669 §3.2: "imm64 = (next_imm << 32) | imm", imm without its sign. */
export function imm64(imm: number, nextImm: number): bigint {
  return (BigInt(nextImm >>> 0) << 32n) | BigInt(imm >>> 0);
}
