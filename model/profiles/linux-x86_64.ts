// The JIT of Linux for x86-64, version by version. Direct jumps (constant index, since 5.5) have no check of
// the index at run time: what decides which index becomes one is `directKey`.

import { changed, confirmed, known, type KnownKnobs, profileOf } from './build.ts';
import {
  EMPTY_BURNS,
  INDEX_COUNT_SLOT,
  LINUX,
  NO_COUNT_IS_PASSED,
  NO_DIRECT_JUMPS,
  NONE_BURN,
} from './linux-common.ts';
import { UNPRIVILEGED_CALLS, UNPRIVILEGED_MASK } from './linux-interp.ts';

const V4_2: KnownKnobs = {
  ...LINUX['4.2'],
  ...NO_COUNT_IS_PASSED,
  ...NO_DIRECT_JUMPS,
  limit: known(33, 'M', 'b52f00e6a715 (4.2): the test is cnt > 32 before the increment'),
  order: known(INDEX_COUNT_SLOT, 'M', 'range, count, increment, slot'),
  indexBits: known(64, 'M', 'all of R3 is compared, until 90caccdd8cc0 (4.14)'),
  indexMasked: known(false, 'M', 'index masking came with b2157399cc98 (4.15)'),
  burns: known(EMPTY_BURNS, 'M', 'the increment comes before the test of the slot'),
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
  limit: known(33, 'S', 'selftest tailcall_3: 33'),
  order: known(INDEX_COUNT_SLOT, 'S', 'source of 6.1.192: range, count, increment, slot'),
  indexBits: known(32, 'S', 'low 32 bits of R3 since 90caccdd8cc0 (4.14)'),
  indexMasked: known(false, 'S', 'for the unprivileged only: linux-6.12/x86_64-unprivileged'),
  burns: known(
    EMPTY_BURNS,
    'S',
    'source of 6.1.192: increment before the slot, also in direct jumps',
  ),
  propagation: known(
    'value',
    'S',
    '116e04ba1459 (6.12): since e411901c0b77 (5.10) by value in rax',
  ),
  trampoline: known(
    'resets',
    'S',
    '2b5dcb31a19a (6.7): until then trampolines destroyed rax, which holds the count',
  ),
  countSlot: known(
    'unrounded',
    'S',
    'ff672c67ee76 (5.19): until then the offset was wrong where the stack is no multiple of 8',
  ),
  directKey: known(
    'tnum_range',
    'S',
    'a657182a5c51 (6.0): since 5.5 a constant beyond max_entries could become a direct jump',
  ),
});

const V5_19 = changed(V5_10, {
  ...LINUX['5.19'],
  limit: known(
    33,
    'S',
    'MAX_TAIL_CALL_CNT is 33 since ebf7f6f0a6cd (5.17), the same limit as before',
  ),
  countSlot: known('rounded', 'S', 'ff672c67ee76 (5.19)'),
});

const V6_1 = changed(V5_19, {
  ...LINUX['6.1'],
  directKey: known('checked', 'S', 'a657182a5c51 (6.0): constants below max_entries only'),
});

const V6_7 = changed(V6_1, {
  ...LINUX['6.7'],
  trampoline: known('preserves', 'S', '2b5dcb31a19a (6.7): BPF_TRAMP_F_TAIL_CALL_CTX'),
});

const ROUNDED_TO_16 = known(
  { callerLimit: 256, rounding: 16, frames: 8 } as const,
  'M',
  'under a JIT stacks are rounded to 16 bytes since about 6.8',
);

const V6_12 = changed(V6_7, {
  ...LINUX['6.12'],
  stack: ROUNDED_TO_16,
  order: known(INDEX_COUNT_SLOT, 'S', '116e04ba1459 (6.12): range, count, slot, increment'),
  burns: known(NONE_BURN, 'S', '116e04ba1459 (6.12): incremented if the slot is populated'),
  propagation: known('reference', 'S', '116e04ba1459 (6.12): by reference'),
});

const V6_13 = changed(V6_12, { ...LINUX['6.13'], stack: ROUNDED_TO_16 });
const V6_19 = changed(V6_13, { ...LINUX['6.19'], stack: ROUNDED_TO_16 });
const V7_0 = changed(V6_19, { ...LINUX['7.0'], stack: ROUNDED_TO_16 });
const V7_1 = changed(V7_0, { ...LINUX['7.1'], stack: ROUNDED_TO_16 });

const V6_12_OBSERVED = changed(V6_12, {
  limit: confirmed(V6_12.limit, 'O', '6.12.117: 34 entries'),
  freezeNeeds: confirmed(V6_12.freezeNeeds, 'O', '6.12.117: frozen or BPF_F_RDONLY gives EPERM'),
  indexBits: confirmed(V6_12.indexBits, 'O', '6.12.117: index 2^32 is 0'),
  stack: confirmed(V6_12.stack, 'O', '6.12.117: 240 bytes of callers are accepted, 248 are not'),
  burns: confirmed(V6_12.burns, 'O', '6.12.117: five empty-slot calls leave 34 entries'),
  propagation: confirmed(
    V6_12.propagation,
    'O',
    '116e04ba1459 (6.12): by reference; the hierarchy stops at 34',
  ),
});

export const LINUX_X86_64 = [
  profileOf('linux-4.2/x86_64', V4_2),
  profileOf('linux-4.14/x86_64', V4_14),
  profileOf('linux-5.4/x86_64', V5_4),
  profileOf('linux-5.10/x86_64', V5_10),
  profileOf('linux-5.19/x86_64', V5_19),
  profileOf(
    'linux-6.1/x86_64',
    changed(V6_1, {
      limit: confirmed(V6_1.limit, 'O', '6.1.192: 34 entries'),
      freezeNeeds: confirmed(V6_1.freezeNeeds, 'O', '6.1.192: a frozen array gives EBUSY'),
      indexBits: confirmed(V6_1.indexBits, 'O', '6.1.192: index 2^32 is 0'),
      stack: confirmed(V6_1.stack, 'O', '6.1.192: 224 bytes of callers are accepted, 240 are not'),
      burns: confirmed(V6_1.burns, 'O', '6.1.192: five empty-slot calls leave 29 entries'),
      propagation: confirmed(
        V6_1.propagation,
        'O',
        'e411901c0b77 (5.10): by value in rax; the hierarchy runs away',
      ),
    }),
  ),
  profileOf('linux-6.7/x86_64', V6_7),
  profileOf('linux-6.12/x86_64', V6_12_OBSERVED),
  profileOf('linux-6.13/x86_64', V6_13),
  profileOf('linux-6.19/x86_64', V6_19),
  profileOf('linux-7.0/x86_64', V7_0),
  profileOf('linux-7.1/x86_64', V7_1),
  profileOf(
    'linux-6.12/x86_64-unprivileged',
    changed(V6_12, {
      indexMasked: UNPRIVILEGED_MASK,
      propagation: UNPRIVILEGED_CALLS,
      directKey: known('checked', 'S', 'the unprivileged get no direct jumps'),
    }),
  ),
];

/** What the JITs of other processors are stated against. */
export const JIT = { V5_4, V6_1, V6_12, V6_19, V7_1 } as const;
