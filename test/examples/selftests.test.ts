// The kernel's selftests as scenarios: each does on every profile what the kernel's test expects, on both engines.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { failedExpectations } from '../../cli/expectations.ts';
import { interpret } from '../../interp/index.ts';
import { errnoName } from '../../model/maps/index.ts';
import { listProfiles } from '../../model/profiles/catalogue.ts';
import type { ObjectKnobs, Profile, TailCallKnobs } from '../../model/profiles/profile.ts';
import type { TrapKind } from '../../model/scenario/outcome.ts';
import { type NamedScenario, parseScenarioFile } from '../../model/scenario/read.ts';
import type { Expectation, Scenario } from '../../model/scenario/scenario.ts';
import { validateScenario } from '../../model/scenario/validate.ts';
import { runConcrete } from '../../smt/index.ts';

const FOLDER = join(import.meta.dirname, '../../examples/selftests');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

function runsOf(file: string): readonly NamedScenario[] {
  return parseScenarioFile(readFileSync(join(FOLDER, file), 'utf8'), { file }).scenarios;
}

/** What a run is to do on a profile where that is not what its file says; the file is written for the default. */
interface Elsewhere {
  readonly exit?: bigint;
  readonly trap?: TrapKind;
  readonly tailCalls?: number;
  /** Values of the arrays `count` and `done`. */
  readonly count?: readonly number[];
  readonly done?: readonly number[];
  /** The number of entries grows beyond any bound that is worth waiting for. */
  readonly runsAway?: true;
}

type Rule = (knobs: TailCallKnobs & ObjectKnobs) => Elsewhere;

/** A chain that takes all tail calls there are, after `before` others, and counts its entries. */
const untilLimit =
  (before: number) =>
  ({ limit }: Pick<TailCallKnobs, 'limit'>): Elsewhere => ({
    tailCalls: limit,
    count: [limit - before],
  });

/** The expectations that depend on the profile, by file and run, from the profile's knobs. No others do. */
const DEPENDENT: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  'tailcall-2.yaml': {
    // Two empty slots on the way; then two programs take turns, and classifier_3 is the first.
    'deleted-2-0': ({ limit, burns }) => {
      const tailCalls = limit - (burns.empty ? 2 : 0);
      return { tailCalls, exit: tailCalls % 2 === 1 ? 3n : 4n };
    },
  },
  'tailcall-3.yaml': { filled: untilLimit(0) },
  'tailcall-6.yaml': { filled: untilLimit(0) },
  'bpf2bpf-2.yaml': {
    filled: untilLimit(0),
    'from-classifier-0': untilLimit(-1),
  },
  'bpf2bpf-4-5.yaml': { quiet: untilLimit(2), noise: untilLimit(2) },
  'bpf2bpf-6.yaml': {
    // What is read beside the count's slot leaves nothing of the limit.
    run: ({ countSlot }) =>
      countSlot === 'unrounded' ? { exit: 1n, tailCalls: 0, done: [0] } : {},
  },
  'bpf2bpf-fentry.yaml': {
    // Each local call starts from 0, until there is no frame left.
    run: ({ trampoline, limit }) =>
      trampoline === 'resets'
        ? { trap: 'call_depth', tailCalls: 240, count: [240] }
        : untilLimit(0)({ limit }),
  },
  'bpf2bpf-freplace.yaml': {
    'attached-while-in-a-slot': ({ compatKeys }) =>
      compatKeys.includes('extension') ? {} : { exit: 2n },
  },
  'hierarchy-fentry.yaml': {
    run: ({ limit, propagation, trampoline }) => {
      if (trampoline === 'resets') return { trap: 'call_depth', tailCalls: 239, count: [240, 239] };
      if (propagation === 'value') return { runsAway: true };
      return { tailCalls: limit, count: [limit + 1, 2 * (limit + 1)] };
    },
  },
  'hierarchy-1.yaml': {
    run: (knobs) => (knobs.propagation === 'value' ? { runsAway: true } : untilLimit(-1)(knobs)),
  },
  'hierarchy-2.yaml': {
    // By value the second chain starts with the root's own count, which is 0 still.
    run: ({ limit, propagation }) =>
      propagation === 'value'
        ? {
            tailCalls: 2 * limit,
            count: [limit, limit],
            exit: BigInt(limit * 0x10000 + limit),
          }
        : { tailCalls: limit, count: [limit, 0], exit: BigInt(limit) },
  },
  'hierarchy-3.yaml': {
    run: ({ limit, propagation }) =>
      propagation === 'value'
        ? { runsAway: true }
        : { tailCalls: limit, count: [limit], exit: BigInt(limit) },
  },
  'verifier-runtime-jit.yaml': {
    loop: ({ limit }) => ({ tailCalls: limit }),
    // Out of range where all 64 bits count: as the test says of unprivileged users, and by the whole register.
    'index-32-bits': ({ indexBits, indexMasked }) =>
      indexBits === 64 || indexMasked ? { exit: 2n, tailCalls: 0 } : {},
  },
  'test-bpf-tail-calls.yaml': {
    limit: ({ limit }) => ({ tailCalls: limit, exit: BigInt(limit + 1) }),
    'limit-with-calls': ({ limit }) => ({ tailCalls: limit, exit: BigInt(limit + 1) }),
    // 11 of 11 slots: what covers the indices up to 10 goes up to 15.
    'out-of-range': ({ directKey }) =>
      directKey === 'tnum_range' ? { trap: 'out_of_bounds', tailCalls: 0 } : {},
  },
};

/** What user space is told, where the kernel's test looks at it: by file and run, for each write. */
const ERRORS: Readonly<
  Record<string, Readonly<Record<string, (knobs: ObjectKnobs) => readonly string[]>>>
> = {
  'tailcall-1.yaml': { 'deleted-twice': () => ['', '', '', 'ENOENT', 'ENOENT', 'ENOENT'] },
  'freplace.yaml': {
    run: ({ compatKeys }) =>
      compatKeys.includes('extension') ? ['EINVAL', '', 'EINVAL'] : ['', '', ''],
  },
  'bpf2bpf-freplace.yaml': {
    'attached-while-in-a-slot': ({ compatKeys }) =>
      compatKeys.includes('extension') ? ['', 'EBUSY', ''] : ['', '', ''],
    'updated-while-extended': ({ compatKeys }) =>
      compatKeys.includes('extension') ? ['', 'EBUSY'] : ['', ''],
  },
  'cgrp-storage-refused.yaml': {
    run: ({ compatKeys }) => [
      compatKeys.some((key) => key.startsWith('cgroup_storage')) ? 'EINVAL' : '',
      compatKeys.includes('cgroup_storage_leaf') ? 'EINVAL' : '',
    ],
  },
  'sleepable.yaml': {
    run: ({ compatKeys }) => [compatKeys.includes('sleepable') ? 'EINVAL' : ''],
  },
};

/** Steps after which a hierarchy that is counted by value has gone far beyond any limit. */
const RUNAWAY_FUEL = 20_000;

function on(profile: Profile, file: string, { name, scenario }: NamedScenario): Scenario {
  const other = DEPENDENT[file]?.[name]?.({ ...profile.tailCall, ...profile.objects }) ?? {};
  if (other.runsAway) {
    const run = { ...scenario.run, fuel: RUNAWAY_FUEL };
    return { ...scenario, profile, run, expect: { outOfFuel: true } };
  }
  return { ...scenario, profile, expect: merged(scenario, other) };
}

function littleEndian(value: number, size: 4 | 8): Uint8Array {
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function merged({ expect: said, maps }: Scenario, other: Elsewhere): Expectation {
  const { exit, trap, tailCalls } = other;
  const counted = (['count', 'done'] as const).flatMap((name) => {
    const values = other[name];
    if (values === undefined) return [];
    const entries = values.map((value, index) => ({
      key: littleEndian(index, 4),
      value: littleEndian(value, 8),
    }));
    return [{ map: maps.findIndex((map) => map.name === name), entries }];
  });
  const { exit: exits, ...rest } = said ?? {};
  const ending = trap === undefined ? { exit: exit ?? exits! } : { trap };
  return {
    ...rest,
    ...ending,
    ...(tailCalls === undefined ? {} : { tailCalls }),
    ...(counted.length === 0 ? {} : { maps: counted }),
  };
}

/** Whether a profile's engine takes the programs of a file at all. */
function refused({ tailCall }: Profile, file: string): boolean {
  return /^(bpf2bpf|hierarchy)-/.test(file) && tailCall.propagation === 'rejected';
}

describe.each(FILES)('%s', (file) => {
  const runs = runsOf(file);

  test('names the subtest and its section, and says what every run must do', () => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    expect(text).toMatch(/^# (Selftests? |The tail-call suite of )[\s\S]*reference §7\.[123]/);
    for (const { scenario } of runs) {
      expect(scenario.expect?.exit).toBeDefined();
      expect(scenario.expect?.tailCalls).toBeDefined();
    }
  });

  test('the rules for other profiles name runs that there are, and agree with the file on its own', () => {
    const names = runs.map(({ name }) => name);
    for (const name of Object.keys(DEPENDENT[file] ?? {})) expect(names).toContain(name);
    for (const run of runs) {
      expect(on(run.scenario.profile, file, run).expect).toEqual(run.scenario.expect);
    }
  });

  test.each(listProfiles())('on $name', (profile) => {
    for (const run of runs) {
      const scenario = on(profile, file, run);
      if (refused(profile, file)) {
        expect(() => validateScenario(scenario)).toThrow('refuses a program with both');
        continue;
      }
      const outcome = interpret(scenario);
      expect({ run: run.name, failed: failedExpectations(scenario, outcome) }).toEqual({
        run: run.name,
        failed: [],
      });
      expect(runConcrete(scenario)).toEqual(outcome);
      const errors = outcome.schedule.map((errno) => (errno ? errnoName(errno) : ''));
      const expected =
        ERRORS[file]?.[run.name]?.(profile.objects) ?? scenario.schedule.map(() => '');
      expect({ run: run.name, errors }).toEqual({ run: run.name, errors: expected });
      expect(outcome.schedule).not.toContain(null);
    }
  });
});

it('the README names every file', () => {
  const text = readFileSync(join(FOLDER, 'README.md'), 'utf8');
  for (const file of FILES) expect(text).toContain(`[${file}](${file})`);
});
