// Arithmetic, jumps, memory.

import type { Instruction } from '../../../model/isa/instruction.ts';
import {
  CONTEXT_BASE,
  frameBase,
  PACKET_BASE,
  poisonRegister,
} from '../../../model/scenario/environment.ts';
import { callLocal, exit, imm64, insn, mov, movx } from '../build.ts';
import { type Case, MAX, one } from './case.ts';

const r0After = (name: string, registers: Record<number, bigint>, step: Instruction, r0: bigint) =>
  one(name, [step, exit], r0, { registers });

export const ALU_CASES: readonly Case[] = [
  r0After('ADD32 clears the upper half', { 0: MAX, 1: 1n }, insn('ADD32', { src: 1 }), 0n),
  r0After('ADD64 K sign-extends', { 0: 5n }, insn('ADD64', { imm: -1 }), 4n),
  r0After('MOV32 K zero-extends', { 0: 0n }, insn('MOV32', { imm: -1 }), 0xffff_ffffn),
  r0After('MOV64 K sign-extends', { 0: 0n }, insn('MOV64', { imm: -1 }), MAX),
  r0After('DIV64 by zero', { 0: 9n, 1: 0n }, insn('DIV64', { src: 1 }), 0n),
  r0After('DIV64 K is unsigned after extension', { 0: MAX }, insn('DIV64', { imm: -1 }), 1n),
  r0After('MOD32 by zero', { 0: MAX, 1: 2n ** 32n }, insn('MOD32', { src: 1 }), 0xffff_ffffn),
  r0After('MOD64 by zero', { 0: MAX, 1: 0n }, insn('MOD64', { src: 1 }), MAX),
  r0After(
    'SDIV64 MIN / -1',
    { 0: 2n ** 63n, 1: MAX },
    insn('SDIV64', { src: 1, offset: 1 }),
    2n ** 63n,
  ),
  r0After(
    'SDIV32 truncates',
    { 0: 0xffff_fff9n, 1: 2n },
    insn('SDIV32', { src: 1, offset: 1 }),
    0xffff_fffdn,
  ),
  r0After(
    'SMOD64 takes the dividend sign',
    { 0: MAX - 6n, 1: 3n },
    insn('SMOD64', { src: 1, offset: 1 }),
    MAX,
  ),
  r0After('LSH32 masks 0x1f', { 0: 1n, 1: 33n }, insn('LSH32', { src: 1 }), 2n),
  r0After('LSH64 masks 0x3f', { 0: 1n, 1: 65n }, insn('LSH64', { src: 1 }), 2n),
  r0After(
    'ARSH32 sees bit 31',
    { 0: 0x8000_0000n, 1: 4n },
    insn('ARSH32', { src: 1 }),
    0xf800_0000n,
  ),
  r0After('NEG32', { 0: 1n }, insn('NEG32'), 0xffff_ffffn),
  r0After(
    'MOVSX8_32 zeroes the upper half',
    { 1: 0x80n },
    insn('MOVSX8_32', { src: 1 }),
    0xffff_ff80n,
  ),
  r0After('MOVSX8_64', { 1: 0x80n }, insn('MOVSX8_64', { src: 1 }), MAX - 0x7fn),
  r0After('LE16 truncates', { 0: 0x12345678n }, insn('LE16'), 0x5678n),
  r0After('BE32 swaps', { 0: 0xff_1234_5678n }, insn('BE32'), 0x7856_3412n),
  r0After('BSWAP64', { 0: 0x0102030405060708n }, insn('BSWAP64'), 0x0807060504030201n),
];

const jump = (name: string, step: Instruction, registers: Record<number, bigint>, taken: boolean) =>
  one(name, [mov(0, 0), { ...step, offset: 1 }, exit, mov(0, 1), exit], taken ? 1n : 0n, {
    registers,
  });

export const JUMP_CASES: readonly Case[] = [
  jump(
    'JGT64 K compares with the extension',
    insn('JGT64', { dst: 1, imm: -1 }),
    { 1: MAX },
    false,
  ),
  jump('JSET64 K extends', insn('JSET64', { dst: 1, imm: -0x8000_0000 }), { 1: 2n ** 40n }, true),
  jump(
    'JSET32 sees low halves',
    insn('JSET32', { dst: 1, src: 2 }),
    { 1: 2n ** 40n, 2: MAX },
    false,
  ),
  jump(
    'JEQ32 ignores upper halves',
    insn('JEQ32', { dst: 1, src: 2 }),
    { 1: 5n, 2: 2n ** 32n + 5n },
    true,
  ),
  jump('JSLT32 sign is bit 31', insn('JSLT32', { dst: 1, imm: 0 }), { 1: 0x8000_0000n }, true),
  jump('JSLT64 sign is bit 63', insn('JSLT64', { dst: 1, imm: 0 }), { 1: 0x8000_0000n }, false),
  jump('JLE64 is unsigned', insn('JLE64', { dst: 1, src: 2 }), { 1: 1n, 2: MAX }, true),
  one('JA32 jumps by imm', [mov(0, 1), insn('JA32', { imm: 1 }), mov(0, 2), exit], 1n),
  one(
    'a wide instruction takes two slots',
    [mov(0, 1), insn('JA', { offset: 2 }), imm64(0, 7n), exit],
    1n,
  ),
  one(
    'may_goto falls through as often as its budget',
    [
      mov(0, 0),
      insn('MAY_GOTO', { offset: 2 }),
      insn('ADD64', { imm: 1 }),
      insn('JA', { offset: -3 }),
      exit,
    ],
    3n,
    { mayGoto: 3 },
  ),
  one('out of fuel', [insn('JA', { offset: -1 })], 'out_of_fuel 0:0', { fuel: 5 }),
];

const onStack = (...code: Instruction[]) => [mov(0, 0), movx(6, 10), ...code, exit];

export const MEMORY_CASES: readonly Case[] = [
  one(
    'loads are little-endian',
    onStack(insn('STDW', { dst: 6, offset: -8, imm: -2 }), insn('LDXH', { src: 6, offset: -8 })),
    0xfffen,
  ),
  one(
    'ST DW sign-extends',
    onStack(insn('STDW', { dst: 6, offset: -8, imm: -2 }), insn('LDXDW', { src: 6, offset: -8 })),
    MAX - 1n,
  ),
  one(
    'MEMSX extends to 64 bits',
    onStack(insn('STB', { dst: 6, offset: -8, imm: 0x80 }), insn('LDXSB', { src: 6, offset: -8 })),
    MAX - 0x7fn,
  ),
  one(
    'LDXB zero-extends',
    onStack(insn('STB', { dst: 6, offset: -1, imm: -1 }), insn('LDXB', { src: 6, offset: -1 })),
    0xffn,
  ),
  one(
    'STX keeps neighbours',
    onStack(
      imm64(1, MAX),
      insn('STDW', { dst: 6, offset: -8, imm: 0 }),
      insn('STXH', { dst: 6, src: 1, offset: -7 }),
      insn('LDXDW', { src: 6, offset: -8 }),
    ),
    0xff_ff00n,
  ),
  one(
    'CMPXCHG32 that matches',
    onStack(
      insn('STW', { dst: 6, offset: -8, imm: 7 }),
      imm64(0, 2n ** 32n + 7n),
      mov(1, 9),
      insn('ATOMIC_CMPXCHG32', { dst: 6, src: 1, offset: -8 }),
      insn('LDXW', { dst: 2, src: 6, offset: -8 }),
      insn('ADD64', { dst: 0, src: 2 }),
    ),
    16n,
  ),
  one(
    'CMPXCHG64 that does not',
    onStack(
      insn('STDW', { dst: 6, offset: -8, imm: 7 }),
      imm64(0, 2n ** 32n + 7n),
      mov(1, 9),
      insn('ATOMIC_CMPXCHG64', { dst: 6, src: 1, offset: -8 }),
      insn('LDXDW', { dst: 2, src: 6, offset: -8 }),
      insn('ADD64', { dst: 0, src: 2 }),
    ),
    14n,
  ),
  one(
    'FETCH_ADD32 zero-extends the old value',
    onStack(
      insn('STW', { dst: 6, offset: -8, imm: -1 }),
      imm64(1, MAX),
      insn('ATOMIC_FETCH_ADD32', { dst: 6, src: 1, offset: -8 }),
      movx(0, 1),
    ),
    0xffff_ffffn,
  ),
  one(
    'XCHG64',
    onStack(
      insn('STDW', { dst: 6, offset: -8, imm: 3 }),
      mov(1, 4),
      insn('ATOMIC_XCHG64', { dst: 6, src: 1, offset: -8 }),
      insn('LDXDW', { src: 6, offset: -8 }),
      insn('LSH64', { imm: 4 }),
      insn('OR64', { src: 1 }),
    ),
    0x43n,
  ),
  one(
    'ATOMIC_AND64 fetches nothing',
    onStack(
      insn('STDW', { dst: 6, offset: -8, imm: 6 }),
      mov(1, 3),
      insn('ATOMIC_AND64', { dst: 6, src: 1, offset: -8 }),
      insn('LDXDW', { src: 6, offset: -8 }),
      insn('LSH64', { imm: 4 }),
      insn('OR64', { src: 1 }),
    ),
    0x23n,
  ),
  one(
    'ordered accesses',
    onStack(
      mov(1, -1),
      insn('STDW', { dst: 6, offset: -8, imm: 0 }),
      insn('STORE_REL_H', { dst: 6, src: 1, offset: -8 }),
      insn('LOAD_ACQ_W', { dst: 0, src: 6, offset: -8 }),
    ),
    0xffffn,
  ),
  one(
    'below the frame, in its window',
    [movx(6, 10), insn('STB', { dst: 6, offset: -513, imm: 1 }), exit],
    'out_of_bounds 0:1',
  ),
  one(
    'across the end of the frame',
    [movx(6, 10), insn('STW', { dst: 6, offset: -3, imm: 1 }), exit],
    'out_of_bounds 0:1',
  ),
  one('address 0', [mov(6, 0), insn('LDXB', { src: 6, offset: 0 }), exit], 'bad_address 0:1'),
  one(
    'addresses do not wrap at 2^32',
    [imm64(6, 2n ** 32n + BigInt(CONTEXT_BASE)), insn('LDXB', { src: 6, offset: 0 }), exit],
    'bad_address 0:2',
    { context: new Uint8Array(8) },
  ),
  one(
    'a deeper frame is not mapped',
    [imm64(6, BigInt(frameBase(1))), insn('LDXB', { src: 6, offset: 0 }), exit],
    'bad_address 0:2',
  ),
  one(
    'a callee reaches the frame of its caller',
    [
      movx(1, 10),
      insn('STB', { dst: 10, offset: -1, imm: 9 }),
      callLocal(1),
      exit,
      insn('LDXB', { dst: 0, src: 1, offset: -1 }),
      exit,
    ],
    9n,
  ),
  one('LD_ABS is network order', [movx(6, 1), insn('LD_ABS_W', { imm: 1 }), exit], 0x02030405n, {
    type: 'sched_cls',
    packet: Uint8Array.of(1, 2, 3, 4, 5),
  }),
  one(
    'LD_IND past the end exits with 0',
    [movx(6, 1), mov(7, 3), insn('LD_IND_H', { src: 7, imm: 1 }), mov(0, 1), exit],
    0n,
    { type: 'sched_cls', packet: Uint8Array.of(1, 2, 3, 4, 5) },
  ),
  one(
    'LD_IND with a negative offset exits with 0',
    [movx(6, 1), mov(7, -1), insn('LD_IND_B', { src: 7, imm: 0 }), mov(0, 1), exit],
    0n,
    { type: 'sched_cls', packet: Uint8Array.of(1, 2) },
  ),
  one(
    'LD_ABS without the context in R6',
    [mov(6, 1), insn('LD_ABS_B', { imm: 0 }), exit],
    'bad_address 0:1',
    { type: 'sched_cls', packet: Uint8Array.of(1) },
  ),
  one(
    'LD_ABS poisons R5',
    [movx(6, 1), mov(5, 1), insn('LD_ABS_B', { imm: 0 }), movx(0, 5), exit],
    poisonRegister(5),
    { type: 'sched_cls', packet: Uint8Array.of(1) },
  ),
  one(
    'LD_ABS of a raw program reads the context',
    [movx(6, 1), insn('LD_ABS_B', { imm: 1 }), exit],
    8n,
    { context: Uint8Array.of(7, 8) },
  ),
  one(
    'data of the context is the packet',
    [
      insn('LDXW', { dst: 2, src: 1, offset: 76 }),
      insn('LDXB', { dst: 0, src: 2, offset: 2 }),
      exit,
    ],
    3n,
    { type: 'sched_cls', packet: Uint8Array.of(1, 2, 3) },
  ),
  one(
    'r1 and r2 of a raw program',
    [movx(0, 1), insn('ADD64', { src: 2 }), exit],
    BigInt(CONTEXT_BASE + 4),
    { context: new Uint8Array(4) },
  ),
  one(
    'the packet has a window',
    [imm64(1, BigInt(PACKET_BASE)), insn('LDXW', { src: 1, offset: -1 }), exit],
    'out_of_bounds 0:2',
    { type: 'xdp', packet: new Uint8Array(8) },
  ),
];
