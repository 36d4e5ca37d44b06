// Which atomic operations are accepted. Observed on 6.12.117 and 6.1.192.

import { describe } from 'vitest';
import { END, LOOKUP, PACKET, testOutcomes } from '../access/programs.ts';

describe('atomic operations', () => {
  testOutcomes([
    [`r2 = 1; lock *(u64 *)(r10 - 8) += r2${END}`, 'accepted'],
    [`lock *(u64 *)(r10 - 8) += r2${END}`, 'EACCES R2 !read_ok'],
    [`r2 = 1; lock *(u64 *)(r3 + 0) += r2${END}`, 'EACCES R3 !read_ok'],
    [`r2 = 1; r0 = atomic64_cmpxchg((u64 *)(r10 - 8), r0, r2)${END}`, 'EACCES R0 !read_ok'],
    [
      `r2 = 1; lock *(u32 *)(r1 + 8) += r2${END}`,
      'EACCES BPF_ATOMIC stores into R1 ctx is not allowed',
    ],
    [
      `${PACKET}r3 = 1; lock *(u32 *)(r2 + 0) += r3${END}`,
      'EACCES BPF_ATOMIC stores into R2 pkt is not allowed',
    ],
    [
      `r2 = *(u32 *)(r1 + 8); r3 = 1; lock *(u32 *)(r2 + 0) += r3${END}`,
      'EACCES BPF_ATOMIC stores into R2 pkt_meta is not allowed',
      'xdp',
    ],
    [
      `r2 = *(u32 *)(r1 + 80); r3 = 1; lock *(u64 *)(r2 + 0) += r3${END}`,
      "EACCES R2 invalid mem access 'pkt_end'",
    ],
    [`r2 = 8; lock *(u64 *)(r2 + 0) += r2${END}`, "EACCES R2 invalid mem access 'scalar'"],
    [
      `r2 = 1; lock *(u64 *)(r2 + 0) += r2${END}`,
      'EACCES misaligned access off 1+0+0 size 8',
      undefined,
      'EACCES misaligned access off (0x1; 0x0)+0+0 size 8',
    ],
    [
      `r2 = r10; r2 = atomic64_fetch_add((u64 *)(r2 - 8), r2)${END}`,
      'EACCES misaligned access off (0x0; 0xffffffffffffffff)+0+-8 size 8',
    ],
    [
      `r2 = 1; lock *(u64 *)(r10 - 12) += r2${END}`,
      'EACCES misaligned stack access off 0+0+-12 size 8',
      undefined,
      'EACCES misaligned stack access off (0x0; 0x0)+0+-12 size 8',
    ],
    [`r2 = 1; lock *(u32 *)(r10 - 12) += r2${END}`, 'accepted'],
    [`${LOOKUP}r2 = 1; lock *(u64 *)(r0 + 0) += r2${END}`, 'accepted'],
    [
      `${LOOKUP}r2 = 1; lock *(u32 *)(r0 + 2) += r2${END}`,
      'EACCES misaligned value access off 0+0+2 size 4',
      undefined,
      'EACCES misaligned value access off (0x0; 0x0)+0+2 size 4',
    ],
    [
      `${LOOKUP}r2 = 1; lock *(u64 *)(r0 + 8) += r2${END}`,
      'EACCES R0 min value is outside of the allowed memory range',
    ],
    [`lock *(u64 *)(r10 - 8) += r10${END}`, 'accepted'],
    [
      `*(u64 *)(r10 - 8) = 0; lock *(u64 *)(r10 - 8) += r1${END}`,
      'EACCES R1 leaks addr into mem',
      'unprivileged',
    ],
    [
      `*(u64 *)(r10 - 8) = 0; r0 = r1; r2 = 1; r0 = atomic64_cmpxchg((u64 *)(r10 - 8), r0, r2)${END}`,
      'EACCES R0 leaks addr into mem',
      'unprivileged',
    ],
    [
      `r2 = 1; lock *(u64 *)(r10 - 8) += r2${END}`,
      'EACCES invalid read from stack R10 off=-8 size=8',
      'unprivileged',
    ],
    [
      `r0 = load_acquire((u64 *)(r10 - 8))${END}`,
      'EINVAL BPF_ATOMIC uses invalid atomic opcode 100',
    ],
    [
      `r2 = 1; store_release((u64 *)(r10 - 8), r2)${END}`,
      'EINVAL BPF_ATOMIC uses invalid atomic opcode 110',
    ],
  ]);
});
