// Decoding and encoding over all opcodes, against the hand-kept list; and what is said about bytecode that is wrong.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bytesFromSlots,
  decodeAt,
  encodeInstruction,
  type Slot,
  slotsFromBytes,
} from '../../../model/isa/instruction.ts';
import { decodeProgram, encodeProgram } from '../../../model/isa/program.ts';
import { ROWS, rowKey } from '../../../model/isa/table.ts';
import { GOLDEN_ROWS } from './opcodes-golden.ts';
import { rejection } from './rejection.ts';

import { ALL_OPCODES, disagreements, ZERO } from './decode-golden.ts';

describe('decode', () => {
  // Most slots are refused, and collecting a stack for each would be most of the time.
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  it('accepts what the hand-kept list accepts, over all 256 opcodes, and encodes it to the same', () => {
    expect(ALL_OPCODES.flatMap((opcode) => disagreements(opcode))).toEqual([]);
  });

  it('has the rows of the hand-kept list and no other', () => {
    const golden = GOLDEN_ROWS.map(({ name }) => name).sort();
    expect(ROWS.map(rowKey).sort()).toEqual(golden);
    expect(new Set(golden).size).toBe(golden.length);
  });

  it('keeps next_imm of the wide rows that have one, and refuses it in the others', () => {
    for (const { opcode, src, imm, name } of GOLDEN_ROWS.filter((row) => row.opcode === 0x18)) {
      const first = { opcode, dst: 1, src: Number(src), offset: 0, imm: -7 };
      const slots = [first, { ...ZERO, imm: -2 }];
      if (imm === '*0') {
        expect(rejection(() => decodeAt(slots, 0))).toBe(
          `slot 1: next_imm is -0x2, but ${name} reserves it: it must be 0`,
        );
      } else {
        expect(encodeInstruction(decodeAt(slots, 0))).toEqual(slots);
      }
    }
  });

  it('writes and reads bytes, little-endian with src in the high nibble', () => {
    const slots: Slot[] = [
      { opcode: 0x61, dst: 1, src: 10, offset: -2, imm: 0 },
      { opcode: 0xb7, dst: 3, src: 0, offset: 0, imm: 0x11223344 },
    ];
    const bytes = Uint8Array.of(
      0x61,
      0xa1,
      0xfe,
      0xff,
      0,
      0,
      0,
      0,
      0xb7,
      0x03,
      0,
      0,
      0x44,
      0x33,
      0x22,
      0x11,
    );
    expect(bytesFromSlots(slots)).toEqual(bytes);
    expect(slotsFromBytes(bytes)).toEqual(slots);
    // A view into a larger buffer starts where it starts.
    expect(slotsFromBytes(new Uint8Array([9, ...bytes]).subarray(1))).toEqual(slots);
  });
});

function slot(opcode: number, fields: Partial<Slot> = {}): Slot {
  return { ...ZERO, opcode, ...fields };
}

const EXIT = slot(0x95);

describe('decode errors', () => {
  // biome-ignore format: table
  const CASES: readonly [reason: string, slots: Slot[], message: string][] = [
    ['unknown opcode', [EXIT, slot(0xff)], 'slot 1: opcode 0xff is not an instruction'],
    ['dst above r10', [slot(0xb7, { dst: 11 })], 'slot 0: dst is r11, but there are only r0 to r10 (MOV64)'],
    ['src above r10', [slot(0x61, { src: 15 })], 'slot 0: src is r15, but there are only r0 to r10 (LDXW)'],
    ['src of an immediate form', [slot(0x07, { src: 1 })], 'slot 0: src is 0x1, but ADD64 reserves it: it must be 0'],
    ['imm of a register form', [slot(0x0f, { imm: 1 })], 'slot 0: imm is 0x1, but ADD64 reserves it: it must be 0'],
    ['negative reserved imm', [slot(0x95, { imm: -1 })], 'slot 0: imm is -0x1, but EXIT reserves it: it must be 0'],
    ['offset of an addition', [slot(0x07, { offset: 1 })], 'slot 0: offset is 0x1, but ADD64 reserves it: it must be 0'],
    ['dst of an exit', [slot(0x95, { dst: 1 })], 'slot 0: dst is 0x1, but EXIT reserves it: it must be 0'],
    ['offset of a division', [slot(0x37, { offset: 2 })], 'slot 0: offset is 0x2; with opcode 0x37 it must be 0x0 or 0x1'],
    ['width of a swap', [slot(0xd4, { imm: 8 })], 'slot 0: imm is 0x8; with opcode 0xd4 it must be 0x10 or 0x20 or 0x40'],
    ['kind of a call', [slot(0x85, { src: 3 })], 'slot 0: src is 0x3; with opcode 0x85 it must be 0x0 or 0x1 or 0x2'],
    ['first half only', [slot(0x18)], 'slot 0: LD_IMM64 takes two slots, but the program ends after the first'],
    ['opcode in the second half', [slot(0x18), EXIT], 'slot 1: opcode is 0x95 in the second slot of LD_IMM64: it must be 0'],
    ['offset in the second half', [slot(0x18), slot(0, { offset: 1 })], 'slot 1: offset is 0x1 in the second slot of LD_IMM64: it must be 0'],
    ['next_imm of a map', [slot(0x18, { src: 1 }), slot(0, { imm: 9 })], 'slot 1: next_imm is 0x9, but LD_MAP_FD reserves it: it must be 0'],
  ];

  it.each(CASES)('%s', (_, slots, message) => {
    expect(rejection(() => decodeProgram(slots))).toBe(message);
  });

  it('refuses bytes that are no whole slots', () => {
    expect(rejection(() => slotsFromBytes(new Uint8Array(12)))).toBe(
      'bytecode is 12 bytes long, which is not a multiple of 8',
    );
  });
});

describe('program checks', () => {
  const wide = [slot(0x18), ZERO];
  // biome-ignore format: table
  const CASES: readonly [reason: string, slots: Slot[], message: string][] = [
    ['empty', [], 'the program has no instructions'],
    ['jump beyond the end', [slot(0x05, { offset: 1 }), EXIT], 'slot 0: jump out of range from slot 0 to 2'],
    ['jump before the start', [slot(0x15, { offset: -2 }), EXIT], 'slot 0: jump out of range from slot 0 to -1'],
    ['gotol beyond the end', [slot(0x06, { imm: 70000 }), EXIT], 'slot 0: jump out of range from slot 0 to 70001'],
    ['may_goto beyond the end', [slot(0xe5, { offset: 9 }), EXIT], 'slot 0: jump out of range from slot 0 to 10'],
    ['call beyond the end', [slot(0x85, { src: 1, imm: 5 }), EXIT], 'slot 0: jump out of range from slot 0 to 6'],
    ['jump into a wide instruction', [slot(0x05, { offset: 1 }), ...wide, EXIT], 'slot 0: jump from slot 0 into the second slot of the wide instruction at 1'],
    ['no exit', [slot(0xb7)], 'slot 0: the last instruction is neither an exit nor a jump'],
    ['no exit after a wide one', [EXIT, ...wide], 'slot 1: the last instruction is neither an exit nor a jump'],
    ['conditional jump at the end', [slot(0x15, { offset: -1 })], 'slot 0: the last instruction is neither an exit nor a jump'],
    ['r10 assigned', [slot(0xbf, { dst: 10 }), EXIT], 'slot 0: MOV64 writes r10, the frame pointer, which is read-only'],
    ['r10 loaded', [slot(0x79, { dst: 10 }), EXIT], 'slot 0: LDXDW writes r10, the frame pointer, which is read-only'],
    ['r10 fetched into', [slot(0xdb, { src: 10, imm: 1 }), EXIT], 'slot 0: ATOMIC_FETCH_ADD64 writes r10, the frame pointer, which is read-only'],
  ];

  it.each(CASES)('%s', (_, slots, message) => {
    expect(rejection(() => decodeProgram(slots))).toBe(message);
  });

  it('takes r10 as an operand that is only read, and any jump as the end', () => {
    const slots = [
      slot(0x7b, { dst: 10, src: 10, offset: -8 }),
      slot(0xdb, { dst: 1, src: 10 }),
      EXIT,
      slot(0x05, { offset: -2 }),
    ];
    expect(encodeProgram(decodeProgram(slots))).toEqual(slots);
  });

  it('counts slots, and knows where functions start', () => {
    const slots = [...wide, slot(0x85, { src: 1, imm: 1 }), EXIT, EXIT];
    const program = decodeProgram(slots);
    expect(program.code).toHaveLength(5);
    expect(program.code[1]).toBeUndefined();
    expect(program.functions).toEqual([0, 4]);
    expect(encodeProgram(program)).toEqual(slots);
  });
});
