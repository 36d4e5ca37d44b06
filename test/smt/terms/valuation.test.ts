// The evaluator of paths against the one of terms.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bvVar, evaluate, isArray, postorder } from '../../../smt/terms/index.ts';
import { Valuation } from '../../../smt/terms/valuation.ts';
import { environment, RandomTerms, WIDTHS } from './random-terms.ts';

const choices = fc.noBias(fc.array(fc.nat(), { maxLength: 100, size: 'max' }));
const env = fc.array(fc.nat(), { minLength: 18, maxLength: 18 }).map(environment);

test('terms without arrays have the value that the evaluator of terms gives', () => {
  const law = fc.property(choices, fc.constantFrom(...WIDTHS), env, (numbers, width, values) => {
    const random = new RandomTerms(numbers);
    const condition = random.truth().term;
    const { term } = random.bits(width);
    fc.pre(!postorder([term, condition]).some(isArray));
    const valuation = new Valuation(values);
    expect(valuation.truth(condition)).toBe(evaluate(condition, values));
    expect(valuation.bits(term)).toBe(evaluate(term, values));
    // Asked again, from what is remembered.
    expect(valuation.bits(term)).toBe(evaluate(term, values));
  });
  fc.assert(law, { seed: 20_240_817, numRuns: 4000 });
});

test('a variable without a value is a mistake', () => {
  expect(() => new Valuation(new Map()).bits(bvVar('nobody', 8))).toThrow('nobody');
});
