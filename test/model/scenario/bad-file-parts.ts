// What the wrong scenario files of the tests are made of.

/** A right file in parts, so that each case can say what it changes. */
export const HEAD = 'tailproof: 1\ntype: sched_cls\n';
export const PROGRAMS = 'programs:\n  entry: |\n    r0 = 0\n    exit\n';
export const JMP = 'maps:\n  jmp: { type: prog_array, max_entries: 2 }\n';
export const COUNT = 'maps:\n  count: { type: array, value_size: 4, max_entries: 2 }\n';
export const HASH =
  'maps:\n  h: { type: hash, key_size: 2, value_size: 1, max_entries: 2, entries: ';
export const RAW = 'tailproof: 1\ntype: raw\n';

export const map = (body: string) => `${HEAD}maps:\n  m: ${body}\n${PROGRAMS}`;
export const program = (...lines: string[]) =>
  `${HEAD}${JMP}programs:\n  entry: |\n${lines.map((line) => `    ${line}\n`).join('')}`;
export const run = (body: string) => `${HEAD}${PROGRAMS}run: ${body}\n`;
export const rawRun = (body: string) => `${RAW}${PROGRAMS}run: ${body}\n`;
export const schedule = (body: string) => `${HEAD}${JMP}${PROGRAMS}schedule:\n  - ${body}\n`;
export const expectation = (body: string) => `${HEAD}${COUNT}${PROGRAMS}expect: ${body}\n`;

export interface BadFile {
  readonly what: string;
  readonly text: string;
  readonly message: string;
}
