// A SAT solver with certificates: with small shell scripts in its place, and with cadical where it is installed.

import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { certifyingSolver } from '../../cli/certifying-solver.ts';
import * as t from '../../smt/terms/index.ts';
import { temporaryDirectory } from './temporary.ts';

const budget = { rlimit: 0, timeoutMs: 60_000 };
const x = t.bvVar('x', 8);
const question = (...assertions: readonly t.BoolTerm[]) => ({
  name: 'a goal',
  assertions,
  script: '',
});
const ODD = question(t.eq(t.bvmul(x, t.bv(8, 2n)), t.bv(8, 3n)));
const HARD = question(t.distinct(t.bvmul(x, x), t.bvsub(t.bvmul(x, t.bvadd(x, t.bv(8, 1n))), x)));

function solver(body: string): string {
  const script = `#!/bin/sh\nif [ "$1" = --version ]; then echo 1; exit; fi\n${body}\n`;
  const file = join(temporaryDirectory({ solver: script }), 'solver');
  chmodSync(file, 0o755);
  return file;
}

test.each([
  ['sat', 'exit 10', { answer: 'sat' }],
  ['out of time', 'exit 0', { answer: 'unknown', reason: 'exit code 0' }],
])('%s', async (_, body, opinion) => {
  expect(await certifyingSolver(solver(body)).decide(HARD, budget)).toEqual(opinion);
});

test('unsat with a certificate that proves nothing is a bug of one of them', async () => {
  const { decide } = certifyingSolver(solver('echo "0" > "$6"; exit 20'));
  await expect(decide(HARD, budget)).rejects.toThrow('goal a goal: the certificate');
});

test('arrays are not decided', async () => {
  const goal = question(t.eq(t.select(t.arrayVar('a', 8, 8), x), t.bv(8, 0n)));
  const opinion = await certifyingSolver(solver('exit 20')).decide(goal, budget);
  expect(opinion).toEqual({ answer: 'unknown', reason: 'arrays have no clauses' });
});

const hasCadical = spawnSync('cadical', ['--version']).error === undefined;

describe.skipIf(!hasCadical)('cadical (skipped where it is not installed)', () => {
  test('decides, and leaves formulas and certificates', async () => {
    const directory = temporaryDirectory();
    const { decide } = certifyingSolver('cadical', directory);
    expect(await decide(ODD, budget)).toEqual({ answer: 'unsat' });
    expect(await decide(HARD, budget)).toEqual({ answer: 'unsat' });
    expect(readdirSync(directory)).toEqual(['a_goal.cnf', 'a_goal.drat']);
    expect(await decide(question(t.eq(t.bvmul(x, x), t.bv(8, 49n))), budget)).toEqual({
      answer: 'sat',
    });
  });
});
