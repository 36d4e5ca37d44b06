// How exhibits are chosen, drafts drawn, changed and made small, and what a visit says.

import { describe, expect, test } from 'vitest';
import { rngOfRun } from '../../../fuzz/generate/rng.ts';
import { type Draft, scenarioOf } from '../../../fuzz/museum/draft.ts';
import { changeDraft, drawDraft } from '../../../fuzz/museum/draw.ts';
import {
  chooseExhibits,
  type Exhibit,
  EXHIBITS,
  type Find,
  type FixResult,
  type HuntResult,
  visit,
} from '../../../fuzz/museum/index.ts';
import { shrinkDraft } from '../../../fuzz/museum/shrink-draft.ts';
import { InputError } from '../../../model/errors.ts';
import { profileNamed } from '../../../model/profiles/catalogue.ts';
import { validateScenario } from '../../../model/scenario/validate.ts';
import type { SolverPool } from '../../../smt/index.ts';

const ids = (exhibits: readonly Exhibit[]) => exhibits.map(({ id }) => id);

describe('choosing', () => {
  test('all, in their order, without any id', () => {
    expect(chooseExhibits({})).toEqual(EXHIBITS);
  });

  test('by first characters, by alias, in any case', () => {
    expect(ids(chooseExhibits({ ids: ['cve-2024-47794', '3733'] }))).toEqual([
      '3733f4be2870',
      'd6083f040d5d',
    ]);
  });

  test.each([
    [{ ids: ['3733f4be2871'] }, /did you mean|there are/],
    [{ ids: ['CVE-202'] }, /may be/],
    [{ ids: [''] }, /there are/],
  ])('what names none or several is wrong input: %o', (choice, message) => {
    expect(() => chooseExhibits(choice)).toThrow(InputError);
    expect(() => chooseExhibits(choice)).toThrow(message);
  });

  test('a kind that there is nothing of', () => {
    expect(() => chooseExhibits({ kind: 'verifier' }, [])).toThrow(/nothing of the kind/);
  });
});

const PROFILE = profileNamed('linux-6.7/x86_64');

function isScenario(draft: Draft): boolean {
  const scenario = scenarioOf(draft, PROFILE);
  if (scenario === undefined) return false;
  try {
    validateScenario(scenario);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

describe('drafts', () => {
  const drawn = Array.from({ length: 600 }, (_, run) => drawDraft(rngOfRun(1, run)));
  const drafts = drawn.map(({ draft }) => draft);

  test('are the same for the same seed', () => {
    expect(drawDraft(rngOfRun(1, 7))).toEqual(drawn[7]);
    expect(drawDraft(rngOfRun(2, 7))).not.toEqual(drawn[7]);
  });

  test('are scenarios more often than not', () => {
    expect(drafts.filter(isScenario).length).toBeGreaterThan(drafts.length / 2);
  });

  test('have everything that a scenario can have', () => {
    const ops = new Set(drafts.flatMap(({ schedule = [] }) => schedule.map(({ op }) => op)));
    expect([...ops].sort()).toEqual([
      'attach',
      'close_map',
      'close_program',
      'delete',
      'detach',
      'freeze',
      'inner',
      'load',
      'pin',
      'unpin',
      'update',
    ]);
    const programs = drafts.flatMap((draft) => draft.programs);
    const attributes = new Set(
      programs.flatMap((program) => Object.keys(program.attributes ?? {})),
    );
    expect(attributes.size).toBe(9);
    expect(programs.some(({ replaces }) => replaces !== undefined)).toBe(true);
    expect(programs.some(({ isTraced }) => isTraced)).toBe(true);
    expect(programs.some(({ stack = 0 }) => stack % 8 !== 0)).toBe(true);
    expect(drafts.some(({ schedule = [] }) => schedule.some((e) => e.withPrevious))).toBe(true);
  });

  test('change into others', () => {
    const changed = drawn.map((one, run) => changeDraft(rngOfRun(3, run), one).draft);
    const others = changed.filter((draft, i) => JSON.stringify(draft, big) !== text(drafts[i]!));
    expect(others.length).toBeGreaterThan(drafts.length / 2);
  });
});

const big = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
const text = (draft: Draft) => JSON.stringify(draft, big);

describe('making a draft small', () => {
  const wide: Draft = {
    programs: [
      {
        attempts: [
          { array: 0, index: 4n, isComputed: true },
          { array: 1, index: (1n << 33n) + 2n, isInFunction: true },
        ],
        stack: 12,
        isTraced: true,
        attributes: { jited: false, cgroupStorage: 2 },
      },
      { attempts: [], replaces: { program: 0, localFunction: 0 } },
      { attempts: [{ array: 0, index: 0n }], attributes: { jited: false } },
    ],
    arrays: [{ slots: [2, undefined, undefined, undefined, 2] }, { slots: [0, 1, 2] }],
    schedule: [
      { before: { hop: 2 }, op: 'update', map: 1, index: 2, program: 2 },
      { before: { hop: 2 }, op: 'freeze', map: 0, withPrevious: true },
    ],
  };

  test('leaves the smallest draft where everything will do', () => {
    expect(shrinkDraft(wide, () => true)).toEqual({
      programs: [{ attempts: [] }],
      arrays: [],
      schedule: [],
    });
  });

  test('keeps what the property needs, and no more', () => {
    const hasWide = ({ programs }: Draft) =>
      programs.some(({ attempts }) => attempts.some(({ index }) => index > 2n ** 32n - 1n));
    const small = shrinkDraft(wide, hasWide);
    expect(small).toEqual({
      programs: [{ attempts: [{ array: 0, index: 2n ** 32n }] }],
      arrays: [{ slots: [undefined] }],
      schedule: [],
    });
  });

  test('puts at the start what user space does at once', () => {
    const update = { before: { step: 0 }, op: 'update', map: 0, index: 0, program: 2 } as const;
    const draft: Draft = { ...wide, arrays: [{ slots: [undefined] }], schedule: [update] };
    const isFilled = ({ arrays, schedule = [] }: Draft) =>
      arrays.some(({ slots }) => slots.includes(2)) ||
      schedule.some((entry) => entry.op === 'update' && entry.program === 2);
    const small = shrinkDraft(draft, isFilled);
    expect(small.schedule).toEqual([]);
    expect(small.arrays).toEqual([{ slots: [2] }]);
  });
});

const FIND: Find = {
  size: [{ count: 3, noun: 'step' }],
  seen: { faulty: 'a', mended: 'b' },
  text: 'text',
  files: [],
};
const FOUND: HuntResult = { kind: 'found', find: FIND, tried: 1 };
const NOTHING: HuntResult = { kind: 'not found', tried: 1 };
const PROVED: FixResult = { kind: 'proved', theorem: 't', goals: 1 };

function madeUp(proof: HuntResult, fuzzing: HuntResult, fix: FixResult): Exhibit {
  return {
    ...EXHIBITS[0]!,
    proof: async () => proof,
    fuzzing: async () => fuzzing,
    fix: async () => fix,
  };
}

describe('a visit', () => {
  // Made-up exhibits ask no solver.
  const settings = { pool: {} as SolverPool, seed: 0, now: () => 0, timeMs: 1 };
  const resultOf = async (exhibit: Exhibit) => (await visit([exhibit], settings))[0]?.result;

  test.each<[string, HuntResult, HuntResult, FixResult, string]>([
    ['found by one way, fix proved', FOUND, NOTHING, PROVED, 'good'],
    ['found by neither', NOTHING, NOTHING, PROVED, 'open'],
    ['the engines disagree', FOUND, { kind: 'unsound', problem: 'p', tried: 1 }, PROVED, 'wrong'],
    ['fix not proved', FOUND, FOUND, { kind: 'not proved', theorem: 't', problems: [] }, 'wrong'],
    ['fix not decided', FOUND, FOUND, { kind: 'unknown', theorem: 't', problems: [] }, 'open'],
  ])('%s: %s', async (_, proof, fuzzing, fix, result) => {
    expect(await resultOf(madeUp(proof, fuzzing, fix))).toBe(result);
  });

  test('tells the smallest find', async () => {
    const smaller = { ...FIND, size: [{ count: 2, noun: 'step' }] };
    const exhibit = madeUp(FOUND, { kind: 'found', find: smaller, tried: 1 }, PROVED);
    expect((await visit([exhibit], settings))[0]?.smallest).toBe(smaller);
  });

  test('a way that does not apply says why, and is not missed', async () => {
    const exhibit: Exhibit = { ...madeUp(FOUND, NOTHING, PROVED), fuzzing: { reason: 'why' } };
    const [report] = await visit([exhibit], settings);
    expect(report?.ways.fuzzing).toEqual({ kind: 'not applicable', reason: 'why' });
    expect(report?.result).toBe('good');
  });

  test('ends when it is interrupted, and is never good then', async () => {
    const controller = new AbortController();
    const exhibit: Exhibit = {
      ...madeUp(NOTHING, NOTHING, PROVED),
      fuzzing: async ({ isOver }) => {
        controller.abort();
        return isOver() ? NOTHING : FOUND;
      },
    };
    const reports = await visit([exhibit, exhibit], { ...settings, signal: controller.signal });
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({
      ways: { fuzzing: { kind: 'interrupted' } },
      fix: { kind: 'interrupted' },
      result: 'open',
    });
  });
});
