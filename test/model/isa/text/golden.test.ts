// Lines written by hand in both spellings, against fields written by hand. Where the kernel's log, bpftool and LLVM
// differ, each of their forms has a line.

import { describe, expect, it } from 'vitest';
import { rowKey } from '../../../../model/isa/table.ts';
import { assemble } from '../../../../model/isa/text/assemble.ts';

/** `name dst src offset imm nextImm`. */
function fieldsOf(line: string): string {
  const options = { mapFd: (name: string) => (name === 'jmp' ? 7 : undefined) };
  const { instructions } = assemble(line, options);
  return instructions
    .map(({ row, dst, src, offset, imm, nextImm }) =>
      [rowKey(row), dst, src, offset, imm, nextImm].join(' '),
    )
    .join(' | ');
}

// biome-ignore format: table
const KERNEL: readonly [line: string, fields: string][] = [
  // Two operands, one, sign extension, byte swaps.
  ['r1 += 5',                     'ADD64/K 1 0 0 5 0'],
  ['w1 -= -5',                    'SUB32/K 1 0 0 -5 0'],
  ['r1 *= r2',                    'MUL64/X 1 2 0 0 0'],
  ['w1 /= w2',                    'DIV32/X 1 2 0 0 0'],
  ['r1 s/= 0x10',                 'SDIV64/K 1 0 1 16 0'],
  ['r1 |= 0xffffffff',            'OR64/K 1 0 0 -1 0'],
  ['w9 &= 0x80000000',            'AND32/K 9 0 0 -2147483648 0'],
  ['r1 <<= 63',                   'LSH64/K 1 0 0 63 0'],
  ['r1 >>= r10',                  'RSH64/X 1 10 0 0 0'],
  ['w1 %= 7',                     'MOD32/K 1 0 0 7 0'],
  ['w1 s%= w2',                   'SMOD32/X 1 2 1 0 0'],
  ['r1 ^= -0x1',                  'XOR64/K 1 0 0 -1 0'],
  ['r1 s>>= 3',                   'ARSH64/K 1 0 0 3 0'],
  ['r1 = 5',                      'MOV64/K 1 0 0 5 0'],
  ['r1 = -5',                     'MOV64/K 1 0 0 -5 0'],
  ['r1=-5',                       'MOV64/K 1 0 0 -5 0'],
  ['r1 = - 5',                    'MOV64/K 1 0 0 -5 0'],
  ['r1 = +5',                     'MOV64/K 1 0 0 5 0'],
  ['r1 = r2',                     'MOV64/X 1 2 0 0 0'],
  ['w1 = 0xffffffff',             'MOV32/K 1 0 0 -1 0'],
  ['w1 = w2',                     'MOV32/X 1 2 0 0 0'],
  ['r1 = -r1',                    'NEG64 1 0 0 0 0'],
  ['w3 = -w3',                    'NEG32 3 0 0 0 0'],
  ['r1 = (s8)r2',                 'MOVSX8_64 1 2 8 0 0'],
  ['r1 = (s16) r2',               'MOVSX16_64 1 2 16 0 0'],
  ['r1 = (s32)r2',                'MOVSX32_64 1 2 32 0 0'],
  ['w1 = (s8)w2',                 'MOVSX8_32 1 2 8 0 0'],
  ['w1 = (s16)w2',                'MOVSX16_32 1 2 16 0 0'],
  ['r1 = le64 r1',                'LE64 1 0 0 64 0'],
  ['r2 = be16 r2',                'BE16 2 0 0 16 0'],
  ['r1 = bswap32 r1',             'BSWAP32 1 0 0 32 0'],
  // Wide loads.
  ['r1 = 5 ll',                   'LD_IMM64 1 0 0 5 0'],
  ['r1 = -1 ll',                  'LD_IMM64 1 0 0 -1 -1'],
  ['r1 = 0x1122334455667788 ll',  'LD_IMM64 1 0 0 1432778632 287454020'],
  ['r1 = 0x1122334455667788',     'LD_IMM64 1 0 0 1432778632 287454020'],
  ['r1 = 0xffffffff',             'LD_IMM64 1 0 0 -1 0'],
  ['r1 = 2147483648',             'LD_IMM64 1 0 0 -2147483648 0'],
  ['r1 = -2147483649',            'LD_IMM64 1 0 0 2147483647 -1'],
  ['(18) r1 = 0x5',               'LD_IMM64 1 0 0 5 0'],
  ['(b7) r1 = 5',                 'MOV64/K 1 0 0 5 0'],
  ['r2 = map[jmp]',               'LD_MAP_FD 2 1 0 7 0'],
  ['r2 = map[fd:-3]',             'LD_MAP_FD 2 1 0 -3 0'],
  ['r2 = map[jmp][0]+8',          'LD_MAP_VALUE_FD 2 2 0 7 8'],
  ['r2 = map[jmp][0]+4294967295', 'LD_MAP_VALUE_FD 2 2 0 7 -1'],
  ['r2 = btf_id[3]',              'LD_VAR_ADDR 2 3 0 3 0'],
  ['r2 = subprog[pc+4]',          'LD_CODE_ADDR 2 4 0 4 0'],
  ['r2 = subprog[+4]',            'LD_CODE_ADDR 2 4 0 4 0'],
  ['r2 = map_idx[1]',             'LD_MAP_IDX 2 5 0 1 0'],
  ['r2 = map_idx[1][0]+4',        'LD_MAP_VALUE_IDX 2 6 0 1 4'],
  // Memory.
  ['r0 = *(u32 *)(r1 +4)',        'LDXW 0 1 4 0 0'],
  ['r0 = *(u32 *)(r1 + 4)',       'LDXW 0 1 4 0 0'],
  ['r0 = *(u32*)(r1+0x4)',        'LDXW 0 1 4 0 0'],
  ['r0 = *(u32 *)(r1 - 4)',       'LDXW 0 1 -4 0 0'],
  ['r0 = *(u64 *)(r1)',           'LDXDW 0 1 0 0 0'],
  ['w0 = *(u8 *)(r1 + 4)',        'LDXB 0 1 4 0 0'],
  ['r0 = *(s16 *)(r1 -32768)',    'LDXSH 0 1 -32768 0 0'],
  ['*(u8 *)(r10 -1) = 5',         'STB 10 0 -1 5 0'],
  ['*(u64 *)(r10 -8) = -5',       'STDW 10 0 -8 -5 0'],
  ['*(u16 *)(r10 -8) = r3',       'STXH 10 3 -8 0 0'],
  ['*(u16 *)(r10 -8) = w3',       'STXH 10 3 -8 0 0'],
  ['r0 = *(u16 *)skb[12]',        'LD_ABS_H 0 0 0 12 0'],
  ['r0 = *(u8 *)skb[r7 + 2]',     'LD_IND_B 0 7 0 2 0'],
  ['r0 = *(u8 *)skb[r7 +2]',      'LD_IND_B 0 7 0 2 0'],
  ['r0 = *(u8 *)skb[r7 - 2]',     'LD_IND_B 0 7 0 -2 0'],
  ['r0 = *(u8 *)skb[r7 + -2]',    'LD_IND_B 0 7 0 -2 0'],
  ['r0 = *(u32 *)skb[r7]',        'LD_IND_W 0 7 0 0 0'],
  // Atomics.
  ['lock *(u64 *)(r10 -8) += r1',                      'ATOMIC_ADD64 10 1 -8 0 0'],
  ['lock *(u32 *)(r10 -8) ^= w1',                      'ATOMIC_XOR32 10 1 -8 160 0'],
  ['lock *(u32 *)(r10 -8) ^= r1',                      'ATOMIC_XOR32 10 1 -8 160 0'],
  ['r1 = atomic64_fetch_add((u64 *)(r10 -8), r1)',     'ATOMIC_FETCH_ADD64 10 1 -8 1 0'],
  ['r1 = atomic_fetch_and((u64 *)(r10 - 8), r1)',      'ATOMIC_FETCH_AND64 10 1 -8 81 0'],
  ['w1 = atomic_fetch_or((u32 *)(r10 -8), w1)',        'ATOMIC_FETCH_OR32 10 1 -8 65 0'],
  ['r1 = atomic_fetch_or((u32 *)(r10 -8), r1)',        'ATOMIC_FETCH_OR32 10 1 -8 65 0'],
  ['r1 = atomic64_xchg((u64 *)(r10 -8), r1)',          'ATOMIC_XCHG64 10 1 -8 225 0'],
  ['w1 = xchg32_32(r10 - 8, w1)',                      'ATOMIC_XCHG32 10 1 -8 225 0'],
  ['r0 = atomic64_cmpxchg((u64 *)(r10 -8), r0, r1)',   'ATOMIC_CMPXCHG64 10 1 -8 241 0'],
  ['w0 = atomic_cmpxchg((u32 *)(r10 -8), w0, w1)',     'ATOMIC_CMPXCHG32 10 1 -8 241 0'],
  ['r0 = atomic_cmpxchg((u32 *)(r10 -8), r0, r1)',     'ATOMIC_CMPXCHG32 10 1 -8 241 0'],
  ['r0 = cmpxchg_64(r10 - 8, r0, r1)',                 'ATOMIC_CMPXCHG64 10 1 -8 241 0'],
  ['r2 = load_acquire((u64 *)(r1 +8))',                'LOAD_ACQ_DW 2 1 8 256 0'],
  ['w2 = load_acquire((u8 *)(r1 + 8))',                'LOAD_ACQ_B 2 1 8 256 0'],
  ['store_release((u16 *)(r1 +8), r2)',                'STORE_REL_H 1 2 8 272 0'],
  ['store_release((u16 *)(r1 + 8), w2)',               'STORE_REL_H 1 2 8 272 0'],
  // Control.
  ['goto pc+3',                   'JA 0 0 3 0 0'],
  ['goto +3',                     'JA 0 0 3 0 0'],
  ['goto pc-1',                   'JA 0 0 -1 0 0'],
  ['goto +0x3 <LBB0_2>',          'JA 0 0 3 0 0'],
  ['gotol +70000',                'JA32 0 0 0 70000 0'],
  ['may_goto +2',                 'MAY_GOTO 0 0 2 0 0'],
  ['if r1 == 5 goto pc+1',        'JEQ64/K 1 0 1 5 0'],
  ['if w1 != 0x5 goto +1',        'JNE32/K 1 0 1 5 0'],
  ['if r1 s> -5 goto +1',         'JSGT64/K 1 0 1 -5 0'],
  ['if r1 s>= r2 goto -2',        'JSGE64/X 1 2 -2 0 0'],
  ['if w1 s< w2 goto +1',         'JSLT32/X 1 2 1 0 0'],
  ['if w1 s<= 0xffffffff goto +1','JSLE32/K 1 0 1 -1 0'],
  ['if r1 & 0x80000000 goto +1',  'JSET64/K 1 0 1 -2147483648 0'],
  ['if r1 > 1 goto +1',           'JGT64/K 1 0 1 1 0'],
  ['if r1 >= 1 goto +1',          'JGE64/K 1 0 1 1 0'],
  ['if r1 < r2 goto +1',          'JLT64/X 1 2 1 0 0'],
  ['if r1 <= 1 goto +1',          'JLE64/K 1 0 1 1 0'],
  ['call bpf_tail_call',          'CALL_HELPER 0 0 0 12 0'],
  ['call bpf_tail_call#12',       'CALL_HELPER 0 0 0 12 0'],
  ['call bpf_map_peek_elem#89',   'CALL_HELPER 0 0 0 89 0'],
  ['call 12',                     'CALL_HELPER 0 0 0 12 0'],
  ['call pc+2',                   'CALL_LOCAL 0 1 0 2 0'],
  ['call pc-3#bpf_prog_f',        'CALL_LOCAL 0 1 0 -3 0'],
  ['call kfunc#9001',             'CALL_BTF 0 2 0 9001 0'],
  ['exit',                        'EXIT 0 0 0 0 0'],
];

// biome-ignore format: table
const SUITE: readonly [line: string, fields: string][] = [
  ['add %r1, 5',                       'ADD64/K 1 0 0 5 0'],
  ['add32 %r1, %r2',                   'ADD32/X 1 2 0 0 0'],
  ['sdiv %r1, -1',                     'SDIV64/K 1 0 1 -1 0'],
  ['smod32 %r1, %r2',                  'SMOD32/X 1 2 1 0 0'],
  ['mov %r2, 0xfffffffd',              'MOV64/K 2 0 0 -3 0'],
  ['mov32 %r0, 1',                     'MOV32/K 0 0 0 1 0'],
  ['arsh32 %r0, %r10',                 'ARSH32/X 0 10 0 0 0'],
  ['neg %r4',                          'NEG64 4 0 0 0 0'],
  ['neg32 %r4',                        'NEG32 4 0 0 0 0'],
  ['movsx832 %r1, %r2',                'MOVSX8_32 1 2 8 0 0'],
  ['movsx3264 %r1, %r2',               'MOVSX32_64 1 2 32 0 0'],
  ['le32 %r0',                         'LE32 0 0 0 32 0'],
  ['be16 %r0',                         'BE16 0 0 0 16 0'],
  ['swap16 %r0',                       'BSWAP16 0 0 0 16 0'],
  ['bswap16 %r0',                      'BSWAP16 0 0 0 16 0'],
  ['lddw %r0, 0x1122334455667788',     'LD_IMM64 0 0 0 1432778632 287454020'],
  ['lddw %r0, 2147483648',             'LD_IMM64 0 0 0 -2147483648 0'],
  ['lddw %r0, -1',                     'LD_IMM64 0 0 0 -1 -1'],
  ['ldxdw %r0, [%r1]',                 'LDXDW 0 1 0 0 0'],
  ['ldxb %r0, [%r1+0x10]',             'LDXB 0 1 16 0 0'],
  ['ldxsh %r0, [%r10-8]',              'LDXSH 0 10 -8 0 0'],
  ['stdw [%r1+2], 0x44332211',         'STDW 1 0 2 1144201745 0'],
  ['stxw [%r10-8], %r1',               'STXW 10 1 -8 0 0'],
  ['lock add [%r10-8], %r1',           'ATOMIC_ADD64 10 1 -8 0 0'],
  ['lock fetch add32 [%r10-8], %r1',   'ATOMIC_FETCH_ADD32 10 1 -8 1 0'],
  ['lock xchg32 [%r10-8], %r1',        'ATOMIC_XCHG32 10 1 -8 225 0'],
  ['lock cmpxchg [%r10-8], %r1',       'ATOMIC_CMPXCHG64 10 1 -8 241 0'],
  ['ja +1',                            'JA 0 0 1 0 0'],
  ['ja32 -3',                          'JA32 0 0 0 -3 0'],
  ['jne %r0, %r1, +4',                 'JNE64/X 0 1 4 0 0'],
  ['jsle32 %r0, 0xffffffff, -4',       'JSLE32/K 0 0 -4 -1 0'],
  ['jset %r4, 0x80000000, +1',         'JSET64/K 4 0 1 -2147483648 0'],
  ['call 5',                           'CALL_HELPER 0 0 0 5 0'],
  ['call helper 5',                    'CALL_HELPER 0 0 0 5 0'],
  ['call local +2',                    'CALL_LOCAL 0 1 0 2 0'],
  ['call runtime 6',                   'CALL_BTF 0 2 0 6 0'],
  ['ldabsh 12',                        'LD_ABS_H 0 0 0 12 0'],
  ['ldindb %r7, -2',                   'LD_IND_B 0 7 0 -2 0'],
  ['exit',                             'EXIT 0 0 0 0 0'],
];

describe("the kernel's spelling", () => {
  it.each(KERNEL)('%s', (line, fields) => {
    expect(fieldsOf(line)).toBe(fields);
  });
});

describe("the suite's spelling", () => {
  it.each(SUITE)('%s', (line, fields) => {
    expect(fieldsOf(line)).toBe(fields);
  });
});
