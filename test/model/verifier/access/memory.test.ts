// Accesses to memory other than the stack. Observed on 6.12.117 and 6.1.192.

import { describe } from 'vitest';
import { END, LOOKUP, PACKET, testOutcomes } from './programs.ts';

describe("a map's value", () => {
  testOutcomes([
    [`${LOOKUP}r1 = *(u64 *)(r0 + 0)${END}`, 'accepted'],
    [
      `${LOOKUP}r1 = *(u64 *)(r0 + 1)${END}`,
      'EACCES R0 min value is outside of the allowed memory range',
    ],
    [`${LOOKUP}r1 = *(u8 *)(r0 + 7)${END}`, 'accepted'],
    [
      `${LOOKUP}r1 = *(u8 *)(r0 + 8)${END}`,
      'EACCES R0 min value is outside of the allowed memory range',
    ],
    [
      `${LOOKUP}r1 = *(u8 *)(r0 - 1)${END}`,
      'EACCES R0 min value is outside of the allowed memory range',
    ],
    [`${LOOKUP}*(u32 *)(r0 + 4) = 1${END}`, 'accepted'],
    [
      `${LOOKUP}*(u32 *)(r0 + 5) = 1${END}`,
      'EACCES R0 min value is outside of the allowed memory range',
    ],
    [`${LOOKUP}*(u64 *)(r0 + 0) = r10${END}`, 'accepted'],
    [`r6 = *(u32 *)(r1 + 8); ${LOOKUP}r6 &= 7; r0 += r6; r1 = *(u8 *)(r0 + 0)${END}`, 'accepted'],
    [
      `r6 = *(u32 *)(r1 + 8); ${LOOKUP}r6 &= 7; r0 += r6; r1 = *(u8 *)(r0 + 1)${END}`,
      'EACCES R0 max value is outside of the allowed memory range',
    ],
    [
      `r6 = *(u32 *)(r1 + 8); ${LOOKUP}r6 &= 7; r6 -= 4; r0 += r6; r1 = *(u8 *)(r0 + 3)${END}`,
      'EACCES R0 min value is negative, either use unsigned index or do a if (index >=0) check.',
    ],
    [
      `r6 = *(u32 *)(r1 + 8); ${LOOKUP}r6 &= 7; r6 -= 4; r0 += r6; r1 = *(u8 *)(r0 + 4)${END}`,
      'EACCES R0 unbounded memory access, make sure to bounds check any such access',
    ],
    [
      `r6 = *(u32 *)(r1 + 8); ${LOOKUP}r6 &= 7; r6 += 8; r0 += r6; r1 = *(u8 *)(r0 + 0)${END}`,
      'EACCES R0 min value is outside of the allowed memory range',
    ],
    [
      `r6 = *(u32 *)(r1 + 8); ${LOOKUP}r6 &= 0x1fffffff; r0 += r6; r1 = *(u8 *)(r0 + 0)${END}`,
      'EACCES R0 max value is outside of the allowed memory range',
    ],
    [
      `r6 = *(u32 *)(r1 + 8); ${LOOKUP}r0 += r6; r1 = *(u8 *)(r0 + 0)${END}`,
      'EACCES R0 unbounded memory access, make sure to bounds check any such access',
    ],
    [
      `*(u64 *)(r10 - 8) = 0; r1 = map[one]; r2 = r10; r2 += -8; call bpf_map_lookup_elem; r1 = *(u8 *)(r0 + 0)${END}`,
      "EACCES R0 invalid mem access 'map_value_or_null'",
    ],
    [`${LOOKUP}*(u64 *)(r0 + 0) = r10${END}`, 'EACCES R10 leaks addr into map', 'unprivileged'],
    [`${LOOKUP}*(u64 *)(r0 + 0) = 1${END}`, 'accepted', 'unprivileged'],
  ]);
});

describe('packets', () => {
  testOutcomes([
    [
      `r2 = *(u32 *)(r1 + 76); r0 = *(u8 *)(r2 + 0)${END}`,
      'EACCES R2 offset is outside of the packet',
    ],
    [`${PACKET}r0 = *(u16 *)(r2 + 12)${END}`, 'accepted'],
    [`${PACKET}r0 = *(u16 *)(r2 + 13)${END}`, 'EACCES R2 offset is outside of the packet'],
    [`${PACKET}r0 = *(u8 *)(r2 - 1)${END}`, 'EACCES R2 offset is outside of the packet'],
    [`${PACKET}r0 = *(u16 *)(r4 - 2)${END}`, 'accepted'],
    [`${PACKET}r0 = *(u8 *)(r4 + 0)${END}`, 'EACCES R4 offset is outside of the packet'],
    [`${PACKET}*(u32 *)(r2 + 10) = 3${END}`, 'accepted'],
    [`${PACKET}*(u32 *)(r2 + 11) = r3${END}`, 'EACCES R2 offset is outside of the packet'],
    [`${PACKET}r0 = *(u8 *)(r3 - 1)${END}`, "EACCES R3 invalid mem access 'pkt_end'"],
    [
      `r6 = *(u8 *)(r1 + 8); r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r2 += r6; r4 = r2; r4 += 14; if r4 <= r3 goto there; r0 = 0; exit; there: r0 = *(u16 *)(r2 + 12)${END}`,
      'accepted',
    ],
    [
      `r6 = *(u8 *)(r1 + 8); r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r2 += r6; r4 = r2; r4 += 14; if r4 <= r3 goto there; r0 = 0; exit; there: r0 = *(u16 *)(r4 - 1)${END}`,
      'EACCES R4 offset is outside of the packet',
    ],
    [
      `r6 = *(u8 *)(r1 + 8); r6 -= 4; r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r2 += r6; r4 = r2; r4 += 14; if r4 <= r3 goto there; r0 = 0; exit; there: r0 = *(u8 *)(r2 + 4)${END}`,
      'EACCES R2 min value is negative, either use unsigned index or do a if (index >=0) check.',
    ],
    [
      'r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r4 = r2; r4 += 14; if r3 > r4 goto there; r0 = *(u8 *)(r4 + 0); there: r0 = 0; exit',
      'EINVAL R4 offset is outside of the packet',
    ],
    [
      'r2 = *(u32 *)(r1 + 8); r3 = *(u32 *)(r1 + 0); r4 = r2; r4 += 8; if r4 > r3 goto out; r0 = *(u64 *)(r2 + 0); out: r0 = 0; exit',
      'accepted',
      'xdp',
    ],
    [
      'r2 = *(u32 *)(r1 + 8); r3 = *(u32 *)(r1 + 0); r4 = r2; r4 += 8; if r4 > r3 goto out; r0 = *(u64 *)(r2 + 1); out: r0 = 0; exit',
      'EACCES R2 offset is outside of the packet',
      'xdp',
    ],
  ]);
});

describe('the context', () => {
  testOutcomes([
    ['r0 = *(u32 *)(r1 + 8); exit', 'accepted'],
    ['r0 = *(u64 *)(r1 + 8); exit', 'EACCES invalid bpf_context access off=8 size=8'],
    ['r0 = *(u16 *)(r1 + 9); exit', 'EACCES invalid bpf_context access off=9 size=2'],
    [`r0 = *(s8 *)(r1 + 9)${END}`, 'accepted', undefined, 'EINVAL BPF_LDX uses reserved fields'],
    [
      `r0 = *(s32 *)(r1 + 76)${END}`,
      'EACCES invalid bpf_context access off=76 size=4',
      undefined,
      'EINVAL BPF_LDX uses reserved fields',
    ],
    [`r0 = *(u32 *)(r1 + 192)${END}`, 'EACCES invalid bpf_context access off=192 size=4'],
    [`r0 = *(u32 *)(r1 - 4)${END}`, 'EACCES invalid bpf_context access off=-4 size=4'],
    [
      `*(u32 *)(r1 + 8) = 1${END}`,
      'accepted',
      undefined,
      'EACCES BPF_ST stores into R1 ctx is not allowed',
    ],
    [
      `*(u32 *)(r1 + 0) = 1${END}`,
      'EACCES invalid bpf_context access off=0 size=4',
      undefined,
      'EACCES BPF_ST stores into R1 ctx is not allowed',
    ],
    [`r2 = 1; *(u32 *)(r1 + 8) = r2${END}`, 'accepted'],
    [
      `*(u32 *)(r1 + 0) = 1${END}`,
      'EACCES invalid bpf_context access off=0 size=4',
      'xdp',
      'EACCES BPF_ST stores into R1 ctx is not allowed',
    ],
    [`r0 = *(u32 *)(r1 + 20)${END}`, 'EACCES invalid bpf_context access off=20 size=4', 'xdp'],
    [
      `r1 += 4; r0 = *(u32 *)(r1 + 4)${END}`,
      'EACCES dereference of modified ctx ptr R1 off=4 disallowed',
    ],
    [
      `r1 += -4; r0 = *(u32 *)(r1 + 4)${END}`,
      'EACCES negative offset ctx ptr R1 off=-4 disallowed',
    ],
    [
      `r2 = *(u32 *)(r1 + 0); r2 &= 4; r1 += r2; r0 = *(u32 *)(r1 + 0)${END}`,
      'EACCES variable ctx access var_off=(0x0; 0x4) disallowed',
    ],
    [`*(u64 *)(r1 + 48) = r1${END}`, 'EACCES R1 leaks addr into ctx', 'unprivileged'],
    [
      `*(u64 *)(r1 + 48) = 1${END}`,
      'accepted',
      'unprivileged',
      'EACCES BPF_ST stores into R1 ctx is not allowed',
    ],
  ]);
});

describe('what is no memory', () => {
  testOutcomes([
    [`r1 = 5; r0 = *(u8 *)(r1 + 0)${END}`, "EACCES R1 invalid mem access 'scalar'"],
    [`r1 = 5; *(u8 *)(r1 + 0) = 1${END}`, "EACCES R1 invalid mem access 'scalar'"],
    [`r1 = 5; *(u8 *)(r1 + 0) = r1${END}`, "EACCES R1 invalid mem access 'scalar'"],
    [`r0 = *(u8 *)(r3 + 0)${END}`, 'EACCES R3 !read_ok'],
    [`*(u8 *)(r10 - 1) = r3${END}`, 'EACCES R3 !read_ok'],
    [
      `r1 = map[hash]; r0 = *(u64 *)(r1 - 8)${END}`,
      'EACCES R1 is bpf_htab invalid negative access: off=-8',
    ],
    [`r1 = map[hash]; *(u64 *)(r1 + 0) = 1${END}`, 'EACCES only read from bpf_htab is supported'],
    [
      `r1 = map[jmp]; r2 = 1; lock *(u64 *)(r1 + 0) += r2${END}`,
      'EACCES only read from bpf_array is supported',
    ],
    [
      `r1 = map[one]; r0 = *(u64 *)(r1 + 0)${END}`,
      "EPERM 'struct bpf_array' access is allowed only to CAP_PERFMON and CAP_SYS_ADMIN",
      'unprivileged',
      'EPERM bpf_array access is allowed only to CAP_PERFMON and CAP_SYS_ADMIN',
    ],
  ]);
});
