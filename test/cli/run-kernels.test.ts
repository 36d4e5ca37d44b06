// What run says of kernels, with kernels that are none.

import { expect, test, vi } from 'vitest';
import type * as linux from '../../interp/linux/index.ts';
import type { KernelOutcome } from '../../interp/linux/kernel-outcome.ts';
import { tailproof } from './fake-terminal.ts';

const SCENARIO = `tailproof: 1
type: xdp
programs: { entry: "r0 = 2\\nexit" }
run: { packet: "${'00 '.repeat(14)}" }
`;

const EXIT = { kind: 'exit', packet: new Uint8Array(14), maps: [], schedule: [] } as const;
const SAID: Readonly<Record<string, KernelOutcome>> = {
  'linux:6.12': { ...EXIT, retval: 2 },
  'linux:6.12/interp': { ...EXIT, retval: 3 },
  'linux:6.1': { kind: 'unsupported', reason: 'it may not' },
};

vi.mock('../../interp/linux/index.ts', async (original) => {
  const { linuxTarget, ...rest } = await original<typeof linux>();
  const createLinuxEngines: typeof linux.createLinuxEngines = (names) => ({
    engines: names.map((name) => ({
      ...linuxTarget(name),
      incidents: [],
      cases: async () => [],
      race: async () => ({ kind: 'unsupported', reason: 'no kernel' }),
      run: async (scenarios) => scenarios.map(() => SAID[name]!),
    })),
    close: async () => {},
  });
  return { ...rest, linuxTarget, createLinuxEngines };
});

test.each([
  ['linux:6.12', 0, 'ok', '1 run: 1 ok'],
  ['linux:6.12/interp', 1, 'FAILED: a kernel differs', '1 run: 1 on which a kernel differs'],
  [
    'linux:6.1',
    3,
    'ok, but not compared with every kernel',
    '1 run: 1 not compared with every kernel',
  ],
  [
    'linux:6.12,linux:6.1,linux:6.12/interp',
    1,
    'FAILED: a kernel differs',
    '1 run: 1 on which a kernel differs',
  ],
])(
  'with %s the heading, the summary and the exit say the same',
  async (names, exit, heading, summary) => {
    const options = { stdin: SCENARIO };
    const { code, out } = await tailproof(['run', '-', '--engines', `interp,${names}`], options);
    expect(code).toBe(exit);
    expect(out.split('\n')[0]).toMatch(new RegExp(`  ${heading}$`));
    expect(out.trimEnd().split('\n').at(-1)).toBe(summary);
  },
);

test('so does JSON', async () => {
  const options = { stdin: SCENARIO };
  const args = ['run', '-', '--engines', 'interp,linux:6.12/interp', '--json'];
  const { code, out } = await tailproof(args, options);
  expect(code).toBe(1);
  expect(JSON.parse(out).runs).toMatchObject([
    { verdict: 'kernel_differs', kernels: [{ kernel: 'linux:6.12/interp', verdict: 'differ' }] },
  ]);
});
