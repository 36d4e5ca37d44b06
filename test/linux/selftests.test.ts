// The kernel's selftests on kernels: every scenario of examples/selftests that a test run can express, under the
// profile of each kernel. What cannot be expressed stands in docs/linux.md, with the reason.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareWithKernel } from '../../fuzz/kernel/compare.ts';
import { type LinuxEngine, TARGET_NAMES } from '../../interp/linux/index.ts';
import { InputError } from '../../model/errors.ts';
import { profileNamed } from '../../model/profiles/catalogue.ts';
import { parseScenarioFile } from '../../model/scenario/read.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { validateScenario } from '../../model/scenario/validate.ts';
import { installedEngines, NOT_INSTALLED } from './installed.ts';
import { createCampaignModel } from './model.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'examples/selftests');
const RUNS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) =>
    parseScenarioFile(readFileSync(join(FOLDER, file), 'utf8'), { file }).scenarios.map(
      ({ name, scenario }) => ({ file, name, scenario }),
    ),
  );

/** Whether a profile refuses a scenario that the default one takes. */
function isRefused(scenario: Scenario): boolean {
  try {
    validateScenario(scenario);
    return false;
  } catch (error) {
    if (error instanceof InputError) return true;
    throw error;
  }
}

const model = createCampaignModel();

/** What one run on one kernel came to: `equal`, `refused` by both, or how it is not compared, or differs. */
async function verdictOn(kernel: LinuxEngine, given: Scenario): Promise<string> {
  const scenario = { ...given, profile: profileNamed(kernel.profile) };
  if (isRefused(scenario)) {
    const [said] = await kernel.run([scenario]);
    if (said!.kind === 'unsupported') return said!.reason;
    return said!.kind === 'rejected' ? 'refused' : `the profile refuses it: ${said!.kind}`;
  }
  const outcome = model.run(scenario);
  if (outcome.ending.kind === 'out_of_fuel') return 'it does not end';
  const [said] = await kernel.run([scenario]);
  const comparison = compareWithKernel(outcome, said!);
  switch (comparison.verdict) {
    case 'equal':
      return 'equal';
    case 'differ':
      return `DIFFERS in ${comparison.difference.at}`;
    case 'inconclusive':
      return comparison.reason;
  }
}

describe.skipIf(NOT_INSTALLED !== undefined)('selftests', () => {
  const linux = installedEngines({ guests: 1 });
  /** File and verdict, with the kernels on which it is so. */
  const verdicts = new Map<string, Set<string>>();
  afterAll(() => linux.close());
  beforeAll(async () => {
    for (const { file, scenario } of RUNS) {
      for (const kernel of linux.engines) {
        const key = `\`${file}\` | ${await verdictOn(kernel, scenario)}`;
        const kernels = verdicts.get(key) ?? new Set();
        verdicts.set(key, kernels.add(kernel.name));
      }
    }
  });

  test('what cannot be compared is what docs/linux.md says', () => {
    const left = [...verdicts].filter(([key]) => !/\| (equal|refused)$/.test(key));
    const rows = left.map(([key, kernels]) => {
      const all = kernels.size === TARGET_NAMES.length;
      return `| ${key} | ${all ? 'all' : [...kernels].join(', ')} |`;
    });
    const page = readFileSync(join(ROOT, 'docs/linux.md'), 'utf8');
    const [, table = ''] = /\n\| selftest .*\n\| -.*\n((?:\|.*\n)+)/.exec(page) ?? [];
    expect(rows.join('\n')).toBe(table.trimEnd());
  });

  test('all others do what the profile says, on each kernel', () => {
    const compared = [...verdicts].filter(([key]) => key.endsWith('| equal'));
    expect(compared.length).toBeGreaterThan(12);
    const files = compared.filter(([, kernels]) => kernels.has('linux:6.1')).map(([key]) => key);
    expect(files).toContain('`tailcall-3.yaml` | equal');
    expect(files).toContain('`hierarchy-1-deleted.yaml` | equal');
  });
});
