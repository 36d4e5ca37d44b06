// Terms as clauses. With all variables fixed, the gates are decided by unit propagation alone, so that the checker
// itself can say whether a circuit gives the value that it should.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitblast } from '../../../smt/certificates/bitblast.ts';
import { checkDrat } from '../../../smt/certificates/drat.ts';
import * as t from '../../../smt/terms/index.ts';
import { BINARY, environment, RandomTerms, variables } from '../terms/random-terms.ts';

/** Whether unit propagation refutes the assertions. */
const refuted = (assertions: readonly t.BoolTerm[]) => checkDrat(bitblast(assertions), '').valid;

const WIDTH = 3;
const VALUES = [...Array(2 ** WIDTH).keys()].map(BigInt);
const [x, y] = [t.bvVar('x', WIDTH), t.bvVar('y', WIDTH)];
const are = (a: bigint, b: bigint) => [t.eq(x, t.bv(WIDTH, a)), t.eq(y, t.bv(WIDTH, b))];

describe('every pair of 3 bits', () => {
  test.each(BINARY.map(([build, reference]) => [build.name, build, reference] as const))(
    '%s',
    (_, build, reference) => {
      for (const a of VALUES) {
        for (const b of VALUES) {
          const equal = t.eq(build(x, y), t.bv(WIDTH, reference(a, b, WIDTH)));
          expect(refuted([...are(a, b), t.not(equal)]), `${a}, ${b}: another`).toBe(true);
          expect(refuted([...are(a, b), equal]), `${a}, ${b}`).toBe(false);
        }
      }
    },
  );

  test.each([
    ['bvult', t.bvult, (a: bigint, b: bigint) => a < b],
    ['bvule', t.bvule, (a: bigint, b: bigint) => a <= b],
    ['bvslt', t.bvslt, (a: bigint, b: bigint) => BigInt.asIntN(3, a) < BigInt.asIntN(3, b)],
    ['bvsle', t.bvsle, (a: bigint, b: bigint) => BigInt.asIntN(3, a) <= BigInt.asIntN(3, b)],
  ] as const)('%s', (_, build, reference) => {
    for (const a of VALUES) {
      for (const b of VALUES) {
        const holds = build(x, y);
        const [right, wrong] = reference(a, b) ? [holds, t.not(holds)] : [t.not(holds), holds];
        expect(refuted([...are(a, b), wrong]), `${a}, ${b}: the other way`).toBe(true);
        expect(refuted([...are(a, b), right]), `${a}, ${b}`).toBe(false);
      }
    }
  });
});

test('a random term has the value of its definition', () => {
  const choices = fc.noBias(fc.array(fc.nat(), { maxLength: 40, size: 'max' }));
  const env = fc.array(fc.nat(), { minLength: 18, maxLength: 18 }).map(environment);
  const law = fc.property(choices, env, (numbers, values) => {
    const { term, value } = new RandomTerms(numbers).truth();
    fc.pre(t.postorder([term]).every(({ sort }) => sort.kind !== 'Array'));
    const fixed = variables().map((variable) =>
      t.eq(variable, t.bv(variable.sort.width, values.get(variable.name) ?? 0n)),
    );
    const [right, wrong] = value(values) ? [term, t.not(term)] : [t.not(term), term];
    expect(refuted([...fixed, wrong])).toBe(true);
    expect(refuted([...fixed, right])).toBe(false);
  });
  fc.assert(law, { seed: 20_261_122, numRuns: 100 });
});

test('arrays are refused', () => {
  const memory = t.arrayVar('memory', 8, 8);
  const goal = t.eq(t.select(memory, t.bv(8, 0n)), t.bv(8, 1n));
  expect(() => bitblast([goal])).toThrow('arrays have no clauses');
});
