// Verdicts beside each other, without a kernel.

import { describe, expect, test } from 'vitest';
import { compareVerdicts, logDifference } from '../../cli/verify-compare.ts';
import type { ErrnoName } from '../../model/maps/errno.ts';
import type { Statistics, Verdict } from '../../model/verifier/verdict.ts';

const statistics: Statistics = {
  ...{ processed: 1, maxStatesPerInstruction: 0, totalStates: 0, peakStates: 0, markRead: 0 },
  stackDepths: [0],
};
const accepted = (log = ''): Verdict => ({ kind: 'accepted', statistics, log });
const rejected = (errno: ErrnoName, message: string): Verdict => ({
  ...{ kind: 'rejected', errno, message, statistics, log: '' },
});
const unsupported: Verdict = { kind: 'unsupported', reason: 'an extension' };

describe('verdicts', () => {
  test.each([
    ['both accept', accepted(), accepted(), { verdicts: 'same' }],
    ['one refuses', accepted(), rejected('EACCES', 'no'), { verdicts: 'differ' }],
    ['both refuse', rejected('EACCES', 'no'), rejected('EACCES', 'no'), { verdicts: 'same' }],
    [
      'with other errors',
      rejected('EACCES', 'no'),
      rejected('EINVAL', 'no'),
      { verdicts: 'differ' },
    ],
    [
      'with other words',
      rejected('EACCES', 'no'),
      rejected('EACCES', 'never'),
      { verdicts: 'same', messages: ['no', 'never'] },
    ],
    ['one says nothing', unsupported, accepted('0: (95) exit'), { verdicts: 'undecided' }],
  ])('%s', (_, left, right, comparison) => {
    expect(compareVerdicts(left, right)).toEqual(comparison);
  });

  test('may be the same where logs are not', () => {
    expect(compareVerdicts(accepted('0: R0=1'), accepted('0: R0=2'))).toEqual({
      verdicts: 'same',
      log: { same: 0, unit: 'line', left: '0: R0=1', right: '0: R0=2' },
    });
  });
});

describe('logs', () => {
  test('are the same apart from addresses, columns and how precision was traced', () => {
    const left = '0: (18) r2 = 0x0    ; R2_w=map_ptr(ks=4,vs=4)\n2: (95) exit\n';
    const right = `0: (18) r2 = 0xff1f953f41801c00       ; R2_w=map_ptr(ks=4,vs=4)
mark_precise: frame0: last_idx 3 first_idx 0 subseq_idx -1
2: (95) exit
`;
    expect(logDifference(left, right)).toBeUndefined();
  });

  test('part where one ends', () => {
    expect(logDifference('0: (95) exit\n', '0: (95) exit\n1: (95) exit\n')).toEqual({
      ...{ same: 1, unit: 'line', left: undefined },
      right: '1: (95) exit',
    });
  });

  const NEWER = `0: R1=ctx() R10=fp0
0: (71) r0 = *(u8 *)(r1 +0)           ; R0_w=scalar(smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff)) R1=ctx()
1: (95) exit
`;

  test('in the spelling of 6.1 are compared by what they mean', () => {
    const older = `0: R1=ctx(off=0,imm=0) R10=fp0
0: (71) r0 = *(u8 *)(r1 +0)           ; R0_w=scalar(umax=255,var_off=(0x0; 0xff)) R1=ctx(off=0,imm=0)
1: (95) exit
`;
    expect(logDifference(NEWER, older)).toBeUndefined();
    expect(logDifference(NEWER, older.replaceAll('255', '254'))).toMatchObject({
      ...{ same: 1, unit: 'instruction' },
      left: expect.stringContaining('R0=scalar(u[0,255] s[0,255] (0x0; 0xff))'),
      right: expect.stringContaining('R0=scalar(u[0,254] s[0,254] (0x0; 0xff))'),
    });
  });
});
