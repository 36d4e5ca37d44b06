import { describe, expect, test } from 'vitest';
import { ERRNO, startProblem } from '../../../model/maps/index.ts';
import type { UserOperation } from '../../../model/scenario/scenario.ts';
import { progArray, scenarioOfWorld, type WorldSetup, worldOf } from './world.ts';

const MAP = { map: 0 };
const put = (index: number, program: number, flags?: number): UserOperation => ({
  op: 'update',
  map: 0,
  index,
  program,
  ...(flags === undefined ? {} : { flags }),
});
const take = (index: number): UserOperation => ({ op: 'delete', map: 0, index });
const onMap = (op: 'freeze' | 'inner' | 'pin' | 'unpin' | 'close_map', map = 0) => ({ op, map });
const on = (op: 'close_program' | 'load' | 'attach' | 'detach', program: number) => ({
  op,
  program,
});
const plain = {};
const TARGET = { replaces: { program: 0, slot: 4 } };

describe('errors are found in this order', () => {
  test('update', () => {
    const { apply, slots } = worldOf({
      programs: [
        { uses: [0] },
        { attributes: { jited: false } },
        plain,
        { replaces: { program: 2, slot: 0 } },
      ],
      maps: [progArray(2)],
      keys: ['type', 'jited', 'extension'],
    });
    apply(on('close_program', 1));
    apply(on('attach', 3));
    expect(apply(put(9, 1, 1))).toBe('EINVAL');
    expect(apply(put(9, 1, 0))).toBe('E2BIG');
    expect(apply(put(1, 1))).toBe('EBADF');
    expect(apply(put(1, 3))).toBe('EINVAL');
    expect(apply(put(1, 2))).toBe('EBUSY');
    expect(slots()).toEqual([-1, -1]);
    apply(on('detach', 3));
    expect(apply(put(1, 2))).toBe(0);
    expect(slots()).toEqual([-1, 2]);
    apply(onMap('freeze'));
    expect(apply(put(9, 1, 1))).toBe('EPERM');
    apply(onMap('close_map'));
    expect(apply(put(9, 1, 1))).toBe('EBADF');
  });

  test('an incompatible program comes before one that is extended', () => {
    const { apply } = worldOf({
      programs: [
        { uses: [0] },
        { attributes: { jited: false } },
        { replaces: { program: 1, slot: 0 } },
      ],
      keys: ['jited', 'extension'],
    });
    apply(on('attach', 2));
    expect(apply(put(0, 1))).toBe('EINVAL');
  });

  test('without the key, extensions and what they extend go into slots', () => {
    const { apply } = worldOf({ programs: [plain, { replaces: { program: 0, slot: 0 } }] });
    expect(apply(on('attach', 1))).toBe(0);
    expect(apply(put(0, 0))).toBe(0);
    expect(apply(put(1, 1))).toBe(0);
  });

  test('delete', () => {
    const { apply, slots } = worldOf({ programs: [plain], maps: [progArray(2, { 0: 0 })] });
    expect(apply(take(2))).toBe('E2BIG');
    expect(apply(take(2 ** 32 - 1))).toBe('E2BIG');
    expect(apply(take(1))).toBe('ENOENT');
    expect(apply(take(0))).toBe(0);
    expect(slots()).toEqual([-1, -1]);
    apply(onMap('freeze'));
    expect(apply(take(2))).toBe('EPERM');
    apply(onMap('close_map'));
    expect(apply(take(2))).toBe('EBADF');
  });

  test('freeze and inner', () => {
    const { apply } = worldOf({ programs: [plain] });
    expect(apply(onMap('inner'))).toBe('ENOTSUPP');
    expect(apply(onMap('freeze'))).toBe(0);
    expect(apply(onMap('freeze'))).toBe('EBUSY');
    apply(onMap('close_map'));
    expect(apply(onMap('freeze'))).toBe('EBADF');
    expect(apply(onMap('inner'))).toBe('EBADF');
  });

  test('freezeNeeds writable: neither a frozen array nor one with BPF_F_RDONLY', () => {
    const knobs = { freezeNeeds: 'writable' } as const;
    const { apply } = worldOf({ programs: [plain], knobs });
    expect(apply(onMap('freeze'))).toBe(0);
    expect(apply(onMap('freeze'))).toBe('EPERM');
    apply(onMap('close_map'));
    expect(apply(onMap('freeze'))).toBe('EBADF');
    const later = worldOf({ programs: [plain], knobs, later: { maps: [0] } });
    later.apply({ op: 'create', map: 0, flags: 8 });
    expect(later.apply(onMap('freeze'))).toBe('EPERM');
  });

  test('create', () => {
    const { apply, world } = worldOf({ programs: [plain], later: { maps: [0] } });
    const create = (rest = {}) => apply({ op: 'create', ...MAP, ...rest });
    expect(create({ keySize: 8 })).toBe('EINVAL');
    expect(create({ valueSize: 8 })).toBe('EINVAL');
    expect(create({ flags: 1 })).toBe('EINVAL');
    expect(create({ flags: 2 ** 31 })).toBe('EINVAL');
    expect(create({ flags: 8 | 16 })).toBe('EINVAL');
    expect(apply(put(0, 0))).toBe('EBADF');
    expect(world.arrays[0]!.state).toBe('absent');
    expect(create({ flags: 4 | 8 })).toBe(0);
    expect(create({ keySize: 8 })).toBe('EEXIST');
    expect(apply(put(0, 0, 1))).toBe('EPERM');
    expect(apply(take(0))).toBe('EPERM');
    apply(onMap('close_map'));
    expect(create()).toBe('EEXIST');
  });

  test('an array that is created write-only can be written', () => {
    const { apply, array } = worldOf({ programs: [plain], later: { maps: [0] } });
    expect(apply({ op: 'create', ...MAP, flags: 16 })).toBe(0);
    expect(array()).toEqual({ users: 1, refs: 1, owner: -1 });
    expect(apply(put(0, 0))).toBe(0);
    expect(array().owner).toBe(0);
  });

  test('pin, unpin and close', () => {
    const { apply } = worldOf({ programs: [plain] });
    expect(apply(onMap('unpin'))).toBe('ENOENT');
    expect(apply(onMap('pin'))).toBe(0);
    expect(apply(onMap('pin'))).toBe('EEXIST');
    expect(apply(onMap('close_map'))).toBe(0);
    expect(apply(onMap('close_map'))).toBe('EBADF');
    expect(apply(put(0, 0))).toBe(0);
    expect(apply(onMap('unpin'))).toBe(0);
    expect(apply(onMap('unpin'))).toBe('ENOENT');
    expect(apply(onMap('pin'))).toBe('EBADF');
    expect(apply(on('close_program', 0))).toBe(0);
    expect(apply(on('close_program', 0))).toBe('EBADF');
  });

  test('load', () => {
    const { apply, array, world } = worldOf({
      programs: [
        { uses: [0, 1] },
        { uses: [0, 1], attributes: { jited: false } },
        { replaces: { program: 0, slot: 0 } },
      ],
      maps: [progArray(1), progArray(1)],
      later: { programs: [1, 2] },
    });
    expect(apply(on('load', 0))).toBe('EEXIST');
    expect(apply(on('load', 1))).toBe('EINVAL');
    apply(on('close_program', 0));
    expect(apply(on('load', 2))).toBe('EBADF');
    apply(onMap('close_map', 1));
    expect(apply(on('load', 1))).toBe('EBADF');
    expect(world.programs[1]!.state).toBe('absent');
    expect(array(0)).toEqual({ users: 1, refs: 2, owner: 0 });
  });

  test('attach and detach', () => {
    const extension = { replaces: { program: 0, slot: 4 } };
    const { apply } = worldOf({
      programs: [plain, extension, extension, plain, { replaces: { program: 0, slot: 5 } }],
      keys: ['extension'],
    });
    expect(apply(on('attach', 3))).toBe('EINVAL');
    expect(apply(on('detach', 3))).toBe('ENOENT');
    expect(apply(put(0, 0))).toBe(0);
    expect(apply(on('attach', 1))).toBe('EBUSY');
    expect(apply(take(0))).toBe(0);
    expect(apply(on('attach', 1))).toBe(0);
    expect(apply(on('attach', 1))).toBe('EBUSY');
    expect(apply(on('attach', 2))).toBe('EBUSY');
    expect(apply(on('attach', 4))).toBe(0);
    apply(on('close_program', 3));
    apply(on('close_program', 1));
    expect(apply(on('attach', 3))).toBe('EBADF');
    expect(apply(on('detach', 1))).toBe('EBADF');
    expect(apply(on('detach', 4))).toBe(0);
    expect(apply(on('detach', 4))).toBe('ENOENT');
  });
});

describe('references', () => {
  test('of a program: descriptor, slots, run', () => {
    const { apply, refs } = worldOf({
      programs: [plain, plain],
      maps: [progArray(2, { 0: 0 }), progArray(1, { 0: 1 })],
    });
    expect([refs(0), refs(1)]).toEqual([3, 2]);
    apply(put(0, 1));
    apply(put(1, 1));
    apply(put(1, 1));
    expect([refs(0), refs(1)]).toEqual([2, 4]);
    apply(take(1));
    apply(on('close_program', 1));
    expect([refs(0), refs(1)]).toEqual([2, 2]);
  });

  test('of a program: attached, and targets of loaded extensions', () => {
    const { apply, refs } = worldOf({ programs: [plain, TARGET, TARGET], run: 0 });
    expect([refs(0), refs(1)]).toEqual([4, 1]);
    apply(on('attach', 1));
    expect([refs(0), refs(1)]).toEqual([4, 2]);
    apply(on('detach', 1));
    apply(on('close_program', 1));
    expect([refs(0), refs(1)]).toEqual([4, 0]);
  });

  test('of an array: descriptor, pin, and each program that uses it, once', () => {
    const { apply, array } = worldOf({
      programs: [{ uses: [0] }, { uses: [0, 1] }],
      maps: [progArray(1), progArray(1)],
    });
    expect([array(0), array(1)]).toEqual([
      { users: 1, refs: 3, owner: 0 },
      { users: 1, refs: 2, owner: 1 },
    ]);
    apply(onMap('pin'));
    expect(array(0)).toEqual({ users: 2, refs: 4, owner: 0 });
    apply(onMap('close_map'));
    expect(array(0)).toEqual({ users: 1, refs: 3, owner: 0 });
  });

  test('maps with values are no objects', () => {
    const { world } = worldOf({
      programs: [{ uses: [0] }],
      maps: [
        { name: 'a', type: 'array', keySize: 4, valueSize: 8, maxEntries: 1, entries: [] },
        progArray(1),
      ],
    });
    expect(world.contents().progArrays).toEqual([
      null,
      { state: 'live', users: 1, refs: 1, frozen: false, owner: -1 },
    ]);
  });
});

describe('the last user', () => {
  const setup: WorldSetup = {
    programs: [{ uses: [0] }, plain],
    maps: [progArray(3, { 0: 0, 2: 1 })],
  };

  test('empties the array, which stays while a program uses it', () => {
    const { apply, slots, array, refs } = worldOf(setup);
    apply(onMap('close_map'));
    expect(slots()).toEqual([-1, -1, -1]);
    expect(array()).toEqual({ users: 0, refs: 1, owner: 0 });
    expect([refs(0), refs(1)]).toEqual([2, 1]);
  });

  test('is also a pin', () => {
    const { apply, slots } = worldOf(setup);
    apply(onMap('pin'));
    apply(onMap('close_map'));
    expect(slots()).toEqual([0, -1, 1]);
    apply(onMap('unpin'));
    expect(slots()).toEqual([-1, -1, -1]);
  });

  test('clearedOn descriptor: a pin does not keep the entries', () => {
    const { apply, slots, array } = worldOf({ ...setup, knobs: { clearedOn: 'descriptor' } });
    apply(onMap('pin'));
    apply(onMap('close_map'));
    expect(slots()).toEqual([-1, -1, -1]);
    expect(array()).toEqual({ users: 1, refs: 2, owner: 0 });
    expect(apply(put(0, 1))).toBe(0);
    apply(onMap('unpin'));
    expect(slots()).toEqual([-1, -1, -1]);
  });

  test('breaks a circle of an array and a program in it', () => {
    const { apply, world } = worldOf({ ...setup, run: 1 });
    apply(on('close_program', 0));
    apply(onMap('pin'));
    apply(onMap('close_map'));
    world.settle();
    expect(world.contents().programs[0]).toEqual({ state: 'loaded', refs: 1 });

    const second = worldOf({ ...setup, run: 1 });
    second.apply(on('close_program', 0));
    second.apply(onMap('close_map'));
    second.world.settle();
    expect(second.world.contents()).toEqual({
      programs: [
        { state: 'freed', refs: 0 },
        { state: 'loaded', refs: 1 },
      ],
      progArrays: [{ state: 'freed', users: 0, refs: 0, frozen: false, owner: -1 }],
    });
  });

  test('a frozen array that nobody uses is freed, and says nothing more of itself', () => {
    const { apply, world } = worldOf({ programs: [plain], maps: [progArray(1, { 0: 0 })] });
    apply(onMap('freeze'));
    expect(world.contents().progArrays[0]).toEqual({
      state: 'live',
      users: 1,
      refs: 1,
      frozen: true,
      owner: 0,
    });
    apply(onMap('close_map'));
    expect(world.contents().progArrays[0]).toEqual({
      state: 'freed',
      users: 0,
      refs: 0,
      frozen: false,
      owner: -1,
    });
  });
});

describe('freeing', () => {
  test('waits for the end of the run', () => {
    const { apply, freed, world, array } = worldOf({
      programs: [plain, { uses: [0] }],
      maps: [progArray(1, { 0: 1 })],
    });
    apply(on('close_program', 1));
    apply(take(0));
    expect(freed).toEqual([]);
    expect(array().refs).toBe(2);
    expect(world.contents().programs[1]).toEqual({ state: 'loaded', refs: 0 });
    world.settle();
    expect(freed).toEqual([1]);
    expect(array().refs).toBe(1);
  });

  test('at once', () => {
    const { apply, freed, array } = worldOf({
      programs: [plain, { uses: [0] }],
      maps: [progArray(1, { 0: 1 })],
      knobs: { freed: 'at_once' },
    });
    apply(on('close_program', 1));
    expect(freed).toEqual([]);
    apply(put(0, 0));
    expect(freed).toEqual([1]);
    expect(array().refs).toBe(1);
  });

  test('the run holds its program, and what that program uses', () => {
    const setup: WorldSetup = {
      programs: [{ uses: [0] }],
      maps: [progArray(1)],
      knobs: { freed: 'at_once' },
    };
    const { apply, freed, world } = worldOf(setup);
    apply(on('close_program', 0));
    apply(onMap('close_map'));
    expect(freed).toEqual([]);
    expect(world.arrays[0]!.state).toBe('live');
    world.settle();
    expect(freed).toEqual([0]);
    expect(world.arrays[0]!.state).toBe('freed');
  });

  test.each(['grace_period', 'at_once'] as const)('goes on to what was held: %s', (when) => {
    const { apply, freed, world } = worldOf({
      programs: [plain, plain, { replaces: { program: 1, slot: 0 }, uses: [0] }],
      maps: [progArray(1)],
      knobs: { freed: when },
    });
    apply(on('close_program', 1));
    apply(onMap('close_map'));
    expect(world.arrays[0]!.state).toBe('live');
    apply(on('attach', 2));
    apply(on('close_program', 2));
    expect(freed).toEqual([]);
    world.settle();
    // Still attached.
    expect(freed).toEqual([]);

    const second = worldOf({
      programs: [plain, plain, { replaces: { program: 1, slot: 0 }, uses: [0] }],
      maps: [progArray(1)],
      knobs: { freed: when },
    });
    second.apply(on('close_program', 1));
    second.apply(onMap('close_map'));
    second.apply(on('close_program', 2));
    second.world.settle();
    expect(second.freed).toEqual([2, 1]);
    expect(second.world.arrays[0]!.state).toBe('freed');
  });

  test('a freed program is not loaded again', () => {
    const { apply } = worldOf({ programs: [plain, plain], knobs: { freed: 'at_once' } });
    apply(on('close_program', 1));
    expect(apply(on('load', 1))).toBe('EEXIST');
    expect(apply(put(0, 1))).toBe('EBADF');
    expect(apply(on('close_program', 1))).toBe('EBADF');
  });
});

describe('start', () => {
  test('loads make owners before entries do, in the order of the programs', () => {
    const { array } = worldOf({
      programs: [plain, { uses: [1] }],
      maps: [progArray(1, { 0: 0 }), progArray(1, { 0: 0 })],
    });
    expect([array(0).owner, array(1).owner]).toEqual([0, 1]);
  });

  test.each<[string, WorldSetup, ReturnType<typeof startProblem>]>([
    ['nothing', { programs: [plain] }, undefined],
    [
      'a load that is incompatible with the second array',
      {
        programs: [{ uses: [1] }, { uses: [0, 1], attributes: { jited: false } }],
        maps: [progArray(1), progArray(1)],
      },
      { kind: 'load', program: 1, errno: ERRNO.EINVAL, map: 1 },
    ],
    [
      'a load that uses an array that is not there yet',
      {
        programs: [{ uses: [0, 1] }],
        maps: [progArray(1), progArray(1)],
        later: { maps: [1] },
      },
      { kind: 'load', program: 0, errno: ERRNO.EBADF, map: 1 },
    ],
    [
      'an extension before its target',
      { programs: [{ replaces: { program: 1, slot: 0 } }, plain] },
      { kind: 'load', program: 0, errno: ERRNO.EBADF, map: undefined },
    ],
    [
      'an extension of itself',
      { programs: [{ replaces: { program: 0, slot: 0 } }] },
      { kind: 'load', program: 0, errno: ERRNO.EBADF, map: undefined },
    ],
    [
      'an entry that is incompatible',
      {
        programs: [plain, { attributes: { type: 'xdp' } }],
        maps: [progArray(2, { 0: 0, 1: 1 })],
      },
      { kind: 'entry', map: 0, entry: 1, errno: ERRNO.EINVAL },
    ],
    [
      'an entry of a program that is not there yet',
      { programs: [plain, plain], maps: [progArray(2, { 0: 1 })], later: { programs: [1] } },
      { kind: 'entry', map: 0, entry: 0, errno: ERRNO.EBADF },
    ],
    [
      'an entry of an array that is not there yet',
      { programs: [plain], maps: [progArray(2, { 0: 0 })], later: { maps: [0] } },
      { kind: 'entry', map: 0, entry: 0, errno: ERRNO.EBADF },
    ],
    [
      'an extension as an entry',
      {
        programs: [plain, { replaces: { program: 0, slot: 0 } }],
        maps: [progArray(1, { 0: 1 })],
        keys: ['extension'],
      },
      { kind: 'entry', map: 0, entry: 0, errno: ERRNO.EINVAL },
    ],
  ])('what stands in the way: %s', (_, setup, problem) => {
    expect(startProblem(scenarioOfWorld(setup))).toEqual(problem);
  });
});

test('an attached extension is found by its function', () => {
  const { world, apply } = worldOf({ programs: [plain, TARGET] });
  expect(world.extensionAt(0, 4)).toBe(-1);
  apply(on('attach', 1));
  expect(world.extensionAt(0, 4)).toBe(1);
  expect(world.extensionAt(0, 5)).toBe(-1);
  expect(world.extensionAt(1, 4)).toBe(-1);
  apply(on('detach', 1));
  expect(world.extensionAt(0, 4)).toBe(-1);
});
