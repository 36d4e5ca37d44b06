// An engine that cannot finish a run: a finding when it is replayed, a bug of ours everywhere else.

import { expect, test, vi } from 'vitest';
import type * as engines from '../../cli/engines.ts';
import { InternalError } from '../../model/errors.ts';
import { tailproof } from './fake-terminal.ts';
import { HOPS } from './samples.ts';

vi.mock('../../cli/engines.ts', async (original) => {
  const { loadEngines, ...rest } = await original<typeof engines>();
  const failing: engines.Engine = {
    name: 'smt',
    run: () => {
      throw new InternalError('no such place');
    },
  };
  return {
    ...rest,
    loadEngines: async () => [...(await loadEngines('interp')), failing],
  };
});

test('replay shows it as the difference', async () => {
  const { code, out } = await tailproof(['replay', '-'], { stdin: HOPS });
  expect(code).toBe(1);
  expect(out).toContain('First difference: engine: interp ran, smt failed: no such place\n');
});

test('run is exit 70, without a stack', async () => {
  const { code, err } = await tailproof(['run', '-'], { stdin: HOPS });
  expect(code).toBe(70);
  expect(err).toMatch(/^tailproof: internal error: no such place\nthis is a bug in tailproof /);
  expect(err).not.toMatch(/^\s+at /m);
});
