// Local calls, helpers, unset registers and bytes.

import { poisonRegister, prandomU32 } from '../../../model/scenario/environment.ts';
import { call, callLocal, exit, insn, mov, movx } from '../build.ts';
import { type Case, one, unset } from './case.ts';

export const CALL_CASES: readonly Case[] = [
  one('a ninth frame', [callLocal(1), exit, callLocal(-1), exit], 'call_depth 0:2'),
  one(
    'R6 to R9 come back',
    [mov(6, 1), callLocal(2), movx(0, 6), exit, mov(6, 2), mov(0, 3), exit],
    1n,
  ),
  one(
    'R6 of the callee is poison',
    [mov(6, 1), callLocal(1), exit, movx(0, 6), exit],
    poisonRegister(6),
  ),
  one(
    'R1 is passed, and gone after',
    [mov(1, 5), callLocal(2), movx(0, 1), exit, movx(0, 1), exit],
    poisonRegister(1),
  ),
  one('R0 comes back', [mov(1, 5), callLocal(1), exit, movx(0, 1), exit], 5n),
  one('helper 7', [call(7), exit], BigInt(prandomU32(1, 0))),
  one('helpers clobber R5', [mov(5, 1), call(7), movx(0, 5), exit], poisonRegister(5)),
  one('an unknown helper', [mov(0, 0), call(99), exit], 'helper 99 0:1'),
  one('unwind', [mov(0, 6), mov(1, 0), call(5), mov(0, 7), exit], 6n, {
    helpers: 'bpf_conformance',
  }),
  one('unwind of something else', [mov(0, 6), mov(1, 1), call(5), exit], 0n, {
    helpers: 'bpf_conformance',
  }),
  one('an unset register', [movx(0, 7), exit], 'uninitialised_read 0:0', unset),
  one(
    'an unset dst of ALU',
    [mov(0, 1), insn('XOR64', { dst: 7, src: 7 }), exit],
    'uninitialised_read 0:1',
    unset,
  ),
  one('MOV does not read its dst', [mov(0, 1), exit], 1n, unset),
  one('an unset R0 at exit', [mov(1, 1), exit], 'uninitialised_read 0:1', unset),
  one('an unset R0 of a local function', [callLocal(2), mov(0, 1), exit, exit], 1n, unset),
  one(
    'an unset R0 that was handed over',
    [callLocal(1), exit, exit],
    'uninitialised_read 0:1',
    unset,
  ),
  one(
    'an unset stack byte',
    [
      insn('STH', { dst: 10, offset: -4, imm: 1 }),
      insn('LDXW', { dst: 0, src: 10, offset: -4 }),
      exit,
    ],
    'uninitialised_read 0:1',
    unset,
  ),
  one(
    'bounds come before unset bytes',
    [insn('LDXW', { dst: 0, src: 10, offset: -2 }), exit],
    'out_of_bounds 0:0',
    unset,
  ),
  one(
    'unset registers come before addresses',
    [mov(6, 0), insn('STXW', { dst: 6, src: 7, offset: 0 }), exit],
    'uninitialised_read 0:1',
    unset,
  ),
  one(
    'CMPXCHG reads R0',
    [
      insn('STW', { dst: 10, offset: -4, imm: 1 }),
      mov(1, 1),
      insn('ATOMIC_CMPXCHG32', { dst: 10, src: 1, offset: -4 }),
      exit,
    ],
    'uninitialised_read 0:2',
    unset,
  ),
  one('arguments come before the map', [mov(1, 0), call(1), exit], 'uninitialised_read 0:1', {
    ...unset,
    type: 'sched_cls',
  }),
];
