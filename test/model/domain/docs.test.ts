// What docs/domain.md says that can be checked.

import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { precisionTable } from '../../../bench/precision.ts';
import type { Variant } from '../../../model/domain/index.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import { DOMAIN_THEOREMS } from '../../../smt/theorems/domain/index.ts';
import { defaultSubject, prove } from '../../../smt/theorems/prove.ts';

const pool = createSolverPool({ jobs: 1 });
afterAll(() => pool.close());

test('the table of precision', () => {
  const text = readFileSync(new URL('../../../docs/domain.md', import.meta.url), 'utf8');
  expect(text).toContain(precisionTable());
});

test('the proposal for XOR is refuted', async () => {
  const variant: Variant = {
    range: (old, { bits }) => ({
      xor: (a, b, varOff) => ({ ...old.xor(a, b, varOff), umax: bits.maxU(a.umax, b.umax) }),
    }),
  };
  const subject = { ...defaultSubject(), domain: { variant } };
  const xor = DOMAIN_THEOREMS.filter(({ name }) => name === 'domain/alu/xor');
  const report = await prove(xor, { pool, subject, checks: { faults: false, necessity: false } });
  expect(report.theorems[0]?.verdict).toMatchObject({
    verdict: 'refuted',
    lemma: 'umax',
  });
});
