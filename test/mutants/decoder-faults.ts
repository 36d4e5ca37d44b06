// Planted faults in the decoder: its table with one row changed, or the reading of bytes with one slip.

import { decodeAt, opcodeTable, type Slot, slotsFromBytes } from '../../model/isa/instruction.ts';
import type { Row, RowName } from '../../model/isa/row.ts';
import { ROWS } from '../../model/isa/table.ts';
import type { Decode } from '../model/isa/decode-golden.ts';

export interface DecoderFault {
  readonly name: string;
  /** Those that the fault is about: all others decode as ever. */
  readonly opcodes: readonly number[];
  readonly decode: Decode;
  readonly readSlots: (bytes: Uint8Array) => Slot[];
}

function changed(name: string, rowName: RowName, change: (row: Row) => Partial<Row>): DecoderFault {
  const rows = ROWS.map((row) => (row.name === rowName ? { ...row, ...change(row) } : row));
  const table = opcodeTable(rows);
  return {
    name,
    opcodes: rows.flatMap((row, id) => (row === ROWS[id] ? [] : [row.opcode, ROWS[id]!.opcode])),
    decode: (slots, index) => decodeAt(slots, index, table),
    readSlots: slotsFromBytes,
  };
}

function fields(name: string, rowName: RowName, change: Partial<Row['fields']>): DecoderFault {
  return changed(name, rowName, (row) => ({ fields: { ...row.fields, ...change } }));
}

function bytes(name: string, change: (slot: Slot) => Partial<Slot>): DecoderFault {
  const readSlots = (encoded: Uint8Array) =>
    slotsFromBytes(encoded).map((slot) => ({ ...slot, ...change(slot) }));
  return { name, opcodes: [], decode: decodeAt, readSlots };
}

export const DECODER_FAULTS: readonly DecoderFault[] = [
  fields('exit-allows-imm', 'EXIT', { imm: 'any' }),
  fields('exit-allows-dst', 'EXIT', { dst: 'register' }),
  fields('neg-allows-imm', 'NEG64', { imm: 'any' }),
  fields('ja-allows-imm', 'JA', { imm: 'any' }),
  fields('call-helper-allows-offset', 'CALL_HELPER', { offset: 'any' }),
  fields('sdiv-offset-2', 'SDIV64', { offset: 2 }),
  fields('movsx-8-is-9', 'MOVSX8_64', { offset: 9 }),
  fields('ldx-allows-imm', 'LDXW', { imm: 'any' }),
  fields('be32-imm-33', 'BE32', { imm: 33 }),
  fields('cmpxchg-imm-e1', 'ATOMIC_CMPXCHG64', { imm: 0xe1 }),
  fields('fetch-add-imm-2', 'ATOMIC_FETCH_ADD32', { imm: 2 }),
  fields('ld-abs-allows-src', 'LD_ABS_B', { src: 'register' }),
  fields('map-fd-allows-next-imm', 'LD_MAP_FD', { nextImm: 'any' }),
  fields('local-call-src-3', 'CALL_LOCAL', { src: 3 }),
  fields('load-acquire-imm-101', 'LOAD_ACQ_W', { imm: 0x101 }),
  changed('xor-is-mov', 'XOR64', ({ opcode }) => ({ opcode: opcode ^ 0x10 })),
  changed('jlt32-is-jmp', 'JLT32', ({ opcode }) => ({ opcode: opcode ^ 0x03 })),
  changed('may-goto-is-f5', 'MAY_GOTO', () => ({ opcode: 0xf5 })),
  bytes('registers-swapped', ({ dst, src }) => ({ dst: src, src: dst })),
  bytes('offset-unsigned', ({ offset }) => ({ offset: offset & 0xffff })),
  bytes('imm-unsigned', ({ imm }) => ({ imm: imm >>> 0 })),
  bytes('imm-big-endian', ({ imm }) => ({
    imm: new DataView(Int32Array.of(imm).buffer).getInt32(0, false),
  })),
];
