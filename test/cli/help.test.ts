import { describe, expect, test } from 'vitest';
import { VERSION } from '../../cli/package-info.ts';
import { tailproof } from './fake-terminal.ts';

const VERBS = [
  'demo',
  'run',
  'check',
  'verify',
  'limits',
  'prove',
  'fuzz',
  'replay',
  'distinguish',
  'museum',
  'conformance',
  'asm',
  'disasm',
  'list',
] as const;

describe('--help', () => {
  test('of the whole', async () => {
    const { code, out, err } = await tailproof(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await expect(out).toMatchFileSnapshot('golden/help.txt');
  });

  test.each(VERBS)('of %s', async (verb) => {
    const { code, out, err } = await tailproof([verb, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/Examples?:\n {2}\$ .*tailproof/);
    expect(out).toContain('--json');
    await expect(out).toMatchFileSnapshot(`golden/help-${verb}.txt`);
  });

  test.each(['install', 'doctor', 'facts', 'race', 'agree'])('of linux %s', async (verb) => {
    const { code, out, err } = await tailproof(['linux', verb, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/Examples?:\n {2}\$ .*tailproof linux/);
    expect(out).toContain('--json');
    await expect(out).toMatchFileSnapshot(`golden/help-linux-${verb}.txt`);
  });

  test('of linux', async () => {
    const { code, out } = await tailproof(['linux', '--help']);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot('golden/help-linux.txt');
  });

  test('names every verb', async () => {
    const { out } = await tailproof(['--help']);
    for (const verb of [...VERBS, 'linux']) expect(out).toMatch(new RegExp(`^ {2}${verb} `, 'm'));
  });
});

test('--version', async () => {
  expect(await tailproof(['--version'])).toMatchObject({ code: 0, out: `${VERSION}\n`, err: '' });
});

test('without arguments the help is on standard error, as wrong usage', async () => {
  const { code, out, err } = await tailproof([]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('Usage: tailproof');
});
