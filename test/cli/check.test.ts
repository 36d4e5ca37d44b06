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

/** Linux 6.12 believes of r6, 255, what it learns of r7, -1: that 128 more are less than 128. */
const SIGNED_FILL = `
tailproof: 1
profile: linux-6.12/x86_64
type: xdp
maps:
  m: { type: array, key_size: 4, value_size: 128, max_entries: 1 }
programs:
  entry: |
    r2 = *(u32 *)(r1 + 0)
    r3 = *(u32 *)(r1 + 4)
    r4 = r2
    r4 += 1
    if r4 > r3 goto out
    r6 = *(u8 *)(r2 + 0)
    *(u32 *)(r10 - 12) = 0
    r2 = r10
    r2 += -12
    r1 = map[m]
    call bpf_map_lookup_elem
    if r0 == 0 goto out
    *(u64 *)(r10 - 8) = r6
    r7 = *(s8 *)(r10 - 8)
    if r7 s>= 0 goto out
    r6 += 128
    r0 += r6
    r0 = *(u8 *)(r0 + 0)
    exit
    out:
    r0 = 0
    exit
run: { packet: "00" }
`;

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

  test('a trap of what the verifier accepts is exit 1', async () => {
    const { code, out } = await check(SIGNED_FILL);
    expect(code).toBe(1);
    expect(out).toContain('FAILED: the verifier accepts what traps');
    expect(out).toContain('linux-6.12 accepts, and yet it traps');
    expect(out).toContain('out_of_bounds');
    expect(out).toContain('1 run trapped that the verifier accepts');
  });

  test('what is accepted and never traps', async () => {
    const { code, out } = await check(SIGNED_FILL.replace('(s8 *)', '(u8 *)'));
    expect(code).toBe(0);
    expect(out).toMatch(/linux-6.12 accepts, and no input traps\n +for packets of 1 byte/);
  });

  test('what the verifier refuses is said, and is no failure', async () => {
    const { code, out } = await check(HOPS);
    expect(code).toBe(0);
    expect(out).toContain('linux-6.12 refuses middle: invalid access to map value pointer');
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
