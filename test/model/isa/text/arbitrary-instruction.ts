// Instructions with boundary and random fields, as a row's field rules allow them.

import * as fc from 'fast-check';
import type { Instruction } from '../../../../model/isa/instruction.ts';
import type { Row } from '../../../../model/isa/row.ts';
import { isWide, ROWS } from '../../../../model/isa/table.ts';

export const BOUNDARY_OFFSETS = [-32768, -8, -1, 0, 1, 8, 32767];
export const BOUNDARY_IMMS = [-(2 ** 31), -32769, -1, 0, 1, 5, 12, 211, 212, 65535, 2 ** 31 - 1];

const anyOffset = fc.oneof(
  fc.constantFrom(...BOUNDARY_OFFSETS),
  fc.integer({ min: -32768, max: 32767 }),
);
const anyImm = fc.oneof(
  fc.constantFrom(...BOUNDARY_IMMS),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);
const anyRegister = fc.integer({ min: 0, max: 10 });

function field(rule: number | 'any' | 'register', any: fc.Arbitrary<number>): fc.Arbitrary<number> {
  if (typeof rule === 'number') return fc.constant(rule);
  return rule === 'register' ? anyRegister : any;
}

/** Any instruction of a row. */
export function instructionOf(row: Row): fc.Arbitrary<Instruction> {
  const { dst, src, offset, imm, nextImm } = row.fields;
  return fc.record({
    row: fc.constant(row),
    dst: field(dst, fc.nat()),
    src: field(src, fc.nat()),
    offset: field(offset, anyOffset),
    imm: field(imm, anyImm),
    nextImm: isWide(row) ? field(nextImm ?? 0, anyImm) : fc.constant(0),
  });
}

/** Any instruction. */
export const anyInstruction: fc.Arbitrary<Instruction> = fc
  .constantFrom(...ROWS)
  .chain(instructionOf);
