// Objects, compatibility and user space as functions of terms: by hand, and for all states at once.

import { afterAll, describe, expect, test } from 'vitest';
import { COMPAT_KEYS, type CompatKey, type ObjectKnobs } from '../../../model/profiles/profile.ts';
import type { ProgramAttributes } from '../../../model/scenario/scenario.ts';
import {
  COMPATIBILITY,
  meet,
  type ProgramTerms,
  programTerms,
  programVariables,
} from '../../../smt/semantics/compatibility.ts';
import { COUNTER_START, DIRECT_JUMP } from '../../../smt/semantics/local-call.ts';
import {
  ARRAY_EVENTS,
  type ArrayEvent,
  type ArrayTerms,
  arrayVariables,
  OBJECTS,
  PROGRAM_EVENTS,
  programObjectVariables,
} from '../../../smt/semantics/objects.ts';
import { loadLooks, USER_SPACE, updateLooks } from '../../../smt/semantics/user-space.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bool,
  boolVar,
  bv,
  bvadd,
  bvsub,
  bvult,
  bvVar,
  distinct,
  eq,
  FALSE,
  implies,
  ite,
  not,
  or,
  TRUE,
} from '../../../smt/terms/index.ts';

const pool = createSolverPool({ jobs: 1 });
afterAll(() => pool.close());

async function holdsAlways(claim: BoolTerm): Promise<boolean> {
  const { answer } = await pool.check({ name: 'claim', assertions: [not(claim)] });
  return answer === 'unsat';
}

const n32 = (value: number) => bv(32, BigInt(value));
const n64 = (value: number) => bv(64, BigInt(value));

const PLAIN: ProgramAttributes = {
  type: 'sched_cls',
  jited: true,
  xdpHasFrags: false,
  expectedAttachType: 0,
  attachFuncProto: 0,
  sleepable: false,
  cgroupStorage: 0,
  kprobeOverride: false,
  devBound: false,
};

interface Change extends Partial<ProgramAttributes> {
  readonly extension?: boolean;
  readonly tailCalls?: boolean;
}

function programOf({ extension = false, tailCalls = true, ...attributes }: Change): ProgramTerms {
  return programTerms({ ...PLAIN, ...attributes }, { extension, tailCalls });
}

describe('compatibility', () => {
  const meeting = (
    owner: Change | undefined,
    program: Change,
    compatKeys: readonly CompatKey[],
    association: 'load' | 'insertion' = 'insertion',
  ) => {
    const seen = { exists: bool(owner !== undefined), program: programOf(owner ?? {}) };
    const { compatible, claims } = meet(seen, programOf(program), association, { compatKeys });
    return [compatible === TRUE, claims === TRUE];
  };

  test.each<[CompatKey, Change]>([
    ['type', { type: 'xdp' }],
    ['jited', { jited: false }],
    ['xdp_has_frags', { xdpHasFrags: true }],
    ['expected_attach_type', { expectedAttachType: 7 }],
    ['attach_func_proto', { attachFuncProto: 1 }],
    ['sleepable', { sleepable: true }],
    ['cgroup_storage', { cgroupStorage: 3 }],
    ['cgroup_storage_leaf', { cgroupStorage: 3 }],
  ])('%s is compared with the owner, and by this key alone', (key, change) => {
    const isOther = (other: CompatKey) =>
      other !== key && !(key.startsWith('cgroup') && other.startsWith('cgroup'));
    expect(meeting({}, change, [key])).toEqual([false, false]);
    expect(meeting({}, change, COMPAT_KEYS.filter(isOther))).toEqual([true, false]);
    expect(meeting(change, change, COMPAT_KEYS)).toEqual([true, false]);
    expect(meeting(undefined, change, COMPAT_KEYS)).toEqual([true, true]);
  });

  test.each<[CompatKey, Change]>([
    ['kprobe_override', { kprobeOverride: true }],
    ['dev_bound', { devBound: true }],
    ['extension', { extension: true }],
  ])('%s is asked of the program itself: it does not become the owner', (key, change) => {
    expect(meeting(undefined, change, [key])).toEqual([false, false]);
    expect(meeting(change, change, [key])).toEqual([false, false]);
    const others = COMPAT_KEYS.filter((other) => other !== key);
    expect(meeting(undefined, change, others)).toEqual([true, true]);
  });

  test('an extension may use an array that it may not be inserted into', () => {
    expect(meeting(undefined, { extension: true }, ['extension'], 'load')).toEqual([true, true]);
    expect(meeting({}, { extension: true }, ['extension'], 'load')).toEqual([true, false]);
  });

  test('without a storage: any program, or one without tail calls', () => {
    const owner = { cgroupStorage: 3 };
    expect(meeting(owner, {}, ['cgroup_storage'])).toEqual([true, false]);
    expect(meeting(owner, {}, ['cgroup_storage_leaf'])).toEqual([false, false]);
    expect(meeting(owner, { tailCalls: false }, ['cgroup_storage_leaf'])).toEqual([true, false]);
    expect(meeting({}, {}, ['cgroup_storage_leaf'])).toEqual([true, false]);
    const other = { cgroupStorage: 4, tailCalls: false };
    expect(meeting(owner, other, ['cgroup_storage_leaf'])).toEqual([false, false]);
  });

  test('without keys every program is compatible', () => {
    const owner = { exists: TRUE, program: programVariables('o') };
    const program = programVariables('p');
    expect(meet(owner, program, 'insertion', { compatKeys: [] })).toEqual({
      compatible: TRUE,
      claims: FALSE,
    });
  });

  test('who becomes the owner is compatible, and there was none', async () => {
    const exists = boolVar('exists');
    const owner = { exists, program: programVariables('o') };
    for (const by of ['load', 'insertion'] as const) {
      const knobs = { compatKeys: COMPAT_KEYS };
      const { compatible, claims } = meet(owner, programVariables('p'), by, knobs);
      expect(await holdsAlways(implies(claims, and(compatible, not(exists))))).toBe(true);
      expect(await holdsAlways(implies(and(compatible, not(exists)), claims))).toBe(true);
      expect(await holdsAlways(implies(not(exists), claims))).toBe(false);
    }
  });

  test('an operation with the one before it looks back, where owners are not locked', () => {
    expect(COMPATIBILITY.looksBack(TRUE, { ownerLocked: false })).toBe(TRUE);
    expect(COMPATIBILITY.looksBack(FALSE, { ownerLocked: false })).toBe(FALSE);
    expect(COMPATIBILITY.looksBack(TRUE, { ownerLocked: true })).toBe(FALSE);
  });

  test.each<[string, Change, boolean]>([
    ['itself', {}, false],
    ['another type', { type: 'xdp' }, true],
    ['not compiled', { jited: false }, true],
    ['with frags', { xdpHasFrags: true }, true],
    ['another attach type', { expectedAttachType: 1 }, true],
    ['another prototype', { attachFuncProto: 1 }, true],
    ['sleepable', { sleepable: true }, true],
    ['a storage that the run has not', { cgroupStorage: 1 }, true],
    ['kprobe override', { kprobeOverride: true }, false],
    ['bound to a device', { devBound: true }, false],
    ['an extension', { extension: true }, false],
    ['without tail calls', { tailCalls: false }, false],
  ])('take over from a plain program: %s', (_, change, traps) => {
    expect(COMPATIBILITY.incompatibleProgram(programOf({}), programOf(change))).toBe(bool(traps));
  });

  test('a program without storage takes over from one that has one', () => {
    const traps = (run: Change, target: Change) =>
      COMPATIBILITY.incompatibleProgram(programOf(run), programOf(target)) === TRUE;
    expect(traps({ cgroupStorage: 2 }, {})).toBe(false);
    expect(traps({ cgroupStorage: 2 }, { cgroupStorage: 2 })).toBe(false);
    expect(traps({ cgroupStorage: 2 }, { cgroupStorage: 1 })).toBe(true);
  });
});

describe('user space', () => {
  const errno = (term: BvTerm) => (term.op === 'bv' ? Number(term.value) : undefined);
  type UserKnobs = Pick<ObjectKnobs, 'compatKeys' | 'freezeNeeds'>;
  const KEY: UserKnobs = { compatKeys: ['extension'], freezeNeeds: 'unfrozen' };
  const NO_KEY: UserKnobs = { compatKeys: ['type'], freezeNeeds: 'unfrozen' };

  /** Each change alone gives its error, and with any of those after it still the same. */
  function inOrder<S>(
    good: S,
    meaning: (state: S) => BvTerm,
    changes: readonly (readonly [Partial<S>, number])[],
  ): void {
    expect(errno(meaning(good))).toBe(0);
    changes.forEach(([change, error], i) => {
      expect(errno(meaning({ ...good, ...change }))).toBe(error);
      for (const [later] of changes.slice(i + 1)) {
        expect(errno(meaning({ ...good, ...later, ...change }))).toBe(error);
      }
    });
  }

  const UPDATE = {
    reachable: TRUE,
    frozen: FALSE,
    readOnly: FALSE,
    flags: n32(0),
    index: n64(3),
    maxEntries: n64(4),
    held: TRUE,
    compatible: TRUE,
    extended: FALSE,
  };

  test('update', () => {
    const changes = [
      [{ reachable: FALSE }, 9],
      [{ frozen: TRUE }, 1],
      [{ readOnly: TRUE }, 1],
      [{ flags: n32(1) }, 22],
      [{ index: n64(4) }, 7],
      [{ held: FALSE }, 9],
      [{ compatible: FALSE }, 22],
    ] as const;
    inOrder(UPDATE, (s) => USER_SPACE.update(s, KEY), [...changes, [{ extended: TRUE }, 16]]);
    inOrder(UPDATE, (s) => USER_SPACE.update(s, NO_KEY), changes);
    expect(errno(USER_SPACE.update({ ...UPDATE, extended: TRUE }, NO_KEY))).toBe(0);
  });

  test('delete', () => {
    const { reachable, frozen, readOnly, index, maxEntries } = UPDATE;
    const good = { reachable, frozen, readOnly, index, maxEntries, empty: FALSE };
    inOrder(good, (s) => USER_SPACE.delete(s, KEY), [
      [{ reachable: FALSE }, 9],
      [{ frozen: TRUE }, 1],
      [{ readOnly: TRUE }, 1],
      [{ index: n64(4) }, 7],
      [{ empty: TRUE }, 2],
    ]);
  });

  test('freeze, inner, pin, unpin, close', () => {
    const array = { reachable: TRUE, frozen: FALSE, readOnly: FALSE };
    inOrder(array, (s) => USER_SPACE.freeze(s, KEY), [
      [{ reachable: FALSE }, 9],
      [{ frozen: TRUE }, 16],
    ]);
    expect(errno(USER_SPACE.freeze({ ...array, readOnly: TRUE }, KEY))).toBe(0);
    const writable = { ...KEY, freezeNeeds: 'writable' } as const;
    inOrder(array, (s) => USER_SPACE.freeze(s, writable), [
      [{ reachable: FALSE }, 9],
      [{ frozen: TRUE }, 1],
    ]);
    expect(errno(USER_SPACE.freeze({ ...array, readOnly: TRUE }, writable))).toBe(1);
    expect(errno(USER_SPACE.inner({ reachable: FALSE }, KEY))).toBe(9);
    expect(errno(USER_SPACE.inner({ reachable: TRUE }, KEY))).toBe(524);
    inOrder({ reachable: TRUE, pinned: FALSE }, (s) => USER_SPACE.pin(s, KEY), [
      [{ reachable: FALSE }, 9],
      [{ pinned: TRUE }, 17],
    ]);
    inOrder({ pinned: TRUE }, (s) => USER_SPACE.unpin(s, KEY), [[{ pinned: FALSE }, 2]]);
    inOrder({ descriptor: TRUE }, (s) => USER_SPACE.close_map(s, KEY), [
      [{ descriptor: FALSE }, 9],
    ]);
    inOrder({ held: TRUE }, (s) => USER_SPACE.close_program(s, KEY), [[{ held: FALSE }, 9]]);
  });

  test('create', () => {
    const good = { absent: TRUE, keySize: n32(4), valueSize: n32(4), flags: n32(0) };
    inOrder(good, (s) => USER_SPACE.create(s, KEY), [
      [{ absent: FALSE }, 17],
      [{ valueSize: n32(8) }, 22],
      [{ keySize: n32(0) }, 22],
      [{ flags: n32(1) }, 22],
    ]);
    const flagged = (flags: number) =>
      errno(USER_SPACE.create({ ...good, flags: n32(flags) }, KEY));
    const allowed = Array.from({ length: 64 }, (_, flags) => flags).filter((f) => flagged(f) === 0);
    expect(allowed).toEqual([0, 4, 8, 12, 16, 20]);
    expect(flagged(2 ** 31)).toBe(22);
  });

  test('load', () => {
    const good = {
      absent: TRUE,
      arraysReachable: TRUE,
      extension: TRUE,
      targetHeld: TRUE,
      compatible: TRUE,
    };
    inOrder(good, (s) => USER_SPACE.load(s, KEY), [
      [{ absent: FALSE }, 17],
      [{ arraysReachable: FALSE }, 9],
      [{ targetHeld: FALSE }, 9],
      [{ compatible: FALSE }, 22],
    ]);
    const plain = { ...good, extension: FALSE, targetHeld: FALSE };
    expect(errno(USER_SPACE.load(plain, KEY))).toBe(0);
  });

  test('attach and detach', () => {
    const good = { held: TRUE, extension: TRUE, replaced: FALSE, targetInSlot: FALSE };
    const changes = [
      [{ held: FALSE }, 9],
      [{ extension: FALSE }, 22],
      [{ replaced: TRUE }, 16],
    ] as const;
    inOrder(good, (s) => USER_SPACE.attach(s, KEY), [...changes, [{ targetInSlot: TRUE }, 16]]);
    inOrder(good, (s) => USER_SPACE.attach(s, NO_KEY), changes);
    expect(errno(USER_SPACE.attach({ ...good, targetInSlot: TRUE }, NO_KEY))).toBe(0);
    inOrder({ held: TRUE, attached: TRUE }, (s) => USER_SPACE.detach(s, KEY), [
      [{ held: FALSE }, 9],
      [{ attached: FALSE }, 2],
    ]);
  });

  test('the owner is looked at where nothing before it fails', async () => {
    const any = {
      reachable: boolVar('reachable'),
      frozen: boolVar('frozen'),
      readOnly: boolVar('read_only'),
      flags: bvVar('flags', 32),
      index: bvVar('index', 64),
      maxEntries: bvVar('max_entries', 64),
      held: boolVar('held'),
    };
    const looks = updateLooks(any, KEY);
    const { reachable, frozen, readOnly, flags, index, maxEntries, held } = any;
    const quiet = and(reachable, not(frozen), not(readOnly), eq(flags, n32(0)), held);
    expect(await holdsAlways(eq(looks, and(quiet, bvult(index, maxEntries))))).toBe(true);

    const [absent, arraysReachable] = [boolVar('absent'), boolVar('arrays_reachable')];
    const [extension, targetHeld] = [boolVar('extension'), boolVar('target_held')];
    const loading = loadLooks({ absent, arraysReachable, extension, targetHeld }, KEY);
    const may = and(absent, arraysReachable, or(not(extension), targetHeld));
    expect(await holdsAlways(eq(loading, may))).toBe(true);
  });
});

describe('references', () => {
  const array = arrayVariables('a');
  const flags = bvVar('flags', 32);
  const one = (condition: BoolTerm) => ite(condition, n64(1), n64(0));
  const usersOf = ({ descriptor, pinned }: ArrayTerms) => bvadd(one(descriptor), one(pinned));
  const counted = (a: ArrayTerms) => eq(a.users, usersOf(a));

  /** When the operation succeeds; the other events are always possible. */
  const may: Partial<Record<ArrayEvent, BoolTerm>> = {
    create: and(array.absent, not(array.descriptor), not(array.pinned)),
    pin: not(array.pinned),
    unpin: array.pinned,
    close_map: array.descriptor,
  };

  test.each(ARRAY_EVENTS)('%s: the users stay descriptor and pin', async (event) => {
    const after = OBJECTS.array[event](array, flags);
    const before = and(counted(array), may[event] ?? TRUE);
    expect(await holdsAlways(implies(before, counted(after)))).toBe(true);
    // What loaded programs hold changes only with them.
    const held = (a: ArrayTerms) => bvsub(a.refs, a.users);
    const change = { user_loaded: n64(1), user_freed: bv(64, 2n ** 64n - 1n) };
    const by = event in change ? change[event as keyof typeof change] : n64(0);
    expect(await holdsAlways(eq(held(after), bvadd(held(array), by)))).toBe(true);
  });

  test('an event that may not happen breaks the count', async () => {
    const after = OBJECTS.array.pin(array, flags);
    expect(await holdsAlways(implies(counted(array), counted(after)))).toBe(false);
  });

  test('an array is reachable where it has a user', async () => {
    const claim = eq(OBJECTS.reachable(array), or(array.descriptor, array.pinned));
    expect(await holdsAlways(implies(counted(array), claim))).toBe(true);
  });

  test('slots are emptied when the last user goes, or the descriptor', async () => {
    const closed = OBJECTS.array.close_map(array, flags);
    const good = and(counted(array), array.descriptor);
    const last = OBJECTS.cleared(array, closed, { clearedOn: 'last_user' });
    expect(await holdsAlways(implies(good, eq(last, not(array.pinned))))).toBe(true);
    const any = OBJECTS.cleared(array, closed, { clearedOn: 'descriptor' });
    expect(await holdsAlways(implies(good, any))).toBe(true);

    const unpinned = OBJECTS.array.unpin(array, flags);
    const pinned = and(counted(array), array.pinned);
    for (const clearedOn of ['last_user', 'descriptor'] as const) {
      const cleared = OBJECTS.cleared(array, unpinned, { clearedOn });
      expect(await holdsAlways(implies(pinned, eq(cleared, not(array.descriptor))))).toBe(true);
    }
  });

  test.each(['create', 'freeze', 'pin', 'user_loaded', 'user_freed'] as const)(
    '%s empties no slot',
    async (event) => {
      const after = OBJECTS.array[event](array, flags);
      const cleared = OBJECTS.cleared(array, after, { clearedOn: 'descriptor' });
      const before = and(counted(array), may[event] ?? TRUE);
      expect(await holdsAlways(implies(before, not(cleared)))).toBe(true);
    },
  );

  test('a creation remembers BPF_F_RDONLY', () => {
    const readOnly = (value: number) => OBJECTS.array.create(array, n32(value)).readOnly;
    expect([0, 4, 8, 12, 16].map((value) => readOnly(value) === TRUE)).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  test('a slot gives one reference back and takes one', () => {
    const refs = n64(5);
    expect(OBJECTS.slotWritten(refs, TRUE, FALSE)).toBe(n64(4));
    expect(OBJECTS.slotWritten(refs, FALSE, TRUE)).toBe(n64(6));
    expect(OBJECTS.slotWritten(refs, TRUE, TRUE)).toBe(refs);
    expect(OBJECTS.slotWritten(refs, FALSE, FALSE)).toBe(refs);
  });

  test.each(PROGRAM_EVENTS)('%s: one reference more or less', (event) => {
    const program = programObjectVariables('p');
    const { refs } = OBJECTS.program[event](program);
    const gives = ['close_program', 'detach', 'run_ends', 'extension_freed'].includes(event);
    expect(refs).toBe((gives ? bvsub : bvadd)(program.refs, n64(1)));
  });

  test('programs are freed without references, after the run or at once', () => {
    const program = (refs: number) => ({ ...programObjectVariables('p'), refs: n64(refs) });
    const freed = (refs: number, isOn: BoolTerm, knob: ObjectKnobs['freed']) =>
      OBJECTS.programFreed(program(refs), OBJECTS.runMayReach(isOn), { freed: knob }) === TRUE;
    expect(freed(0, TRUE, 'grace_period')).toBe(false);
    expect(freed(0, FALSE, 'grace_period')).toBe(true);
    expect(freed(0, TRUE, 'at_once')).toBe(true);
    expect(freed(1, FALSE, 'grace_period')).toBe(false);
    expect(freed(1, TRUE, 'at_once')).toBe(false);
  });
});

describe('local calls that start a counter', () => {
  const RESETS = { trampoline: 'resets', countSlot: 'unrounded' } as const;
  const KEEPS = { trampoline: 'preserves', countSlot: 'rounded' } as const;
  const start = (
    replaced: boolean,
    traced: boolean,
    stack: number,
    knobs: Parameters<typeof COUNTER_START.starts>[1],
  ) => {
    const site = { replaced: bool(replaced), traced: bool(traced), stackBytes: n64(stack) };
    if (COUNTER_START.starts(site, knobs) !== TRUE) return 'the same';
    const counter = COUNTER_START.start(site, knobs);
    return counter.op === 'bv' ? counter.value : undefined;
  };
  const LOST = 2n ** 32n - 1n;

  test.each([
    [true, true, 4, RESETS, 0n],
    [true, false, 0, KEEPS, 0n],
    [false, true, 4, RESETS, 0n],
    [false, true, 4, KEEPS, 'the same'],
    [false, false, 4, RESETS, LOST],
    [false, false, 8, RESETS, 'the same'],
    [false, false, 0, RESETS, 'the same'],
    [false, false, 511, RESETS, LOST],
    [false, true, 4, { ...RESETS, trampoline: 'preserves' } as const, LOST],
    [false, true, 8, { ...RESETS, trampoline: 'preserves' } as const, 'the same'],
  ])('replaced %s, traced %s, %s bytes of stack', (replaced, traced, stack, knobs, gives) => {
    expect(start(replaced, traced, stack, knobs)).toBe(gives);
  });
});

describe('direct jumps', () => {
  test('the mask is the smallest 2^n - 1 that is at least max_entries - 1', () => {
    const masks = Array.from({ length: 18 }, (_, i) => i + 1).map((max) => {
      const mask = DIRECT_JUMP.mask(n64(max));
      return mask.op === 'bv' ? Number(mask.value) : -1;
    });
    expect(masks).toEqual([0, 1, 3, 3, 7, 7, 7, 7, ...Array(8).fill(15), 31, 31]);
  });

  test('what is between max_entries and the mask is read beyond the array', () => {
    const knobs = { directKey: 'tnum_range' } as const;
    const beyond = (key: bigint) => DIRECT_JUMP.outOfBounds(bv(64, key), n64(5), knobs) === TRUE;
    const keys = [0n, 4n, 5n, 7n, 8n, 2n ** 32n + 5n, 2n ** 64n - 1n];
    expect(keys.map(beyond)).toEqual([false, false, true, true, false, false, false]);
    expect(DIRECT_JUMP.outOfBounds(n64(5), n64(5), { directKey: 'checked' })).toBe(FALSE);
  });

  test('powers of two have nothing between', async () => {
    const key = bvVar('key', 64);
    const beyond = DIRECT_JUMP.outOfBounds(key, n64(16), { directKey: 'tnum_range' });
    expect(await holdsAlways(not(beyond))).toBe(true);
    const other = DIRECT_JUMP.outOfBounds(key, n64(17), { directKey: 'tnum_range' });
    expect(await holdsAlways(not(other))).toBe(false);
    expect(await holdsAlways(implies(other, distinct(key, n64(16))))).toBe(true);
  });
});
