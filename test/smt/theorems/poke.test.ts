// Direct tail calls under patching: every theorem as stated, its premises necessary, its faults seen.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSolverPool } from '../../../smt/solver/index.ts';
import { POKE_THEOREMS } from '../../../smt/theorems/poke/index.ts';
import { type ProofReport, prove } from '../../../smt/theorems/prove.ts';

const pool = createSolverPool({ jobs: 2 });
let report: ProofReport;
beforeAll(async () => {
  report = await prove(POKE_THEOREMS, { pool });
}, 180_000);
afterAll(() => pool.close());

test('every theorem is as stated', () => {
  const problems = report.theorems.flatMap(({ name, problems }) =>
    problems.map((one) => `${name}: ${one}`),
  );
  expect(problems).toEqual([]);
  expect(report.theorems.every(({ result }) => result === 'as-stated')).toBe(true);
});

test.each(['poke/linearisable', 'poke/linearisable-direct'])('the schedule of %s', (name) => {
  const theorem = report.theorems.find((one) => one.name === name);
  expect(theorem?.trace?.join('\n')).toMatchSnapshot();
  // None is shorter.
  const shorter = theorem?.lemmas.find((lemma) => lemma.name === 'shorter');
  expect(shorter?.verdict.verdict).toBe('proved');
});

test('what is proved has no schedule', () => {
  const theorem = report.theorems.find(({ name }) => name === 'poke/never-torn');
  expect(theorem).toMatchObject({ result: 'as-stated' });
  expect(theorem).not.toHaveProperty('trace');
});
