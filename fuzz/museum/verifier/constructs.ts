// Constructs that hunts lean to, where those of the campaign seldom come together: what a kind of rule is about, with
// choices on both sides of it, and not the bug.

import { TEMPLATES } from '../../verifier/generate/templates/index.ts';
import { SK_BUFF, type Template } from '../../verifier/generate/templates/template.ts';

const named = (pattern: RegExp) => TEMPLATES.filter(({ name }) => pattern.test(name));

export const PACKETS_AFTER_TAIL_CALLS = named(/^packet pointers after a tail call/);
export const ARITHMETIC_BEFORE_CHECKS = named(/^arithmetic before the null check/);

/** A value in R0, and what is done with it. */
const withValue = (name: string, use: string): Template => ({
  name,
  privileged: true,
  text: `
  r6 = r1
  *(u64 *)(r10 - 8) = 0
  r2 = r10
  r2 += -8
  r1 = map[array]
  call bpf_map_lookup_elem
  if r0 == 0 goto out
  ${use}
  out:
  r0 = 0
  exit`,
});

/** Two ways that meet again, with other numbers or pointers in a register. */
export const PRUNED: readonly Template[] = [
  withValue(
    'a number on two ways, compared with another one',
    `r8 = {4|8|15|64|4096}
  r9 = *(u32 *)(r6 + 8)
  if r9 {==|!=|>} {0..3} goto l
  r8 = {4|8|15|64|4096}
  l:
  r7 = *(u32 *)(r6 + {8|0})
  if r7 {>|>=|<|<=} r8 goto out
  r0 += {r7|r8}
  r1 = *(u8 *)(r0 + {0|1})`,
  ),
  withValue(
    'a number or a pointer on two ways',
    `r8 = {1|r0|r10|r6}
  r9 = *(u32 *)(r6 + 8)
  if r9 {==|!=|>} {0..3} goto l
  r8 = {1|r0|r10|r6}
  l:
  {r8 += 1|r8 = r8|r8 *= 2|r8 &= 7}
  {*(u64 *)(r10 - 16) = r8|*(u32 *)(r10 - 16) = r8|r8 <<= 1}`,
  ),
];

/** A number on two ways that goes through memory by an atomic operation. */
export const FETCHED: readonly Template[] = [
  withValue(
    'a number on two ways, fetched from the stack',
    `r8 = {4|8|15|64|4096}
  r9 = *(u32 *)(r6 + 8)
  if r9 {==|!=|>} {0..3} goto l
  r8 = {4|8|15|64|4096}
  l:
  *(u64 *)(r10 - 16) = r8
  r7 = {0|1}
  r7 = {atomic_fetch_add((u64 *)(r10 - 16), r7)|xchg_64(r10 - 16, r7)}
  r0 += {r7|r8}
  r1 = *(u8 *)(r0 + {0|1})`,
  ),
];

/** A spilled number, filled again in part or with its sign, and a comparison of one of them. */
export const SIGNED_FILLS: readonly Template[] = [
  {
    name: 'a fill that extends a sign, and a comparison',
    types: SK_BUFF,
    privileged: true,
    text: `
      r6 = *(u32 *)(r1 + {0|8|48})
      {r6 &= 255|r6 &= 65535|r6 &= 127|r6 = r6}
      *(u64 *)(r10 - 8) = r6
      r7 = *({s8|s16|s32|u8|u64} *)(r10 - 8)
      if r7 {s<|s>|==} {0..3} goto +1
      r0 = {r6|r7}
      r0 = 0
      exit`,
  },
];

/** A load from the packet in a function, and what its caller is given. */
export const PACKET_LOADS: readonly Template[] = [
  {
    name: 'a packet load in a function that returns a number',
    types: SK_BUFF,
    privileged: true,
    text: `
      r6 = r1
      call f
      {r0 += 1|if r0 == 1 goto +0|r0 = 0}
      exit
      f:
      r6 = r1
      r0 = *(u{8|16|32} *)skb[{0|4|14|60}]
      {r0 = {1|5}|r0 &= 7|r0 = r0}
      exit`,
  },
];

/** A number, a copy of it that is changed, and a comparison of one of them. */
export const CHANGED_COPIES: readonly Template[] = [
  {
    name: 'a copy that is changed and compared',
    privileged: true,
    text: `
      r6 = *(u32 *)(r1 + {8|12})
      r7 = r6
      {r7 = be16 r7|r7 = be32 r7|r7 = le16 r7|r7 = -r7|r7 ^= 5|r7 += 1|r7 = bswap64 r7}
      if r{6|7} {>|<|==} {0..16} goto +1
      r0 = r7
      r0 = 0
      exit`,
  },
];

/** Frames on both sides of what callers of a function that tail-calls may have, and of what a chain may. */
export const BELOW_CALLERS: readonly Template[] = [
  {
    name: 'a tail call below the stack of callers',
    privileged: true,
    text: `
      *(u64 *)(r10 - {8|240|248|256|264|512}) = 0
      call f
      r0 = 0
      exit
      f:
      *(u64 *)(r10 - {8|256|264|288}) = 0
      r2 = map[jmp]
      r3 = {0..3}
      call bpf_tail_call
      r0 = 0
      exit`,
  },
];
