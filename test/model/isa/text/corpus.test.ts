// The conformance suite's programs, read where the user keeps them: TAILPROOF_CONFORMANCE, or beside the checkout.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../../model/errors.ts';
import { bytesFromSlots, encodeInstruction } from '../../../../model/isa/instruction.ts';
import { createProgram } from '../../../../model/isa/program.ts';
import { assemble } from '../../../../model/isa/text/assemble.ts';
import { disassemble } from '../../../../model/isa/text/disassemble.ts';

// biome-ignore lint/complexity/useLiteralKeys: the compiler asks for brackets
const FOLDER = process.env['TAILPROOF_CONFORMANCE'] ?? join(process.cwd(), '../shared/conformance');
const present = existsSync(FOLDER);
const files = present ? readdirSync(FOLDER).filter((name) => name.endsWith('.data')) : [];
const reason = present ? '' : `: not run, no corpus at ${FOLDER}`;

function sectionOf(text: string, wanted: string): string[] {
  const lines: string[] = [];
  let section = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('-- ')) section = line.slice(3).trim();
    else if (section === wanted) lines.push(line);
  }
  return lines;
}

const textOf = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
const usesCallx = (name: string) => /call %r/.test(textOf(name));

describe.runIf(present)(`conformance corpus${reason}`, () => {
  it.each(files.filter((name) => !usesCallx(name)))('%s', (name) => {
    const asm = sectionOf(textOf(name), 'asm').join('\n');
    const { instructions } = assemble(asm, { spelling: 'suite' });
    expect(assemble(asm).instructions).toEqual(instructions);
    const program = createProgram(instructions);
    expect(assemble(disassemble(program)).instructions).toEqual(instructions);
    expect(assemble(disassemble(program, { spelling: 'suite' })).instructions).toEqual(
      instructions,
    );
  });

  it('refuses callx, by name', () => {
    const [name = ''] = files.filter(usesCallx);
    const asm = sectionOf(textOf(name), 'asm').join('\n');
    expect(() => assemble(asm)).toThrow(UnsupportedError);
    expect(() => assemble(asm)).toThrow('3:1: callx, a call through a register, is not modelled');
  });

  it('assembles to the words that the suite gives, where it gives any', () => {
    const withRaw = files.filter((name) => sectionOf(textOf(name), 'raw').length > 0);
    expect(withRaw).not.toEqual([]);
    for (const name of withRaw) {
      const [asm, raw] = [sectionOf(textOf(name), 'asm'), sectionOf(textOf(name), 'raw')];
      const { instructions } = assemble(asm.join('\n'));
      const { buffer } = bytesFromSlots(instructions.flatMap(encodeInstruction));
      expect([...new BigUint64Array(buffer as ArrayBuffer)]).toEqual(raw.map(BigInt));
    }
  });
});
