// prove --operator: a user's change of an operator, refuted with a program, or proved.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tailproof } from './fake-terminal.ts';
import { temporaryDirectory } from './temporary.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/operators/xor-umax.mjs');
const prove = (file: string, ...more: string[]) =>
  tailproof(['prove', '--jobs', '1', '--no-faults', 'domain/alu/xor', '--operator', file, ...more]);

/** A module of the text. */
function moduleOf(text: string): string {
  return join(temporaryDirectory({ 'operator.mjs': text }), 'operator.mjs');
}

test('a wrong proposal is refuted, with a program', async () => {
  const { code, out } = await prove(EXAMPLE);
  expect(code).toBe(1);
  expect(out).toContain('it is refuted by umax');
  expect(out).toContain('counterexample: ');
  expect(out).toMatch(/^Shown by a program; .*\n {2}r0 = \*\(u64 \*\)\(r1 \+ 0\)\n/m);
}, 120_000);

test('the program is in the JSON too', async () => {
  const { out } = await prove(EXAMPLE, '--json');
  const report = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');
  expect(report.operator).toMatchObject({ found: true, r0: expect.stringMatching(/^0x/) });
  expect(report.operator.program[0]).toBe('r0 = *(u64 *)(r1 + 0)');
}, 120_000);

test('the mended proposal is proved', async () => {
  const mended = moduleOf(`export const variant = {
    range: (old, { bits }) => ({
      xor: (a, b, varOff) => ({
        ...old.xor(a, b, varOff),
        umax: bits.or(varOff.value, varOff.mask),
      }),
    }),
  };`);
  const { code, out } = await prove(mended);
  expect(out).toMatch(/^domain\/alu\/xor +proved/m);
  expect(out).not.toContain('Shown by a program');
  expect(code).toBe(0);
}, 120_000);

describe('a file that is no operator', () => {
  test.each([
    ['export const other = 1;', 'exports no object named variant'],
    ['export const variant = { tnumm: () => ({}) };', 'variant.tnumm: is no part of a variant'],
    ['export const variant = {', 'cannot be loaded: '],
  ])('%s', async (text, reason) => {
    const { code, err } = await prove(moduleOf(text));
    expect(code).toBe(2);
    expect(err).toContain(reason);
    expect(err).toContain('operator.mjs');
  });

  test('that is not there', async () => {
    const { code, err } = await prove('missing.mjs');
    expect(code).toBe(2);
    expect(err).toContain('missing.mjs: there is no such file');
  });
});
