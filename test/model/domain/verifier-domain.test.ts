// The compiled operators against the same operators on bigints: every field of every result, from any state, also one
// that contradicts itself.

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SCALAR_BUGS } from '../../../fuzz/museum/scalar/bugs.ts';
import {
  ALU_OPERATIONS,
  COMPARISONS,
  createDomain,
  DOMAIN_VERSIONS,
  type Domain,
  type DomainVersion,
  numbers,
  type RegState,
  type ScalarState,
  type Variant,
  type VerifierDomain,
  verifierDomain,
} from '../../../model/domain/index.ts';
import { UnsupportedError } from '../../../model/errors.ts';

type State = RegState<bigint>;
const algebra = numbers(64);
const RUNS = 100;

/** Words of `bits`: edges, few bits, and any. */
const wordOf = (bits: number): fc.Arbitrary<bigint> => {
  const exponent = fc.integer({ min: 0, max: bits - 1 }).map((n) => 1n << BigInt(n));
  return fc
    .oneof(
      fc.bigInt({ min: -2n, max: 66n }),
      fc.tuple(exponent, fc.bigInt({ min: -1n, max: 1n })).map(([a, b]) => a + b),
      fc.tuple(exponent, exponent).map(([a, b]) => a - b),
      fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }),
    )
    .map((value) => BigInt.asUintN(bits, value));
};
const word = wordOf(64);
const rangeOf = (bits: number) =>
  fc.record({ umin: wordOf(bits), umax: wordOf(bits), smin: wordOf(bits), smax: wordOf(bits) });

/** Any parts at all, with no bit of the tnum both known and unknown. */
const anyState: fc.Arbitrary<State> = fc
  .record({ value: word, mask: word, r64: rangeOf(64), r32: rangeOf(32) })
  .map(({ value, mask, r64, r32 }) => ({ varOff: { value: value & ~mask, mask }, r64, r32 }));

/** States of which a verifier has most: words, what a mask leaves, what branches leave; and any. */
const statesOf = (d: Domain<bigint, boolean>): fc.Arbitrary<State> =>
  fc.oneof(
    word.map(d.constant),
    word.map((mask) => d.alu('and', 64, d.unknown, d.constant(mask))),
    fc
      .tuple(fc.constantFrom(...COMPARISONS), fc.constantFrom(32 as const, 64 as const), word, word)
      .map(([op, width, a, b]) => {
        const [left] = d.refine(op, width, true, d.unknown, d.constant(a));
        return d.refine('jge', width, true, left, d.constant(b))[0];
      }),
    fc.constant(d.unknown),
    fc.constant(d.alu('arsh', 64, d.unknown, d.constant(63n))),
    anyState,
    anyState.map(d.sync),
  );

const partsOf = ({ varOff, r64, r32 }: State): State => ({ varOff, r64, r32 });

interface Side {
  readonly compiled: VerifierDomain;
  readonly plain: Domain<bigint, boolean>;
}
const sideOf = (version: DomainVersion, variant?: Variant): Side => ({
  compiled: verifierDomain(version, variant),
  plain: createDomain(algebra, version, variant),
});

/** One operator on both sides: states or a decision from two states. */
interface Operator {
  readonly name: string;
  readonly compiled: (d: VerifierDomain, a: ScalarState, b: ScalarState) => unknown;
  readonly plain: (d: Domain<bigint, boolean>, a: State, b: State) => unknown;
}
const WIDTHS = [64, 32] as const;
const SIZES = [8, 16, 32] as const;
const decided = ({ taken, notTaken }: { taken: boolean; notTaken: boolean }) =>
  taken ? 1 : notTaken ? 0 : -1;

const OPERATORS: readonly Operator[] = [
  {
    name: 'sum',
    compiled: (d, a, b) => partsOf(d.sum(a, b)),
    plain: (d, a, b) => d.scalarAdd(a, b),
  },
  {
    name: 'difference',
    compiled: (d, a, b) => partsOf(d.difference(a, b)),
    plain: (d, a, b) => d.scalarSub(a, b),
  },
  {
    name: 'isConsistent',
    compiled: (d, a) => d.isConsistent(a),
    plain: (d, a) => d.isConsistent(a),
  },
  { name: 'sync', compiled: (d, a) => partsOf(d.sync(a)), plain: (d, a) => d.sync(a) },
  {
    name: 'syncWhole',
    compiled: (d, a) => partsOf(d.syncWhole(a)),
    plain: (d, a) => d.sync({ ...a, r32: d.range32.unbounded }),
  },
  ...WIDTHS.flatMap((width): Operator[] => [
    ...ALU_OPERATIONS.map((op) => ({
      name: `${op}${width}`,
      compiled: (d: VerifierDomain, a: ScalarState, b: ScalarState) =>
        partsOf(d.alu(op, width, a, b)),
      plain: (d: Domain<bigint, boolean>, a: State, b: State) => d.alu(op, width, a, b),
    })),
    ...COMPARISONS.map((op) => ({
      name: `${op}${width}`,
      compiled: (d: VerifierDomain, a: ScalarState, b: ScalarState) =>
        d.branchTaken(op, width, a, b),
      plain: (d: Domain<bigint, boolean>, a: State, b: State) =>
        decided(d.branchTaken(op, width, a, b)),
    })),
    ...COMPARISONS.flatMap((op) =>
      [true, false].map((taken) => ({
        name: `${op}${width}, ${taken ? 'taken' : 'not taken'}`,
        compiled: (d: VerifierDomain, a: ScalarState, b: ScalarState) =>
          d.refine(op, width, taken, a, b).map(partsOf),
        plain: (d: Domain<bigint, boolean>, a: State, b: State) => d.refine(op, width, taken, a, b),
      })),
    ),
    ...COMPARISONS.flatMap((op) =>
      [true, false].map((taken) => ({
        name: `${op}${width} with itself, ${taken ? 'taken' : 'not taken'}`,
        compiled: (d: VerifierDomain, a: ScalarState) => partsOf(d.refineSelf(op, width, taken, a)),
        plain: (d: Domain<bigint, boolean>, a: State) => d.refineSelf(op, width, taken, a),
      })),
    ),
    {
      name: `mov${width}`,
      compiled: (d, a) => partsOf(d.mov(width, a)),
      plain: (d, a) => d.mov(width, a),
    },
    {
      name: `neg${width}`,
      compiled: (d, a) => partsOf(d.neg(width, a)),
      plain: (d, a) => d.neg(width, a),
    },
  ]),
  ...SIZES.map(
    (size): Operator => ({
      name: `truncate${size}`,
      compiled: (d, a) => partsOf(d.truncate(size, a)),
      plain: (d, a) => d.truncate(a, size),
    }),
  ),
  { name: 'end', compiled: (d, a) => partsOf(d.end(a)), plain: (d, a) => d.end(a) },
  {
    name: 'includes',
    compiled: (d, a, b) => d.includes(a, b),
    plain: (d, a, b) => d.includes(a, b),
  },
  {
    name: 'contains',
    compiled: (d, a, b) => d.contains(a, b.varOff.value),
    plain: (d, a, b) => d.contains(a, b.varOff.value),
  },
];
const SIGN_EXTENSIONS: readonly Operator[] = SIZES.flatMap((size): Operator[] => [
  ...WIDTHS.map(
    (width): Operator => ({
      name: `movsx${width}, ${size}`,
      compiled: (d, a) => partsOf(d.movsx(width, size, a)),
      plain: (d, a) => d.movsx(width, size, a),
    }),
  ),
  {
    name: `signExtend${size}`,
    compiled: (d, a) => partsOf(d.signExtend(size, a)),
    plain: (d, a) => d.signExtend(a, size),
  },
]);

/** Fails with the first states on which the two sides differ. */
function compare({ compiled, plain }: Side, operator: Operator, numRuns = RUNS): void {
  const state = statesOf(plain);
  fc.assert(
    fc.property(state, state, (a, b) => {
      const result = operator.compiled(compiled, compiled.stateOf(a), compiled.stateOf(b));
      expect(result).toEqual(operator.plain(plain, a, b));
    }),
    { seed: 1, numRuns },
  );
}

describe.each(DOMAIN_VERSIONS)('%s', (version) => {
  const side = sideOf(version);
  const operators = version === 'linux-6.12' ? [...OPERATORS, ...SIGN_EXTENSIONS] : OPERATORS;

  test.each(operators)('$name', (operator) => compare(side, operator));

  test.each(OPERATORS)('$name of two words', ({ compiled, plain }) => {
    fc.assert(
      fc.property(word, word, (x, y) => {
        const result = compiled(
          side.compiled,
          side.compiled.constant(x),
          side.compiled.constant(y),
        );
        expect(result).toEqual(plain(side.plain, side.plain.constant(x), side.plain.constant(y)));
      }),
      { seed: 2, numRuns: RUNS },
    );
  });

  // What lets the compiled operators leave the reduction of a single word out.
  test('the reduction leaves a single word alone', () => {
    fc.assert(
      fc.property(word, (x) => {
        const constant = side.plain.constant(x);
        expect(side.plain.sync(constant)).toEqual(constant);
      }),
    );
  });

  test('words and states are what they were made of', () => {
    const { compiled, plain } = side;
    expect(partsOf(compiled.unknown)).toEqual(plain.unknown);
    fc.assert(
      fc.property(
        anyState,
        fc.bigInt(),
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        (a, x, imm) => {
          expect(partsOf(compiled.stateOf(a))).toEqual(a);
          expect(compiled.stateOf(a).equals(compiled.stateOf(a))).toBe(true);
          expect(compiled.stateOf(a).isConstant).toBe(a.varOff.mask === 0n);
          expect(partsOf(compiled.constant(x))).toEqual(plain.immediate(x));
          expect(partsOf(compiled.immediate(imm))).toEqual(plain.immediate(BigInt(imm)));
        },
      ),
    );
  });
});

test('states differ when any part does', () => {
  const d = verifierDomain();
  const a = d.stateOf({
    varOff: { value: 0n, mask: 0n },
    r64: { umin: 0n, umax: 0n, smin: 0n, smax: 0n },
    r32: { umin: 0n, umax: 0n, smin: 0n, smax: 0n },
  });
  const bits = (width: number) => [...Array(width).keys()].map((n) => 1n << BigInt(n));
  const others = [
    ...bits(64).flatMap((x) => [
      { ...partsOf(a), varOff: { value: x, mask: 0n } },
      { ...partsOf(a), varOff: { value: 0n, mask: x } },
      ...Object.keys(a.r64).map((name) => ({ ...partsOf(a), r64: { ...a.r64, [name]: x } })),
    ]),
    ...bits(32).flatMap((x) =>
      Object.keys(a.r32).map((name) => ({ ...partsOf(a), r32: { ...a.r32, [name]: x } })),
    ),
  ];
  expect(others.filter((b) => a.equals(d.stateOf(b)))).toEqual([]);
  expect(others).toHaveLength(64 * 6 + 32 * 4);
});

test('what is asked of a state without its bigints is what they say', () => {
  const d = verifierDomain();
  const ones = { 32: 0xffff_ffffn, 64: 0xffff_ffff_ffff_ffffn } as const;
  const maybeMask = ({ r64, r32 }: State): State => ({
    varOff: { value: 0n, mask: ones[64] },
    r64: { ...r64, smin: ones[64], smax: 0n },
    r32: { ...r32, smin: ones[32], smax: 0n },
  });
  const states = fc.oneof(anyState, anyState.map(maybeMask));
  fc.assert(
    fc.property(states, fc.integer({ min: 1, max: 64 }), (a, bits) => {
      const state = d.stateOf(a);
      expect(state.isHalfConstant).toBe(BigInt.asUintN(32, a.varOff.mask) === 0n);
      expect(state.isSignMask(64)).toBe(a.r64.smin === ones[64] && a.r64.smax === 0n);
      expect(state.isSignMask(32)).toBe(a.r32.smin === ones[32] && a.r32.smax === 0n);
      expect(state.fitsBits(bits)).toBe(a.r64.umax < 1n << BigInt(bits));
    }),
  );
  const half = d.stateOf(maybeMask(partsOf(d.unknown)));
  const onlyLow = d.stateOf({ ...partsOf(half), r64: { ...half.r64, smin: ones[32] } });
  expect([half, onlyLow].map((state) => state.isSignMask(64))).toEqual([true, false]);
});

test('what a branch says nothing about is the same object', () => {
  const d = verifierDomain();
  const [dst, src] = [d.immediate(1), d.immediate(7)];
  const [left, right] = d.refine('jlt', 64, true, d.unknown, src);
  expect(left.r64.umax).toBe(6n);
  expect(right).toBe(src);
  expect(d.refine('jlt', 64, true, dst, src)[0]).toBe(dst);
});

test('versions without sign-extending moves say so', () => {
  const d = verifierDomain('linux-6.1');
  expect(() => d.movsx(64, 8, d.unknown)).toThrow(UnsupportedError);
  expect(() => d.signExtend(8, d.unknown)).toThrow(UnsupportedError);
});

describe('variants', () => {
  test.each(SCALAR_BUGS)('$id is compiled as it is', ({ version, variant }) => {
    const side = sideOf(version, variant);
    const names = ['add64', 'mul64', 'and32', 'or64', 'xor32', 'rsh64', 'rsh32', 'arsh32', 'lsh32'];
    names.push('mov32', 'jlt64, taken', 'jeq32, taken', 'jset64, not taken');
    for (const operator of OPERATORS.filter(({ name }) => names.includes(name))) {
      compare(side, operator, 30);
    }
  });

  test.each(SCALAR_BUGS)('$id is not the version as it is', ({ version, variant }) => {
    const { compiled } = sideOf(version, variant);
    const { compiled: right, plain } = sideOf(version);
    const state = statesOf(plain).map(right.stateOf);
    const drawn = fc.sample(fc.tuple(state, state), { seed: 1, numRuns: 400 });
    const all = version === 'linux-6.12' ? [...OPERATORS, ...SIGN_EXTENSIONS] : OPERATORS;
    const differs = ({ compiled: of }: Operator): boolean =>
      drawn.some(([a, b]) => !isDeepStrictEqual(of(compiled, a, b), of(right, a, b)));
    expect(all.some(differs)).toBe(true);
  });

  // Nothing that is left out for single words may hide what a variant makes of them.
  test.each<[string, Variant]>([
    ['an addition', { registers: (_, d) => ({ scalarAdd: () => d.unknown }) }],
    [
      'a reduction',
      { registers: (old, d) => ({ sync: (a) => ({ ...old.sync(a), r32: d.range32.unbounded }) }) },
    ],
  ])('%s of single words that forgets them', (_name, variant) => {
    const { compiled, plain } = sideOf('linux-6.12', variant);
    const sum = compiled.alu('add', 64, compiled.immediate(1), compiled.immediate(2));
    expect(partsOf(sum)).toEqual(plain.alu('add', 64, plain.immediate(1n), plain.immediate(2n)));
    expect(sum.r32.umax).toBe(0xffff_ffffn);
  });
});
