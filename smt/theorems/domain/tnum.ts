// Tristate numbers: what an operator makes of words lies in what it makes of their tnums. Multiplication and shifts by
// a tnum are in multiply.ts and shift.ts.

import type { TnumOperators, Variant } from '../../../model/domain/index.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bvadd,
  bvand,
  bvashr,
  bvlshr,
  bvneg,
  bvor,
  bvshl,
  bvsub,
  bvule,
  bvult,
  bvVar,
  bvxor,
  distinct,
  eq,
  or,
} from '../../terms/index.ts';
import type { Lemma, Theorem } from '../theorem.ts';
import {
  ALGEBRA,
  anyTnum,
  type DomainSubject,
  domainOf,
  inTnum,
  type TermTnum,
  variantFault,
  WIDTH,
  x,
  y,
} from './subject.ts';

const CGO = 'Vishwanathan et al., CGO 2022';
export const [a, b] = [anyTnum('a'), anyTnum('b')];
const count = bvVar('count', WIDTH);
const { wide } = ALGEBRA;

type TermTnums = TnumOperators<BvTerm, BoolTerm>;
/** Changes the operators on registers' tnums. */
export function tnumVariant(
  change: <W, B>(
    old: TnumOperators<W, B>,
    bits: Parameters<NonNullable<Variant['tnum']>>[1]['bits'],
  ) => unknown,
): Variant {
  // One function for every algebra; what it gives has the types that it was given.
  return { tnum: (old, { bits }) => change(old, bits as never) as object };
}

interface Operator {
  readonly name: string;
  readonly says: string;
  readonly lemmas: (t: TermTnums) => readonly Lemma[];
  readonly fault: { readonly name: string; readonly lemma: string; readonly variant: Variant };
}

const member = (one: TermTnum, word: BvTerm) => inTnum(one, word);

function unary(result: TermTnum, word: BvTerm, more: Record<string, BoolTerm> = {}): Lemma {
  return {
    name: 'sound',
    premises: { 'x lies in a': member(a, x), ...more },
    conventions: Object.keys(more),
    conclusion: member(result, word),
  };
}

function binary(result: TermTnum, word: BvTerm): Lemma {
  return {
    name: 'sound',
    premises: { 'x lies in a': member(a, x), 'y lies in b': member(b, y) },
    conclusion: member(result, word),
  };
}

/**
 * A bit that is left open can be both: two pairs of words show it, which differ in an open bit of an operand or, where
 * carries leave it open, are the two ends of the operands.
 */
function optimal(
  result: TermTnum,
  operation: (x: BvTerm, y: BvTerm) => BvTerm,
  ends: readonly [readonly [BvTerm, BvTerm], readonly [BvTerm, BvTerm]],
): Lemma[] {
  const bit = bvVar('bit', WIDTH);
  const least = [a.value, b.value] as const;
  const isOpen = (mask: BvTerm) => distinct(bvand(mask, bit), wide.zero);
  const isKnown = (mask: BvTerm) => eq(bvand(mask, bit), wide.zero);
  const onlyByCarries = and(isKnown(a.mask), isKnown(b.mask), isOpen(result.mask));
  const flipped = (value: BvTerm) => bvxor(value, bit);
  const reasons = [
    ['in a', isOpen(a.mask), least, [flipped(a.value), b.value]],
    ['in b', isOpen(b.mask), least, [a.value, flipped(b.value)]],
    ['by carries', onlyByCarries, ...ends],
  ] as const;
  const wellFormed = and(
    eq(bvand(a.value, a.mask), wide.zero),
    eq(bvand(b.value, b.mask), wide.zero),
  );
  const oneBit = and(distinct(bit, wide.zero), eq(bvand(bit, bvsub(bit, wide.one)), wide.zero));
  return [
    ...reasons.map(
      ([reason, open, [x1, y1], [x2, y2]]): Lemma => ({
        name: `optimal/${reason}`,
        premises: { 'one bit': oneBit, 'the bit is open': open },
        conventions: ['one bit', ...(reason === 'by carries' ? [] : ['the bit is open'])],
        conclusion: distinct(bvand(operation(x1, y1), bit), bvand(operation(x2, y2), bit)),
      }),
    ),
    ...reasons.map(
      ([reason, open, [x1, y1], [x2, y2]]): Lemma => ({
        name: `optimal/${reason}/witnesses`,
        premises: { 'well-formed': wellFormed, 'the bit is open': open, 'one bit': oneBit },
        conventions: ['one bit', ...(reason === 'by carries' ? ['the bit is open'] : [])],
        conclusion: and(member(a, x1), member(b, y1), member(a, x2), member(b, y2)),
      }),
    ),
  ];
}

const [aMax, bMax] = [bvadd(a.value, a.mask), bvadd(b.value, b.mask)];
const below = bvult(count, wide.of(BigInt(WIDTH)));

const OPERATORS: readonly Operator[] = [
  {
    name: 'const',
    says: 'A word lies in its tnum.',
    lemmas: (t) => [
      { name: 'sound', premises: {}, conclusion: member(t.constant(x), x) },
      {
        name: 'exact',
        premises: { 'y lies in it': member(t.constant(x), y) },
        conclusion: eq(x, y),
      },
    ],
    fault: {
      name: 'one bit open',
      lemma: 'exact',
      variant: {
        tnum: (_, { bits }) => ({
          constant: (value) => ({ value: bits.and(value, bits.not(bits.one)), mask: bits.one }),
        }),
      },
    },
  },
  {
    name: 'range',
    says: 'Every word from min to max lies in the tnum of the range.',
    lemmas: (t) => {
      const [min, max] = [bvVar('min', WIDTH), bvVar('max', WIDTH)];
      return [
        {
          name: 'sound',
          premises: { 'x lies between': and(bvule(min, x), bvule(x, max)) },
          conclusion: member(t.range(min, max), x),
        },
      ];
    },
    fault: {
      name: 'only the bits that differ are open',
      lemma: 'sound',
      variant: {
        tnum: (_, { bits }) => ({
          range: (min, max) => ({
            value: bits.and(min, max),
            mask: bits.xor(min, max),
          }),
        }),
      },
    },
  },
  {
    name: 'add',
    says: 'x + y lies in the sum of tnums, and every bit that is left open can be both.',
    lemmas: (t) => {
      const result = t.add(a, b);
      return [
        binary(result, bvadd(x, y)),
        ...optimal(result, bvadd, [
          [a.value, b.value],
          [aMax, bMax],
        ]),
      ];
    },
    fault: {
      name: 'carries forgotten',
      lemma: 'sound',
      variant: {
        tnum: (_, { bits }) => ({
          add: (one, other) => {
            const mask = bits.or(one.mask, other.mask);
            return { value: bits.and(bits.add(one.value, other.value), bits.not(mask)), mask };
          },
        }),
      },
    },
  },
  {
    name: 'sub',
    says: 'x - y lies in the difference of tnums, and every bit that is left open can be both.',
    lemmas: (t) => {
      const result = t.sub(a, b);
      return [
        binary(result, bvsub(x, y)),
        ...optimal(result, bvsub, [
          [aMax, b.value],
          [a.value, bMax],
        ]),
      ];
    },
    fault: {
      name: 'every bit open',
      lemma: 'optimal/by carries',
      variant: { tnum: (old) => ({ sub: () => old.unknown }) },
    },
  },
  {
    name: 'neg',
    says: '-x lies in the negation.',
    lemmas: (t) => [unary(t.neg(a), bvneg(x))],
    fault: {
      name: 'the complement',
      lemma: 'sound',
      variant: { tnum: (old) => ({ neg: (one) => old.xor(one, old.constant(old.unknown.mask)) }) },
    },
  },
  ...(
    [
      ['and', 'x & y lies in the AND.', bvand],
      ['or', 'x | y lies in the OR.', bvor],
      ['xor', 'x ^ y lies in the XOR.', bvxor],
    ] as const
  ).map(
    ([name, says, meaning]): Operator => ({
      name,
      says,
      lemmas: (t) => [binary(t[name](a, b), meaning(x, y))],
      fault: {
        name: 'open bits of the second operand forgotten',
        lemma: 'sound',
        variant: {
          tnum: (old) =>
            ({
              [name]: (one: never, other: { value: never }) =>
                old[name](one, old.constant(other.value)),
            }) as object,
        },
      },
    }),
  ),
  ...(
    [
      ['lshift', 'x << count lies in the shifted tnum.', bvshl],
      ['rshift', 'x >> count lies in the shifted tnum.', bvlshr],
      ['arshift', 'x s>> count lies in the shifted tnum.', bvashr],
    ] as const
  ).map(
    ([name, says, meaning]): Operator => ({
      name,
      says,
      lemmas: (t) => [
        unary(t[name](a, count), meaning(x, count), { 'the count is below the width': below }),
      ],
      fault: {
        name: 'the mask is not shifted',
        lemma: 'sound',
        variant: {
          tnum: (old) =>
            ({
              [name]: (one: { mask: never }, by: never) => ({
                ...old[name](one as never, by),
                mask: one.mask,
              }),
            }) as object,
        },
      },
    }),
  ),
  {
    name: 'intersect',
    says: 'A word of both lies in the intersection, and where there is one, no others do.',
    lemmas: (t) => {
      const result = t.intersect(a, b);
      return [
        {
          name: 'sound',
          premises: { 'x lies in both': and(member(a, x), member(b, x)) },
          conclusion: member(result, x),
        },
        {
          name: 'exact',
          premises: {
            'y lies in both': and(member(a, y), member(b, y)),
            'x lies in the intersection': member(result, x),
          },
          conclusion: and(member(a, x), member(b, x)),
        },
      ];
    },
    fault: {
      name: 'the union of what is known is not kept',
      lemma: 'exact',
      variant: { tnum: () => ({ intersect: (one) => one }) },
    },
  },
  {
    name: 'union',
    says: 'A word of either lies in the union.',
    lemmas: (t) => [
      {
        name: 'sound',
        premises: { 'x lies in one': or(member(a, x), member(b, x)) },
        conclusion: member(t.union(a, b), x),
      },
    ],
    fault: {
      name: 'the first only',
      lemma: 'sound',
      variant: { tnum: () => ({ union: (one) => one }) },
    },
  },
  {
    name: 'cast',
    says: 'The lowest bits of x lie in the cast.',
    lemmas: (t) =>
      [8, 16, 32].map((width) => ({
        ...unary(t.cast(a, width), bvand(x, wide.of((1n << BigInt(width)) - 1n))),
        name: `${width}`,
      })),
    fault: {
      name: 'nothing is cut off',
      lemma: '8',
      variant: { tnum: () => ({ cast: (one) => one }) },
    },
  },
  {
    name: 'in',
    says: 'If b lies in a, every word of b does.',
    lemmas: (t) => [
      {
        name: 'sound',
        premises: { 'b lies in a': t.includes(a, b), 'y lies in b': member(b, y) },
        conclusion: member(a, y),
      },
    ],
    fault: {
      name: 'values are not compared',
      lemma: 'sound',
      variant: {
        tnum: (_, { bits }) => ({
          includes: (one, other) => bits.eq(bits.and(other.mask, bits.not(one.mask)), bits.zero),
        }),
      },
    },
  },
  {
    name: 'is-aligned',
    says: 'Every word of an aligned tnum is a multiple of the size.',
    lemmas: (t) => {
      const size = bvVar('size', WIDTH);
      return [
        {
          name: 'sound',
          premises: {
            'the tnum is aligned': t.isAligned(a, size),
            'x lies in it': member(a, x),
            'the size is not 0': distinct(size, wide.zero),
          },
          conclusion: eq(bvand(x, bvsub(size, wide.one)), wide.zero),
        },
      ];
    },
    fault: {
      name: 'only the known bits count',
      lemma: 'sound',
      variant: {
        tnum: (_, { bits }) => ({
          isAligned: (one, size) =>
            bits.eq(bits.and(one.value, bits.sub(size, bits.one)), bits.zero),
        }),
      },
    },
  },
];

export const TNUM_THEOREMS: readonly Theorem[] = OPERATORS.map(
  ({ name, says, lemmas, fault }): Theorem => ({
    name: `domain/tnum/${name}`,
    statement: says,
    source: CGO,
    method: { kind: 'direct' },
    expected: 'proved',
    lemmas: (subject: DomainSubject) => lemmas(domainOf(subject).tnum),
    faults: [variantFault(fault.name, fault.lemma, fault.variant)],
  }),
);
