// Planted faults in the SMT meaning, one entry each.

import type { BinaryAluOp, ConditionalJumpOp } from '../../model/isa/operations.ts';
import {
  bvadd,
  bvand,
  bvashr,
  bvlshr,
  bvmul,
  bvsdiv,
  bvshl,
  bvsrem,
  bvudiv,
  bvuge,
  bvugt,
  bvult,
  bv,
  type BvTerm,
  concat,
  distinct,
  eq,
  extract,
  FALSE,
  ite,
  type Semantics,
  signExtend,
  zeroExtend,
} from '../../smt/index.ts';
import type { Fault, FaultKind } from './fault.ts';

type Plant = (semantics: Semantics) => Semantics;

function fault(
  kind: FaultKind,
  name: string,
  summary: string,
  plant: Plant,
  singleInstruction = true,
): Fault {
  return { name: `smt/${name}`, kind, summary, singleInstruction, engine: 'smt', plant };
}

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
      ite(eq(s, zero(s)), d, ite(bvuge(s, bv(64, 1n << 63n)), bvsrem(bvsub0(d), s), bvsrem(d, s))),
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

/** 0 - d, spelt without the builder that would be right. */
function bvsub0(d: BvTerm): BvTerm {
  return bvmul(d, bv(d.sort.width, (1n << BigInt(d.sort.width)) - 1n));
}

function bvsubProduct(d: BvTerm, s: BvTerm): BvTerm {
  return bvadd(d, bvsub0(bvmul(bvudiv(d, s), s)));
}

function orOf(d: BvTerm, s: BvTerm): BvTerm {
  return bvadd(bvadd(d, s), bvsub0(bvand(d, s)));
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
    false,
  ),
  fault(
    'table',
    'ja-from-itself',
    'ja counts from itself',
    (s) => ({
      ...s,
      target: { ...s.target, JA: (pc, offset) => bvadd(pc, signExtend(48, offset)) },
    }),
    false,
  ),
  fault(
    'call',
    'may-goto-never-counts',
    'may_goto does not use its budget',
    (s) => ({ ...s, mayGoto: { ...s.mayGoto, budget: (budget) => budget } }),
    false,
  ),
];

/** Backward jumps land on the next slot instead: a wild target would be a crash and not a difference. */
function forward(pc: BvTerm, offset: BvTerm): BvTerm {
  const next = bvadd(pc, one(64));
  return ite(bvuge(offset, bv(16, 0x8000n)), next, bvadd(next, zeroExtend(48, offset)));
}

const MEMORY: readonly Fault[] = [
  fault('memory', 'ldxb-sign-extends', 'LDXB sign-extends', (s) => ({
    ...s,
    load: { ...s.load, B: s.loadSigned.B },
  })),
  fault('memory', 'ldxsh-zero-extends', 'LDXSH zero-extends', (s) => ({
    ...s,
    loadSigned: { ...s.loadSigned, H: s.load.H },
  })),
  fault('memory', 'ldxw-big-endian', 'words are read big-endian', (s) => ({
    ...s,
    bytesToValue: {
      ...s.bytesToValue,
      W: (bytes) => bytes.reduce((high, byte) => concat(high, byte)),
    },
  })),
  fault('memory', 'stxh-big-endian', 'half-words are written big-endian', (s) => ({
    ...s,
    valueToBytes: { ...s.valueToBytes, H: (value) => [...s.valueToBytes.H(value)].reverse() },
  })),
  fault('memory', 'stdw-imm-zero-extended', 'STDW zero-extends its immediate', (s) => ({
    ...s,
    storeImmediate: { ...s.storeImmediate, DW: (imm) => zeroExtend(32, imm) },
  })),
  fault('memory', 'offset-zero-extended', 'offsets of accesses are zero-extended', (s) => ({
    ...s,
    address: (base, offset) => bvadd(base, zeroExtend(48, offset)),
  })),
  fault('memory', 'packet-w-little-endian', 'LD_ABS_W reads little-endian', (s) => ({
    ...s,
    packet: {
      ...s.packet,
      value: { ...s.packet.value, W: (bytes) => zeroExtend(32, s.bytesToValue.W(bytes)) },
    },
  })),
  fault(
    'memory',
    'packet-bound-one-long',
    'packet loads reach one byte too far short',
    (s) => ({
      ...s,
      packet: {
        ...s.packet,
        inside: (offset, bytes, length) => s.packet.inside(offset, bytes + 1, length),
      },
    }),
    false,
  ),
  fault(
    'memory',
    'cmpxchg32-compares-64-bits',
    'CMPXCHG32 compares all of r0',
    (s) => ({
      ...s,
      atomic: {
        ...s.atomic,
        CMPXCHG32: (old, src, r0) => ({
          memory: ite(eq(zeroExtend(32, old), r0), extract(31, 0, src), old),
          result: { register: 'r0', value: zeroExtend(32, old) },
        }),
      },
    }),
    false,
  ),
  fault('memory', 'xchg32-sign-extends', 'XCHG32 sign-extends what it fetches', (s) => ({
    ...s,
    atomic: {
      ...s.atomic,
      XCHG32: (old) => ({
        ...s.atomic.XCHG32(old, zeroExtend(32, old), zeroExtend(32, old)),
        memory: old,
        result: { register: 'src', value: signExtend(32, old) },
      }),
    },
  })),
  fault('memory', 'fetch-and64-gives-new-value', 'FETCH_AND64 fetches the new value', (s) => ({
    ...s,
    atomic: {
      ...s.atomic,
      FETCH_AND64: (old, src) => ({
        memory: bvand(old, src),
        result: { register: 'src', value: bvand(old, src) },
      }),
    },
  })),
  fault('memory', 'lddw-halves-swapped', 'LD_IMM64 takes imm as the upper half', (s) => ({
    ...s,
    constant: { ...s.constant, LD_IMM64: ({ imm, nextImm }) => concat(imm, nextImm) },
  })),
];

const CALLS: readonly Fault[] = [
  fault(
    'call',
    'helper-keeps-r3',
    'helpers leave R3',
    (s) => ({
      ...s,
      clobbers: { ...s.clobbers, helper: { registers: [1, 2, 4, 5], frame: false } },
    }),
    false,
  ),
  fault(
    'call',
    'call-loses-r7',
    'local calls do not restore R7',
    (s) => ({ ...s, savedRegisters: [6, 8, 9, 10] }),
    false,
  ),
  fault(
    'call',
    'callee-frame-not-poisoned',
    'a new frame keeps what was there',
    (s) => ({
      ...s,
      clobbers: { ...s.clobbers, call: { registers: [0, 6, 7, 8, 9], frame: false } },
    }),
    false,
  ),
  fault('call', 'mov-reads-dst', 'MOV counts as a read of its dst', (s) => ({
    ...s,
    reads: { ...s.reads, alu: ({ source }, { dst, src }) => (source === 'X' ? [dst, src] : [dst]) },
  })),
  fault(
    'map',
    'array-update-range-before-flags',
    'array updates check the range before the flags',
    (s) => ({
      ...s,
      maps: {
        ...s.maps,
        arrayUpdate: (flags, index, max) =>
          ite(bvuge(index, max), bvsub0(bv(64, 7n)), s.maps.arrayUpdate(flags, index, max)),
      },
    }),
    false,
  ),
  fault(
    'map',
    'hash-exist-ignored',
    'BPF_EXIST inserts',
    (s) => ({
      ...s,
      maps: {
        ...s.maps,
        hashUpdate: (flags, present, full) =>
          s.maps.hashUpdate(ite(eq(flags, bv(64, 2n)), bv(64, 0n), flags), present, full),
      },
    }),
    false,
  ),
  fault(
    'map',
    'user-delete-empty',
    'deleting an empty slot succeeds',
    (s) => ({
      ...s,
      userSpace: {
        ...s.userSpace,
        delete: (state, knobs) => s.userSpace.delete({ ...state, empty: FALSE }, knobs),
      },
    }),
    false,
  ),
];

function knobs(
  name: string,
  summary: string,
  change: (right: Semantics['tailCall']) => Partial<Semantics['tailCall']>,
): Fault {
  return fault(
    'tail-call',
    name,
    summary,
    (s) => ({ ...s, tailCall: { ...s.tailCall, ...change(s.tailCall) } }),
    false,
  );
}

const TAIL_CALLS: readonly Fault[] = [
  knobs('limit-32', '32 tail calls instead of 33', (right) => ({
    results: (state, k) => right.results(state, { ...k, limit: k.limit - 1 }),
  })),
  knobs('limit-34', '34 tail calls instead of 33', (right) => ({
    results: (state, k) => right.results(state, { ...k, limit: k.limit + 1 }),
  })),
  knobs('index-not-truncated', 'all 64 bits of the index count', () => ({ index: (r3) => r3 })),
  knobs('index-16-bits', '16 bits of the index count', () => ({
    index: (r3) => zeroExtend(48, extract(15, 0, r3)),
  })),
  knobs('empty-burns', 'an empty slot always uses budget', (right) => ({
    counter: { ...right.counter, empty: right.counter.taken },
  })),
  knobs('empty-never-burns', 'an empty slot never uses budget', (right) => ({
    counter: { ...right.counter, empty: (counter) => counter },
  })),
  knobs('out-of-range-burns', 'an index out of range uses budget', (right) => ({
    counter: { ...right.counter, out_of_range: right.counter.taken },
  })),
  knobs('taken-counts-twice', 'a tail call counts twice', (right) => ({
    counter: { ...right.counter, taken: (counter) => bvadd(counter, bv(64, 2n)) },
  })),
  knobs('mask-forgotten', 'unprivileged programs compare the low half of the index', (right) => ({
    index: (r3, k) => right.index(r3, { ...k, indexMasked: false }),
    results: (state, k) => right.results(state, { ...k, indexMasked: false }),
  })),
  fault(
    'tail-call',
    'write-back-forgotten',
    'the caller does not take the count over',
    (s) => ({
      ...s,
      counterPassing: { ...s.counterPassing, writeback: s.counterPassing.value },
    }),
    false,
  ),
  fault(
    'tail-call',
    'count-shared-always',
    'by-value profiles share one counter',
    (s) => ({ ...s, counterPassing: { ...s.counterPassing, value: s.counterPassing.reference } }),
    false,
  ),
  fault(
    'tail-call',
    'count-starts-anew',
    'a local call starts a new count',
    (s) => ({
      ...s,
      counterPassing: {
        ...s.counterPassing,
        value: { ...s.counterPassing.value, enter: () => bv(64, 0n) },
      },
    }),
    false,
  ),
  fault(
    'tail-call',
    'tail-call-keeps-frame',
    "the callee sees the caller's stack",
    (s) => ({
      ...s,
      clobbers: { ...s.clobbers, tail_call_taken: { ...s.clobbers.tail_call_taken, frame: false } },
    }),
    false,
  ),
  fault(
    'tail-call',
    'tail-call-loses-r1',
    'the callee does not see R1',
    (s) => ({
      ...s,
      clobbers: {
        ...s.clobbers,
        tail_call_taken: { registers: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], frame: true },
      },
    }),
    false,
  ),
  fault(
    'tail-call',
    'failed-tail-call-keeps-r5',
    'a failed tail call leaves R5',
    (s) => ({
      ...s,
      clobbers: { ...s.clobbers, tail_call_failed: { registers: [0, 1, 2, 3, 4], frame: false } },
    }),
    false,
  ),
];

export const SMT_FAULTS: readonly Fault[] = [
  ...ARITHMETIC,
  ...JUMPS,
  ...MEMORY,
  ...CALLS,
  ...TAIL_CALLS,
];
