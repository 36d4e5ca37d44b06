// What instructions do to states, line by line as Linux 6.12.117 was seen to log it.

import { describe, expect, test } from 'vitest';
import { verify } from '../../../../model/verifier/index.ts';
import { comparable, recorded } from './recorded.ts';

describe('states are those of the kernel', () => {
  test.each(recorded().map((record) => [record.name, record] as const))('%s', (_name, record) => {
    const verdict = verify(record.subject, { logLevel: 2 });
    expect(verdict.kind).not.toBe('unsupported');
    expect(comparable('log' in verdict ? verdict.log : '')).toEqual(record.log);
  });
});
