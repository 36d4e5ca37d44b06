// The pool with real Z3 threads. `npm test` builds dist/ first, where the worker is.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { InternalError } from '../../../model/errors.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import { Z3Worker } from '../../../smt/solver/z3-worker.ts';
import * as t from '../../../smt/terms/index.ts';
import { environment, RandomTerms, variables, WIDTHS } from '../terms/random-terms.ts';

const pool = createSolverPool({ jobs: 2 });
afterAll(() => pool.close());

const [x, y, z] = [t.bvVar('x', 64), t.bvVar('y', 64), t.bvVar('z', 64)];

/** Takes Z3 far longer than any limit of these tests: the factors of a 64-bit semiprime. */
const HARD: readonly t.BoolTerm[] = [
  t.eq(
    t.bvmul(t.zeroExtend(64, x), t.zeroExtend(64, y)),
    t.bv(128, 0xffff_ffff_ffff_ffc5n * 0xffff_ffff_ffff_ff4dn),
  ),
  t.bvugt(x, t.bv(64, 1n)),
  t.bvugt(y, t.bv(64, 1n)),
];
const EASY: readonly t.BoolTerm[] = [t.eq(t.bvadd(x, y), t.bv(64, 5n)), t.bvult(x, t.bv(64, 3n))];

describe('answers', () => {
  test('sat, with a model of every sort', async () => {
    const memory = t.arrayVar('memory', 8, 16);
    const flag = t.boolVar('a flag');
    const goal = {
      name: 'sorts',
      assertions: [
        flag,
        t.eq(t.select(memory, t.bv(8, 3n)), t.bv(16, 0xabcdn)),
        t.eq(t.select(memory, t.bv(8, 4n)), t.bv(16, 1n)),
        t.eq(t.bvmul(x, t.bv(64, 3n)), t.bv(64, 21n)),
        t.eq(t.bvVar('odd width', 5), t.bv(5, 0x1fn)),
      ],
    };
    const answer = await pool.check(goal);
    if (answer.answer !== 'sat') throw new Error(answer.answer);
    expect(answer.model.get('a flag')).toBe(true);
    expect(answer.model.get('x')).toBe(7n);
    expect(answer.model.get('odd width')).toBe(0x1fn);
    const array = answer.model.get('memory') as t.ArrayValue;
    expect([array.get(3n), array.get(4n)]).toEqual([0xabcdn, 1n]);
  });

  test('a model of the wanted variables only, 0 where nothing is said', async () => {
    const wanted = [x, t.bvVar('unused', 8), t.boolVar('unused flag')];
    const answer = await pool.check({ name: 'wanted', assertions: EASY, wanted });
    if (answer.answer !== 'sat') throw new Error(answer.answer);
    expect([...answer.model.keys()]).toEqual(['x', 'unused', 'unused flag']);
    expect(answer.model.get('unused')).toBe(0n);
    expect(answer.model.get('unused flag')).toBe(false);
  });

  test('unsat', async () => {
    const assertions = [t.bvult(x, y), t.bvult(y, z), t.bvult(z, x)];
    expect(await pool.check({ name: 'cycle', assertions })).toEqual({ answer: 'unsat' });
  });

  test('no assertions, and constant ones', async () => {
    expect((await pool.check({ name: 'empty', assertions: [] })).answer).toBe('sat');
    expect((await pool.check({ name: 'false', assertions: [t.FALSE] })).answer).toBe('unsat');
  });

  test('the same model and the same unknown, whichever thread and whatever came before', async () => {
    const goals = Array.from({ length: 6 }, () => ({ name: 'again', assertions: EASY }));
    const answers = await Promise.all(goals.map((goal) => pool.check(goal)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});

describe('limits', () => {
  test('the resource limit', async () => {
    const budget = { rlimit: 20_000, timeoutMs: 30_000 };
    const answer = await pool.check({ name: 'hard', assertions: HARD }, { budget });
    expect(answer).toMatchObject({ answer: 'unknown', reason: 'rlimit' });
  });

  test('the time limit that Z3 keeps itself', async () => {
    const budget = { rlimit: 0, timeoutMs: 300 };
    const answer = await pool.check({ name: 'hard', assertions: HARD }, { budget });
    expect(answer).toMatchObject({ answer: 'unknown', reason: 'timeout' });
  });

  test('the watchdog, after which the pool goes on', async () => {
    // A negative grace period fires before Z3's own limit.
    const impatient = createSolverPool({ jobs: 1, watchdogGraceMs: -29_500 });
    const budget = { rlimit: 0, timeoutMs: 30_000 };
    const [hard, easy] = await Promise.all([
      impatient.check({ name: 'hard', assertions: HARD }, { budget }),
      impatient.check({ name: 'easy', assertions: EASY }, { budget }),
    ]);
    expect(hard).toMatchObject({ answer: 'unknown', reason: 'timeout' });
    expect(hard).toHaveProperty('detail', 'the worker was ended after 500 ms');
    expect(easy.answer).toBe('sat');
    await impatient.close();
  });

  test('the abort signal, for a goal under way, one in the queue and one too late', async () => {
    const single = createSolverPool({ jobs: 1 });
    const controller = new AbortController();
    const { signal } = controller;
    const running = single.check({ name: 'running', assertions: HARD }, { signal });
    const queued = single.check({ name: 'queued', assertions: HARD }, { signal });
    const unrelated = single.check({ name: 'unrelated', assertions: EASY });
    setTimeout(() => controller.abort(), 600);
    const aborted = { answer: 'unknown', reason: 'aborted' };
    expect(await running).toMatchObject(aborted);
    expect(await queued).toMatchObject(aborted);
    expect((await unrelated).answer).toBe('sat');
    expect(await single.check({ name: 'late', assertions: EASY }, { signal })).toMatchObject(
      aborted,
    );
    await single.close();
  });
});

describe('life of the pool', () => {
  test('threads are recycled', async () => {
    const recycling = createSolverPool({ jobs: 1, recycleAfter: 2 });
    for (let i = 0; i < 5; i++) {
      expect((await recycling.check({ name: `${i}`, assertions: EASY })).answer).toBe('sat');
    }
    await recycling.close();
  });

  test('a closed worker says so', async () => {
    const worker = new Z3Worker();
    await worker.close();
    const budget = { rlimit: 0, timeoutMs: 1_000 };
    const reply = await worker.solve({ logic: 'QF_BV', body: '', assertionCount: 0, budget });
    expect(reply).toEqual({
      answer: 'unknown',
      reason: 'aborted',
      detail: 'the solver was closed',
    });
    expect(worker.usable).toBe(false);
  });

  test('closing ends what is under way and queued; afterwards nothing is taken', async () => {
    const closing = createSolverPool({ jobs: 1 });
    const answers = [1, 2].map((i) => closing.check({ name: `${i}`, assertions: HARD }));
    setTimeout(() => closing.close(), 500);
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({ answer: 'unknown', reason: 'aborted' });
    }
    await expect(closing.check({ name: 'late', assertions: EASY })).rejects.toThrow(InternalError);
    await closing.close();
  });

  test('every goal can be dumped', async () => {
    const dumped: string[] = [];
    const dumping = createSolverPool({
      jobs: 1,
      dumpSmt: (name, script) => dumped.push(`; ${name}\n${script}`),
    });
    await dumping.check({ name: 'flag', assertions: [t.boolVar('b')] });
    await dumping.close();
    expect(dumped).toEqual([
      '; flag\n(set-logic QF_BV)\n(declare-fun b () Bool)\n(assert b)\n(check-sat)\n',
    ]);
  });

  test('a process that has closed its pool ends by itself', async () => {
    const script = `
      import { createSolverPool } from './dist/smt/solver/index.js';
      import { boolVar } from './dist/smt/terms/index.js';
      const pool = createSolverPool({ jobs: 2 });
      const goal = { name: 'b', assertions: [boolVar('b')] };
      const answers = await Promise.all([pool.check(goal), pool.check(goal)]);
      await pool.close();
      process.stdout.write(answers.map(({ answer }) => answer).join());`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 30_000,
    });
    expect((await run).stdout).toBe('sat,sat');
  });
});

describe('Z3 means what the evaluator means', () => {
  // One goal per batch: the variables have these values, and yet some term does not have the value
  // that the evaluator gives it.
  test.each([1, 2, 3, 4])('random terms, batch %i', async (batch) => {
    let state = batch;
    const random = (): number => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x6d2b_79f5;
      return state >>> 1;
    };
    const values = environment(Array.from({ length: 18 }, random));
    const given = variables().map((v) => t.eq(v, t.bv(v.sort.width, values.get(v.name) ?? 0n)));
    const terms = Array.from({ length: 100 }, (_, i) => {
      const width = WIDTHS[i % WIDTHS.length] ?? 8;
      return new RandomTerms(Array.from({ length: 60 }, random)).bits(width, 4).term;
    });
    const wrong = terms.map((term) =>
      t.distinct(term, t.bv(term.sort.width, t.evaluate(term, values))),
    );
    const name = `batch ${batch}`;
    expect((await pool.check({ name, assertions: given })).answer).toBe('sat');
    const answer = await pool.check({ name, assertions: [...given, t.or(...wrong)] });
    expect(answer).toEqual({ answer: 'unsat' });
  });
});
