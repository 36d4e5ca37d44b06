// Templates of the stack: its edges, parts of spills, bytes that were not written, offsets that vary.

import type { Template } from './template.ts';

export const STACK: readonly Template[] = [
  {
    name: 'a tail call with a word from the stack as its index',
    text: `
      r3 = *(u32 *)(r1 + {0|8})
      {*(u32 *)(r10 - 4) = r3|*(u64 *)(r10 - 8) = r3|*(u8 *)(r10 - 8) = r3}
      {if r3 > 3 goto out|r3 &= 3|}
      r3 = *({u32|u64} *)(r10 - {4|8})
      r2 = map[jmp]
      call bpf_tail_call
      out:
      r0 = {0|r1}
      exit`,
  },
  {
    name: 'stack at its edges',
    weight: 8,
    text: `
      *({u8|u16|u32|u64} *)(r10 {-|-|-|+} {0|1|2|4|8|508|511|512|513|520|32760}) = {0|r1|r10}
      r0 = 0
      exit`,
  },
  {
    name: 'parts of spilled pointers',
    weight: 6,
    text: `
      *(u64 *)(r10 - 8) = {r1|r10}
      {*(u32 *)(r10 - {8|4}) = 0|*(u8 *)(r10 - 1) = 1||}
      r2 = *({u64|u64|u32|u8|s8} *)(r10 - {8|8|4|7})
      {r0 = *(u32 *)(r2 + 0)|r0 = 0}
      r0 = 0
      exit`,
  },
  {
    name: 'stack that was not written',
    weight: 6,
    text: `
      {*(u64 *)(r10 - 16) = 0|*(u32 *)(r10 - 16) = 0|*(u8 *)(r10 - 9) = 0}
      {r0 = *(u64 *)(r10 - 16)|r0 = *(u64 *)(r10 - 8)|r0 = *(u8 *)(r10 - 10)|r0 = *(u32 *)(r10 - 12)}
      {r2 = r10|r2 = r10|r0 = 0}
      {r2 += -16|r2 += -16|r2 = r10}
      r1 = map[{array|hash}]
      call bpf_map_lookup_elem
      r0 = 0
      exit`,
  },
  {
    name: 'the stack at an offset that varies',
    weight: 6,
    text: `
      r3 = *(u32 *)(r1 + {0|8|12})
      *(u64 *)(r10 - 8) = 0
      *(u64 *)(r10 - 16) = {0|r10|r3}
      {r3 &= 15|r3 &= 7|r3 &= 8|if r3 > 8 goto out|if r3 > 16 goto out|if r3 s> 8 goto out|}
      r4 = r10
      r4 {+=|+=|-=} {-16|-16|-8|-24|16}
      r4 {+=|+=|-=} r3
      {r0 = *(u8 *)(r4 + 0)|*(u8 *)(r4 + 0) = 1|r0 = *(u64 *)(r4 + 0)|*(u64 *)(r4 + 0) = r3|lock *(u64 *)(r4 + 0) += r3}
      {r0 = *(u64 *)(r10 - 16)|r0 = *(u64 *)(r10 - 16)|}
      {r2 = *(u8 *)(r0 + 0)|||}
      out:
      r0 = 0
      exit`,
  },
];
