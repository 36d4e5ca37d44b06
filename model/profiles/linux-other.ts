// JITs of Linux for other processors, where they differ from that for x86-64.

import { changed, known, profileOf } from './build.ts';
import {
  EMPTY_BURNS,
  INDEX_COUNT_SLOT,
  LINUX,
  NO_COUNT_IS_PASSED,
  NO_DIRECT_JUMPS,
  NONE_BURN,
} from './linux-common.ts';
import { JIT } from './linux-x86_64.ts';

const NO_MIX = known(
  'rejected',
  'S',
  'bpf_jit_supports_subprog_tailcalls in 6.1: x86-64, arm64; in 6.12 also s390x, loongarch',
);
const LIMIT_2021 = known(33, 'S', 'J. Almbladh, Sept 2021: arm64, mips, s390x and ppc64 allow 33');
const SOURCE_6_12 = 'source of 6.12.117';
const TRAMPOLINES = known(
  'preserves',
  'H',
  '2b5dcb31a19a (6.7) is about x86-64; whether others lost the count in trampolines is not known',
);

const ARM64_6_1 = changed(JIT.V6_1, {
  ...NO_DIRECT_JUMPS,
  limit: LIMIT_2021,
  order: known(INDEX_COUNT_SLOT, 'S', 'until 6.11: range, count, increment, slot'),
  indexBits: known(32, 'S', '16338a9b3ac3 (4.16): the index is truncated'),
  burns: known(EMPTY_BURNS, 'S', 'until 6.11 the increment comes before the test of the slot'),
  propagation: known('value', 'S', 'd4609a5d8c70 (6.0): by value in x26'),
  trampoline: TRAMPOLINES,
  countSlot: known('rounded', 'S', 'd4609a5d8c70 (6.0): in x26, not on the stack'),
});

const ARM64_6_12 = changed(JIT.V6_12, {
  ...NO_DIRECT_JUMPS,
  order: known(INDEX_COUNT_SLOT, 'S', `${SOURCE_6_12}: range, count, slot, store`),
  indexBits: known(32, 'S', `${SOURCE_6_12}: mov w3, w3`),
  burns: known(NONE_BURN, 'S', `${SOURCE_6_12}: updated if the slot is populated`),
  propagation: known('reference', 'S', '66ff4d61dc12 (6.12): by reference'),
  trampoline: TRAMPOLINES,
  countSlot: known('rounded', 'S', `${SOURCE_6_12}: by a pointer of its own`),
});

const S390X_6_12 = changed(JIT.V6_12, {
  ...NO_DIRECT_JUMPS,
  limit: LIMIT_2021,
  order: known(INDEX_COUNT_SLOT, 'S', `${SOURCE_6_12}: range, laal and compare, slot`),
  indexBits: known(32, 'S', `${SOURCE_6_12}: clrj, llgfr`),
  burns: known(
    { outOfRange: false, exhausted: true, empty: true },
    'S',
    `${SOURCE_6_12}: laal adds before the compare`,
  ),
  propagation: known('value', 'S', `${SOURCE_6_12}: a slot of the frame, copied for a local call`),
  trampoline: TRAMPOLINES,
  countSlot: known('rounded', 'S', `${SOURCE_6_12}: a slot of the frame at a fixed place`),
});

const S390X_6_19 = changed(S390X_6_12, {
  ...LINUX['6.19'],
  stack: JIT.V6_19.stack,
  propagation: known(
    'writeback',
    'S',
    's390/bpf, 6.18: "Write back tail call counter for BPF_PSEUDO_CALL"',
  ),
});

const RISCV64_6_12 = changed(JIT.V6_12, {
  ...NO_COUNT_IS_PASSED,
  ...NO_DIRECT_JUMPS,
  limit: known(33, 'S', '96bc4432f5ad (5.5): counts down from 33'),
  order: known(INDEX_COUNT_SLOT, 'S', `${SOURCE_6_12}: range, count down and test, slot`),
  indexBits: known(32, 'S', `${SOURCE_6_12}: zero-extended`),
  burns: known(
    { outOfRange: false, exhausted: true, empty: true },
    'S',
    `${SOURCE_6_12}: a program that makes no other call counts down in the register itself`,
  ),
  propagation: NO_MIX,
});

/** Programs that call helpers count down from a saved copy, so that failed attempts leave no trace. */
const RISCV64_6_12_CALLS = changed(RISCV64_6_12, {
  burns: known(
    NONE_BURN,
    'S',
    `${SOURCE_6_12}: a program that calls helpers counts down from a saved copy`,
  ),
});

const RISCV64_5_4 = changed(JIT.V5_4, {
  limit: known(32, 'S', '96bc4432f5ad (5.5): until then one short'),
  order: known(INDEX_COUNT_SLOT, 'M', 'range, count down and test, slot'),
  burns: known(
    { outOfRange: false, exhausted: true, empty: true },
    'M',
    'a program that makes no other call counts down in the register itself',
  ),
});

const MIPS64_BURNS = known(
  { outOfRange: true, exhausted: true, empty: true },
  'H',
  `${SOURCE_6_12}: daddiu tcc, -1 stands in the delay slot of the branch of the range check`,
);
const MIPS64_INDEX = known(64, 'S', `${SOURCE_6_12}: sltu on 64 bits, nothing is truncated`);

const MIPS64_6_12 = changed(JIT.V6_12, {
  ...NO_COUNT_IS_PASSED,
  ...NO_DIRECT_JUMPS,
  limit: known(33, 'S', 'e49e6f6db04e (5.5): counts down from 33'),
  order: known(INDEX_COUNT_SLOT, 'S', `${SOURCE_6_12}: range, count, slot`),
  indexBits: MIPS64_INDEX,
  burns: MIPS64_BURNS,
  propagation: NO_MIX,
});

const MIPS64_5_4 = changed(JIT.V5_4, {
  limit: known(32, 'S', 'e49e6f6db04e (5.5): until then one short'),
  indexBits: known(64, 'H', 'as in 6.12'),
  burns: known(MIPS64_BURNS.value, 'H', 'as in 6.12'),
});

const PPC64_6_12 = changed(JIT.V6_12, {
  ...NO_COUNT_IS_PASSED,
  ...NO_DIRECT_JUMPS,
  limit: LIMIT_2021,
  order: known(
    INDEX_COUNT_SLOT,
    'S',
    '521bd39d9d28 (7.1): until then range, count, increment, slot',
  ),
  indexBits: known(32, 'S', 'd269176e766c (4.16): rlwinm'),
  burns: known(EMPTY_BURNS, 'S', '521bd39d9d28 (7.1): until then an empty slot used budget'),
  propagation: NO_MIX,
});

const PPC64_7_1 = changed(PPC64_6_12, {
  ...LINUX['7.1'],
  stack: JIT.V7_1.stack,
  order: known(INDEX_COUNT_SLOT, 'S', '521bd39d9d28 (7.1): range, count, slot, store'),
  burns: known(NONE_BURN, 'S', '521bd39d9d28 (7.1)'),
  propagation: known(
    'reference',
    'H',
    'tail calls in subprograms since 7.0; how the count passes is a guess',
  ),
  trampoline: TRAMPOLINES,
  countSlot: known('rounded', 'S', `${SOURCE_6_12}: a slot of the frame at a fixed place`),
});

export const LINUX_OTHER = [
  profileOf('linux-6.1/arm64', ARM64_6_1),
  profileOf('linux-6.12/arm64', ARM64_6_12),
  profileOf('linux-6.12/s390x', S390X_6_12),
  profileOf('linux-6.19/s390x', S390X_6_19),
  profileOf('linux-5.4/riscv64', RISCV64_5_4),
  profileOf('linux-6.12/riscv64', RISCV64_6_12),
  profileOf('linux-6.12/riscv64-calls', RISCV64_6_12_CALLS),
  profileOf('linux-5.4/mips64', MIPS64_5_4),
  profileOf('linux-6.12/mips64', MIPS64_6_12),
  profileOf('linux-6.12/ppc64', PPC64_6_12),
  profileOf('linux-7.1/ppc64', PPC64_7_1),
];
