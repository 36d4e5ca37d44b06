// tailproof museum: the table, what is saved, exit codes.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { conclusion, reportLines } from '../../cli/render/museum.ts';
import { colorsOf } from '../../cli/terminal.ts';
import { EXHIBITS, type ExhibitReport } from '../../fuzz/museum/index.ts';
import { tailproof } from './fake-terminal.ts';
import { temporaryDirectory } from './temporary.ts';

const ONE_SHORT = '96bc4432f5ad';
// The clock of these terminals goes on by itself: so hunts end soon, but one that finds at once.
const museum = (...argv: string[]) =>
  tailproof(['museum', '--seed', '1', '--jobs', '1', ...argv], { tickMs: 1 });

const events = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('museum', () => {
  test('finds a bug again and proves its fix', async () => {
    const { code, out, err } = await museum(ONE_SHORT);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^bug +kernels +by proof +by fuzzing +smallest +fix +title\n/);
    expect(out).toMatch(
      /96bc4432f5ad +before 5\.5 \(riscv64\) +\d+\.\d+ +\d+\.\d+ +5\/1\/0 +proved/,
    );
    expect(out).toContain('faulty run  exit 0, 32 tail calls');
    expect(out).toContain('1 bug found again, its fix proved.');
  });

  test('--json gives a document a line', async () => {
    const { code, out } = await museum('--json', ONE_SHORT, 'f263a81451c1');
    expect(code).toBe(0);
    const [start, first, second, report] = events(out);
    expect(start).toEqual({ event: 'start', seed: 1, exhibits: [ONE_SHORT, 'f263a81451c1'] });
    expect(first).toMatchObject({
      event: 'exhibit',
      id: ONE_SHORT,
      result: 'good',
      ways: { proof: { kind: 'found' }, fuzzing: { kind: 'found' } },
      fix: { kind: 'proved' },
    });
    expect(second.smallest.size).toEqual([{ count: 3, noun: 'step' }]);
    expect(report).toMatchObject({ event: 'report', code: 0 });
  });

  test('--save keeps what anybody can run again', async () => {
    const directory = join(temporaryDirectory(), 'found');
    const { code, out } = await museum('--save', directory, ONE_SHORT, 'f263a81451c1');
    expect(code).toBe(0);
    const scenario = join(directory, `${ONE_SHORT}.yaml`);
    const mended = join(directory, `${ONE_SHORT}-mended.profile.yaml`);
    expect(out).toContain(`saved ${scenario}\nsaved ${mended}\n`);
    expect(readFileSync(join(directory, 'f263a81451c1.txt'), 'utf8')).toContain('freed text');
    const faulty = await tailproof(['run', scenario]);
    expect(faulty.out).toContain('32 tail calls taken');
    const better = await tailproof(['run', scenario, '--profile', mended]);
    expect(better.out).toContain('33 tail calls taken');
  });

  test('what is saved for profiles of the catalogue expects what the fix gives', async () => {
    const directory = temporaryDirectory();
    await museum('--save', directory, '3733f4be2870');
    const file = join(directory, '3733f4be2870.yaml');
    expect((await tailproof(['run', file])).code).toBe(0);
    const faulty = await tailproof(['run', file, '--profile', 'linux-7.0/interp']);
    expect(faulty.code).toBe(1);
    expect(faulty.out).toContain('expected 33');
  });

  test('--save into a file is exit 2, before anything is done', async () => {
    const file = join(temporaryDirectory(), 'taken');
    writeFileSync(file, '');
    const { code, out, err } = await museum('--save', file, ONE_SHORT);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('is a file');
    expect(existsSync(file)).toBe(true);
  });

  test('--list says what there is', async () => {
    const { code, out } = await museum('--list', '28ead');
    expect(code).toBe(0);
    expect(out).toMatch(/^28ead3eaabc1 \(CVE-2024-50063\): programs/);
    const json = JSON.parse((await museum('--list', '--json')).out);
    expect(json).toHaveLength(EXHIBITS.length);
    expect(json[0].ways).toEqual({ proof: true, fuzzing: true });
  });

  test.each([
    [['3733f4be2871'], "the museum has no '3733f4be2871'"],
    [['CVE-20'], "'CVE-20' may be"],
    [['--kind', 'bugs'], 'Allowed choices are tail-call, scalar, verifier'],
  ])('wrong input: %o', async (argv, message) => {
    const { code, out, err } = await museum(...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  test('a seed of its own is told', async () => {
    const { out } = await tailproof(['museum', '--jobs', '1', ONE_SHORT], { tickMs: 1 });
    expect(out).toMatch(/^seed \d+\n/);
  });

  test('a progress line on a terminal', async () => {
    const { err } = await tailproof(['museum', '--jobs', '1', ONE_SHORT], { tty: true });
    expect(err).toContain(`0 of 1: ${ONE_SHORT}, by proof`);
    expect(err.endsWith('\x1b[K')).toBe(true);
  });

  test('a Ctrl-C gives what there is, exit 130', async () => {
    const { code, out } = await tailproof(
      ['museum', '--seed', '1', '--jobs', '1', '--json', ONE_SHORT, '3733f4be2870'],
      { tickMs: 1, onOut: (text, interrupt) => text.includes('"exhibit"') && interrupt() },
    );
    expect(code).toBe(130);
    expect(events(out).at(-1).results).toEqual([{ id: '3733f4be2870', result: 'good' }]);
  });
});

describe('reports', () => {
  const exhibit = EXHIBITS[0]!;
  const find = {
    size: [{ count: 2, noun: 'step' }],
    seen: { faulty: 'f', mended: 'm' },
    text: 't',
    files: [],
  };
  const report: ExhibitReport = {
    exhibit,
    ways: {
      proof: { kind: 'unsound', problem: 'the engines differ on r0', tried: 1, ms: 5 },
      fuzzing: { kind: 'not applicable', reason: 'no run shows it' },
    },
    fix: { kind: 'not proved', theorem: 't', problems: ['it is refuted'], ms: 5 },
    smallest: find,
    result: 'wrong',
  };
  const options = {
    seconds: 60,
    inFull: false,
    colors: colorsOf(
      {
        ...({} as Parameters<typeof colorsOf>[0]),
        isTTY: { out: false, err: false },
        env: {},
      },
      'out',
    ),
  };

  test('say why a way does not apply, and what is wrong', () => {
    const lines = reportLines([report], options);
    expect(lines[1]).toMatch(/DISAGREE +— +2 steps +NOT PROVED/);
    expect(lines).toContain(`${exhibit.id} not by fuzzing: no run shows it`);
    expect(lines).toContain(`${exhibit.id} by proof: the engines differ on r0`);
    expect(lines).toContain(`${exhibit.id} fix: it is refuted`);
    expect(conclusion([report], 1)).toBe('1 of 1 bug did not come out as the fix says.');
  });

  test('say how long was looked in vain', () => {
    const notFound = { kind: 'not found', tried: 9 } as const;
    const open: ExhibitReport = {
      ...report,
      ways: { proof: { ...notFound, ms: 3 }, fuzzing: { ...notFound, ms: 60_000 } },
      result: 'open',
    };
    expect(reportLines([open], options)[1]).toMatch(/not found +not in 60/);
    expect(conclusion([open], 1)).toContain('left open');
    expect(conclusion([open], 2)).toBe('Interrupted: 1 of 2 bugs were visited.');
  });
});
