// From a mismatch to a finding: the scenario made as small as it goes, as a file that anyone can replay.

import { parseScenario } from '../../model/scenario/read.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { formatScenario } from '../../model/scenario/write.ts';
import type { Difference } from '../compare.ts';
import { shrinkScenario } from '../shrink/shrink.ts';
import {
  type ChunkSettings,
  disagreement,
  type Engines,
  type Mismatch,
  scenarioOfRun,
} from './chunk.ts';

export interface Finding {
  readonly seed: number;
  readonly run: number;
  /** Of the minimised scenario. */
  readonly difference: Difference;
  /** Instructions left in all programs. */
  readonly instructions: number;
  /** The minimised scenario as a file. */
  readonly text: string;
  readonly scenario: Scenario;
}

/** Candidates that shrinking looks at before it settles for what it has. */
const CANDIDATES_MAX = 30_000;

export function instructionCount(scenario: Scenario): number {
  return scenario.programs.reduce(
    (sum, { program }) =>
      sum + program.code.filter((instruction) => instruction !== undefined).length,
    0,
  );
}

/** Minimises a mismatch. The difference may become another one on the way, as long as the engines disagree. */
export function createFinding(
  settings: ChunkSettings,
  engines: Engines,
  mismatch: Mismatch,
): Finding {
  const original =
    mismatch.path === undefined
      ? scenarioOfRun(settings, mismatch.run)
      : parseScenario(mismatch.path);
  let candidates = 0;
  const disagrees = (candidate: Scenario) =>
    candidates++ < CANDIDATES_MAX && disagreement(engines, candidate) !== undefined;
  // A path's prediction may be wrong where the concrete run of the terms is not: then there is nothing to shrink by.
  const scenario = disagrees(original) ? shrinkScenario(original, disagrees) : original;
  const difference = disagreement(engines, scenario) ?? mismatch.difference;
  return {
    seed: settings.seed,
    run: mismatch.run,
    difference,
    instructions: instructionCount(scenario),
    text: formatScenario(scenario, { comments: findingComments(settings, mismatch, difference) }),
    scenario,
  };
}

function findingComments(
  { seed, fault }: ChunkSettings,
  { run, path }: Mismatch,
  { at, left, right }: Difference,
): string[] {
  const planted = fault === undefined ? '' : ` --fault ${fault.name}`;
  return [
    left === right
      ? `interp and smt both do ${at}: ${left}`
      : `interp and smt disagree on ${at}: interp ${left}, smt ${right}`,
    `found by: tailproof fuzz --seed ${seed} --first ${run} --runs 1${planted}${path === undefined ? '' : ' --solver-every 1'}`,
    `replay:   tailproof replay FILE${planted}`,
  ];
}
