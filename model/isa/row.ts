// One row an instruction and operand form: which bits select it, which fields it uses, how it is spelt.

import type {
  AtomicOp,
  BinaryAluOp,
  ByteSwapOp,
  CallOp,
  ConditionalJumpOp,
  ConformanceGroup,
  CpuVersion,
  LdImm64Op,
  MovsxOp,
  OrderedOp,
  Size,
  Source,
  Width,
} from './operations.ts';

/** What decides the family of an instruction and, with the fields, all that its meaning may depend on. */
export type Operation =
  | {
      readonly family: 'alu';
      readonly op: BinaryAluOp;
      readonly width: Width;
      readonly source: Source;
    }
  | { readonly family: 'neg'; readonly width: Width }
  | { readonly family: 'movsx'; readonly op: MovsxOp }
  | { readonly family: 'swap'; readonly op: ByteSwapOp }
  | {
      readonly family: 'jump';
      readonly op: ConditionalJumpOp;
      readonly width: Width;
      readonly source: Source;
    }
  | { readonly family: 'ja'; readonly width: Width }
  | { readonly family: 'may_goto' }
  | { readonly family: 'call'; readonly op: CallOp }
  | { readonly family: 'exit' }
  | { readonly family: 'ldx'; readonly size: Size; readonly signed: boolean }
  | { readonly family: 'st'; readonly size: Size }
  | { readonly family: 'stx'; readonly size: Size }
  | { readonly family: 'atomic'; readonly op: AtomicOp; readonly width: Width }
  | { readonly family: 'ordered'; readonly op: OrderedOp; readonly size: Size }
  | { readonly family: 'ld_imm64'; readonly op: LdImm64Op }
  | { readonly family: 'packet'; readonly mode: 'ABS' | 'IND'; readonly size: 'B' | 'H' | 'W' };

export type Family = Operation['family'];

type Bits = '64' | '32';
type PacketSize = 'B' | 'H' | 'W';

/** Every instruction's name; two operand forms of one instruction share it. */
export type RowName =
  | `${BinaryAluOp | 'NEG' | ConditionalJumpOp}${Bits}`
  | MovsxOp
  | ByteSwapOp
  | 'JA'
  | 'JA32'
  | 'MAY_GOTO'
  | CallOp
  | 'EXIT'
  | `LDX${Size}`
  | `LDXS${Exclude<Size, 'DW'>}`
  | `${'ST' | 'STX'}${Size}`
  | `ATOMIC_${AtomicOp}${Bits}`
  | `${OrderedOp}_${Size}`
  | LdImm64Op
  | `LD_${'ABS' | 'IND'}_${PacketSize}`;

/**
 * How a row uses a field: a number is the only value that the field may have (0 for a field that the RFC
 * reserves), `any` leaves all its values to the program, `register` allows r0 to r10.
 */
export interface FieldRules {
  readonly dst: 'register' | 0;
  readonly src: 'register' | number;
  readonly offset: 'any' | number;
  readonly imm: 'any' | number;
  /** Only wide instructions have one. */
  readonly nextImm?: 'any' | 0;
}

/** K: immediate operand, X: register operand, N: the instruction has only one form. */
export type Form = Source | 'N';

export interface Row {
  /** Dense, from 0; an index into `ROWS`. */
  readonly id: number;
  readonly name: RowName;
  readonly form: Form;
  readonly opcode: number;
  readonly fields: FieldRules;
  readonly operation: Operation;
  readonly group: ConformanceGroup;
  readonly cpu: CpuVersion;
  /** Section of RFC 9669, or the Linux version that introduced it. */
  readonly source: string;
  /** The kernel's spelling; placeholders are explained in text/template.ts. */
  readonly kernel: string;
  /** The conformance suite's spelling. */
  readonly suite: string;
}
