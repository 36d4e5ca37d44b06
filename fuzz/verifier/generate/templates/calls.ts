// Templates of calls: arguments of helpers and tail calls, functions and their frames.

import type { Template } from './template.ts';

export const CALLS: readonly Template[] = [
  {
    name: 'helper arguments of wrong types',
    text: `
      r6 = r1
      *(u64 *)(r10 - 8) = 0
      *(u64 *)(r10 - 16) = 0
      *(u64 *)(r10 - 24) = 0
      r2 = {r10|r10|r10|r6|0|r1}
      {r2 += -8|r2 += -8|r2 += -4|r2 += -520||r2 += 8}
      r3 = {r10|r10|0|r6}
      {r3 += -24|r3 += -24|r3 += -16|}
      r4 = {0|0|r10}
      r1 = {map[array]|map[hash]|map[hash]|map[jmp]|0}
      call {bpf_map_update_elem|bpf_map_update_elem|bpf_map_delete_elem|bpf_map_lookup_elem}
      r0 = 0
      exit`,
  },
  {
    name: 'helpers that are not there, or not for this program',
    text: `
      r2 = 0
      r3 = 0
      call {-1|0|5|7|12|51|212|9999}
      r0 = 0
      exit`,
  },
  {
    name: 'tail calls with wrong arguments',
    weight: 6,
    text: `
      {r6 = r1|r6 = r1|r6 = r10|r6 = 0}
      r7 = r1
      r1 = r6
      r2 = {map[jmp]|map[jmp]|map[jmp]|map[array]|map[hash]|0|r10|*(u32 *)(r7 + DATA)}
      r3 = {0|3|4|-1|r7}
      {r1 += 8|}
      call bpf_tail_call
      {r0 = 0|}
      exit`,
  },
  {
    name: 'a tail call through one of two arrays',
    weight: 3,
    text: `
      r3 = *(u32 *)(r1 + {0|8|12})
      r2 = map[jmp]
      if r3 {==|>} {0|2} goto +2
      r2 = map[{jmp2|jmp2|jmp|array}]
      {r3 = 1|if r3 > 3 goto +1|r3 = 0\n if r2 == 0 goto +1}
      call bpf_tail_call
      r0 = 0
      exit`,
  },
  {
    name: 'functions and what they leave',
    weight: 8,
    text: `
      r6 = r1
      r7 = {0|r10|r1}
      r2 = {1|r10|r1|r7}
      r3 = *(u32 *)(r1 + {0|8|12})
      {call f|call f|call f\n call f}
      {r0 += 1|r0 = r1|r0 = r2|r7 += 1|}
      {r0 = *(u8 *)(r0 + 0)|||}
      {r0 = 0|}
      exit
      f:
      {r0 = r2|r0 = 0|r0 = r10||r0 = r6|if r3 > 5 goto +1}
      {r0 = r3|r0 = 7|*(u64 *)(r2 - 8) = 1}
      exit`,
  },
  {
    name: "a caller's stack in a callee",
    weight: 6,
    text: `
      *(u64 *)(r10 - 8) = {0|r1}
      {*(u64 *)(r10 - 16) = 0|}
      r2 = r10
      r2 += {-8|-16|-24|-520|8}
      r3 = *(u32 *)(r1 + {0|8|12})
      call f
      r0 = *(u64 *)(r10 - {8|16})
      {r0 = *(u8 *)(r0 + 0)|}
      r0 = 0
      exit
      f:
      {*(u64 *)(r2 + 0) = r3|*(u64 *)(r2 + 0) = r10|*(u8 *)(r2 + 0) = 1|r0 = *(u64 *)(r2 + 0)|*(u64 *)(r2 + 8) = 0|lock *(u64 *)(r2 + 0) += r3|*(u64 *)(r2 + 0) = r1}
      r0 = {0|r2|r10}
      exit`,
  },
  {
    name: 'functions without an end of their own',
    weight: 4,
    text: `
      {r0 = 0|call f}
      {exit|goto f|if r0 == 0 goto f|r0 = 1}
      f:
      {r0 = 1|r0 = 1\n goto +0|call pc+0}
      {exit|exit|r0 = 2}
      {exit|}`,
  },
  {
    name: 'recursion',
    weight: 2,
    text: `
      {call f|call f|r0 = 0}
      exit
      f:
      r0 = 0
      if r1 {==|!=} 0 goto +1
      call {f|f|g}
      exit
      g:
      r0 = 1
      exit`,
  },
];
