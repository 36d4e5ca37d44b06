// Who owns a prog array, who is compatible, two CPUs at the same time, and what compatibility is there to prevent.

import { COMPAT_KEYS, type CompatKey } from '../../../model/profiles/profile.ts';
import type { ProgramAttributes, UserOperation } from '../../../model/scenario/scenario.ts';
import { call, exit, mapFd, mov, movx, progArray, type Setup, tailCall } from '../build.ts';
import { type Case, ending } from './case.ts';
import {
  before,
  CONTEXT,
  errnos,
  idle,
  leaf,
  onProgram,
  operating,
  owners,
  profileWith,
  remove,
  results,
  slots,
  target,
  update,
  withObjects,
} from './user.ts';

type Attributes = Partial<ProgramAttributes>;
const [EBADF, EINVAL] = [9, 22];

const uses = (...maps: readonly number[]) => [...maps.map((map) => mapFd(1, map)), ...leaf];
const callsOn = [mov(0, 0), exit, call(12), exit];

/** An owner and another program put into one array: what the second insertion gives under the keys. */
const insertion = (
  name: string,
  compatKeys: readonly CompatKey[],
  attributes: readonly [Attributes, Attributes],
  gives: readonly [number, number],
  program = leaf,
): Case => ({
  name,
  setup: operating([update(0, 0, 1), update(0, 1, 2)], {
    profile: withObjects({ compatKeys }),
    programs: [idle, leaf, program],
    attributes: { 1: attributes[0], 2: attributes[1] },
    maps: [progArray(2)],
  }),
  expect: errnos,
  gives: gives.join(' '),
});

/** What makes a program differ from the default, and the key that looks at it. */
const SAME_AS_OWNER: readonly (readonly [CompatKey, Attributes])[] = [
  ['type', { type: 'xdp' }],
  ['jited', { jited: false }],
  ['xdp_has_frags', { xdpHasFrags: true }],
  ['expected_attach_type', { expectedAttachType: 46 }],
  ['attach_func_proto', { attachFuncProto: 3 }],
  ['sleepable', { sleepable: true }],
];
const ALONE: readonly (readonly [CompatKey, Attributes])[] = [
  ['kprobe_override', { kprobeOverride: true }],
  ['dev_bound', { devBound: true }],
];
const butKey = (key: CompatKey) => COMPAT_KEYS.filter((other) => other !== key);

const KEY_CASES: readonly Case[] = [
  ...SAME_AS_OWNER.flatMap(([key, attributes]) => [
    insertion(`${key}: another than the owner's`, [key], [{}, attributes], [0, EINVAL]),
    insertion(`${key}: the owner's is the odd one`, [key], [attributes, {}], [0, EINVAL]),
    insertion(`${key}: both odd alike`, [key], [attributes, attributes], [0, 0]),
    insertion(`${key}: not compared`, butKey(key), [{}, attributes], [0, 0]),
  ]),
  insertion(
    'expected_attach_type: two that are not 0',
    ['expected_attach_type'],
    [{ expectedAttachType: 1 }, { expectedAttachType: 0xffff_ffff }],
    [0, EINVAL],
  ),
  ...ALONE.flatMap(([key, attributes]) => [
    insertion(`${key}: refused`, [key], [{}, attributes], [0, EINVAL]),
    insertion(`${key}: with its like too`, [key], [attributes, attributes], [EINVAL, EINVAL]),
    insertion(`${key}: not looked at`, butKey(key), [attributes, {}], [0, 0]),
  ]),
  ...(['cgroup_storage', 'cgroup_storage_leaf'] as const).flatMap((key) => [
    insertion(`${key}: the same`, [key], [{ cgroupStorage: 5 }, { cgroupStorage: 5 }], [0, 0]),
    insertion(`${key}: another`, [key], [{ cgroupStorage: 5 }, { cgroupStorage: 6 }], [0, EINVAL]),
    insertion(
      `${key}: one where the owner has none`,
      [key],
      [{}, { cgroupStorage: 5 }],
      [0, EINVAL],
    ),
    insertion(`${key}: none, in a leaf`, [key], [{ cgroupStorage: 5 }, {}], [0, 0]),
    insertion(`${key}: neither has one`, [key], [{}, {}], [0, 0], callsOn),
  ]),
  insertion(
    'cgroup_storage: none, with a tail call',
    ['cgroup_storage'],
    [{ cgroupStorage: 5 }, {}],
    [0, 0],
    callsOn,
  ),
  insertion(
    'cgroup_storage_leaf: none, with a tail call',
    ['cgroup_storage_leaf'],
    [{ cgroupStorage: 5 }, {}],
    [0, EINVAL],
    callsOn,
  ),
  insertion(
    'no storage is compared without a key',
    COMPAT_KEYS.filter((key) => !key.startsWith('cgroup')),
    [{ cgroupStorage: 5 }, { cgroupStorage: 6 }],
    [0, 0],
  ),
];

const owned = (
  name: string,
  compatKeys: readonly CompatKey[],
  operations: readonly UserOperation[],
  gives: string,
  more: Partial<Setup>,
): Case => ({
  name,
  setup: operating(operations, {
    profile: withObjects({ compatKeys }),
    maps: [progArray(2)],
    ...more,
  }),
  expect: (o) => `${errnos(o)} | ${owners(o)}`,
  gives,
});

const sleeper = { attributes: { 1: { sleepable: true } } } as const;
const pair = [progArray(2), progArray(2, {}, 'other')];

const OWNER_CASES: readonly Case[] = [
  owned('the first that is inserted', [], [update(0, 0, 1), update(0, 1, 0)], '0 0 | 1', {}),
  owned('the first that uses it, before any entry', [], [], ' | 1', {
    programs: [idle, uses(0), uses(0)],
    maps: [progArray(2, { 0: 0 })],
  }),
  owned('loaded while running', [], [onProgram('load', 1)], '0 | 1', { programs: [idle, uses(0)] }),
  owned(
    'a load that is refused',
    ['sleepable'],
    [update(0, 0, 0), onProgram('load', 1)],
    `0 ${EINVAL} | 0`,
    {
      ...sleeper,
      programs: [idle, uses(0)],
    },
  ),
  owned(
    'a load that fails later has become the owner of what comes before',
    ['sleepable'],
    [update(1, 0, 0), onProgram('load', 1)],
    `0 ${EINVAL} | 1 0`,
    { ...sleeper, programs: [idle, uses(0, 1)], maps: pair },
  ),
  owned(
    'in the order of use in the code, not of maps',
    ['sleepable'],
    [update(1, 0, 0), onProgram('load', 1)],
    `0 ${EINVAL} | -1 0`,
    { ...sleeper, programs: [idle, uses(1, 0)], maps: pair },
  ),
  owned(
    'a load that lacks an array becomes the owner of none',
    [],
    [onProgram('load', 1), { op: 'create', map: 1 }],
    `${EBADF} 0 | -1 -1`,
    { programs: [idle, uses(0, 1)], maps: pair },
  ),
  owned(
    'kprobe_override: a load becomes the owner of nothing',
    ['kprobe_override'],
    [onProgram('load', 1)],
    `${EINVAL} | -1`,
    { programs: [idle, uses(0)], attributes: { 1: { kprobeOverride: true } } },
  ),
  owned(
    'kprobe_override: without arrays it is loaded',
    ['kprobe_override'],
    [onProgram('load', 1), update(0, 0, 1)],
    `0 ${EINVAL} | -1`,
    { attributes: { 1: { kprobeOverride: true } } },
  ),
  owned(
    'extension: a load may use an array, and own it',
    ['extension'],
    [onProgram('load', 1)],
    '0 | 1',
    { programs: [target, uses(0)], replaces: { 1: { program: 0, slot: 2 } } },
  ),
  owned(
    'an owner that was freed still decides',
    ['sleepable'],
    [update(0, 0, 1), onProgram('close_program', 1), remove(0, 0), update(0, 0, 0)],
    `0 0 0 ${EINVAL} | 1`,
    { ...sleeper, profile: withObjects({ compatKeys: ['sleepable'], freed: 'at_once' }) },
  ),
  owned(
    'every array has an owner of its own',
    ['sleepable'],
    [update(0, 0, 1), update(1, 0, 0), update(0, 1, 0), update(1, 1, 1)],
    `0 0 ${EINVAL} ${EINVAL} | 1 0`,
    { ...sleeper, maps: pair },
  ),
];

/** The second operation is done by another CPU at the same time as the first. */
const raced = (
  name: string,
  ownerLocked: boolean,
  operations: readonly [...UserOperation[], UserOperation, UserOperation],
  gives: string,
  more: Partial<Setup> = {},
): Case => ({
  name: `${ownerLocked ? 'locked' : 'not locked'}: ${name}`,
  setup: {
    ...operating([], {
      profile: withObjects({ compatKeys: ['sleepable'], ownerLocked }),
      programs: [idle, leaf, uses(0)],
      attributes: { 2: { sleepable: true } },
      maps: [progArray(2)],
      ...more,
    }),
    schedule: before(0, ...operations).map((entry, i) =>
      i === operations.length - 1 ? { ...entry, withPrevious: true } : entry,
    ),
  },
  expect: (o) => `${errnos(o)} | ${owners(o)} | ${slots(o)}`,
  gives,
});
const bare = { programs: [idle, leaf, leaf] };
const UPDATES = [update(0, 0, 1), update(0, 1, 2)] as const;

const RACE_CASES: readonly Case[] = [
  raced('two updates', false, UPDATES, '0 0 | 2 | 1 2', bare),
  raced('two updates', true, UPDATES, `0 ${EINVAL} | 1 | 1 -1`, bare),
  raced('an update and a load', false, [update(0, 0, 1), onProgram('load', 2)], '0 0 | 2 | 1 -1'),
  raced(
    'an update and a load',
    true,
    [update(0, 0, 1), onProgram('load', 2)],
    `0 ${EINVAL} | 1 | 1 -1`,
  ),
  raced('a load and an update', false, [onProgram('load', 2), update(0, 0, 1)], '0 0 | 1 | 1 -1'),
  raced(
    'a load and an update',
    true,
    [onProgram('load', 2), update(0, 0, 1)],
    `0 ${EINVAL} | 2 | -1 -1`,
  ),
  raced(
    'an owner from before both is seen',
    false,
    [update(0, 0, 1), update(0, 0, 1), update(0, 1, 2)],
    `0 0 ${EINVAL} | 1 | 1 -1`,
    bare,
  ),
  raced('the same program twice', false, [update(0, 0, 2), update(0, 1, 2)], '0 0 | 2 | 2 2', bare),
  raced(
    'what fails alone fails with another too',
    false,
    [update(0, 0, 1), update(0, 2, 2)],
    '0 7 | 1 | 1 -1',
    bare,
  ),
  raced(
    'the owner of another array',
    false,
    [update(0, 0, 1), update(1, 0, 2)],
    '0 0 | 1 2 | 1 -1; 2 -1',
    { ...bare, maps: pair },
  ),
  {
    name: 'not locked: one after the other sees the first',
    setup: operating(UPDATES, {
      profile: withObjects({ compatKeys: ['sleepable'], ownerLocked: false }),
      ...bare,
      attributes: { 2: { sleepable: true } },
      maps: [progArray(2)],
    }),
    expect: (o) => `${errnos(o)} | ${owners(o)}`,
    gives: `0 ${EINVAL} | 1`,
  },
];

/** Program 0 tail-calls slot 0; the attributes of both. */
const entering = (
  name: string,
  attributes: Setup['attributes'],
  gives: unknown,
  more: Partial<Setup> = {},
): Case => ({
  name,
  setup: {
    ...CONTEXT,
    profile: profileWith(),
    programs: [[...tailCall(0, 0), mov(0, 5), exit], leaf],
    maps: [progArray(1, { 0: 1 })],
    ...(attributes && { attributes }),
    ...more,
  },
  expect: (o) => [ending(o), results(o), o.tailCalls, o.steps],
  gives,
});
const TRAPPED = ['incompatible_program 0:3', '', 0, 2];
const TAKEN = [7n, 'taken', 1, 5];

const TRAP_CASES: readonly Case[] = [
  ...SAME_AS_OWNER.flatMap(([key, attributes]) => [
    entering(`entering a program that differs in ${key}`, { 1: attributes }, TRAPPED),
    entering(`entering one from a program that differs in ${key}`, { 0: attributes }, TRAPPED),
    entering(`both with the same ${key}`, { 0: attributes, 1: attributes }, TAKEN),
  ]),
  ...ALONE.map(([key, attributes]) =>
    entering(`${key} does not keep a program from running`, { 1: attributes }, TAKEN),
  ),
  entering('another storage', { 0: { cgroupStorage: 5 }, 1: { cgroupStorage: 6 } }, TRAPPED),
  entering('a storage where there was none', { 1: { cgroupStorage: 5 } }, TRAPPED),
  entering('the same storage', { 0: { cgroupStorage: 5 }, 1: { cgroupStorage: 5 } }, TAKEN),
  entering('no storage', { 0: { cgroupStorage: 5 } }, TAKEN),
  entering('nothing left of the limit', { 1: { sleepable: true } }, [5n, 'exhausted', 0, 5], {
    profile: profileWith({ limit: 0 }),
  }),
  entering('an index out of range', { 1: { sleepable: true } }, [5n, 'out_of_range', 0, 5], {
    programs: [[...tailCall(0, 9), mov(0, 5), exit], leaf],
  }),
  // Program 1 has no storage; what counts is that of program 0, where the run started.
  entering(
    "it is the run's program that is compared",
    { 0: { cgroupStorage: 5 }, 2: { cgroupStorage: 5 } },
    [7n, 'taken taken', 2, 8],
    {
      programs: [[...tailCall(0, 0), mov(0, 5), exit], [...tailCall(0, 1), mov(0, 6), exit], leaf],
      maps: [progArray(2, { 0: 1, 1: 2 })],
    },
  ),
  entering(
    'a trap after a failed attempt',
    { 1: { jited: false } },
    ['incompatible_program 0:9', 'out_of_range', 0, 7],
    {
      programs: [[movx(6, 1), ...tailCall(0, 9), movx(1, 6), ...tailCall(0, 0), exit], leaf],
    },
  ),
];

export const OWNERSHIP_CASES: readonly Case[] = [
  ...KEY_CASES,
  ...OWNER_CASES,
  ...RACE_CASES,
  ...TRAP_CASES,
];
