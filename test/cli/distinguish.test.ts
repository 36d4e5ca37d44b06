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
