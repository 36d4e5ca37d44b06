// The theorems about tail calls: each as stated, with every check, and the counterexamples on both engines.

import { afterAll, describe, expect, test } from 'vitest';
import { createMachine } from '../../../interp/index.ts';
import { ROWS, rowKey } from '../../../model/isa/table.ts';
import { listProfiles, profileNamed } from '../../../model/profiles/catalogue.ts';
import { behaviourKey } from '../../../model/profiles/profile.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import { formatScenario } from '../../../model/scenario/write.ts';
import { runConcrete } from '../../../smt/machine/machine.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import { defaultSubject, prove, TAIL_CALL_THEOREMS } from '../../../smt/theorems/index.ts';
import { n64, oneCallMore, withPassing } from '../../../smt/theorems/tail-call/call.ts';
import { COUNT } from '../../../smt/theorems/tail-call/count.ts';
import { HOPS } from '../../../smt/theorems/tail-call/hops.ts';
import { INDEX } from '../../../smt/theorems/tail-call/index-width.ts';
import { STACK } from '../../../smt/theorems/tail-call/stack.ts';

const pool = createSolverPool({ jobs: 2 });
afterAll(() => pool.close());

describe('each is as stated', () => {
  test.each(TAIL_CALL_THEOREMS.map((theorem) => [theorem.name, theorem] as const))(
    '%s',
    async (_, theorem) => {
      const { theorems } = await prove([theorem], { pool });
      const [report] = theorems;
      expect(report?.problems).toEqual([]);
      expect(report?.result).toBe('as-stated');
      expect(report?.verdict.verdict).toBe(report?.expected);
      // What is to be proved has been tested by a fault; what is refuted is shown by a run.
      if (report?.expected === 'proved') expect(report?.faults.length).toBeGreaterThan(0);
      else expect(report?.replay).toBeDefined();
    },
  );
});

test('the frame has a lemma for every row', () => {
  const frame = TAIL_CALL_THEOREMS.find(({ name }) => name === 'tail-call/frame')!;
  const lemmas = new Set(frame.lemmas(defaultSubject()).map(({ name }) => name));
  const missing = ROWS.map(rowKey).filter((row) => !lemmas.has(row));
  expect(missing).toEqual(['CALL_HELPER']);
  expect([...lemmas].filter((name) => name.startsWith('helper '))).toHaveLength(6);
});

describe('the runs that show what is refuted', () => {
  const replayOf = async (name: string) => {
    const theorem = TAIL_CALL_THEOREMS.find((one) => one.name === name)!;
    const { theorems } = await prove([theorem], { pool });
    const scenario = theorems[0]!.replay!;
    expect(runConcrete(scenario)).toEqual(createMachine().run(scenario));
    // It can be given away as a file.
    expect(parseScenario(formatScenario(scenario))).toEqual(scenario);
    return createMachine().run(scenario);
  };

  test('two calls see two versions', async () => {
    const { ending, tailCalls } = await replayOf('tail-call/one-version');
    expect(ending).toMatchObject({ kind: 'exit', r0: 2n });
    expect(tailCalls).toBe(2);
  });

  test('by value, more than 34 programs are entered', async () => {
    const { tailCalls } = await replayOf('tail-call/work-by-value-bounded');
    expect(tailCalls).toBeGreaterThan(33);
  });
});

/** One profile for each behaviour: the theorems read nothing else of it. */
const BEHAVIOURS = [
  ...new Map(listProfiles().map((profile) => [behaviourKey(profile), profile])).values(),
];

describe('on other profiles', () => {
  test.each(BEHAVIOURS.map((profile) => [profile.name, profile] as const))(
    'count and index: %s',
    async (_, profile) => {
      const subject = { ...defaultSubject(), profile };
      const { theorems } = await prove([COUNT, INDEX], { pool, subject });
      expect(theorems.flatMap(({ problems }) => problems)).toEqual([]);
    },
  );

  test('the stack theorem is skipped where nothing bounds the callers', async () => {
    const subject = { ...defaultSubject(), profile: profileNamed('linux-5.4/x86_64') };
    const { theorems } = await prove([STACK], { pool, subject });
    expect(theorems[0]).toMatchObject({ result: 'skipped' });
  });
});

test('what is said of taken calls is skipped where none is', async () => {
  const { semantics, profile } = defaultSubject();
  const tailCall = { ...profile.tailCall, limit: 0 };
  const subject = { semantics, profile: { ...profile, tailCall } };
  const { theorems } = await prove([COUNT, HOPS], { pool, subject });
  expect(theorems.map(({ result }) => result)).toEqual(['skipped', 'as-stated']);
});

describe('a faulty subject is refuted with a state that shows it', () => {
  const refute = async (subject: ReturnType<typeof defaultSubject>) => {
    const { theorems } = await prove([COUNT], { pool, subject, checks: { faults: false } });
    return theorems[0]!.verdict;
  };

  test('one call more', async () => {
    const verdict = await refute(oneCallMore(defaultSubject()));
    expect(verdict).toMatchObject({ verdict: 'refuted', lemma: 'step/taken' });
    if (verdict.verdict === 'refuted') expect(verdict.model.get('counter')).toBe(33n);
  });

  test('a local call that starts anew', async () => {
    const verdict = await refute(withPassing({ enter: () => n64(0) })(defaultSubject()));
    expect(verdict).toMatchObject({ verdict: 'refuted', lemma: 'step/local call' });
  });
});
