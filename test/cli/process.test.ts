// The built command line as a process of its own: what only a process has.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { HOPS, UNSUPPORTED } from './samples.ts';
import { temporaryDirectory } from './temporary.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(argv: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [MAIN, ...argv], { stdio: 'pipe' });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}

function tailproof(argv: readonly string[], stdin = ''): Promise<Ended> {
  const { child, ended } = start(argv);
  child.stdin?.end(stdin);
  return ended;
}

describe.skipIf(!existsSync(MAIN))('the process (npm run build makes it)', () => {
  test.each([
    ['run', HOPS, 0],
    ['run', HOPS.replace('exit: 7', 'exit: 8'), 1],
    ['run', 'nonsense', 2],
    ['run', UNSUPPORTED, 3],
  ])('%s ends with its exit code', async (verb, stdin, code) => {
    expect((await tailproof([verb, '-'], stdin)).code).toBe(code);
  });

  test('--help is there at once', async () => {
    const { code, out } = await tailproof(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('Usage: tailproof');
  });

  test('a reader that goes away ends it quietly', async () => {
    const { child, ended } = start(['list', 'rows']);
    child.stdout?.destroy();
    const { code, err } = await ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('a reader that goes away stops a campaign', async () => {
    const { child, ended } = start([
      'fuzz',
      '--seed',
      '7',
      '--json',
      '--solver-every',
      '0',
      '--jobs',
      '1',
      '--out',
      temporaryDirectory(),
    ]);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code } = await ended;
    expect(code).toBe(130);
  });

  test('a Ctrl-C during fuzz keeps the findings and says how to go on', async () => {
    const out = join(temporaryDirectory(), 'found');
    const options = ['--jobs', '2', '--solver-every', '0', '--out', out];
    const { child, ended } = start(['fuzz', '--seed', '7', '--json', ...options]);
    // Once: a second one would end it before it can say anything.
    let pressed = false;
    child.stdout?.on('data', (chunk) => {
      if (pressed || !String(chunk).includes('"progress"')) return;
      pressed = true;
      child.kill('SIGINT');
    });
    const { code, out: text, err } = await ended;
    expect(code).toBe(130);
    const report = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
    expect(report).toMatchObject({ event: 'report', ended: 'aborted' });
    expect(err).toContain(
      `Go on with: tailproof fuzz --seed 7 --first ${report.runs} ${options.join(' ')}\n`,
    );
  });
});
