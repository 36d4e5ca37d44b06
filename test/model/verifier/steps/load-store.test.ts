// Pointers that loads and stores go through. Observed on 6.12.117 and 6.1.192.

import { describe } from 'vitest';
import { END, PACKET, testOutcomes } from '../access/programs.ts';

describe('one instruction, several pointers', () => {
  testOutcomes([
    [
      `r6 = *(u32 *)(r1 + 8); r2 = r10; r2 += -8; if r6 == 0 goto go; r2 = r1; go: r3 = *(u32 *)(r2 + 0)${END}`,
      'EINVAL same insn cannot be used with different pointers',
    ],
    [
      `r6 = *(u32 *)(r1 + 8); r2 = r10; r2 += -56; if r6 == 0 goto go; r2 = r1; go: *(u32 *)(r2 + 48) = 1${END}`,
      'EINVAL same insn cannot be used with different pointers',
      undefined,
      'EACCES BPF_ST stores into R2 ctx is not allowed',
    ],
    [
      `r6 = *(u32 *)(r1 + 8); r2 = r10; r2 += -56; if r6 == 0 goto go; r2 = r1; go: *(u32 *)(r2 + 48) = r6${END}`,
      'EINVAL same insn cannot be used with different pointers',
    ],
    [
      `${PACKET}r6 = *(u32 *)(r1 + 8); if r6 == 0 goto go; r2 = r10; r2 += -8; go: *(u32 *)(r2 + 0) = r6${END}`,
      'accepted',
    ],
  ]);
});
