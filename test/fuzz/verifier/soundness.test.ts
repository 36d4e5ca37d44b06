import { describe, expect, test } from 'vitest';
import { verifierFaultNamed } from '../../../fuzz/faults/verifier/index.ts';
import { runVerifierCampaign } from '../../../fuzz/verifier/campaign/campaign.ts';
import { testedVerifier } from '../../../fuzz/verifier/oracle/tested.ts';
import { examine, violationText } from '../../../fuzz/verifier/oracle/violation.ts';
import { createMachine } from '../../../interp/index.ts';
import { parseScenario } from '../../../model/scenario/read.ts';

const BASIC = { seed: 11, watchEvery: 4, exploreEvery: 0 } as const;
const machine = createMachine();

/** A callee that tail-calls, and a caller that believes its R0. */
const RETURNS = `tailproof: 1
profile: linux-6.12/x86_64
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 1, entries: { 0: other } }
programs:
  entry: |
    call f
    exit
    f:
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 0
    exit
  other: |
    r0 = 7
    exit
run: {}
`;

describe('the soundness campaign', () => {
  test('says the same for the same seed, finds nothing, and has enough accepted', async () => {
    const report = await runVerifierCampaign({ ...BASIC, runs: 120 });
    expect(report.findings.map(({ text }) => text)).toEqual([]);
    const { accepted = 0, rejected = 0 } = report.counts.verdicts;
    expect(accepted).toBeGreaterThanOrEqual(0.4 * (accepted + rejected));
    expect(report.coverage.rules.met).toBeGreaterThan(100);
    expect(await runVerifierCampaign({ ...BASIC, runs: 120 })).toEqual(report);
  });

  test('goes on where it stopped', async () => {
    const whole = await runVerifierCampaign({ ...BASIC, runs: 40 });
    const rest = await runVerifierCampaign({ ...BASIC, first: 20, runs: 20 });
    const first = await runVerifierCampaign({ ...BASIC, runs: 20 });
    const sum = (name: string) =>
      (first.counts.verdicts[name] ?? 0) + (rest.counts.verdicts[name] ?? 0);
    const { accepted } = whole.counts.verdicts;
    expect(sum('accepted')).toBe(accepted);
    expect(first.next).toBe(20);
  });

  test('finds the same with any number of threads', async () => {
    const fault = verifierFaultNamed('verifier/neg-keeps');
    const options = { ...BASIC, runs: 200, fault, findingsMax: 1 };
    const one = await runVerifierCampaign({ ...options, jobs: 1 });
    const two = await runVerifierCampaign({ ...options, jobs: 2 });
    expect(two).toEqual(one);
  });

  test('finds a planted fault and makes it small, in a file that shows it again', async () => {
    const fault = verifierFaultNamed('verifier/neg-keeps');
    const report = await runVerifierCampaign({ ...BASIC, runs: 200, fault, findingsMax: 1 });
    const [finding] = report.findings;
    expect(report.ended).toBe('findings');
    expect(finding?.instructions).toBeLessThanOrEqual(6);
    expect(finding?.text).toContain('--fault verifier/neg-keeps');
    const scenario = parseScenario(finding!.text);
    const faulty = testedVerifier('linux-6.19', fault.change);
    expect(examine(faulty, machine, scenario, true).violation?.kind).toBe('outside');
    expect(
      examine(testedVerifier('linux-6.19'), machine, scenario, true).violation,
    ).toBeUndefined();
  });
});

describe('the oracle', () => {
  test('tells that 6.12 does not know what a tail call in a function returns', () => {
    const scenario = parseScenario(RETURNS);
    const { violation } = examine(testedVerifier('linux-6.12'), machine, scenario, true);
    expect(violation && violationText(scenario, violation)).toMatch(/^at entry:1 no state holds/);
    expect(
      examine(testedVerifier('linux-6.19'), machine, scenario, true).violation,
    ).toBeUndefined();
  });

  test('leaves programs that are refused out of arrays', () => {
    const scenario = parseScenario(RETURNS.replace('    r0 = 7\n', '    r0 = r5\n'));
    const { verdicts, violation } = examine(testedVerifier('linux-6.19'), machine, scenario, true);
    expect(verdicts.map(({ kind }) => kind)).toEqual(['accepted', 'rejected']);
    expect(violation).toBeUndefined();
  });
});
