// Local calls that start a counter: behind a trampoline, and where the count is looked for beside its slot.

import type { Propagation, TailCallKnobs } from '../../../model/profiles/profile.ts';
import { code, progArray, type Setup } from '../build.ts';
import type { Case } from './case.ts';
import { CONTEXT, leaf, profileWith, results } from './user.ts';

const attempt = (slot: number) => ['r1 = r6', 'r2 = map[jmp]', `r3 = ${slot}`, 'call 12'];
const FUNCTION = ['f: r6 = r1', ...attempt(0), 'r0 = 0', 'exit'];

const counts = (
  name: string,
  knobs: Partial<TailCallKnobs>,
  lines: readonly string[],
  gives: string,
  more: Partial<Setup> = {},
): Case => ({
  name,
  setup: {
    ...CONTEXT,
    profile: profileWith({ limit: 1, ...knobs }),
    programs: [code(...lines), leaf],
    maps: [progArray(1, { 0: 1 })],
    ...more,
  },
  expect: results,
  gives,
});

/** Calls f twice and then attempts itself. */
const TWICE = [
  'r6 = r1',
  'call f',
  'r1 = r6',
  'call f',
  ...attempt(0),
  'r0 = 0',
  'exit',
  ...FUNCTION,
];
const TRACED = { traced: [0] };
const RESETS: Partial<TailCallKnobs> = { trampoline: 'resets' };
const PROPAGATIONS: readonly Propagation[] = ['reference', 'value', 'writeback'];

const TRAMPOLINE_CASES: readonly Case[] = [
  counts('resets, traced: every call starts anew', RESETS, TWICE, 'taken taken taken', TRACED),
  counts('resets, not traced', RESETS, TWICE, 'taken exhausted exhausted'),
  counts('preserves, traced', {}, TWICE, 'taken exhausted exhausted', TRACED),
  counts('resets, another program traced', RESETS, TWICE, 'taken exhausted exhausted', {
    traced: [1],
  }),
  ...PROPAGATIONS.map((propagation) =>
    counts(
      `resets, ${propagation}: a caller with nothing left has its own count back`,
      { ...RESETS, propagation, burns: { outOfRange: true, exhausted: false, empty: false } },
      ['r6 = r1', ...attempt(9), 'r1 = r6', 'call f', ...attempt(0), 'r0 = 0', 'exit', ...FUNCTION],
      'out_of_range taken exhausted',
      TRACED,
    ),
  ),
  // Program 1, which is not traced, calls its function on the counter that program 0's call has started.
  counts(
    'resets: what the callee calls counts with it',
    { ...RESETS, limit: 2 },
    TWICE,
    'taken taken exhausted taken taken exhausted taken taken exhausted',
    {
      ...TRACED,
      programs: [
        code(...TWICE),
        code(
          'r6 = r1',
          'call g',
          'r1 = r6',
          'call g',
          'r0 = 0',
          'exit',
          'g: r6 = r1',
          ...attempt(1),
          'r0 = 0',
          'exit',
        ),
        leaf,
      ],
      maps: [progArray(2, { 0: 1, 1: 2 })],
    },
  ),
  counts(
    'resets: a tail call is no local call',
    { ...RESETS, limit: 1 },
    ['r6 = r1', ...attempt(0), 'r0 = 0', 'exit'],
    'taken exhausted',
    {
      traced: [0, 1],
      programs: [
        code('r6 = r1', ...attempt(0), 'r0 = 0', 'exit'),
        code('r6 = r1', ...attempt(0), 'r0 = 0', 'exit'),
      ],
    },
  ),
];

const UNROUNDED: Partial<TailCallKnobs> = { countSlot: 'unrounded', limit: 33 };
/** Touches the stack, calls f, which attempts; then attempts itself. */
const beside = (...touches: readonly string[]) => [
  'r6 = r1',
  'r7 = 0',
  'r0 = 0',
  ...touches,
  'r1 = r6',
  'call f',
  ...attempt(0),
  'r0 = 0',
  'exit',
  ...FUNCTION,
];
const ALONE = 'exhausted taken';
const FOUND = 'taken taken';

/** What a function does to its stack, and whether the count is found after it. */
const STACKS: readonly (readonly [what: string, touches: readonly string[], gives: string])[] = [
  ['nothing', [], FOUND],
  ['1 byte', ['*(u8 *)(r10 -1) = 0'], ALONE],
  ['7 bytes', ['*(u8 *)(r10 -7) = 0'], ALONE],
  ['8 bytes', ['*(u64 *)(r10 -8) = 0'], FOUND],
  ['1 byte of 8', ['*(u8 *)(r10 -8) = 0'], FOUND],
  ['12 bytes', ['*(u32 *)(r10 -12) = 0'], ALONE],
  ['16 bytes', ['*(u16 *)(r10 -16) = 0'], FOUND],
  ['1 byte and 16', ['*(u8 *)(r10 -1) = 0', '*(u64 *)(r10 -16) = 0'], FOUND],
  ['8 bytes and 12', ['*(u64 *)(r10 -8) = 0', '*(u32 *)(r10 -12) = 0'], ALONE],
  ['511 bytes', ['*(u8 *)(r10 -511) = 0'], ALONE],
  ['512 bytes', ['*(u64 *)(r10 -512) = 0'], FOUND],
  ['a register in 1 byte', ['*(u8 *)(r10 -1) = r7'], ALONE],
  ['a load of 1 byte', ['r7 = *(u8 *)(r10 -1)'], ALONE],
  ['a signed load of 4 bytes', ['r7 = *(s32 *)(r10 -4)'], ALONE],
  ['an atomic of 4 bytes', ['lock *(u32 *)(r10 -4) += r7'], ALONE],
  ['an atomic of 8 bytes', ['lock *(u64 *)(r10 -8) += r7'], FOUND],
  ['r10 in another register', ['r8 = r10', '*(u8 *)(r8 -1) = 0'], FOUND],
  ['r10 in memory', ['r8 = r10', 'r8 += -9', '*(u8 *)(r8 -3) = r10'], FOUND],
  ['something that is never run', ['goto +1', '*(u8 *)(r10 -1) = 0'], ALONE],
];

const COUNT_SLOT_CASES: readonly Case[] = [
  ...STACKS.map(([what, touches, gives]) =>
    counts(`unrounded, stack with ${what}`, UNROUNDED, beside(...touches), gives),
  ),
  counts('rounded, stack with 1 byte', { limit: 33 }, beside('*(u8 *)(r10 -1) = 0'), FOUND),
  counts(
    'unrounded: the stack of the function that is called does not matter',
    UNROUNDED,
    [
      'r6 = r1',
      'call f',
      'r0 = 0',
      'exit',
      'f: r6 = r1',
      '*(u8 *)(r10 -1) = 0',
      ...attempt(0),
      'exit',
    ],
    'taken',
  ),
  counts(
    'unrounded: the stack of the function that holds the call',
    UNROUNDED,
    [
      'r6 = r1',
      'call g',
      ...attempt(0),
      'r0 = 0',
      'exit',
      'g: r6 = r1',
      '*(u8 *)(r10 -1) = 0',
      'call f',
      ...attempt(0),
      'r0 = 0',
      'exit',
      ...FUNCTION,
    ],
    'exhausted taken taken',
  ),
  counts(
    'unrounded: what is called on has nothing left either',
    UNROUNDED,
    [
      'r6 = r1',
      '*(u8 *)(r10 -1) = 0',
      'call g',
      'r0 = 0',
      'exit',
      'g: r6 = r1',
      'call f',
      ...attempt(0),
      'r0 = 0',
      'exit',
      ...FUNCTION,
    ],
    'exhausted exhausted',
  ),
  counts(
    'unrounded, traced and reset: the trampoline comes first',
    { ...UNROUNDED, ...RESETS },
    beside('*(u8 *)(r10 -1) = 0'),
    FOUND,
    TRACED,
  ),
  counts(
    'unrounded, traced and preserved',
    UNROUNDED,
    beside('*(u8 *)(r10 -1) = 0'),
    ALONE,
    TRACED,
  ),
  ...PROPAGATIONS.map((propagation) =>
    counts(
      `unrounded, ${propagation}: the caller has its own count back`,
      { ...UNROUNDED, propagation },
      beside('*(u8 *)(r10 -1) = 0'),
      ALONE,
    ),
  ),
  counts(
    'unrounded: an empty slot is not looked at',
    UNROUNDED,
    ['r6 = r1', '*(u8 *)(r10 -1) = 0', 'call f', ...attempt(0), 'r0 = 0', 'exit', ...FUNCTION],
    'exhausted empty',
    { maps: [progArray(1)] },
  ),
];

export const COUNTER_START_CASES: readonly Case[] = [...TRAMPOLINE_CASES, ...COUNT_SLOT_CASES];
