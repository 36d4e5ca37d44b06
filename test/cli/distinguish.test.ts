// The verb that tells profiles apart.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../model/scenario/read.ts';
import { tailproof } from './fake-terminal.ts';

describe('distinguish', () => {
  it('shows a scenario that can be read back', async () => {
    const { code, out } = await tailproof(['distinguish', 'linux-7.0/interp', 'linux-7.1/interp']);
    expect(code).toBe(0);
    expect(out).toMatch(/^linux-7\.0\/interp and linux-7\.1\/interp differ: 10 instructions/);
    const scenario = parseScenario(out.slice(out.indexOf('tailproof: 1')));
    expect(scenario.profile.name).toBe('linux-7.0/interp');
  });

  it('says so of profiles that behave alike', async () => {
    const { code, out } = await tailproof(['distinguish', 'linux-7.0/x86_64', 'linux-7.1/x86_64']);
    expect({ code, out }).toEqual({
      code: 0,
      out: 'linux-7.0/x86_64 and linux-7.1/x86_64 have the same knobs: every scenario gives the same on both.\n',
    });
  });

  it('takes a profile of the user', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tailproof-'));
    try {
      const file = join(folder, 'mine.yaml');
      writeFileSync(file, 'tailproof-profile: 1\nname: mine\nfrom: linux-7.1/interp\nlimit: 5\n');
      const { code, out } = await tailproof(['distinguish', file, 'linux-7.1/interp']);
      expect(code).toBe(0);
      expect(out).toMatch(/^mine and linux-7\.1\/interp differ: 5 instructions/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('decides every pair, as records', async () => {
    const { code, out } = await tailproof([
      'distinguish',
      '--all',
      '--instructions',
      '8',
      '--json',
    ]);
    expect(code).toBe(0);
    const pairs = JSON.parse(out) as { left: string; right: string; kind: string }[];
    expect(pairs.length).toBeGreaterThanOrEqual((18 * 17) / 2);
    expect(new Set(pairs.map(({ kind }) => kind))).toEqual(
      new Set(['differ', 'same knobs', 'none found']),
    );
  });

  it.each([
    [['distinguish', 'linux-7.0/interp'], 'distinguish takes two profiles, or --all'],
    [['distinguish', 'linux-7.0/interp', 'linux-7.0/x86_65'], 'linux-7.0/x86_64'],
    [['distinguish', 'a', 'b', '--all'], 'distinguish takes two profiles, or --all'],
  ])('refuses %j', async (argv, words) => {
    const { code, out, err } = await tailproof(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(words);
    expect(err.trimEnd()).not.toContain('\n');
  });
});

const EMPTY = `tailproof: 1
profile: linux-7.1/interp
type: xdp
maps:
  jmp: { type: prog_array, max_entries: 2 }
programs:
  entry: |
    r6 = r1
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r1 = r6
    r2 = map[jmp]
    r3 = 1
    call bpf_tail_call
    r0 = 1
    exit
runs:
  - { name: nothing, schedule: [] }
  - { name: once, schedule: [{ before: { step: 0 }, update: jmp, index: 1, program: entry }] }
`;

const PAIR = ['linux-7.0/interp', 'linux-7.1/interp'] as const;

describe('distinguish --scenario', () => {
  const on = (stdin: string, left: string, right: string, ...rest: string[]) =>
    tailproof(['distinguish', left, right, '--scenario', '-', ...rest], { stdin });

  it('runs a file under both profiles', async () => {
    const { code, out, err } = await on(EMPTY, ...PAIR);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await expect(out).toMatchFileSnapshot('golden/distinguish-scenario.txt');
  });

  it('as JSON, one run of the file', async () => {
    const { code, out } = await on(EMPTY, ...PAIR, '--run', 'once', '--json');
    expect(code).toBe(0);
    const { left, right, runs } = JSON.parse(out);
    expect([left, right]).toEqual(['linux-7.0/interp', 'linux-7.1/interp']);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({
      name: 'once',
      verdict: 'differ',
      left: { tailCalls: 16 },
      right: { tailCalls: 33 },
      disagreements: [],
    });
  });

  it('a profile that refuses the programs is told from one that runs them', async () => {
    const file = EMPTY.replace('    r0 = 1\n', '    call sub\n    sub: r0 = 1\n').replace(
      '7.1/interp',
      '7.1/x86_64',
    );
    const { code, out } = await on(file, 'linux-7.0/interp', 'linux-7.1/x86_64', '--run', 'once');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^once {2}differ\n {2}left +linux-7\.0\/interp: refuses it: <stdin>:11:5: /,
    );
    expect(out).toMatch(/1 of 1 run told apart\n$/);
  });

  it('an instruction that one of the profiles does not have is refused with its line', async () => {
    const file = EMPTY.replace('    r0 = 1\n', '    r0 = 1\n    w0 s/= w0\n');
    for (const [left, right] of [
      ['linux-6.1/interp', 'linux-7.1/interp'],
      ['linux-7.1/interp', 'linux-6.1/interp'],
    ] as const) {
      const { code, out, err } = await on(file, left, right);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toBe(
        "tailproof: <stdin>:17:5: programs.entry: 'w0 s/= w0' came with linux-6.6; linux-6.1/interp has the instructions of linux-6.1\n",
      );
    }
    expect((await on(file, 'linux-6.7/interp', 'linux-7.1/interp')).code).toBe(0);
  });

  it.each([
    [['--all', '--scenario', '-'], '--scenario takes two profiles; it does not go with --all'],
    [['linux-7.0/interp', '--scenario', '-'], 'distinguish takes two profiles, or --all'],
    [['linux-7.0/interp', 'linux-7.1/interp', '--run', 'once'], '--run names a run of --scenario'],
    [['linux-7.0/interp', 'linux-7.1/interp', '--scenario', '-', '--run', 'twice'], "'twice'"],
    [['linux-7.0/interp', 'linux-7.1/interp', '--scenario', 'none.yaml'], 'none.yaml'],
  ])('refuses %j', async (argv, words) => {
    const { code, out, err } = await tailproof(['distinguish', ...argv], { stdin: EMPTY });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(words);
    expect(err.trimEnd()).not.toContain('\n');
  });
});
