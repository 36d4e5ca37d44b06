// Planted faults in the SMT meaning of arithmetic and jumps.

import type { BinaryAluOp, ConditionalJumpOp } from '../../../model/isa/operations.ts';
import {
  bv,
  bvadd,
  bvand,
  bvashr,
  bvlshr,
  bvmul,
  bvsdiv,
  bvshl,
  bvsrem,
  type BvTerm,
  bvudiv,
  bvuge,
  bvugt,
  bvult,
  concat,
  distinct,
  eq,
  extract,
  ite,
  type Semantics,
  signExtend,
  zeroExtend,
} from '../../../smt/index.ts';
import type { Fault } from '../fault.ts';
import { fault, negated } from './plant.ts';

function alu64(
  op: BinaryAluOp,
  name: string,
  summary: string,
  wrong: Semantics['alu64']['ADD'],
): Fault {
  return fault('table', name, summary, (s) => ({ ...s, alu64: { ...s.alu64, [op]: wrong } }));
}

function alu32(
  op: BinaryAluOp,
  name: string,
  summary: string,
  wrong: Semantics['alu32']['ADD'],
): Fault {
  return fault('table', name, summary, (s) => ({ ...s, alu32: { ...s.alu32, [op]: wrong } }));
}

function jump64(
  op: ConditionalJumpOp,
  name: string,
  summary: string,
  wrong: Semantics['jump64']['JEQ'],
): Fault {
  return fault('table', name, summary, (s) => ({ ...s, jump64: { ...s.jump64, [op]: wrong } }));
}

const zero = (like: BvTerm) => bv(like.sort.width, 0n);
const one = (width: number) => bv(width, 1n);
const keepUpperHalf = (value: BvTerm, dst: BvTerm) => concat(extract(63, 32, dst), value);

const ARITHMETIC: readonly Fault[] = [
  fault('table', 'add32-keeps-upper-half', 'ADD32 does not clear the upper half', (s) => ({
    ...s,
    result32: { ...s.result32, ADD: keepUpperHalf },
  })),
  fault('table', 'mod32-keeps-upper-half', 'MOD32 does not clear the upper half', (s) => ({
    ...s,
    result32: { ...s.result32, MOD: keepUpperHalf },
  })),
  fault('table', 'neg32-keeps-upper-half', 'NEG32 does not clear the upper half', (s) => ({
    ...s,
    result32: { ...s.result32, NEG: keepUpperHalf },
  })),
  fault('table', 'movsx8-32-extends-to-64', 'MOVSX8_32 sign-extends into the upper half', (s) => ({
    ...s,
    result32: { ...s.result32, MOVSX8_32: (value) => signExtend(32, value) },
  })),
  alu64('LSH', 'lsh64-unmasked', 'LSH64 does not mask its count', (d, s) => bvshl(d, s)),
  alu32('RSH', 'rsh32-unmasked', 'RSH32 does not mask its count', (d, s) => bvlshr(d, s)),
  alu32('ARSH', 'arsh32-mask-63', 'ARSH32 masks its count with 63', (d, s) =>
    bvashr(d, bvand(s, bv(32, 0x3fn))),
  ),
  alu64('DIV', 'div64-by-zero-all-ones', "DIV64 by zero is bvudiv's all ones", (d, s) =>
    bvudiv(d, s),
  ),
  alu32('SDIV', 'sdiv32-by-zero-bvsdiv', "SDIV32 by zero is bvsdiv's", (d, s) => bvsdiv(d, s)),
  alu64(
    'SMOD',
    'smod64-negated-for-negative-divisor',
    "SMOD64 follows the divisor's sign",
    (d, s) =>
      ite(eq(s, zero(s)), d, ite(bvuge(s, bv(64, 1n << 63n)), bvsrem(negated(d), s), bvsrem(d, s))),
  ),
  alu64('MOD', 'mod64-by-zero-gives-0', 'MOD64 by zero gives 0', (d, s) =>
    ite(eq(s, zero(s)), zero(d), bvsubProduct(d, s)),
  ),
  alu64('XOR', 'xor64-is-or', 'XOR64 is an OR', (d, s) => bvadd(bvand(d, zero(d)), orOf(d, s))),
  alu32('MUL', 'mul32-low-16-bits', 'MUL32 multiplies the low 16 bits', (d, s) =>
    bvmul(zeroExtend(16, extract(15, 0, d)), s),
  ),
  fault('table', 'be16-keeps-rest', 'BE16 leaves bits 16 and up', (s) => ({
    ...s,
    swap: { ...s.swap, BE16: (v) => concat(extract(63, 16, v), extract(15, 0, s.swap.BE16(v))) },
  })),
  fault('table', 'le32-does-nothing', 'LE32 leaves the upper half', (s) => ({
    ...s,
    swap: { ...s.swap, LE32: (v) => v },
  })),
  fault('table', 'bswap64-swaps-words', 'BSWAP64 swaps the halves only', (s) => ({
    ...s,
    swap: { ...s.swap, BSWAP64: (v) => concat(extract(31, 0, v), extract(63, 32, v)) },
  })),
  fault('table', 'movsx32-zero-extends', 'MOVSX32_64 zero-extends', (s) => ({
    ...s,
    movsx: { ...s.movsx, MOVSX32_64: (v) => zeroExtend(32, extract(31, 0, v)) },
  })),
  fault('table', 'alu64-imm-zero-extended', 'ALU64 zero-extends its immediate', (s) => ({
    ...s,
    immediate: { ...s.immediate, alu64: (imm) => zeroExtend(32, imm) },
  })),
  fault('table', 'jump64-imm-zero-extended', 'JMP zero-extends its immediate', (s) => ({
    ...s,
    immediate: { ...s.immediate, jump64: (imm) => zeroExtend(32, imm) },
  })),
];

function bvsubProduct(d: BvTerm, s: BvTerm): BvTerm {
  return bvadd(d, negated(bvmul(bvudiv(d, s), s)));
}

function orOf(d: BvTerm, s: BvTerm): BvTerm {
  return bvadd(bvadd(d, s), negated(bvand(d, s)));
}

const JUMPS: readonly Fault[] = [
  jump64('JSET', 'jset64-all-bits', 'JSET64 wants all bits of src', (d, s) => eq(bvand(d, s), s)),
  jump64('JSGT', 'jsgt64-unsigned', 'JSGT64 compares unsigned', (d, s) => bvugt(d, s)),
  jump64('JLT', 'jlt64-low-half', 'JLT64 compares the low halves', (d, s) =>
    bvult(extract(31, 0, d), extract(31, 0, s)),
  ),
  jump64('JNE', 'jne64-low-half', 'JNE64 compares the low halves', (d, s) =>
    distinct(extract(31, 0, d), extract(31, 0, s)),
  ),
  fault(
    'table',
    'jump-backwards-zero-extended',
    'offsets are zero-extended',
    (s) => ({ ...s, target: { ...s.target, jump: (pc, offset) => forward(pc, offset) } }),
    { singleInstruction: false },
  ),
  fault(
    'table',
    'ja-from-itself',
    'ja counts from itself',
    (s) => ({
      ...s,
      target: { ...s.target, JA: (pc, offset) => bvadd(pc, signExtend(48, offset)) },
    }),
    { singleInstruction: false },
  ),
  fault(
    'call',
    'may-goto-never-counts',
    'may_goto does not use its budget',
    (s) => ({ ...s, mayGoto: { ...s.mayGoto, budget: (budget) => budget } }),
    { singleInstruction: false },
  ),
];

/** Backward jumps land on the next slot instead: a wild target would be a crash and not a difference. */
function forward(pc: BvTerm, offset: BvTerm): BvTerm {
  const next = bvadd(pc, one(64));
  return ite(bvuge(offset, bv(16, 0x8000n)), next, bvadd(next, zeroExtend(48, offset)));
}

export const INSTRUCTION_FAULTS: readonly Fault[] = [...ARITHMETIC, ...JUMPS];
