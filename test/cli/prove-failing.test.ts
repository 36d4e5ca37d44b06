// What prove says of theorems that are not as stated, of which the project has none.

import { expect, test, vi } from 'vitest';
import { bv, bvult, bvVar } from '../../smt/terms/index.ts';
import type { Theorem } from '../../smt/theorems/theorem.ts';
import { tailproof } from './fake-terminal.ts';

const x = bvVar('x', 8);
const BROKEN: Theorem = {
  name: 'toy/broken',
  statement: 'Numbers are small.',
  source: 'this test',
  method: { kind: 'direct' },
  expected: 'proved',
  lemmas: () => [
    { name: 'small', premises: { byte: bvult(x, bv(8, 200n)) }, conclusion: bvult(x, bv(8, 8n)) },
  ],
  faults: [],
};

vi.mock('../../smt/theorems/index.ts', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  chooseTheorems: () => [BROKEN],
}));

test('a theorem that is refuted against expectation is exit 1, with the counterexample', async () => {
  const { code, out } = await tailproof(['prove', '--jobs', '1']);
  expect(code).toBe(1);
  expect(out).toMatch(/^toy\/broken +refuted, NOT as stated/m);
  expect(out).toContain('  it is refuted by small, which was not expected\n');
  expect(out).toMatch(/^ {2}counterexample: x = 0x[0-9a-f]+$/m);
  expect(out).toContain('1 of 1 theorem is not as stated.');
});

test('as JSON, too', async () => {
  const { code, out } = await tailproof(['prove', '--jobs', '1', '--json']);
  expect(code).toBe(1);
  const [theorem, report] = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(theorem).toMatchObject({
    result: 'not-as-stated',
    verdict: { verdict: 'refuted', lemma: 'small', model: { x: expect.stringMatching(/^0x/) } },
  });
  expect(report).toMatchObject({ event: 'report', code: 1 });
});
