// The operations of RFC 9669 and of Linux, by family: numbers, texts and where they come from, nothing about
// what they do. Everything else about the instruction set is derived from these tables.

/** RFC 9669 §2.4 conformance groups; `linux` marks what is not in the RFC. */
export type ConformanceGroup =
  | 'base32'
  | 'base64'
  | 'divmul32'
  | 'divmul64'
  | 'atomic32'
  | 'atomic64'
  | 'packet'
  | 'linux';

/** The first LLVM `-mcpu=vN` that emits an instruction. */
export type CpuVersion = 1 | 2 | 3 | 4;

export type Width = 32 | 64;
export type Size = 'B' | 'H' | 'W' | 'DW';

/** RFC 9669 §3.1: the three low bits of the opcode. */
export const CLASS = { LD: 0, LDX: 1, ST: 2, STX: 3, ALU: 4, JMP: 5, JMP32: 6, ALU64: 7 } as const;
export type ClassName = keyof typeof CLASS;

/** RFC 9669 §5: size (bits 3-4) and mode (bits 5-7) of a load or store opcode. */
export const SIZE = { W: 0x00, H: 0x08, B: 0x10, DW: 0x18 } as const satisfies Record<Size, number>;
export const MODE = {
  IMM: 0x00,
  ABS: 0x20,
  IND: 0x40,
  MEM: 0x60,
  MEMSX: 0x80,
  ATOMIC: 0xc0,
} as const;

/** Bytes that a load or store of each size moves. */
export const BYTES = { B: 1, H: 2, W: 4, DW: 8 } as const satisfies Record<Size, number>;

/** RFC 9669 §4: the source bit, immediate or register. */
export const SOURCE = { K: 0x00, X: 0x08 } as const;
export type Source = keyof typeof SOURCE;

interface BinaryAlu {
  readonly code: number;
  readonly offset: number;
  /** Kernel's assignment operator. */
  readonly sign: string;
  /** The conformance suite's mnemonic. */
  readonly suite: string;
  readonly group: 'base' | 'divmul';
  readonly cpu: CpuVersion;
}

/** RFC 9669 §4.1: two-operand arithmetic, 32 and 64 bits, immediate or register. */
// biome-ignore format: table
export const BINARY_ALU = {
  ADD:  { code: 0x0, offset: 0, sign: '+=',   suite: 'add',  group: 'base',   cpu: 1 },
  SUB:  { code: 0x1, offset: 0, sign: '-=',   suite: 'sub',  group: 'base',   cpu: 1 },
  MUL:  { code: 0x2, offset: 0, sign: '*=',   suite: 'mul',  group: 'divmul', cpu: 1 },
  DIV:  { code: 0x3, offset: 0, sign: '/=',   suite: 'div',  group: 'divmul', cpu: 1 },
  SDIV: { code: 0x3, offset: 1, sign: 's/=',  suite: 'sdiv', group: 'divmul', cpu: 4 },
  OR:   { code: 0x4, offset: 0, sign: '|=',   suite: 'or',   group: 'base',   cpu: 1 },
  AND:  { code: 0x5, offset: 0, sign: '&=',   suite: 'and',  group: 'base',   cpu: 1 },
  LSH:  { code: 0x6, offset: 0, sign: '<<=',  suite: 'lsh',  group: 'base',   cpu: 1 },
  RSH:  { code: 0x7, offset: 0, sign: '>>=',  suite: 'rsh',  group: 'base',   cpu: 1 },
  MOD:  { code: 0x9, offset: 0, sign: '%=',   suite: 'mod',  group: 'divmul', cpu: 1 },
  SMOD: { code: 0x9, offset: 1, sign: 's%=',  suite: 'smod', group: 'divmul', cpu: 4 },
  XOR:  { code: 0xa, offset: 0, sign: '^=',   suite: 'xor',  group: 'base',   cpu: 1 },
  MOV:  { code: 0xb, offset: 0, sign: '=',    suite: 'mov',  group: 'base',   cpu: 1 },
  ARSH: { code: 0xc, offset: 0, sign: 's>>=', suite: 'arsh', group: 'base',   cpu: 1 },
} as const satisfies Record<string, BinaryAlu>;
export type BinaryAluOp = keyof typeof BINARY_ALU;

export const NEG_CODE = 0x8;
export const MOV_CODE = 0xb;
export const END_CODE = 0xd;

/** RFC 9669 §4.1: sign-extending moves; the offset field is the width of the source. */
export const MOVSX = {
  MOVSX8_64: { bits: 8, width: 64 },
  MOVSX16_64: { bits: 16, width: 64 },
  MOVSX32_64: { bits: 32, width: 64 },
  MOVSX8_32: { bits: 8, width: 32 },
  MOVSX16_32: { bits: 16, width: 32 },
} as const satisfies Record<string, { bits: number; width: Width }>;
export type MovsxOp = keyof typeof MOVSX;

/** RFC 9669 §4.2: byte swaps; the imm field is the width. */
// biome-ignore format: table
export const BYTE_SWAP = {
  LE16:    { class: 'ALU',   source: 'K', bits: 16, text: 'le16',    suite: 'le16',   cpu: 1 },
  LE32:    { class: 'ALU',   source: 'K', bits: 32, text: 'le32',    suite: 'le32',   cpu: 1 },
  LE64:    { class: 'ALU',   source: 'K', bits: 64, text: 'le64',    suite: 'le64',   cpu: 1 },
  BE16:    { class: 'ALU',   source: 'X', bits: 16, text: 'be16',    suite: 'be16',   cpu: 1 },
  BE32:    { class: 'ALU',   source: 'X', bits: 32, text: 'be32',    suite: 'be32',   cpu: 1 },
  BE64:    { class: 'ALU',   source: 'X', bits: 64, text: 'be64',    suite: 'be64',   cpu: 1 },
  BSWAP16: { class: 'ALU64', source: 'K', bits: 16, text: 'bswap16', suite: 'swap16', cpu: 4 },
  BSWAP32: { class: 'ALU64', source: 'K', bits: 32, text: 'bswap32', suite: 'swap32', cpu: 4 },
  BSWAP64: { class: 'ALU64', source: 'K', bits: 64, text: 'bswap64', suite: 'swap64', cpu: 4 },
} as const;
export type ByteSwapOp = keyof typeof BYTE_SWAP;

interface ConditionalJump {
  readonly code: number;
  readonly sign: string;
  readonly suite: string;
  readonly cpu: CpuVersion;
}

/** RFC 9669 §4.3: conditional jumps, 32 and 64 bits, immediate or register. */
// biome-ignore format: table
export const CONDITIONAL_JUMP = {
  JEQ:  { code: 0x1, sign: '==',  suite: 'jeq',  cpu: 1 },
  JGT:  { code: 0x2, sign: '>',   suite: 'jgt',  cpu: 1 },
  JGE:  { code: 0x3, sign: '>=',  suite: 'jge',  cpu: 1 },
  JSET: { code: 0x4, sign: '&',   suite: 'jset', cpu: 1 },
  JNE:  { code: 0x5, sign: '!=',  suite: 'jne',  cpu: 1 },
  JSGT: { code: 0x6, sign: 's>',  suite: 'jsgt', cpu: 1 },
  JSGE: { code: 0x7, sign: 's>=', suite: 'jsge', cpu: 1 },
  JLT:  { code: 0xa, sign: '<',   suite: 'jlt',  cpu: 2 },
  JLE:  { code: 0xb, sign: '<=',  suite: 'jle',  cpu: 2 },
  JSLT: { code: 0xc, sign: 's<',  suite: 'jslt', cpu: 2 },
  JSLE: { code: 0xd, sign: 's<=', suite: 'jsle', cpu: 2 },
} as const satisfies Record<string, ConditionalJump>;
export type ConditionalJumpOp = keyof typeof CONDITIONAL_JUMP;

export const JA_CODE = 0x0;
export const CALL_CODE = 0x8;
export const EXIT_CODE = 0x9;
/** Linux 6.9: `BPF_JCOND`, whose only kind is may_goto. */
export const JCOND_CODE = 0xe;

/** RFC 9669 §4.3.1: what a CALL's src field says about its imm. */
export const CALL_KIND = { CALL_HELPER: 0, CALL_LOCAL: 1, CALL_BTF: 2 } as const;
export type CallOp = keyof typeof CALL_KIND;

/** RFC 9669 §5.4: what an LD_IMM64's src field says about imm and next_imm. */
// biome-ignore format: table
export const LD_IMM64_KIND = {
  LD_IMM64:         { src: 0, nextImm: true,  text: '{imm64} ll',               suite: 'lddw {dst}, {imm64}' },
  LD_MAP_FD:        { src: 1, nextImm: false, text: 'map[{map}]',               suite: 'lddw {dst}, map[{map}]' },
  LD_MAP_VALUE_FD:  { src: 2, nextImm: true,  text: 'map[{map}][0]+{next_imm}', suite: 'lddw {dst}, map[{map}][0]+{next_imm}' },
  LD_VAR_ADDR:      { src: 3, nextImm: false, text: 'btf_id[{imm}]',            suite: 'lddw {dst}, btf_id[{imm}]' },
  LD_CODE_ADDR:     { src: 4, nextImm: false, text: 'subprog[{function}]',      suite: 'lddw {dst}, subprog[{function}]' },
  LD_MAP_IDX:       { src: 5, nextImm: false, text: 'map_idx[{imm}]',           suite: 'lddw {dst}, map_idx[{imm}]' },
  LD_MAP_VALUE_IDX: { src: 6, nextImm: true,  text: 'map_idx[{imm}][0]+{next_imm}', suite: 'lddw {dst}, map_idx[{imm}][0]+{next_imm}' },
} as const;
export type LdImm64Op = keyof typeof LD_IMM64_KIND;

interface Atomic {
  readonly imm: number;
  readonly cpu: CpuVersion;
}

/** RFC 9669 §5.3: read-modify-write operations; the imm field is the operation. */
// biome-ignore format: table
export const ATOMIC = {
  ADD:       { imm: 0x00, cpu: 1 },
  OR:        { imm: 0x40, cpu: 3 },
  AND:       { imm: 0x50, cpu: 3 },
  XOR:       { imm: 0xa0, cpu: 3 },
  FETCH_ADD: { imm: 0x01, cpu: 3 },
  FETCH_OR:  { imm: 0x41, cpu: 3 },
  FETCH_AND: { imm: 0x51, cpu: 3 },
  FETCH_XOR: { imm: 0xa1, cpu: 3 },
  XCHG:      { imm: 0xe1, cpu: 3 },
  CMPXCHG:   { imm: 0xf1, cpu: 3 },
} as const satisfies Record<string, Atomic>;
export type AtomicOp = keyof typeof ATOMIC;

/** Linux 6.15: the imm field of the ordered accesses, whose opcode is that of an atomic. */
export const ORDERED = { LOAD_ACQ: 0x100, STORE_REL: 0x110 } as const;
export type OrderedOp = keyof typeof ORDERED;
