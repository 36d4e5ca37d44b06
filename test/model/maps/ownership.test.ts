import { describe, expect, test } from 'vitest';
import type { CompatKey } from '../../../model/profiles/profile.ts';
import type { ProgramAttributes, UserOperation } from '../../../model/scenario/scenario.ts';
import { type ProgramSetup, progArray, worldOf } from './world.ts';

const put = (index: number, program: number): UserOperation => ({
  op: 'update',
  map: 0,
  index,
  program,
});
const load = (program: number): UserOperation => ({ op: 'load', program });

/** What inserting a program gives once another one owns the array. */
function inserted(keys: readonly CompatKey[], owner: ProgramSetup, program: ProgramSetup) {
  const { apply } = worldOf({ programs: [owner, program], keys });
  expect(apply(put(0, 0))).toBe(0);
  return apply(put(1, 1));
}

describe('attributes that must be the owner’s', () => {
  test.each<[CompatKey, Partial<ProgramAttributes>]>([
    ['type', { type: 'xdp' }],
    ['jited', { jited: false }],
    ['xdp_has_frags', { xdpHasFrags: true }],
    ['expected_attach_type', { expectedAttachType: 7 }],
    ['attach_func_proto', { attachFuncProto: 7 }],
    ['sleepable', { sleepable: true }],
  ])('%s', (key, attributes) => {
    expect(inserted([key], {}, { attributes })).toBe('EINVAL');
    expect(inserted([key], { attributes }, {})).toBe('EINVAL');
    expect(inserted([key], { attributes }, { attributes })).toBe(0);
    expect(inserted([], {}, { attributes })).toBe(0);
  });

  test.each<[CompatKey, Partial<ProgramAttributes>]>([
    ['kprobe_override', { kprobeOverride: true }],
    ['dev_bound', { devBound: true }],
  ])('%s is refused, and does not become the owner', (key, attributes) => {
    const { apply, array } = worldOf({ programs: [{}, { attributes }], keys: [key] });
    expect(apply(put(0, 1))).toBe('EINVAL');
    expect(array().owner).toBe(-1);
    const lax = worldOf({ programs: [{}, { attributes }], keys: ['type'] });
    expect(lax.apply(put(0, 1))).toBe(0);
    expect(lax.array().owner).toBe(1);
  });

  test.each<[CompatKey, owner: number, storage: number, tailCalls: boolean, string | 0]>([
    ['cgroup_storage', 1, 1, true, 0],
    ['cgroup_storage', 1, 0, true, 0],
    ['cgroup_storage', 1, 2, false, 'EINVAL'],
    ['cgroup_storage', 0, 2, false, 'EINVAL'],
    ['cgroup_storage', 0, 0, true, 0],
    ['cgroup_storage_leaf', 1, 1, true, 0],
    ['cgroup_storage_leaf', 1, 0, true, 'EINVAL'],
    ['cgroup_storage_leaf', 1, 0, false, 0],
    ['cgroup_storage_leaf', 1, 2, false, 'EINVAL'],
    ['cgroup_storage_leaf', 0, 2, false, 'EINVAL'],
    ['cgroup_storage_leaf', 0, 0, true, 0],
  ])('%s: owner %i, program %i, tail calls %s', (key, owner, storage, tailCalls, result) => {
    const withStorage = (cgroupStorage: number) => ({ attributes: { cgroupStorage } });
    expect(inserted([key], withStorage(owner), { ...withStorage(storage), tailCalls })).toBe(
      result,
    );
  });
});

describe('the owner', () => {
  test('is whoever comes first, by load or by insertion, and stays', () => {
    const { apply, array } = worldOf({
      programs: [{}, { attributes: { jited: false }, uses: [0] }, {}],
      later: { programs: [1] },
      keys: ['jited'],
    });
    expect(apply(put(0, 2))).toBe(0);
    expect(array().owner).toBe(2);
    expect(apply({ op: 'delete', map: 0, index: 0 })).toBe(0);
    expect(apply({ op: 'close_program', program: 2 })).toBe(0);
    expect(apply(load(1))).toBe('EINVAL');
    expect(array().owner).toBe(2);
  });

  test('is also a program that is refused later, but for its own sake', () => {
    const { apply, array } = worldOf({
      programs: [{}, { replaces: { program: 0, slot: 0 } }],
      keys: ['extension'],
    });
    expect(apply(put(0, 1))).toBe('EINVAL');
    expect(array().owner).toBe(-1);
    expect(apply({ op: 'attach', program: 1 })).toBe(0);
    expect(apply(put(0, 0))).toBe('EBUSY');
    expect(array().owner).toBe(0);
  });

  test('an extension may own an array that it uses', () => {
    const { array } = worldOf({
      programs: [{}, { replaces: { program: 0, slot: 0 }, uses: [0] }],
      keys: ['extension'],
    });
    expect(array().owner).toBe(1);
  });

  test('a load that fails has become the owner of the arrays before', () => {
    const { apply, array } = worldOf({
      programs: [{ uses: [1] }, { attributes: { jited: false }, uses: [2, 1, 0] }],
      maps: [progArray(1), progArray(1), progArray(1)],
      later: { programs: [1] },
      keys: ['jited'],
    });
    expect(apply(load(1))).toBe('EINVAL');
    expect([0, 1, 2].map((map) => array(map).owner)).toEqual([-1, 0, 1]);
    expect([0, 1, 2].map((map) => array(map).refs)).toEqual([1, 2, 1]);
  });
});

describe('operations of two CPUs', () => {
  const setup = {
    programs: [{}, { attributes: { jited: false } }, { attributes: { jited: false }, uses: [0] }],
    later: { programs: [2] },
    keys: ['jited'],
    races: true,
  } as const;
  const also = (operation: UserOperation) => ({ ...operation, withPrevious: true });

  test('the second sees no owner and replaces the first', () => {
    const { apply, array, slots } = worldOf({ ...setup, knobs: { ownerLocked: false } });
    expect(apply(put(0, 0))).toBe(0);
    expect(apply(also(put(1, 1)))).toBe(0);
    expect(array().owner).toBe(1);
    expect(slots()).toEqual([0, 1, -1]);
    expect(apply(put(2, 0))).toBe('EINVAL');
    expect(apply(also(put(2, 0)))).toBe('EINVAL');
  });

  test('a load, too', () => {
    const { apply, array } = worldOf({ ...setup, knobs: { ownerLocked: false } });
    expect(apply(put(0, 0))).toBe(0);
    expect(apply(also(load(2)))).toBe(0);
    expect(array().owner).toBe(2);
  });

  test('the third sees what was there before the second', () => {
    const { apply, array } = worldOf({ ...setup, knobs: { ownerLocked: false } });
    expect(apply(put(0, 0))).toBe(0);
    expect(apply(also(put(1, 0)))).toBe(0);
    expect(apply(also(put(2, 1)))).toBe('EINVAL');
    expect(array().owner).toBe(0);
  });

  test('with a lock nothing is different', () => {
    const { apply, array } = worldOf(setup);
    expect(apply(put(0, 0))).toBe(0);
    expect(apply(also(put(1, 1)))).toBe('EINVAL');
    expect(array().owner).toBe(0);
  });

  test('neither is it for operations one after the other', () => {
    const { apply } = worldOf({ ...setup, knobs: { ownerLocked: false } });
    expect(apply(put(0, 0))).toBe(0);
    expect(apply(put(1, 1))).toBe('EINVAL');
  });
});
