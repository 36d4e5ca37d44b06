// Instructions of the log: what Linux 6.12 was seen to print for every row that it has.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeAt, slotsFromBytes } from '../../../../model/isa/instruction.ts';
import { ROWS } from '../../../../model/isa/table.ts';
import { instructionText } from '../../../../model/verifier/log/instruction.ts';

/** `bytecode: text` a line; addresses of the kernel are 0. */
const OBSERVED = readFileSync(join(import.meta.dirname, 'instructions-6.12.txt'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => {
    const [hex, text] = line.split(': ') as [string, string];
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    return { instruction: decodeAt(slotsFromBytes(bytes), 0), text };
  });

/** Refused before they are printed: of later kernels, or of what no program here has. */
const NEVER_PRINTED = /^(LOAD_ACQ|STORE_REL|CALL_BTF|LD_VAR_ADDR|LD_CODE_ADDR)/;

describe('an instruction', () => {
  test('is spelt as 6.12 spells it', () => {
    for (const { instruction, text } of OBSERVED) expect(instructionText(instruction)).toBe(text);
  });

  test('of every row was observed', () => {
    const observed = new Set(OBSERVED.map(({ instruction }) => instruction.row));
    const missing = ROWS.filter((row) => !observed.has(row) && !NEVER_PRINTED.test(row.name));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});
