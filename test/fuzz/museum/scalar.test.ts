// The scalar bugs: each refuted by its theorem, shown by a short program, and mended in the version it varies.

import { afterAll, describe, expect, test } from 'vitest';
import { SCALAR_MUSEUM, type ScalarExhibit } from '../../../fuzz/museum/scalar/index.ts';
import { interpret } from '../../../interp/index.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import { formatScenario } from '../../../model/scenario/write.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import { DOMAIN_THEOREMS } from '../../../smt/theorems/domain/index.ts';
import type { DomainSubject } from '../../../smt/theorems/domain/subject.ts';
import { defaultSubject, prove } from '../../../smt/theorems/prove.ts';

const pool = createSolverPool({ jobs: 2 });
afterAll(() => pool.close());

/** The theorem's lemma about the version with the variant, or without it. */
async function decide({ theorem, lemma, version, variant }: ScalarExhibit, mended: boolean) {
  const whole = DOMAIN_THEOREMS.find(({ name }) => name === theorem)!;
  const subject: DomainSubject = {
    ...defaultSubject(),
    domain: mended ? { version } : { version, variant },
  };
  const lemmas = whole.lemmas(subject).filter(({ name }) => name === lemma);
  const report = await prove([{ ...whole, lemmas: () => lemmas, faults: [] }], {
    pool,
    checks: { necessity: false },
  });
  return report.theorems[0]!.verdict.verdict;
}

test('there are sixteen and more, with names of their own', () => {
  expect(SCALAR_MUSEUM.length).toBeGreaterThanOrEqual(16);
  expect(new Set(SCALAR_MUSEUM.map(({ id }) => id)).size).toBe(SCALAR_MUSEUM.length);
});

describe.each(SCALAR_MUSEUM)('$id', (exhibit) => {
  test('is shown by a program', () => {
    const finding = exhibit.find();
    expect(finding).toBeDefined();
    const { program, scenario, r0, states } = finding!;
    expect(program.length).toBeLessThanOrEqual(8);
    expect(states.length).toBeGreaterThan(0);
    expect(exhibit.isMended(finding!)).toBe(true);
    const replayed = interpret(parseScenario(formatScenario(scenario)));
    expect(replayed.ending).toEqual({ kind: 'exit', r0 });
  });

  test('is refuted by its theorem, and mended is proved', async () => {
    expect(await decide(exhibit, false)).toBe('refuted');
    expect(await decide(exhibit, true)).toBe('proved');
  }, 120_000);
});
