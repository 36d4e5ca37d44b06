// Jumps (RFC 9669 §4.3): when they are taken, where they lead, and may_goto's budget (Linux 6.9).

import type { Total } from '../../model/errors.ts';
import type { ConditionalJumpOp } from '../../model/isa/operations.ts';

export type Condition = (dst: bigint, src: bigint) => boolean;

/** Through a difference, which V8 keeps in machine words; comparing two bigints with === calls out. */
const equal = (dst: bigint, src: bigint): boolean => BigInt.asUintN(64, dst - src) === 0n;
const low = (value: bigint): bigint => BigInt.asUintN(32, value);
const lowSigned = (value: bigint): bigint => BigInt.asIntN(32, value);

/** JMP: both operands are 64 bits wide. */
export const jump64: Total<ConditionalJumpOp, Condition> = {
  JEQ: equal,
  JNE: (dst, src) => BigInt.asUintN(64, dst - src) !== 0n,
  JGT: (dst, src) => dst > src,
  JGE: (dst, src) => dst >= src,
  JLT: (dst, src) => dst < src,
  JLE: (dst, src) => dst <= src,
  JSET: (dst, src) => (dst & src) !== 0n,
  JSGT: (dst, src) => BigInt.asIntN(64, dst) > BigInt.asIntN(64, src),
  JSGE: (dst, src) => BigInt.asIntN(64, dst) >= BigInt.asIntN(64, src),
  JSLT: (dst, src) => BigInt.asIntN(64, dst) < BigInt.asIntN(64, src),
  JSLE: (dst, src) => BigInt.asIntN(64, dst) <= BigInt.asIntN(64, src),
};

/** JMP32: "32-bit operands", the upper halves take no part. */
export const jump32: Total<ConditionalJumpOp, Condition> = {
  JEQ: (dst, src) => BigInt.asUintN(32, dst - src) === 0n,
  JNE: (dst, src) => BigInt.asUintN(32, dst - src) !== 0n,
  JGT: (dst, src) => low(dst) > low(src),
  JGE: (dst, src) => low(dst) >= low(src),
  JLT: (dst, src) => low(dst) < low(src),
  JLE: (dst, src) => low(dst) <= low(src),
  JSET: (dst, src) => BigInt.asUintN(32, dst & src) !== 0n,
  JSGT: (dst, src) => lowSigned(dst) > lowSigned(src),
  JSGE: (dst, src) => lowSigned(dst) >= lowSigned(src),
  JSLT: (dst, src) => lowSigned(dst) < lowSigned(src),
  JSLE: (dst, src) => lowSigned(dst) <= lowSigned(src),
};

/** The raw fields that a target can be made of. */
export interface TargetFields {
  readonly offset: number;
  readonly imm: number;
}

export type TargetKind = 'conditional' | 'ja' | 'gotol' | 'call' | 'codeAddress';

/** The slot that is reached from slot `pc`: "relative to the instruction following". */
export const target: Total<TargetKind, (pc: number, fields: TargetFields) => number> = {
  conditional: (pc, { offset }) => pc + offset + 1,
  ja: (pc, { offset }) => pc + offset + 1,
  // §4.3: the JMP32 class's JA uses imm instead of offset.
  gotol: (pc, { imm }) => pc + imm + 1,
  call: (pc, { imm }) => pc + imm + 1,
  codeAddress: (pc, { imm }) => pc + imm + 1,
};

/** Whether a may_goto jumps when its budget is this; if it does not, the budget goes down by one. */
export function mayGotoJumps(budget: number): boolean {
  return budget === 0;
}
