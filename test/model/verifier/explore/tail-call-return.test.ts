// Tracing back over a tail call that came back to a function's caller: the function's frame lies between.

import { describe, expect, test } from 'vitest';
import { verify } from '../../../../model/verifier/index.ts';
import { subjectOf } from '../subjects.ts';

/** What r7 is decides where the stack is written; it was set before the function was called. */
const text = `
  r7 = *(u32 *)(r1 + 12); r7 &= 7; call f; r2 = r10; r2 += -16; r2 += r7; *(u8 *)(r2 + 0) = 0; r0 = 0; exit;
  f: r2 = map[jmp]; r3 = 0; call bpf_tail_call; r0 = 0; exit`;

describe('a number that must be precise after a tail call in a function', () => {
  test('is traced back into the caller', () => {
    const verdict = verify(subjectOf(text), { rules: 'linux-6.19', logLevel: 2 });
    expect(verdict).toMatchObject({ kind: 'accepted' });
    expect('log' in verdict && verdict.log).toMatch(/regs=r7 stack= before 0:/);
  });
});
