// The files of the conformance suite (Alan-Jowett/bpf_conformance): sections of assembly or bytecode, memory
// and a result.

import { InputError } from '../../model/errors.ts';
import { readHex } from '../../model/scenario/bytes.ts';

export interface ConformanceTest {
  readonly kind: 'test';
  /** Assembly in which every line stands at its number in the file, for errors; undefined with `raw`. */
  readonly asm?: string;
  /** 64-bit words, one a slot. */
  readonly raw?: readonly bigint[];
  readonly memory?: Uint8Array;
  /** Expected r0. */
  readonly result: bigint;
}

/** A file that checks nothing here, and why. */
export interface SkippedTest {
  readonly kind: 'skipped';
  readonly reason: string;
}

const SECTIONS = ['asm', 'raw', 'mem', 'result', 'error'] as const;
type Section = (typeof SECTIONS)[number];
/** Known to the suite's runner, which takes no notice of what they hold. */
const IGNORED: readonly string[] = ['c', 'no register offset'];

/** A line of a section with its number, without comments. */
interface SectionLine {
  readonly text: string;
  readonly number: number;
}

/** Reads a file of the suite. @throws InputError with the line that is wrong. */
export function readDataFile(text: string): ConformanceTest | SkippedTest {
  const sections = new Map<Section, SectionLine[]>();
  let current: SectionLine[] | undefined;
  for (const [index, source] of text.split(/\r?\n/).entries()) {
    const marker = /^\s*--\s+(.*\S)\s*$/.exec(source)?.[1];
    if (marker === undefined) {
      current?.push({ text: source.replace(/#.*/, '').trim(), number: index + 1 });
      continue;
    }
    const section = SECTIONS.find((name) => name === marker);
    if (section === undefined && !IGNORED.includes(marker)) {
      return { kind: 'skipped', reason: `line ${index + 1}: unknown section '-- ${marker}'` };
    }
    current = section === undefined ? undefined : [];
    if (section !== undefined && current !== undefined) sections.set(section, current);
  }
  return testOf(sections);
}

function testOf(
  sections: ReadonlyMap<Section, readonly SectionLine[]>,
): ConformanceTest | SkippedTest {
  const filled = (name: Section) => sections.get(name)?.filter(({ text }) => text !== '') ?? [];
  if (filled('error').length > 0) {
    return { kind: 'skipped', reason: 'expects an error, which only a plugin can spell' };
  }
  const raw = filled('raw');
  const asm = sections.get('asm');
  if (raw.length === 0 && asm === undefined) {
    return { kind: 'skipped', reason: 'has neither an asm nor a raw section' };
  }
  const memory = sections.get('mem');
  return {
    kind: 'test',
    ...(raw.length > 0 ? { raw: readWords(raw) } : { asm: atTheirLines(asm ?? []) }),
    ...(memory === undefined ? {} : { memory: readMemory(memory) }),
    result: readResult(filled('result')),
  };
}

function atTheirLines(lines: readonly SectionLine[]): string {
  const placed: string[] = [];
  for (const { text, number } of lines) placed[number - 1] = text;
  return Array.from(placed, (line) => line ?? '').join('\n');
}

function readWords(lines: readonly SectionLine[]): bigint[] {
  return lines.flatMap(({ text, number }) =>
    text.split(/\s+/).map((word) => readNumber(word, number)),
  );
}

function readMemory(lines: readonly SectionLine[]): Uint8Array {
  return Buffer.concat(
    lines.map(({ text, number }) => {
      const reading = readHex(text);
      if ('value' in reading) return reading.value;
      throw new InputError(reading.problem, { line: number });
    }),
  );
}

/** The last line that says something. */
function readResult(lines: readonly SectionLine[]): bigint {
  const last = lines.at(-1);
  if (last === undefined) throw new InputError('there is no result');
  return readNumber(last.text, last.number);
}

function readNumber(text: string, line: number): bigint {
  const value = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? BigInt(text) : undefined;
  if (value !== undefined && value < 1n << 64n) return value;
  throw new InputError(`'${text}' is no 64-bit number, decimal or 0x`, { line });
}
