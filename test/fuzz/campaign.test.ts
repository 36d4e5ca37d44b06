// A campaign's report depends on seed and runs alone; it finds what is planted and keeps what it found.

import { describe, expect, it } from 'vitest';
import { type CampaignOptions, runCampaign } from '../../fuzz/campaign/campaign.ts';
import { createEngines, disagreement } from '../../fuzz/campaign/chunk.ts';
import { faultNamed } from '../../fuzz/faults/fault.ts';
import { FAULTS } from '../../fuzz/faults/faults.ts';
import { InputError } from '../../model/errors.ts';
import { parseScenario } from '../../model/scenario/read.ts';

const report = (options: Partial<CampaignOptions>) =>
  runCampaign({ seed: 5, runs: 1000, solverEvery: 0, ...options });

describe('runCampaign', () => {
  it('finds nothing where nothing is wrong', async () => {
    const { findings, runs, ended, coverage } = await report({ runs: 3000 });
    expect(findings).toEqual([]);
    expect({ runs, ended }).toEqual({ runs: 3000, ended: 'runs' });
    expect(coverage.rows).toBe(coverage.rowsAll);
  });

  it('gives the same report on one thread and on two, with the solver taking part', async () => {
    const one = await report({ runs: 600, jobs: 1, solverEvery: 100 });
    const two = await report({ runs: 600, jobs: 2, solverEvery: 100 });
    expect(two).toEqual(one);
    expect(one.solver.scenarios).toBe(6);
    expect(one.solver.paths).toBeGreaterThan(0);
  });

  it('gives the same findings on one thread and on two', async () => {
    const fault = faultNamed(FAULTS, 'interp/limit-32');
    const one = await report({ fault, jobs: 1, findingsMax: 2 });
    const two = await report({ fault, jobs: 2, findingsMax: 2 });
    expect(one.findings.map(({ text }) => text)).toEqual(two.findings.map(({ text }) => text));
    expect(one.ended).toBe('findings');
  });

  it('saves findings that show the disagreement again, and only with the fault', async () => {
    const fault = faultNamed(FAULTS, 'smt/lsh64-unmasked');
    const { findings } = await report({ fault, findingsMax: 1 });
    const again = parseScenario(findings[0]!.text);
    expect(disagreement(createEngines(fault), again)).toEqual(findings[0]!.difference);
    expect(disagreement(createEngines(), again)).toBeUndefined();
  });

  it('goes on where another campaign stopped', async () => {
    const whole = await report({ runs: 500 });
    const first = await report({ runs: 250 });
    const second = await report({ first: 250, runs: 250 });
    const sum = (ending: string) => (first.endings[ending] ?? 0) + (second.endings[ending] ?? 0);
    expect(Object.keys(whole.endings).map((ending) => [ending, sum(ending)])).toEqual(
      Object.entries(whole.endings),
    );
  });

  it('stops at once when it is aborted, with what it has', async () => {
    const abort = new AbortController();
    const stopped = await report({
      runs: 1_000_000,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    expect(stopped.ended).toBe('aborted');
    expect(stopped.runs).toBe(250);
  });

  it('stops at the deadline of the clock that it is given', async () => {
    let time = 0;
    const stopped = await runCampaign({
      seed: 5,
      solverEvery: 0,
      timeMs: 10,
      now: () => (time += 4),
    });
    expect(stopped.ended).toBe('time');
  });
});

describe('faults', () => {
  it('are at least 280, all with names of their own', () => {
    expect(FAULTS.length).toBeGreaterThanOrEqual(280);
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
  });

  it('are named to whoever mistypes one', () => {
    expect(() => faultNamed(FAULTS, 'interp/limit-33')).toThrow(InputError);
    expect(() => faultNamed(FAULTS, 'interp/limit-33')).toThrow(/interp\/limit-32/);
  });
});
