// Runs tests of the conformance suite on the engines.

import { compareOutcomes } from '../../fuzz/compare.ts';
import { InputError, UnsupportedError } from '../../model/errors.ts';
import { slotsFromBytes } from '../../model/isa/instruction.ts';
import { createProgram, decodeProgram, type Program } from '../../model/isa/program.ts';
import { assemble } from '../../model/isa/text/assemble.ts';
import { createScenario } from '../../model/scenario/create.ts';
import type { Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { Engine, EngineName } from '../engines.ts';
import { endingText } from '../render/outcome.ts';
import { hex } from '../render/text.ts';
import { type ConformanceTest, readDataFile } from './data-file.ts';

export const STATUSES = ['passed', 'failed', 'unsupported', 'skipped'] as const;
export type Status = (typeof STATUSES)[number];

export interface TestResult {
  readonly engine: EngineName;
  readonly status: Status;
  /** Why it did not pass. */
  readonly reason?: string;
}

/** More than any test of the suite takes. */
const FUEL = 1_000_000;

/** Runs one file on each engine. With two engines, their outcomes must also be equal to the bit. */
export function runTest(text: string, engines: readonly Engine[]): TestResult[] {
  const all = (status: Status, reason: string) =>
    engines.map(({ name }): TestResult => ({ engine: name, status, reason }));
  try {
    const test = readDataFile(text);
    if (test.kind === 'skipped') return all('skipped', test.reason);
    return judge(scenarioOf(test), test.result, engines);
  } catch (error) {
    if (error instanceof UnsupportedError) return all('unsupported', error.message);
    if (error instanceof InputError) return all('failed', error.message);
    throw error;
  }
}

function judge(scenario: Scenario, result: bigint, engines: readonly Engine[]): TestResult[] {
  const outcomes = engines.map((engine) => engine.run(scenario));
  const [left, right] = outcomes;
  const difference = left && right && compareOutcomes(left, right);
  return engines.map(({ name }, i) => {
    const verdict = judgeOutcome(scenario, outcomes[i]!, result);
    if (verdict.status !== 'passed' || difference === undefined)
      return { engine: name, ...verdict };
    const reason = `the engines differ on ${difference.at}: ${difference.left}, ${difference.right}`;
    return { engine: name, status: 'failed', reason };
  });
}

function judgeOutcome(
  scenario: Scenario,
  { ending }: Outcome,
  result: bigint,
): Omit<TestResult, 'engine'> {
  if (ending.kind === 'unsupported') return { status: 'unsupported', reason: ending.reason };
  if (ending.kind === 'exit' && ending.r0 === result) return { status: 'passed' };
  return {
    status: 'failed',
    reason: `expected r0 = ${hex(result)}, got ${endingText(scenario, ending)}`,
  };
}

function programOf({ asm, raw = [] }: ConformanceTest): Program {
  if (asm !== undefined) return createProgram(assemble(asm, { spelling: 'suite' }).instructions);
  const bytes = new Uint8Array(raw.length * 8);
  const view = new DataView(bytes.buffer);
  raw.forEach((word, i) => {
    view.setBigUint64(i * 8, word, true);
  });
  return decodeProgram(slotsFromBytes(bytes));
}

function scenarioOf(test: ConformanceTest): Scenario {
  return createScenario({
    type: 'raw',
    programs: [{ name: 'test', program: programOf(test) }],
    run: {
      ...(test.memory === undefined ? {} : { context: test.memory }),
      fuel: FUEL,
      uninitialised: 'ignore',
      helpers: 'bpf_conformance',
    },
  });
}
