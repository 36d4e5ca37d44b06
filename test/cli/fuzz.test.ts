import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { tailproof } from './fake-terminal.ts';
import { temporaryDirectory } from './temporary.ts';

/** A fault that few runs are enough to find. */
const FAULT = 'interp/mov32-sign-extends';
// Not the default directory: a test that fails must not leave findings in the project.
const OUT = mkdtempSync(join(tmpdir(), 'tailproof-test-'));
afterAll(() => rmSync(OUT, { recursive: true, force: true }));
const BASIC = ['fuzz', '--seed', '7', '--jobs', '1', '--solver-every', '0', '--out', OUT];

const lines = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('fuzz', () => {
  test('says the same for the same seed, and times only on standard error', async () => {
    const argv = [...BASIC, '--runs', '300'];
    const first = await tailproof(argv);
    const second = await tailproof(argv);
    expect(first.code).toBe(0);
    expect(second.out).toBe(first.out);
    expect(first.out).toContain('seed 7, runs 0 to 299: no mismatch between the engines');
    expect(first.err).toMatch(/^[\d.]+ s, \d+ scenarios\/s\n$/);
  });

  test('prints the seed that it chose', async () => {
    const { out } = await tailproof([
      'fuzz',
      ...['--runs', '1', '--jobs', '1', '--solver-every', '0', '--out', OUT],
    ]);
    const seed = /^seed (\d+)\n/.exec(out)?.[1];
    expect(out).toContain(`seed ${seed}, runs 0 to 0`);
  });

  test('saves findings that replay, exit 1', async () => {
    const out = join(temporaryDirectory(), 'found', 'here');
    const result = await tailproof([...BASIC, '--runs', '500', '--fault', FAULT, '--out', out]);
    expect(result.code).toBe(1);
    const files = readdirSync(out);
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      expect(name).toMatch(/^seed-7-run-\d+(-\d+)?\.yaml$/);
      const file = join(out, name);
      expect(result.out).toContain(`saved as ${file}\n`);
      expect(result.out).toContain(`tailproof replay ${file} --fault ${FAULT}\n`);
      expect((await tailproof(['replay', file, '--fault', FAULT])).code).toBe(1);
      expect((await tailproof(['replay', file])).code).toBe(0);
    }
  });

  test('makes no directory where nothing is found', async () => {
    const out = join(temporaryDirectory(), 'found');
    expect((await tailproof([...BASIC, '--runs', '10', '--out', out])).code).toBe(0);
    expect(existsSync(out)).toBe(false);
  });

  test('as JSON: a document a line, the same for the same seed', async () => {
    const out = join(temporaryDirectory(), 'found');
    const argv = [...BASIC, '--runs', '500', '--fault', FAULT, '--out', out, '--json'];
    const result = await tailproof(argv);
    expect(result.code).toBe(1);
    expect((await tailproof(argv)).out).toBe(result.out);
    const events = lines(result.out);
    expect(events[0]).toEqual({ event: 'start', seed: 7, first: 0, runs: 500, fault: FAULT });
    const findings = events.filter(({ event }) => event === 'finding');
    expect(findings.map(({ file }) => file).sort()).toEqual(
      readdirSync(out)
        .map((name) => join(out, name))
        .sort(),
    );
    for (const { file, text } of findings) expect(readFileSync(file, 'utf8')).toBe(text);
    expect(events.at(-1)).toMatchObject({ event: 'report', seed: 7, code: 1 });
  });

  test('a Ctrl-C keeps what there is and says how to go on, exit 130', async () => {
    const { code, out, err } = await tailproof([...BASIC, '--runs', '5000', '--json'], {
      onOut: (text, interrupt) => {
        if (text.includes('progress')) interrupt();
      },
    });
    expect(code).toBe(130);
    const { runs, ended } = lines(out).at(-1);
    expect(ended).toBe('aborted');
    expect(runs).toBeGreaterThan(0);
    expect(runs).toBeLessThan(5000);
    expect(err).toContain(
      `Go on with: tailproof fuzz --seed 7 --first ${runs} --runs ${5000 - runs} --jobs 1 --solver-every 0 --out ${OUT}\n`,
    );
  });

  test('two parts of a campaign meet what the whole meets', async () => {
    const report = async (...options: string[]) =>
      lines((await tailproof([...BASIC, '--json', ...options])).out).at(-1);
    const whole = await report('--runs', '400');
    const one = await report('--runs', '250');
    const two = await report('--first', '250', '--runs', '150');
    for (const [ending, number] of Object.entries(whole.endings)) {
      expect((one.endings[ending] ?? 0) + (two.endings[ending] ?? 0)).toBe(number);
    }
  });

  test('stops when the time is up', async () => {
    const { code, out, err } = await tailproof([...BASIC, '--time', '2']);
    expect(code).toBe(0);
    expect(out).toContain('(the time is up)');
    expect(err).toMatch(/Go on with: tailproof fuzz --seed 7 --first \d+ --time 2 /);
  });

  test('shows progress on a terminal, and takes it away', async () => {
    const { err } = await tailproof([...BASIC, '--runs', '500'], { tty: true });
    expect(err).toMatch(
      /250\/500 runs · \d+ scenarios\/s · rows \d+\/\d+ · cells \d+ · 0 findings/,
    );
    // The last thing but the time is the line that is cleared.
    expect(err.split('\r\x1b[K').at(-1)).toMatch(/^[\d.]+ s, /);
  });
});
