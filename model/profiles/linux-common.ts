// What all engines of a Linux version have in common: the verifier's rules and the map's, version by version.

import { known, type KnownKnobs } from './build.ts';
import type { CompatKey, CounterRoot, ObjectKnobs, StaticKnobs } from './profile.ts';

export const NONE_BURN = { outOfRange: false, exhausted: false, empty: false } as const;
export const EMPTY_BURNS = { ...NONE_BURN, empty: true } as const;
export const INDEX_COUNT_SLOT = ['index', 'count', 'slot'] as const;

/** Where local calls and tail calls do not mix, nothing stands between a count and who counts. */
export const NO_COUNT_IS_PASSED = {
  trampoline: known('preserves', 'S', 'local calls and tail calls do not mix'),
  countSlot: known('rounded', 'S', 'local calls and tail calls do not mix'),
} as const;
export const NO_DIRECT_JUMPS = {
  directKey: known('checked', 'S', 'only the JIT for x86-64 has direct jumps, since 5.5'),
} as const;

type Common = Pick<KnownKnobs, keyof ObjectKnobs | keyof StaticKnobs>;
type CommonOfSeveral = Omit<Common, 'instructionSet'>;
export const VERSIONS = [
  '4.2',
  '4.14',
  '5.4',
  '5.10',
  '5.19',
  '6.1',
  '6.7',
  '6.12',
  '6.13',
  '6.19',
  '7.0',
  '7.1',
] as const;
export type LinuxVersion = (typeof VERSIONS)[number];

const roots = (since: string, ...value: CounterRoot[]) => known(value, 'M', since);
const keys = (tag: 'S' | 'M', source: string, ...value: CompatKey[]) => known(value, tag, source);

const V4_2: CommonOfSeveral = {
  newCounter: roots('one count for each invocation by a hook', 'run'),
  stack: known(
    { callerLimit: 'none', rounding: 32, frames: 1 },
    'M',
    'no bpf-to-bpf calls before 4.16',
  ),
  compatKeys: keys('M', '04fd61ab36ec (4.2)', 'type', 'jited'),
  ownerLocked: known(
    false,
    'S',
    '54713c85f536 (5.15): until then two could become the owner at the same time',
  ),
  clearedOn: known(
    'descriptor',
    'M',
    'c9da161c6517 (4.4): until then closing the descriptor cleared it, pinned or not',
  ),
  freed: known('grace_period', 'M', 'a run is one read-side section of RCU'),
  freezeNeeds: known('unfrozen', 'M', 'BPF_MAP_FREEZE came with 5.2'),
  afterCall: known(
    { r0: 'undefined', packetPointers: 'keep' },
    'M',
    'RET_VOID: R0 is not initialised after the call',
  ),
  mapErrors: known({ lookup: 'ENOTSUPP' }, 'M', 'lookup by user space came with 4.16 or 4.17'),
  div0: known('abort0', 'M', 'until 4.16 a division by a register of 0 ended the program'),
};

const V4_14: CommonOfSeveral = {
  ...V4_2,
  clearedOn: known('last_user', 'M', 'c9da161c6517 (4.4): when the last user is gone'),
  newCounter: roots('bpf_prog_test_run since 4.12', 'run', 'test_run'),
};

const ROOTS_5_4: readonly CounterRoot[] = ['run', 'test_run'];
const V5_4: CommonOfSeveral = {
  ...V4_14,
  stack: known(
    { callerLimit: 'none', rounding: 32, frames: 8 },
    'M',
    'bpf-to-bpf calls since 4.16, at most 8 frames; not together with tail calls',
  ),
  compatKeys: keys('M', '9802d86585db (4.16)', 'type', 'jited', 'kprobe_override'),
  mapErrors: known({ lookup: 'id' }, 'M', 'since 4.16 or 4.17 the id is given'),
  div0: known('zero', 'M', 'since 4.16 the result is 0'),
};

const ROOTS_5_10: readonly CounterRoot[] = [...ROOTS_5_4, 'tracing', 'freplace', 'struct_ops'];
const V5_10: CommonOfSeveral = {
  ...V5_4,
  newCounter: roots('fentry 5.5; freplace and struct_ops 5.6', ...ROOTS_5_10),
  stack: known(
    { callerLimit: 256, rounding: 32, frames: 8 },
    'S',
    '7f6e4312e15a (5.10): callers of a function with a tail call below 256 bytes',
  ),
};

const ROOTS_5_19: readonly CounterRoot[] = [...ROOTS_5_10, 'async_callback'];
const KEYS_5_19: readonly CompatKey[] = ['type', 'jited', 'kprobe_override', 'xdp_has_frags'];
const V5_19: CommonOfSeveral = {
  ...V5_10,
  newCounter: roots('timers since 5.15', ...ROOTS_5_19),
  compatKeys: keys('M', 'f45d5b6ce2e8 (5.18)', ...KEYS_5_19),
  ownerLocked: known(true, 'S', '54713c85f536 (5.15)'),
};

// 6.1 as stable ships it (6.1.192).
const V6_1: CommonOfSeveral = {
  ...V5_19,
  compatKeys: keys(
    'S',
    'f45d5b6ce2e8 (5.18); d6083f040d5d (6.13) and 4540aed51b12 (6.18) ported back: seen on 6.1.192',
    ...KEYS_5_19,
    'extension',
    'expected_attach_type',
  ),
  clearedOn: known('last_user', 'S', 'source of 6.1.192: usercnt'),
  freezeNeeds: known(
    'unfrozen',
    'S',
    '6.1.192: a frozen array gives EBUSY, and BPF_F_RDONLY nothing',
  ),
  freed: known('grace_period', 'S', 'source of 6.1.192: call_rcu when the last reference is gone'),
};

const ROOTS_6_7: readonly CounterRoot[] = [...ROOTS_5_19, 'exception_callback'];
const KEYS_6_7: readonly CompatKey[] = [...KEYS_5_19, 'dev_bound'];
const V6_7: CommonOfSeveral = {
  ...V6_1,
  newCounter: roots('exception callbacks since 6.7', ...ROOTS_6_7),
  compatKeys: keys('M', 'programs bound to a device are refused since 6.3', ...KEYS_6_7),
  freezeNeeds: known('writable', 'M', 'since about 6.5, in place of a capability'),
};

// 6.12 as stable ships it (6.12.117): with what was ported back from 6.13 to 7.2.
const V6_12: CommonOfSeveral = {
  ...V6_7,
  compatKeys: keys(
    'S',
    'source of 6.12.117, with ported-back 28ead3eaabc1, d6083f040d5d, 4540aed51b12 and the cgroup storage rules',
    ...KEYS_6_7,
    'attach_func_proto',
    'extension',
    'cgroup_storage_leaf',
    'expected_attach_type',
  ),
  freezeNeeds: known('writable', 'S', 'source of 6.12.117: FMODE_CAN_WRITE'),
  afterCall: known(
    { r0: 'undefined', packetPointers: 'drop' },
    'S',
    '1a4607ffba35 (6.13, 6.12.9): packet pointers are dropped',
  ),
};

const KEYS_6_13: readonly CompatKey[] = [...KEYS_6_7, 'attach_func_proto', 'extension'];
const V6_13: CommonOfSeveral = {
  ...V6_12,
  compatKeys: keys('S', '28ead3eaabc1 (6.12), d6083f040d5d (6.13)', ...KEYS_6_13),
};

const KEYS_6_19: readonly CompatKey[] = [...KEYS_6_13, 'cgroup_storage', 'expected_attach_type'];
const V6_19: CommonOfSeveral = {
  ...V6_13,
  compatKeys: keys('S', 'abad3d0bad72 (6.17) and CVE-2025-40123 (6.18)', ...KEYS_6_19),
  afterCall: known(
    { r0: 'undefined', packetPointers: 'fork' },
    'S',
    'e3245f899043 (6.19): failure and success are followed apart',
  ),
};

const V7_0: CommonOfSeveral = {
  ...V6_19,
  compatKeys: keys('S', '0f0c332992b8 (7.0): sleepable programs', ...KEYS_6_19, 'sleepable'),
};

/** The instructions that the verifier of a release takes; a JIT may leave some to the interpreter. */
function withInstructions(version: LinuxVersion, common: CommonOfSeveral): Common {
  const source = 'by the release that added each instruction, some of them remembered';
  return { ...common, instructionSet: known(`linux-${version}`, 'M', source) };
}

export const LINUX: Readonly<Record<LinuxVersion, Common>> = {
  '4.2': withInstructions('4.2', V4_2),
  '4.14': withInstructions('4.14', V4_14),
  '5.4': withInstructions('5.4', V5_4),
  '5.10': withInstructions('5.10', V5_10),
  '5.19': withInstructions('5.19', V5_19),
  '6.1': withInstructions('6.1', V6_1),
  '6.7': withInstructions('6.7', V6_7),
  '6.12': withInstructions('6.12', V6_12),
  '6.13': withInstructions('6.13', V6_13),
  '6.19': withInstructions('6.19', V6_19),
  '7.0': withInstructions('7.0', V7_0),
  '7.1': withInstructions('7.1', V7_0),
};
