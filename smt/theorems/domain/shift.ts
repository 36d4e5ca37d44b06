// Shifts of a tnum by a tnum: the union over all counts. The shift by one count and the union have theorems of their
// own, and are only known here by what these say.

import {
  and,
  type BoolTerm,
  type BvTerm,
  boolVar,
  bvashr,
  bvlshr,
  bvshl,
  bvult,
  eq,
  implies,
  ite,
  or,
} from '../../terms/index.ts';
import type { Theorem } from '../theorem.ts';
import {
  ALGEBRA,
  anyTnum,
  type DomainSubject,
  domainOf,
  inTnum,
  type Stubs,
  type TermTnum,
  variantFault,
  WIDTH,
  x,
  y,
} from './subject.ts';

const [a, count] = [anyTnum('a'), anyTnum('count')];

const SHIFTS = [
  ['lshift', 'lshiftBy', 'x << count', bvshl],
  ['rshift', 'rshiftBy', 'x >> count', bvlshr],
  ['arshift', 'arshiftBy', 'x s>> count', bvashr],
] as const;

/**
 * Operators of which is only known what their theorems say about one word, `meaning(x, y)`. Whether it lies in a result
 * is a truth value of its own: nothing else of results matters.
 */
function composition(single: 'lshift' | 'rshift' | 'arshift', meaning: typeof bvshl) {
  const contracts: BoolTerm[] = [];
  const inside = new Map<BvTerm, BoolTerm>();
  const holds = (tnum: TermTnum): BoolTerm => inside.get(tnum.value) ?? inTnum(tnum, meaning(x, y));
  const result = (says: (isInside: BoolTerm) => BoolTerm): TermTnum => {
    const name = `result${inside.size}`;
    const tnum = anyTnum(name);
    const isInside = boolVar(name);
    inside.set(tnum.value, isInside);
    contracts.push(says(isInside));
    return tnum;
  };
  const stubs: Stubs = {
    tnum: {
      [single]: (one: TermTnum, by: BvTerm) =>
        result((isInside) => implies(and(inTnum(one, x), eq(y, by)), isInside)),
      union: (one, other) => result((isInside) => implies(or(holds(one), holds(other)), isInside)),
      ite: (condition, one, other) =>
        result((isInside) => eq(isInside, ite(condition, holds(one), holds(other)))),
    },
  };
  return { stubs, contracts, holds };
}

export const SHIFT_THEOREMS: readonly Theorem[] = SHIFTS.map(
  ([single, name, text, meaning]): Theorem => ({
    name: `domain/tnum/${single}-by`,
    statement: `${text} lies in the shift by a tnum, for every count in it that is below the width.`,
    source: 'design: composed from the shift by one count and the union',
    method: { kind: 'cases', over: 'the counts below the width' },
    expected: 'proved',
    lemmas: (subject: DomainSubject) => {
      const { stubs, contracts, holds } = composition(single, meaning);
      const result = domainOf(subject, stubs).tnum[name](a, count);
      return [
        {
          name: 'composed',
          premises: {
            'x lies in a, and the count in its tnum': and(inTnum(a, x), inTnum(count, y)),
            'the count is below the width': bvult(y, ALGEBRA.wide.of(BigInt(WIDTH))),
            'shifts by one count and unions are sound (their theorems)': and(...contracts),
          },
          conclusion: holds(result),
        },
      ];
    },
    faults: [
      variantFault('the least count only', 'composed', {
        tnum: (old) => ({
          [name]: (one: never, by: { value: never }) => old[single](one, by.value),
        }),
      } as Parameters<typeof variantFault>[2]),
    ],
  }),
);
