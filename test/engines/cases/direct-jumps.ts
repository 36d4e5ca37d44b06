// Constant indices that are made direct jumps, and those between max_entries and the mask.

import type { TailCallKnobs } from '../../../model/profiles/profile.ts';
import { code, progArray, type Setup } from '../build.ts';
import { type Case, ending, unset } from './case.ts';
import { CONTEXT, leaf, profileWith, results } from './user.ts';

/** Five slots, so that the mask is 7. */
const direct = (
  name: string,
  lines: readonly string[],
  gives: readonly unknown[],
  knobs: Partial<TailCallKnobs> = {},
  more: Partial<Setup> = {},
): Case => ({
  name,
  setup: {
    ...CONTEXT,
    profile: profileWith({ directKey: 'tnum_range', ...knobs }),
    programs: [code(...lines, 'r0 = 5', 'exit'), leaf],
    maps: [progArray(5, { 0: 1, 4: 1 })],
    ...more,
  },
  expect: (o) => [ending(o), results(o), o.steps],
  gives,
});

const at = (index: string | number) => ['r2 = map[jmp]', `r3 = ${index}`, 'call 12'];
const TRAPPED = ['out_of_bounds 0:3', '', 2];
const TAKEN = [7n, 'taken', 5];
const OUTSIDE = [5n, 'out_of_range', 5];
const array = (maxEntries: number) => ({ maps: [progArray(maxEntries, { 0: 1 })] });

const KEY_CASES: readonly Case[] = [
  direct('the first slot', at(0), TAKEN),
  direct('the last slot', at(4), TAKEN),
  direct('one beyond', at(5), TRAPPED),
  direct('the mask', at(7), TRAPPED),
  direct('beyond the mask', at(8), OUTSIDE),
  direct('-1 is far beyond', at(-1), OUTSIDE),
  direct('one beyond, checked', at(5), OUTSIDE, { directKey: 'checked' }),
  direct('one slot: the mask is 0', at(1), OUTSIDE, {}, array(1)),
  direct('two slots: the mask is 1', at(2), OUTSIDE, {}, array(2)),
  direct('three slots: the mask is 3', at(3), TRAPPED, {}, array(3)),
  direct('four slots: the mask is 3', at(4), OUTSIDE, {}, array(4)),
  direct('nine slots: the mask is 15', at(15), TRAPPED, {}, array(9)),
  direct('nine slots, beyond the mask', at(16), OUTSIDE, {}, array(9)),
];

/** Ways to write R3 before the call, and whether the index is a constant to the eye. */
const WRITES: readonly (readonly [
  what: string,
  lines: readonly string[],
  gives: readonly unknown[],
])[] = [
  ['a 32-bit move', ['r2 = map[jmp]', 'w3 = 5', 'call 12'], TRAPPED],
  ['a 32-bit move of -1', ['r2 = map[jmp]', 'w3 = -1', 'call 12'], OUTSIDE],
  ['a wide constant', ['r2 = map[jmp]', 'r3 = 5 ll', 'call 12'], ['out_of_bounds 0:4', '', 2]],
  [
    'a wide constant whose low half would be',
    ['r2 = map[jmp]', 'r3 = 0x100000005 ll', 'call 12'],
    OUTSIDE,
  ],
  ['a constant before the map', ['r3 = 5', 'r2 = map[jmp]', 'call 12'], TRAPPED],
  [
    'a constant with other things between',
    ['r3 = 5', 'r4 = r3', 'r4 += 1', '*(u64 *)(r10 -8) = r3', 'r2 = map[jmp]', 'call 12'],
    ['out_of_bounds 0:6', '', 5],
  ],
  ['a copy', ['r4 = 5', 'r2 = map[jmp]', 'r3 = r4', 'call 12'], [5n, 'out_of_range', 6]],
  ['a sum', ['r2 = map[jmp]', 'r3 = 5', 'r3 += 0', 'call 12'], [5n, 'out_of_range', 6]],
  ['a constant written over', ['r2 = map[jmp]', 'r3 = 5', 'r3 = 0', 'call 12'], [7n, 'taken', 6]],
  [
    'over a constant',
    ['r2 = map[jmp]', 'r3 = 0', 'r3 = 5', 'call 12'],
    ['out_of_bounds 0:4', '', 3],
  ],
  [
    'a load',
    ['*(u64 *)(r10 -8) = 5', 'r2 = map[jmp]', 'r3 = *(u64 *)(r10 -8)', 'call 12'],
    [5n, 'out_of_range', 6],
  ],
  [
    'a fetch',
    [
      '*(u64 *)(r10 -8) = 5',
      'r2 = map[jmp]',
      'r3 = 5',
      'r3 = atomic64_fetch_add((u64 *)(r10 -8), r3)',
      'call 12',
    ],
    [5n, 'out_of_range', 7],
  ],
  [
    'a constant before a jump',
    ['r2 = map[jmp]', 'r3 = 5', 'if r3 == 9 goto +0', 'call 12'],
    [5n, 'out_of_range', 6],
  ],
  [
    'a constant after a jump',
    ['r2 = map[jmp]', 'if r2 == 9 goto +1', 'r3 = 5', 'r4 = 0', 'call 12'],
    [5n, 'out_of_range', 7],
  ],
  [
    'a constant after a jump to it',
    ['r2 = map[jmp]', 'if r2 == 9 goto +0', 'r3 = 5', 'call 12'],
    ['out_of_bounds 0:4', '', 3],
  ],
  [
    'a constant before a jump target',
    [
      'r2 = map[jmp]',
      'goto +1',
      'exit',
      'r3 = 5',
      'on: r4 = 0',
      'r5 = 0',
      'call 12',
      'goto end',
      'if r0 == 0 goto on',
      'end: r6 = 0',
    ],
    [5n, 'out_of_range', 10],
  ],
];

const WRITE_CASES: readonly Case[] = WRITES.map(([what, lines, gives]) =>
  direct(what, lines, gives),
);

const ORDER_CASES: readonly Case[] = [
  direct('comes before the count', at(5), TRAPPED, { limit: 0 }),
  direct('comes before the mask of the unprivileged', at(5), TRAPPED, { indexMasked: true }),
  direct('with 64 bits of index', at(5), TRAPPED, { indexBits: 64 }),
  direct(
    'what is unset comes before it',
    ['r3 = 5', 'call 12'],
    ['uninitialised_read 0:1', '', 1],
    {},
    unset,
  ),
  direct(
    'what is no array comes before it',
    ['r2 = 0', 'r3 = 5', 'call 12'],
    ['bad_call 0:2', '', 2],
  ),
];

export const DIRECT_JUMP_CASES: readonly Case[] = [...KEY_CASES, ...WRITE_CASES, ...ORDER_CASES];
