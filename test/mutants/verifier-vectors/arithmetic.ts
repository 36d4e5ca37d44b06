// Arithmetic and comparisons, of numbers and of pointers.

import { lookup, program, type RefusedProgram, value } from './vector.ts';

export const ARITHMETIC: readonly RefusedProgram[] = [
  {
    name: 'division by 0',
    text: program('r0 = 1; r0 /= 0'),
    message: 'div by zero',
  },
  {
    name: 'shift by the width',
    text: program('r0 = 1; r0 <<= 64'),
    message: 'invalid shift 64',
  },
  {
    name: 'pointer compared with a number',
    type: 'socket_filter',
    privileged: false,
    text: program('if r1 > 5 goto out; r0 = 1'),
    message: 'R1 pointer comparison prohibited',
  },
  {
    name: 'two varying offsets',
    text: value(
      'r6 = *(u32 *)(r1 + 0); r7 = *(u32 *)(r1 + 4)',
      `r6 &= 4; r7 &= 4
      r0 += r6; r0 += r7
      r1 = *(u8 *)(r0 + 0)`,
    ),
    message: 'R0 max value is outside of the allowed memory range',
  },
  {
    name: '32-bit arithmetic on a pointer',
    text: program('r2 = r10; w2 += -8'),
    message: 'R2 32-bit pointer arithmetic prohibited',
  },
  {
    name: 'arithmetic on the packet end',
    text: program('r3 = *(u32 *)(r1 + 80); r3 += 1'),
    message: 'R3 pointer arithmetic on pkt_end prohibited',
  },
  {
    name: 'offset of 1 << 29',
    text: program('r2 = r10; r2 += 536870912'),
    message: 'math between fp pointer and 536870912 is not allowed',
  },
  {
    name: 'arithmetic before the null check',
    text: program(`${lookup('one')}; r0 += 4`),
    message: 'R0 pointer arithmetic on map_value_or_null prohibited, null-check it first',
  },
  {
    name: 'a null check of another pointer',
    text: value(`${lookup('hash')}; r7 = r0`, 'r1 = *(u64 *)(r7 + 0)'),
    message: "R7 invalid mem access 'map_value_or_null'",
  },
];
