// From a broken promise to a finding: the scenario made as small as it goes, as a file that anyone can replay.

import type { Scenario } from '../../../model/scenario/scenario.ts';
import { formatScenario } from '../../../model/scenario/write.ts';
import { instructionCount } from '../../campaign/finding.ts';
import { shrinkScenario } from '../../shrink/shrink.ts';
import type { Violation } from '../oracle/judge.ts';
import { examine, violationText } from '../oracle/violation.ts';
import type { BrokenPromise, VerifierLane } from './chunk.ts';

export interface VerifierFinding {
  readonly seed: number;
  readonly run: number;
  /** Of the minimised scenario. */
  readonly violation: Violation;
  /** The violation in a line. */
  readonly summary: string;
  readonly privileged: boolean;
  /** Instructions left in all programs. */
  readonly instructions: number;
  /** The minimised scenario as a file. */
  readonly text: string;
  readonly scenario: Scenario;
}

/** How a finding is made again: what the command line is given besides its file. */
export interface Origin {
  readonly seed: number;
  readonly options: string;
}

/** Candidates that shrinking looks at before it settles for what it has. */
const CANDIDATES_MAX = 5000;

/** Minimises a broken promise. On the way it may become another one. */
export function createVerifierFinding(
  lane: VerifierLane,
  broken: BrokenPromise,
  { seed, options }: Origin,
): VerifierFinding {
  const { scenario, violation } = smallest(lane, broken);
  const { run, privileged } = broken;
  const summary = violationText(scenario, violation);
  const unprivileged = privileged ? '' : ' --unprivileged';
  return {
    seed,
    run,
    violation,
    summary,
    privileged,
    instructions: instructionCount(scenario),
    text: formatScenario(scenario, {
      comments: [
        summary,
        `found by: tailproof fuzz --oracle verifier --seed ${seed} --first ${run} --runs 1${options}`,
        `replay:   tailproof replay FILE --oracle verifier${options}${unprivileged}`,
      ],
    }),
    scenario,
  };
}

/** The smallest scenario found with a violation of the same kind. */
export function smallest(
  { tested: usual, machine }: Pick<VerifierLane, 'tested' | 'machine'>,
  { scenario, privileged, keepsAllStates, violation }: BrokenPromise,
): { readonly scenario: Scenario; readonly violation: Violation } {
  // What an error of ours is about may be a program that no engine takes, and neither does shrinking.
  if (violation.kind === 'failed') return { scenario, violation };
  const tested = { ...usual, keepsAllStates };
  let candidates = 0;
  const breaks = (candidate: Scenario) =>
    candidates++ < CANDIDATES_MAX &&
    examine(tested, machine, candidate, privileged).violation?.kind === violation.kind;
  const small = breaks(scenario) ? shrinkScenario(scenario, breaks) : scenario;
  return {
    scenario: small,
    violation: examine(tested, machine, small, privileged).violation ?? violation,
  };
}
