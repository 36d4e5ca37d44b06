// Which states are kept and found again, how far reads and precision are traced back, and how loops end: line by line
// as Linux 6.12.117 was seen to log it, and to the number as 6.1.192 was seen to count it.

import { describe, expect, test } from 'vitest';
import { verify } from '../../../../model/verifier/index.ts';
import { comparable, recorded, summary } from './recorded.ts';

const records = recorded().map((record) => [record.name, record] as const);

describe('paths are those of Linux 6.12', () => {
  test.each(records)('%s', (_name, { subject, keepsAllStates, log }) => {
    const verdict = verify(subject, { logLevel: 2, keepsAllStates });
    expect(verdict.kind).not.toBe('unsupported');
    expect(comparable('log' in verdict ? verdict.log : '')).toEqual(log);
  });
});

describe('paths are those of Linux 6.1', () => {
  test.each(records)('%s', (_name, { subject, keepsAllStates, linux61 }) => {
    expect(summary(verify(subject, { rules: 'linux-6.1', keepsAllStates }))).toEqual(linux61);
  });
});
