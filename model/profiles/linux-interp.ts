// The Linux interpreter, version by version.

import { changed, confirmed, known, type KnownKnobs, profileOf } from './build.ts';
import {
  EMPTY_BURNS,
  INDEX_COUNT_SLOT,
  LINUX,
  NO_COUNT_IS_PASSED,
  NO_DIRECT_JUMPS,
  NONE_BURN,
} from './linux-common.ts';

const V4_2: KnownKnobs = {
  ...LINUX['4.2'],
  ...NO_COUNT_IS_PASSED,
  ...NO_DIRECT_JUMPS,
  limit: known(33, 'M', 'the test is cnt > 32 before the increment, so that 33 succeed'),
  order: known(INDEX_COUNT_SLOT, 'M', 'range, count, increment, slot'),
  indexBits: known(64, 'M', 'u64 index = R3, until 90caccdd8cc0 (4.14)'),
  indexMasked: known(false, 'M', 'index masking came with b2157399cc98 (4.15)'),
  burns: known(EMPTY_BURNS, 'S', '3733f4be2870 (7.1): since 4.2 an empty slot had used budget'),
  propagation: known('rejected', 'M', 'no bpf-to-bpf calls before 4.16'),
};

const V4_14 = changed(V4_2, {
  ...LINUX['4.14'],
  indexBits: known(32, 'M', '90caccdd8cc0 (4.14): the low 32 bits of R3'),
});

const V5_4 = changed(V4_14, {
  ...LINUX['5.4'],
  indexMasked: known(false, 'M', 'b2157399cc98 (4.15): for the unprivileged only'),
  propagation: known(
    'rejected',
    'M',
    'tail_calls are not allowed in programs with bpf-to-bpf calls (4.16)',
  ),
});

const V5_10 = changed(V5_4, {
  ...LINUX['5.10'],
  limit: known(33, 'S', 'J. Almbladh, Sept 2021: the interpreter allows 33'),
  order: known(
    INDEX_COUNT_SLOT,
    'S',
    'source of 6.1.192 and 6.12.117: range, count, increment, slot',
  ),
  indexBits: known(32, 'S', 'low 32 bits of R3 since 90caccdd8cc0 (4.14)'),
  indexMasked: known(false, 'S', 'for the unprivileged only: linux-7.1/interp-unprivileged'),
  propagation: known(
    'rejected',
    'S',
    'tail_calls are not allowed in non-JITed programs with bpf-to-bpf calls',
  ),
});

const V5_19 = changed(V5_10, {
  ...LINUX['5.19'],
  limit: known(
    33,
    'S',
    'MAX_TAIL_CALL_CNT is 33 since ebf7f6f0a6cd (5.17), the same limit as before',
  ),
});

const V6_1 = changed(V5_19, LINUX['6.1']);
const V6_7 = changed(V6_1, LINUX['6.7']);
const V6_12 = changed(V6_7, LINUX['6.12']);
const V6_13 = changed(V6_12, LINUX['6.13']);
const V6_19 = changed(V6_13, LINUX['6.19']);
const V7_0 = changed(V6_19, LINUX['7.0']);

const V7_1 = changed(V7_0, {
  ...LINUX['7.1'],
  order: known(INDEX_COUNT_SLOT, 'S', '3733f4be2870: range, count, slot, increment'),
  burns: known(NONE_BURN, 'S', '3733f4be2870: no increment when the program is NULL'),
});

export const UNPRIVILEGED_MASK = known(
  true,
  'S',
  'verifier_runtime_jit, "pass > 32bit index to tail_call": 2 for the unprivileged, who have 42 else',
);
export const UNPRIVILEGED_CALLS = known(
  'rejected',
  'M',
  'bpf-to-bpf calls need a privilege since 4.16',
);

const V7_1_UNPRIVILEGED = changed(V7_1, {
  indexMasked: UNPRIVILEGED_MASK,
});

export const LINUX_INTERP = [
  profileOf('linux-4.2/interp', V4_2),
  profileOf('linux-4.14/interp', V4_14),
  profileOf('linux-5.4/interp', V5_4),
  profileOf('linux-5.10/interp', V5_10),
  profileOf('linux-5.19/interp', V5_19),
  profileOf(
    'linux-6.1/interp',
    changed(V6_1, {
      limit: confirmed(V6_1.limit, 'O', '6.1.192: 34 entries'),
      freezeNeeds: confirmed(V6_1.freezeNeeds, 'O', '6.1.192: a frozen array gives EBUSY'),
      indexBits: confirmed(V6_1.indexBits, 'O', '6.1.192: index 2^32 is 0'),
      burns: confirmed(V6_1.burns, 'O', '6.1.192: five empty-slot calls leave 29 entries'),
      propagation: confirmed(
        V6_1.propagation,
        'O',
        'tail_calls are not allowed in non-JITed programs with bpf-to-bpf calls',
      ),
    }),
  ),
  profileOf('linux-6.7/interp', V6_7),
  profileOf(
    'linux-6.12/interp',
    changed(V6_12, {
      limit: confirmed(V6_12.limit, 'O', '6.12.117: 34 entries'),
      freezeNeeds: confirmed(
        V6_12.freezeNeeds,
        'O',
        '6.12.117: frozen or BPF_F_RDONLY gives EPERM',
      ),
      indexBits: confirmed(V6_12.indexBits, 'O', '6.12.117: index 2^32 is 0'),
      burns: confirmed(V6_12.burns, 'O', '6.12.117: five empty-slot calls leave 29 entries'),
      propagation: confirmed(
        V6_12.propagation,
        'O',
        'tail_calls are not allowed in non-JITed programs with bpf-to-bpf calls',
      ),
    }),
  ),
  profileOf('linux-6.13/interp', V6_13),
  profileOf('linux-6.19/interp', V6_19),
  profileOf('linux-7.0/interp', V7_0),
  profileOf('linux-7.1/interp', V7_1),
  profileOf('linux-7.1/interp-unprivileged', V7_1_UNPRIVILEGED),
];
