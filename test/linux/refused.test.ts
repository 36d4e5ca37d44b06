// The programs that kill planted faults of the verifier: Linux 6.12 refuses each, with the message that is told there.

import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { createLinuxEngines } from '../../interp/linux/index.ts';
import { type VerdictRequest, verdictsOf } from '../../interp/linux/verdict.ts';
import { bytesFromSlots } from '../../model/isa/instruction.ts';
import { encodeProgram } from '../../model/isa/program.ts';
import { REFUSED, type Refused } from '../mutants/verifier-vectors/index.ts';
import { NOT_INSTALLED } from './installed.ts';

const TEST_STATE_FREQ = 1 << 3;

function requestFor({ subject, keepsAllStates }: Refused): VerdictRequest {
  const { program, type, maps, privileged } = subject;
  if (type === 'raw') throw new Error('Linux has no program type raw');
  const bytecode = bytesFromSlots(encodeProgram(program));
  const flags = keepsAllStates ? TEST_STATE_FREQ : 0;
  const loaded = { type, bytecode, functions: program.functions, flags };
  return { maps, programs: [loaded], logLevel: 1, unprivileged: !privileged };
}

describe.skipIf(NOT_INSTALLED !== undefined)('6.12 refuses', () => {
  const linux = createLinuxEngines(['linux:6.12'], process.env, { guests: 1, silenceMs: 120_000 });
  const [kernel] = linux.engines;
  afterAll(() => linux.close());

  test.each(REFUSED.filter(({ kernel }) => kernel === '6.12'))('$name', async (program) => {
    const [[verdict] = []] = await verdictsOf(kernel!, [requestFor(program)]);
    expect(verdict).toMatchObject({ kind: 'rejected', message: program.message });
  });
});
