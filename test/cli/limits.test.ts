// tailproof limits: the table, what is saved, exit codes.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { conclusion, reportLines, resultOf } from '../../cli/render/limits.ts';
import { colorsOf } from '../../cli/terminal.ts';
import type { LimitReport } from '../../fuzz/verifier/limits/index.ts';
import { LIMIT_ROWS } from '../../fuzz/verifier/limits/index.ts';
import { tailproof } from './fake-terminal.ts';
import { temporaryDirectory } from './temporary.ts';

const limits = (...argv: string[]) => tailproof(['limits', '--jobs', '1', ...argv]);

describe('limits', () => {
  test('shows a limit from both sides, and why it holds', async () => {
    const { code, out, err } = await limits('tail-calls', 'stack-frame');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^limit +value +at +attained +allowed +tight +argument +beyond\nstack-frame +512 +accepted +512 +512 +yes +10,816 programs +EACCES: invalid write to stack R10 off=-513 size=1\n/,
    );
    expect(out).toMatch(/tail-calls +33 .*tail-call\/count +accepted: 33 tail calls\n/);
    expect(out).toContain('theorem   tail-call/count: proved');
    expect(out).toContain('2 limits hold; tight.');
  });

  test('--json says the same', async () => {
    const { code, out } = await limits('--json', 'maps');
    expect(code).toBe(0);
    const document = JSON.parse(out);
    expect(document).toMatchObject({ files: [], code: 0 });
    expect(document.limits).toMatchObject([
      {
        ...{ name: 'maps', value: 64, at: 'accepted', attained: 64, allows: 64, tight: true },
        beyond: { errno: 'E2BIG' },
        result: 'holds',
        smallScale: { programs: 340, greatest: 2 },
      },
    ]);
  });

  test('--save keeps what anybody can verify again', async () => {
    const directory = join(temporaryDirectory(), 'witnesses');
    const { code, out } = await limits('--save', directory, 'instructions-unprivileged');
    expect(code).toBe(0);
    const [at, beyond] = ['at', 'beyond'].map((side) =>
      join(directory, `instructions-unprivileged-${side}.yaml`),
    ) as [string, string];
    expect(out).toContain(`saved ${at}\nsaved ${beyond}\n`);
    expect((await tailproof(['verify', '--unprivileged', at])).code).toBe(0);
    const refused = await tailproof(['verify', '--unprivileged', beyond]);
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('E2BIG');
  });

  test('--save into a file is exit 2, before anything is done', async () => {
    const file = join(temporaryDirectory(), 'taken');
    writeFileSync(file, '');
    const { code, out, err } = await limits('--save', file, 'frames');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('is a file');
  });

  test('a name that is no limit is exit 2', async () => {
    const { code, err } = await limits('frame');
    expect(code).toBe(2);
    expect(err).toContain("no limit is named 'frame'");
  });
});

describe('a report', () => {
  const row = LIMIT_ROWS.find(({ name }) => name === 'frames')!;
  const good: LimitReport = {
    ...{ row, at: 'accepted', beyond: { errno: 'E2BIG', message: 'too deep' }, attained: 8 },
    ...{ theorems: {}, tight: true, problems: [] },
  };
  const terminal = { isTTY: { out: false, err: false }, env: {} };
  const colors = colorsOf(terminal as Parameters<typeof colorsOf>[0], 'out');

  test('names what is wrong', () => {
    const wrong = { ...good, attained: 9, tight: false, problems: ['attained are 9'] };
    expect(resultOf(wrong)).toBe('wrong');
    expect(reportLines([wrong], { inFull: false, colors })).toContain('frames: attained are 9');
    expect(conclusion([good, wrong], 2)).toBe('1 of 2 limits does not hold.');
  });

  test('leaves open what the solver gave up', () => {
    const open: LimitReport = {
      ...good,
      theorems: { 'tail-call/count': 'unknown' },
      problems: ['tail-call/count is unknown'],
    };
    expect(resultOf(open)).toBe('open');
    expect(conclusion([open], 1)).toBe('1 of 1 limit left open: the solver gave up.');
  });

  test('that is cut short is told', () => {
    expect(conclusion([good], 3)).toBe('Interrupted: 1 of 3 limits were examined.');
  });
});
