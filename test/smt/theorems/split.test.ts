// The split design: every theorem as stated, its premises necessary, its faults seen, its counterexamples minimal.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { invariant } from '../../../model/errors.ts';
import { listProfiles } from '../../../model/profiles/catalogue.ts';
import { SEMANTICS } from '../../../smt/semantics/index.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import { type ProofReport, prove } from '../../../smt/theorems/prove.ts';
import { SPLIT_THEOREMS } from '../../../smt/theorems/split/index.ts';

const pool = createSolverPool({ jobs: 2 });
let report: ProofReport;
beforeAll(async () => {
  report = await prove(SPLIT_THEOREMS, { pool });
}, 180_000);
afterAll(() => pool.close());

test('every theorem is as stated', () => {
  const problems = report.theorems.flatMap(({ name, problems }) =>
    problems.map((one) => `${name}: ${one}`),
  );
  expect(problems).toEqual([]);
  expect(report.theorems.every(({ result }) => result === 'as-stated')).toBe(true);
});

function traceOf(name: string): readonly string[] {
  const trace = report.theorems.find((theorem) => theorem.name === name)?.trace;
  invariant(trace !== undefined, `${name} is shown by a trace`);
  return trace;
}

test.each(['stale', 'freed', 'sleepable', 'budget', 'context', 'owner'])(
  'the shortest counterexample of %s',
  (name) => {
    expect(traceOf(`split/${name}`).join('\n')).toMatchSnapshot();
  },
);

test.each(['reason', 'goto-bounds', 'goto-count', 'goto-owner', 'goto-lifetime', 'goto-replace'])(
  'what shows that %s is refuted',
  (name) => {
    expect(traceOf(`split/${name}`).join('\n')).toMatchSnapshot();
  },
);

test('whatever is refuted is shown', () => {
  const refuted = report.theorems.filter(({ verdict }) => verdict.verdict === 'refuted');
  expect(refuted.filter(({ trace }) => trace === undefined)).toEqual([]);
});

test('no counterexample is shorter', () => {
  const shorter = report.theorems.flatMap(({ lemmas }) =>
    lemmas.filter(({ name }) => name === 'shorter' || name === 'at the limit'),
  );
  expect(shorter.map(({ verdict }) => verdict.verdict)).toEqual(Array(7).fill('proved'));
});

test('34 pointers looked up at count 0 are 34 calls', () => {
  const lines = traceOf('split/prefetch');
  expect(lines).toHaveLength(69);
  expect([lines[1], lines[34], lines.at(-1)].join('\n')).toMatchSnapshot();
});

/** One profile for each set of the knobs that the theorems depend on. */
const PROFILES = new Map(
  listProfiles().map((profile) => {
    const { limit, indexBits, burns } = profile.tailCall;
    return [JSON.stringify({ limit, indexBits, burns }), profile] as const;
  }),
);

test.each([...PROFILES])('as stated with %s', async (_knobs, profile) => {
  const subject = { semantics: SEMANTICS, profile };
  // What a premise or a fault is good for, the default profile has shown.
  const checks = { necessity: false, faults: false };
  const ofCounts = SPLIT_THEOREMS.filter(({ name }) =>
    /agree|reason|budget|prefetch|array/.test(name),
  );
  const { theorems } = await prove(ofCounts, { pool, subject, checks });
  expect(theorems.filter(({ result }) => result !== 'as-stated')).toEqual([]);
});
