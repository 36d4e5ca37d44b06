// Tail calls, their counters, the schedule.

import { profileNamed } from '../../../model/profiles/catalogue.ts';
import type { Profile } from '../../../model/profiles/profile.ts';
import { CONTEXT_BASE, poisonRegister } from '../../../model/scenario/environment.ts';
import type { Outcome } from '../../../model/scenario/outcome.ts';
import {
  call,
  callLocal,
  exit,
  imm64,
  insn,
  mapFd,
  mov,
  movx,
  progArray,
  type Setup,
  tailCall,
} from '../build.ts';
import { type Case, ending, unset } from './case.ts';
import { counters } from './maps.ts';

const CONTEXT = { type: 'sched_cls', packet: new Uint8Array(4) } as const;
const X86_612 = profileNamed('linux-6.12/x86_64');
const X86_61 = profileNamed('linux-6.1/x86_64');
const WIDE: Profile = { ...X86_612, tailCall: { ...X86_612.tailCall, indexBits: 64 } };
const results = ({ hops }: Outcome) => hops.map(({ result }) => result).join(' ');
const taken = ({ tailCalls }: Outcome) => tailCalls;

// R1 does not survive a failed attempt, but R6 does.
const attempt = (index: number) => [movx(1, 6), ...tailCall(0, index)];
const saveContext = movx(6, 1);

const self = [saveContext, ...attempt(0), mov(0, 1), exit];
const afterFive = [
  saveContext,
  ...[1, 1, 1, 1, 1].flatMap(attempt),
  ...attempt(0),
  mov(0, 1),
  exit,
];
/** Entered at program 1, which tail-calls program 0, which tail-calls itself. */
const observed: Setup = {
  ...CONTEXT,
  program: 1,
  programs: [self, afterFive],
  maps: [progArray(2, { 0: 0 })],
};
/** Calls a function that tail-calls to the program itself, twice: one level deep. */
const hierarchy = [
  movx(6, 1),
  callLocal(5),
  movx(1, 6),
  callLocal(3),
  mov(0, 1),
  exit,
  exit,
  ...tailCall(0, 0),
  mov(0, 0),
  exit,
];
const leaf = [mov(0, 7), exit];
const limited = (limit: number, propagation: 'value' | 'reference'): Profile => ({
  ...X86_612,
  tailCall: { ...X86_612.tailCall, limit, propagation },
});

export const TAIL_CALL_CASES: readonly Case[] = [
  {
    name: '33 taken, then exhausted',
    setup: { ...CONTEXT, programs: [self], maps: [progArray(1, { 0: 0 })] },
    expect: (o) => [o.tailCalls, o.hops.at(-1)?.result, o.hops.length],
    gives: [33, 'exhausted', 34],
  },
  {
    name: 'empty slots do not burn on 6.12',
    setup: { ...observed, profile: X86_612 },
    expect: taken,
    gives: 33,
  },
  {
    name: 'empty slots burn on 6.1',
    setup: { ...observed, profile: X86_61 },
    expect: taken,
    gives: 28,
  },
  {
    name: 'out of range',
    setup: {
      ...CONTEXT,
      programs: [[...tailCall(0, 5), mov(0, 0), exit], leaf],
      maps: [progArray(5, { 4: 1 })],
    },
    expect: results,
    gives: 'out_of_range',
  },
  {
    name: 'range comes before the limit',
    setup: {
      ...CONTEXT,
      profile: limited(0, 'value'),
      programs: [[...tailCall(0, 5), mov(0, 0), exit]],
      maps: [progArray(5)],
    },
    expect: results,
    gives: 'out_of_range',
  },
  {
    name: 'the limit comes before the slot',
    setup: {
      ...CONTEXT,
      profile: limited(0, 'value'),
      programs: [[...tailCall(0, 1), mov(0, 0), exit]],
      maps: [progArray(5)],
    },
    expect: results,
    gives: 'exhausted',
  },
  {
    name: 'index 2^32 is 0',
    setup: {
      ...CONTEXT,
      programs: [[mapFd(2, 0), imm64(3, 2n ** 32n), call(12), exit], leaf],
      maps: [progArray(1, { 0: 1 })],
    },
    expect: (o) => [results(o), o.hops[0]?.index, o.hops[0]?.target],
    gives: ['taken', 2n ** 32n, 1],
  },
  {
    name: 'index 2^32 with 64 bits',
    setup: {
      ...CONTEXT,
      profile: WIDE,
      programs: [[mapFd(2, 0), imm64(3, 2n ** 32n), call(12), mov(0, 0), exit], leaf],
      maps: [progArray(1, { 0: 1 })],
    },
    expect: results,
    gives: 'out_of_range',
  },
  {
    name: 'by reference the hierarchy stops at the limit',
    setup: {
      ...CONTEXT,
      profile: limited(3, 'reference'),
      programs: [hierarchy],
      maps: [progArray(1, { 0: 0 })],
    },
    expect: taken,
    gives: 3,
  },
  // N(c) = 1 + 2 N(c + 1) entries, N(3) = 1: 15 of them, all but the first by a tail call.
  {
    name: 'by value the hierarchy runs away',
    setup: {
      ...CONTEXT,
      profile: limited(3, 'value'),
      programs: [hierarchy],
      maps: [progArray(1, { 0: 0 })],
    },
    expect: taken,
    gives: 14,
  },
  {
    name: 'R1 is passed on',
    setup: {
      ...CONTEXT,
      programs: [tailCall(0, 0).concat(exit), [movx(0, 1), exit]],
      maps: [progArray(1, { 0: 1 })],
    },
    expect: ending,
    gives: BigInt(CONTEXT_BASE),
  },
  {
    name: 'R9 is poison in the callee',
    setup: {
      ...CONTEXT,
      programs: [
        [mov(9, 1), ...tailCall(0, 0), exit],
        [movx(0, 9), exit],
      ],
      maps: [progArray(1, { 0: 1 })],
    },
    expect: ending,
    gives: poisonRegister(9),
  },
  {
    name: 'R5 is poison after a failure, R6 is not',
    setup: {
      ...CONTEXT,
      programs: [
        [
          mov(5, 1),
          mov(6, 2),
          ...tailCall(0, 0),
          movx(0, 5),
          insn('SUB64', { dst: 0, src: 6 }),
          exit,
        ],
      ],
      maps: [progArray(1)],
    },
    expect: ending,
    gives: poisonRegister(5) - 2n,
  },
  {
    name: 'the frame is poison in the callee',
    setup: {
      ...CONTEXT,
      programs: [
        [insn('STB', { dst: 10, offset: -1, imm: 1 }), ...tailCall(0, 0), exit],
        [insn('LDXB', { dst: 0, src: 10, offset: -1 }), exit],
      ],
      maps: [progArray(1, { 0: 1 })],
    },
    expect: ending,
    gives: 0xb5n,
  },
  {
    name: 'R0 after a failure is unset',
    setup: {
      ...CONTEXT,
      ...unset,
      programs: [[mov(0, 1), ...tailCall(0, 0), exit]],
      maps: [progArray(1)],
    },
    expect: ending,
    gives: 'uninitialised_read 0:5',
  },
  {
    name: 'an exit of a program that a function tail-called needs R0',
    setup: {
      ...CONTEXT,
      ...unset,
      programs: [
        [callLocal(2), mov(0, 1), exit, ...tailCall(0, 0), exit],
        [mov(2, 1), exit],
      ],
      maps: [progArray(1, { 0: 1 })],
    },
    expect: ending,
    gives: 'uninitialised_read 1:1',
  },
  {
    name: 'it returns to the caller of the function',
    setup: {
      ...CONTEXT,
      programs: [
        [callLocal(2), insn('ADD64', { dst: 0, imm: 1 }), exit, ...tailCall(0, 0), exit],
        leaf,
      ],
      maps: [progArray(1, { 0: 1 })],
    },
    expect: ending,
    gives: 8n,
  },
  {
    name: 'a value map is no prog array',
    setup: { ...CONTEXT, programs: [[...tailCall(0, 0), exit]], maps: [counters] },
    expect: (o) => [ending(o), o.hops.length],
    gives: ['bad_call 0:3', 0],
  },
  {
    name: 'a step write comes in time',
    setup: {
      ...CONTEXT,
      programs: [[...tailCall(0, 0), mov(0, 0), exit], leaf],
      maps: [progArray(1)],
      schedule: [{ before: { step: 2 }, map: 0, index: 0, op: 'update', program: 1 }],
    },
    expect: ending,
    gives: 7n,
  },
  {
    name: 'a later step write does not',
    setup: {
      ...CONTEXT,
      programs: [[...tailCall(0, 0), mov(0, 0), exit], leaf],
      maps: [progArray(1)],
      schedule: [{ before: { step: 3 }, map: 0, index: 0, op: 'update', program: 1 }],
    },
    expect: ending,
    gives: 0n,
  },
  {
    name: 'hop writes, their order and errors',
    setup: {
      ...CONTEXT,
      programs: [[saveContext, ...attempt(0), ...attempt(0), mov(0, 0), exit], leaf],
      maps: [progArray(1)],
      schedule: [
        { before: { hop: 1 }, map: 0, index: 0, op: 'delete' },
        { before: { hop: 1 }, map: 0, index: 0, op: 'update', program: 1 },
        { before: { hop: 0 }, map: 0, index: 1, op: 'update', program: 1 },
        { before: { hop: 2 }, map: 0, index: 0, op: 'delete' },
      ],
    },
    expect: (o) => [results(o), ...o.schedule],
    gives: ['empty taken', 2, 0, 7, null],
  },
  {
    name: 'a hop is counted by its step',
    setup: {
      ...CONTEXT,
      programs: [[...tailCall(0, 0), exit], leaf],
      maps: [progArray(1, { 0: 1 })],
    },
    expect: (o) => [o.hops[0]?.at.pc, o.hops[0]?.step, o.steps],
    gives: [3, 2, 5],
  },
];
