// What is known of a number that is then added to a pointer: bounds, links between registers, what went through memory.

import { type RefusedProgram, value } from './vector.ts';

const READ = 'r1 = *(u8 *)(r0 + 0)';
const ABOVE = 'R0 max value is outside of the allowed memory range';
const BELOW = 'R0 min value is outside of the allowed memory range';
const UNBOUNDED =
  'math between map_value pointer and register with unbounded min value is not allowed';

/** With any 32 bits in R6 and a value of 8 bytes in R0. */
const number = (use: string) => value('r6 = *(u32 *)(r1 + 0)', `${use}; ${READ}`);

export const NUMBERS: readonly RefusedProgram[] = [
  {
    name: 'an offset that may equal the size',
    text: number('if r6 <= 8 goto in; goto out; in: r0 += r6'),
    message: ABOVE,
  },
  {
    name: 'OR of a number that is 0 or -1',
    text: number(`r6 <<= 32; r6 s>>= 63; r6 |= 8
      if r6 s< 0 goto out
      r0 += r6`),
    message: BELOW,
  },
  {
    name: 'half of a number, compared',
    text: number(`r6 = *(u64 *)(r0 + 0)
      w7 = w6
      if r7 > 7 goto out
      r0 += r6`),
    message: UNBOUNDED,
  },
  {
    name: 'a copy with a constant more',
    text: number(`r7 = r6; r7 += 4
      if r6 > 0 goto out
      r0 += r7; r0 += 4`),
    message: BELOW,
  },
  {
    name: 'the difference of two pointers',
    text: value('r6 = r10; r6 -= r1', `r0 += r6; ${READ}`),
    message: UNBOUNDED,
  },
  {
    name: 'what a compare-and-exchange found',
    text: value(
      '*(u64 *)(r10 - 16) = 8',
      `r6 = r0
      r7 = 1; r0 = 0; r0 = cmpxchg_64(r10 - 16, r0, r7)
      r6 += r0
      r1 = *(u8 *)(r6 + 0)`,
    ),
    message: 'R6 min value is outside of the allowed memory range',
  },
];
