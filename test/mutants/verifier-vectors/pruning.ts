// Two ways that meet where a state is kept: the first is safe, and does not cover the second, which is refused.

import { lookup, program, type RefusedProgram, value } from './vector.ts';

export const PRUNING: readonly RefusedProgram[] = [
  {
    name: 'a value of a smaller map on the second way',
    keepsAllStates: true,
    text: program(`r6 = *(u32 *)(r1 + 0)
      r7 = map[one][0]+0
      if r6 > 7 goto meet
      r7 = map[wide][0]+0
      meet: r0 = *(u64 *)(r7 + 8)`),
    message: 'R7 min value is outside of the allowed memory range',
  },
  {
    name: 'a pointer on the second way',
    keepsAllStates: true,
    text: program(`r6 = *(u32 *)(r1 + 0)
      r7 = r10
      if r6 > 7 goto meet
      r7 = 1
      meet: *(u32 *)(r10 - 8) = r7`),
    message: 'invalid size of register spill',
  },
  {
    name: 'a null check on the first way alone',
    keepsAllStates: true,
    text: program(`r6 = *(u32 *)(r1 + 0)
      ${lookup('hash')}
      if r6 > 7 goto meet
      if r0 == 0 goto out
      meet: r0 = *(u64 *)(r0 + 0)`),
    message: "R0 invalid mem access 'map_value_or_null'",
  },
  {
    name: 'a byte stored beside what the ways differ in',
    keepsAllStates: true,
    text: value(
      'r6 = *(u32 *)(r1 + 0)',
      `*(u32 *)(r10 - 12) = r6
      if r6 > 7 goto meet
      *(u32 *)(r10 - 12) = 0
      meet: *(u8 *)(r10 - 15) = 1
      r7 = *(u32 *)(r10 - 12)
      r0 += r7
      r0 = *(u8 *)(r0 + 0)`,
    ),
    message: 'R0 unbounded memory access, make sure to bounds check any such access',
  },
];
