// Templates of packets: checks of length, offsets at their limits, tail calls in between, LD_ABS.

import { DIRECT, packet, SK_BUFF, type Template } from './template.ts';

/** R7 and the slot below r10 point to 8 bytes of the packet; R6 has the context. */
const HELD_AND_SPILLED = `
      r6 = r1
      r7 = *(u32 *)(r1 + DATA)
      r8 = *(u32 *)(r1 + DATA_END)
      r2 = r7
      r2 += 8
      if r2 > r8 goto out
      *(u64 *)(r10 - 8) = r7`;

export const PACKETS: readonly Template[] = [
  {
    name: 'packet pointers after a tail call, held and spilled',
    types: DIRECT,
    weight: 6,
    text: `${HELD_AND_SPILLED}
      r2 = map[jmp]
      r3 = 0
      {call bpf_tail_call|r3 = 1}
      {r7 = *(u64 *)(r10 - 8)|r7 = r7|r7 = r10}
      r0 = *(u8 *)(r7 + {-8|0|0})
      out:
      r0 = 0
      exit`,
  },
  {
    name: 'packet pointers after a tail call in a function',
    types: DIRECT,
    weight: 6,
    text: `${HELD_AND_SPILLED}
      call f
      {r7 = *(u64 *)(r10 - 8)|r7 = r7|r7 = *(u32 *)(r6 + DATA)|r0 = r0}
      {r0 = *(u8 *)(r7 + 0)|if r0 == 5 goto out\n r0 = *(u8 *)(r7 + 0)}
      out:
      r0 = 0
      exit
      f:
      r0 = *(u32 *)(r1 + {0|8|12})
      {if r0 == 0 goto tail|goto tail|r0 = 1}
      {exit|r0 = 5\n exit}
      {tail:\n r2 = map[jmp]\n r3 = {0|9}\n call bpf_tail_call|tail:}
      r0 = {0|5}
      exit`,
  },
  {
    name: 'packet bounds by all comparisons',
    types: DIRECT,
    weight: 10,
    text: packet(`r4 = r2
      r4 += {7..9}
      {if r4 > r3 goto out|if r4 >= r3 goto out|if r3 < r4 goto out|if r3 <= r4 goto out|if r4 == r3 goto out|if w4 > w3 goto out|if r4 s> r3 goto out}
      r0 = *({u8|u16|u32|u64} *)(r2 + {0..9})`),
  },
  {
    name: 'packet bounds on the side where the jump goes',
    types: DIRECT,
    weight: 6,
    text: packet(`r4 = r2
      r4 += {7..9}
      {if r4 <= r3 goto in|if r4 < r3 goto in|if r3 >= r4 goto in|if r3 > r4 goto in|if r4 != r3 goto in}
      goto out
      in:
      {r0 = *(u64 *)(r2 + {0..2})|r0 = *(u8 *)(r4 - {0..9})|*(u8 *)(r2 + {6..9}) = 1|lock *(u64 *)(r2 + 0) += r2}`),
  },
  {
    name: 'offsets of packets at their limit',
    types: DIRECT,
    weight: 5,
    text: packet(`r5 = *(u32 *)(r1 + {0|8|12|16})
      {r5 &= 65535|r5 &= 32767|if r5 > 65534 goto out|if r5 > 65500 goto out|r5 &= 255|}
      r2 += r5
      r2 += {0|8|-8|35|65535|32767}
      r4 = r2
      r4 += {1|8|36}
      if r4 > r3 goto out
      r0 = *(u8 *)(r2 + {0|7|35|-1})`),
  },
  {
    name: 'the end of a packet, and arithmetic on it',
    types: DIRECT,
    text: packet(`{r3 += 1|r3 -= 8|r4 = *(u8 *)(r3 + 0)|r4 = *(u8 *)(r3 - 1)|r3 -= r2|r2 -= r3|if r3 > r2 goto out}
      r0 = {r3|0|0}`),
  },
  {
    name: 'the part before the packet',
    types: DIRECT,
    text: `
      r2 = *(u32 *)(r1 + DATA_META)
      r3 = *(u32 *)(r1 + {DATA|DATA_END})
      r4 = r2
      r4 += {4|8}
      if r4 > r3 goto out
      r0 = *(u{8|32|64} *)(r2 + {0|1|4|7|8})
      out:
      r0 = 0
      exit`,
  },
  {
    name: 'writes to packets',
    text: packet(`r4 = r2
      r4 += 8
      if r4 > r3 goto out
      {*(u8 *)(r2 + {0|7}) = 1|*(u64 *)(r2 + 0) = r4|lock *(u32 *)(r2 + 0) += r4|r0 = *(u8 *)(r2 + 0)}`),
  },
  {
    name: 'the packet as a key',
    types: DIRECT,
    text: packet(`r4 = r2
      r4 += {3|4|8}
      if r4 > r3 goto out
      r1 = map[{array|hash}]
      call bpf_map_{lookup|delete}_elem`),
  },
  {
    name: 'packet loads',
    weight: 5,
    text: `
      r6 = {r1|r1|r1|r10|0}
      r2 = {1|1|r1}
      r7 = r1
      {r0 = *(u8 *)skb[4]|r0 = *(u32 *)skb[r2 + 2]|r0 = *(u16 *)skb[-4096]|r0 = *(u32 *)skb[14]}
      {r0 = *(u32 *)(r7 + 0)|r1 = r2|r0 += r1|r0 &= 1}
      {r0 = *(u32 *)(r6 + 0)|}
      exit`,
  },
  {
    name: 'packet loads in functions',
    types: SK_BUFF,
    weight: 2,
    text: `
      r6 = r1
      call f
      r0 = {0|r0}
      exit
      f:
      r6 = {r1|r1|r2}
      r0 = *(u8 *)skb[{0|4}]
      exit`,
  },
];
