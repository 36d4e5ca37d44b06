// How much a verifier goes through: limits, and that it stays cheap within them.

import { describe, expect, it } from 'vitest';
import { verify } from '../../../../model/verifier/index.ts';
import { subjectOf, UNPRIVILEGED } from '../subjects.ts';

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

/** Each jump leaves its target waiting. */
const jumps = (count: number) =>
  `r2 = *(u32 *)(r1 + 0); r0 = 0\n${lines(count, (n) => `if r2 == ${n} goto +1; r0 = ${n}`)}\nexit`;

/** As many rounds, of two instructions each. */
const rounds = (count: number) => `r0 = 0; r0 += 1; if r0 < ${count} goto -2; exit`;

describe('instructions gone through', () => {
  it('are at most a million (observed on 6.12)', () => {
    const verdict = verify(subjectOf(rounds(600_000)));
    expect(verdict).toMatchObject({
      kind: 'rejected',
      errno: 'E2BIG',
      message: 'BPF program is too large. Processed 1000001 insn',
    });
  });

  it('may be as many as the limit', () => {
    const limits = { processed: 102 };
    expect(verify(subjectOf(rounds(50)), { limits })).toMatchObject({
      kind: 'accepted',
      statistics: { processed: 102 },
    });
    expect(verify(subjectOf(rounds(51)), { limits })).toMatchObject({ errno: 'E2BIG' });
  });
});

describe('states that wait', () => {
  it('are at most 8192 (observed on 6.12)', () => {
    expect(verify(subjectOf(jumps(8193)))).toMatchObject({
      errno: 'E2BIG',
      message: 'The sequence of 8193 jumps is too complex.',
      pc: 2 + 2 * 8192,
      statistics: { processed: 16387, maxStatesPerInstruction: 0, totalStates: 2048 },
    });
  });

  it('may be as many as the limit', () => {
    const limits = { jumpSequence: 20 };
    expect(verify(subjectOf(jumps(20)), { limits })).toMatchObject({ kind: 'accepted' });
    expect(verify(subjectOf(jumps(21)), { limits })).toMatchObject({
      message: 'The sequence of 21 jumps is too complex.',
    });
  });
});

describe('states kept of one instruction', () => {
  // As many paths meet as there are values, and each value decides a jump.
  const program = `r6 = *(u32 *)(r1 + 0); r7 = 0; r0 = 0
    ${lines(4, (n) => `if r6 & ${1 << n} goto +1; r7 += ${1 << n}`)}
    ${lines(6, (n) => `if r6 == ${n} goto +0`)}
    ${lines(16, (n) => `if r7 == ${n} goto +1; r0 = ${n}`)}
    exit`;

  it('are no more after the limit without privileges', () => {
    const limits = { states: 3 };
    const verdict = verify(subjectOf(program, UNPRIVILEGED), { limits });
    const unlimited = verify(subjectOf(program, UNPRIVILEGED));
    expect(verdict.kind).toBe('accepted');
    if (verdict.kind === 'unsupported' || unlimited.kind === 'unsupported') throw new Error();
    // One more than the limit is kept: they are counted before.
    expect(verdict.statistics.maxStatesPerInstruction).toBe(4);
    expect(unlimited.statistics.maxStatesPerInstruction).toBeGreaterThan(4);
  });

  it('are not limited with privileges', () => {
    const limited = verify(subjectOf(program), { limits: { states: 3 } });
    expect(limited).toEqual(verify(subjectOf(program)));
  });
});

describe('what 6.1 does not see', () => {
  it('loops that come back to a state of two rounds before go on to the limit', () => {
    const program = subjectOf('r0 = 1; r0 ^= 1; r1 = r0; if r1 s> -1 goto -3; exit');
    const limits = { processed: 1000 };
    expect(verify(program, { limits, keepsAllStates: true })).toMatchObject({
      message: 'infinite loop detected at insn 3',
    });
    expect(verify(program, { limits, keepsAllStates: true, rules: 'linux-6.1' })).toMatchObject({
      errno: 'E2BIG',
    });
  });
});
