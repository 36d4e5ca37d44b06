// The catalogue: that what was promised is there, and that every fact has a source.

import { describe, expect, test } from 'vitest';
import { InputError } from '../../../model/errors.ts';
import {
  DEFAULT_PROFILE,
  isInCatalogue,
  listProfiles,
  profileNamed,
} from '../../../model/profiles/catalogue.ts';
import { VERSIONS } from '../../../model/profiles/linux-common.ts';
import {
  behaviourKey,
  type Profile,
  TAIL_CALL_CHECKS,
  weakestTag,
} from '../../../model/profiles/profile.ts';

const ALL = listProfiles();

test('names are there once', () => {
  expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
});

test.each(['interp', 'x86_64'])('every promised version of linux for %s', (engine) => {
  for (const version of VERSIONS) {
    expect(profileNamed(`linux-${version}/${engine}`).name).toBe(`linux-${version}/${engine}`);
  }
});

test.each([
  ...['arm64', 's390x', 'riscv64', 'mips64', 'ppc64'].map((engine) => `linux-6.12/${engine}`),
  'ebpf-for-windows',
  'ebpf-for-windows-before-2496',
  'jitterbug-spec',
])('%s', (name) => {
  expect(isInCatalogue(profileNamed(name))).toBe(true);
});

describe.each(ALL)('$name', ({ tailCall, objects, facts, provenance }) => {
  test('says of each fact where it comes from', () => {
    expect(Object.keys(provenance).sort()).toEqual(
      [...Object.keys(tailCall), ...Object.keys(objects), ...Object.keys(facts)].sort(),
    );
    for (const { tag, source } of Object.values(provenance)) {
      expect('OSMH').toContain(tag);
      expect(source).not.toBe('');
    }
  });

  test('makes each check once', () => {
    expect([...tailCall.order].sort()).toEqual([...TAIL_CALL_CHECKS].sort());
  });
});

const NONE = { outOfRange: false, exhausted: false, empty: false };
const PLAIN = {
  limit: 33,
  order: ['index', 'count', 'slot'],
  indexBits: 32,
  indexMasked: false,
  trampoline: 'preserves',
  countSlot: 'rounded',
  directKey: 'checked',
};

// By hand from the reference's table of JITs (1.4), of propagation (1.5) and of profiles (9).
test.each([
  ['linux-4.2/interp', { indexBits: 64, burns: { ...NONE, empty: true }, propagation: 'rejected' }],
  ['linux-4.14/x86_64', { burns: { ...NONE, empty: true }, propagation: 'rejected' }],
  ['linux-5.4/x86_64', { burns: { ...NONE, empty: true }, propagation: 'rejected' }],
  [
    'linux-5.10/x86_64',
    {
      burns: { ...NONE, empty: true },
      propagation: 'value',
      trampoline: 'resets',
      countSlot: 'unrounded',
      directKey: 'tnum_range',
    },
  ],
  [
    'linux-5.19/x86_64',
    {
      burns: { ...NONE, empty: true },
      propagation: 'value',
      trampoline: 'resets',
      directKey: 'tnum_range',
    },
  ],
  ['linux-6.1/interp', { burns: { ...NONE, empty: true }, propagation: 'rejected' }],
  [
    'linux-6.1/x86_64',
    { burns: { ...NONE, empty: true }, propagation: 'value', trampoline: 'resets' },
  ],
  ['linux-6.7/x86_64', { burns: { ...NONE, empty: true }, propagation: 'value' }],
  ['linux-6.12/interp', { burns: { ...NONE, empty: true }, propagation: 'rejected' }],
  ['linux-6.12/x86_64', { burns: NONE, propagation: 'reference' }],
  ['linux-7.0/interp', { burns: { ...NONE, empty: true }, propagation: 'rejected' }],
  ['linux-7.1/interp', { burns: NONE, propagation: 'rejected' }],
  ['linux-7.1/x86_64', { burns: NONE, propagation: 'reference' }],
  ['linux-7.1/interp-unprivileged', { indexMasked: true, burns: NONE, propagation: 'rejected' }],
  ['linux-6.1/arm64', { burns: { ...NONE, empty: true }, propagation: 'value' }],
  ['linux-6.12/arm64', { burns: NONE, propagation: 'reference' }],
  ['linux-6.12/s390x', { burns: { ...NONE, exhausted: true, empty: true }, propagation: 'value' }],
  [
    'linux-6.19/s390x',
    { burns: { ...NONE, exhausted: true, empty: true }, propagation: 'writeback' },
  ],
  [
    'linux-5.4/riscv64',
    { limit: 32, burns: { ...NONE, exhausted: true, empty: true }, propagation: 'rejected' },
  ],
  [
    'linux-6.12/mips64',
    {
      indexBits: 64,
      burns: { outOfRange: true, exhausted: true, empty: true },
      propagation: 'rejected',
    },
  ],
  ['linux-6.12/ppc64', { burns: { ...NONE, empty: true }, propagation: 'rejected' }],
  ['linux-7.1/ppc64', { burns: NONE, propagation: 'reference' }],
  ['ebpf-for-windows-before-2496', { limit: 31, burns: NONE, propagation: 'rejected' }],
  ['jitterbug-spec', { burns: NONE, propagation: 'rejected' }],
])('%s does what the reference says', (name, knobs) => {
  expect(profileNamed(name).tailCall).toEqual({ ...PLAIN, ...knobs });
});

test.each([
  ['linux-6.12/x86_64', 'S'],
  ['linux-7.1/interp', 'S'],
  ['linux-4.14/interp', 'M'],
  ['linux-4.2/x86_64', 'M'],
  ['linux-6.12/mips64', 'H'],
  ['jitterbug-spec', 'H'],
])('%s is only as sure as its least sure fact: %s', (name, tag) => {
  expect(weakestTag(profileNamed(name))).toBe(tag);
});

test('what is inherited is not said to be observed', () => {
  const observed = ALL.filter(({ provenance }) =>
    Object.values(provenance).some(({ tag }) => tag === 'O'),
  );
  expect(observed.map(({ name }) => name)).toEqual([
    'linux-6.1/interp',
    'linux-6.12/interp',
    'linux-6.1/x86_64',
    'linux-6.12/x86_64',
  ]);
});

test('keys of compatibility only ever grow, but for the rule of cgroup storage', () => {
  const keysOf = (version: string) =>
    profileNamed(`linux-${version}/interp`).objects.compatKeys.filter(
      // 6.1 and 6.12 as stable ships them are ahead of 6.7 and 6.13.0.
      (key) =>
        !key.startsWith('cgroup_storage') && key !== 'expected_attach_type' && key !== 'extension',
    );
  VERSIONS.slice(1).forEach((version, i) => {
    expect(keysOf(version)).toEqual(expect.arrayContaining(keysOf(VERSIONS[i]!)));
  });
});

// By hand from the reference: lifetimes (2.4), ownership (2.5) and the fixes (6.6).
test('only the oldest empties on closing, only those before 5.15 race for the owner', () => {
  const named = (keep: (profile: Profile) => boolean) => ALL.filter(keep).map(({ name }) => name);
  expect(named(({ objects }) => objects.clearedOn === 'descriptor')).toEqual([
    'linux-4.2/interp',
    'linux-4.2/x86_64',
  ]);
  const racing = named(({ objects }) => !objects.ownerLocked);
  expect(racing).toEqual([
    ...['4.2', '4.14', '5.4', '5.10'].map((version) => `linux-${version}/interp`),
    ...['4.2', '4.14', '5.4', '5.10'].map((version) => `linux-${version}/x86_64`),
    'linux-5.4/riscv64',
    'linux-5.4/mips64',
  ]);
  expect(named(({ objects }) => objects.freed === 'at_once')).toEqual([]);
  const extensible = named(({ objects }) => objects.compatKeys.includes('extension'));
  expect(extensible).toEqual(
    expect.arrayContaining(['linux-6.1/interp', 'linux-6.1/x86_64', 'linux-6.12/x86_64']),
  );
  expect(extensible).not.toContain('linux-6.7/x86_64');
});

test('only x86-64 lost counts or made direct jumps', () => {
  const odd = ALL.filter(
    ({ tailCall }) =>
      tailCall.trampoline !== 'preserves' ||
      tailCall.countSlot !== 'rounded' ||
      tailCall.directKey !== 'checked',
  );
  expect(odd.map(({ name }) => name)).toEqual([
    'linux-5.10/x86_64',
    'linux-5.19/x86_64',
    'linux-6.1/x86_64',
  ]);
});

test('every release has the instructions of its own number', () => {
  for (const { name, facts } of ALL) {
    if (name.startsWith('linux-')) expect(facts.instructionSet).toBe(name.split('/')[0]);
  }
});

test('profiles are alike where all that is executed is equal', () => {
  const base = profileNamed(DEFAULT_PROFILE);
  const { tailCall, objects, facts } = base;
  const key = behaviourKey(base);
  expect(behaviourKey({ ...base, name: 'mine' })).toBe(key);
  expect(behaviourKey({ ...base, facts: { ...facts, div0: 'abort0' } })).toBe(key);
  expect(behaviourKey({ ...base, objects: { ...objects, freed: 'at_once' } })).not.toBe(key);
  expect(behaviourKey({ ...base, tailCall: { ...tailCall, trampoline: 'resets' } })).not.toBe(key);
});

test('one that was edited is no longer the one of its name', () => {
  const base = profileNamed(DEFAULT_PROFILE);
  expect(isInCatalogue({ ...base })).toBe(true);
  expect(isInCatalogue({ ...base, tailCall: { ...base.tailCall, limit: 32 } })).toBe(false);
  expect(isInCatalogue({ ...base, objects: { ...base.objects, ownerLocked: false } })).toBe(false);
  expect(isInCatalogue({ ...base, name: 'mine' })).toBe(false);
});

test.each([
  ['linux-6.14/x86_64', '; the closest are linux-6.13/x86_64 and linux-6.19/x86_64'],
  ['linux-6.12.117/x86_64', '; the closest is linux-6.12/x86_64'],
  ['linux-3.18/interp', '; the closest is linux-4.2/interp'],
  ['linux-9.0/interp', '; the closest is linux-7.1/interp'],
  ['linux-6.12/x86-64', "; did you mean 'linux-6.12/x86_64'?"],
  ['linux-7.1/intrep', "; did you mean 'linux-7.1/interp'?"],
  ['linux-6.19/sparc64', '; there are linux-6.19/interp, linux-6.19/x86_64, linux-6.19/s390x'],
  ['linux-5.19', '; there are linux-5.19/interp, linux-5.19/x86_64'],
  ['ebpf-for-window', "; did you mean 'ebpf-for-windows'?"],
  ['jitterbug', '; there is jitterbug-spec'],
  ['linux', '; one is linux-6.12/x86_64, and tailproof list profiles shows all'],
  ['', '; one is linux-6.12/x86_64, and tailproof list profiles shows all'],
])('%s: which is meant', (name, meant) => {
  const error = errorOf(() => profileNamed(name));
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toBe(`profile: there is no profile '${name}'${meant}`);
});

function errorOf(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
