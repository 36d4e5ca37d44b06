import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tailproof } from './fake-terminal.ts';
import { ENDLESS, HOPS, UNSUPPORTED } from './samples.ts';
import { temporaryDirectory } from './temporary.ts';

const run = (stdin: string, ...options: string[]) => tailproof(['run', '-', ...options], { stdin });

describe('run', () => {
  test('shows ending, steps, chain, maps, schedule, engines and expectation', async () => {
    const { code, out, err } = await run(HOPS);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await expect(out).toMatchFileSnapshot('golden/run-hops.txt');
  });

  test.each(['interp', 'smt'])('on %s alone says the same', async (engine) => {
    const both = await run(HOPS);
    const { code, out } = await run(HOPS, '--engine', engine);
    expect(code).toBe(0);
    expect(out).toBe(both.out.replace('interp and smt agree to the bit', `${engine} only`));
  });

  test('shows a trap with program, slot and instruction', async () => {
    const file = `tailproof: 1
type: raw
programs:
  entry: |
    r1 = 16
    r0 = *(u32 *)(r1 +4)
    exit
`;
    const { code, out } = await run(file);
    expect(code).toBe(0);
    expect(out).toContain('trap bad_address in entry slot 1: r0 = *(u32 *)(r1 +4)');
  });

  test('shows where the fuel ran out', async () => {
    const { code, out } = await run(ENDLESS);
    expect(code).toBe(0);
    expect(out).toContain('out of fuel in entry slot 0: goto pc-1');
  });

  test('what is unsupported is exit 3, and nothing is expected of it', async () => {
    const { code, out } = await run(`${UNSUPPORTED}expect: { exit: 0 }\n`);
    expect(code).toBe(3);
    expect(out).toContain('unsupported: ');
    expect(out).toContain('not checked');
    expect(out).toContain('1 run: 1 unsupported');
  });

  test.each([
    ['exit: 7', 'exit: 8', 'exit: expected 8 (0x8), got exit, r0 = 7 (0x7)'],
    ['exit: 7', 'trap: bad_call', 'trap: expected bad_call, got exit, r0 = 7 (0x7)'],
    ['exit: 7', 'out_of_fuel: true', 'out_of_fuel: expected, got exit, r0 = 7 (0x7)'],
    ['tail_calls: 1', 'tail_calls: 2', 'tail_calls: expected 2, got 1'],
    ['{ 1: 41 }', '{ 1: 40 }', 'maps.count[1]: expected 40 (0x28), got 41 (0x29)'],
  ])('an expectation that fails is exit 1: %s → %s', async (from, to, message) => {
    const { code, out } = await run(HOPS.replace(from, to));
    expect(code).toBe(1);
    expect(out).toContain(`does not hold: ${message}\n`);
    expect(out).toContain('1 run: 1 not as expected');
  });

  test('a key that a hash map must have', async () => {
    const file = `tailproof: 1
type: raw
maps:
  h: { type: hash, key_size: 2, value_size: 1, max_entries: 2, entries: { 1: 5 } }
programs:
  entry: |
    r0 = 0
    exit
expect: { maps: { h: { 1: 5, 2: 6 } } }
`;
    const { code, out } = await run(file);
    expect(code).toBe(1);
    expect(out).toContain('does not hold: maps.h[02 00]: expected 6, got nothing');
  });

  test('engines that differ are exit 1, with both outcomes and the first difference', async () => {
    const file = 'tailproof: 1\ntype: raw\nprograms:\n  entry: |\n    w0 += 0\n    exit\n';
    const { code, out } = await run(file, '--fault', 'interp/add32-keeps-upper-half');
    expect(code).toBe(1);
    expect(out).toContain('the engines differ');
    expect(out).toContain('r0: interp 0xbad0bad0bad0bad0, smt 0xbad0bad0');
    expect((await run(file)).code).toBe(0);
  });

  test('traces the steps of the interpreter with the registers that they change', async () => {
    const { code, out } = await run(HOPS, '--trace');
    expect(code).toBe(0);
    // Where memory lies is the scenario layer's choice.
    const masked = out.replace(/\b(r[16])=0x[0-9a-f]{5,8}\b/g, '$1=ADDRESS');
    await expect(masked).toMatchFileSnapshot('golden/run-trace.txt');
  });

  test('all runs of a file, the worst of them deciding', async () => {
    const file = `tailproof: 1
type: raw
programs:
  entry: |
    r0 = r1
    exit
runs:
  - { name: good, registers: { r1: 1 }, expect: { exit: 1 } }
  - { name: bad, registers: { r1: 2 }, expect: { exit: 1 } }
`;
    const { code, out } = await run(file);
    expect(code).toBe(1);
    expect(out).toContain('2 runs: 1 ok, 1 not as expected');
    const chosen = await run(file, '--run', 'good');
    expect(chosen.code).toBe(0);
    expect(chosen.out).toContain('1 run: 1 ok');
  });

  test('as JSON: one document, words in hex, names in place of numbers', async () => {
    const { code, out, err } = await run(HOPS, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const document = JSON.parse(out);
    expect(Object.keys(document)).toEqual(['file', 'runs']);
    const [only] = document.runs;
    expect(only).toMatchObject({ name: 'run', verdict: 'ok', failures: [] });
    expect(only.outcomes.smt).toEqual(only.outcomes.interp);
    expect(only.outcomes.interp).toMatchObject({
      ending: { kind: 'exit', r0: '0x7' },
      tailCalls: 1,
      packet: '00010203',
      schedule: ['done', 'ENOENT', null],
      maps: {
        jmp: { slots: ['middle', null, 'middle'] },
        count: { values: ['0000000000000000', '2900000000000000'] },
      },
    });
    expect(only.outcomes.interp.hops.map((hop: { target: string | null }) => hop.target)).toEqual([
      'middle',
      null,
    ]);
  });

  test('colours on a terminal, unless NO_COLOR says otherwise', async () => {
    const colored = '\x1b[';
    const plain = await run(HOPS);
    const tty = await tailproof(['run', '-'], { stdin: HOPS, tty: true });
    const none = await tailproof(['run', '-'], { stdin: HOPS, tty: true, env: { NO_COLOR: '1' } });
    const dumb = await tailproof(['run', '-'], { stdin: HOPS, tty: true, env: { TERM: 'dumb' } });
    expect(plain.out).not.toContain(colored);
    expect(tty.out).toContain(colored);
    expect(none.out).toBe(plain.out);
    expect(dumb.out).toBe(plain.out);
  });
});

describe('replay', () => {
  const FINDING = `# found by: tailproof fuzz --seed 7 --first 1 --runs 1 --fault interp/add32-keeps-upper-half
tailproof: 1
type: raw
programs:
  entry: |
    w0 += 0
    exit
`;

  test('with its fault shows both outcomes and the difference', async () => {
    const directory = temporaryDirectory({ 'f.yaml': FINDING });
    const file = join(directory, 'f.yaml');
    const { code, out } = await tailproof([
      'replay',
      file,
      '--fault',
      'interp/add32-keeps-upper-half',
    ]);
    expect(code).toBe(1);
    expect(out).toContain('r0 = 13461464691860617936');
    expect(out).toContain('r0 = 3134241488');
    expect(out).toContain(
      'The engines differ. First difference: r0: interp 0xbad0bad0bad0bad0, smt 0xbad0bad0',
    );
  });

  test('without it they agree, and it says how to see the difference', async () => {
    const { code, out } = await tailproof(['replay', '-'], { stdin: FINDING });
    expect(code).toBe(0);
    expect(out).toContain('The engines agree to the bit.');
    expect(out).toContain('--fault interp/add32-keeps-upper-half');
  });

  test('takes no notice of what the file expects', async () => {
    const stdin = HOPS.replace('exit: 7', 'exit: 8');
    expect((await tailproof(['replay', '-'], { stdin })).code).toBe(0);
  });

  test('as JSON', async () => {
    const { code, out } = await tailproof(['replay', '-', '--json'], { stdin: HOPS });
    expect(code).toBe(0);
    expect(JSON.parse(out).runs[0].verdict).toBe('ok');
  });

  test('what is unsupported is exit 3', async () => {
    expect((await tailproof(['replay', '-'], { stdin: UNSUPPORTED })).code).toBe(3);
  });
});

describe('--profile', () => {
  const HIERARCHY = 'examples/hierarchy.yaml';

  test('runs a file under another profile', async () => {
    const { code, out } = await tailproof(['run', HIERARCHY, '--profile', 'linux-6.1/x86_64']);
    expect(code).toBe(1);
    expect(out).toContain('66 tail calls taken');
  });

  test('refuses what the profile refuses, and profiles that do not exist', async () => {
    const refused = await tailproof(['run', HIERARCHY, '--profile', 'linux-6.1/interp']);
    expect(refused).toMatchObject({ code: 2, out: '' });
    const unknown = await tailproof(['run', HIERARCHY, '--profile', 'linux-6.1/x86_65']);
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('linux-6.1/x86_64');
  });
});
