// Answers that were given before, and second opinions: with backends that count what they are asked.

import { describe, expect, test } from 'vitest';
import { InternalError } from '../../../model/errors.ts';
import { type AnswerStore, answerKey, CachedBackend } from '../../../smt/solver/cached.ts';
import { BackendPool } from '../../../smt/solver/pool.ts';
import type { Backend, SolveReply, SolveRequest } from '../../../smt/solver/protocol.ts';
import type { Confirmation, Opinion, SecondSolver } from '../../../smt/solver/second-opinion.ts';
import * as t from '../../../smt/terms/index.ts';

const budget = { rlimit: 1_000_000, timeoutMs: 10_000 };
const request: SolveRequest = { logic: 'QF_BV', body: '(assert true)', assertionCount: 1, budget };
const SOLVER = 'a solver 1.0';

class Asked implements Backend {
  usable = true;
  asked = 0;
  closed = 0;
  readonly #reply: SolveReply;

  constructor(reply: SolveReply) {
    this.#reply = reply;
  }

  async solve(): Promise<SolveReply> {
    this.asked++;
    return this.#reply;
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

function cached(reply: SolveReply, store: AnswerStore = new Map()) {
  const inner = new Asked(reply);
  let started = 0;
  const start = () => {
    started++;
    return inner;
  };
  const backend = new CachedBackend(start, { store, solver: SOLVER });
  return { backend, inner, started: () => started };
}

describe('the cache', () => {
  test('asks once for the same goal', async () => {
    const { backend, inner } = cached({ answer: 'sat', values: [['x', '#x01']] });
    const first = await backend.solve(request);
    expect(await backend.solve(request)).toEqual(first);
    expect(inner.asked).toBe(1);
  });

  test('starts no solver when all is known', async () => {
    const store = new Map([[answerKey(SOLVER, request), { answer: 'unsat' } as const]]);
    const { backend, started } = cached({ answer: 'sat', values: [] }, store);
    expect(await backend.solve(request)).toEqual({ answer: 'unsat' });
    await backend.close();
    expect(started()).toBe(0);
    expect(backend.usable).toBe(true);
  });

  test.each([
    ['unknown', { answer: 'unknown', reason: 'rlimit', detail: '' }],
    ['rejected', { answer: 'rejected', detail: '' }],
  ] as const)('never keeps %s', async (_, reply) => {
    const { backend, inner } = cached(reply);
    await backend.solve(request);
    await backend.solve(request);
    expect(inner.asked).toBe(2);
  });

  test('closes what it started, and is as usable as that', async () => {
    const { backend, inner } = cached({ answer: 'unsat' });
    await backend.solve(request);
    inner.usable = false;
    expect(backend.usable).toBe(false);
    await backend.close();
    expect(inner.closed).toBe(1);
  });

  test.each([
    ['the text', { body: '(assert false)' }],
    ['the logic', { logic: 'QF_ABV' }],
    ['the resource limit', { budget: { ...budget, rlimit: 1 } }],
    ['the time limit', { budget: { ...budget, timeoutMs: 1 } }],
  ])('%s is part of the address', (_, change) => {
    expect(answerKey(SOLVER, { ...request, ...change })).not.toBe(answerKey(SOLVER, request));
  });

  test('so is the solver', () => {
    expect(answerKey('a solver 1.1', request)).not.toBe(answerKey(SOLVER, request));
  });
});

describe('a second opinion', () => {
  const goal = { name: 'two', assertions: [t.eq(t.bvVar('x', 8), t.bv(8, 2n))] };
  const SAT: SolveReply = { answer: 'sat', values: [['x', '#x02']] };

  function ask(opinion: Opinion, reply: SolveReply = SAT) {
    const scripts: string[] = [];
    const confirmations: Confirmation[] = [];
    const second: SecondSolver = {
      name: 'another',
      decide: async ({ script }) => {
        scripts.push(script);
        return opinion;
      },
    };
    const pool = new BackendPool(() => new Asked(reply), {
      jobs: 1,
      second,
      onConfirmation: (confirmation) => confirmations.push(confirmation),
    });
    return { answer: pool.check(goal), scripts, confirmations };
  }

  test('is given the whole script', async () => {
    const { answer, scripts, confirmations } = ask({ answer: 'sat' });
    expect((await answer).answer).toBe('sat');
    expect(scripts[0]).toContain('(set-logic QF_BV)');
    expect(scripts[0]).toContain('(check-sat)');
    expect(confirmations).toEqual([{ goal: 'two', confirmed: true }]);
  });

  test('that is none is told', async () => {
    const { answer, confirmations } = ask({ answer: 'unknown', reason: 'out of time' });
    await answer;
    expect(confirmations).toEqual([{ goal: 'two', confirmed: false, reason: 'out of time' }]);
  });

  test('that contradicts is a bug', async () => {
    const { answer } = ask({ answer: 'unsat' });
    await expect(answer).rejects.toThrow('goal two: Z3 says sat, another says unsat');
    await expect(answer).rejects.toThrow(InternalError);
  });

  test('is not asked for where there is no first', async () => {
    const { answer, scripts } = ask(
      { answer: 'sat' },
      { answer: 'unknown', reason: 'timeout', detail: '' },
    );
    await answer;
    expect(scripts).toEqual([]);
  });
});
