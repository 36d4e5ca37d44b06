// The map helpers and map addresses.

import { call, exit, insn, mapFd, mov, movx, progArray, valueMap } from '../build.ts';
import { type Case, MAX, one, unset } from './case.ts';

export const counters = valueMap('array', 2, 12, [[1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]]]);
const table = valueMap('hash', 2, 8, [[5, [1, 1, 1, 1, 1, 1, 1, 1]]]);
const withKey = (map: number, key: number) => [
  insn('STW', { dst: 10, offset: -4, imm: key }),
  mapFd(1, map),
  movx(2, 10),
  insn('ADD64', { dst: 2, imm: -4 }),
];
const withValue = (map: number, key: number, flags: number) => [
  insn('STDW', { dst: 10, offset: -16, imm: 77 }),
  insn('STDW', { dst: 10, offset: -24, imm: 78 }),
  ...withKey(map, key),
  movx(3, 10),
  insn('ADD64', { dst: 3, imm: -24 }),
  mov(4, flags),
  call(2),
];
const deref = insn('LDXDW', { dst: 0, src: 0, offset: 0 });
const maps = { maps: [counters, table, progArray(1)] };
const errno = (code: bigint) => MAX + 1n - code;

export const MAP_CASES: readonly Case[] = [
  one('array lookup', [...withKey(0, 1), call(1), deref, exit], 0x0807060504030201n, maps),
  one('array lookup past the end', [...withKey(0, 2), call(1), exit], 0n, maps),
  one(
    'a value has its own bounds',
    [...withKey(0, 0), call(1), insn('LDXDW', { dst: 0, src: 0, offset: 8 }), exit],
    'out_of_bounds 0:6',
    maps,
  ),
  one(
    'the values stand at a stride of 16',
    [...withKey(0, 0), call(1), insn('LDXW', { dst: 0, src: 0, offset: 16 }), exit],
    0x04030201n,
    maps,
  ),
  one(
    'map_val',
    [
      insn('LD_MAP_VALUE_FD', { dst: 1, imm: 0, nextImm: 20 }),
      insn('LDXW', { dst: 0, src: 1, offset: 0 }),
      exit,
    ],
    0x08070605n,
    maps,
  ),
  one('array update: flags before index', [...withValue(0, 9, 3), exit], errno(22n), maps),
  one('array update: index before NOEXIST', [...withValue(0, 9, 1), exit], errno(7n), maps),
  one('array update: NOEXIST', [...withValue(0, 1, 1), exit], errno(17n), maps),
  one('array update: NOEXIST with a lock', [...withValue(0, 1, 5), exit], errno(17n), maps),
  one(
    'array update: index before NOEXIST with a lock',
    [...withValue(0, 9, 5), exit],
    errno(7n),
    maps,
  ),
  one('array update: a lock', [...withValue(0, 1, 4), exit], errno(22n), maps),
  one('array update: EXIST with a lock', [...withValue(0, 1, 6), exit], errno(22n), maps),
  one('array update: index before a lock', [...withValue(0, 9, 4), exit], errno(7n), maps),
  one(
    'array update: flags with a lock before index',
    [...withValue(0, 9, 7), exit],
    errno(22n),
    maps,
  ),
  one('hash update: NOEXIST with a lock', [...withValue(1, 5, 5), exit], errno(22n), maps),
  one('array update', [...withValue(0, 1, 2), ...withKey(0, 1), call(1), deref, exit], 78n, maps),
  one('array delete', [...withKey(0, 1), call(3), exit], errno(22n), maps),
  one('hash lookup', [...withKey(1, 5), call(1), deref, exit], 0x0101010101010101n, maps),
  one('hash lookup of nothing', [...withKey(1, 6), call(1), exit], 0n, maps),
  one('hash update: NOEXIST', [...withValue(1, 5, 1), exit], errno(17n), maps),
  one('hash update: EXIST', [...withValue(1, 6, 2), exit], errno(2n), maps),
  one('hash update: full', [...withValue(1, 6, 0), ...withValue(1, 7, 0), exit], errno(7n), maps),
  one('hash delete', [...withKey(1, 5), call(3), ...withKey(1, 5), call(3), exit], errno(2n), maps),
  {
    name: 'hash slots are filled from the lowest',
    setup: {
      programs: [[...withValue(1, 6, 0), ...withKey(1, 5), call(3), ...withValue(1, 9, 0), exit]],
      ...maps,
    },
    expect: ({ maps: [, hash] }) => hash?.type === 'hash' && hash.slots.map((slot) => slot?.key[0]),
    gives: [9, 6],
  },
  one('a prog array is no value map', [...withKey(2, 0), call(1), exit], 'bad_call 0:5', maps),
  one('bad_call comes before the key', [mov(1, 0), mov(2, 0), call(1), exit], 'bad_call 0:2', maps),
  one('the key is read', [mapFd(1, 0), mov(2, 0), call(1), exit], 'bad_address 0:3', maps),
  one(
    'the key is set',
    [mapFd(1, 0), movx(2, 10), insn('ADD64', { dst: 2, imm: -4 }), call(1), exit],
    'uninitialised_read 0:4',
    { ...maps, ...unset },
  ),
];
