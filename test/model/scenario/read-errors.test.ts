import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError, UnsupportedError } from '../../../model/errors.ts';
import { parseScenario, parseScenarioFile } from '../../../model/scenario/read.ts';
import { FILE_LENGTH_MAX } from '../../../model/scenario/yaml.ts';
import { formatScenario } from '../../../model/scenario/write.ts';
import { BAD_CONTENTS } from './bad-contents.ts';
import { BAD_FILES } from './bad-files.ts';
import { BAD_OBJECTS } from './bad-objects.ts';
import { anyScenario } from './generate.ts';

const ALL_BAD = [...BAD_FILES, ...BAD_CONTENTS, ...BAD_OBJECTS];

function errorOf(text: string): unknown {
  try {
    parseScenarioFile(text, { file: 'f.yaml' });
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a wrong file is refused with its place', () => {
  test.each(ALL_BAD)('$what', ({ text, message }) => {
    const error = errorOf(text);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toBe(message);
  });

  test('without a file name the place starts with the line', () => {
    expect(() => parseScenario('tailproof: 3\n')).toThrow(/^1:12: tailproof: this is format 3/);
  });
});

test('a message stays on one line, whatever the file holds', () => {
  for (const { text } of ALL_BAD) expect((errorOf(text) as Error).message).not.toMatch(/[\n\r]/);
});

test('a file that is too long is not parsed', () => {
  const error = errorOf(`# ${'x'.repeat(FILE_LENGTH_MAX)}`);
  expect((error as Error).message).toBe('f.yaml: the file is longer than 2097152 characters');
});

test('a line indented out of sight is not parsed, since the parser would run out of memory', () => {
  const error = errorOf(`a: 1\n${' '.repeat(3_000)}b: 1\n`);
  expect((error as Error).message).toBe('f.yaml:2:1: indented by 256 columns or more');
});

test('what the model does not cover is unsupported, not wrong', () => {
  const error = errorOf('tailproof: 1\ntype: raw\nprograms: { p: "callx r1" }\n');
  expect(error).toBeInstanceOf(UnsupportedError);
  expect((error as Error).message).toMatch(/^f\.yaml:3:16: programs\.p: /);
});

test('one run is wanted of a file with two', () => {
  const text = 'tailproof: 1\ntype: raw\nprograms: { p: exit }\nruns: [{ name: a }, { name: b }]\n';
  expect(() => parseScenario(text, { file: 'f.yaml' })).toThrow(
    'f.yaml: runs: the file holds 2 runs where one is wanted',
  );
});

test('Windows line ends do not move places', () => {
  const text = 'tailproof: 1\r\ntype: raw\r\nprograms:\r\n  p: |\r\n    r0 = 0\r\n    exot\r\n';
  expect((errorOf(text) as Error).message).toMatch(/^f\.yaml:6:5: programs\.p: unknown mnemonic/);
});

test('an error in a shared value is shown where it is written', () => {
  const text =
    'tailproof: 1\ntype: sched_cls\nprograms: { p: exit }\nruns:\n' +
    '  - { name: a, packet: &bytes "0q" }\n  - { name: b, packet: *bytes }\n';
  expect((errorOf(text) as Error).message).toBe(
    "f.yaml:5:33: runs.0.packet: 'q' at position 2 is not a hex digit (and 1 more)",
  );
});

test('a damaged file is read or refused, and nothing else happens', () => {
  const damage = fc.tuple(
    fc.nat(),
    fc.nat(9),
    fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.constantFrom('\n', '\t', ': ', '- ', '{', '[', '"', '|', '&a ', '*a', '!!int ', '0x', '~'),
    ),
  );
  fc.assert(
    fc.property(
      anyScenario,
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      (scenario, damages) => {
        let text = formatScenario(scenario);
        for (const [place, removed, added] of damages) {
          const at = place % text.length;
          text = text.slice(0, at) + added + text.slice(at + removed);
        }
        const error = errorOf(text);
        if (error === undefined || error instanceof UnsupportedError) return;
        expect(error).toBeInstanceOf(InputError);
        expect((error as InputError).message).toMatch(/^f\.yaml:\d+:\d+: \S/);
        expect((error as InputError).message).not.toMatch(/[\n\r]/);
      },
    ),
    { seed: 11, numRuns: 2000 },
  );
});
