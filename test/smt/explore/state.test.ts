// Small programs whose feasible paths are known by hand: unknown addresses, bytes, keys, indices.

import { afterAll, describe, expect, test } from 'vitest';
import { profileNamed } from '../../../model/profiles/catalogue.ts';
import type { TailCallKnobs } from '../../../model/profiles/profile.ts';
import type { Exploration } from '../../../smt/explore/explore.ts';
import {
  call,
  callLocal,
  exit,
  insn,
  mapFd,
  mov,
  movx,
  progArray,
  type Setup,
  tailCall,
  valueMap,
} from '../../engines/build.ts';
import { endings, endingText, exploreChecked, pool } from './support.ts';

afterAll(() => pool.close());

describe('memory', () => {
  const packetOf = (bytes: number): Pick<Setup, 'type' | 'packet'> => ({
    type: 'sched_cls',
    packet: new Uint8Array(bytes),
  });
  const DATA = 76;
  const DATA_END = 80;

  test('a length check that the packet passes has one path', async () => {
    const program = [
      insn('LDXW', { dst: 2, src: 1, offset: DATA }),
      insn('LDXW', { dst: 3, src: 1, offset: DATA_END }),
      movx(4, 2),
      insn('ADD64', { dst: 4, imm: 14 }),
      mov(0, 0),
      insn('JGT64', { dst: 4, src: 3, offset: 3 }),
      insn('LDXH', { dst: 5, src: 2, offset: 12 }),
      insn('JNE64', { dst: 5, imm: 8, offset: 1 }),
      mov(0, 1),
      exit,
    ];
    const symbolic = { packet: true };
    const long = await exploreChecked({ programs: [program], ...packetOf(14) }, { symbolic });
    expect(endings(long)).toEqual(['exit 0', 'exit 1']);
    const short = await exploreChecked({ programs: [program], ...packetOf(13) }, { symbolic });
    expect(endings(short)).toEqual(['exit 0']);
    expect(short.checks).toBe(0);
  });

  test('a header length of the packet: inside and past its end', async () => {
    const program = [
      insn('LDXW', { dst: 2, src: 1, offset: DATA }),
      insn('LDXB', { dst: 3, src: 2, offset: 0 }),
      insn('AND64', { dst: 3, imm: 15 }),
      insn('LSH64', { dst: 3, imm: 2 }),
      insn('ADD64', { dst: 2, src: 3 }),
      insn('LDXB', { dst: 4, src: 2, offset: 0 }),
      mov(0, 0),
      insn('JNE64', { dst: 4, imm: 6, offset: 1 }),
      mov(0, 1),
      exit,
    ];
    const result = await exploreChecked(
      { programs: [program], ...packetOf(40) },
      { symbolic: { packet: true } },
    );
    expect(endings(result)).toEqual(['exit 0', 'exit 1', 'out_of_bounds']);
    expect(result.complete).toBe(true);
  });

  test('an unknown address: every region, next to it, and nowhere', async () => {
    const program = [insn('LDXB', { dst: 0, src: 3, offset: 0 }), mov(0, 0), exit];
    const result = await exploreChecked(
      { programs: [program], context: new Uint8Array(8) },
      { symbolic: { registers: [3] } },
    );
    // The frame and the context, inside and outside, and no window.
    expect(endings(result)).toEqual([
      'bad_address',
      'exit 0',
      'exit 0',
      'out_of_bounds',
      'out_of_bounds',
    ]);
    expect(result.complete).toBe(true);
  });

  test('a store at an unknown offset is seen by the load that hits it', async () => {
    const program = [
      insn('STDW', { dst: 10, offset: -8, imm: 0 }),
      insn('AND64', { dst: 3, imm: 7 }),
      movx(4, 10),
      insn('ADD64', { dst: 4, src: 3 }),
      insn('STB', { dst: 4, offset: -8, imm: 9 }),
      insn('LDXB', { dst: 0, src: 10, offset: -3 }),
      insn('JEQ64', { imm: 9, offset: 0 }),
      exit,
    ];
    const result = await exploreChecked({ programs: [program] }, { symbolic: { registers: [3] } });
    expect(endings(result)).toEqual(['exit 0', 'exit 9']);
    const hit = result.paths.find(({ outcome }) => endingText(outcome) === 'exit 9');
    expect((hit?.scenario.run.registers.get(3) ?? 0n) & 7n).toBe(5n);
  });

  test('a trap is found with an input', async () => {
    const program = [
      mov(0, 0),
      insn('JGT64', { dst: 3, imm: 8, offset: 4 }),
      movx(4, 10),
      insn('SUB64', { dst: 4, src: 3 }),
      insn('LDXB', { dst: 0, src: 4, offset: 0 }),
      mov(0, 0),
      exit,
    ];
    const result = await exploreChecked({ programs: [program] }, { symbolic: { registers: [3] } });
    // 0 is just past the end.
    expect(endings(result)).toEqual(['exit 0', 'exit 0', 'out_of_bounds']);
    const trap = result.paths.find(({ outcome }) => outcome.ending.kind === 'trap');
    expect(trap?.scenario.run.registers.get(3)).toBe(0n);
  });

  test('unset bytes at unknown offsets', async () => {
    const program = [
      insn('AND64', { dst: 3, imm: 7 }),
      movx(4, 10),
      insn('SUB64', { dst: 4, src: 3 }),
      insn('STW', { dst: 10, offset: -4, imm: 1 }),
      insn('LDXB', { dst: 0, src: 4, offset: -1 }),
      mov(0, 0),
      exit,
    ];
    const result = await exploreChecked(
      { programs: [program], uninitialised: 'trap' },
      { symbolic: { registers: [3] } },
    );
    expect(endings(result)).toEqual(['exit 0', 'uninitialised_read']);
  });

  test('packet loads', async () => {
    const program = [
      movx(6, 1),
      insn('LD_ABS_H', { imm: 0 }),
      insn('LD_IND_B', { src: 0, imm: 0 }),
      mov(0, 7),
      exit,
    ];
    const result = await exploreChecked(
      { programs: [program], ...packetOf(4) },
      { symbolic: { packet: true } },
    );
    expect(endings(result)).toEqual(['exit 0', 'exit 7']);
  });

  test('the context is unknown but for the packet', async () => {
    const program = [
      mov(0, 0),
      insn('LDXW', { dst: 2, src: 1, offset: DATA }),
      insn('LDXB', { dst: 2, src: 2, offset: 0 }),
      insn('LDXW', { dst: 3, src: 1, offset: 8 }),
      insn('JNE64', { dst: 3, imm: 0x1234, offset: 1 }),
      mov(0, 1),
      exit,
    ];
    const result = await exploreChecked(
      { programs: [program], ...packetOf(1) },
      { symbolic: { context: true } },
    );
    expect(endings(result)).toEqual(['exit 0', 'exit 1']);
    const marked = result.paths.find(({ outcome }) => endingText(outcome) === 'exit 1');
    expect([...(marked?.scenario.run.context.slice(8, 12) ?? [])]).toEqual([0x34, 0x12, 0, 0]);
  });
});

describe('maps', () => {
  const withKey = [
    insn('STXW', { dst: 10, src: 3, offset: -4 }),
    mapFd(1, 0),
    movx(2, 10),
    insn('ADD64', { dst: 2, imm: -4 }),
  ];
  const lookUp = [...withKey, call(1)];

  test('an unknown index of an array', async () => {
    const program = [
      ...lookUp,
      insn('JEQ64', { imm: 0, offset: 1 }),
      insn('LDXB', { dst: 0, src: 0, offset: 0 }),
      exit,
    ];
    const map = valueMap('array', 3, 4, [
      [0, [7, 0, 0, 0]],
      [1, [7, 0, 0, 0]],
      [2, [7, 0, 0, 0]],
    ]);
    const result = await exploreChecked(
      { programs: [program], maps: [map] },
      { symbolic: { registers: [3] } },
    );
    expect(endings(result)).toEqual(['exit 0', 'exit 7']);
    expect(result.complete).toBe(true);
  });

  test('an unknown key of a hash map: each key there is, and none', async () => {
    const program = [
      ...lookUp,
      insn('JEQ64', { imm: 0, offset: 1 }),
      insn('LDXB', { dst: 0, src: 0, offset: 0 }),
      exit,
    ];
    const map = valueMap('hash', 3, 4, [
      [5, [1, 0, 0, 0]],
      [9, [2, 0, 0, 0]],
    ]);
    const result = await exploreChecked(
      { programs: [program], maps: [map] },
      { symbolic: { registers: [3] } },
    );
    expect(endings(result)).toEqual(['exit 0', 'exit 1', 'exit 2']);
  });

  test('updates with unknown flags', async () => {
    const program = [
      insn('STDW', { dst: 10, offset: -16, imm: 77 }),
      movx(4, 3),
      mov(3, 5),
      ...withKey,
      movx(3, 10),
      insn('ADD64', { dst: 3, imm: -16 }),
      call(2),
      exit,
    ];
    const result = await exploreChecked(
      { programs: [program], maps: [valueMap('hash', 2, 8, [[5, [0, 0, 0, 0, 0, 0, 0, 0]]])] },
      { symbolic: { registers: [3] } },
    );
    // Done or not; the error is a term over the flags.
    expect(result.paths).toHaveLength(2);
    expect(endings(result)).toContain('exit 0');
  });

  test('a key that is stored is found again', async () => {
    const program = [
      insn('STDW', { dst: 10, offset: -16, imm: 77 }),
      ...withKey,
      movx(6, 3),
      movx(3, 10),
      insn('ADD64', { dst: 3, imm: -16 }),
      mov(4, 1),
      call(2),
      movx(3, 6),
      ...lookUp,
      insn('LDXB', { dst: 0, src: 0, offset: 0 }),
      exit,
    ];
    const result = await exploreChecked(
      { programs: [program], maps: [valueMap('hash', 2, 8, [[5, [3, 0, 0, 0, 0, 0, 0, 0]]])] },
      { symbolic: { registers: [3] } },
    );
    expect(endings(result)).toEqual(['exit 3', 'exit 77']);
  });

  test('unknown values', async () => {
    const program = [
      mov(3, 1),
      ...lookUp,
      insn('LDXW', { dst: 2, src: 0, offset: 0 }),
      mov(0, 0),
      insn('JNE64', { dst: 2, imm: 99, offset: 1 }),
      mov(0, 1),
      exit,
    ];
    const result = await exploreChecked(
      { programs: [program], maps: [valueMap('array', 2, 4)] },
      { symbolic: { mapValues: true } },
    );
    expect(endings(result)).toEqual(['exit 0', 'exit 1']);
  });
});

describe('tail calls', () => {
  const attempt = [mapFd(2, 0), call(12), mov(0, 0), exit];
  const leaf = (r0: number) => [mov(0, r0), exit];

  test('an unknown index: out of range, empty, and each program', async () => {
    const result = await exploreChecked(
      { programs: [attempt, leaf(1), leaf(2)], maps: [progArray(6, { 0: 1, 2: 2, 4: 1 })] },
      { symbolic: { registers: [3] } },
    );
    expect(endings(result)).toEqual(['exit 0', 'exit 0', 'exit 1', 'exit 2']);
    const kinds = result.paths.map(({ outcome }) => outcome.hops[0]?.result).sort();
    expect(kinds).toEqual(['empty', 'out_of_range', 'taken', 'taken']);
    expect(result.complete).toBe(true);
  });

  test('the index is 32 bits wide', async () => {
    const program = [insn('LSH64', { dst: 3, imm: 32 }), ...attempt];
    const result = await exploreChecked(
      { programs: [program, leaf(1)], maps: [progArray(2, { 0: 1 })] },
      { symbolic: { registers: [3] } },
    );
    expect(endings(result)).toEqual(['exit 1']);
  });

  test('the limit ends a chain', async () => {
    const again = [
      insn('JSET64', { dst: 1, imm: 1, offset: 2 }),
      mov(0, 0),
      exit,
      ...tailCall(0, 0),
      mov(0, 1),
      exit,
    ];
    const result = await exploreChecked(
      { programs: [again], maps: [progArray(1, { 0: 0 })] },
      { symbolic: { registers: [1] } },
    );
    expect(endings(result)).toEqual(['exit 0', 'exit 1']);
    expect(result.paths.map(({ outcome }) => outcome.tailCalls).sort()).toEqual([0, 33]);
  });

  test('writes of user space, and calls', async () => {
    const program = [movx(1, 3), callLocal(1), exit, movx(3, 1), ...attempt];
    const result = await exploreChecked(
      {
        programs: [program, leaf(5)],
        maps: [progArray(2)],
        schedule: [{ before: { hop: 0 }, map: 0, index: 1, op: 'update', program: 1 }],
      },
      { symbolic: { registers: [3] } },
    );
    expect(endings(result)).toEqual(['exit 0', 'exit 0', 'exit 5']);
  });

  const knobs = (changes: Partial<TailCallKnobs>) => {
    const base = profileNamed('linux-6.12/x86_64');
    return { ...base, tailCall: { ...base.tailCall, ...changes } };
  };
  const resultsOf = ({ paths }: Exploration) =>
    paths.map(({ outcome }) => outcome.hops.map(({ result }) => result).join(' ')).sort();

  test.each([
    [
      ['index', 'count', 'slot'],
      ['exhausted', 'out_of_range'],
    ],
    [
      ['index', 'slot', 'count'],
      ['empty', 'exhausted', 'out_of_range'],
    ],
    [['count', 'index', 'slot'], ['exhausted']],
    [
      ['slot', 'count', 'index'],
      ['empty', 'exhausted'],
    ],
  ] as const)('an unknown index at the limit, by the order of checks: %j', async (order, kinds) => {
    const result = await exploreChecked(
      {
        profile: knobs({ order, limit: 0 }),
        programs: [attempt, leaf(1)],
        maps: [progArray(4, { 0: 1 })],
      },
      { symbolic: { registers: [3] } },
    );
    expect(resultsOf(result)).toEqual(kinds);
    expect(result.complete).toBe(true);
  });

  test.each([
    [false, ['exit 1']],
    [true, ['exit 0', 'exit 1']],
  ] as const)('a wide index, masked: %s', async (indexMasked, wanted) => {
    const program = [insn('LSH64', { dst: 3, imm: 32 }), ...attempt];
    const result = await exploreChecked(
      {
        profile: knobs({ indexMasked }),
        programs: [program, leaf(1)],
        maps: [progArray(2, { 0: 1 })],
      },
      { symbolic: { registers: [3] } },
    );
    expect(endings(result)).toEqual(wanted);
  });

  test.each([
    ['value', ['empty taken', 'out_of_range taken', 'taken taken']],
    ['writeback', ['empty exhausted', 'out_of_range exhausted', 'taken exhausted']],
  ] as const)('what a callee uses up, by %s', async (propagation, kinds) => {
    const program = [
      callLocal(5),
      mapFd(2, 0),
      mov(3, 0),
      call(12),
      exit,
      mapFd(2, 0),
      insn('MOV64', { dst: 3, src: 1 }),
      call(12),
      mov(0, 0),
      exit,
    ];
    const burns = { outOfRange: true, exhausted: true, empty: true };
    const result = await exploreChecked(
      {
        profile: knobs({ propagation, limit: 1, burns }),
        programs: [program, leaf(1)],
        maps: [progArray(2, { 0: 1 })],
      },
      { symbolic: { registers: [1] } },
    );
    expect(resultsOf(result)).toEqual(kinds);
  });
});
