// Theorems about the scalar domain: those that take seconds as a whole, with vacuity, necessity and faults. The others
// are proved by `tailproof prove 'domain/*'`, and here only written down.

import { afterAll, describe, expect, test } from 'vitest';
import { createDomain, numbers } from '../../../model/domain/index.ts';
import { ALGEBRA } from '../../../smt/theorems/domain/subject.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import { bvVar, evaluate } from '../../../smt/terms/index.ts';
import { DOMAIN_THEOREMS } from '../../../smt/theorems/domain/index.ts';
import { defaultSubject, prove } from '../../../smt/theorems/prove.ts';
import { drawFrom, drawState } from '../../model/domain/agni/states.ts';

const pool = createSolverPool({ jobs: 2 });
afterAll(() => pool.close());

const QUICK = [
  ...['tnum/and', 'tnum/range', 'tnum/intersect', 'tnum/cast', 'tnum/is-aligned'],
  ...['reduction/update-bounds', 'reduction/deduce-bounds', 'reduction/sync'],
  ...['reduction/deduce-whole', 'extension/zero-extend', 'alu/and', 'alu/div'],
].map((name) => `domain/${name}`);

test('theorems are as stated', async () => {
  const chosen = DOMAIN_THEOREMS.filter(({ name }) => QUICK.includes(name));
  expect(chosen).toHaveLength(QUICK.length);
  const report = await prove(chosen, { pool });
  const problems = report.theorems.flatMap(({ name, problems }) =>
    problems.map((one) => `${name}: ${one}`),
  );
  expect(problems).toEqual([]);
  expect(report.theorems.every(({ result }) => result === 'as-stated')).toBe(true);
}, 180_000);

test('an operator of 5.9 that is known to be unsound is refuted', async () => {
  const sub = DOMAIN_THEOREMS.filter(({ name }) => name === 'domain/alu/sub');
  const subject = { ...defaultSubject(), domain: { version: 'linux-5.9' as const } };
  const lemmas = sub.map((theorem) => ({
    ...theorem,
    lemmas: () => theorem.lemmas(subject).filter(({ name }) => name === 'smax'),
    faults: [],
  }));
  const report = await prove(lemmas, { pool, checks: { necessity: false } });
  expect(report.theorems[0]?.verdict).toMatchObject({ verdict: 'refuted', lemma: 'smax' });
}, 120_000);

test('every theorem has a fault, and faults name lemmas', () => {
  for (const { name, faults, lemmas } of DOMAIN_THEOREMS) {
    expect(faults.length, name).toBeGreaterThan(0);
    for (const fault of faults) {
      const names = lemmas(fault.plant(defaultSubject())).map((lemma) => lemma.name);
      expect(names).toContain(fault.lemma);
    }
  }
}, 120_000);

// What is proved is what runs: both algebras are asked for the same.
describe('terms and numbers agree', () => {
  const terms = createDomain(ALGEBRA);
  const plain = createDomain(numbers(64));
  const draw = drawFrom(5);
  const variable = (name: string, width = 64) => bvVar(name, width);
  const symbolic = (name: string) => ({
    varOff: { value: variable(`${name}.v`), mask: variable(`${name}.m`) },
    r64: bounds(name, 64),
    r32: bounds(`${name}h`, 32),
  });
  const bounds = (name: string, width: number) => ({
    umin: variable(`${name}.umin`, width),
    umax: variable(`${name}.umax`, width),
    smin: variable(`${name}.smin`, width),
    smax: variable(`${name}.smax`, width),
  });
  const [a, b] = [symbolic('a'), symbolic('b')];
  test.each(['add', 'sub', 'and', 'or', 'xor'] as const)('%s', (op) => {
    const result = terms.alu(op, 32, a, b);
    for (let n = 0; n < 20; n++) {
      const [p, q] = [drawState(plain, draw), drawState(plain, draw)];
      const values = new Map<string, bigint>();
      for (const [name, state] of [
        ['a', p],
        ['b', q],
      ] as const) {
        values.set(`${name}.v`, state.varOff.value).set(`${name}.m`, state.varOff.mask);
        for (const [field, value] of Object.entries(state.r64))
          values.set(`${name}.${field}`, value);
        for (const [field, value] of Object.entries(state.r32))
          values.set(`${name}h.${field}`, value);
      }
      const expected = plain.alu(op, 32, p, q);
      expect(evaluate(result.varOff.value, values)).toBe(expected.varOff.value);
      expect(evaluate(result.varOff.mask, values)).toBe(expected.varOff.mask);
      expect(evaluate(result.r64.umax, values)).toBe(expected.r64.umax);
      expect(evaluate(result.r64.smin, values)).toBe(expected.r64.smin);
      expect(evaluate(result.r32.umin, values)).toBe(expected.r32.umin);
      expect(evaluate(result.r32.smax, values)).toBe(expected.r32.smax);
    }
  });
});
