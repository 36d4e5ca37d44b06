import { describe, expect, test } from 'vitest';
import { tailproof } from './fake-terminal.ts';
import { temporaryDirectory } from './temporary.ts';

const GOOD =
  '# a comment\n-- asm\nmov %r0, %r2 # length\nexit\n-- mem\n01 02 # two\n03\n-- result\n0x3\n';
const RAW = '-- asm\nnonsense\n-- raw\n0x00000007000000b7\n149\n-- result\n7\n';
const IGNORED =
  '-- c\nint x = 1;\n-- asm\nja exit\nexit\n-- result\n0xbad0bad0bad0bad0\n-- no register offset\ncall\n';
const WRONG = '-- asm\nmov %r0, 1\nexit\n-- result\n0x2\n';
const CALLX = '-- asm\ncall %r2\nexit\n-- result\n0x2\n';
const NEW = '-- asm\nexit\n-- result\n0x0\n-- surprise\n';
const MISSPELT = '-- asm\nmov %r0, 1\nexot\n-- result\n1\n';
const TRAPS = '-- asm\nldxw %r0, [%r1]\nexit\n-- result\n1\n';

describe('conformance', () => {
  test('counts what passed, and says why the rest did not', async () => {
    const directory = temporaryDirectory({
      'callx.data': CALLX,
      'good.data': GOOD,
      'ignored.data': IGNORED,
      'misspelt.data': MISSPELT,
      'new.data': NEW,
      'raw.data': RAW,
      'traps.data': TRAPS,
      'wrong.data': WRONG,
      'README.md': 'no test',
    });
    const { code, out } = await tailproof(['conformance', directory]);
    expect(code).toBe(1);
    await expect(out).toMatchFileSnapshot('golden/conformance.txt');
  });

  test('what is unsupported or skipped is no failure', async () => {
    const directory = temporaryDirectory({ 'callx.data': CALLX, 'new.data': NEW });
    const { code, out } = await tailproof(['conformance', directory, '--engine', 'interp']);
    expect(code).toBe(0);
    expect(out).toMatch(/interp +0 +0 +1 +1 +of 2 tests/);
  });

  test('lists what passed when asked', async () => {
    const directory = temporaryDirectory({ 'good.data': GOOD });
    const quiet = await tailproof(['conformance', directory]);
    const verbose = await tailproof(['conformance', directory, '--verbose']);
    expect(quiet.out).not.toContain('good.data');
    expect(verbose.out).toMatch(/^passed +good\.data +interp, smt$/m);
  });

  test('as JSON', async () => {
    const directory = temporaryDirectory({ 'good.data': GOOD, 'wrong.data': WRONG });
    const { code, out } = await tailproof(['conformance', directory, '--json']);
    expect(code).toBe(1);
    const { engines, tests } = JSON.parse(out);
    expect(engines).toEqual([
      { engine: 'interp', passed: 1, failed: 1, unsupported: 0, skipped: 0, tests: 2 },
      { engine: 'smt', passed: 1, failed: 1, unsupported: 0, skipped: 0, tests: 2 },
    ]);
    expect(tests[1].results[0]).toEqual({
      engine: 'interp',
      status: 'failed',
      reason: 'expected r0 = 0x2, got exit, r0 = 1 (0x1)',
    });
  });

  test.each([
    ['no result', '-- asm\nexit\n', 'there is no result'],
    ['a result that is none', '-- asm\nexit\n-- result\nfive\n', "4: 'five' is no 64-bit number"],
    ['wrong memory', '-- asm\nexit\n-- mem\n0g\n-- result\n0\n', "4: 'g' at position 2"],
    ['a word of more than 64 bits', '-- raw\n0x10000000000000000\n-- result\n0\n', '2: '],
  ])('a file with %s fails', async (_, content, reason) => {
    const directory = temporaryDirectory({ 'f.data': content });
    const { code, out } = await tailproof(['conformance', directory, '--engine', 'interp']);
    expect(code).toBe(1);
    expect(out).toContain(reason);
  });
});

const { TAILPROOF_CONFORMANCE: SUITE } = process.env;

test.skipIf(SUITE === undefined)(
  'the suite itself (TAILPROOF_CONFORMANCE is its directory)',
  async () => {
    const { code, out } = await tailproof(['conformance', SUITE ?? '', '--json']);
    const { engines } = JSON.parse(out);
    expect({ code, failed: engines.map(({ failed }: { failed: number }) => failed) }).toEqual({
      code: 0,
      failed: [0, 0],
    });
  },
);
