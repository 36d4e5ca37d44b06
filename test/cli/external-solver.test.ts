// Other solvers as processes: with small shell scripts in their place, and with cvc5 where it is installed.

import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { externalSolver } from '../../cli/external-solver.ts';
import { temporaryDirectory } from './temporary.ts';

/** What is asked; these solvers see the script only. */
const ask = (script: string) => ({ name: 'a goal', assertions: [], script });

const budget = { rlimit: 0, timeoutMs: 200 };

/** A program that gives its version, and else does this. */
function solver(body: string, name = 'solver'): string {
  const script = `#!/bin/sh\nif [ "$1" = --version ]; then echo 'solver 1.2'; exit; fi\n${body}\n`;
  const file = join(temporaryDirectory({ [name]: script }), name);
  chmodSync(file, 0o755);
  return file;
}

test.each([
  ['unsat', 'cat > /dev/null; echo unsat', { answer: 'unsat' }],
  ['sat after a warning', 'echo a warning >&2; echo sat', { answer: 'sat' }],
  [
    'an error before the answer',
    'echo \'(error "no")\'; echo sat',
    { answer: 'unknown', reason: '(error "no")' },
  ],
  ['unknown', 'echo unknown', { answer: 'unknown', reason: 'unknown' }],
  ['nothing', ':', { answer: 'unknown', reason: 'silent' }],
  ['no end', 'sleep 20', { answer: 'unknown', reason: 'out of time' }],
])('%s', async (_, body, opinion) => {
  const { decide, name } = externalSolver(solver(body));
  expect(await decide(ask('(check-sat)\n'), budget)).toEqual(opinion);
  expect(name).toBe('solver (solver 1.2)');
});

test('reads the script', async () => {
  const { decide } = externalSolver(solver('grep -q "a script" && echo sat || echo unsat'));
  expect(await decide(ask('a script'), budget)).toEqual({ answer: 'sat' });
});

test('is given its time limit', async () => {
  const { decide } = externalSolver(solver('[ "$2" = --tlimit=200 ] && echo sat', 'cvc5'));
  expect(await decide(ask(''), budget)).toEqual({ answer: 'sat' });
});

test('ends on request', async () => {
  const { decide } = externalSolver(solver('sleep 20'));
  const controller = new AbortController();
  const opinion = decide(ask(''), { rlimit: 0, timeoutMs: 60_000 }, controller.signal);
  controller.abort();
  expect(await opinion).toEqual({ answer: 'unknown', reason: 'aborted' });
});

test.each([
  ['is not there', 'no-such-solver', 'there is no such program on the path'],
  ['does not say its version', 'false', 'does not say its version'],
])('a solver that %s is an input error', (_, command, reason) => {
  expect(() => externalSolver(command)).toThrow(reason);
});

const hasCvc5 = spawnSync('cvc5', ['--version']).error === undefined;

test.skipIf(!hasCvc5)('cvc5 decides (skipped where it is not installed)', async () => {
  const { decide } = externalSolver('cvc5');
  const goal = (value: string) =>
    `(set-logic QF_BV)(declare-fun x () (_ BitVec 8))(assert (= (bvmul x #x02) ${value}))(check-sat)\n`;
  const patient = { rlimit: 0, timeoutMs: 30_000 };
  expect(await decide(ask(goal('#x03')), patient)).toEqual({ answer: 'unsat' });
  expect(await decide(ask(goal('#x04')), patient)).toEqual({ answer: 'sat' });
});
