// docs/semantics.md on the machine: Objects, Extensions.

import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../model/scenario/outcome.ts';
import type { ScheduleEntry } from '../../model/scenario/scenario.ts';
import { LEAF, results, run, type Setup, TO } from './run.ts';

describe('programs that cannot take over', () => {
  const NOT_JITED = { text: LEAF, attributes: { jited: false } };

  test('trap, and neither count nor hop', () => {
    const { ending, hops, tailCalls, steps } = run({
      programs: [`${TO(0)}\nexit`, NOT_JITED],
      slots: [1],
    });
    expect(ending).toEqual({
      kind: 'trap',
      trap: 'incompatible_program',
      at: { program: 0, pc: 3 },
    });
    expect([hops, tailCalls, steps]).toEqual([[], 0, 2]);
  });

  test('do not matter where the tail call fails', () => {
    const outcome = run({
      programs: [`${TO(0)}\nr0 = 1\nexit`, NOT_JITED],
      slots: [1],
      knobs: { limit: 0 },
    });
    expect(results(outcome)).toEqual(['exhausted']);
  });

  test('are compared with the program that the run started with', () => {
    const cgroup = (cgroupStorage: number, text: string) => ({
      text,
      attributes: { cgroupStorage },
    });
    const chain = (first: number, second: number, third: number) =>
      run({
        programs: [
          cgroup(first, `${TO(0)}\nexit`),
          cgroup(second, `${TO(1)}\nexit`),
          cgroup(third, LEAF),
        ],
        slots: [1, 2],
      }).ending;
    expect(chain(5, 0, 5)).toEqual({ kind: 'exit', r0: 7n });
    expect(chain(5, 0, 6)).toMatchObject({ trap: 'incompatible_program', at: { program: 1 } });
    expect(chain(0, 0, 6)).toMatchObject({ trap: 'incompatible_program', at: { program: 1 } });
    expect(chain(5, 6, 6)).toMatchObject({ trap: 'incompatible_program', at: { program: 0 } });
  });

  test.each([
    { type: 'xdp' },
    { xdpHasFrags: true },
    { expectedAttachType: 1 },
    { attachFuncProto: 1 },
    { sleepable: true },
  ] as const)('by %o', (attributes) => {
    const outcome = run({
      programs: [`${TO(0)}\nexit`, { text: LEAF, attributes }],
      slots: [1],
    });
    expect(outcome.ending).toMatchObject({ trap: 'incompatible_program' });
  });

  test.each([{ kprobeOverride: true }, { devBound: true }])('but not by %o', (attributes) => {
    const outcome = run({
      programs: [`${TO(0)}\nexit`, { text: LEAF, attributes }],
      slots: [1],
    });
    expect(outcome.ending).toEqual({ kind: 'exit', r0: 7n });
  });
});

describe('a program that is freed under the run', () => {
  const SLEEPER = `r0 = 1\nr0 = 2\nr0 = 3\nexit`;
  const letGo = (step: number, program = 1): ScheduleEntry[] => [
    { before: { step }, op: 'delete', map: 0, index: 0 },
    { before: { step }, op: 'close_program', program },
  ];

  test('traps at its next instruction, but not within a grace period', () => {
    const setup: Setup = { programs: [`${TO(0)}\nexit`, SLEEPER], slots: [1], schedule: letGo(4) };
    expect(run(setup).ending).toEqual({ kind: 'exit', r0: 3n });
    const outcome = run({ ...setup, objects: { freed: 'at_once' } });
    expect(outcome).toMatchObject({
      ending: { kind: 'trap', trap: 'use_after_free', at: { program: 1, pc: 1 } },
      steps: 4,
      schedule: [0, 0],
    });
  });

  test('traps before an uninitialised register does, and after the fuel', () => {
    const setup: Setup = {
      programs: [`${TO(0)}\nexit`, 'r0 = 1\nr0 = r7\nexit'],
      slots: [1],
      schedule: letGo(4),
      objects: { freed: 'at_once' },
      run: { uninitialised: 'trap' },
    };
    const trapOf = (outcome: Outcome) => outcome.ending;
    expect(trapOf(run(setup))).toMatchObject({ trap: 'use_after_free' });
    expect(trapOf(run({ ...setup, schedule: [] }))).toMatchObject({ trap: 'uninitialised_read' });
    const short = run({ ...setup, run: { fuel: 4 } });
    expect(short.ending).toEqual({ kind: 'out_of_fuel', at: { program: 1, pc: 1 } });
  });

  test('traps where a call returns into it', () => {
    const caller = `call f\nr0 += 1\nexit\nf:\n${TO(1)}\nexit`;
    const setup: Setup = {
      programs: [`${TO(0)}\nexit`, caller, SLEEPER],
      slots: [1, 2],
      schedule: letGo(7),
    };
    expect(run(setup).ending).toEqual({ kind: 'exit', r0: 4n });
    const outcome = run({ ...setup, objects: { freed: 'at_once' } });
    expect(outcome).toMatchObject({
      ending: { kind: 'trap', trap: 'use_after_free', at: { program: 1, pc: 1 } },
      steps: 11,
    });
    const short = run({ ...setup, objects: { freed: 'at_once' }, run: { fuel: 11 } });
    expect(short.ending).toEqual({ kind: 'out_of_fuel', at: { program: 1, pc: 1 } });
  });

  test('by an entry before its tail call; entries before a hop are applied all the same', () => {
    const setup: Setup = {
      programs: [`${TO(0)}\nexit`, `${TO(1)}\nr0 = 5\nexit`],
      slots: [1, -1],
      objects: { freed: 'at_once' },
    };
    const atHop = letGo(0).map((entry) => ({ ...entry, before: { hop: 1 } }));
    const trap = { trap: 'use_after_free', at: { program: 1, pc: 3 } };
    const outcome = run({ ...setup, schedule: atHop });
    expect(outcome.ending).toMatchObject(trap);
    expect([outcome.hops.length, outcome.schedule]).toEqual([1, [0, 0]]);
    const before = run({
      ...setup,
      schedule: [...letGo(5), { before: { hop: 1 }, op: 'freeze', map: 0 }],
    });
    expect(before.ending).toMatchObject(trap);
    expect(before.schedule).toEqual([0, 0, 0]);
  });

  test('is whole again in the next run', () => {
    const setup: Setup = {
      programs: [`${TO(0)}\nexit`, SLEEPER],
      slots: [1],
      objects: { freed: 'at_once' },
    };
    run({ ...setup, schedule: letGo(4) });
    expect(run(setup).ending).toEqual({ kind: 'exit', r0: 3n });
  });
});

describe('extensions', () => {
  const attach = (program: number): ScheduleEntry => ({
    before: { step: 0 },
    op: 'attach',
    program,
  });
  const TARGET = 'r6 = 1\ncall f\nr0 += r6\nexit\nf:\nr0 = 10\nexit';
  const replaces = { program: 0, slot: 4 };

  test('stand for the function while attached', () => {
    const programs = [TARGET, { text: 'r6 = 9\nr0 = 20\nexit', replaces }];
    expect(run({ programs }).ending).toEqual({ kind: 'exit', r0: 11n });
    expect(run({ programs, schedule: [attach(1)] }).ending).toEqual({ kind: 'exit', r0: 21n });
    const detached = run({
      programs,
      schedule: [attach(1), { before: { step: 1 }, op: 'detach', program: 1 }],
    });
    expect(detached.ending).toEqual({ kind: 'exit', r0: 11n });
  });

  test('must set R0', () => {
    const outcome = run({
      programs: [TARGET, { text: 'exit', replaces }],
      schedule: [attach(1)],
      run: { uninitialised: 'trap' },
    });
    expect(outcome.ending).toMatchObject({ trap: 'uninitialised_read', at: { program: 1 } });
  });

  test('start at level 0', () => {
    // The seventh frame of the target calls the extension, which calls itself until its eighth frame.
    const target =
      'r1 = 6\ncall f\nexit\nf:\nif r1 == 0 goto g\nr1 -= 1\ncall f\nexit\ng:\nr1 = 7\ncall h\nexit\nh:\nr0 = 1\nexit';
    const deep = (depth: number) =>
      `r1 = ${depth}\ncall f\nexit\nf:\nr1 -= 1\nif r1 == 0 goto done\ncall f\nexit\ndone:\nr0 = 5\nexit`;
    const setup = (depth: number) =>
      run({
        programs: [target, { text: deep(depth), replaces: { program: 0, slot: 10 } }],
        schedule: [attach(1)],
      }).ending;
    expect(setup(7)).toEqual({ kind: 'exit', r0: 5n });
    expect(setup(8)).toMatchObject({ trap: 'call_depth', at: { program: 1, pc: 5 } });
  });

  test('have a counter of their own, which their functions share', () => {
    const target = `${TO(1)}\ncall f\n${TO(1)}\n${TO(1)}\nr0 = 0\nexit\nf:\nr0 = 0\nexit`;
    const extension = `call g\ncall g\ncall g\nr0 = 0\nexit\ng:\n${TO(1)}\nr0 = 0\nexit`;
    const outcome = run({
      programs: [target, { text: extension, replaces: { program: 0, slot: 15 } }],
      slots: [-1, -1],
      schedule: [attach(1)],
      knobs: {
        limit: 2,
        propagation: 'reference',
        burns: { outOfRange: false, exhausted: false, empty: true },
      },
    });
    expect(results(outcome)).toEqual([
      'empty',
      'empty',
      'empty',
      'exhausted',
      'empty',
      'exhausted',
    ]);
  });

  test('a count that is lost is not lost for them', () => {
    const target = '*(u32 *)(r10 -4) = 0\ncall f\nr0 = 0\nexit\nf:\nr0 = 0\nexit';
    const outcome = run({
      programs: [target, { text: `${TO(0)}\nr0 = 0\nexit`, replaces }, LEAF],
      slots: [2],
      schedule: [attach(1)],
      knobs: { countSlot: 'unrounded' },
    });
    expect(results(outcome)).toEqual(['taken']);
  });

  test('a chain through their target goes on until the frames end', () => {
    const outcome = run({
      programs: [TARGET, { text: `${TO(0)}\nr0 = 0\nexit`, replaces }],
      slots: [0],
      schedule: [attach(1)],
    });
    expect(outcome.ending).toMatchObject({ trap: 'call_depth', at: { program: 0, pc: 1 } });
    expect(outcome.tailCalls).toBe(239);
  });
});

describe('the outcome', () => {
  test('tells what is left', () => {
    const outcome = run({
      programs: [`${TO(0)}\nr0 = 0\nexit`, LEAF, LEAF],
      slots: [1, 2],
      schedule: [
        { before: { step: 0 }, op: 'freeze', map: 0 },
        { before: { step: 0 }, op: 'delete', map: 0, index: 0 },
        { before: { step: 0 }, op: 'close_program', program: 1 },
        { before: { step: 0 }, op: 'close_map', map: 0 },
        { before: { step: 99 }, op: 'close_program', program: 2 },
      ],
    });
    expect(results(outcome)).toEqual(['empty']);
    expect(outcome.schedule).toEqual([0, 1, 0, 0, null]);
    expect(outcome.maps).toEqual([{ type: 'prog_array', slots: [-1, -1] }]);
    expect(outcome.objects).toEqual({
      programs: [
        { state: 'loaded', refs: 1 },
        { state: 'freed', refs: 0 },
        { state: 'loaded', refs: 1 },
      ],
      progArrays: [{ state: 'live', users: 0, refs: 1, frozen: true, owner: 0 }],
    });
  });

  test('a program that is loaded and an array that is created while the run is on', () => {
    const outcome = run({
      programs: [LEAF, `${TO(0)}\nexit`],
      schedule: [
        { before: { step: 0 }, op: 'load', program: 1 },
        { before: { step: 0 }, op: 'create', map: 0 },
        { before: { step: 1 }, op: 'update', map: 0, index: 0, program: 1 },
      ],
    });
    expect(outcome.schedule).toEqual([9, 0, 9]);
    expect(outcome.objects.programs[1]).toEqual({ state: 'absent', refs: 0 });
  });
});
