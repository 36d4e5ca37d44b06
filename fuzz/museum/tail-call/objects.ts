// Bugs of prog arrays as objects: who owns them, what they hold, how long. Facts: reference linux-tail-calls.md, the
// sections that `source` names.

import type { CompatKey } from '../../../model/profiles/profile.ts';
import { profileNamed } from '../../../model/profiles/catalogue.ts';
import type { Exhibit } from '../exhibit.ts';
import { DIFFERENT_END, moreThan, trapOf } from '../sight.ts';
import { catalogueVariant, changedVariant } from '../variant.ts';
import { scenarioExhibit } from './exhibit.ts';
import {
  keysText,
  NO_BRIDGE,
  NOT_EXTENDED_IN_SLOT,
  USERS_KEEP_SLOTS,
  SECOND_SEES_FIRST,
  sameIn,
} from './object-laws.ts';

const LIMIT = 33;

/** A profile of the catalogue with one key more, in place of another or not. */
function withKey(
  name: string,
  from: string,
  source: string,
  key: CompatKey,
  instead?: CompatKey,
): ReturnType<typeof changedVariant> {
  const { compatKeys } = profileNamed(from).objects;
  const keys = [...compatKeys.filter((other) => other !== instead), key];
  return changedVariant(name, from, { compat_keys: keysText(keys) }, source);
}

const CLEARED_TOO_EARLY = scenarioExhibit({
  id: 'c9da161c6517',
  title: 'an array that is pinned is emptied when its descriptor is closed',
  kernels: 'before 4.4',
  source: 'linux-tail-calls §2.4, §6.6: descriptors and pins are counted apart (4.4)',
  sureness: 'M',
  faulty: catalogueVariant('linux-4.2/interp'),
  mended: changedVariant(
    'museum/cleared-on-last-user',
    'linux-4.2/interp',
    { cleared_on: 'last_user' },
    'c9da161c6517 (4.4)',
  ),
  sight: DIFFERENT_END,
  law: USERS_KEEP_SLOTS,
});

const OWNER_RACE = scenarioExhibit({
  id: '54713c85f536',
  title: 'two programs become the owner of an array at the same time',
  kernels: 'before 5.15',
  source: 'linux-tail-calls §2.5, §6.6: the owner is written under a lock (5.15)',
  sureness: 'S',
  faulty: catalogueVariant('linux-5.10/x86_64'),
  mended: changedVariant(
    'museum/owner-locked',
    'linux-5.10/x86_64',
    { owner_locked: 'true' },
    '54713c85f536 (5.15)',
  ),
  sight: trapOf('incompatible_program'),
  law: SECOND_SEES_FIRST,
});

const OTHER_HOOK = scenarioExhibit({
  id: '28ead3eaabc1',
  aliases: ['CVE-2024-50063'],
  title: 'programs that attach to functions with different prototypes share an array',
  kernels: 'before 6.12',
  source: 'linux-tail-calls §2.5, §6.6: attach_func_proto is compared (6.12)',
  sureness: 'S',
  faulty: catalogueVariant('linux-6.7/x86_64'),
  mended: withKey(
    'museum/attach-func-proto',
    'linux-6.7/x86_64',
    '28ead3eaabc1 (6.12)',
    'attach_func_proto',
  ),
  sight: trapOf('incompatible_program'),
  law: sameIn('attachFuncProto', 'attach_func_proto'),
});

const FREPLACE_LOOP = scenarioExhibit({
  id: 'd6083f040d5d',
  aliases: ['CVE-2024-47794'],
  title: 'a loop of tail calls through an extension has no end',
  kernels: 'before 6.13 (6.12.5)',
  source:
    'linux-tail-calls §1.5, §2.5, §6.6: neither extensions nor what one extends (6.13, 6.12.5)',
  sureness: 'S',
  faulty: catalogueVariant('linux-6.7/x86_64'),
  mended: withKey('museum/no-extensions', 'linux-6.7/x86_64', 'd6083f040d5d (6.13)', 'extension'),
  sight: moreThan(LIMIT),
  law: NOT_EXTENDED_IN_SLOT,
});

const OTHER_ATTACH_TYPE = scenarioExhibit({
  id: 'CVE-2025-40123',
  aliases: ['4540aed51b12'],
  title: 'programs of different expected_attach_type share an array',
  kernels: 'before 6.18',
  source: 'linux-tail-calls §2.5, §6.6: expected_attach_type is compared (6.18)',
  sureness: 'S',
  faulty: catalogueVariant('linux-6.13/x86_64'),
  mended: withKey(
    'museum/expected-attach-type',
    'linux-6.13/x86_64',
    'CVE-2025-40123 (6.18)',
    'expected_attach_type',
  ),
  sight: trapOf('incompatible_program'),
  law: sameIn('expectedAttachType', 'expected_attach_type'),
});

const STORAGE_BRIDGE = scenarioExhibit({
  id: 'CVE-2026-74305',
  title: 'a program without a cgroup storage is a bridge to one with another storage',
  kernels: '6.17 – 7.1.4',
  source:
    'linux-tail-calls §2.5, §6.6, §7.1: only programs without tail calls may lack the storage (7.2)',
  sureness: 'S',
  faulty: catalogueVariant('linux-6.19/x86_64'),
  mended: withKey(
    'museum/storage-leaf',
    'linux-6.19/x86_64',
    'CVE-2026-74305 (7.2)',
    'cgroup_storage_leaf',
    'cgroup_storage',
  ),
  sight: trapOf('incompatible_program'),
  law: NO_BRIDGE,
});

export const OBJECTS: readonly Exhibit[] = [
  CLEARED_TOO_EARLY,
  OWNER_RACE,
  OTHER_HOOK,
  FREPLACE_LOOP,
  OTHER_ATTACH_TYPE,
  STORAGE_BRIDGE,
];
