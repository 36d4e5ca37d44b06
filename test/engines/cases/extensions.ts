// Extensions in the place of functions: how they are entered and left, and what they count on.

import type { Propagation, TailCallKnobs } from '../../../model/profiles/profile.ts';
import { CONTEXT_BASE, poisonRegister } from '../../../model/scenario/environment.ts';
import { code, progArray, type Setup } from '../build.ts';
import { type Case, ending, unset } from './case.ts';
import { before, CONTEXT, idle, leaf, onProgram, profileWith, results } from './user.ts';

const attach = (program: number) => before(0, onProgram('attach', program));

/** Tail-calls a slot; the context is in r6. */
const attempt = (slot: number) => ['r1 = r6', 'r2 = map[jmp]', `r3 = ${slot}`, 'call 12'];

/** Program 0 calls its function at slot 2, which program 1 replaces. */
const replaced = (extension: Setup['programs'][number], more: Partial<Setup> = {}): Setup => ({
  ...CONTEXT,
  profile: profileWith(),
  programs: [code('call f', 'exit', 'f: r0 = 1', 'exit'), extension, leaf],
  replaces: { 1: { program: 0, slot: 2 } },
  maps: [progArray(2, { 0: 2 })],
  schedule: attach(1),
  ...more,
});
const ends = (name: string, setup: Setup, gives: unknown): Case => ({
  name,
  setup,
  expect: ending,
  gives,
});

/** Calls nested so deep, each of a function of its own, and then some lines; 1 is the first frame alone. */
const nested = (frames: number, ...innermost: readonly string[]) =>
  code(
    ...Array.from({ length: frames - 1 }, (_, depth) => [
      `f${depth}: call f${depth + 1}`,
      'exit',
    ]).flat(),
    `f${frames - 1}: r0 = 0`,
    ...innermost,
  );

const ENTRY_CASES: readonly Case[] = [
  ends('loaded, but not attached', replaced(leaf, { schedule: [] }), 1n),
  ends('attached', replaced(leaf), 7n),
  ends(
    'detached again',
    replaced(leaf, { schedule: before(0, onProgram('attach', 1), onProgram('detach', 1)) }),
    1n,
  ),
  // Steps: call, r0, exit, r6, call.
  ends(
    'attached between two calls',
    replaced(leaf, {
      programs: [
        code('call f', 'r6 = r0', 'call f', 'r0 <<= 4', 'r0 |= r6', 'exit', 'f: r0 = 1', 'exit'),
        leaf,
        leaf,
      ],
      replaces: { 1: { program: 0, slot: 6 } },
      schedule: before(4, onProgram('attach', 1)),
    }),
    0x71n,
  ),
  ends(
    'detached while it runs, it goes on',
    replaced(leaf, { schedule: [...attach(1), ...before(1, onProgram('detach', 1))] }),
    7n,
  ),
  ends(
    'attached while the function runs, the function goes on',
    replaced(leaf, { schedule: before(1, onProgram('attach', 1)) }),
    1n,
  ),
  ends(
    'another function of the target is called as ever',
    replaced(leaf, {
      programs: [
        code('call g', 'exit', 'f: r0 = 1', 'exit', 'g: r0 = 2', 'exit', 'call f', 'exit'),
        leaf,
        leaf,
      ],
    }),
    2n,
  ),
  ends(
    'a function of another program at the same slot is called as ever',
    replaced(leaf, {
      programs: [
        code('r2 = map[jmp]', 'r3 = 0', 'call 12', 'exit', 'call f', 'exit', 'f: r0 = 1', 'exit'),
        leaf,
        code('call f', 'exit', 'r0 = 0', 'exit', 'r0 = 0', 'exit', 'r0 = 0', 'f: r0 = 3', 'exit'),
      ],
      replaces: { 1: { program: 0, slot: 7 } },
    }),
    3n,
  ),
  ends(
    'in the place of the function at slot 0, which the run itself enters',
    replaced(leaf, {
      programs: [code('f: call f', 'exit'), leaf, leaf],
      replaces: { 1: { program: 0, slot: 0 } },
    }),
    7n,
  ),
];

const STATE_CASES: readonly Case[] = [
  ends('R1 is passed', replaced(code('r0 = r1', 'exit')), BigInt(CONTEXT_BASE)),
  ends(
    'R5 is passed',
    replaced(code('r0 = r5', 'exit'), {
      programs: [
        code('r5 = 9', 'call f', 'exit', 'f: r0 = 1', 'exit'),
        code('r0 = r5', 'exit'),
        leaf,
      ],
      replaces: { 1: { program: 0, slot: 3 } },
    }),
    9n,
  ),
  ...[0, 6, 9].map((register) =>
    ends(
      `R${register} is poison`,
      replaced(code(`r1 = r${register}`, 'r0 = r1', 'exit')),
      poisonRegister(register),
    ),
  ),
  ends('its frame is poison', replaced(code('r0 = *(u8 *)(r10 -1)', 'exit')), 0xb5n),
  ends(
    'R7 and the frame of the caller come back',
    replaced(leaf, {
      programs: [
        code(
          'r7 = 5',
          '*(u64 *)(r10 -8) = 6',
          'call f',
          'r1 = *(u64 *)(r10 -8)',
          'r0 <<= 4',
          'r0 |= r1',
          'r0 <<= 4',
          'r0 |= r7',
          'exit',
          'f: r0 = 1',
          'exit',
        ),
        code('r7 = 1', '*(u64 *)(r10 -8) = 2', 'r0 = 7', 'exit'),
        leaf,
      ],
      replaces: { 1: { program: 0, slot: 9 } },
    }),
    0x765n,
  ),
  ends(
    'R1 to R5 are poison after it',
    replaced(leaf, {
      programs: [code('call f', 'r0 = r1', 'exit', 'f: r0 = 1', 'exit'), leaf, leaf],
      replaces: { 1: { program: 0, slot: 3 } },
    }),
    poisonRegister(1),
  ),
  ends(
    'its exit reads R0, as that of a program',
    replaced(code('exit'), { ...unset }),
    'uninitialised_read 1:0',
  ),
  ends(
    'the exit of its own functions does not',
    replaced(code('call f', 'r0 = 4', 'exit', 'f: exit'), { ...unset }),
    4n,
  ),
  ends(
    'may_goto has a budget of its own',
    replaced(code('r0 = 0', 'top: may_goto out', 'r0 += 1', 'goto top', 'out: exit'), {
      mayGoto: 3,
      programs: [
        code('may_goto +0', 'may_goto +0', 'call f', 'exit', 'f: r0 = 1', 'exit'),
        code('r0 = 0', 'top: may_goto out', 'r0 += 1', 'goto top', 'out: exit'),
        leaf,
      ],
      replaces: { 1: { program: 0, slot: 4 } },
    }),
    3n,
  ),
];

const FRAME_CASES: readonly Case[] = [
  ends(
    'eight frames of the target, and one of the extension',
    replaced(leaf, {
      programs: [nested(8, 'call f', 'exit', 'f: r0 = 1', 'exit'), leaf, leaf],
      replaces: { 1: { program: 0, slot: 17 } },
    }),
    7n,
  ),
  ends(
    'which has eight of its own',
    replaced(leaf, {
      programs: [
        nested(8, 'call f', 'exit', 'f: r0 = 1', 'exit'),
        nested(8, 'r0 = 4', 'exit'),
        leaf,
      ],
      replaces: { 1: { program: 0, slot: 17 } },
    }),
    4n,
  ),
  ends(
    'and no ninth',
    replaced(leaf, {
      programs: [code('call f', 'exit', 'f: r0 = 1', 'exit'), nested(9, 'exit'), leaf],
    }),
    'call_depth 1:14',
  ),
  ends(
    'back in the target, its frames count from where it was',
    replaced(leaf, {
      programs: [
        nested(8, 'call f', 'call g', 'exit', 'f: r0 = 1', 'exit', 'g: r0 = 2', 'exit'),
        leaf,
        leaf,
      ],
      replaces: { 1: { program: 0, slot: 18 } },
    }),
    'call_depth 0:16',
  ),
];

/** Calls f, the replaced g and f again; each attempts the leaf, with a limit of 1. */
const counting = (knobs: Partial<TailCallKnobs>): Setup => ({
  ...CONTEXT,
  profile: profileWith({ limit: 1, ...knobs }),
  programs: [
    code(
      'r6 = r1',
      'call f',
      'r1 = r6',
      'call g',
      'r1 = r6',
      'call f',
      'r0 = 0',
      'exit',
      'g: r0 = 1',
      'exit',
      'f: r6 = r1',
      ...attempt(0),
      'r0 = 0',
      'exit',
    ),
    leaf,
    code('r6 = r1', ...attempt(0), 'r0 = 0', 'exit'),
  ],
  maps: [progArray(1, { 0: 1 })],
  replaces: { 2: { program: 0, slot: 8 } },
  schedule: attach(2),
});
const counts = (name: string, setup: Setup, gives: string): Case => ({
  name,
  setup,
  expect: results,
  gives,
});
const PASSING: readonly (readonly [Propagation, string])[] = [
  ['reference', 'taken taken exhausted'],
  ['writeback', 'taken taken exhausted'],
  ['value', 'taken taken taken'],
];

const COUNT_CASES: readonly Case[] = [
  ...PASSING.map(([propagation, gives]) =>
    counts(`${propagation}: an extension counts on its own`, counting({ propagation }), gives),
  ),
  counts(
    'without it, the function uses up nothing',
    { ...counting({}), schedule: [] },
    'taken exhausted',
  ),
  counts(
    'every call of it starts anew',
    {
      ...counting({}),
      programs: [
        code(
          'r6 = r1',
          ...['r1 = r6', 'call g', 'r1 = r6', 'call g', 'r0 = 0', 'exit', 'g: r0 = 1', 'exit'],
        ),
        leaf,
        code('r6 = r1', ...attempt(0), ...attempt(0), 'r0 = 0', 'exit'),
      ],
      replaces: { 2: { program: 0, slot: 7 } },
    },
    'taken taken',
  ),
  counts(
    'a program that it tail-calls goes on with its count',
    {
      ...counting({}),
      programs: [
        code('r6 = r1', 'call g', ...attempt(0), 'r0 = 0', 'exit', 'g: r0 = 1', 'exit'),
        code('r6 = r1', ...attempt(0), 'r0 = 0', 'exit'),
        code('r6 = r1', ...attempt(0), 'r0 = 0', 'exit'),
      ],
      replaces: { 2: { program: 0, slot: 9 } },
    },
    'taken exhausted taken exhausted',
  ),
  counts(
    'its own local calls share its counter',
    {
      ...counting({ limit: 2 }),
      programs: [
        code('r6 = r1', 'call g', ...attempt(0), 'r0 = 0', 'exit', 'g: r0 = 1', 'exit'),
        leaf,
        code(
          'r6 = r1',
          'call h',
          'r1 = r6',
          'call h',
          ...attempt(0),
          'r0 = 0',
          'exit',
          'h: r6 = r1',
          ...attempt(0),
          'r0 = 0',
          'exit',
        ),
      ],
      replaces: { 2: { program: 0, slot: 9 } },
    },
    'taken taken exhausted taken',
  ),
  // The stack of the calling function is 1 byte: a plain call would find the count used up.
  counts(
    'the place of the count in the stack does not matter',
    {
      ...counting({ countSlot: 'unrounded' }),
      programs: [
        code(
          '*(u8 *)(r10 -1) = 0',
          'r6 = r1',
          'call g',
          ...attempt(0),
          'r0 = 0',
          'exit',
          'g: r0 = 1',
          'exit',
        ),
        leaf,
        code('r6 = r1', ...attempt(0), 'r0 = 0', 'exit'),
      ],
      replaces: { 2: { program: 0, slot: 10 } },
    },
    'taken taken',
  ),
  counts(
    'rejected: a program with local calls and an extension with tail calls',
    {
      ...counting({ propagation: 'rejected' }),
      programs: [
        code('r6 = r1', 'call g', 'r1 = r6', 'call g', 'r0 = 0', 'exit', 'g: r0 = 1', 'exit'),
        leaf,
        code('r6 = r1', ...attempt(0), 'r0 = 0', 'exit'),
      ],
      replaces: { 2: { program: 0, slot: 6 } },
    },
    'taken taken',
  ),
  {
    name: 'the program that an extension tail-calls returns to the caller of the function',
    setup: replaced(code('r6 = r1', ...attempt(0), 'r0 = 0', 'exit'), {
      programs: [
        code('call f', 'r0 += 1', 'exit', 'f: r0 = 1', 'exit'),
        code('r6 = r1', ...attempt(0), 'r0 = 0', 'exit'),
        leaf,
      ],
      replaces: { 1: { program: 0, slot: 3 } },
    }),
    expect: (o) => [ending(o), results(o), o.hops[0]?.at],
    gives: [8n, 'taken', { program: 1, pc: 5 }],
  },
  {
    name: 'an extension that is in a slot is entered by a tail call as any program',
    setup: replaced(leaf, {
      programs: [
        code(
          'r2 = map[jmp]',
          'r3 = 1',
          'call 12',
          'r0 = 0',
          'exit',
          'call f',
          'exit',
          'f: r0 = 1',
          'exit',
        ),
        leaf,
        idle,
      ],
      maps: [progArray(2, { 1: 1 })],
      replaces: { 1: { program: 0, slot: 8 } },
      schedule: [],
    }),
    expect: (o) => [ending(o), results(o)],
    gives: [7n, 'taken'],
  },
];

export const EXTENSION_CASES: readonly Case[] = [
  ...ENTRY_CASES,
  ...STATE_CASES,
  ...FRAME_CASES,
  ...COUNT_CASES,
];
