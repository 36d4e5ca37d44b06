// The verifier here and real kernels' say the same of programs near the border, and of every example.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { agreementLines } from '../../cli/render/agreement.ts';
import {
  type AgreementReport,
  AgreementTally,
  runAgreement,
} from '../../fuzz/verifier/agreement/agree.ts';
import { minimise } from '../../fuzz/verifier/agreement/minimise.ts';
import { createLinuxEngines } from '../../interp/linux/index.ts';
import { parseScenarioFile } from '../../model/scenario/read.ts';
import { NOT_INSTALLED } from './installed.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const PROGRAMS = 10_000;
const PLAIN = Object.fromEntries(
  ['bold', 'green', 'red'].map((name) => [name, (text: string) => text]),
) as unknown as Parameters<typeof agreementLines>[1];

function examples() {
  const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => name.endsWith('.yaml'))
    .map((file) => {
      // All runs of a file have the same programs.
      const text = readFileSync(join(EXAMPLES, file), 'utf8');
      return parseScenarioFile(text, { file }).scenarios[0]!.scenario;
    });
}

function show(report: AgreementReport): void {
  process.stderr.write(`${agreementLines(report, PLAIN).join('\n')}\n`);
}

describe.skipIf(NOT_INSTALLED !== undefined)('the verifier', () => {
  const linux = createLinuxEngines(['linux:6.12', 'linux:6.1'], process.env, {
    silenceMs: 120_000,
  });
  const engine = (name: string) => linux.engines.find((one) => one.name === name)!;
  afterAll(() => linux.close());

  test(`says what Linux 6.12 says of ${PROGRAMS} programs`, async () => {
    const report = await runAgreement({
      ...{ kernel: engine('linux:6.12'), seed: 1, programs: PROGRAMS },
    });
    show(report);
    const { compared, accepted, instructions } = report;
    expect(compared / report.programs).toBeGreaterThan(0.98);
    expect(accepted / compared).toBeGreaterThan(0.4);
    expect(report.sameVerdict / compared).toBeGreaterThanOrEqual(0.99);
    expect(report.sameErrno / compared).toBeGreaterThanOrEqual(0.99);
    expect(report.sameStates / instructions).toBeGreaterThanOrEqual(0.95);
    expect(report.outside).toBe(0);
  });

  test('says what Linux 6.1 says of programs of its time', async () => {
    const report = await runAgreement({
      ...{ kernel: engine('linux:6.1'), seed: 1, programs: PROGRAMS / 10 },
    });
    show(report);
    expect(report.sameErrno / report.compared).toBeGreaterThanOrEqual(0.99);
    expect(report.outside).toBe(0);
  });

  test.each(['linux:6.12', 'linux:6.1'])('says what %s says of every example', async (name) => {
    const tally = new AgreementTally(engine(name));
    await tally.compare(examples().map((scenario) => ({ scenario, privileged: true, inputs: [] })));
    const { compared, sameErrno, differences } = tally.report;
    expect(compared).toBeGreaterThan(20);
    const names = differences.map(({ kind, name: what }) => `${kind}: ${what}`);
    expect(names.filter((one) => /^(verdict|errno)/.test(one))).toEqual([]);
    expect(sameErrno).toBe(compared);
  });

  test('a difference is made small', async () => {
    // The rules of an older kernel beside a newer one: they differ in what spills keep.
    const kernel = { ...engine('linux:6.12'), version: '6.1' as const };
    const { differences } = await runAgreement({ kernel, seed: 1, programs: 200 });
    const difference = differences.find(({ kind }) => kind === 'states')!;
    const { text, scenario } = await minimise(kernel, difference);
    expect(scenario.programs[0]!.program.code.length).toBeLessThan(12);
    expect(parseScenarioFile(text, { file: 'small.yaml' }).scenarios).toHaveLength(1);
    expect(text).toContain(`# states: ${difference.name}`);
  });
});
