// Slots (8 encoded bytes each) and decoded instructions, with the two directions between them.

import { InputError, invariant } from '../errors.ts';
import type { FieldRules, Row } from './row.ts';
import { isWide, ROWS } from './table.ts';

/** RFC 9669 §3.1: one 64-bit slot, as raw fields. */
export interface Slot {
  /** 0 to 255. */
  readonly opcode: number;
  /** 0 to 15. */
  readonly dst: number;
  /** 0 to 15. */
  readonly src: number;
  /** Signed 16 bits. */
  readonly offset: number;
  /** Signed 32 bits. */
  readonly imm: number;
}

/** A decoded instruction: its row and raw fields. Nothing is extended or scaled here. */
export interface Instruction {
  readonly row: Row;
  readonly dst: number;
  readonly src: number;
  readonly offset: number;
  readonly imm: number;
  /** The second slot's imm of a wide instruction, else 0. Signed 32 bits. */
  readonly nextImm: number;
}

/** An instruction of a row; fields that are not given have the row's only value, or 0. */
export function createInstruction(
  row: Row,
  fields: Partial<Omit<Instruction, 'row'>> = {},
): Instruction {
  const fixed = (rule: FieldRules[FieldName]) => (typeof rule === 'number' ? rule : 0);
  return {
    row,
    dst: fields.dst ?? fixed(row.fields.dst),
    src: fields.src ?? fixed(row.fields.src),
    offset: fields.offset ?? fixed(row.fields.offset),
    imm: fields.imm ?? fixed(row.fields.imm),
    nextImm: fields.nextImm ?? 0,
  };
}

export const SLOT_BYTES = 8;
/** r0 to r10. */
export const REGISTER_COUNT = 11;

const FIELD_NAMES = ['dst', 'src', 'offset', 'imm'] as const;
type FieldName = (typeof FIELD_NAMES)[number];

/** The rows that each opcode can stand for, told apart by their fields. */
export type OpcodeTable = readonly (readonly Row[])[];

/** Arranges rows for decoding. */
export function opcodeTable(rows: readonly Row[]): OpcodeTable {
  return Array.from({ length: 256 }, (_, opcode) => rows.filter((row) => row.opcode === opcode));
}

const OPCODES = opcodeTable(ROWS);

/** The rows that an opcode can stand for. */
export function rowsOfOpcode(opcode: number): readonly Row[] {
  return OPCODES[opcode] ?? [];
}

function fieldFits(rule: FieldRules[FieldName], value: number): boolean {
  if (rule === 'any') return true;
  if (rule === 'register') return value < REGISTER_COUNT;
  return value === rule;
}

/** The first field by which a slot is not of this row. */
function misfit(row: Row, slot: Slot): FieldName | undefined {
  return FIELD_NAMES.find((name) => !fieldFits(row.fields[name], slot[name]));
}

function hex(value: number): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** Why no row of the opcode takes the slot: the field that the closest row objects to, and what it allows. */
function explainMisfit(slot: Slot, rows: readonly Row[]): string {
  const misfits = rows.map((row) => ({ row, field: misfit(row, slot) as FieldName }));
  const field = FIELD_NAMES.findLast((name) => misfits.some((m) => m.field === name)) as FieldName;
  const closest = misfits.filter((m) => m.field === field).map((m) => m.row);
  const rules = [...new Set(closest.map((row) => row.fields[field]))];
  const names = [...new Set(closest.map((row) => row.name))].join(', ');
  const value = slot[field];
  if (rules.includes('register'))
    return `${field} is r${value}, but there are only r0 to r10 (${names})`;
  if (rules.every((rule) => rule === 0)) {
    return `${field} is ${hex(value)}, but ${names} reserves it: it must be 0`;
  }
  return `${field} is ${hex(value)}; with opcode ${hex(slot.opcode)} it must be ${rules.map((rule) => (typeof rule === 'number' ? hex(rule) : rule)).join(' or ')}`;
}

/**
 * Decodes the instruction that starts at a slot.
 * @param table the project's own, unless a check plants a fault in it.
 * @throws InputError naming slot, field and reason when the RFC reserves what is encoded.
 */
export function decodeAt(
  slots: readonly Slot[],
  index: number,
  table: OpcodeTable = OPCODES,
): Instruction {
  const slot = slots[index];
  invariant(slot !== undefined, `slot ${index} is outside of the program`);
  const at = `slot ${index}`;
  const rows = table[slot.opcode] ?? [];
  if (rows.length === 0) {
    throw new InputError(`opcode ${hex(slot.opcode)} is not an instruction`, { at });
  }
  const row = rows.find((candidate) => misfit(candidate, slot) === undefined);
  if (row === undefined) throw new InputError(explainMisfit(slot, rows), { at });
  const { dst, src, offset, imm } = slot;
  return {
    row,
    dst,
    src,
    offset,
    imm,
    nextImm: isWide(row) ? decodeNextImm(row, slots, index) : 0,
  };
}

function decodeNextImm(row: Row, slots: readonly Slot[], index: number): number {
  const next = slots[index + 1];
  if (next === undefined) {
    throw new InputError(`${row.name} takes two slots, but the program ends after the first`, {
      at: `slot ${index}`,
    });
  }
  const at = `slot ${index + 1}`;
  for (const field of ['opcode', 'dst', 'src', 'offset'] as const) {
    if (next[field] !== 0) {
      throw new InputError(
        `${field} is ${hex(next[field])} in the second slot of ${row.name}: it must be 0`,
        { at },
      );
    }
  }
  if (row.fields.nextImm === 0 && next.imm !== 0) {
    throw new InputError(
      `next_imm is ${hex(next.imm)}, but ${row.name} reserves it: it must be 0`,
      {
        at,
      },
    );
  }
  return next.imm;
}

/** The slots of an instruction: one, or two where it is wide. */
export function encodeInstruction(instruction: Instruction): Slot[] {
  const { row, dst, src, offset, imm, nextImm } = instruction;
  const first: Slot = { opcode: row.opcode, dst, src, offset, imm };
  return isWide(row) ? [first, { opcode: 0, dst: 0, src: 0, offset: 0, imm: nextImm }] : [first];
}

/** Slots a decoded instruction takes up. */
export function slotCount(instruction: Instruction): 1 | 2 {
  return isWide(instruction.row) ? 2 : 1;
}

/**
 * Reads little-endian bytecode (RFC 9669 §3.1; src is the high nibble of the register byte).
 * @throws InputError when the length is not a multiple of eight.
 */
export function slotsFromBytes(bytes: Uint8Array): Slot[] {
  if (bytes.length % SLOT_BYTES !== 0) {
    throw new InputError(
      `bytecode is ${bytes.length} bytes long, which is not a multiple of ${SLOT_BYTES}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / SLOT_BYTES }, (_, index) => {
    const base = index * SLOT_BYTES;
    const registers = view.getUint8(base + 1);
    return {
      opcode: view.getUint8(base),
      dst: registers & 0xf,
      src: registers >> 4,
      offset: view.getInt16(base + 2, true),
      imm: view.getInt32(base + 4, true),
    };
  });
}

/** Writes little-endian bytecode; the inverse of `slotsFromBytes`. */
export function bytesFromSlots(slots: readonly Slot[]): Uint8Array {
  const bytes = new Uint8Array(slots.length * SLOT_BYTES);
  const view = new DataView(bytes.buffer);
  slots.forEach((slot, index) => {
    const base = index * SLOT_BYTES;
    view.setUint8(base, slot.opcode);
    view.setUint8(base + 1, (slot.src << 4) | slot.dst);
    view.setInt16(base + 2, slot.offset, true);
    view.setInt32(base + 4, slot.imm, true);
  });
  return bytes;
}
