// Planted faults in the interpreter's arithmetic, jumps and atomics.

import type { Semantics } from '../../../interp/index.ts';
import type { AtomicOp, BinaryAluOp, ConditionalJumpOp } from '../../../model/isa/operations.ts';
import type { Fault } from '../fault.ts';
import { fault } from './plant.ts';

type Binary = Semantics['alu64']['ADD'];
type Condition = Semantics['jump64']['JEQ'];

const low = (value: bigint) => BigInt.asUintN(32, value);
const signed = (value: bigint) => BigInt.asIntN(64, value);
const unsigned = (value: bigint) => BigInt.asUintN(64, value);

function alu64(op: BinaryAluOp, name: string, summary: string, wrong: Binary): Fault {
  return fault('table', name, summary, (s) => ({ ...s, alu64: { ...s.alu64, [op]: wrong } }));
}

function alu32(op: BinaryAluOp, name: string, summary: string, wrong: Binary): Fault {
  return fault('table', name, summary, (s) => ({ ...s, alu32: { ...s.alu32, [op]: wrong } }));
}

function jump64(op: ConditionalJumpOp, name: string, summary: string, wrong: Condition): Fault {
  return fault('table', name, summary, (s) => ({ ...s, jump64: { ...s.jump64, [op]: wrong } }));
}

function jump32(op: ConditionalJumpOp, name: string, summary: string, wrong: Condition): Fault {
  return fault('table', name, summary, (s) => ({ ...s, jump32: { ...s.jump32, [op]: wrong } }));
}

function atomic(
  width: 32 | 64,
  op: AtomicOp,
  name: string,
  summary: string,
  wrong: Partial<Semantics['atomic64']['ADD']>,
): Fault {
  const key = width === 64 ? 'atomic64' : 'atomic32';
  return fault('table', name, summary, (s) => ({
    ...s,
    [key]: { ...s[key], [op]: { ...s[key][op], ...wrong } },
  }));
}

const ARITHMETIC: readonly Fault[] = [
  alu32('ADD', 'add32-keeps-upper-half', 'ADD32 does not clear the upper half', (d, s) =>
    unsigned(d + s),
  ),
  alu32('MOV', 'mov32-sign-extends', 'MOV32 sign-extends (CVE-2017-16995 in the engine)', (_d, s) =>
    unsigned(BigInt.asIntN(32, s)),
  ),
  alu32('XOR', 'xor32-keeps-upper-half', 'XOR32 works on 64 bits', (d, s) => d ^ s),
  alu64('LSH', 'lsh64-mask-31', 'LSH64 masks its count with 31', (d, s) =>
    unsigned(d << (s & 31n)),
  ),
  alu32('LSH', 'lsh32-mask-63', 'LSH32 masks its count with 63', (d, s) => low(d << (s & 63n))),
  alu32('RSH', 'rsh32-shifts-upper-half-in', 'RSH32 shifts bits of the upper half in', (d, s) =>
    low(d >> (s & 31n)),
  ),
  alu32('ARSH', 'arsh32-logical', 'ARSH32 shifts zeros in', (d, s) => low(d) >> (s & 31n)),
  alu64('ARSH', 'arsh64-logical', 'ARSH64 shifts zeros in', (d, s) => d >> (s & 63n)),
  alu64('DIV', 'div64-signed', 'DIV64 divides signed', (d, s) =>
    s === 0n ? 0n : unsigned(signed(d) / signed(s)),
  ),
  alu64('DIV', 'div64-by-zero-keeps', 'DIV64 by zero leaves dst', (d, s) => (s === 0n ? d : d / s)),
  alu64('MOD', 'mod64-by-zero-gives-0', 'MOD64 by zero gives 0', (d, s) => (s === 0n ? 0n : d % s)),
  alu32('MOD', 'mod32-by-zero-keeps-upper-half', 'MOD32 by zero leaves the upper half', (d, s) =>
    low(s) === 0n ? d : low(d) % low(s),
  ),
  alu32(
    'DIV',
    'div32-tests-whole-divisor',
    'DIV32 tests all 64 bits of the divisor for zero',
    (d, s) => (s === 0n || low(s) === 0n ? (s === 0n ? 0n : low(d)) : low(d) / low(s)),
  ),
  alu64('SDIV', 'sdiv64-unsigned', 'SDIV64 divides unsigned', (d, s) => (s === 0n ? 0n : d / s)),
  alu64('SMOD', 'smod64-sign-of-divisor', 'SMOD64 takes the sign of the divisor', (d, s) => {
    if (s === 0n) return d;
    const remainder = signed(d) % signed(s);
    return unsigned(
      remainder !== 0n && remainder < 0n !== signed(s) < 0n ? remainder + signed(s) : remainder,
    );
  }),
  alu32('SMOD', 'smod32-unsigned', 'SMOD32 is unsigned', (d, s) =>
    low(s) === 0n ? low(d) : low(d) % low(s),
  ),
  alu32('SDIV', 'sdiv32-on-64-bits', 'SDIV32 looks at all 64 bits', (d, s) =>
    low(s) === 0n ? 0n : low(signed(d) / (signed(s) || 1n)),
  ),
  alu64('SUB', 'sub64-swapped', 'SUB64 subtracts the other way round', (d, s) => unsigned(s - d)),
  alu64('MUL', 'mul64-low-halves', 'MUL64 multiplies the low halves', (d, s) =>
    unsigned(low(d) * low(s)),
  ),
  fault('table', 'neg32-keeps-upper-half', 'NEG32 negates 64 bits', (s) => ({
    ...s,
    neg: { ...s.neg, 32: s.neg[64] },
  })),
  fault('table', 'movsx8-64-zero-extends', 'MOVSX8_64 zero-extends', (s) => ({
    ...s,
    movsx: { ...s.movsx, MOVSX8_64: (v) => v & 0xffn },
  })),
  fault('table', 'movsx16-32-to-64', 'MOVSX16_32 extends to 64 bits', (s) => ({
    ...s,
    movsx: { ...s.movsx, MOVSX16_32: s.movsx.MOVSX16_64 },
  })),
  fault('table', 'le16-does-nothing', 'LE16 leaves the upper bytes', (s) => ({
    ...s,
    swap: { ...s.swap, LE16: (v) => v },
  })),
  fault('table', 'be32-is-be64', 'BE32 swaps all 8 bytes', (s) => ({
    ...s,
    swap: { ...s.swap, BE32: s.swap.BE64 },
  })),
  fault('table', 'bswap16-keeps-rest', 'BSWAP16 leaves bits 16 and up', (s) => ({
    ...s,
    swap: { ...s.swap, BSWAP16: (v) => (v & ~0xffffn) | s.swap.BSWAP16(v) },
  })),
];

const OPERANDS: readonly Fault[] = [
  fault('table', 'alu64-imm-zero-extended', 'ALU64 zero-extends its immediate', (s) => ({
    ...s,
    operand: { ...s.operand, alu64: (imm) => BigInt(imm >>> 0) },
  })),
  fault('table', 'jump64-imm-zero-extended', 'JMP zero-extends its immediate', (s) => ({
    ...s,
    operand: { ...s.operand, jump64: (imm) => BigInt(imm >>> 0) },
  })),
  fault('table', 'st-imm-zero-extended', 'ST zero-extends its immediate', (s) => ({
    ...s,
    operand: { ...s.operand, store: (imm) => BigInt(imm >>> 0) },
  })),
  fault(
    'table',
    'lddw-sign-spills',
    'LD_IMM64 lets the sign of imm spill into the upper half',
    (s) => ({ ...s, imm64: (imm, next) => unsigned((BigInt(next) << 32n) | BigInt(imm)) }),
  ),
];

const JUMPS: readonly Fault[] = [
  jump64('JSET', 'jset64-low-half', 'JSET64 looks at the low half', (d, s) => low(d & s) !== 0n),
  jump32(
    'JSET',
    'jset32-upper-half',
    'JSET32 looks at the upper half too',
    (d, s) => (d & s) !== 0n,
  ),
  jump64('JGT', 'jgt64-signed', 'JGT64 compares signed', (d, s) => signed(d) > signed(s)),
  jump64('JSLT', 'jslt64-unsigned', 'JSLT64 compares unsigned', (d, s) => d < s),
  jump32('JSGE', 'jsge32-on-64-bits', 'JSGE32 compares 64 bits', (d, s) => signed(d) >= signed(s)),
  jump32('JEQ', 'jeq32-on-64-bits', 'JEQ32 compares 64 bits', (d, s) => d === s),
  jump64('JLE', 'jle64-strict', 'JLE64 is strict', (d, s) => d < s),
  fault('table', 'jump-off-by-one', 'jumps forget the instruction itself', (s) => ({
    ...s,
    target: {
      ...s.target,
      conditional: (pc, { offset }) => (offset > 0 ? pc + offset : pc + offset + 1),
    },
  })),
  fault(
    'table',
    'gotol-uses-offset',
    'gotol takes its distance from offset',
    (s) => ({ ...s, target: { ...s.target, gotol: (pc, { offset }) => pc + offset + 1 } }),
    { singleInstruction: false },
  ),
  fault(
    'call',
    'may-goto-one-late',
    'may_goto falls through once too often',
    (s) => ({ ...s, mayGotoJumps: (budget) => budget < 0 }),
    { singleInstruction: false },
  ),
];

const ATOMICS: readonly Fault[] = [
  atomic(64, 'CMPXCHG', 'cmpxchg64-keeps-r0', 'CMPXCHG64 does not load r0', { fetch: 'none' }),
  atomic(32, 'CMPXCHG', 'cmpxchg32-always-stores', 'CMPXCHG32 stores also where r0 differs', {
    update: (_old, operand) => operand,
  }),
  atomic(64, 'FETCH_ADD', 'fetch-add64-does-not-fetch', 'FETCH_ADD64 leaves src', {
    fetch: 'none',
  }),
  atomic(32, 'FETCH_OR', 'fetch-or32-is-and', 'FETCH_OR32 is an AND', {
    update: (old, operand) => old & operand,
  }),
  atomic(64, 'XCHG', 'xchg64-keeps-memory', 'XCHG64 does not store', { update: (old) => old }),
  atomic(64, 'ADD', 'atomic-add64-fetches', 'ATOMIC_ADD64 fetches', { fetch: 'src' }),
  atomic(32, 'XOR', 'atomic-xor32-is-or', 'ATOMIC_XOR32 is an OR', {
    update: (old, operand) => old | operand,
  }),
];

export const INSTRUCTION_FAULTS: readonly Fault[] = [
  ...ARITHMETIC,
  ...OPERANDS,
  ...JUMPS,
  ...ATOMICS,
];
