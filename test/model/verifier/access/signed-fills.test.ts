// A number that is loaded from the stack with its sign extended may be another one. 6.12.117 lets the two share an id:
// in this program it takes r6, which is 255 where the packet's first byte is, for a number in [-128, -1].

import { describe, expect, it } from 'vitest';
import { VERIFIER_RULES, verify } from '../../../../model/verifier/index.ts';
import { subjectOf } from '../subjects.ts';
import { PACKET, stateAfter } from './programs.ts';

const LOADS = `${PACKET}r6 = *(u8 *)(r2 + 0); *(u64 *)(r10 - 8) = r6; r7 = *(s8 *)(r10 - 8)`;
const TRUSTS = `${LOADS}; if r7 s>= 0 goto out; if r6 s< 0 goto out; r0 = *(u64 *)(r0 + 0); out: r0 = 0; exit`;

function kindOf(signedFillsKeepId: boolean): string {
  const rules = { ...VERIFIER_RULES['linux-6.12'], signedFillsKeepId };
  return verify(subjectOf(TRUSTS, { type: 'sched_cls' }), { rules }).kind;
}

describe('a load with sign extension from the stack', () => {
  it('shares the id of a number that it may change, as observed on 6.12', () => {
    expect(stateAfter(LOADS)).toMatch(/R7_w=scalar\(id=1,smin=smin32=-128,smax=smax32=127\)/);
  });

  it('keeps the id of a number that it does not change', () => {
    const text = 'r6 = *(u8 *)(r1 + 8); *(u64 *)(r10 - 8) = r6; r7 = *(s16 *)(r10 - 8)';
    expect(stateAfter(text)).toMatch(/R7_w=scalar\(id=1,/);
  });

  it('is refused what only the kernel believes', () => {
    expect(kindOf(false)).toBe('rejected');
    expect(kindOf(true)).toBe('accepted');
  });
});
