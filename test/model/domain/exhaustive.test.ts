// Abstract operators at small widths, against all words that lie in their operands: whatever an instruction makes of
// them lies in the result. Tnums exhaustively at 4 bits, states drawn at 4 and 6.

import { describe, expect, test } from 'vitest';
import { ALU_OPERATIONS } from '../../../model/domain/arithmetic.ts';
import { COMPARISONS } from '../../../model/domain/branches.ts';
import { createDomain, type Domain, type Variant } from '../../../model/domain/domain.ts';
import { numbers } from '../../../model/domain/numbers.ts';
import type { RegState } from '../../../model/domain/state.ts';
import type { Multiplication, Tnum } from '../../../model/domain/tnum.ts';
import { drawFrom, drawState, reachableState } from './agni/states.ts';
import { concrete, signExtended, takes } from './concrete.ts';

type State = RegState<bigint>;
type T = Tnum<bigint>;
const WORD = 4;
const WORDS = [...Array(1 << WORD).keys()].map(BigInt);
const TNUMS: readonly T[] = WORDS.flatMap((value) =>
  WORDS.filter((mask) => (value & mask) === 0n).map((mask) => ({ value, mask })),
);
const wrap = (x: bigint) => BigInt.asUintN(WORD, x);
const membersOf = (a: T) => WORDS.filter((x) => (x & ~a.mask) === a.value);
const holds = (a: T, x: bigint) => (x & ~a.mask) === a.value;

const small = createDomain(numbers(WORD));
const t = small.tnum;
const members = new Map(TNUMS.map((a) => [a, membersOf(a)]));

/** The least tnum with all the words. */
function best(words: readonly bigint[]): T {
  const all = words.reduce((a, b) => a & b);
  const any = words.reduce((a, b) => a | b);
  return { value: all, mask: any & ~all };
}

type Binary = (a: T, b: T) => T;

/** Operands whose result lacks a word. */
function lacking(abstract: Binary, meaning: (x: bigint, y: bigint) => bigint): [T, T][] {
  return TNUMS.flatMap((a) =>
    TNUMS.filter((b) => {
      const result = abstract(a, b);
      return members
        .get(a)!
        .some((x) => members.get(b)!.some((y) => !holds(result, wrap(meaning(x, y)))));
    }).map((b): [T, T] => [a, b]),
  );
}

describe('tnums', () => {
  test.each<[string, Binary, (x: bigint, y: bigint) => bigint]>([
    ['add', t.add, (x, y) => x + y],
    ['sub', t.sub, (x, y) => x - y],
    ['and', t.and, (x, y) => x & y],
    ['or', t.or, (x, y) => x | y],
    ['xor', t.xor, (x, y) => x ^ y],
  ])('%s is sound and optimal', (_name, abstract, meaning) => {
    expect(lacking(abstract, meaning)).toEqual([]);
    const loose = TNUMS.filter((a) =>
      TNUMS.some((b) => {
        const words = members
          .get(a)!
          .flatMap((x) => members.get(b)!.map((y) => wrap(meaning(x, y))));
        return !t.equals(best(words), abstract(a, b));
      }),
    );
    expect(loose).toEqual([]);
  });

  test.each<Multiplication>(['hma', 'partial-products', 'union'])('mul by %s', (multiplication) => {
    const { tnum } = createDomain(numbers(WORD), 'linux-6.12', { rules: { multiplication } });
    expect(lacking(tnum.mul, (x, y) => x * y)).toEqual([]);
  });

  test.each<[string, Binary, (x: bigint, y: bigint) => bigint]>([
    ['lshiftBy', t.lshiftBy, (x, y) => x << y],
    ['rshiftBy', t.rshiftBy, (x, y) => x >> y],
    ['arshiftBy', t.arshiftBy, (x, y) => BigInt.asIntN(WORD, x) >> y],
  ])('%s, by counts below the width', (_name, abstract, meaning) => {
    const below = (count: bigint) => count < BigInt(WORD);
    for (const a of TNUMS) {
      for (const b of TNUMS) {
        const result = abstract(a, b);
        for (const x of members.get(a)!) {
          for (const y of members.get(b)!.filter(below)) {
            expect(holds(result, wrap(meaning(x, y)))).toBe(true);
          }
        }
      }
    }
  });

  test('neg, union, intersect, includes', () => {
    for (const a of TNUMS) {
      for (const x of members.get(a)!) expect(holds(t.neg(a), wrap(-x))).toBe(true);
      for (const b of TNUMS) {
        const [inA, inB] = [members.get(a)!, members.get(b)!];
        const union = t.union(a, b);
        const shared = inA.filter((x) => inB.includes(x));
        expect(union).toEqual(best([...inA, ...inB]));
        if (shared.length > 0) expect(membersOf(t.intersect(a, b))).toEqual(shared);
        expect(t.includes(a, b)).toBe(inB.every((x) => inA.includes(x)));
      }
    }
  });

  test('range, cast, isConst, isAligned', () => {
    for (const min of WORDS) {
      for (const max of WORDS.filter((x) => x >= min)) {
        const within = WORDS.filter((x) => min <= x && x <= max);
        expect(t.range(min, max)).toEqual(best(within));
      }
    }
    for (const a of TNUMS) {
      expect(t.cast(a, 2)).toEqual(best(members.get(a)!.map((x) => x & 3n)));
      expect(t.isConst(a)).toBe(members.get(a)!.length === 1);
      for (const size of [1n, 2n, 4n]) {
        expect(t.isAligned(a, size)).toBe(members.get(a)!.every((x) => x % size === 0n));
      }
      expect(t.isAligned(a, 0n)).toBe(true);
    }
  });
});

/** A sample of states of a width, and all words in each. */
function statesOf(d: Domain<bigint, boolean>, count: number, seed: number) {
  const draw = drawFrom(seed);
  const bits = d.algebra.wide.width;
  const words = [...Array(1 << bits).keys()].map(BigInt);
  const states: { state: State; words: bigint[] }[] = [];
  while (states.length < count) {
    const state = draw(2) === 0 ? drawState(d, draw) : reachableState(d, draw);
    const inside = words.filter((x) => d.contains(state, x));
    if (inside.length > 0) states.push({ state, words: inside });
  }
  return states;
}

type Samples = ReturnType<typeof statesOf>;

function* pairs(samples: Samples) {
  for (const [i, a] of samples.entries()) {
    for (let k = 0; k < 12; k++) yield [a, samples[(i * 7 + k * 31) % samples.length]!] as const;
  }
}

const WIDTHS = [64, 32] as const;

describe.each([4, 6])('states of %i bits', (bits) => {
  const d = createDomain(numbers(bits));
  const samples = statesOf(d, bits === 4 ? 200 : 80, bits);

  const firstLost = (of: Domain<bigint, boolean>, op: (typeof ALU_OPERATIONS)[number]) => {
    for (const [a, b] of pairs(samples)) {
      for (const width of WIDTHS) {
        const result = of.alu(op, width, a.state, b.state);
        for (const x of a.words) {
          for (const y of b.words) {
            const z = concrete(op, width, bits, x, y);
            if (!of.contains(result, z)) return { width, a: a.state, b: b.state, x, y, z };
          }
        }
      }
    }
    return undefined;
  };

  test.each(ALU_OPERATIONS)('%s', (op) => expect(firstLost(d, op)).toBeUndefined());

  test('every stage of the reduction keeps every word', () => {
    const stages = [d.updateBounds, d.deduceHalf, d.deduceSigns, d.deduceWhole]
      .concat([d.deduceSignExtension, d.deduceBounds, d.boundOffset, d.sync])
      .concat([d.combineIntoHalf, (a) => d.mov(64, a)]);
    for (const { state, words } of samples) {
      for (const stage of stages) {
        const reduced = stage(state);
        expect(words.every((x) => d.contains(reduced, x))).toBe(true);
      }
    }
  });

  test('truncations', () => {
    const half = bits / 2;
    for (const { state, words } of samples) {
      for (let size = 1; size <= half; size++) {
        const cut = d.truncate(state, size);
        for (const x of words) expect(d.contains(cut, BigInt.asUintN(size, x))).toBe(true);
      }
    }
  });

  test('inclusion: what lies in the narrower lies in the wider', () => {
    let found = 0;
    for (const [a, b] of pairs(samples)) {
      const wider = d.includes(a.state, b.state);
      expect(d.includes(d.unknown, b.state)).toBe(true);
      if (!wider) continue;
      found++;
      expect(b.words.every((x) => d.contains(a.state, x))).toBe(true);
    }
    expect(found).toBeGreaterThan(0);
  });

  test('moves', () => {
    const half = bits / 2;
    const low = (x: bigint) => BigInt.asUintN(half, x);
    for (const { state, words } of samples) {
      const zero = d.mov(32, state);
      for (const x of words) expect(d.contains(zero, low(x))).toBe(true);
      for (let size = 1; size <= half; size++) {
        const long = d.movsx(64, size, state);
        for (const x of words) expect(d.contains(long, signExtended(size, bits, x))).toBe(true);
        if (size === half) continue;
        const short = d.movsx(32, size, state);
        for (const x of words) expect(d.contains(short, signExtended(size, half, x))).toBe(true);
      }
    }
  });

  test.each(COMPARISONS)('%s', (op) => {
    for (const [a, b] of pairs(samples)) {
      for (const width of WIDTHS) {
        const decision = d.branchTaken(op, width, a.state, b.state);
        const ways = [true, false].map((taken) => d.refine(op, width, taken, a.state, b.state));
        for (const x of a.words) {
          for (const y of b.words) {
            const taken = takes(op, width, bits, x, y);
            if (taken ? decision.notTaken : decision.taken) expect.fail(`${op} decided wrongly`);
            const [dst, src] = ways[taken ? 0 : 1]!;
            if (!d.contains(dst, x) || !d.contains(src, y)) expect.fail(`${op} loses ${x}, ${y}`);
          }
        }
      }
    }
  });

  test('a wrong operator is seen', () => {
    const variant: Variant = {
      range: (old, { bits: words }) => ({
        add: (a, b) => ({ ...old.add(a, b), umax: words.add(a.umax, b.umin) }),
      }),
    };
    expect(firstLost(createDomain(numbers(bits), 'linux-6.12', variant), 'add')).toBeDefined();
  });
});
