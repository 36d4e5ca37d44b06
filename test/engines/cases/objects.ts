// References, what they free and when, what empties an array, and what is left when the run is over.

import {
  callLocal,
  exit,
  mapFd,
  insn,
  mov,
  movx,
  progArray,
  type Setup,
  tailCall,
} from '../build.ts';
import { type Case, ending, unset } from './case.ts';
import {
  arrays,
  before,
  CONTEXT,
  create,
  errnos,
  idle,
  leaf,
  onMap,
  onProgram,
  operating,
  programs,
  profileWith,
  remove,
  results,
  slots,
  target,
  update,
  withObjects,
} from './user.ts';
import type { UserOperation } from '../../../model/scenario/scenario.ts';
import type { Instruction } from '../../../model/isa/instruction.ts';

const AT_ONCE = withObjects({ freed: 'at_once' });
const BY_DESCRIPTOR = withObjects({ clearedOn: 'descriptor' });

/** Programs that use the arrays given, and exit. */
const using = (...maps: readonly number[]): Instruction[] => [
  ...maps.map((map) => mapFd(1, map)),
  ...idle,
];

const leaves = (
  name: string,
  operations: readonly UserOperation[],
  gives: string,
  more: Partial<Setup> = {},
): Case => ({
  name,
  setup: operating(operations, { maps: [progArray(2, { 0: 1 })], ...more }),
  expect: (o) => `${programs(o)} | ${arrays(o)} | ${slots(o)}`,
  gives,
});

const two = (first: Record<number, number> = {}, second: Record<number, number> = {}) => ({
  maps: [progArray(2, first), progArray(2, second, 'other')],
});

const COUNT_CASES: readonly Case[] = [
  leaves(
    'a descriptor and a slot; an array that no program uses',
    [],
    'loaded 1, loaded 2 | live, users 1, refs 1, owner 1 | 1 -1',
  ),
  leaves(
    'every slot is a reference',
    [update(0, 1, 1), update(1, 0, 1), update(1, 1, 1)],
    'loaded 1, loaded 5 | live, users 1, refs 1, owner 1; live, users 1, refs 1, owner 1 | 1 1; 1 1',
    two({ 0: 1 }),
  ),
  leaves(
    'a slot that is written again gives the reference back',
    [update(0, 0, 0), update(0, 0, 0), update(0, 0, 1), update(0, 0, 1)],
    'loaded 1, loaded 2 | live, users 1, refs 1, owner 1 | 1 -1',
  ),
  leaves(
    'a program uses an array once, however often it names it',
    [],
    'loaded 1, loaded 2 | live, users 1, refs 2, owner 0 | 1 -1',
    {
      programs: [[mapFd(1, 0), mapFd(2, 0), insn('LD_MAP_IDX', { dst: 3, imm: 0 }), ...idle], leaf],
    },
  ),
  leaves(
    'by index too, and without being run',
    [],
    'loaded 1, loaded 2 | live, users 1, refs 2, owner 1 | 1 -1',
    { programs: [idle, [mov(0, 0), exit, insn('LD_MAP_IDX', { dst: 3, imm: 0 }), exit]] },
  ),
  leaves(
    'every program that uses an array counts',
    [],
    'loaded 1, loaded 1 | live, users 1, refs 3, owner 0; live, users 1, refs 2, owner 1 | -1 -1; -1 -1',
    { ...two(), programs: [using(0), using(0, 1)] },
  ),
  leaves(
    'a pin is a user',
    [onMap('pin')],
    'loaded 1, loaded 2 | live, users 2, refs 3, owner 0 | 1 -1',
    { programs: [using(0), leaf] },
  ),
  leaves(
    'an extension counts for its target, loaded and attached for itself',
    [onProgram('attach', 2)],
    'loaded 1, loaded 3, loaded 2, loaded 1 | live, users 1, refs 1, owner -1 | -1 -1',
    {
      programs: [idle, target, leaf, leaf],
      replaces: { 2: { program: 1, slot: 2 }, 3: { program: 1, slot: 2 } },
      maps: [progArray(2)],
    },
  ),
  leaves(
    'a detached one does not count for itself any more',
    [onProgram('attach', 2), onProgram('detach', 2)],
    'loaded 1, loaded 2, loaded 1 | live, users 1, refs 1, owner -1 | -1 -1',
    {
      programs: [idle, target, leaf],
      replaces: { 2: { program: 1, slot: 2 } },
      maps: [progArray(2)],
    },
  ),
  leaves(
    'a load has a descriptor, and references to what it uses',
    [onProgram('load', 1)],
    'loaded 1, loaded 1 | live, users 1, refs 2, owner 1 | -1 -1',
    { programs: [idle, using(0)], maps: [progArray(2)] },
  ),
  leaves(
    'a load that fails has nothing',
    [onMap('freeze'), onProgram('load', 1)],
    'loaded 2, absent 0 | live, users 1, refs 1, owner 0, frozen; absent, users 0, refs 0, owner -1 | 0 -1; -1 -1',
    {
      ...two({ 0: 0 }),
      programs: [idle, using(0, 1)],
      schedule: [
        ...before(0, onMap('freeze'), onProgram('load', 1)),
        { before: { step: 99 }, ...create(1) },
      ],
    },
  ),
  leaves(
    'what was never created or loaded',
    [],
    'loaded 1, absent 0 | absent, users 0, refs 0, owner -1 | -1 -1',
    {
      maps: [progArray(2)],
      schedule: [
        { before: { step: 99 }, ...create(0) },
        { before: { step: 99 }, ...onProgram('load', 1) },
      ],
    },
  ),
  leaves(
    'what was created',
    [create(0), update(0, 1, 1), onMap('freeze')],
    'loaded 1, loaded 2 | live, users 1, refs 1, owner 1, frozen | -1 1',
    { maps: [progArray(2)] },
  ),
];

const SETTLING_CASES: readonly Case[] = [
  leaves(
    "the run's program is freed after the run, with its references",
    [onProgram('close_program', 0)],
    'freed 0, loaded 2 | live, users 1, refs 1, owner 0 | 1 -1',
    { programs: [using(0), leaf] },
  ),
  leaves(
    'a program without a descriptor lives by its slot',
    [onProgram('close_program', 1)],
    'loaded 1, loaded 1 | live, users 1, refs 1, owner 1 | 1 -1',
  ),
  leaves(
    'and is freed with it; the owner stays',
    [onProgram('close_program', 1), remove(0, 0)],
    'loaded 1, freed 0 | live, users 1, refs 1, owner 1 | -1 -1',
  ),
  leaves(
    'or when the slot is written again',
    [onProgram('close_program', 1), update(0, 0, 0)],
    'loaded 2, freed 0 | live, users 1, refs 1, owner 1 | 0 -1',
  ),
  leaves(
    'an array without users is emptied, and lives by the programs that use it',
    [onMap('close_map')],
    'loaded 1, loaded 1 | live, users 0, refs 1, owner 0 | -1 -1',
    { programs: [using(0), leaf] },
  ),
  leaves(
    'an array without references is freed',
    [onMap('freeze'), onMap('close_map')],
    'loaded 1, loaded 1 | freed, users 0, refs 0, owner -1 | -1 -1',
  ),
  leaves(
    'an array is freed with the last program that uses it',
    [onMap('close_map'), onProgram('close_program', 0)],
    'freed 0, loaded 1 | freed, users 0, refs 0, owner -1 | -1 -1',
    { programs: [using(0), leaf] },
  ),
  leaves(
    'a pinned array keeps its slots',
    [onMap('pin'), onMap('close_map')],
    'loaded 1, loaded 2 | live, users 1, refs 1, owner 1 | 1 -1',
  ),
  leaves(
    'until it is unpinned',
    [onMap('pin'), onMap('close_map'), onMap('unpin')],
    'loaded 1, loaded 1 | freed, users 0, refs 0, owner -1 | -1 -1',
  ),
  leaves(
    'unpinned with a descriptor, it keeps them too',
    [onMap('pin'), onMap('unpin')],
    'loaded 1, loaded 2 | live, users 1, refs 1, owner 1 | 1 -1',
  ),
  leaves(
    'cleared with the descriptor, a pinned array is empty',
    [onMap('pin'), onMap('close_map')],
    'loaded 1, loaded 1 | live, users 1, refs 1, owner 1 | -1 -1',
    { profile: BY_DESCRIPTOR },
  ),
  leaves(
    'and can be written to again, until the last user goes',
    [onMap('pin'), onMap('close_map'), update(0, 1, 1), onMap('unpin')],
    'loaded 1, loaded 1 | live, users 0, refs 1, owner 0 | -1 -1',
    { profile: BY_DESCRIPTOR, programs: [using(0), leaf] },
  ),
  leaves(
    'cleared with the descriptor: an unpin before it clears nothing',
    [onMap('pin'), onMap('unpin')],
    'loaded 1, loaded 2 | live, users 1, refs 1, owner 1 | 1 -1',
    { profile: BY_DESCRIPTOR },
  ),
  leaves(
    'an array is emptied frozen or not',
    [onMap('freeze'), onMap('close_map')],
    'loaded 1, loaded 1 | live, users 0, refs 1, owner 0, frozen | -1 -1',
    { programs: [using(0), leaf] },
  ),
];

const CHAIN_CASES: readonly Case[] = [
  leaves(
    'a program in a slot of the array that it uses: closing the array breaks the circle',
    [onProgram('close_program', 0), onMap('close_map')],
    'freed 0 | freed, users 0, refs 0, owner -1 | -1 -1',
    { programs: [using(0)], maps: [progArray(2, { 0: 0 })] },
  ),
  leaves(
    'pinned, it stays',
    [onMap('pin'), onProgram('close_program', 0), onMap('close_map')],
    'loaded 1 | live, users 1, refs 2, owner 0 | 0 -1',
    { programs: [using(0)], maps: [progArray(2, { 0: 0 })] },
  ),
  leaves(
    'pinned, but cleared with the descriptor, it goes',
    [onMap('pin'), onProgram('close_program', 0), onMap('close_map')],
    'freed 0 | live, users 1, refs 1, owner 0 | -1 -1',
    { profile: BY_DESCRIPTOR, programs: [using(0)], maps: [progArray(2, { 0: 0 })] },
  ),
  leaves(
    'two arrays and two programs in a circle',
    [
      onProgram('close_program', 1),
      onProgram('close_program', 2),
      onMap('close_map', 0),
      onMap('close_map', 1),
    ],
    'loaded 1, freed 0, freed 0 | freed, users 0, refs 0, owner -1; freed, users 0, refs 0, owner -1 | -1 -1; -1 -1',
    { ...two({ 0: 2 }, { 0: 1 }), programs: [idle, using(0), using(1)] },
  ),
  leaves(
    'of which one is pinned: a chain hangs on it',
    [
      onMap('pin', 1),
      onProgram('close_program', 1),
      onProgram('close_program', 2),
      onMap('close_map', 0),
      onMap('close_map', 1),
    ],
    'loaded 1, loaded 1, freed 0 | live, users 0, refs 1, owner 1; live, users 1, refs 1, owner 2 | -1 -1; 1 -1',
    { ...two({ 0: 2 }, { 0: 1 }), programs: [idle, using(0), using(1)] },
  ),
  leaves(
    'an extension holds its target, and nothing holds the extension',
    [onProgram('close_program', 1), onProgram('close_program', 2)],
    'loaded 1, freed 0, freed 0 | freed, users 0, refs 0, owner -1 | -1 -1',
    {
      programs: [idle, [...target, mapFd(1, 0), exit], leaf],
      replaces: { 2: { program: 1, slot: 2 } },
      maps: [progArray(2)],
      schedule: before(
        0,
        onProgram('close_program', 1),
        onProgram('close_program', 2),
        onMap('close_map'),
      ),
    },
  ),
  leaves(
    'attached, both stay',
    [onProgram('attach', 2), onProgram('close_program', 1), onProgram('close_program', 2)],
    'loaded 1, loaded 1, loaded 1 | live, users 1, refs 1, owner -1 | -1 -1',
    {
      programs: [idle, target, leaf],
      replaces: { 2: { program: 1, slot: 2 } },
      maps: [progArray(2)],
    },
  ),
  leaves(
    'an extension of an extension holds both',
    [onProgram('close_program', 1), onProgram('close_program', 2)],
    'loaded 1, loaded 1, loaded 1, loaded 1 | live, users 1, refs 1, owner -1 | -1 -1',
    {
      programs: [idle, target, target, leaf],
      replaces: { 2: { program: 1, slot: 2 }, 3: { program: 2, slot: 2 } },
      maps: [progArray(2)],
    },
  ),
  leaves(
    'freed at once, all of a chain goes together',
    [
      onProgram('close_program', 1),
      onProgram('close_program', 2),
      onProgram('close_program', 3),
      onProgram('load', 4),
    ],
    'loaded 1, freed 0, freed 0, freed 0, absent 0 | live, users 1, refs 1, owner -1 | -1 -1',
    {
      profile: AT_ONCE,
      programs: [idle, target, target, leaf, leaf],
      replaces: {
        2: { program: 1, slot: 2 },
        3: { program: 2, slot: 2 },
        4: { program: 1, slot: 2 },
      },
      maps: [progArray(2)],
    },
  ),
  ...(['exit', 'out_of_fuel', 'out_of_bounds'] as const).map(
    (how): Case => ({
      name: `settling after ${how}`,
      setup: operating([onProgram('close_program', 0), onProgram('close_program', 1)], {
        programs: [
          how === 'out_of_bounds' ? [insn('STH', { dst: 10, offset: -1, imm: 1 }), exit] : idle,
          leaf,
        ],
        ...(how === 'out_of_fuel' && { fuel: 1 }),
      }),
      expect: (o) => [ending(o), programs(o)],
      gives: [
        how === 'exit' ? 0n : how === 'out_of_fuel' ? 'out_of_fuel 0:1' : 'out_of_bounds 0:0',
        'freed 0, freed 0',
      ],
    }),
  ),
];

/** Tail-calls program 1; its first instruction is step 3. */
const calling: Setup = {
  ...CONTEXT,
  profile: AT_ONCE,
  programs: [[...tailCall(0, 0), mov(0, 5), exit], leaf],
  maps: [progArray(1, { 0: 1 })],
};
const gone = [onProgram('close_program', 1), remove(0, 0)];
const seen = (name: string, setup: Setup, gives: readonly unknown[]): Case => ({
  name,
  setup,
  expect: (o) => [ending(o), results(o), programs(o)],
  gives,
});

const FREE_CASES: readonly Case[] = [
  seen(
    'freed at once, the program that runs is gone',
    { ...calling, schedule: before(3, ...gone) },
    ['use_after_free 1:0', 'taken', 'loaded 1, freed 0'],
  ),
  seen('one step later', { ...calling, schedule: before(4, ...gone) }, [
    'use_after_free 1:1',
    'taken',
    'loaded 1, freed 0',
  ]),
  seen(
    'after a grace period, it ends as ever',
    { ...calling, profile: profileWith(), schedule: before(3, ...gone) },
    [7n, 'taken', 'loaded 1, freed 0'],
  ),
  seen('freed before the call, the slot is empty', { ...calling, schedule: before(2, ...gone) }, [
    5n,
    'empty',
    'loaded 1, freed 0',
  ]),
  seen(
    "the run's own program is held by the run",
    { ...calling, schedule: before(0, onProgram('close_program', 0)) },
    [7n, 'taken', 'freed 0, loaded 2'],
  ),
  seen(
    'also while another program runs: it is returned to',
    {
      ...calling,
      programs: [[callLocal(2), mov(0, 5), exit, ...tailCall(0, 0), exit], leaf],
      schedule: before(4, onProgram('close_program', 0)),
    },
    [5n, 'taken', 'freed 0, loaded 2'],
  ),
  seen(
    'a program that runs and is in another slot',
    {
      ...calling,
      maps: [progArray(2, { 0: 1, 1: 1 })],
      schedule: before(3, ...gone),
    },
    [7n, 'taken', 'loaded 1, loaded 1'],
  ),
  seen(
    'it is gone before it can read what is unset',
    {
      ...calling,
      ...unset,
      programs: [[...tailCall(0, 0), mov(0, 5), exit], [exit]],
      schedule: before(3, ...gone),
    },
    ['use_after_free 1:0', 'taken', 'loaded 1, freed 0'],
  ),
  seen('fuel comes before it', { ...calling, fuel: 3, schedule: before(3, ...gone) }, [
    'out_of_fuel 1:0',
    'taken',
    'loaded 1, loaded 2',
  ]),
  // The extension calls its function, which tail-calls program 1; meanwhile the extension goes.
  seen(
    'a caller that was freed is returned to',
    {
      ...calling,
      programs: [
        [callLocal(1), exit, mov(0, 1), exit],
        leaf,
        [callLocal(1), exit, ...tailCall(0, 0), exit],
      ],
      replaces: { 2: { program: 0, slot: 2 } },
      schedule: [
        ...before(0, onProgram('attach', 2)),
        ...before(5, onProgram('detach', 2), onProgram('close_program', 2)),
      ],
    },
    ['use_after_free 2:1', 'taken', 'loaded 1, loaded 2, freed 0'],
  ),
  seen(
    'a target that only its extension holds',
    {
      ...calling,
      programs: [calling.programs[0]!, target, leaf],
      replaces: { 2: { program: 1, slot: 2 } },
      schedule: before(3, ...gone, onProgram('close_program', 2)),
    },
    ['use_after_free 1:0', 'taken', 'loaded 1, freed 0, freed 0'],
  ),
  seen(
    'an array that is closed at a hop is empty at once, though programs use it',
    {
      ...calling,
      profile: profileWith(),
      schedule: [{ before: { hop: 0 }, ...onMap('close_map') }],
    },
    [5n, 'empty', 'loaded 1, loaded 1'],
  ),
  seen(
    'so that it can free the program that runs',
    {
      ...calling,
      schedule: [...before(0, onProgram('close_program', 1)), ...before(3, onMap('close_map'))],
    },
    ['use_after_free 1:0', 'taken', 'loaded 1, freed 0'],
  ),
  seen(
    'pinned, it does not',
    {
      ...calling,
      schedule: [
        ...before(0, onProgram('close_program', 1), onMap('pin')),
        ...before(3, onMap('close_map')),
      ],
    },
    [7n, 'taken', 'loaded 1, loaded 1'],
  ),
  seen(
    'a program that was loaded meanwhile is called',
    {
      ...calling,
      programs: [[movx(6, 1), ...tailCall(0, 0), movx(1, 6), ...tailCall(0, 0), exit], leaf],
      maps: [progArray(1)],
      schedule: [
        { before: { hop: 1 }, ...onProgram('load', 1) },
        { before: { hop: 1 }, ...update(0, 0, 1) },
      ],
    },
    [7n, 'empty taken', 'loaded 1, loaded 2'],
  ),
  {
    name: 'nothing takes hold of a program that nothing holds',
    setup: operating(
      [onProgram('close_program', 1), remove(0, 0), update(0, 0, 1), onProgram('attach', 1)],
      { maps: [progArray(2, { 0: 1 })] },
    ),
    expect: (o) => [errnos(o), programs(o)],
    gives: ['0 0 9 9', 'loaded 1, freed 0'],
  },
];

export const OBJECT_CASES: readonly Case[] = [
  ...COUNT_CASES,
  ...SETTLING_CASES,
  ...CHAIN_CASES,
  ...FREE_CASES,
];
