// What holds of the tables for all operands at once, and that every row has a compiled meaning.

import { afterAll, describe, expect, test } from 'vitest';
import type { BinaryAluOp } from '../../../model/isa/operations.ts';
import { ROWS, rowKey } from '../../../model/isa/table.ts';
import { compiledSemantics } from '../../../smt/machine/compiled.ts';
import { prepare } from '../../../smt/machine/prepare.ts';
import { SEMANTICS as S } from '../../../smt/semantics/semantics.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import {
  type BoolTerm,
  bv,
  bvadd,
  bvmul,
  bvnot,
  bvVar,
  distinct,
  eq,
  extract,
  ite,
  not,
  zeroExtend,
} from '../../../smt/terms/index.ts';

const pool = createSolverPool({ jobs: 1 });
afterAll(() => pool.close());

async function holdsAlways(claim: BoolTerm): Promise<boolean> {
  const { answer } = await pool.check({ name: 'claim', assertions: [not(claim)] });
  return answer === 'unsat';
}

const X = bvVar('x', 64);
const Y = bvVar('y', 64);
const A = bvVar('a', 32);
const B = bvVar('b', 32);
const ops = Object.keys(S.alu64) as BinaryAluOp[];

test.each(ROWS.map((row) => [rowKey(row), row] as const))('%s is prepared', (_key, row) => {
  const fixed = (rule: number | string) => (typeof rule === 'number' ? rule : 1);
  const { dst, src, offset, imm } = row.fields;
  const instruction = {
    row,
    dst: fixed(dst),
    src: fixed(src),
    offset: fixed(offset),
    imm: fixed(imm),
    nextImm: 0,
  };
  expect(prepare(compiledSemantics(S), instruction, 5).next).toBeGreaterThan(5);
});

describe('arithmetic', () => {
  test.each(ops)('%s32 gives 32 bits and clears the others', async (op) => {
    const value = S.alu32[op](A, B);
    expect(value.sort.width).toBe(32);
    const register = S.result32[op](value, X);
    expect(await holdsAlways(eq(extract(63, 32, register), bv(32, 0n)))).toBe(true);
  });

  test.each(['ADD', 'SUB', 'OR', 'AND', 'XOR', 'MOV'] as const)(
    '%s32 is the low half of %s64',
    async (op) => {
      const low = extract(31, 0, S.alu64[op](zeroExtend(32, A), zeroExtend(32, B)));
      expect(await holdsAlways(eq(S.alu32[op](A, B), low))).toBe(true);
    },
  );

  test.each(['LSH', 'RSH', 'ARSH'] as const)('%s masks its count', async (op) => {
    const masked64 = S.alu64[op](X, zeroExtend(58, extract(5, 0, Y)));
    const masked32 = S.alu32[op](A, zeroExtend(27, extract(4, 0, B)));
    expect(await holdsAlways(eq(S.alu64[op](X, Y), masked64))).toBe(true);
    expect(await holdsAlways(eq(S.alu32[op](A, B), masked32))).toBe(true);
  });

  test.each(['SDIV', 'DIV'] as const)('%s by zero is zero', (op) => {
    expect(S.alu64[op](X, bv(64, 0n))).toBe(bv(64, 0n));
    expect(S.alu32[op](A, bv(32, 0n))).toBe(bv(32, 0n));
  });

  test.each(['SMOD', 'MOD'] as const)('%s by zero is the dividend', (op) => {
    expect(S.alu64[op](X, bv(64, 0n))).toBe(X);
    expect(S.alu32[op](A, bv(32, 0n))).toBe(A);
  });

  test('a = q * b + r at 8 bits of each operand', async () => {
    const small = (name: string) => zeroExtend(24, bvVar(name, 8));
    const [a, b] = [small('p'), small('q')];
    for (const [div, mod] of [
      ['DIV', 'MOD'],
      ['SDIV', 'SMOD'],
    ] as const) {
      const again = bvadd(bvmul(S.alu32[div](a, b), b), S.alu32[mod](a, b));
      expect(await holdsAlways(eq(again, a))).toBe(true);
    }
  });
});

describe('byte order', () => {
  test('swaps undo themselves, in their width', async () => {
    expect(await holdsAlways(eq(S.swap.BSWAP64(S.swap.BSWAP64(X)), X))).toBe(true);
    const half = zeroExtend(32, extract(31, 0, X));
    expect(await holdsAlways(eq(S.swap.BE32(S.swap.BE32(X)), half))).toBe(true);
    expect(await holdsAlways(distinct(S.swap.BSWAP16(X), X))).toBe(false);
  });

  test.each(['B', 'H', 'W', 'DW'] as const)('what is stored as %s is loaded again', (size) => {
    const value = S.store[size](X);
    expect(S.bytesToValue[size](S.valueToBytes[size](value))).toBe(value);
  });
});

test('conditions come in pairs', async () => {
  for (const [yes, no] of [
    ['JEQ', 'JNE'],
    ['JGT', 'JLE'],
    ['JGE', 'JLT'],
    ['JSGT', 'JSLE'],
    ['JSGE', 'JSLT'],
  ] as const) {
    expect(await holdsAlways(eq(S.jump64[yes](X, Y), not(S.jump64[no](X, Y))))).toBe(true);
    expect(await holdsAlways(eq(S.jump32[yes](A, B), not(S.jump32[no](A, B))))).toBe(true);
  }
  // JSET against all ones is JNE against zero.
  const ones = bvnot(bv(64, 0n));
  expect(await holdsAlways(eq(S.jump64.JSET(X, ones), S.jump64.JNE(X, bv(64, 0n))))).toBe(true);
});

test('a compare-and-exchange leaves what it does not match', async () => {
  const { memory, result } = S.atomic.CMPXCHG32(A, X, Y);
  const matches = eq(A, extract(31, 0, Y));
  expect(await holdsAlways(eq(memory, ite(matches, extract(31, 0, X), A)))).toBe(true);
  expect(result?.register).toBe('r0');
  expect(result?.value).toBe(zeroExtend(32, A));
});
