// What the user can get wrong: exit 2, one line that names the place, no stack, nothing half-written.

import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tailproof } from './fake-terminal.ts';
import { HOPS } from './samples.ts';
import { temporaryDirectory } from './temporary.ts';

interface Wrong {
  readonly what: string;
  /** `@` stands for the directory with the files. */
  readonly argv: readonly string[];
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly stdin?: string | Uint8Array;
  /** The line without `tailproof: `; `@` as above. */
  readonly line: string;
}

const scenario = (body: string) => `tailproof: 1\ntype: raw\nprograms:\n  entry: |\n${body}`;
const asm = (text: string) => ({ argv: ['asm', '-'], stdin: text });
const disasm = (text: string) => ({ argv: ['disasm', '-'], stdin: text });
const run = (text: string) => ({ argv: ['run', '@/f.yaml'], files: { 'f.yaml': text } });
const EXIT_SLOT = '95 00 00 00 00 00 00 00';

const WRONG: readonly Wrong[] = [
  // Usage.
  { what: 'an unknown verb', argv: ['rnu'], line: "unknown command 'rnu' (Did you mean run?)" },
  {
    what: 'an unknown option',
    argv: ['run', '--tracce', 'f'],
    line: "unknown option '--tracce' (Did you mean --trace?)",
  },
  { what: 'no file', argv: ['run'], line: "missing required argument 'file'" },
  {
    what: 'a file too many',
    argv: ['run', 'a', 'b'],
    line: "too many arguments for 'run'. Expected 1 argument but got 2.",
  },
  {
    what: 'an engine that is none',
    argv: ['run', '--engine', 'jit', 'f'],
    line: "option '--engine <name>' argument 'jit' is invalid. Allowed choices are interp, smt, both.",
  },
  {
    what: 'a negative number',
    argv: ['fuzz', '--runs=-1'],
    line: "option '--runs <n>' argument '-1' is invalid. Expected a whole number from 1 to 2147483647.",
  },
  {
    what: 'a seed of more than 32 bits',
    argv: ['fuzz', '--seed', '4294967296'],
    line: "option '--seed <n>' argument '4294967296' is invalid. Expected a whole number from 0 to 4294967295.",
  },
  {
    what: 'no number',
    argv: ['check', '--paths', '1e3', 'f'],
    line: "option '--paths <n>' argument '1e3' is invalid. Expected a whole number from 1 to 2147483647.",
  },
  {
    what: 'runs and time',
    argv: ['fuzz', '--runs', '1', '--time', '1'],
    line: "option '--runs <n>' cannot be used with option '--time <seconds>'",
  },
  {
    what: 'a list that is none',
    argv: ['list', 'rwos'],
    line: "command-argument value 'rwos' is invalid for argument 'what'. Allowed choices are rows, profiles, helpers, faults, traps, types.",
  },
  {
    what: 'a trace of the other engine',
    argv: ['run', '--trace', '--engine', 'smt', 'f'],
    line: '--trace shows the interpreter; it goes with --engine interp or both',
  },
  {
    what: 'a trace as JSON',
    argv: ['run', '--trace', '--json', 'f'],
    line: '--trace is for people; it does not go with --json',
  },
  {
    what: 'an unknown fault',
    argv: ['fuzz', '--fault', 'interp/ad32-keeps-upper-half'],
    line: "--fault: there is no fault 'interp/ad32-keeps-upper-half'; did you mean 'interp/add32-keeps-upper-half', 'interp/xor32-keeps-upper-half' or 'interp/neg32-keeps-upper-half'?",
  },
  // Files.
  {
    what: 'a missing file',
    argv: ['run', '@/none.yaml'],
    line: '@/none.yaml: cannot be read: there is no such file or directory',
  },
  {
    what: 'a directory as a file',
    argv: ['check', '@'],
    line: '@: cannot be read: this is a directory, not a file',
  },
  { what: 'an empty name', argv: ['run', ''], line: 'the name of the file is empty' },
  {
    what: 'a file as a directory on the way',
    argv: ['run', '@/f/g'],
    files: { f: '' },
    line: '@/f/g: cannot be read: a part of the path is a file, not a directory',
  },
  {
    what: 'a binary file',
    argv: ['run', '@/f.yaml'],
    files: { 'f.yaml': Uint8Array.of(97, 0, 98) },
    line: '@/f.yaml: is binary, not text: byte 1 is zero',
  },
  {
    what: 'a text that is not UTF-8',
    argv: ['asm', '-'],
    stdin: Uint8Array.of(0xff, 0xfe, 0x41),
    line: '<stdin>: is not text in UTF-8',
  },
  {
    what: 'a file that is too long',
    argv: ['disasm', '--format', 'bin', '-'],
    stdin: new Uint8Array(2 ** 24 + 8),
    line: '<stdin>: is longer than 16777216 bytes',
  },
  {
    what: 'a name with a line break',
    argv: ['run', '@/a\nb'],
    line: '@/a b: cannot be read: there is no such file or directory',
  },
  // Scenarios.
  { what: 'an empty scenario', ...run(''), line: '@/f.yaml:1:1: the file is empty' },
  {
    what: 'another YAML file',
    ...run('a: 1\n'),
    line: '@/f.yaml:1:1: this is no scenario: it has no `tailproof: 1`',
  },
  {
    what: 'a wrong instruction',
    ...run(scenario('    r0 = 0\n    exot\n')),
    line: "@/f.yaml:6:5: programs.entry: unknown mnemonic 'exot'; did you mean 'exit'?",
  },
  {
    what: 'a jump out of the program',
    ...run(scenario('    goto +5\n    exit\n')),
    line: '@/f.yaml:5:5: programs.entry: jump out of range from slot 0 to 6',
  },
  {
    what: 'wrong hex',
    ...run(`${scenario('    exit\n')}run: { context: "0g" }\n`),
    line: "@/f.yaml:6:19: run.context: 'g' at position 2 is not a hex digit",
  },
  {
    what: 'an unknown map',
    ...run(HOPS.replace('update: jmp', 'update: jump')),
    line: "@/f.yaml:28:35: schedule.0.update: there is no map 'jump'; there are: jmp, count",
  },
  {
    what: 'an unknown profile',
    ...run(HOPS.replace('6.12/x86', '6.19/x68')),
    line: "@/f.yaml:2:10: profile: there is no profile 'linux-6.19/x68_64'; did you mean 'linux-6.19/x86_64'?",
  },
  {
    what: 'a scenario on standard input',
    argv: ['replay', '-'],
    stdin: 'tailproof: 2\n',
    line: '<stdin>:1:12: tailproof: this is format 2; only format 1 is known',
  },
  {
    what: 'a run that the file has not',
    argv: ['check', '-', '--run', 'rum'],
    stdin: HOPS,
    line: "<stdin>: there is no run 'rum'; did you mean 'run'?",
  },
  // Assembly and bytecode.
  {
    what: 'assembly with a misspelt register',
    ...asm('r0 = 1\nr11 = 2\nexit\n'),
    line: '<stdin>:2:1: there is no register r11',
  },
  {
    what: 'assembly without an end',
    ...asm('r0 = 1\n'),
    line: '<stdin>:1:1: slot 0: the last instruction is neither an exit nor a jump',
  },
  {
    what: 'assembly of nothing',
    ...asm('# nothing\n'),
    line: '<stdin>: the program has no instructions',
  },
  {
    what: 'a jump into a wide instruction',
    ...asm('goto +1\nr1 = 5 ll\nexit\n'),
    line: '<stdin>:1:1: slot 0: jump from slot 0 into the second slot of the wide instruction at 1',
  },
  {
    what: 'a write to r10',
    ...asm('r10 = 1\nexit\n'),
    line: '<stdin>:1:1: slot 0: MOV64 writes r10, the frame pointer, which is read-only',
  },
  {
    what: 'bytecode that is cut',
    ...disasm('b7 00 00\n'),
    line: '<stdin>: bytecode is 3 bytes long, which is not a multiple of 8',
  },
  { what: 'no bytecode', ...disasm(' # none\n'), line: '<stdin>: there is no bytecode' },
  {
    what: 'half a byte',
    ...disasm(`${EXIT_SLOT} 9`),
    line: "<stdin>:1:25: a byte takes two hex digits; '9'",
  },
  {
    what: 'a digit that is none',
    ...disasm('95 00 0x 00'),
    line: "<stdin>:1:7: '0x' is no 64-bit word: 0x and 1 to 16 hex digits",
  },
  {
    what: 'a reserved opcode',
    ...disasm('ff 00 00 00 00 00 00 00'),
    line: '<stdin>: slot 0: opcode 0xff is not an instruction',
  },
  {
    what: 'a reserved field',
    ...disasm('95 00 00 00 01 00 00 00'),
    line: '<stdin>: slot 0: imm is 0x1, but EXIT reserves it: it must be 0',
  },
  {
    what: 'a wide instruction cut in half',
    ...disasm('18 01 00 00 05 00 00 00'),
    line: '<stdin>: slot 0: LD_IMM64 takes two slots, but the program ends after the first',
  },
  {
    what: 'a register that there is not',
    ...disasm(`b7 0b 00 00 00 00 00 00 ${EXIT_SLOT}`),
    line: '<stdin>: slot 0: dst is r11, but there are only r0 to r10 (MOV64)',
  },
  // Directories.
  {
    what: 'no conformance tests',
    argv: ['conformance', '@'],
    line: '@: there are no *.data files here',
  },
  {
    what: 'no directory',
    argv: ['conformance', '@/none'],
    line: '@/none: cannot be read: there is no such file or directory',
  },
  {
    what: 'a file as a directory',
    argv: ['conformance', '@/f'],
    files: { f: '' },
    line: '@/f: this is a file; a directory is wanted',
  },
  {
    what: 'findings into a file',
    argv: ['fuzz', '--runs', '1', '--out', '@/f'],
    files: { f: '' },
    line: '@/f: cannot be written: this is a file',
  },
  {
    what: 'findings below a file',
    argv: ['fuzz', '--runs', '1', '--out', '@/f/g'],
    files: { f: '' },
    line: "@/f/g: cannot be written: '@/f' is a file",
  },
];

describe('wrong input', () => {
  test.each(WRONG)('$what', async ({ argv, files = {}, stdin = '', line }) => {
    const directory = temporaryDirectory(files);
    const place = (text: string) => text.replaceAll('@', directory);
    const { code, out, err } = await tailproof(argv.map(place), { stdin });
    expect(code).toBe(2);
    expect(out).toBe('');
    // One line, and so no stack.
    expect(err).toMatch(/^tailproof: [^\n]+\n$/);
    expect(err.slice('tailproof: '.length, 'tailproof: '.length + place(line).length)).toBe(
      place(line),
    );
  });

  test('an unreadable file', async (context) => {
    const directory = temporaryDirectory({ 'f.yaml': HOPS });
    const file = join(directory, 'f.yaml');
    chmodSync(file, 0);
    context.skip(process.getuid?.() === 0, 'root reads every file');
    const { code, err } = await tailproof(['run', file]);
    expect({ code, err }).toEqual({
      code: 2,
      err: `tailproof: ${file}: cannot be read: permission denied\n`,
    });
  });

  test('bytes are not written to a terminal', async () => {
    const { code, out, err } = await tailproof(['asm', '--format', 'bin', '-'], {
      stdin: 'exit\n',
      tty: true,
    });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^tailproof: bytes are not for a terminal/);
  });

  test('wrong assembly leaves no output behind', async () => {
    const directory = temporaryDirectory();
    const output = join(directory, 'out.hex');
    const { code } = await tailproof(['asm', '-', '--output', output], { stdin: 'r0 = 0\nexot\n' });
    expect(code).toBe(2);
    expect(existsSync(output)).toBe(false);
  });

  test('an output that cannot be written leaves nothing behind', async () => {
    const directory = temporaryDirectory({ 'd/x': '' });
    const output = join(directory, 'd');
    const { code, err } = await tailproof(['asm', '-', '--output', output], { stdin: 'exit\n' });
    expect({ code, err }).toEqual({
      code: 2,
      err: `tailproof: ${output}: cannot be written: this is a directory\n`,
    });
    expect(readdirSync(directory)).toEqual(['d']);
  });
});

test('what is not modelled is exit 3', async () => {
  const { code, out, err } = await tailproof(['asm', '-'], { stdin: 'r0 = 0\ncallx r2\nexit\n' });
  expect({ code, out }).toEqual({ code: 3, out: '' });
  expect(err).toMatch(/^tailproof: unsupported: [^\n]*callx[^\n]*\n$/);
});
