// Bugs of ours, and what is not modelled.

import { describe, expect, test } from 'vitest';
import { EXIT, worst } from '../../cli/exit-codes.ts';
import { VERSION } from '../../cli/package-info.ts';
import { reportError } from '../../cli/report-error.ts';
import type { Environment, Terminal } from '../../cli/terminal.ts';
import { InputError, InternalError, UnsupportedError } from '../../model/errors.ts';

function report(
  error: unknown,
  argv: readonly string[] = ['run', "it's.yaml"],
  env: Environment = {},
) {
  let err = '';
  const terminal = {
    err: (text: string) => {
      err += text;
    },
    env,
  } as Terminal;
  return { code: reportError(error, argv, terminal), err };
}

describe('reportError', () => {
  test('an InputError is one line, whatever is in it', () => {
    const error = new InputError('a\nb\x1b[31m', { file: 'f\r\ng', line: 3 });
    expect(report(error)).toEqual({ code: 2, err: 'tailproof: f g:3: a b\\u001b[31m\n' });
  });

  test('an UnsupportedError is exit 3', () => {
    expect(report(new UnsupportedError('callx'))).toEqual({
      code: 3,
      err: 'tailproof: unsupported: callx\n',
    });
  });

  test.each([
    new InternalError('r0 is not 64 bits\n    at somewhere (file.js:1:2)'),
    new TypeError('x is undefined'),
    'a text',
  ])('anything else is a bug of ours, with the command line that shows it', (error) => {
    const { code, err } = report(error);
    expect(code).toBe(70);
    expect(err).toContain(`this is a bug in tailproof ${VERSION}`);
    expect(err).toContain("  tailproof run 'it'\\''s.yaml'\n");
    expect(err).not.toMatch(/^\s+at /m);
  });

  test('the stack is there when asked for', () => {
    const { err } = report(new InternalError('x'), ['run'], { TAILPROOF_DEBUG: '1' });
    expect(err).toMatch(/^\s+at .*errors\.test\.ts/m);
  });
});

test('the worst of several exit codes', () => {
  expect(worst([])).toBe(EXIT.ok);
  expect(worst([EXIT.ok, EXIT.inconclusive])).toBe(EXIT.inconclusive);
  expect(worst([EXIT.inconclusive, EXIT.mismatch, EXIT.ok])).toBe(EXIT.mismatch);
});
