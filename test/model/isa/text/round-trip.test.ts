// What the disassembler writes, the assembler reads back: every row, both spellings, labels and distances.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError, UnsupportedError } from '../../../../model/errors.ts';
import {
  bytesFromSlots,
  decodeAt,
  encodeInstruction,
  type Instruction,
  type Slot,
  slotsFromBytes,
} from '../../../../model/isa/instruction.ts';
import type { FieldRules } from '../../../../model/isa/row.ts';
import { isWide, ROWS, rowKey } from '../../../../model/isa/table.ts';
import { assemble } from '../../../../model/isa/text/assemble.ts';
import { disassemble, disassembleInstruction } from '../../../../model/isa/text/disassemble.ts';
import {
  anyInstruction,
  BOUNDARY_IMMS,
  BOUNDARY_OFFSETS,
  instructionOf,
} from './arbitrary-instruction.ts';

const SEED = 20_150_527;
const SPELLINGS = ['kernel', 'suite'] as const;

function values(rule: FieldRules['dst' | 'src' | 'offset' | 'imm'], any: readonly number[]) {
  if (typeof rule === 'number') return [rule];
  return rule === 'register' ? [0, 1, 9, 10] : any;
}

/** Every combination of boundary fields of a row. */
function boundaryInstructions(row: (typeof ROWS)[number]): Instruction[] {
  const { fields } = row;
  const nextImms = isWide(row) && fields.nextImm === 'any' ? BOUNDARY_IMMS : [0];
  return values(fields.dst, []).flatMap((dst) =>
    values(fields.src, []).flatMap((src) =>
      values(fields.offset, BOUNDARY_OFFSETS).flatMap((offset) =>
        values(fields.imm, BOUNDARY_IMMS).flatMap((imm) =>
          nextImms.map((nextImm) => ({ row, dst, src, offset, imm, nextImm })),
        ),
      ),
    ),
  );
}

describe.each(SPELLINGS)('the %s spelling', (spelling) => {
  it.each(ROWS.map((row) => [rowKey(row), row] as const))('%s, boundary fields', (_, row) => {
    const instructions = boundaryInstructions(row);
    const text = disassemble(instructions, { spelling, labels: false });
    expect(assemble(text, { spelling }).instructions).toEqual(instructions);
    expect(assemble(text).instructions).toEqual(instructions);
  });

  it.each(ROWS.map((row) => [rowKey(row), row] as const))('%s, random fields', (_, row) => {
    fc.assert(
      fc.property(fc.array(instructionOf(row), { minLength: 1 }), (instructions) => {
        const text = disassemble(instructions, { spelling, labels: false });
        expect(assemble(text).instructions).toEqual(instructions);
      }),
      { seed: SEED, numRuns: 10 },
    );
  });

  it('keeps programs, with labels and without', () => {
    fc.assert(
      fc.property(fc.array(anyInstruction), fc.boolean(), (instructions, labels) => {
        const text = disassemble(instructions, { spelling, labels });
        expect(assemble(text).instructions).toEqual(instructions);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('does not depend on spaces between signs', () => {
    fc.assert(
      fc.property(fc.array(anyInstruction), (instructions) => {
        const text = disassemble(instructions, { spelling, labels: false });
        const tight = text.replace(/(?<=[^\w\n]) +| +(?=[^\w\n])/g, '');
        // A sign apart from its digits is still their sign; the mnemonic is one token.
        const loose = text.replace(/(?<=\w)(?=[)\],])|(?<=[+([,-])(?=\w)/g, '  ');
        expect(assemble(tight).instructions).toEqual(instructions);
        expect(assemble(loose).instructions).toEqual(instructions);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});

/** One character of a text deleted, doubled or replaced. */
const anyTypo = fc.record({
  at: fc.nat(),
  edit: fc.constantFrom(
    '',
    '0',
    '9',
    'f',
    'r',
    'w',
    '-',
    '+',
    '=',
    '*',
    '(',
    ']',
    ' ',
    'x',
    '#',
    ';',
  ),
  replaced: fc.nat({ max: 1 }),
});

describe('a text with a typo', () => {
  it('is refused with a place, or is another text whose instructions can be encoded', () => {
    const oneLine = fc.tuple(anyInstruction, fc.constantFrom(...SPELLINGS), anyTypo);
    fc.assert(
      fc.property(oneLine, ([instruction, spelling, { at, edit, replaced }]) => {
        const text = disassemble([instruction], { spelling, labels: false }).trimEnd();
        const index = at % text.length;
        const typo = text.slice(0, index) + edit + text.slice(index + replaced);
        const slots = encodedOrRefused(typo);
        expect(slotsFromBytes(bytesFromSlots(slots))).toEqual(slots);
        if (slots.length > 0) expect(encodeInstruction(decodeAt(slots, 0))).toEqual(slots);
      }),
      { seed: SEED, numRuns: 5000 },
    );
  });
});

/** The slots of a text, none where it is refused; anything but a refusal with a place is a failure. */
function encodedOrRefused(text: string): Slot[] {
  try {
    return assemble(text).instructions.flatMap(encodeInstruction);
  } catch (error) {
    if (error instanceof UnsupportedError) return [];
    if (!(error instanceof InputError)) throw error;
    expect(error.place.line).toBe(1);
    expect(error.place.column).toBeGreaterThan(0);
    expect(error.place.column).toBeLessThanOrEqual(text.length + 1);
    return [];
  }
}

describe('the lines of a verifier log', () => {
  it('are read back with their pc and opcode', () => {
    fc.assert(
      fc.property(fc.array(anyInstruction), (instructions) => {
        const lines = instructions.map((instruction, pc) =>
          disassembleInstruction(instruction, pc),
        );
        expect(assemble(lines.join('\n')).instructions).toEqual(instructions);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});
