// The prover on toy theorems: what it decides, and what it does not let pass.

import { afterAll, describe, expect, test } from 'vitest';
import { InputError, InternalError, UnsupportedError } from '../../../model/errors.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import * as t from '../../../smt/terms/index.ts';
import { chooseTheorems } from '../../../smt/theorems/index.ts';
import {
  defaultSubject,
  type ProofEvent,
  type ProveOptions,
  prove,
} from '../../../smt/theorems/prove.ts';
import type { Lemma, Subject, Theorem } from '../../../smt/theorems/theorem.ts';

const pool = createSolverPool({ jobs: 1 });
afterAll(() => pool.close());

const x = t.bvVar('x', 32);
const y = t.bvVar('y', 32);
const n = (value: number) => t.bv(32, BigInt(value));

/** x < 8 gives x + 1 <= limit; the limit comes from the subject, so that a fault can change it. */
const limitOf = ({ profile }: Subject) => n(profile.tailCall.limit);
const SMALL: Lemma = {
  name: 'small',
  premises: { small: t.bvult(x, n(8)) },
  conclusion: t.bvule(t.bvadd(x, n(1)), n(8)),
};

function theorem(
  lemmas: Theorem['lemmas'] | readonly Lemma[],
  more: Partial<Theorem> = {},
): Theorem {
  return {
    name: 'toy/one',
    statement: 'A toy.',
    source: 'this test',
    method: { kind: 'direct' },
    expected: 'proved',
    lemmas: typeof lemmas === 'function' ? lemmas : () => lemmas,
    faults: [],
    ...more,
  };
}

async function only(of: Theorem, options: ProveOptions = {}) {
  const { theorems } = await prove([of], { pool, ...options });
  return theorems[0]!;
}

test('what holds is proved, and its premise is necessary', async () => {
  expect(await only(theorem([SMALL]))).toMatchObject({
    verdict: { verdict: 'proved' },
    result: 'as-stated',
    problems: [],
    lemmas: [{ name: 'small', premises: 'satisfiable', necessity: { small: 'necessary' } }],
  });
});

describe('what does not hold is refuted with a model', () => {
  const wrong = [{ ...SMALL, conclusion: t.bvult(t.bvadd(x, n(1)), n(8)) }];

  test('and not as stated where it should hold', async () => {
    const report = await only(theorem(wrong));
    expect(report).toMatchObject({
      verdict: { verdict: 'refuted', lemma: 'small', model: new Map([['x', 7n]]) },
      result: 'not-as-stated',
      problems: ['it is refuted by small, which was not expected'],
    });
  });

  test('and as stated where it should not', async () => {
    expect(await only(theorem(wrong, { expected: 'refuted' }))).toMatchObject({
      result: 'as-stated',
      problems: [],
    });
  });

  test('one lemma refutes the theorem', async () => {
    const report = await only(theorem([{ ...SMALL, name: 'other' }, ...wrong]));
    expect(report.verdict).toMatchObject({ verdict: 'refuted', lemma: 'small' });
  });
});

test('a proof where a refutation is expected is not as stated', async () => {
  expect(await only(theorem([SMALL], { expected: 'refuted' }))).toMatchObject({
    result: 'not-as-stated',
    problems: ['it is proved, which was not expected'],
  });
});

test('what the solver cannot decide is unknown, and no pass', async () => {
  const product = t.eq(t.bvmul(x, y), n(3_000_000_019));
  const factors = t.and(product, t.bvugt(x, n(1)), t.bvugt(y, n(1)));
  const hard: Lemma = { name: 'hard', premises: {}, conclusion: t.not(factors) };
  const budget = { rlimit: 50, timeoutMs: 10_000 };
  expect(await only(theorem([hard]), { budget })).toMatchObject({
    verdict: { verdict: 'unknown', lemma: 'hard', reason: 'rlimit' },
    result: 'unknown',
    problems: ['hard is unknown: rlimit'],
  });
});

test('a lemma whose premises cannot hold together is vacuous', async () => {
  const vacuous: Lemma = {
    name: 'nothing',
    premises: { low: t.bvult(x, n(2)), high: t.bvugt(x, n(2)) },
    conclusion: t.eq(x, n(99)),
  };
  expect(await only(theorem([vacuous]))).toMatchObject({
    verdict: { verdict: 'proved' },
    result: 'not-as-stated',
    problems: ['nothing is vacuous: its premises cannot hold together'],
  });
});

test('what is expected may hang on the subject', async () => {
  const expected = ({ profile }: Subject) =>
    profile.tailCall.limit === 33 ? ('proved' as const) : ('refuted' as const);
  const of = theorem((subject) => [{ ...SMALL, conclusion: t.eq(limitOf(subject), n(33)) }], {
    expected,
  });
  expect(await only(of)).toMatchObject({ expected: 'proved', result: 'not-as-stated' });
  const { semantics, profile } = defaultSubject();
  const tailCall = { ...profile.tailCall, limit: 32 };
  const subject = { semantics, profile: { ...profile, tailCall } };
  expect(await only(of, { subject })).toMatchObject({ expected: 'refuted', result: 'as-stated' });
});

describe('a premise that could be left out', () => {
  const idle: Lemma = {
    ...SMALL,
    premises: { ...SMALL.premises, 'y is something': t.bvugt(y, n(3)) },
  };

  test('is reported', async () => {
    expect(await only(theorem([idle]))).toMatchObject({
      result: 'not-as-stated',
      problems: ["small holds without its premise 'y is something'"],
    });
  });

  test('is fine where it is a convention', async () => {
    const named = { ...idle, conventions: ['y is something'] };
    expect(await only(theorem([named]))).toMatchObject({ result: 'as-stated' });
  });

  test('is not looked for when that is switched off', async () => {
    const report = await only(theorem([idle]), { checks: { necessity: false } });
    expect(report).toMatchObject({ result: 'as-stated' });
  });

  test('must be there to be a convention', async () => {
    const wrong = { ...SMALL, conventions: ['large'] };
    await expect(only(theorem([wrong]))).rejects.toThrow("'large' is a premise");
  });
});

describe('faults', () => {
  const limited = (subject: Subject): Lemma[] => [
    { ...SMALL, conclusion: t.bvule(x, limitOf(subject)) },
  ];
  const withLimit = (limit: number) => (subject: Subject) => ({
    ...subject,
    profile: { ...subject.profile, tailCall: { ...subject.profile.tailCall, limit } },
  });
  const fault = (limit: number) => ({ name: `${limit}`, plant: withLimit(limit), lemma: 'small' });

  test('that refute the lemma are seen', async () => {
    const report = await only(theorem(limited, { faults: [fault(3)] }));
    expect(report).toMatchObject({ result: 'as-stated', faults: [{ outcome: 'seen' }] });
  });

  test('that do not are reported', async () => {
    const report = await only(theorem(limited, { faults: [fault(3), fault(20)] }));
    expect(report).toMatchObject({
      result: 'not-as-stated',
      problems: ['the fault 20 does not show in small'],
      faults: [{ outcome: 'seen' }, { outcome: 'missed' }],
    });
  });

  test('of a theorem that is to be refuted must prove it', async () => {
    const few = (subject: Subject): Lemma[] => [
      { ...SMALL, conclusion: t.bvule(x, t.bvsub(limitOf(subject), n(30))) },
    ];
    const report = await only(theorem(few, { expected: 'refuted', faults: [fault(40)] }));
    expect(report).toMatchObject({ result: 'as-stated', faults: [{ outcome: 'seen' }] });
  });

  test('are not planted where they do not apply, nor when they are switched off', async () => {
    const nowhere = { ...fault(20), applies: () => false };
    expect(await only(theorem(limited, { faults: [nowhere] }))).toMatchObject({ faults: [] });
    const off = await only(theorem(limited, { faults: [fault(20)] }), {
      checks: { faults: false },
    });
    expect(off).toMatchObject({ result: 'as-stated', faults: [] });
  });

  test('must name a lemma', async () => {
    const lost = theorem(limited, { faults: [{ ...fault(3), lemma: 'large' }] });
    await expect(only(lost)).rejects.toThrow('has a lemma large');
  });
});

test('a theorem that says nothing about the subject is skipped', async () => {
  const skipped = theorem(() => {
    throw new UnsupportedError('no such thing here');
  });
  expect(await only(skipped)).toMatchObject({
    verdict: { verdict: 'skipped', reason: 'no such thing here' },
    result: 'skipped',
  });
});

test.each([
  ['no lemmas', theorem([])],
  ['two lemmas of one name', theorem([SMALL, SMALL])],
])('%s is a bug of ours', async (_, wrong) => {
  await expect(only(wrong)).rejects.toThrow(InternalError);
});

test('two theorems of one name are a bug of ours', async () => {
  await expect(prove([theorem([SMALL]), theorem([SMALL])], { pool })).rejects.toThrow(
    'one theorem is named toy/one',
  );
});

describe('abort', () => {
  test('before it begins: all is unknown', async () => {
    const report = await prove([theorem([SMALL])], { pool, signal: AbortSignal.abort() });
    expect(report).toMatchObject({
      aborted: true,
      theorems: [{ result: 'unknown', verdict: { verdict: 'unknown', reason: 'aborted' } }],
    });
  });

  test('on the way: what was decided stays', async () => {
    const controller = new AbortController();
    const first = theorem([SMALL], { name: 'toy/first' });
    const rest = Array.from({ length: 40 }, (_, i) => ({ ...SMALL, name: `lemma ${i}` }));
    const report = await prove([first, theorem(rest, { name: 'toy/rest' })], {
      pool,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'theorem') controller.abort();
      },
    });
    expect(report.aborted).toBe(true);
    expect(report.theorems.map(({ result }) => result)).toEqual(['as-stated', 'unknown']);
  });
});

describe('the report', () => {
  const both = [theorem([SMALL], { name: 'toy/b' }), theorem([SMALL], { name: 'toy/a' })];

  test('is by name, and the same for any number of solvers', async () => {
    const one = await prove(both, { pool });
    const two = await prove([...both].reverse(), { jobs: 2 });
    expect(one).toEqual(two);
    expect(one.theorems.map(({ name }) => name)).toEqual(['toy/a', 'toy/b']);
  });

  test('comes after an event for each goal and theorem', async () => {
    const events: ProofEvent[] = [];
    let clock = 0;
    const now = () => clock++;
    const report = await prove(both, { pool, now, onEvent: (event) => events.push(event) });
    const count = (type: ProofEvent['type']) => events.filter((e) => e.type === type).length;
    expect(events[0]).toEqual({ type: 'start', theorems: 2, goals: 6 });
    expect([count('goal-start'), count('goal-end'), count('theorem')]).toEqual([6, 6, 2]);
    expect(events.at(-1)).toEqual({ type: 'end', report });
    expect(report.times['toy/a']).toBeGreaterThan(0);
  });

  test('tells a counterexample that no engine can run', async () => {
    const wrong = { ...SMALL, conclusion: t.FALSE };
    const show: Theorem['show'] = ({ name }, model) => [`${name}: x is ${model.get('x')}`];
    const { trace } = await only(theorem([wrong], { expected: 'refuted', show }));
    expect(trace).toEqual([expect.stringMatching(/^small: x is [0-7]$/)]);
    expect(await only(theorem([SMALL], { show }))).not.toHaveProperty('trace');
  });

  test('hands out the scenario of a refutation', async () => {
    const wrong = { ...SMALL, conclusion: t.FALSE };
    const seen: unknown[] = [];
    await only(
      theorem([wrong], {
        expected: 'refuted',
        replay: (lemma, model) => {
          seen.push(lemma.name, model.size);
          return undefined;
        },
      }),
    );
    expect(seen).toEqual(['small', 1]);
  });
});

describe('the choice of theorems', () => {
  const all = ['a/one', 'a/two', 'b/one', 'b/o.e'].map((name) => theorem([SMALL], { name }));
  const chosen = (...patterns: string[]) => chooseTheorems(patterns, all).map(({ name }) => name);

  test.each([
    [[], ['a/one', 'a/two', 'b/o.e', 'b/one']],
    [['a/*'], ['a/one', 'a/two']],
    [
      ['*/one', 'a/one'],
      ['a/one', 'b/one'],
    ],
    [['b/o.e'], ['b/o.e']],
    [['*'], ['a/one', 'a/two', 'b/o.e', 'b/one']],
  ])('%j', (patterns, names) => {
    expect(chosen(...patterns)).toEqual(names);
  });

  test.each([
    ['a/tow', 'a/two'],
    ['two', 'a/two'],
    ['nothing-like-it', 'a/*, b/*'],
  ])('of %s, which is none, names those close to it', (pattern, names) => {
    expect(() => chosen(pattern)).toThrow(InputError);
    expect(() => chosen(pattern)).toThrow(`no theorem is named '${pattern}'; there are ${names}`);
  });
});
