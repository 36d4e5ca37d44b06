// What run says of kernels, with kernels that are none.

import { describe, expect, test, vi } from 'vitest';
import type * as linux from '../../interp/linux/index.ts';
import type { KernelOutcome } from '../../interp/linux/kernel-outcome.ts';
import type { RaceOutcome } from '../../interp/linux/race-case.ts';
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

const RACED: Readonly<Record<string, RaceOutcome>> = {
  'linux:6.12': { kind: 'raced', results: new Map([[2, 12]]) },
  'linux:6.12/interp': {
    kind: 'raced',
    results: new Map([
      [1, 5],
      [9, 1],
    ]),
  },
  'linux:6.1': { kind: 'rejected', program: 0, errno: 22, log: '' },
};

vi.mock('../../interp/linux/index.ts', async (original) => {
  const { linuxTarget, ...rest } = await original<typeof linux>();
  const createLinuxEngines: typeof linux.createLinuxEngines = (names) => ({
    engines: names.map((name) => ({
      ...linuxTarget(name),
      incidents: [],
      cases: async () => [],
      race: async () => RACED[name]!,
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

describe('linux race', () => {
  const RACE = `tailproof: 1
type: xdp
maps: { jmp: { type: prog_array, max_entries: 1 } }
programs:
  entry: |
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 1
    exit
  leaf: |
    r0 = 2
    exit
schedule: [{ before: { step: 0 }, update: jmp, index: 0, program: leaf }]
`;
  const race = (engine: string, ...more: string[]) =>
    tailproof(['linux', 'race', '-', '--engines', engine, ...more], { stdin: RACE });

  test('counts what came, and what did not though it may', async () => {
    const { code, out } = await race('linux:6.12');
    expect(code).toBe(0);
    expect(out).toMatch(/^run {2}linux:6.12\n {2}0x1 +0 *\n {2}0x2 +12 *\n$/);
  });

  test('says what is not allowed', async () => {
    const { code, out } = await race('linux:6.12/interp');
    expect(code).toBe(1);
    expect(out).toMatch(/ 0x9 +1 +not allowed\n$/);
    const json = await race('linux:6.12/interp', '--json');
    expect(JSON.parse(json.out).raced[0].results).toEqual([
      { retval: 1, count: 5, allowed: true },
      { retval: 2, count: 0, allowed: true },
      { retval: 9, count: 1, allowed: false },
    ]);
  });

  test('says why there is nothing', async () => {
    expect(await race('linux:6.1')).toMatchObject({
      code: 3,
      out: 'run  linux:6.1: program 0 is refused (errno 22)\n',
    });
    const stdin = RACE.replace(/schedule.*/, '');
    const none = await tailproof(['linux', 'race', '-', '--engines', 'linux:6.12'], { stdin });
    expect(none).toMatchObject({ code: 3 });
    expect(none.out).toContain('there is no schedule for the second thread');
  });
});
