// Compares a decoder with the hand-kept list, over boundary values of every field.

import { InputError } from '../../../model/errors.ts';
import {
  decodeAt,
  encodeInstruction,
  type Instruction,
  type Slot,
} from '../../../model/isa/instruction.ts';
import { rowKey } from '../../../model/isa/table.ts';
import { GOLDEN_ROWS, type GoldenRow } from './opcodes-golden.ts';

export type Decode = (slots: readonly Slot[], index: number) => Instruction;

export const ALL_OPCODES: readonly number[] = Array.from({ length: 256 }, (_, opcode) => opcode);

const OFFSETS = [-32768, -1, 0, 1, 8, 16, 32, 32767];
const IMMS_SPECIAL = [
  1, 2, 16, 32, 64, 0x40, 0x50, 0xa0, 0x41, 0x51, 0xa1, 0xe0, 0xe1, 0xf0, 0xf1, 0x100, 0x101, 0x110,
  0x111, 0x7fffffff,
];
const IMMS = [0, ...IMMS_SPECIAL, ...IMMS_SPECIAL.map((imm) => -imm), -(2 ** 31)];
const REGISTERS = Array.from({ length: 16 }, (_, register) => register);
/** Every call kind and kind of wide load, and the registers at the edges. */
const REGISTERS_FEW = [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 15];

function fits(rule: string, value: number): boolean {
  if (rule.startsWith('*')) return true;
  return rule === 'r' ? value <= 10 : Number(rule) === value;
}

function goldenName(slot: Slot, candidates: readonly GoldenRow[]): string | undefined {
  const fields = ['dst', 'src', 'offset', 'imm'] as const;
  return candidates.find((row) => fields.every((field) => fits(row[field], slot[field])))?.name;
}

/** The row's name, or undefined where the slot is refused; checks that what is accepted encodes to the same. */
function decodedName(slot: Slot, decode: Decode): string | undefined {
  try {
    const slots = slot.opcode === 0x18 ? [slot, ZERO] : [slot];
    const instruction = decode(slots, 0);
    const encoded = encodeInstruction(instruction);
    if (!sameSlots(encoded, slots)) return 'encodes to something else';
    return rowKey(instruction.row);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

export const ZERO: Slot = { opcode: 0, dst: 0, src: 0, offset: 0, imm: 0 };

function sameSlots(left: readonly Slot[], right: readonly Slot[]): boolean {
  return left.every((slot, index) => {
    const other = right[index];
    return (
      other !== undefined &&
      slot.opcode === other.opcode &&
      slot.dst === other.dst &&
      slot.src === other.src &&
      slot.offset === other.offset &&
      slot.imm === other.imm
    );
  });
}

/** Fewer where no instruction has the opcode: there the decoder looks at nothing else. */
function* slotsOf(opcode: number, known: boolean): Generator<Slot> {
  for (const imm of IMMS) yield { opcode, dst: 0, src: 0, offset: 0, imm };
  for (const dst of known ? REGISTERS : [0, 15]) {
    for (const src of REGISTERS) {
      for (const offset of OFFSETS) yield { opcode, dst, src, offset, imm: 0 };
    }
  }
  for (const dst of known ? [0, 10, 11] : []) {
    for (const src of REGISTERS_FEW) {
      for (const offset of [-1, 0, 1, 8, 16, 32]) {
        for (const imm of IMMS) yield { opcode, dst, src, offset, imm };
      }
    }
  }
}

/** The first slots of an opcode on which a decoder and the golden list differ. */
export function disagreements(opcode: number, decode: Decode = decodeAt): string[] {
  const candidates = GOLDEN_ROWS.filter((row) => row.opcode === opcode);
  const found: string[] = [];
  for (const slot of slotsOf(opcode, candidates.length > 0)) {
    const [expected, actual] = [goldenName(slot, candidates), decodedName(slot, decode)];
    if (expected !== actual) found.push(`${JSON.stringify(slot)}: ${actual}, not ${expected}`);
    if (found.length === 3) break;
  }
  return found;
}

/** The kinds of LD_IMM64 on whose next_imm a decoder and the golden list differ. */
export function nextImmDisagreements(decode: Decode = decodeAt): string[] {
  return GOLDEN_ROWS.filter((row) => row.opcode === 0x18).flatMap(({ src, imm, name }) => {
    const first = { opcode: 0x18, dst: 0, src: Number(src), offset: 0, imm: 7 };
    try {
      decode([first, { ...ZERO, imm: -3 }], 0);
      return imm === '*+' ? [] : [`${name} takes a next_imm`];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return imm === '*+' ? [`${name} takes no next_imm`] : [];
    }
  });
}
