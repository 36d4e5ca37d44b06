// Laws over random terms: what the builders make, however they simplify it, has the value that was
// asked for; and the evaluator, substitution and compiled code agree on it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as t from '../../../smt/terms/index.ts';
import { environment, RandomTerms, variables, WIDTHS } from './random-terms.ts';

// Without these settings fast-check makes ten or so small numbers, which is a term of three nodes.
const choices = fc.noBias(fc.array(fc.nat(), { maxLength: 100, size: 'max' }));
const env = fc.array(fc.nat(), { minLength: 18, maxLength: 18 }).map(environment);
const width = fc.constantFrom(...WIDTHS);
const seed = 20_240_817;

test('a bit-vector term has the value of its definition', () => {
  const law = fc.property(choices, width, env, (numbers, w, values) => {
    const { term, value } = new RandomTerms(numbers).bits(w);
    expect(term.sort.width).toBe(w);
    expect(t.evaluate(term, values)).toBe(value(values));
  });
  fc.assert(law, { seed, numRuns: 8000 });
});

test('a Boolean term has the value of its definition', () => {
  const law = fc.property(choices, env, (numbers, values) => {
    const { term, value } = new RandomTerms(numbers).truth();
    expect(t.evaluate(term, values)).toBe(value(values));
  });
  fc.assert(law, { seed, numRuns: 8000 });
});

test('substituting constants folds to the value', () => {
  const law = fc.property(choices, width, env, (numbers, w, values) => {
    const { term } = new RandomTerms(numbers).bits(w);
    const constants = new Map(
      variables().map(({ name, sort }) => [name, t.bv(sort.width, values.get(name) ?? 0n)]),
    );
    const folded = t.substitute(term, constants);
    expect(folded).toBe(t.bv(w, t.evaluate(term, values)));
  });
  fc.assert(law, { seed, numRuns: 3000 });
});

test('compiled code agrees with the evaluator', () => {
  const params = variables();
  const law = fc.property(
    choices,
    fc.array(env, { minLength: 3, maxLength: 3 }),
    (numbers, runs) => {
      const { term } = new RandomTerms(numbers).truth();
      const usesArrays = t.postorder([term]).some(t.isArray);
      fc.pre(!usesArrays);
      const compiled = t.compileTerm(params, term);
      for (const values of runs) {
        const args = params.map(({ name }) => values.get(name) ?? 0n);
        expect(compiled(...args)).toBe(t.evaluate(term, values));
      }
    },
  );
  fc.assert(law, { seed, numRuns: 2000 });
});

test('compiled bit-vector code agrees with the evaluator and stays in range', () => {
  const params = variables();
  const law = fc.property(choices, width, env, (numbers, w, values) => {
    const { term } = new RandomTerms(numbers).bits(w);
    fc.pre(!t.postorder([term]).some(t.isArray));
    const args = params.map(({ name }) => values.get(name) ?? 0n);
    expect(t.compileTerm(params, term)(...args)).toBe(t.evaluate(term, values));
  });
  fc.assert(law, { seed, numRuns: 2000 });
});
