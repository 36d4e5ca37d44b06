// The knobs of profiles that no version of Linux turns, or only for some: order of checks, mask, write-back.
// Every result is by hand from docs/semantics.md, Tail calls.

import { profileNamed } from '../../../model/profiles/catalogue.ts';
import type { Profile, TailCallCheck, TailCallKnobs } from '../../../model/profiles/profile.ts';
import type { HopResult, Outcome } from '../../../model/scenario/outcome.ts';
import { call, callLocal, exit, imm64, mapFd, mov, movx, progArray, type Setup } from '../build.ts';
import { type Case, ending } from './case.ts';

const CONTEXT = { type: 'sched_cls', packet: new Uint8Array(4) } as const;
const X86_612 = profileNamed('linux-6.12/x86_64');
const profile = (knobs: Partial<TailCallKnobs>): Profile => ({
  ...X86_612,
  tailCall: { ...X86_612.tailCall, ...knobs },
});

const results = ({ hops }: Outcome) => hops.map(({ result }) => result).join(' ');
const NONE = { outOfRange: false, exhausted: false, empty: false };
const ALL = { outOfRange: true, exhausted: true, empty: true };

/** Attempts one index after the other, R3 being all 64 bits of it; slot 0 leads to the program that exits. */
const attempts = (knobs: Partial<TailCallKnobs>, ...indices: readonly bigint[]): Setup => ({
  ...CONTEXT,
  profile: profile(knobs),
  programs: [
    [
      movx(6, 1),
      ...indices.flatMap((index) => [movx(1, 6), mapFd(2, 0), imm64(3, index), call(12)]),
      mov(0, 0),
      exit,
    ],
    [mov(0, 7), exit],
  ],
  maps: [progArray(4, { 0: 1 })],
});
const [FILLED, EMPTY, OUTSIDE] = [0n, 1n, 5n];

/** An index out of range and an empty slot with nothing left of the limit: who fails first. */
const ORDERS: readonly (readonly [readonly TailCallCheck[], HopResult, HopResult])[] = [
  [['index', 'count', 'slot'], 'out_of_range', 'exhausted'],
  [['index', 'slot', 'count'], 'out_of_range', 'empty'],
  [['count', 'index', 'slot'], 'exhausted', 'exhausted'],
  [['count', 'slot', 'index'], 'exhausted', 'exhausted'],
  [['slot', 'index', 'count'], 'out_of_range', 'empty'],
  [['slot', 'count', 'index'], 'exhausted', 'empty'],
];

const orderCases = ORDERS.flatMap(([order, outside, empty]): Case[] => [
  {
    name: `${order.join(', ')}: at the limit`,
    setup: attempts({ order, limit: 0 }, OUTSIDE, EMPTY, FILLED),
    expect: results,
    gives: `${outside} ${empty} exhausted`,
  },
  {
    name: `${order.join(', ')}: below the limit`,
    setup: attempts({ order, limit: 1 }, OUTSIDE, EMPTY, FILLED),
    expect: results,
    gives: 'out_of_range empty taken',
  },
  {
    name: `${order.join(', ')}: all failures use up budget`,
    setup: attempts({ order, limit: 2, burns: ALL }, OUTSIDE, EMPTY, FILLED),
    expect: results,
    gives: 'out_of_range empty exhausted',
  },
]);

const WIDE = 2n ** 32n;
const maskCase = (
  name: string,
  knobs: Partial<TailCallKnobs>,
  indices: readonly bigint[],
  gives: string,
): Case => ({ name, setup: attempts(knobs, ...indices), expect: results, gives });

const maskCases: readonly Case[] = [
  maskCase('unmasked: 2^32 is index 0', { indexMasked: false }, [WIDE], 'taken'),
  maskCase(
    'masked: 2^32 is out of range',
    { indexMasked: true },
    [WIDE, FILLED],
    'out_of_range taken',
  ),
  maskCase(
    'masked: 2^64 - 1 is out of range',
    { indexMasked: true },
    [2n ** 64n - 1n, 3n, 4n],
    'out_of_range empty out_of_range',
  ),
  maskCase(
    'masked: nothing is used up, whatever burns says',
    { indexMasked: true, limit: 1, burns: ALL },
    [WIDE, OUTSIDE, OUTSIDE, FILLED],
    'out_of_range out_of_range out_of_range taken',
  ),
  maskCase(
    'masked: an empty slot still uses up budget',
    { indexMasked: true, limit: 1, burns: ALL },
    [EMPTY, FILLED],
    'empty exhausted',
  ),
  maskCase(
    'masked: comes before the count, whatever the order',
    { indexMasked: true, limit: 0, order: ['count', 'slot', 'index'] },
    [OUTSIDE, WIDE, EMPTY],
    'out_of_range out_of_range exhausted',
  ),
  maskCase(
    'masked: 64 bits of index',
    { indexMasked: true, indexBits: 64, limit: 1, burns: ALL },
    [WIDE, FILLED],
    'out_of_range taken',
  ),
  maskCase(
    '64 bits of index, unmasked: a failure uses up budget',
    { indexBits: 64, limit: 1, burns: { ...NONE, outOfRange: true } },
    [WIDE, FILLED],
    'out_of_range exhausted',
  ),
  {
    name: 'masked: R1 to R5 are poison after it, and R3 is recorded whole',
    setup: attempts({ indexMasked: true }, WIDE),
    expect: ({ hops, ...outcome }: Outcome) => [hops[0]?.index, ending({ hops, ...outcome })],
    gives: [WIDE, 0n],
  },
];

const passing = (propagation: TailCallKnobs['propagation']): Setup => ({
  ...CONTEXT,
  profile: profile({ propagation, limit: 3 }),
  // Calls a function that tail-calls the program itself, twice.
  programs: [
    [
      movx(6, 1),
      callLocal(5),
      movx(1, 6),
      callLocal(3),
      mov(0, 1),
      exit,
      exit,
      mapFd(2, 0),
      mov(3, 0),
      call(12),
      mov(0, 0),
      exit,
    ],
  ],
  maps: [progArray(1, { 0: 0 })],
});

/** A function fails at an empty slot, which uses up budget; then its caller has what is left of one. */
const afterReturn = (propagation: TailCallKnobs['propagation']): Setup => ({
  ...CONTEXT,
  profile: profile({ propagation, limit: 1, burns: ALL }),
  programs: [
    [
      movx(6, 1),
      callLocal(7),
      movx(1, 6),
      mapFd(2, 0),
      mov(3, 0),
      call(12),
      mov(0, 1),
      exit,
      mapFd(2, 0),
      mov(3, 1),
      call(12),
      mov(0, 0),
      exit,
    ],
    [mov(0, 7), exit],
  ],
  maps: [progArray(2, { 0: 1 })],
});

const passingCases: readonly Case[] = [
  {
    name: 'written back, the hierarchy stops at the limit',
    setup: passing('writeback'),
    expect: ({ tailCalls }) => tailCalls,
    gives: 3,
  },
  ...(['writeback', 'reference'] as const).map((propagation) => ({
    name: `${propagation}: what a callee uses up is gone for its caller`,
    setup: afterReturn(propagation),
    expect: results,
    gives: 'empty exhausted',
  })),
  {
    name: 'value: what a callee uses up is not',
    setup: afterReturn('value'),
    expect: results,
    gives: 'empty taken',
  },
];

export const TAIL_CALL_KNOB_CASES: readonly Case[] = [...orderCases, ...maskCases, ...passingCases];
