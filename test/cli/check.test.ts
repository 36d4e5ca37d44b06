import { describe, expect, test } from 'vitest';
import { tailproof } from './fake-terminal.ts';
import { BRANCHES, HOPS, UNSUPPORTED } from './samples.ts';

const check = (stdin: string, ...options: string[]) =>
  tailproof(['check', '-', '--jobs', '1', ...options], { stdin });

const events = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('check', () => {
  test('finds each path with an input, and reports traps', async () => {
    const { code, out } = await check(BRANCHES);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot('golden/check-branches.txt');
  });

  test('what the bounds leave out is exit 3', async () => {
    const { code, out } = await check(BRANCHES, '--paths', '1');
    expect(code).toBe(3);
    expect(out).toMatch(/branch(es)? not explored: the bound on paths was reached \(--paths\)/);
    expect(out).toMatch(/this is inconclusive, because some were left out: \d not explored\.\n$/);
  });

  test('a path of too many steps is cut, exit 3', async () => {
    const { code, out } = await check(BRANCHES, '--steps', '2');
    expect(code).toBe(3);
    expect(out).toContain('cut: 2 steps');
  });

  test('what is unsupported is exit 3', async () => {
    const { code, out } = await check(UNSUPPORTED);
    expect(code).toBe(3);
    expect(out).toContain('1 unsupported');
  });

  test('a trap where the file expects an exit is exit 1', async () => {
    const { code, out } = await check(`${BRANCHES}expect: { exit: 0 }\n`);
    expect(code).toBe(1);
    expect(out).toContain('where the file expects none');
  });

  test("an expectation that fails on the run's own input is exit 1", async () => {
    const { code, out } = await check(HOPS.replace('exit: 7', 'exit: 8'));
    expect(code).toBe(1);
    expect(out).toContain('does not hold: exit: expected 8 (0x8)');
    expect(out).toContain('but 1 run did not go as the file expects');
  });

  test('as JSON: an event for each run, and a report', async () => {
    const { code, out, err } = await check(BRANCHES, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [run, report, ...more] = events(out);
    expect(more).toEqual([]);
    expect(run).toMatchObject({
      event: 'run',
      verdict: 'agree',
      paths: 3,
      outcomes: { exit: 2, bad_address: 1 },
      leftOut: { complete: true },
    });
    expect(report).toMatchObject({ event: 'report', runs: 1, paths: 3, unknown: 0, code: 0 });
    // The input of a trap is a scenario that traps.
    const trap = await tailproof(['run', '-'], { stdin: run.traps[0].scenario });
    expect(trap.out).toContain('trap bad_address in entry slot 6');
  });

  test('runs are reported in the order of the file, however many at once', async () => {
    const runs = ['c', 'a', 'b'].map((name) => `  - { name: ${name}, registers: { r1: 1 } }\n`);
    const file = BRANCHES.replace(/run: .*\n/, `runs:\n${runs.join('')}`);
    const { out } = await tailproof(['check', '-', '--jobs', '3', '--json'], { stdin: file });
    expect(events(out).map(({ name }) => name)).toEqual(['c', 'a', 'b', undefined]);
  });

  test('a Ctrl-C gives what there is, exit 130', async () => {
    const runs = ['a', 'b'].map((name) => `  - { name: ${name}, registers: { r1: 1 } }\n`);
    const stdin = BRANCHES.replace(/run: .*\n/, `runs:\n${runs.join('')}`);
    const { code, out } = await tailproof(['check', '-', '--jobs', '1'], {
      stdin,
      onOut: (_, interrupt) => interrupt(),
    });
    expect(code).toBe(130);
    expect(out).toContain(
      'Interrupted: 3 paths of 1 run were checked, 1 of 2 runs were not begun.',
    );
  });
});
