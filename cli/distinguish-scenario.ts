// Two profiles on the scenario of a file: whether the run is another one.

import { compareOutcomes, type Difference } from '../fuzz/compare.ts';
import { InputError } from '../model/errors.ts';
import type { Profile } from '../model/profiles/profile.ts';
import type { Outcome } from '../model/scenario/outcome.ts';
import type { ScenarioOfFile } from '../model/scenario/read.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { validateInstructions } from '../model/scenario/validate-instructions.ts';
import { type Engine, loadEngines } from './engines.ts';
import { differenceText } from './render/difference.ts';
import { endingText, labelledLine, outcomeJson } from './render/outcome.ts';
import { count } from './render/text.ts';
import { runOn } from './run-scenario.ts';
import { runUnder } from './scenarios.ts';
import type { Colors } from './terminal.ts';

/** A run under one profile: what it came to, or why the profile refuses it. */
export type Side =
  | { readonly scenario: Scenario; readonly outcome: Outcome }
  | { readonly refused: string };

export interface Comparison {
  readonly name: string;
  readonly left: Side;
  readonly right: Side;
  /** Where the runs differ; absent where they do not, and where a profile refuses. */
  readonly difference?: Difference;
  readonly verdict: 'same' | 'differ';
  /** Under which profiles the engines differ: then nothing is decided. */
  readonly disagreements: readonly string[];
}

/**
 * Runs scenarios of a file under two profiles.
 * @throws InputError for an instruction that one of them does not have: the file is none for both.
 */
export async function compareProfiles(
  scenarios: readonly ScenarioOfFile[],
  left: Profile,
  right: Profile,
): Promise<readonly Comparison[]> {
  for (const { scenario, problem } of scenarios) {
    for (const profile of [left, right]) validateInstructions({ ...scenario, profile }, problem);
  }
  const engines = await loadEngines('both');
  return scenarios.map((ofFile) => {
    const sides = [left, right].map((profile) => sideOf(engines, ofFile, profile));
    const [a, b] = sides.map(({ side }) => side) as [Side, Side];
    const difference =
      'refused' in a || 'refused' in b ? undefined : compareOutcomes(a.outcome, b.outcome);
    const alike = 'refused' in a === 'refused' in b && difference === undefined;
    return {
      name: ofFile.name,
      left: a,
      right: b,
      ...(difference === undefined ? {} : { difference }),
      verdict: alike ? 'same' : 'differ',
      disagreements: sides.flatMap(({ disagreement }) => disagreement ?? []),
    };
  });
}

function sideOf(
  engines: readonly Engine[],
  ofFile: ScenarioOfFile,
  profile: Profile,
): { readonly side: Side; readonly disagreement?: string } {
  let named: ReturnType<typeof runUnder>;
  try {
    named = runUnder(ofFile, profile);
  } catch (error) {
    if (error instanceof InputError) return { side: { refused: error.message } };
    throw error;
  }
  const { outcomes, difference } = runOn(engines, named);
  const side = { scenario: named.scenario, outcome: outcomes[0]!.outcome };
  if (difference === undefined) return { side };
  const disagreement = `${ofFile.name}: the engines disagree under ${profile.name}: ${difference.at}`;
  return { side, disagreement };
}

/** A comparison for people. */
export function comparisonLines(
  { name, left, right, difference, verdict }: Comparison,
  profiles: readonly [Profile, Profile],
  colors: Colors,
): string[] {
  const names = [profiles[0].name, profiles[1].name] as const;
  const words = verdict === 'same' ? 'the same' : colors.yellow('differ');
  return [
    `${colors.bold(name)}  ${words}`,
    labelledLine('left', `${names[0]}: ${sideText(left)}`),
    labelledLine('right', `${names[1]}: ${sideText(right)}`),
    ...(difference === undefined
      ? []
      : [labelledLine('differ in', differenceText(difference, colors, ['left', 'right']))]),
  ];
}

function sideText(side: Side): string {
  if ('refused' in side) return `refuses it: ${side.refused}`;
  const { scenario, outcome } = side;
  return `${endingText(scenario, outcome.ending)}, ${count(outcome.tailCalls, 'tail call')} taken`;
}

export function comparisonJson({ left, right, ...rest }: Comparison) {
  const sideJson = (side: Side) =>
    'refused' in side ? side : outcomeJson(side.scenario, side.outcome);
  return { ...rest, left: sideJson(left), right: sideJson(right) };
}
