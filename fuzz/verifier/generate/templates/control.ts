// Templates of control flow: loops, may_goto, jumps to nowhere; and of single registers.

import type { Template } from './template.ts';

export const CONTROL: readonly Template[] = [
  {
    name: 'division and shifts',
    text: `
      r2 = *(u32 *)(r1 + {0|8|12})
      {r2 /= 0|r2 %= 0|w2 /= 0|r2 s/= 0|r2 /= 1|r2 <<= 64|r2 <<= 63|w2 >>= 32|w2 >>= 31|r2 s>>= -1|r2 <<= r10|r2 s%= -1}
      r0 = {r2|0}
      exit`,
  },
  {
    name: 'registers that are not set, or must not be',
    weight: 5,
    text: `
      {r0 = r2|r2 += 1|r2 = -r2|if r2 == 0 goto +0|*(u64 *)(r10 - 8) = r2|*(u64 *)(r2 + 0) = 0|r0 = *(u64 *)(r2 + 0)|r10 = 0|r10 += 1|r10 = *(u64 *)(r10 - 8)|r0 = 0|w2 = w9|r2 = be16 r2}
      {r0 = 0|r0 = r1|r0 = r10|}
      exit`,
  },
  {
    name: 'loops that end, and some that do not',
    weight: 8,
    text: `
      r6 = {0|5|*(u32 *)(r1 + 0)|*(u32 *)(r1 + 12)}
      r7 = 0
      {r6 &= 7||r8 = r10}
      top:
      {r6 += 1|r6 += 2|r6 -= 1|r6 = r6|r6 = r1}
      r7 += {1|1|1|2}
      if r7 > {5|8} goto out
      if {r6 {<|!=|s<|>} {10|8|0|64}|r7 < r6|w6 != 9} goto top
      out:
      r0 = {0|r6|r7}
      exit`,
  },
  {
    name: 'a loop that is too long',
    slow: true,
    weight: 0.2,
    text: `
      r6 = 0
      top:
      r6 += 1
      if r6 != 0 goto top
      r0 = 0
      exit`,
  },
  {
    name: 'a loop that goes nowhere',
    text: `
      r0 = 0
      {top:|r1 = 1\n top:}
      {goto top|if r1 == 0 goto top|if r0 == 0 goto top|goto +0}
      exit`,
  },
  {
    name: 'may_goto',
    mayGoto: true,
    weight: 6,
    text: `
      r6 = {0|*(u32 *)(r1 + 0)|*(u32 *)(r1 + 12)}
      r7 = r10
      top:
      may_goto {out|out|out|bad|+0}
      if r6 == 7 goto bad
      {r6 += 1|r6 = 0|if r6 > 100 goto out|r7 += -8|*(u64 *)(r10 - 8) = r6}
      goto top
      bad:
      {r6 = *(u64 *)(r6 + 0)|r6 = 1}
      out:
      r0 = {r6|0|*(u64 *)(r10 - 8)}
      exit`,
  },
  {
    name: 'may_goto, where an iteration changes a pointer or a bound',
    mayGoto: true,
    weight: 3,
    text: `
      r1 = map[array][0]+0
      r2 = {0|1}
      top:
      may_goto out
      if r2 >= {15|16|17} goto out
      r3 = r1
      r3 += r2
      *(u8 *)(r3 + 0) = 1
      r2 += {1|1|2|0}
      goto top
      out:
      r0 = 0
      exit`,
  },
  {
    name: 'jumps to nowhere, code that nothing reaches',
    weight: 5,
    text: `
      {r0 = 0|goto +1|goto -2|if r1 == 0 goto +2|if r1 != 0 goto -1|goto +0|gotol +2|call pc+9|call pc-2|call pc-1}
      r0 = 0
      {exit|exit\n exit|goto +1|r0 = 1|r0 = 5 ll}`,
  },
  {
    name: 'jumps into a wide instruction',
    weight: 2,
    text: `
      {goto +1|if r1 != 0 goto +1|r0 = 0}
      r0 = {1|-1} ll
      exit`,
  },
];
