// The museum must be able to fail: a bug that is not there is not found, and a fix that is none is not proved.

import { afterAll, describe, expect, test } from 'vitest';
import type { Exhibit, Tools } from '../../../fuzz/museum/index.ts';
import { visit } from '../../../fuzz/museum/index.ts';
import { DIFFERENT_END, moreThan, trapOf } from '../../../fuzz/museum/sight.ts';
import { allows } from '../../../fuzz/museum/tail-call/call-laws.ts';
import { RETURN_KEEPS_COUNT } from '../../../fuzz/museum/tail-call/counter-laws.ts';
import { type ScenarioExhibit, scenarioExhibit } from '../../../fuzz/museum/tail-call/exhibit.ts';
import { sameIn } from '../../../fuzz/museum/tail-call/object-laws.ts';
import {
  type Changes,
  catalogueVariant,
  changedVariant,
  type Variant,
} from '../../../fuzz/museum/variant.ts';
import { traceExhibit } from '../../../fuzz/museum/trace/exhibit.ts';
import type { TraceMachine } from '../../../fuzz/museum/trace/machine.ts';
import {
  type BvTerm,
  bv,
  bvadd,
  bvult,
  bvVar,
  createConcreteMachine,
  createSolverPool,
  eq,
  not,
  SEMANTICS,
} from '../../../smt/index.ts';

const pool = createSolverPool({ jobs: 1 });
afterAll(() => pool.close());

const TRIES = 1500;
function tools(tries = TRIES): Tools {
  let looks = 0;
  return { pool, seed: 2, isOver: () => looks++ >= tries };
}

async function hunt(exhibit: Exhibit, way: 'proof' | 'fuzzing') {
  const wanted = exhibit[way];
  if (typeof wanted !== 'function') throw new Error(wanted.reason);
  return wanted(tools());
}

const facts = {
  id: 'planted',
  title: 'planted',
  kernels: 'none',
  source: 'this test',
  sureness: 'U',
} as const;

const changedFrom = (from: string, changes: Changes) =>
  changedVariant('planted', from, changes, 'planted');

const LAWS: Readonly<Record<string, Pick<ScenarioExhibit, 'law' | 'sight'>>> = {
  'the limit': { law: allows(33), sight: DIFFERENT_END },
  'the count': { law: RETURN_KEEPS_COUNT, sight: moreThan(33) },
  'the owner': {
    law: sameIn('attachFuncProto', 'attach_func_proto'),
    sight: trapOf('incompatible_program'),
  },
};

describe.each(Object.entries(LAWS))('a mended variant against itself: %s', (_, law) => {
  const mended = catalogueVariant('linux-6.12/x86_64');
  const exhibit = scenarioExhibit({ ...facts, ...law, faulty: mended, mended });

  test('nothing is found', async () => {
    expect(await hunt(exhibit, 'proof')).toMatchObject({ kind: 'not found' });
    expect(await hunt(exhibit, 'fuzzing')).toEqual({ kind: 'not found', tried: TRIES });
  });

  test('the proof says that it sees no bug', async () => {
    const fix = await exhibit.fix(tools());
    expect(fix.kind).toBe('not proved');
    expect('problems' in fix && fix.problems.join()).toContain('the fault the bug does not show');
  });
});

describe('a fix that is none', () => {
  const CASES: readonly [string, Pick<ScenarioExhibit, 'law' | 'sight'>, Variant, Variant][] = [
    [
      'still one short',
      LAWS['the limit']!,
      catalogueVariant('linux-5.4/riscv64'),
      changedFrom('linux-5.4/riscv64', { burns: '{ exhausted: false }' }),
    ],
    [
      'still by value',
      LAWS['the count']!,
      catalogueVariant('linux-6.7/x86_64'),
      changedFrom('linux-6.7/x86_64', { burns: '{ empty: false }' }),
    ],
    [
      'another key',
      LAWS['the owner']!,
      catalogueVariant('linux-6.7/x86_64'),
      changedFrom('linux-6.7/x86_64', { compat_keys: '[type, jited, sleepable]' }),
    ],
  ];

  test.each(CASES)('%s: not proved, and not found', async (_, law, faulty, mended) => {
    const exhibit = scenarioExhibit({ ...facts, ...law, faulty, mended });
    const fix = await exhibit.fix(tools());
    expect(fix.kind).toBe('not proved');
    expect('problems' in fix && fix.problems.join()).toContain('refuted');
    expect(await hunt(exhibit, 'proof')).toMatchObject({ kind: 'not found' });
    const settings = { pool, seed: 1, now: () => 0, timeMs: 0 };
    const [report] = await visit([exhibit], settings);
    expect(report).toMatchObject({ result: 'wrong', fix: { kind: 'not proved' } });
  });
});

test('what the other engine does not say is no find', async () => {
  const meaning = SEMANTICS.tailCall;
  const tailCall: typeof meaning = {
    ...meaning,
    results: (state, knobs) => meaning.results(state, { ...knobs, limit: knobs.limit + 1 }),
  };
  const exhibit = scenarioExhibit({
    ...facts,
    ...LAWS['the limit']!,
    faulty: catalogueVariant('linux-5.4/riscv64'),
    mended: changedFrom('linux-5.4/riscv64', { limit: '33' }),
    second: createConcreteMachine({ ...SEMANTICS, tailCall }),
  });
  const result = await hunt(exhibit, 'proof');
  expect(result.kind).toBe('unsound');
  expect('problem' in result && result.problem).toContain(
    'the engines differ on steps under linux-5.4/riscv64',
  );
});

/** Counts to three, or not further than two. */
const counting = (limit: bigint): TraceMachine<{ readonly count: BvTerm }> => ({
  start: { count: bv(4, 0n) },
  actions: [
    {
      name: 'up',
      possible: ({ count }) => bvult(count, bv(4, limit)),
      next: ({ count }) => ({ count: bvadd(count, bv(4, 1n)) }),
    },
    { name: 'stay', possible: () => eq(bv(4, 0n), bv(4, 0n)), next: (state) => state },
  ],
  isBroken: ({ count }) => eq(count, bv(4, 3n)),
});

function countingExhibit(faulty: bigint, mended: bigint): Exhibit {
  return traceExhibit({
    ...facts,
    faulty: 'counts on',
    mended: 'stops',
    shows: 'a count of three',
    law: 'The count is below three.',
    machines: { faulty: counting(faulty), mended: counting(mended) },
    anyState: { count: bvVar('count', 4) },
    invariant: ({ count }) => bvult(count, bv(4, 3n)),
    broken: 'up',
  });
}

describe('machines of terms', () => {
  test.each(['proof', 'fuzzing'] as const)('the shortest trace by %s', async (way) => {
    const result = await hunt(countingExhibit(5n, 2n), way);
    if (result.kind !== 'found') throw new Error(result.kind);
    expect(result.find.size).toEqual([{ count: 3, noun: 'step' }]);
    expect(result.find.text).toContain('  3. up\n');
  });

  test('the fix is proved', async () => {
    expect((await countingExhibit(5n, 2n).fix(tools())).kind).toBe('proved');
  });

  test('nothing is found in the mended machine', async () => {
    const exhibit = countingExhibit(2n, 2n);
    expect((await hunt(exhibit, 'proof')).kind).toBe('not found');
    expect((await hunt(exhibit, 'fuzzing')).kind).toBe('not found');
    expect((await exhibit.fix(tools())).kind).toBe('not proved');
  });

  test('a fix that lets it come to three is not proved', async () => {
    const fix = await countingExhibit(5n, 3n).fix(tools());
    expect(fix.kind).toBe('not proved');
  });

  test('an invariant that does not rule it out proves nothing', async () => {
    const exhibit = traceExhibit({
      ...facts,
      faulty: '',
      mended: '',
      shows: '',
      law: '',
      machines: { faulty: counting(5n), mended: counting(2n) },
      anyState: { count: bvVar('count', 4) },
      invariant: ({ count }) => not(eq(count, bv(4, 9n))),
      broken: 'up',
    });
    expect((await exhibit.fix(tools())).kind).toBe('not proved');
  });
});
