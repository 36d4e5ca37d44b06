import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { examplePath, PACKAGE_ROOT } from '../../cli/package-info.ts';
import { tailproof } from './fake-terminal.ts';
import { temporaryDirectory } from './temporary.ts';

const built = existsSync(join(PACKAGE_ROOT, 'dist/fuzz/campaign/worker.js'));

describe.skipIf(!built)('demo (its threads need npm run build)', () => {
  const argv = () => ['demo', '--seconds', '20', '--seed', '7', '--out', temporaryDirectory()];
  // A fast clock, so that the demo's parts are short.
  const clock = { tickMs: 5000 };

  test('runs, checks, fuzzes, and says what it means', async () => {
    const { code, out } = await tailproof(argv(), clock);
    expect(code).toBe(0);
    expect(out).toMatch(/^1\. A real program\n/);
    expect(out).toMatch(/^ {2}ok +tcp-ipv4 +exit, r0 = 0 \(0x0\) +ethernet →/m);
    expect(out).toMatch(/feasible paths? from \d+ of \d+ packets: 0 mismatches/);
    expect(out).toContain('no mismatch between the engines');
    const [, end = ''] = out.split('What was done\n');
    expect(end).toMatch(/(\d+) of \1 packets went through the flow parser as expected/);
    expect(end).toContain('What it means\n');
    expect(end.split('What to try next\n')[1]?.match(/^ {2}npx tailproof /gm)).toHaveLength(3);
  });

  test('as JSON', async () => {
    const { code, out } = await tailproof([...argv(), '--json'], clock);
    const document = JSON.parse(out);
    expect(document.code).toBe(code);
    expect(Object.keys(document)).toEqual(['runs', 'checks', 'campaign', 'code']);
  });
});

test('the example is where the package is', () => {
  expect(existsSync(examplePath('flow-parser.yaml'))).toBe(true);
});
