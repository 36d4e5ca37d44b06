// Theorems that the profile decides: what each knob makes of them, and the runs that show what is refuted.

import { afterAll, describe, expect, test } from 'vitest';
import { failedExpectations } from '../../../cli/expectations.ts';
import { createMachine } from '../../../interp/index.ts';
import { listProfiles, profileNamed } from '../../../model/profiles/catalogue.ts';
import {
  behaviourKey,
  type CompatKey,
  type ObjectKnobs,
  type Profile,
  type TailCallKnobs,
} from '../../../model/profiles/profile.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { formatScenario } from '../../../model/scenario/write.ts';
import { runConcrete } from '../../../smt/machine/machine.ts';
import { ARRAY_EVENTS, PROGRAM_EVENTS } from '../../../smt/semantics/index.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import {
  defaultSubject,
  expectedOf,
  prove,
  TAIL_CALL_THEOREMS,
} from '../../../smt/theorems/index.ts';

const pool = createSolverPool({ jobs: 2 });
afterAll(() => pool.close());

const EVERY_KEY: readonly CompatKey[] = [
  'type',
  'jited',
  'kprobe_override',
  'xdp_has_frags',
  'dev_bound',
  'attach_func_proto',
  'extension',
  'cgroup_storage_leaf',
  'expected_attach_type',
  'sleepable',
];

/** Of a Linux in which no bug of this list is left; its one change is what a test is about. */
const SOUND = profileNamed('linux-7.1/x86_64');

function changed(tailCall: Partial<TailCallKnobs>, objects: Partial<ObjectKnobs>): Profile {
  return {
    ...SOUND,
    name: 'changed',
    tailCall: { ...SOUND.tailCall, ...tailCall },
    objects: { ...SOUND.objects, compatKeys: EVERY_KEY, ...objects },
  };
}

const without = (...keys: readonly CompatKey[]) => ({
  compatKeys: EVERY_KEY.filter((key) => !keys.includes(key)),
});
const withLaxStorage = {
  compatKeys: [...without('cgroup_storage_leaf').compatKeys, 'cgroup_storage'] as const,
};

function theoremNamed(name: string) {
  const theorem = TAIL_CALL_THEOREMS.find((one) => one.name === `tail-call/${name}`);
  expect(theorem).toBeDefined();
  return theorem!;
}

async function decide(name: string, profile: Profile) {
  const subject = { ...defaultSubject(), profile };
  const { theorems } = await prove([theoremNamed(name)], { pool, subject });
  return theorems[0]!;
}

/** A run on both engines, as its expectation says. */
function show(scenario: Scenario) {
  const outcome = createMachine().run(scenario);
  expect(runConcrete(scenario)).toEqual(outcome);
  expect(failedExpectations(scenario, outcome)).toEqual([]);
  return outcome;
}

const BY_PROFILE = TAIL_CALL_THEOREMS.filter(({ expected }) => typeof expected === 'function');

test('nine hang on the profile', () => {
  expect(BY_PROFILE.map(({ name }) => name)).toEqual([
    'tail-call/counter-kept',
    'tail-call/direct-key',
    'tail-call/hops',
    'tail-call/chain',
    'tail-call/compatibility',
    'tail-call/extension',
    'tail-call/lifetime',
    'tail-call/pinned',
    'tail-call/takes-over',
  ]);
});

test.each(BY_PROFILE.map(({ name }) => [name]))(
  '%s is proved where nothing is amiss',
  async (name) => {
    const report = await decide(name.replace('tail-call/', ''), changed({}, {}));
    expect(report).toMatchObject({ expected: 'proved', problems: [], result: 'as-stated' });
    expect(report.faults.length).toBeGreaterThan(0);
    expect(report.replay).toBeUndefined();
  },
);

test('every event and every operation is a step of the counts', () => {
  const subject = defaultSubject();
  const { semantics } = subject;
  /** Notes which entries are asked for. */
  const noting = <T extends object>(part: T, met: Set<string>): T =>
    new Proxy(part, {
      get: (target, key) => {
        met.add(String(key));
        return Reflect.get(target, key);
      },
    });
  const { objects, userSpace } = semantics;
  const [array, program, operations] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const noted = {
    ...semantics,
    objects: {
      ...objects,
      array: noting(objects.array, array),
      program: noting(objects.program, program),
    },
    userSpace: noting(userSpace, operations),
  };
  theoremNamed('references').lemmas({ ...subject, semantics: noted });
  expect(ARRAY_EVENTS.filter((event) => !array.has(event))).toEqual([]);
  expect(PROGRAM_EVENTS.filter((event) => !program.has(event))).toEqual([]);
  // Whether these are done does not matter to the counts.
  const unasked = Object.keys(userSpace).filter((operation) => !operations.has(operation));
  expect(unasked.sort()).toEqual(['delete', 'freeze', 'inner']);
});

test.each(['references', 'cycles'])('%s hold whatever the knobs', async (name) => {
  const knobs = { clearedOn: 'descriptor', freed: 'at_once', ownerLocked: false } as const;
  expect(await decide(name, changed({}, knobs))).toMatchObject({
    verdict: { verdict: 'proved' },
    result: 'as-stated',
    problems: [],
  });
});

/** A theorem, what is amiss, and the lemma that is refuted. */
const AMISS: readonly (readonly [
  theorem: string,
  lemma: string,
  tailCall: Partial<TailCallKnobs>,
  objects: Partial<ObjectKnobs>,
])[] = [
  ['counter-kept', 'local call', { trampoline: 'resets' }, {}],
  ['counter-kept', 'local call', { countSlot: 'unrounded' }, {}],
  ['direct-key', 'no slot beyond the array', { directKey: 'tnum_range' }, {}],
  ['hops', 'local call', { countSlot: 'unrounded' }, {}],
  ['chain', 'tail call', {}, { ownerLocked: false }],
  ['chain', 'tail call', {}, withLaxStorage],
  ['compatibility', 'update', {}, { ownerLocked: false }],
  ['extension', 'update', {}, without('extension')],
  ['lifetime', 'freed', {}, { freed: 'at_once' }],
  ['pinned', 'close_map', {}, { clearedOn: 'descriptor' }],
  ['takes-over', 'tail call', {}, { ownerLocked: false }],
  ['takes-over', 'tail call', {}, withLaxStorage],
  ...(
    [
      'type',
      'jited',
      'xdp_has_frags',
      'expected_attach_type',
      'attach_func_proto',
      'sleepable',
      'cgroup_storage_leaf',
    ] as const
  ).map((key) => ['takes-over', 'what is entered takes over', {}, without(key)] as const),
];

describe('refuted, and shown by a run', () => {
  test.each(AMISS)('%s, in %s, by %j %j', async (theorem, lemma, tailCall, objects) => {
    const profile = changed(tailCall, objects);
    const report = await decide(theorem, profile);
    expect(report).toMatchObject({ expected: 'refuted', problems: [], result: 'as-stated' });
    expect(report.verdict).toMatchObject({ verdict: 'refuted', lemma });
    // What repairs it is seen, too.
    expect(report.faults.length).toBeGreaterThan(0);
    const { expect: _, ...unexpecting } = report.replay!;
    const amiss = show(report.replay!);
    const mended = show({ ...unexpecting, profile: changed({}, {}) });
    const { ending, tailCalls } = mended;
    expect({ ending, tailCalls }).not.toEqual({
      ending: amiss.ending,
      tailCalls: amiss.tailCalls,
    });
  });
});

/** One profile for each behaviour: the theorems read nothing else of it. */
const BEHAVIOURS = [
  ...new Map(listProfiles().map((profile) => [behaviourKey(profile), profile])).values(),
];

describe('on the catalogue', () => {
  test.each(BEHAVIOURS.map((profile) => [profile.name, profile] as const))(
    'as stated: %s',
    async (_, profile) => {
      const subject = { ...defaultSubject(), profile };
      // What a premise or a fault is good for, other tests have shown.
      const checks = { necessity: false, faults: false };
      const { theorems } = await prove(BY_PROFILE, { pool, subject, checks });
      expect(theorems.flatMap(({ problems }) => problems)).toEqual([]);
      for (const { name, expected, replay } of theorems) {
        const theorem = theoremNamed(name.replace('tail-call/', ''));
        expect(expected).toBe(expectedOf(theorem, subject));
        if (expected !== 'refuted') continue;
        show(replay!);
        // It can be given away as a file.
        expect(parseScenario(formatScenario(replay!))).toEqual(replay);
      }
    },
  );
});
