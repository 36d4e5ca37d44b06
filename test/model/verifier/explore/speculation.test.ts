// Paths that only speculation takes, as Linux 6.1.192 and 6.12.117 were seen to refuse programs for them. The states
// on them are in steps/recorded-6.12.txt.

import { describe, expect, it, test } from 'vitest';
import { certify, verify } from '../../../../model/verifier/index.ts';
import { subjectOf, UNPRIVILEGED } from '../subjects.ts';

/** A value of `many`: 8 bytes at r0, r6 in 0..3, r7 is 3. */
const VALUE = `
  *(u32 *)(r10 - 4) = 0; r6 = *(u32 *)(r1 + 0); r6 &= 3; r7 = 3
  r1 = map[many]; r2 = r10; r2 += -4; call bpf_map_lookup_elem
  if r0 != 0 goto +2; r0 = 0; exit`;

/** `if r7 != 3` is never taken, and `if r6 > 9` neither. */
const REFUSED: readonly (readonly [what: string, program: string, refusal: string])[] = [
  [
    'reads a register that is not set',
    'r8 = 1; r0 = 0; if r8 == 2 goto +1; exit; r0 = r9; exit',
    'EACCES R9 !read_ok',
  ],
  [
    'moves a pointer by a number whose range was forgotten',
    'r6 = *(u32 *)(r1 + 0); r6 &= 7; r0 = 0; if r6 > 9 goto +1; exit; r1 = r10; r1 += r6; exit',
    'EINVAL math between fp pointer and register with unbounded min value is not allowed',
  ],
  [
    'takes a pointer that was compared with null for a number',
    `${VALUE}; if r0 != 0 goto +1; r1 = *(u8 *)(r0 + 0); r0 = 0; exit`,
    "EACCES R0 invalid mem access 'scalar'",
  ],
  [
    'adds numbers where others add to a pointer',
    `${VALUE}; if r7 == 3 goto +1; r0 = 3; r0 += r6; r0 = 0; exit`,
    'EACCES R0 tried to add from different maps, paths or scalars, pointer arithmetic with it prohibited for !root',
  ],
  [
    'goes back beyond a sum that was masked to nothing',
    `${VALUE}; r6 += 4; r0 += r6; r0 += -4; r0 = 0; exit`,
    'EACCES R0 pointer arithmetic of map value goes out of range, prohibited for !root',
  ],
];

describe.each(['linux-6.1', 'linux-6.12'] as const)('without privileges, %s', (rules) => {
  test.each(REFUSED)('is refused what %s', (_what, program, refusal) => {
    const verdict = verify(subjectOf(program, UNPRIVILEGED), { rules });
    const { errno, message } = verdict.kind === 'rejected' ? verdict : {};
    expect(`${errno} ${message}`).toBe(refusal);
  });

  test('limits of sums are those of paths that are really taken', () => {
    const program = `${VALUE}; if r7 == 3 goto +1; r0 += 4; r0 += r6; r1 = *(u8 *)(r0 + 0); r0 = 0; exit`;
    expect(verify(subjectOf(program, UNPRIVILEGED), { rules }).kind).toBe('accepted');
  });
});

describe('a decided jump', () => {
  const DECIDED = 'r8 = 1; r0 = 0; if r8 == 1 goto +2; r0 = r8; r0 += 5; exit';
  const processed = (options: object) => {
    const verdict = verify(subjectOf(DECIDED, { type: 'socket_filter', ...options }));
    return verdict.kind === 'accepted' && verdict.statistics.processed;
  };

  it('is gone through both ways only without privileges', () => {
    expect(processed({ privileged: false })).toBe(7);
    expect(processed({ privileged: true })).toBe(4);
  });

  it('leaves no states of runs on the way that it does not go', () => {
    const { statesAt, verdict } = certify(subjectOf(DECIDED, UNPRIVILEGED));
    expect(verdict.kind).toBe('accepted');
    expect([2, 3, 4, 5].map((pc) => statesAt(pc).length)).toEqual([1, 0, 0, 1]);
  });
});
