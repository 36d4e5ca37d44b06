import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tailproof } from './fake-terminal.ts';
import { temporaryDirectory } from './temporary.ts';

const prove = (...options: string[]) => tailproof(['prove', '--jobs', '1', ...options]);

const events = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('prove', () => {
  test('a table, what shows a refutation, and a conclusion', async () => {
    const { code, out, err } = await prove('tail-call/count', 'tail-call/one-version');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^theorem +verdict +lemmas +faults +seconds\n/);
    expect(out).toMatch(/^tail-call\/count +proved +\d+ +\d+ +\d+\.\d$/m);
    expect(out).toMatch(/^tail-call\/one-version +refuted, as stated +1 +0 +\d+\.\d$/m);
    expect(out).toContain('  interp: exit, r0 = 2 (0x2), 2 tail calls taken\n');
    expect(out).toMatch(/\n2 theorems as stated \(\d+ goals\)\.\n$/);
  });

  test('the trace of what no engine can run', async () => {
    const { code, out } = await prove('split/stale', 'poke/linearisable');
    expect(code).toBe(0);
    expect(out.slice(out.indexOf('\n\n'))).toMatchSnapshot();
    const json = await prove('split/stale', '--json');
    expect(events(json.out)[0].trace).toHaveLength(4);
  });

  test('as JSON: an event for each theorem, and a report', async () => {
    const { code, out, err } = await prove('tail-call/stack', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [theorem, report, ...more] = events(out);
    expect(more).toEqual([]);
    expect(theorem).toMatchObject({
      event: 'theorem',
      name: 'tail-call/stack',
      result: 'as-stated',
      verdict: { verdict: 'proved' },
    });
    expect(theorem.lemmas[0]).toMatchObject({ name: 'start', premises: 'satisfiable' });
    expect(report).toMatchObject({
      event: 'report',
      profile: 'linux-6.12/x86_64',
      results: [{ name: 'tail-call/stack', result: 'as-stated' }],
      code: 0,
    });
  });

  test('what is unknown is exit 3, and says what', async () => {
    const { code, out } = await prove('tail-call/work', '--rlimit', '100');
    expect(code).toBe(3);
    expect(out).toMatch(/^tail-call\/work +unknown/m);
    expect(out).toContain('is unknown: rlimit');
    expect(out).toContain('1 of 1 theorem could not be decided; none is wrong.');
  });

  test('what does not apply to the profile is exit 3', async () => {
    const { code, out } = await prove('tail-call/stack', '--profile', 'linux-5.4/x86_64');
    expect(code).toBe(3);
    expect(out).toMatch(/^tail-call\/stack +skipped/m);
  });

  test('a pattern that names nothing is exit 2', async () => {
    expect(await prove('tail-call/cuont')).toEqual(
      expect.objectContaining({
        code: 2,
        out: '',
        err: "tailproof: no theorem is named 'tail-call/cuont'; there are tail-call/count\n",
      }),
    );
  });

  test('a profile that there is not is exit 2', async () => {
    const { code, err } = await prove('tail-call/count', '--profile', 'linux-9.9');
    expect(code).toBe(2);
    expect(err).toContain('linux-9.9');
  });

  test('--no-faults plants none', async () => {
    const { out } = await prove('tail-call/stack', '--no-faults', '--json');
    expect(events(out)[0].faults).toEqual([]);
  });

  test('--dump-smt writes every goal', async () => {
    const directory = join(temporaryDirectory(), 'goals');
    const { code, out } = await prove('tail-call/stack', '--dump-smt', directory, '--json');
    expect(code).toBe(0);
    const files = readdirSync(directory);
    expect(files).toHaveLength(events(out).at(-1).goals);
    expect(files).toContain('tail-call_stack_step_taken.smt2');
    expect(readFileSync(join(directory, files[0]!), 'utf8')).toContain('(check-sat)');
  });

  test('--dump-smt into a file is exit 2', async () => {
    const file = join(temporaryDirectory(), 'taken');
    writeFileSync(file, '');
    const { code, err } = await prove('tail-call/stack', '--dump-smt', file);
    expect(code).toBe(2);
    expect(err).toContain('is a file');
    expect(existsSync(file)).toBe(true);
  });

  test('--list says what there is', async () => {
    const { code, out } = await prove('--list', 'tail-call/*');
    expect(code).toBe(0);
    expect(out).toContain('tail-call/count (proved, by induction on the steps of a run)\n  On one');
    expect(out).toContain('tail-call/lifetime (proved for linux-6.12/x86_64, by induction on');
    const json = await prove(
      '--list',
      '--json',
      'tail-call/count*',
      '--profile',
      'linux-6.1/x86_64',
    );
    expect(JSON.parse(json.out)).toMatchObject([
      { name: 'tail-call/count', expected: 'proved' },
      { name: 'tail-call/counter-kept', expected: 'refuted', profile: 'linux-6.1/x86_64' },
    ]);
  });

  test('a Ctrl-C gives what there is, exit 130', async () => {
    const { code, out } = await tailproof(
      ['prove', '--jobs', '1', '--json', 'tail-call/count', 'tail-call/frame'],
      { onOut: (_, interrupt) => interrupt() },
    );
    expect(code).toBe(130);
    const report = events(out).at(-1);
    expect(report.results).toEqual([
      { name: 'tail-call/count', result: 'as-stated' },
      { name: 'tail-call/frame', result: 'unknown' },
    ]);
  });
});

test('on a terminal a line for each theorem that is decided, and one that says how far it is', async () => {
  const argv = ['prove', 'tail-call/count', 'tail-call/stack', '--no-faults', '--jobs', '1'];
  const { err } = await tailproof(argv, { tty: true });
  expect(err).toMatch(/ s {2}tail-call\/count: proved\n/);
  expect(err).toMatch(/ s {2}tail-call\/stack: proved\n/);
  expect(err).toMatch(/\d+ of \d+ goals; .*0 unknown; \d+ running/);
  expect(err).not.toMatch(/running[^\r\n]*$/);
});

describe('the cache', () => {
  const answers = (directory: string) => join(directory, 'answers.v1');

  test('answers the second time, with the same report', async () => {
    const cache = temporaryDirectory();
    const first = await prove('tail-call/count', '--json', '--cache', cache);
    const second = await prove('tail-call/count', '--json', '--cache', cache);
    const [cold, warm] = [events(first.out), events(second.out)];
    expect(cold[1].cached).toBe(0);
    expect(warm[1].cached).toBe(warm[1].goals);
    expect(warm[1].results).toEqual(cold[1].results);
    expect({ ...warm[0], ms: 0 }).toEqual({ ...cold[0], ms: 0 });
  });

  test('a damaged line is dropped, told, and proved again', async () => {
    const cache = temporaryDirectory();
    await prove('tail-call/count', '--cache', cache);
    const [line = '', ...others] = readFileSync(answers(cache), 'utf8').split('\n');
    writeFileSync(answers(cache), [line.replace('sat', 'SAT'), ...others].join('\n'));
    const { code, out } = await prove('tail-call/count', '--cache', cache);
    expect(code).toBe(0);
    expect(out).toContain('1 line of the cache was damaged and dropped.');
  });

  test('--no-cache writes nothing', async () => {
    const home = temporaryDirectory();
    const argv = ['prove', 'tail-call/count', '--no-cache', '--no-faults'];
    const { code } = await tailproof(argv, { env: { XDG_CACHE_HOME: home } });
    expect(code).toBe(0);
    expect(readdirSync(home)).toEqual([]);
  });

  test('is in the cache directory of the environment', async () => {
    const home = temporaryDirectory();
    const argv = ['prove', 'tail-call/count', '--no-faults'];
    await tailproof(argv, { env: { XDG_CACHE_HOME: home } });
    expect(existsSync(join(home, 'tailproof', 'proofs', 'answers.v1'))).toBe(true);
  });
});

describe('a second opinion', () => {
  test('of a solver that is not there', async () => {
    const { code, err } = await prove('tail-call/count', '--confirm', 'no-such-solver');
    expect(code).toBe(2);
    expect(err).toContain('there is no such program on the path');
  });

  for (const solver of ['cvc5', 'cadical']) {
    const isMissing = spawnSync(solver, ['--version']).error !== undefined;
    test.skipIf(isMissing)(`of ${solver} (skipped where it is not installed)`, async () => {
      const { code, out } = await prove('tail-call/count', '--no-faults', '--confirm', solver);
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`\\n(\\d+) of \\1 goals confirmed by ${solver}`));
    });
  }
});
