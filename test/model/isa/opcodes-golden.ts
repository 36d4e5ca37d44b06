// The opcodes of RFC 9669's appendix and of Linux's additions, written out by hand and by number, so that a
// mistake in the table's arithmetic cannot repeat itself here. Never generate this list.

/**
 * opcode, dst, src, offset, imm, name. `r` is a register, `*` any value, a number the only value; `*+` an imm that
 * takes a second slot with any next_imm, `*0` with next_imm 0.
 */
const TEXT = `
04 r 0 0 *  ADD32/K    | 07 r 0 0 *  ADD64/K    | 0c r r 0 0  ADD32/X    | 0f r r 0 0  ADD64/X
14 r 0 0 *  SUB32/K    | 17 r 0 0 *  SUB64/K    | 1c r r 0 0  SUB32/X    | 1f r r 0 0  SUB64/X
24 r 0 0 *  MUL32/K    | 27 r 0 0 *  MUL64/K    | 2c r r 0 0  MUL32/X    | 2f r r 0 0  MUL64/X
34 r 0 0 *  DIV32/K    | 37 r 0 0 *  DIV64/K    | 3c r r 0 0  DIV32/X    | 3f r r 0 0  DIV64/X
34 r 0 1 *  SDIV32/K   | 37 r 0 1 *  SDIV64/K   | 3c r r 1 0  SDIV32/X   | 3f r r 1 0  SDIV64/X
44 r 0 0 *  OR32/K     | 47 r 0 0 *  OR64/K     | 4c r r 0 0  OR32/X     | 4f r r 0 0  OR64/X
54 r 0 0 *  AND32/K    | 57 r 0 0 *  AND64/K    | 5c r r 0 0  AND32/X    | 5f r r 0 0  AND64/X
64 r 0 0 *  LSH32/K    | 67 r 0 0 *  LSH64/K    | 6c r r 0 0  LSH32/X    | 6f r r 0 0  LSH64/X
74 r 0 0 *  RSH32/K    | 77 r 0 0 *  RSH64/K    | 7c r r 0 0  RSH32/X    | 7f r r 0 0  RSH64/X
84 r 0 0 0  NEG32      | 87 r 0 0 0  NEG64
94 r 0 0 *  MOD32/K    | 97 r 0 0 *  MOD64/K    | 9c r r 0 0  MOD32/X    | 9f r r 0 0  MOD64/X
94 r 0 1 *  SMOD32/K   | 97 r 0 1 *  SMOD64/K   | 9c r r 1 0  SMOD32/X   | 9f r r 1 0  SMOD64/X
a4 r 0 0 *  XOR32/K    | a7 r 0 0 *  XOR64/K    | ac r r 0 0  XOR32/X    | af r r 0 0  XOR64/X
b4 r 0 0 *  MOV32/K    | b7 r 0 0 *  MOV64/K    | bc r r 0 0  MOV32/X    | bf r r 0 0  MOV64/X
bc r r 8 0  MOVSX8_32  | bc r r 16 0 MOVSX16_32
bf r r 8 0  MOVSX8_64  | bf r r 16 0 MOVSX16_64 | bf r r 32 0 MOVSX32_64
c4 r 0 0 *  ARSH32/K   | c7 r 0 0 *  ARSH64/K   | cc r r 0 0  ARSH32/X   | cf r r 0 0  ARSH64/X
d4 r 0 0 16 LE16       | d4 r 0 0 32 LE32       | d4 r 0 0 64 LE64
dc r 0 0 16 BE16       | dc r 0 0 32 BE32       | dc r 0 0 64 BE64
d7 r 0 0 16 BSWAP16    | d7 r 0 0 32 BSWAP32    | d7 r 0 0 64 BSWAP64

05 0 0 * 0  JA         | 06 0 0 0 *  JA32       | e5 0 0 * 0  MAY_GOTO
85 0 0 0 *  CALL_HELPER | 85 0 1 0 * CALL_LOCAL | 85 0 2 0 *  CALL_BTF   | 95 0 0 0 0  EXIT
15 r 0 * *  JEQ64/K    | 16 r 0 * *  JEQ32/K    | 1d r r * 0  JEQ64/X    | 1e r r * 0  JEQ32/X
25 r 0 * *  JGT64/K    | 26 r 0 * *  JGT32/K    | 2d r r * 0  JGT64/X    | 2e r r * 0  JGT32/X
35 r 0 * *  JGE64/K    | 36 r 0 * *  JGE32/K    | 3d r r * 0  JGE64/X    | 3e r r * 0  JGE32/X
45 r 0 * *  JSET64/K   | 46 r 0 * *  JSET32/K   | 4d r r * 0  JSET64/X   | 4e r r * 0  JSET32/X
55 r 0 * *  JNE64/K    | 56 r 0 * *  JNE32/K    | 5d r r * 0  JNE64/X    | 5e r r * 0  JNE32/X
65 r 0 * *  JSGT64/K   | 66 r 0 * *  JSGT32/K   | 6d r r * 0  JSGT64/X   | 6e r r * 0  JSGT32/X
75 r 0 * *  JSGE64/K   | 76 r 0 * *  JSGE32/K   | 7d r r * 0  JSGE64/X   | 7e r r * 0  JSGE32/X
a5 r 0 * *  JLT64/K    | a6 r 0 * *  JLT32/K    | ad r r * 0  JLT64/X    | ae r r * 0  JLT32/X
b5 r 0 * *  JLE64/K    | b6 r 0 * *  JLE32/K    | bd r r * 0  JLE64/X    | be r r * 0  JLE32/X
c5 r 0 * *  JSLT64/K   | c6 r 0 * *  JSLT32/K   | cd r r * 0  JSLT64/X   | ce r r * 0  JSLT32/X
d5 r 0 * *  JSLE64/K   | d6 r 0 * *  JSLE32/K   | dd r r * 0  JSLE64/X   | de r r * 0  JSLE32/X

18 r 0 0 *+ LD_IMM64   | 18 r 1 0 *0 LD_MAP_FD  | 18 r 2 0 *+ LD_MAP_VALUE_FD | 18 r 3 0 *0 LD_VAR_ADDR
18 r 4 0 *0 LD_CODE_ADDR | 18 r 5 0 *0 LD_MAP_IDX | 18 r 6 0 *+ LD_MAP_VALUE_IDX
20 0 0 0 *  LD_ABS_W   | 28 0 0 0 *  LD_ABS_H   | 30 0 0 0 *  LD_ABS_B
40 0 r 0 *  LD_IND_W   | 48 0 r 0 *  LD_IND_H   | 50 0 r 0 *  LD_IND_B
61 r r * 0  LDXW       | 69 r r * 0  LDXH       | 71 r r * 0  LDXB       | 79 r r * 0  LDXDW
81 r r * 0  LDXSW      | 89 r r * 0  LDXSH      | 91 r r * 0  LDXSB
62 r 0 * *  STW        | 6a r 0 * *  STH        | 72 r 0 * *  STB        | 7a r 0 * *  STDW
63 r r * 0  STXW       | 6b r r * 0  STXH       | 73 r r * 0  STXB       | 7b r r * 0  STXDW

c3 r r * 0x00 ATOMIC_ADD32       | db r r * 0x00 ATOMIC_ADD64
c3 r r * 0x40 ATOMIC_OR32        | db r r * 0x40 ATOMIC_OR64
c3 r r * 0x50 ATOMIC_AND32       | db r r * 0x50 ATOMIC_AND64
c3 r r * 0xa0 ATOMIC_XOR32       | db r r * 0xa0 ATOMIC_XOR64
c3 r r * 0x01 ATOMIC_FETCH_ADD32 | db r r * 0x01 ATOMIC_FETCH_ADD64
c3 r r * 0x41 ATOMIC_FETCH_OR32  | db r r * 0x41 ATOMIC_FETCH_OR64
c3 r r * 0x51 ATOMIC_FETCH_AND32 | db r r * 0x51 ATOMIC_FETCH_AND64
c3 r r * 0xa1 ATOMIC_FETCH_XOR32 | db r r * 0xa1 ATOMIC_FETCH_XOR64
c3 r r * 0xe1 ATOMIC_XCHG32      | db r r * 0xe1 ATOMIC_XCHG64
c3 r r * 0xf1 ATOMIC_CMPXCHG32   | db r r * 0xf1 ATOMIC_CMPXCHG64
d3 r r * 0x100 LOAD_ACQ_B  | cb r r * 0x100 LOAD_ACQ_H  | c3 r r * 0x100 LOAD_ACQ_W  | db r r * 0x100 LOAD_ACQ_DW
d3 r r * 0x110 STORE_REL_B | cb r r * 0x110 STORE_REL_H | c3 r r * 0x110 STORE_REL_W | db r r * 0x110 STORE_REL_DW
`;

export interface GoldenRow {
  readonly opcode: number;
  readonly dst: string;
  readonly src: string;
  readonly offset: string;
  readonly imm: string;
  readonly name: string;
}

/** One entry for each operand form of each instruction. */
export const GOLDEN_ROWS: readonly GoldenRow[] = TEXT.split(/[\n|]/)
  .map((entry) => entry.trim().split(/\s+/))
  .filter((parts) => parts.length > 1)
  .map(([opcode = '', dst = '', src = '', offset = '', imm = '', name = '']) => {
    return { opcode: Number.parseInt(opcode, 16), dst, src, offset, imm, name };
  });
