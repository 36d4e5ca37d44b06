// tailproof linux agree: what it shows, and without kernels.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agreementJson, agreementLines, isFaithful } from '../../cli/render/agreement.ts';
import type { AgreementReport } from '../../fuzz/verifier/agreement/agree.ts';
import { parseScenario } from '../../model/scenario/read.ts';
import { tailproof } from './fake-terminal.ts';
import { temporaryDirectory } from './temporary.ts';

const PLAIN = { bold: String, green: String, red: String } as unknown as Parameters<
  typeof agreementLines
>[1];

const SCENARIO = parseScenario('tailproof: 1\ntype: xdp\nprograms: { entry: "r0 = 2\\nexit" }\n');
const unsupported = { kind: 'unsupported', reason: 'nothing' } as const;

const REPORT: AgreementReport = {
  ...{ kernel: 'linux:6.12', seed: 7, first: 0, cases: 50, ended: 'cases' },
  ...{ programs: 1001, left: { 'model: helper bpf_foo#200': 1 }, compared: 1000, accepted: 500 },
  ...{ sameVerdict: 999, sameErrno: 990, sameMessage: 980 },
  ...{ bothAccepted: 499, instructions: 20_000, sameStates: 19_999 },
  ...{ runs: 600, steps: 30_000, outside: 0 },
  differences: [
    {
      ...{ kind: 'verdict', name: 'model accepted, kernel EACCES R# !read_ok', count: 1, run: 12 },
      ...{ program: 1, scenario: SCENARIO, privileged: true },
      ...{ model: unsupported, kernel: unsupported },
    },
  ],
};

describe('the report', () => {
  test('rounds shares down, and names the classes', () => {
    const lines = agreementLines(REPORT, PLAIN);
    expect(lines[0]).toBe('linux:6.12, seed 7, from run 0: 1001 programs');
    expect(lines).toContain('  error numbers  99.00 % of 1000 programs');
    expect(lines).toContain('  states         99.99 % of 20000 instructions');
    expect(lines).toContain('  not compared   1: model: helper bpf_foo#200');
    expect(lines.at(-1)).toBe(
      '  1  verdict  run 12, program 1  model accepted, kernel EACCES R# !read_ok',
    );
  });

  test('is faithful from 99 % of the verdicts and 95 % of the states on, with no run outside', () => {
    expect(isFaithful(REPORT)).toBe(true);
    expect(isFaithful({ ...REPORT, sameErrno: 989 })).toBe(false);
    expect(isFaithful({ ...REPORT, sameStates: 18_999 })).toBe(false);
    expect(isFaithful({ ...REPORT, outside: 1 })).toBe(false);
  });

  test('has no scenarios as JSON', () => {
    const json = agreementJson(REPORT);
    expect(JSON.parse(JSON.stringify(json))).toMatchObject({
      faithful: true,
      differences: [{ kind: 'verdict', run: 12, program: 1, privileged: true }],
    });
    expect(JSON.stringify(json)).not.toContain('scenario');
  });
});

describe('linux agree', () => {
  test('needs a kernel', async () => {
    const env = { TAILPROOF_LINUX: join(temporaryDirectory(), 'cache'), PATH: '' };
    const { code, err } = await tailproof(['linux', 'agree', '--seed', '1'], { env });
    expect(code).toBe(2);
    expect(err).toContain('run tailproof linux install 6.12');
  });

  test('knows its kernels', async () => {
    const { code, err } = await tailproof(['linux', 'agree', '--kernel', 'linux:5.4']);
    expect(code).toBe(2);
    expect(err).toContain('there are 6.1 and 6.12');
  });
});
