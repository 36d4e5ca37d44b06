// Faults planted from outside, as copies of the semantics with one entry replaced: each is noticed by the
// hand case that is named here.

import { expect, test } from 'vitest';
import { runConcrete } from '../../../smt/machine/machine.ts';
import { SEMANTICS, type Semantics } from '../../../smt/semantics/semantics.ts';
import {
  and,
  bv,
  bvadd,
  bvashr,
  bvlshr,
  bvshl,
  bvudiv,
  bvuge,
  bvugt,
  bvurem,
  concat,
  distinct,
  extract,
  FALSE,
  not,
  signExtend,
  zeroExtend,
} from '../../../smt/terms/index.ts';
import { scenarioOf } from '../../engines/build.ts';
import type { Case } from '../../engines/cases/case.ts';
import { FAMILIES } from '../../engines/cases/index.ts';

const S = SEMANTICS;
const CASES: readonly Case[] = Object.values(FAMILIES).flat();

interface Fault {
  readonly name: string;
  readonly change: Partial<Semantics>;
  /** The case that notices. */
  readonly noticed: string;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'ADD32 keeps the upper half',
    change: {
      result32: { ...S.result32, ADD: (value, dst) => concat(extract(63, 32, dst), value) },
    },
    noticed: 'ADD32 clears the upper half',
  },
  {
    name: 'NEG32 sign-extends',
    change: { result32: { ...S.result32, NEG: (value) => signExtend(32, value) } },
    noticed: 'NEG32',
  },
  {
    name: 'ALU64 K zero-extends',
    change: { immediate: { ...S.immediate, alu64: (imm) => zeroExtend(32, imm) } },
    noticed: 'ADD64 K sign-extends',
  },
  {
    name: 'JMP K zero-extends',
    change: { immediate: { ...S.immediate, jump64: (imm) => zeroExtend(32, imm) } },
    noticed: 'JGT64 K compares with the extension',
  },
  {
    name: 'LSH32 without a mask',
    change: { alu32: { ...S.alu32, LSH: bvshl } },
    noticed: 'LSH32 masks 0x1f',
  },
  {
    name: 'LSH64 without a mask',
    change: { alu64: { ...S.alu64, LSH: bvshl } },
    noticed: 'LSH64 masks 0x3f',
  },
  {
    name: 'ARSH32 is logical',
    change: { alu32: { ...S.alu32, ARSH: bvlshr } },
    noticed: 'ARSH32 sees bit 31',
  },
  {
    name: 'DIV64 by zero is all ones',
    change: { alu64: { ...S.alu64, DIV: bvudiv } },
    noticed: 'DIV64 by zero',
  },
  {
    name: 'SMOD64 is unsigned',
    change: { alu64: { ...S.alu64, SMOD: bvurem } },
    noticed: 'SMOD64 takes the dividend sign',
  },
  {
    name: 'MOVSX8_64 zero-extends',
    change: {
      movsx: { ...S.movsx, MOVSX8_64: (src) => zeroExtend(56, extract(7, 0, src)) },
    },
    noticed: 'MOVSX8_64',
  },
  {
    name: 'LE16 keeps all',
    change: { swap: { ...S.swap, LE16: (dst) => dst } },
    noticed: 'LE16 truncates',
  },
  {
    name: 'JLE64 is JLT64',
    change: { jump64: { ...S.jump64, JLE: S.jump64.JGE } },
    noticed: 'JLE64 is unsigned',
  },
  {
    name: 'JEQ32 is JNE32',
    change: { jump32: { ...S.jump32, JEQ: distinct } },
    noticed: 'JEQ32 ignores upper halves',
  },
  {
    name: 'jumps count from the jump',
    change: {
      target: { ...S.target, JA: (pc, offset) => bvadd(pc, signExtend(48, offset)) },
    },
    noticed: 'a wide instruction takes two slots',
  },
  {
    name: 'gotol uses the offset',
    change: { target: { ...S.target, JA32: S.target.JA } },
    noticed: 'JA32 jumps by imm',
  },
  {
    name: 'may_goto jumps one too early',
    change: { mayGoto: { ...S.mayGoto, jumps: (budget) => not(bvugt(budget, bv(64, 1n))) } },
    noticed: 'may_goto falls through as often as its budget',
  },
  {
    name: 'offsets are unsigned',
    change: { address: (base, offset) => bvadd(base, zeroExtend(48, offset)) },
    noticed: 'STX keeps neighbours',
  },
  {
    name: 'half words are big-endian',
    change: {
      bytesToValue: {
        ...S.bytesToValue,
        H: (bytes) => bytes.reduce((high, byte) => concat(high, byte)),
      },
    },
    noticed: 'loads are little-endian',
  },
  {
    name: 'words are stored big-endian',
    change: {
      valueToBytes: { ...S.valueToBytes, W: (value) => S.valueToBytes.W(value).toReversed() },
    },
    noticed: 'CMPXCHG32 that matches',
  },
  {
    name: 'LDXB sign-extends',
    change: { load: { ...S.load, B: S.loadSigned.B } },
    noticed: 'LDXB zero-extends',
  },
  {
    name: 'LDXSB zero-extends',
    change: { loadSigned: { ...S.loadSigned, B: S.load.B } },
    noticed: 'MEMSX extends to 64 bits',
  },
  {
    name: 'ST DW zero-extends',
    change: { storeImmediate: { ...S.storeImmediate, DW: (imm) => zeroExtend(32, imm) } },
    noticed: 'ST DW sign-extends',
  },
  {
    name: 'CMPXCHG64 stores always',
    change: {
      atomic: {
        ...S.atomic,
        CMPXCHG64: (old, src, r0) => ({
          ...S.atomic.CMPXCHG64(old, src, r0),
          memory: src,
        }),
      },
    },
    noticed: 'CMPXCHG64 that does not',
  },
  {
    name: 'FETCH_ADD32 sign-extends',
    change: {
      atomic: {
        ...S.atomic,
        FETCH_ADD32: (old, src, r0) => ({
          ...S.atomic.FETCH_ADD32(old, src, r0),
          result: { register: 'src', value: signExtend(32, old) },
        }),
      },
    },
    noticed: 'FETCH_ADD32 zero-extends the old value',
  },
  {
    name: 'packet loads in host order',
    change: {
      packet: {
        ...S.packet,
        value: { ...S.packet.value, W: (bytes) => zeroExtend(32, S.bytesToValue.W(bytes)) },
      },
    },
    noticed: 'LD_ABS is network order',
  },
  {
    name: 'helpers keep R1 to R5',
    change: { clobbers: { ...S.clobbers, helper: { registers: [], frame: false } } },
    noticed: 'helpers clobber R5',
  },
  {
    name: 'calls do not keep R6',
    change: { savedRegisters: [7, 8, 9, 10] },
    noticed: 'R6 to R9 come back',
  },
  {
    name: 'the limit is 32',
    change: {
      tailCall: {
        ...S.tailCall,
        results: (state, knobs) => S.tailCall.results(state, { ...knobs, limit: 32 }),
      },
    },
    noticed: '33 taken, then exhausted',
  },
  {
    name: 'the index is not truncated',
    change: { tailCall: { ...S.tailCall, index: (r3) => r3 } },
    noticed: 'index 2^32 is 0',
  },
  {
    name: 'empty slots burn',
    change: {
      tailCall: {
        ...S.tailCall,
        counter: { ...S.tailCall.counter, empty: (counter) => bvadd(counter, bv(64, 1n)) },
      },
    },
    noticed: 'empty slots do not burn on 6.12',
  },
  {
    name: 'the slot is looked at before the limit',
    change: {
      tailCall: {
        ...S.tailCall,
        results: (state, knobs) => {
          const results = S.tailCall.results(state, knobs);
          const empty = and(not(results.out_of_range), state.slotEmpty);
          return { ...results, empty, exhausted: and(results.exhausted, not(state.slotEmpty)) };
        },
      },
    },
    noticed: 'the limit comes before the slot',
  },
  {
    name: 'the limit comes before the range',
    change: {
      tailCall: {
        ...S.tailCall,
        results: (state, knobs) => {
          const results = S.tailCall.results(state, knobs);
          const exhausted = bvuge(state.counter, bv(64, BigInt(knobs.limit)));
          return { ...results, exhausted, out_of_range: and(results.out_of_range, not(exhausted)) };
        },
      },
    },
    noticed: 'range comes before the limit',
  },
  {
    name: 'the order of checks is not looked at',
    change: {
      tailCall: {
        ...S.tailCall,
        results: (state, knobs) =>
          S.tailCall.results(state, { ...knobs, order: ['index', 'count', 'slot'] }),
      },
    },
    noticed: 'count, slot, index: at the limit',
  },
  {
    name: 'nothing is masked',
    change: {
      tailCall: {
        ...S.tailCall,
        index: (r3, knobs) => S.tailCall.index(r3, { ...knobs, indexMasked: false }),
      },
    },
    noticed: 'masked: 2^32 is out of range',
  },
  {
    name: 'the mask uses up budget',
    change: {
      tailCall: {
        ...S.tailCall,
        counter: {
          ...S.tailCall.counter,
          out_of_range: (counter, knobs) =>
            S.tailCall.counter.out_of_range(counter, { ...knobs, indexMasked: false }),
        },
      },
    },
    noticed: 'masked: nothing is used up, whatever burns says',
  },
  {
    name: 'counters are not written back',
    change: { counterPassing: { ...S.counterPassing, writeback: S.counterPassing.value } },
    noticed: 'written back, the hierarchy stops at the limit',
  },
  {
    name: 'counters by value come back',
    change: { counterPassing: { ...S.counterPassing, value: S.counterPassing.reference } },
    noticed: 'by value the hierarchy runs away',
  },
  {
    name: 'a failed attempt keeps R5',
    change: { clobbers: { ...S.clobbers, tail_call_failed: { registers: [0], frame: false } } },
    noticed: 'R5 is poison after a failure, R6 is not',
  },
  {
    name: 'a tail call keeps the frame',
    change: {
      clobbers: {
        ...S.clobbers,
        tail_call_taken: { ...S.clobbers.tail_call_taken, frame: false },
      },
    },
    noticed: 'the frame is poison in the callee',
  },
  {
    name: 'array updates look at the index first',
    change: {
      maps: {
        ...S.maps,
        arrayUpdate: (_flags, index, maxEntries) =>
          S.maps.arrayUpdate(bv(64, 1n), index, maxEntries),
      },
    },
    noticed: 'array update: flags before index',
  },
  {
    name: 'the values stand at their size',
    change: {
      maps: {
        ...S.maps,
        valueAddress: (first, index) => S.maps.valueAddress(first, index, bv(64, 12n)),
      },
    },
    noticed: 'array lookup',
  },
  {
    name: 'deletes of empty slots are done',
    change: {
      userSpace: {
        ...S.userSpace,
        delete: (state, knobs) => S.userSpace.delete({ ...state, empty: FALSE }, knobs),
      },
    },
    noticed: 'hop writes, their order and errors',
  },
  {
    name: 'MOV reads its dst',
    change: { reads: { ...S.reads, alu: (_, { dst }) => [dst] } },
    noticed: 'MOV does not read its dst',
  },
  {
    name: 'BE32 does not swap',
    change: { swap: { ...S.swap, BE32: (dst) => bvashr(dst, bv(64, 32n)) } },
    noticed: 'BE32 swaps',
  },
];

/** Whether a case does not hold; a run that breaks down does not hold either. */
function fails({ setup, expect: look, gives }: Case, semantics: Semantics): boolean {
  try {
    expect(look(runConcrete(scenarioOf(setup), { semantics }))).toEqual(gives);
    return false;
  } catch {
    return true;
  }
}

function failing(semantics: Semantics): readonly string[] {
  return CASES.filter((one) => fails(one, semantics)).map(({ name }) => name);
}

test('nothing fails without a fault', () => {
  expect(failing({ ...SEMANTICS })).toEqual([]);
});

test.each(FAULTS)('$name', ({ change, noticed }) => {
  const noticing = CASES.filter(({ name }) => name === noticed);
  expect(noticing).not.toEqual([]);
  const semantics = { ...SEMANTICS, ...change };
  expect(noticing.some((one) => fails(one, semantics))).toBe(true);
});
