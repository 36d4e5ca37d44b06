// Which registers an instruction reads, for the tracking of uninitialised ones: docs/semantics.md, Poison.

import type { Instruction } from '../../model/isa/instruction.ts';
import type { Family, Operation } from '../../model/isa/row.ts';

type OperationOf<F extends Family> = Extract<Operation, { readonly family: F }>;

/** The registers that an instruction of the family reads, in the order in which they are checked. */
export type ReadsMeaning<F extends Family> = (
  operation: OperationOf<F>,
  instruction: Instruction,
) => readonly number[];

export type ReadsTable = { readonly [F in Family]-?: ReadsMeaning<F> };

const none = () => [];

/**
 * "any register operand (also one that is only stored or moved; also the dst of ALU and atomics; R0 of
 * CMPXCHG; R6 of a packet load)". MOV writes its dst without reading it. What helpers and exits read
 * depends on more than the instruction.
 */
export const READS: ReadsTable = {
  alu: ({ op, source }, { dst, src }) => [
    ...(op === 'MOV' ? [] : [dst]),
    ...(source === 'X' ? [src] : []),
  ],
  neg: (_, { dst }) => [dst],
  movsx: (_, { src }) => [src],
  swap: (_, { dst }) => [dst],
  jump: ({ source }, { dst, src }) => (source === 'X' ? [dst, src] : [dst]),
  ja: none,
  may_goto: none,
  call: none,
  exit: none,
  ldx: (_, { src }) => [src],
  st: (_, { dst }) => [dst],
  stx: (_, { dst, src }) => [dst, src],
  atomic: ({ op }, { dst, src }) => (op === 'CMPXCHG' ? [dst, src, 0] : [dst, src]),
  ordered: ({ op }, { dst, src }) => (op === 'LOAD_ACQ' ? [src] : [dst, src]),
  ld_imm64: none,
  packet: ({ mode }, { src }) => (mode === 'IND' ? [6, src] : [6]),
};

/** The registers that an instruction's fields name as read. */
export function registersRead(table: ReadsTable, instruction: Instruction): readonly number[] {
  const { operation } = instruction.row;
  const meaning = table[operation.family] as ReadsMeaning<Family>;
  return meaning(operation as never, instruction);
}
