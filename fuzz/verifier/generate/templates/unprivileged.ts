// Templates of what is refused without privileges.

import { lookup, type Template } from './template.ts';

export const UNPRIVILEGED: readonly Template[] = [
  {
    name: 'what only privileged programs may do',
    types: ['socket_filter'],
    privileged: false,
    weight: 30,
    text: `
      r6 = r1
      r7 = map[array]
      {r0 = r1|*(u64 *)(r10 - 8) = r1|r2 = r10|r2 = r10\n r2 += {-8|-8|8|-520}|r0 = 0}
      {r2 -= r10|if r1 == r10 goto +0|if r1 > 5 goto +0|if r1 == 0 goto +0|r0 = *(u64 *)(r10 - 16)|*(u32 *)(r10 - 8) = 0|w0 = w1|r0 = (s16)r1|r1 += r2|r1 = -r1|r1 &= 7|r2 <<= 1|r0 = r10|lock *(u64 *)(r10 - 8) += r1|*(u64 *)(r1 + 48) = r1|*(u32 *)(r1 + 48) = r1|r10 = r1|r0 = 1}
      {goto -2|r0 = *(u32 *)(r10 - 8)|r0 = *(u64 *)(r10 - 8)|r0 = 1|call pc+2|r0 = *(u32 *)(r6 + 72)|r0 = *(u32 *)(r6 + 8)|r0 = *(u32 *)(r6 + 76)}
      {r0 = 0||r0 = 0|r0 = 0}
      exit
      {r0 = 0\n exit|||}`,
  },
  {
    name: 'unprivileged arithmetic that differs between paths',
    types: ['socket_filter'],
    privileged: false,
    weight: 15,
    text: `
      r4 = *(u32 *)(r1 + 8)
      r3 = {r4|r4|4}
      {r3 &= 7|if r3 > 7 goto out|if r3 s> 7 goto out}
      r7 = map[{array|array|many|other}][0]+{0|7|8}
      if r4 == 5 goto +{2|2|0}
      {r7 = map[array][0]+{0|7|8}|r7 += 1\n r3 = r3}
      {r7 += r3|r7 -= r3|r3 += r7|r7 += 4}
      {r0 = *(u8 *)(r7 + 0)|*(u8 *)(r7 + 0) = 1|r0 = 0}
      out:
      r0 = 0
      exit`,
  },
  {
    name: 'unprivileged values: leaks and offsets that vary',
    types: ['socket_filter'],
    privileged: false,
    weight: 20,
    text: lookup(
      '{array|hash}',
      'if r0 == {0|0|1} goto out\n r3 = *(u{8|64} *)(r0 + 0)',
      `{if r3 > 8 goto out|r3 &= 7|r3 = 4|if r3 s< {0|-8} goto out\n if r3 s> 8 goto out|r3 = -8|r3 = 64}
      {*(u64 *)(r0 + 0) = r10|*(u64 *)(r0 + 0) = r0|r4 = r10|r4 = r0}
      {r0 += r3|r4 += r3|r4 -= r3|r0 -= r3|r4 &= r3|r0 += -8|if r0 > r4 goto out|r0 -= r4|r0 += 4|w0 += 4}
      {*(u8 *)(r0 + 0) = 1|r0 = *(u8 *)(r0 + 0)|r0 = *(u8 *)(r4 - 8)|*(u8 *)(r4 - 16) = 1}`,
    ),
  },
  {
    name: 'unprivileged arithmetic back from places that may differ',
    types: ['socket_filter'],
    privileged: false,
    weight: 6,
    text: `
      r4 = *(u32 *)(r1 + 8)
      r3 = {4|4|9}
      r7 = map[array][0]+8
      if r4 == 5 goto +1
      r3 = {4|5|8}
      r7 {-=|-=|+=} r3
      r0 = *(u8 *)(r7 + 0)
      exit`,
  },
  {
    name: 'unprivileged arithmetic with numbers of either sign',
    types: ['socket_filter'],
    privileged: false,
    weight: 6,
    text: `
      r7 = map[array][0]+8
      r3 = *(u64 *)(r7 + 0)
      if r3 s> 7 goto out
      if r3 s< {0|-8} goto out
      r7 += r3
      r0 = *(u8 *)(r7 + {0|1})
      exit
      out:
      r0 = 0
      exit`,
  },
  {
    name: 'an unprivileged tail call through one of two arrays',
    types: ['socket_filter'],
    privileged: false,
    weight: 6,
    text: `
      r3 = *(u32 *)(r1 + 8)
      r2 = map[jmp]
      if r3 == 0 goto +2
      r2 = map[{jmp|jmp2}]
      {r3 = 1|r3 = r3|r3 = r10}
      call bpf_tail_call
      r0 = 0
      exit`,
  },
  {
    name: 'unprivileged arithmetic on the deepest byte of the stack',
    types: ['socket_filter'],
    privileged: false,
    weight: 10,
    text: `
      r7 = r10
      r7 += {-512|-504}
      r3 = {8|-8}
      r7 {+=|+=|-=} r3
      *(u8 *)(r7 + 0) = 1
      r0 = 0
      exit`,
  },
  {
    name: 'unprivileged arithmetic on a pointer, or on a number',
    types: ['socket_filter'],
    privileged: false,
    weight: 10,
    text: `
      r4 = *(u32 *)(r1 + 8)
      r3 = {4|r4}
      r7 = {4|map[array][0]+0}
      if r4 == 5 goto next
      r7 = {4|map[array][0]+0}
      next:
      r7 {+=|-=} r3
      r0 = 0
      exit`,
  },
  {
    name: 'an unprivileged helper that is given what was spilled',
    types: ['socket_filter'],
    privileged: false,
    weight: 5,
    text: `
      *(u64 *)(r10 - 8) = {0|r1|r10}
      r2 = r10
      r2 += -8
      r1 = map[hash]
      call bpf_map_lookup_elem
      r0 = 0
      exit`,
  },
];
