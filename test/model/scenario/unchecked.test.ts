// Programs that only a verifier is asked about: syntax is checked, and nothing else.

import { describe, expect, test } from 'vitest';
import { createProgram, uncheckedProgram } from '../../../model/isa/program.ts';
import { assemble } from '../../../model/isa/text/assemble.ts';
import { parseScenarioFile } from '../../../model/scenario/read.ts';

const file = (asm: string, more = '') => `tailproof: 1
type: xdp
maps:
  jmp: { type: prog_array, max_entries: 2 }
  one: { type: array, value_size: 8, max_entries: 1 }
programs:
  entry: |
${asm.replace(/^/gm, '    ')}
${more}`;

describe('a file', () => {
  test.each([
    ['without an exit', 'r0 = 1'],
    ['with a jump to nowhere', 'goto +5\nexit'],
    ['that writes r10', 'r10 = 0\nexit'],
    ['with an address beyond a value', 'r1 = map[one][0]+8\nexit'],
    ['with the address of a program', 'r1 = map[jmp][0]+0\nexit'],
  ])('%s is read unchecked only', (_, asm) => {
    const text = file(asm);
    expect(() => parseScenarioFile(text)).toThrow();
    const [first] = parseScenarioFile(text, { programs: 'unchecked' }).scenarios;
    expect(first!.scenario.programs).toHaveLength(1);
  });

  test('whose programs do not go with each other is read unchecked only', () => {
    const use = 'r1 = map[jmp]\nr0 = 0\nexit';
    const other = `  other: { attributes: { type: sched_cls }, asm: "${use.replaceAll('\n', '\\n')}" }`;
    const text = file(use, other);
    expect(() => parseScenarioFile(text)).toThrow(/other cannot use jmp \(EINVAL\)/);
    expect(parseScenarioFile(text, { programs: 'unchecked' }).scenarios).toHaveLength(1);
  });

  test.each([
    ['what is no instruction', 'r0 = = 1', /unexpected '='/],
    ['a map that is not there', 'r1 = map_idx[7]\nexit', /there is no map with number 7/],
  ])('with %s is read in no way', (_, asm, message) => {
    expect(() => parseScenarioFile(file(asm), { programs: 'unchecked' })).toThrow(message);
  });
});

describe('a program', () => {
  test('has its functions, as far as they are in it', () => {
    const { instructions } = assemble('call pc+1\nexit\nr1 = 1 ll\ncall pc+9\ncall pc-9\nexit');
    const { code, functions } = uncheckedProgram(instructions);
    expect(code).toHaveLength(7);
    expect(code[3]).toBeUndefined();
    expect(functions).toEqual([0, 2]);
  });

  test('that is right is the same as when it is checked', () => {
    const { instructions } = assemble('call pc+1\nexit\nr0 = 0\nexit');
    expect(uncheckedProgram(instructions)).toEqual(createProgram(instructions));
  });
});
