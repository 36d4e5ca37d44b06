// Certificates: what follows is believed, what does not is not.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bitblast } from '../../../smt/certificates/bitblast.ts';
import { type Cnf, dimacs } from '../../../smt/certificates/cnf.ts';
import { checkDrat } from '../../../smt/certificates/drat.ts';
import * as t from '../../../smt/terms/index.ts';
import { temporaryDirectory } from '../../cli/temporary.ts';

function cnfOf(...clauses: readonly (readonly number[])[]): Cnf {
  const variables = Math.max(...clauses.flat().map(Math.abs));
  return { variables, clauses: Int32Array.from(clauses.flatMap((clause) => [...clause, 0])) };
}

const ALL_FOUR = cnfOf([1, 2], [1, -2], [-1, 2], [-1, -2]);

describe('valid', () => {
  test.each([
    ['a unit, then the empty clause', '1 0\n0\n'],
    ['a unit alone, which propagates to a conflict', '1 0'],
    ['with comments and blank lines', 'c by hand\n\n1 0\n0\n'],
    ['a clause deleted after it was used', '1 0\nd 1 2 0\n0\n'],
    ['a definition of a new variable (RAT)', '3 -1 0\n3 -2 0\n-3 1 2 0\n1 0\n0\n'],
  ])('%s', (_, certificate) => {
    expect(checkDrat(ALL_FOUR, certificate)).toMatchObject({ valid: true });
  });

  test('a formula that propagation alone refutes needs none', () => {
    expect(checkDrat(cnfOf([1], [-1, 2], [-2]), '')).toEqual({ valid: true, lemmas: 0 });
  });
});

describe('invalid', () => {
  test.each([
    ['the empty clause at once', ALL_FOUR, '0\n', 'the clause of line 1 does not follow'],
    ['a clause that does not follow', cnfOf([1, 2], [-1, 3]), '-2 0\n', 'line 1 does not follow'],
    ['no end', cnfOf([1, 2], [1, -2]), '1 0\n', 'ends without the empty clause'],
    ['a satisfiable formula', cnfOf([1, 2]), '1 0\n0\n', 'does not follow'],
    ['what is no number', ALL_FOUR, 'x 0\n', 'line 1 is no clause'],
    ['a clause without its end', ALL_FOUR, '1\n', 'line 1 is no clause'],
    ['a variable beyond all bounds', ALL_FOUR, '999999999 0\n', 'line 1 is no clause'],
    [
      'a clause that followed from a deleted one',
      ALL_FOUR,
      'd 1 2 0\n1 0\n0\n',
      'line 2 does not follow',
    ],
    [
      'a definition of a variable that means something already',
      cnfOf([1, 2], [-1, -2], [3, 1], [-3, 2]),
      '3 0\n',
      'line 1 does not follow',
    ],
  ])('%s', (_, cnf, certificate, reason) => {
    const check = checkDrat(cnf, certificate);
    expect(check).toMatchObject({ valid: false });
    expect(check).toHaveProperty('reason', expect.stringContaining(reason));
  });
});

test('a formula as text', () => {
  expect(dimacs(cnfOf([1, -2], [2]))).toBe('p cnf 2 2\n1 -2 0\n2 0\n');
});

const hasCadical = spawnSync('cadical', ['--version']).error === undefined;

describe.skipIf(!hasCadical)('with cadical (skipped where it is not installed)', () => {
  function solve(assertions: readonly t.BoolTerm[]) {
    const cnf = bitblast(assertions);
    const directory = temporaryDirectory({ 'goal.cnf': dimacs(cnf) });
    const proof = join(directory, 'goal.drat');
    const args = ['-q', '--no-binary', join(directory, 'goal.cnf'), proof];
    const { status } = spawnSync('cadical', args);
    return { cnf, status, certificate: readFileSync(proof, 'utf8'), directory };
  }
  const [x, y] = [t.bvVar('x', 8), t.bvVar('y', 8)];
  const SQUARE = [
    t.distinct(
      t.bvmul(t.bvadd(x, y), t.bvadd(x, y)),
      t.bvadd(t.bvadd(t.bvmul(x, x), t.bvmul(y, y)), t.bvmul(t.bv(8, 2n), t.bvmul(x, y))),
    ),
    t.bvult(x, t.bv(8, 16n)),
  ];

  test('a certificate holds', () => {
    const { cnf, status, certificate } = solve(SQUARE);
    expect(status).toBe(20);
    expect(checkDrat(cnf, certificate)).toMatchObject({ valid: true });
  });

  test('one without its first half does not', () => {
    const { cnf, certificate, directory } = solve(SQUARE);
    const lines = certificate.split('\n').filter((line) => !line.startsWith('d'));
    const half = lines.slice(lines.length / 2).join('\n');
    writeFileSync(join(directory, 'half.drat'), half);
    expect(checkDrat(cnf, half)).toMatchObject({ valid: false });
  });

  test('what can be satisfied is', () => {
    expect(solve([t.eq(t.bvmul(x, y), t.bv(8, 91n))]).status).toBe(10);
  });
});
