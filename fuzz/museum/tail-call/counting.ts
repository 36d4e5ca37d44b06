// Bugs of the counter. Facts: reference linux-tail-calls.md, the sections that `source` names.

import type { Exhibit } from '../exhibit.ts';
import { DIFFERENT_END, moreThan } from '../sight.ts';
import { catalogueVariant, changedVariant } from '../variant.ts';
import { allows, EMPTY_IS_FREE } from './call-laws.ts';
import { ANY_STACK_KEEPS_COUNT, RETURN_KEEPS_COUNT, TRACED_KEEPS_COUNT } from './counter-laws.ts';
import { scenarioExhibit } from './exhibit.ts';

const LIMIT = 33;

const EMPTY_SLOTS_BURN = scenarioExhibit({
  id: '3733f4be2870',
  title: 'a call that finds an empty slot uses up budget',
  kernels: '4.2 – 7.0',
  source:
    'linux-tail-calls §1.1, §6.6: "bpf: Do not increment tailcall count when prog is NULL" (7.1)',
  sureness: 'S',
  faulty: catalogueVariant('linux-7.0/interp'),
  mended: catalogueVariant('linux-7.1/interp'),
  sight: DIFFERENT_END,
  law: EMPTY_IS_FREE,
});

const RISCV_ONE_SHORT = scenarioExhibit({
  id: '96bc4432f5ad',
  title: 'riscv64 allows 32 tail calls, not 33',
  kernels: 'before 5.5 (riscv64)',
  source: 'linux-tail-calls §1.3, §6.6: limit raised to what the others allow (5.5)',
  sureness: 'S',
  faulty: catalogueVariant('linux-5.4/riscv64'),
  mended: changedVariant(
    'museum/riscv64-33',
    'linux-5.4/riscv64',
    { limit: '33' },
    '96bc4432f5ad (5.5)',
  ),
  sight: DIFFERENT_END,
  law: allows(LIMIT),
});

const MIPS_ONE_SHORT = scenarioExhibit({
  id: 'e49e6f6db04e',
  title: 'mips64 allows 32 tail calls, not 33',
  kernels: 'before 5.5 (mips64)',
  source: 'linux-tail-calls §1.3, §6.6: limit raised to what the others allow (5.5)',
  sureness: 'S',
  faulty: catalogueVariant('linux-5.4/mips64'),
  mended: changedVariant(
    'museum/mips64-33',
    'linux-5.4/mips64',
    { limit: '33' },
    'e49e6f6db04e (5.5)',
  ),
  sight: DIFFERENT_END,
  law: allows(LIMIT),
});

const WINDOWS_31 = scenarioExhibit({
  id: 'ebpf-for-windows-2496',
  title: 'ebpf-for-windows allows 31 tail calls, not 33',
  kernels: 'ebpf-for-windows before #2794',
  source: 'microsoft/ebpf-for-windows #2496, #2794',
  sureness: 'M',
  faulty: catalogueVariant('ebpf-for-windows-before-2496'),
  mended: catalogueVariant('ebpf-for-windows'),
  sight: DIFFERENT_END,
  law: allows(LIMIT),
});

const HIERARCHY = scenarioExhibit({
  id: '116e04ba1459',
  title: 'the hierarchy: a local call forgets what its callee has counted',
  kernels: '5.10 – 6.11 (x86-64), 6.0 – 6.11 (arm64)',
  source: 'linux-tail-calls §1.5, §6.6: the count is passed by reference (6.12)',
  sureness: 'S',
  faulty: catalogueVariant('linux-6.7/x86_64'),
  mended: changedVariant(
    'museum/count-by-reference',
    'linux-6.7/x86_64',
    { propagation: 'reference' },
    '116e04ba1459 (6.12)',
  ),
  sight: moreThan(LIMIT),
  law: RETURN_KEEPS_COUNT,
});

const TRAMPOLINE = scenarioExhibit({
  id: '2b5dcb31a19a',
  title: 'a trampoline loses the count, and a loop through it has no end',
  kernels: '5.10 – 6.6 (x86-64)',
  source: 'linux-tail-calls §1.5, §6.6: BPF_TRAMP_F_TAIL_CALL_CTX (6.7)',
  sureness: 'S',
  faulty: catalogueVariant('linux-6.1/x86_64'),
  mended: changedVariant(
    'museum/trampoline-preserves',
    'linux-6.1/x86_64',
    { trampoline: 'preserves' },
    '2b5dcb31a19a (6.7)',
  ),
  sight: moreThan(LIMIT),
  law: TRACED_KEEPS_COUNT,
});

const COUNT_SLOT = scenarioExhibit({
  id: 'ff672c67ee76',
  title: 'with a stack that is no multiple of 8, the count is read from the wrong place',
  kernels: '5.10 – 5.18 (x86-64)',
  source: 'linux-tail-calls §6.6: the offset of tail_call_cnt (5.19)',
  sureness: 'S',
  faulty: catalogueVariant('linux-5.10/x86_64'),
  mended: changedVariant(
    'museum/count-slot-rounded',
    'linux-5.10/x86_64',
    { count_slot: 'rounded' },
    'ff672c67ee76 (5.19)',
  ),
  sight: DIFFERENT_END,
  law: ANY_STACK_KEEPS_COUNT,
});

export const COUNTING: readonly Exhibit[] = [
  EMPTY_SLOTS_BURN,
  RISCV_ONE_SHORT,
  MIPS_ONE_SHORT,
  WINDOWS_31,
  HIERARCHY,
  TRAMPOLINE,
  COUNT_SLOT,
];
