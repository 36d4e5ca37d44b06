// Each operator of the algebra on expressions, compiled, against the same on bigints.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Algebra, Bits } from '../../../../model/domain/algebra.ts';
import {
  createRecorder,
  type Expression,
  type Outlined,
} from '../../../../model/domain/compile/expression.ts';
import { createLinker } from '../../../../model/domain/compile/link.ts';
import { numbers } from '../../../../model/domain/numbers.ts';

type Word = Expression;
const recorder = createRecorder();
const expressions = recorder.algebra;
const plain = numbers(64);

const NUMERIC = ['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'lshr', 'ashr'] as const;
const EXTREMES = ['minU', 'maxU', 'minS', 'maxS'] as const;
const COMPARISONS = ['eq', 'ult', 'ule', 'slt', 'sle'] as const;

const wordOf = (bits: number): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.bigInt({ min: 0n, max: 80n }),
    fc.integer({ min: 0, max: bits - 1 }).map((n) => (1n << BigInt(n)) - 1n),
    fc.integer({ min: 0, max: bits - 1 }).map((n) => 1n << BigInt(n)),
    fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }),
  );

/** Runs what an operator records on two words. */
function compiled(bits: 32 | 64, record: (a: Word, b: Word) => Word) {
  const linker = createLinker();
  const type = bits === 64 ? 'i64' : 'i32';
  const result = record(recorder.load(type, 0), recorder.load(type, 8));
  const run = linker.compile([{ offset: 16, value: result }]);
  const words = new BigUint64Array(linker.buffer);
  const halves = new Uint32Array(linker.buffer);
  return (a: bigint, b: bigint): bigint => {
    [words[0], words[1], words[2]] = [a, b, 0n];
    run();
    return result.type === 'i64' ? words[2] : BigInt(halves[4]!);
  };
}

function check(
  bits: 32 | 64,
  record: (a: Word, b: Word) => Word,
  meaning: (a: bigint, b: bigint) => bigint | boolean,
): void {
  const run = compiled(bits, record);
  fc.assert(
    fc.property(wordOf(bits), wordOf(bits), (a, b) => {
      expect(run(a, b)).toBe(BigInt(meaning(a, b)));
    }),
  );
}

describe.each([64, 32] as const)('words of %i bits', (bits) => {
  const of = <W, B>({ wide, half }: Algebra<W, B>): Bits<W, B> => (bits === 64 ? wide : half);
  const [recorded, numeric] = [of(expressions), of(plain)];

  test.each([...NUMERIC, ...EXTREMES, ...COMPARISONS])('%s', (name) =>
    check(bits, recorded[name], numeric[name]),
  );

  test.each(['neg', 'not'] as const)('%s', (name) => check(bits, recorded[name], numeric[name]));

  test.each(['shl', 'lshr', 'ashr'] as const)('%s by constant counts', (name) => {
    for (const count of [0n, 1n, 31n, 32n, 33n, 63n, 64n, 65n]) {
      check(
        bits,
        (a) => recorded[name](a, recorded.of(count)),
        (a) => numeric[name](a, count),
      );
    }
  });

  test('ite', () =>
    check(
      bits,
      (a, b) => recorded.ite(recorded.ult(a, b), a, recorded.neg(b)),
      (a, b) => numeric.ite(numeric.ult(a, b), a, numeric.neg(b)),
    ));

  test('constants', () => {
    const edges = [...Array(bits).keys()].flatMap((n) => [1n << BigInt(n), -1n << BigInt(n)]);
    for (const edge of edges.flatMap((x) => [x - 1n, x])) {
      expect(compiled(bits, (a) => recorded.add(a, recorded.of(edge)))(0n, 0n)).toBe(
        numeric.of(edge),
      );
    }
  });
});

test('from one width to the other', () => {
  check(64, expressions.low, (a) => plain.low(a));
  check(32, expressions.zext, (a) => plain.zext(a));
  check(32, expressions.sext, (a) => plain.sext(a));
});

test('truth values', () => {
  const { logic, wide } = expressions;
  const [low, high] = [(a: Word) => wide.ult(a, wide.of(40n)), (b: Word) => wide.ult(wide.ones, b)];
  check(
    64,
    (a, b) => logic.and(logic.or(low(a), logic.not(low(b))), logic.not(high(b))),
    (a, b) => a < 40n || b >= 40n,
  );
  expect(logic.known(logic.and(low(wide.one), logic.false))).toBe(false);
  expect(logic.known(logic.or(logic.true, low(wide.one)))).toBe(true);
  expect(logic.known(logic.not(logic.true))).toBe(false);
  expect(logic.known(low(recorder.load('i64', 0)))).toBeUndefined();
});

describe('calls', () => {
  const { wide } = expressions;
  /** (a, b) → (b, a + b) */
  const step: Outlined = {
    parameters: ['i64', 'i64'],
    results: ['i64', 'i64'],
    body: () => {
      const [a, b] = [recorder.parameter('i64', 0), recorder.parameter('i64', 1)];
      return [b, wide.add(a, b)];
    },
  };

  test('follow each other', () =>
    check(
      64,
      (a, b) => recorder.call(step, recorder.call(step, [a, b]))[1]!,
      (a, b) => BigInt.asUintN(64, a + 2n * b),
    ));

  test('are left out where their condition holds', () =>
    check(
      64,
      (a, b) => recorder.call(step, [a, b], wide.ult(a, b))[0]!,
      (a, b) => (a < b ? a : b),
    ));
});
