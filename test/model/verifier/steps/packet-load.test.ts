// Loads from packets by offset. Observed on 6.12.117 and 6.1.192.

import { describe } from 'vitest';
import { END, testOutcomes } from '../access/programs.ts';

describe('LD_ABS and LD_IND', () => {
  testOutcomes([
    ['r6 = r1; r0 = *(u32 *)skb[4]; exit', 'accepted', 'socket_filter'],
    [`r6 = r1; r0 = *(u8 *)skb[r1 + 4]${END}`, 'accepted'],
    [
      'r6 = r1; r0 = *(u32 *)skb[4]; exit',
      'EINVAL BPF_LD_[ABS|IND] instructions not allowed for this program type',
      'xdp',
    ],
    ['r0 = *(u32 *)skb[4]; exit', 'EACCES R6 !read_ok'],
    [
      'r6 = 0; r0 = *(u32 *)skb[4]; exit',
      'EINVAL at the time of BPF_LD_ABS|IND R6 != pointer to skb',
    ],
    [
      'r6 = r1; r6 += 4; r0 = *(u32 *)skb[4]; exit',
      'EACCES dereference of modified ctx ptr R6 off=4 disallowed',
    ],
    ['r6 = r1; r0 = *(u32 *)skb[r2 + 4]; exit', 'EACCES R2 !read_ok'],
    ['r6 = r1; r0 = *(u32 *)skb[4]; r0 = r1; exit', 'EACCES R1 !read_ok'],
    ['r6 = r1; r5 = 1; r0 = *(u32 *)skb[4]; r0 = r5; exit', 'EACCES R5 !read_ok'],
    ['r6 = r1; r7 = 1; r0 = *(u32 *)skb[4]; r0 = r7; exit', 'accepted'],
    [
      'call f; if r0 == 0 goto zero; exit; zero: r0 = *(u32 *)(r0 + 0); exit; f: r6 = r1; r0 = *(u32 *)skb[4]; r0 = 1; exit',
      "EACCES R0 invalid mem access 'scalar'",
    ],
    [
      'call f; if r0 == 1 goto zero; exit; zero: r0 = *(u32 *)(r0 + 0); exit; f: r6 = r1; r0 = *(u32 *)skb[4]; r0 = 1; exit',
      "EACCES R0 invalid mem access 'scalar'",
    ],
  ]);
});
