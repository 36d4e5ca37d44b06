// Planted faults in the SMT meaning of memory, maps and calls.

import {
  bv,
  bvadd,
  bvand,
  bvuge,
  concat,
  eq,
  extract,
  FALSE,
  ite,
  signExtend,
  zeroExtend,
} from '../../../smt/index.ts';
import type { Fault } from '../fault.ts';
import { fault, negated } from './plant.ts';

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
    { singleInstruction: false },
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
    { singleInstruction: false },
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
    { singleInstruction: false },
  ),
  fault(
    'call',
    'call-loses-r7',
    'local calls do not restore R7',
    (s) => ({ ...s, savedRegisters: [6, 8, 9, 10] }),
    { singleInstruction: false },
  ),
  fault(
    'call',
    'callee-frame-not-poisoned',
    'a new frame keeps what was there',
    (s) => ({
      ...s,
      clobbers: { ...s.clobbers, call: { registers: [0, 6, 7, 8, 9], frame: false } },
    }),
    { singleInstruction: false },
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
          ite(bvuge(index, max), negated(bv(64, 7n)), s.maps.arrayUpdate(flags, index, max)),
      },
    }),
    { singleInstruction: false },
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
    { singleInstruction: false },
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
    { singleInstruction: false },
  ),
];

export const MEMORY_FAULTS: readonly Fault[] = [...MEMORY, ...CALLS];
