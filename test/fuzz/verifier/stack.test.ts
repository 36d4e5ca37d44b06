// Stack in use, as the oracle adds it up: a run at the bound passes, and rules that leave more are told by runs.

import { describe, expect, test } from 'vitest';
import { verifierFaultNamed } from '../../../fuzz/faults/verifier/index.ts';
import { BELOW_CALLERS } from '../../../fuzz/museum/verifier/constructs.ts';
import { VerifierLane } from '../../../fuzz/verifier/campaign/chunk.ts';
import { SOUND_VERSION } from '../../../fuzz/verifier/campaign/version.ts';
import { chooseLimits, type LimitRow } from '../../../fuzz/verifier/limits/index.ts';
import { stackAfter } from '../../../fuzz/verifier/limits/stack-after.ts';
import { type TestedVerifier, testedVerifier } from '../../../fuzz/verifier/oracle/tested.ts';
import { examine, violationText } from '../../../fuzz/verifier/oracle/violation.ts';
import { createMachine } from '../../../interp/index.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import type { VerifierVersion } from '../../../model/verifier/index.ts';

const machine = createMachine();
const sound = testedVerifier(SOUND_VERSION);
const [ROW] = chooseLimits(['tail-caller-stack']) as [LimitRow];

/** What the oracle says of a scenario; undefined where the promise holds. */
function told(tested: TestedVerifier, scenario: Scenario): string | undefined {
  const { violation } = examine(tested, machine, scenario, true);
  return violation && violationText(scenario, violation);
}

function refusal(tested: TestedVerifier, scenario: Scenario): string | undefined {
  const [verdict] = examine(tested, machine, scenario, true).verdicts;
  return verdict?.kind === 'rejected' ? verdict.message : undefined;
}

/** The program `entry`, which is in the array with `leaf`, one of 64 bytes of stack. */
const scenarioOf = (entry: string) =>
  parseScenario(`tailproof: 1
profile: linux-6.12/x86_64
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 2, entries: { 0: entry, 1: leaf } }
programs:
  entry: |
    ${entry.split(/; /).join('\n    ')}
  leaf: |
    *(u64 *)(r10 - 64) = 0
    r0 = 0
    exit
run: {}
`);

const use = (bytes: number) => (bytes === 0 ? '' : `*(u64 *)(r10 - ${bytes}) = 0`);
const END = 'r0 = 0; exit';
const tailCall = (index: number) => `r2 = map[jmp]; r3 = ${index}; call bpf_tail_call`;

/** A function that another one calls. @param end what it does at its end. */
const calling = (outer: number, inner: number, end: string) =>
  scenarioOf(`${use(outer)}; call f; ${END}; f: ; ${use(inner)}; ${end}`);

/** A function that tail-calls its program again. */
const again = (outer: number, inner: number) => calling(outer, inner, `${tailCall(0)}; ${END}`);

describe('the bound', () => {
  test.each<[VerifierVersion, number]>([
    ['linux-6.1', 33 * 224 + 512],
    ['linux-6.12', 33 * 240 + 512],
    ['linux-6.19', 33 * 240 + 512],
  ])('of %s', (version, bytes) => {
    expect(stackAfter(33, testedVerifier(version).stack!)).toBe(bytes);
  });

  test('is what the table of limits allows', () => {
    expect(stackAfter(33, testedVerifier('linux-6.12').stack!)).toBe(ROW.allows);
  });

  test('counts whole granules below the limit on callers', () => {
    const limits = { chain: 512, granule: 16 };
    expect(stackAfter(1, { ...limits, callers: 255 })).toBe(240 + 512);
    expect(stackAfter(1, { ...limits, callers: 257 })).toBe(256 + 512);
  });

  test('is attained: the run at it passes, and with a byte less it does not', () => {
    const { scenario } = ROW.at();
    expect(told(sound, scenario)).toBeUndefined();
    const tighter = { ...sound, stack: { ...sound.stack!, chain: 511 } };
    expect(told(tighter, scenario)).toMatch(
      / 8432 bytes of stack are in use after 33 tail calls; the rules leave 8431$/,
    );
  });
});

/** Bytes in use where a run is deepest. */
function deepest(scenario: Scenario): number | undefined {
  const none = { chain: 0, callers: 1, granule: 1 };
  const { violation } = examine({ ...sound, stack: none }, machine, scenario, true);
  return violation?.kind === 'stack' ? violation.bytes : undefined;
}

describe('the stack in use', () => {
  test('is that of frames that wait for each other, rounded', () => {
    expect(deepest(calling(8, 24, END))).toBe(16 + 32);
  });

  test('is given back where a function returns', () => {
    const body = `${use(16)}; call f; call f; ${END}; f: ; ${use(496)}; ${END}`;
    expect(deepest(scenarioOf(body))).toBe(16 + 496);
  });

  test('is that of a program in place of the one that tail-calls it', () => {
    expect(deepest(scenarioOf(`${use(512)}; ${tailCall(0)}; ${END}`))).toBe(512);
  });

  test('is kept of the callers of a function that tail-calls', () => {
    expect(deepest(calling(16, 32, `${tailCall(1)}; ${END}`))).toBe(16 + 64);
  });

  test('is given back where a program returns to them', () => {
    const functions = `f: ; ${tailCall(1)}; ${END}; g: ; ${use(96)}; ${END}`;
    expect(deepest(scenarioOf(`${use(16)}; call f; call g; ${END}; ${functions}`))).toBe(16 + 96);
  });
});

const RULE_FAULTS = {
  'tail-caller-stack-unlimited': again(496, 16),
  'tail-caller-stack-256': again(256, 256),
  'stack-depth-not-rounded': again(248, 264),
  'combined-stack-unlimited': calling(256, 264, END),
};

describe('a rule that leaves more', () => {
  test.each(Object.entries(RULE_FAULTS))('%s is told by a run', (name, scenario) => {
    const faulty = testedVerifier(SOUND_VERSION, verifierFaultNamed(`verifier/${name}`).change);
    expect(told(faulty, scenario)).toMatch(/bytes of stack are in use after \d+ tail calls;/);
    expect(told(sound, scenario)).toBeUndefined();
    expect(refusal(sound, scenario)).toMatch(/Too large$/);
  });

  test('is told at the deepest point of the run', () => {
    const { change } = verifierFaultNamed('verifier/tail-caller-stack-unlimited');
    const faulty = testedVerifier(SOUND_VERSION, change);
    expect(examine(faulty, machine, again(512, 0), true).violation).toMatchObject({
      kind: 'stack',
      bytes: 33 * 512 + 512,
      tailCalls: 33,
      allowed: ROW.allows,
    });
  });

  const about = BELOW_CALLERS;
  const leaning = { seed: 1, version: SOUND_VERSION, watchEvery: 0, exploreEvery: 0, about };

  test.each(Object.keys(RULE_FAULTS))('%s is met by a hunt', async (name) => {
    const { change } = verifierFaultNamed(`verifier/${name}`);
    const { broken } = await new VerifierLane({ ...leaning, change }).run(0, 200);
    expect(broken[0]?.violation.kind).toBe('stack');
  });

  test('is not met without it', async () => {
    expect((await new VerifierLane(leaning).run(0, 200)).broken).toEqual([]);
  });
});
