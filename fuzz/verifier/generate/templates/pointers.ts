// Templates of pointers to values, contexts and maps: null checks, arithmetic, bounds.

import { lookup, type Template } from './template.ts';

export const POINTERS: readonly Template[] = [
  {
    name: 'null checks of copies, on either side, and of a wrong number',
    text: lookup(
      'array',
      'r7 = {r0|r0|r10}\n if {r7|r0|r6} {==|!=} {0|0|0|1} goto out',
      '{r0|r1} = *(u64 *)({r0|r7} + {0..16/4})',
    ),
  },
  {
    name: 'arithmetic before the null check',
    text: lookup(
      '{array|hash}',
      '{r0 {+=|-=} {0|8|-8}||}\n if r0 == 0 goto out',
      'r0 = *(u8 *)(r0 + {-8..8})',
    ),
  },
  {
    name: 'a null check of 32 bits, or against a pointer',
    text: lookup(
      'hash',
      '{if w0 == 0 goto out|if r0 == r10 goto out|if r0 == 0 goto out|}',
      '*(u32 *)(r0 + {16..24}) = {0|1}',
    ),
  },
  {
    name: 'operations on map pointers',
    text: `
      r{1|7} = map[{array|hash|jmp}]
      r7 = map[array]
      {r7 += 8|r0 = *(u64 *)(r7 + {0|8|16|-8})|*(u64 *)(r7 + 0) = 0|r0 = *(u32 *)(r7 + 4)|*(u64 *)(r1 + 0) = r7|r7 *= 2|*(u64 *)(r10 - 8) = r7|r7 = r7}
      r0 = 0
      exit`,
  },
  {
    name: 'a key or value at an offset that varies',
    weight: 4,
    text: `
      r3 = *(u32 *)(r1 + {0|8|12})
      *(u64 *)(r10 - 8) = 0
      {*(u64 *)(r10 - 16) = 0|*(u64 *)(r10 - 16) = 0|r0 = 0}
      {r3 &= 8|r3 &= 4|r3 &= 12|if r3 > 8 goto out|}
      r2 = r10
      r2 += -16
      r2 += r3
      r1 = map[{array|hash}]
      call bpf_map_lookup_elem
      out:
      r0 = 0
      exit`,
  },
  {
    name: 'values at offsets that vary, with bounds of one side',
    weight: 12,
    text: lookup(
      '{array|hash}',
      'if r0 == 0 goto out\n r3 = *(u{8|32|64} *)(r0 + 0)',
      `{if r3 > 8 goto out|if r3 s> 8 goto out|if r3 s< 0 goto out|if w3 > 8 goto out|if w3 s> 8 goto out|r3 &= 15|r3 >>= 60|w3 >>= 29|r3 %= 9|if r3 & -8 goto out|if r3 >= 16 goto out|r3 s>>= 60}
      {if r3 s> 8 goto out|if r3 s< 0 goto out|w3 = w3|r3 = -r3||||}
      r0 {+=|+=|+=|-=} r3
      {r0 += -1|r0 += 4|||}
      {r0 = *(u8 *)(r0 + 0)|*(u64 *)(r0 + 0) = 0|r0 = *(u64 *)(r0 + 8)|r0 = *(u16 *)(r0 + 14)|r0 = *(u8 *)(r0 - 1)}`,
    ),
  },
  {
    name: 'offsets of values at their limits',
    weight: 5,
    text: lookup(
      'array',
      'if r0 == 0 goto out\n r3 = *(u32 *)(r0 + 0)',
      `{r3 &= 536870911|r3 &= 268435455|r3 <<= 2|r3 = 536870912|r3 = 536870911|r3 = -536870912|r3 = 2147483647|r3 = 4294967296 ll}
      r0 {+=|+=|-=} {r3|r3|536870912|536870911|2147483647}
      r0 {+=|-=} {r3|536870911|268435456}
      r0 = *(u8 *)(r0 + {0|15})`,
    ),
  },
  {
    name: 'addresses of values',
    text: `
      r1 = map[{array|array|many|hash|jmp}][0]+{0|0|8|15|16|65536|536870912}
      {r0 = *(u{8|64} *)(r1 + {0|8|15})|*(u64 *)(r1 + 8) = 0}
      r0 = 0
      exit`,
  },
  {
    name: 'arithmetic between pointers',
    weight: 6,
    text: `
      r2 = {r10|r1|map[array]|r1}
      r3 = {r10|r1|8|r1}
      {r2 += r3|r2 -= r3|r3 -= r2|w2 += w3|w2 = w3|r2 &= r3|r2 *= r3|r2 <<= 1|r2 = -r2|r2 = be64 r2|r2 >>= r3|r2 s>>= 8|r2 = (s8)r3|w2 -= 1}
      r0 = {0|0|r2}
      exit`,
  },
  {
    name: 'comparisons of pointers',
    weight: 5,
    text: `
      r2 = {r10|r1|map[array]|0}
      if {{r1|r2|r1|r9} {==|!=|>|s<|&} {r10|r1|r2|0|1}|{w1|w2} {==|!=|>} {w10|w1|0}} goto out
      r0 = 1
      exit
      out:
      r0 = 0
      exit`,
  },
  {
    name: 'the context in strange ways',
    weight: 6,
    text: `
      {r1 += 8|r1 += -8|r2 = *(u32 *)(r10 - 8)|r1 -= r1|}
      {r0 = *(u32 *)(r1 + 0)|*(u32 *)(r1 + 8) = 0|*(u32 *)(r1 + 48) = r10|lock *(u32 *)(r1 + 48) += r1|r0 = *(u64 *)(r1 + 48)|r0 = *(u8 *)(r1 + 9)|*(u8 *)(r1 + 48) = 1|r0 = *(u32 *)(r1 - 4)|r0 = *(u32 *)(r1 + 4096)|r0 = *(u16 *)(r1 + 76)|r0 = *(u64 *)(r1 + 0)|r0 = *(u64 *)(r1 + 152)|*(u64 *)(r1 + 152) = 0|r0 = *(u64 *)(r1 + 144)|*(u32 *)(r1 + 16) = 0|r0 = *(s32 *)(r1 + 8)|r0 = *(s32 *)(r1 + 76)}
      r0 = 0
      exit`,
  },
  {
    name: 'the context at an offset that varies',
    text: `
      r2 = *(u32 *)(r1 + {0|8|12})
      {r2 &= 4|r2 = 4|r2 = 0|}
      r1 += r2
      {r0 = *(u32 *)(r1 + 0)|call 7|r3 = 0}
      r0 = 0
      exit`,
  },
  {
    name: 'one instruction, and what it accesses on each path',
    weight: 3,
    text: `
      r2 = *(u32 *)(r1 + {0|8|12})
      *(u64 *)(r10 - 8) = 0
      r3 = {r1|r10}
      if r2 == {0|5} goto +{0|2}
      r3 = r10
      r3 += -16
      {r0 = *(u32 *)(r3 + 8)|*(u32 *)(r3 + {8|0}) = 1}
      r0 = 0
      exit`,
  },
  {
    name: 'atomics in strange places',
    weight: 6,
    text: `
      r6 = r1
      *(u64 *)(r10 - 8) = {0|r1|r10}
      r1 = {1|1|r10}
      {r0 = 1|}
      {lock *(u64 *)(r10 - 8) += r1|r1 = atomic_fetch_add((u64 *)(r10 - 8), r1)|lock *(u32 *)(r10 - 6) += w1|w1 = atomic_fetch_or((u32 *)(r10 - 8), w1)|r1 = xchg_64(r10 - 8, r1)|r0 = cmpxchg_64(r10 - 8, r0, r1)|w0 = cmpxchg32_32(r10 - 8, w0, w1)|lock *(u64 *)(r6 + 48) += r1|lock *(u64 *)(r10 + 0) += r1|lock *(u64 *)(r1 + 0) += r1}
      r0 = {0|r1|*(u64 *)(r10 - 8)}
      exit`,
  },
  {
    name: 'ordered accesses in strange places',
    ordered: true,
    weight: 5,
    text: `
      r6 = r1
      r7 = map[array][0]+{0|8}
      *(u64 *)(r10 - 8) = {0|r1|r10}
      {r2 = load_acquire((u64 *)({r10|r7} - 8))|r2 = load_acquire((u64 *)({r10|r7} - 8))|r6 = load_acquire((u32 *)(r6 + 8))|w2 = load_acquire(({u8|u16|u32} *)(r10 - {8|6|4}))|store_release((u64 *)({r10|r7} - 8), {r1|r10|r9})|store_release(({u8|u16|u32} *)(r7 + {0|2|4}), w1)|store_release((u32 *)(r1 + 48), w6)|r2 = load_acquire((u64 *)(r2 + 0))}
      r0 = {0|r2|*(u64 *)(r10 - 8)|*(u32 *)(r2 + 0)}
      exit`,
  },
  {
    name: 'arithmetic with a number that cannot be',
    weight: 2,
    text: `
      r3 = *(u32 *)(r1 + 0)
      r4 = *(u32 *)(r1 + 8)
      r3 &= 3
      r4 &= 3
      r4 += {0|8}
      if r3 != r4 goto out
      r2 = {r10|r1|map[array][0]+8}
      r2 {+=|-=} r3
      {r0 = *(u8 *)(r2 - 8)|r0 = 0}
      out:
      r0 = 0
      exit`,
  },
];
