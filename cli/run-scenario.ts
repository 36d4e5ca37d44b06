// One run of a scenario on the chosen engines, and what is to be said of it.

import { compareOutcomes, type Difference } from '../fuzz/compare.ts';
import type { Outcome } from '../model/scenario/outcome.ts';
import type { NamedScenario } from '../model/scenario/read.ts';
import type { Engine, EngineName } from './engines.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { failedExpectations } from './expectations.ts';
import { differenceText } from './render/difference.ts';
import { labelledLine, outcomeJson, outcomeLines } from './render/outcome.ts';
import type { Colors } from './terminal.ts';

/**
 * What a run came to: `differ` when the engines do, `failed` when an expectation does not hold; where kernels are
 * asked too, `kernel_differs`, and `not_compared` when one of them cannot be compared.
 */
export type RunVerdict =
  | 'ok'
  | 'failed'
  | 'differ'
  | 'unsupported'
  | 'kernel_differs'
  | 'not_compared';

export interface RunResult {
  readonly name: string;
  readonly scenario: NamedScenario['scenario'];
  readonly outcomes: readonly { readonly engine: EngineName; readonly outcome: Outcome }[];
  readonly difference?: Difference;
  /** Expectations that do not hold. */
  readonly failures: readonly string[];
  readonly verdict: RunVerdict;
}

export const VERDICT_EXIT: Readonly<Record<RunVerdict, ExitCode>> = {
  ok: EXIT.ok,
  failed: EXIT.mismatch,
  differ: EXIT.mismatch,
  unsupported: EXIT.inconclusive,
  kernel_differs: EXIT.mismatch,
  not_compared: EXIT.inconclusive,
};

export function runOn(engines: readonly Engine[], { name, scenario }: NamedScenario): RunResult {
  const outcomes = engines.map((engine) => ({
    engine: engine.name,
    outcome: engine.run(scenario),
  }));
  const [left, right] = outcomes;
  const difference = left && right && compareOutcomes(left.outcome, right.outcome);
  const unsupported = outcomes.some(({ outcome }) => outcome.ending.kind === 'unsupported');
  // What a run that was not finished would have done is unknown, so nothing is expected of it.
  const failures = unsupported
    ? []
    : [...new Set(outcomes.flatMap(({ outcome }) => failedExpectations(scenario, outcome)))];
  return {
    name,
    scenario,
    outcomes,
    ...(difference === undefined ? {} : { difference }),
    failures,
    verdict: verdictOf(difference, failures, unsupported),
  };
}

function verdictOf(
  difference: Difference | undefined,
  failures: readonly string[],
  unsupported: boolean,
): RunVerdict {
  if (difference !== undefined) return 'differ';
  if (unsupported) return 'unsupported';
  return failures.length > 0 ? 'failed' : 'ok';
}

const HEADINGS: Readonly<Record<RunVerdict, string>> = {
  ok: 'ok',
  failed: 'FAILED: not as expected',
  differ: 'FAILED: the engines differ',
  unsupported: 'unsupported',
  kernel_differs: 'FAILED: a kernel differs',
  not_compared: 'ok, but not compared with every kernel',
};

export function coloredVerdict(verdict: RunVerdict, colors: Colors): string {
  const exit = VERDICT_EXIT[verdict];
  const paint =
    exit === EXIT.ok ? colors.green : exit === EXIT.inconclusive ? colors.yellow : colors.red;
  return paint(HEADINGS[verdict]);
}

/** A run for people: a heading, the outcome, and what engines and expectations say. */
export function runLines(result: RunResult, colors: Colors): string[] {
  const { name, scenario, outcomes, difference, verdict } = result;
  const heading = `${colors.bold(name)}  ${coloredVerdict(verdict, colors)}`;
  if (difference !== undefined) {
    const each = outcomes.flatMap(({ engine, outcome }) => [
      ` ${colors.underline(engine)}`,
      ...outcomeLines(scenario, outcome, colors),
    ]);
    return [
      heading,
      ...each,
      labelledLine('differ in', differenceText(difference, colors)),
      ...expectLines(result, colors),
    ];
  }
  return [
    heading,
    ...outcomeLines(scenario, outcomes[0]!.outcome, colors),
    labelledLine('engines', enginesText(result)),
    ...expectLines(result, colors),
  ];
}

function enginesText({ outcomes }: RunResult): string {
  const names = outcomes.map(({ engine }) => engine);
  return names.length === 2 ? `${names.join(' and ')} agree to the bit` : `${names[0]} only`;
}

function expectLines({ scenario, failures, verdict }: RunResult, colors: Colors): string[] {
  if (scenario.expect === undefined) return [];
  if (verdict === 'unsupported') return [labelledLine('expect', colors.yellow('not checked'))];
  if (failures.length === 0) return [labelledLine('expect', 'holds')];
  return failures.map((failure, i) =>
    labelledLine(i === 0 ? 'expect' : '', `${colors.red('does not hold')}: ${failure}`),
  );
}

export function runJson({ name, scenario, outcomes, difference, failures, verdict }: RunResult) {
  return {
    name,
    verdict,
    profile: scenario.profile.name,
    type: scenario.type,
    failures,
    difference,
    outcomes: Object.fromEntries(
      outcomes.map(({ engine, outcome }) => [engine, outcomeJson(scenario, outcome)]),
    ),
  };
}
