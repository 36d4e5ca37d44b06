// Campaigns against kernels, with kernels that are none: the interpreter itself, with faults.

import { describe, expect, test } from 'vitest';
import { compareWithKernel, kindOfDifference } from '../../fuzz/kernel/compare.ts';
import { runKernelCampaign, scenarioForKernel } from '../../fuzz/kernel/campaign.ts';
import { createMachine, type Machine } from '../../interp/index.ts';
import type { LinuxEngine } from '../../interp/linux/engine.ts';
import { linuxTarget, TARGET_NAMES } from '../../interp/linux/install/versions.ts';
import type { KernelExit, KernelOutcome } from '../../interp/linux/kernel-outcome.ts';
import { unsupportedReason } from '../../interp/linux/scenario-case.ts';
import type { Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { parseScenario } from '../../model/scenario/read.ts';
import { faultNamed, faultySemantics } from '../../fuzz/faults/fault.ts';
import { FAULTS } from '../../fuzz/faults/faults.ts';

const machine = createMachine();

function asKernel(scenario: Scenario, outcome: Outcome): KernelOutcome {
  const { ending, packet, maps, schedule } = outcome;
  if (ending.kind !== 'exit') return { kind: 'failed', failure: 'hang', console: '' };
  const retval = Number(ending.r0 & 0xffff_ffffn);
  // As a kernel has it: hash entries in an order of its own, and no free slots.
  const mixed = maps.map((map) =>
    map.type === 'hash'
      ? { ...map, slots: map.slots.filter((slot) => slot !== null).reverse() }
      : map,
  );
  expect(scenario.schedule.length).toBe(schedule.length);
  return { kind: 'exit', retval, packet, maps: mixed, schedule: schedule.map(Number) };
}

function fakeKernel(name: string, runner: Machine = machine): LinuxEngine {
  return {
    ...linuxTarget(name),
    incidents: [],
    cases: async () => [],
    race: async () => ({ kind: 'unsupported', reason: 'no kernel' }),
    run: async (scenarios) =>
      scenarios.map((scenario) => {
        const reason = unsupportedReason(scenario);
        if (reason !== undefined) return { kind: 'unsupported', reason };
        return asKernel(scenario, runner.run(scenario));
      }),
  };
}

/** The first value of the first array is another, or where there is no array, the return value. */
function withOtherMaps(outcome: KernelExit): KernelExit {
  const array = outcome.maps.findIndex(({ type }) => type === 'array');
  if (array < 0) return { ...outcome, retval: outcome.retval ^ 1 };
  const maps = outcome.maps.map((map, i) => {
    if (i !== array || map.type !== 'array') return map;
    const values = map.values.map((value) => value.map((byte) => byte ^ 1));
    return { ...map, values };
  });
  return { ...outcome, maps };
}

const model = { name: 'interp', run: (scenario: Scenario) => machine.run(scenario) };

describe('generated scenarios', () => {
  test.each(TARGET_NAMES)('for %s end, and can be run there', (name) => {
    const kernel = fakeKernel(name);
    const endings: Record<string, number> = {};
    let unsupported = 0;
    for (let run = 0; run < 300; run++) {
      const scenario = scenarioForKernel(7, run, kernel);
      if (unsupportedReason(scenario) !== undefined) unsupported++;
      const { ending } = machine.run(scenario);
      endings[ending.kind] = (endings[ending.kind] ?? 0) + 1;
    }
    // By value, a hierarchy goes on and on.
    const others = Object.keys(endings).filter((kind) => kind !== 'exit');
    expect(others.filter((kind) => name !== 'linux:6.1' || kind !== 'out_of_fuel')).toEqual([]);
    expect(unsupported).toBeLessThan(10);
  });
});

/** Faults that no accepted program of the profile linux-6.12/x86_64 can show. */
const UNSEEN: Readonly<Record<string, string>> = {
  'interp/may-goto-one-late': 'loops end before the budget does',
  'interp/load-acquire-w-sign-extends': 'the kernel lacks the instruction',
  'interp/bounds-ignore-size': 'a verifier lets no access out of bounds',
  'interp/call-keeps-r1-r5': 'a verifier lets nobody read them',
  'interp/callee-sees-r6': 'a verifier lets nobody read it',
  'interp/packet-load-keeps-r5': 'a verifier lets nobody read it',
  'interp/stx-src-not-read': 'a verifier lets nobody do it',
  'interp/tail-call-keeps-r6': 'a verifier lets nobody read it',
  'interp/failed-tail-call-keeps-r0': 'a verifier lets nobody read it',
  'interp/empty-never-burns': 'the profile does not either',
  'interp/order-ignored': 'the profile has the order of Linux',
  'interp/index-off-by-one': 'the slot behind the last is as empty as one that is not there',
  'interp/count-before-range': 'both fail, and no call is counted',
  'interp/slot-before-count': 'both fail, and no call is counted',
  'interp/mask-forgotten': 'the profile is a privileged one',
  'interp/write-back-forgotten': 'the profile counts by reference',
  'interp/count-shared-always': 'the profile counts by reference',
};

test('generated scenarios show every fault that a kernel could', () => {
  const kernel = fakeKernel('linux:6.12');
  const runs = Array.from({ length: 1600 }, (_, run) => {
    const scenario = scenarioForKernel(3, run, kernel);
    return { scenario, said: asKernel(scenario, machine.run(scenario)) };
  });
  // Its programs have no attributes, no extensions and no trampolines, and its user space only writes.
  const shown = FAULTS.filter(
    ({ engine, kind }) => engine === 'interp' && kind !== 'object' && kind !== 'counter',
  );
  const survivors = shown.filter((fault) => {
    const faulty = createMachine(faultySemantics(fault).interp);
    return runs.every(({ scenario, said }) => {
      try {
        return compareWithKernel(faulty.run(scenario), said).verdict !== 'differ';
      } catch {
        return false;
      }
    });
  });
  expect(survivors.map(({ name }) => name).sort()).toEqual(Object.keys(UNSEEN).sort());
});

describe('a campaign', () => {
  const options = { models: [model], seed: 5, runs: 300 };

  test('finds nothing where the kernel does as the model says', async () => {
    const report = await runKernelCampaign({ ...options, kernels: [fakeKernel('linux:6.12')] });
    expect(report).toMatchObject({ ended: 'runs', runs: 300, findings: [] });
    expect(report.kernels[0]!.compared).toBeGreaterThan(290);
    expect(report.kernels[0]!.tailCalls).toBeGreaterThan(100);
  });

  test('gives the same report, whatever the number of lanes', async () => {
    const kernels = [fakeKernel('linux:6.12'), fakeKernel('linux:6.1/interp')];
    const one = await runKernelCampaign({ ...options, kernels, lanes: 1 });
    const three = await runKernelCampaign({ ...options, kernels, lanes: 3 });
    expect(three).toEqual(one);
  });

  test('finds a kernel with a fault, and makes it small', async () => {
    const { interp } = faultySemantics(faultNamed(FAULTS, 'interp/xor32-keeps-upper-half'));
    const kernel = fakeKernel('linux:6.12', createMachine(interp));
    const report = await runKernelCampaign({ ...options, kernels: [kernel], findingsMax: 1 });
    expect(report.ended).toBe('findings');
    const [finding] = report.findings;
    expect(finding!.text).toContain('tailproof run --engines interp,linux:6.12 FILE');
    expect(parseScenario(finding!.text).programs.length).toBeGreaterThan(0);
    expect(finding!.instructions).toBeLessThan(20);
  });

  test('keeps the kind of difference while it makes a scenario small', async () => {
    // One that is wrong on whatever it is given: as return value, and in its maps where there is one.
    const right = fakeKernel('linux:6.12');
    const wrong: LinuxEngine = {
      ...right,
      run: async (scenarios) =>
        (await right.run(scenarios)).map((outcome) =>
          outcome.kind === 'exit' ? withOtherMaps(outcome) : outcome,
        ),
    };
    const { findings } = await runKernelCampaign({ ...options, kernels: [wrong], findingsMax: 1 });
    expect(findings).toHaveLength(1);
    expect(findings[0]!.difference.at).toMatch(/^map/);
    expect(findings[0]!.scenario.maps.length).toBeGreaterThan(0);
  });

  test('stops when it is told to', async () => {
    const controller = new AbortController();
    const report = await runKernelCampaign({
      ...options,
      runs: 100_000,
      kernels: [fakeKernel('linux:6.12')],
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(report.ended).toBe('aborted');
    expect(report.runs).toBeGreaterThan(0);
  });
});

describe('a comparison', () => {
  const scenario = parseScenario(`tailproof: 1
type: xdp
maps: { h: { type: hash, key_size: 1, value_size: 1, max_entries: 3, entries: [{ key: "02", value: "07" }] } }
programs: { entry: "r0 = 0x100000007 ll\\nexit" }
run: { packet: "${'00 '.repeat(14)}" }
`);
  const outcome = machine.run(scenario);
  const said = asKernel(scenario, outcome);
  const exit = said.kind === 'exit' ? said : undefined;

  test('is of what a kernel shows', () => {
    expect(compareWithKernel(outcome, said)).toEqual({ verdict: 'equal' });
  });

  test.each([
    ['r0, 32 bits', { retval: 8 }],
    ['packet byte 0', { packet: new Uint8Array(14).fill(1) }],
    [
      'map 0 slot 0 value byte 0',
      { maps: [{ type: 'hash', slots: [{ key: Uint8Array.of(2), value: Uint8Array.of(8) }] }] },
    ],
  ] as const)('sees another %s', (at, change) => {
    const other = { ...exit!, ...change } as KernelOutcome;
    expect(compareWithKernel(outcome, other)).toMatchObject({
      verdict: 'differ',
      difference: { at },
    });
  });

  test('is inconclusive where one side says nothing', () => {
    const rejected = { kind: 'rejected', program: 0, errno: 13, log: '' } as const;
    expect(compareWithKernel(outcome, rejected).verdict).toBe('inconclusive');
    const endless: Outcome = {
      ...outcome,
      ending: { kind: 'out_of_fuel', at: { program: 0, pc: 0 } },
    };
    expect(compareWithKernel(endless, said).verdict).toBe('inconclusive');
  });

  test.each([
    ['r0, 32 bits', '0x1', '0x2', 'r0'],
    ['map 3 value 0 byte 2', '0x1', '0x2', 'map'],
    ['map 0 slot 0 value byte 1', '0x1', '0x2', 'map'],
    ['schedule entry 1', '0', '22', 'schedule'],
    ['ending', 'trap bad_call at program 0 slot 3', 'exit', 'trap bad_call, exit'],
    ['kernel', 'exit', 'the kernel failed: hang', 'exit, the kernel failed: hang'],
  ])('one in %s is of a kind', (at, left, right, kind) => {
    expect(kindOfDifference({ at, left, right })).toBe(kind);
  });

  test('a kernel that fails differs from a model that ends', () => {
    const failed = { kind: 'failed', failure: 'panic', console: '' } as const;
    expect(compareWithKernel(outcome, failed)).toMatchObject({ verdict: 'differ' });
  });
});
