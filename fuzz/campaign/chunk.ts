// A chunk of a campaign: a range of runs, each generated, run on both engines and compared. Pure of threads,
// files and clocks; what it returns depends on seed, range and fault alone.

import { createMachine, type Machine } from '../../interp/index.ts';
import type { Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { formatScenario } from '../../model/scenario/write.ts';
import {
  type ConcreteMachine,
  clearTerms,
  createConcreteMachine,
  createSolverPool,
  explore,
  type SolverPool,
} from '../../smt/index.ts';
import { compareOutcomes, type Difference } from '../compare.ts';
import { Coverage } from '../coverage/coverage.ts';
import { impossibleIn } from '../coverage/impossible.ts';
import { type Fault, faultySemantics } from '../faults/fault.ts';
import { rngOfRun } from '../generate/rng.ts';
import { generateScenario, type ScenarioOptions } from '../generate/scenario.ts';

/** A run on which the engines disagree. */
export interface Mismatch {
  readonly run: number;
  readonly difference: Difference;
  /** Where it was found on an input that Z3 gave for a path, not on the run's own: the scenario with that input. */
  readonly path?: string;
}

/** What the solver's part of a chunk did. */
export interface SolverCounts {
  scenarios: number;
  /** Feasible paths whose predicted outcome was compared with the interpreter's. */
  paths: number;
  /** Branches that the solver could not decide within its budget. */
  unknown: number;
  /** Paths left out by the bounds. */
  cut: number;
}

export interface ChunkResult {
  readonly first: number;
  readonly runs: number;
  readonly mismatches: readonly Mismatch[];
  readonly coverage: Coverage;
  readonly solver: SolverCounts;
  /** Runs by how they ended. */
  readonly endings: Readonly<Record<string, number>>;
}

export interface ChunkSettings {
  readonly seed: number;
  /** Each n-th run also goes through the solver; 0 for none. */
  readonly solverEvery: number;
  readonly fault?: Fault;
  readonly scenario?: ScenarioOptions;
}

/** The two engines of a campaign, one of them with a fault where one is planted. */
export interface Engines {
  readonly interp: Machine;
  readonly smt: ConcreteMachine;
  readonly fault?: Fault;
}

export function createEngines(fault?: Fault): Engines {
  const { interp, smt } = faultySemantics(fault);
  const engines = { interp: createMachine(interp), smt: createConcreteMachine(smt) };
  return fault === undefined ? engines : { ...engines, fault };
}

/** A run, or why an engine could not finish it: that is a finding too, not the end of a campaign. */
type Attempt = { readonly outcome: Outcome } | { readonly failure: string };

function attempt(run: () => Outcome): Attempt {
  try {
    return { outcome: run() };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

function compareAttempts(left: Attempt, right: Attempt): Difference | undefined {
  if ('outcome' in left && 'outcome' in right) return compareOutcomes(left.outcome, right.outcome);
  const said = (made: Attempt) => ('failure' in made ? `failed: ${made.failure}` : 'ran');
  return { at: 'engine', left: said(left), right: said(right) };
}

/** The first difference between the engines, or what both did and no run can do. */
function wrong(scenario: Scenario, left: Attempt, right: Attempt): Difference | undefined {
  const difference = compareAttempts(left, right);
  if (difference !== undefined || !('outcome' in left)) return difference;
  return impossibleIn(scenario, left.outcome);
}

/** Runs a scenario on both engines. @returns the first difference, or undefined. */
export function disagreement(engines: Engines, scenario: Scenario): Difference | undefined {
  return wrong(
    scenario,
    attempt(() => engines.interp.run(scenario)),
    attempt(() => engines.smt.run(scenario)),
  );
}

/** Few steps: long chains of terms cost Z3 more than what they are worth here. */
const PATH_BOUNDS = { paths: 12, steps: 150, checks: 60 } as const;

/** The solver of one lane of a campaign. The resource limit decides, so that results repeat; the time is a last resort. */
export function createCampaignPool(): SolverPool {
  return createSolverPool({ jobs: 1, budget: { rlimit: 100_000, timeoutMs: 10_000 } });
}

/** The scenario of one run; it depends on seed and run alone. */
export function scenarioOfRun(settings: ChunkSettings, run: number): Scenario {
  return generateScenario(rngOfRun(settings.seed, run), settings.scenario);
}

/** The scenario of one run that goes through the solver: another one, with more paths. */
function branchyScenarioOfRun({ seed, scenario }: ChunkSettings, run: number): Scenario {
  // Any other stream of the seed.
  return generateScenario(rngOfRun(~seed, run), { ...scenario, branchy: true });
}

/** Runs a range of a campaign. @param pool needed where `solverEvery` is not 0. */
export async function runChunk(
  settings: ChunkSettings,
  engines: Engines,
  first: number,
  runs: number,
  pool?: SolverPool,
): Promise<ChunkResult> {
  const coverage = new Coverage();
  const solver: SolverCounts = { scenarios: 0, paths: 0, unknown: 0, cut: 0 };
  const mismatches: Mismatch[] = [];
  const endings: Record<string, number> = {};
  for (let run = first; run < first + runs; run++) {
    const scenario = scenarioOfRun(settings, run);
    const left = attempt(() => engines.interp.run(scenario, coverage.observe));
    if ('outcome' in left) coverage.finish(scenario, left.outcome);
    const ending = 'outcome' in left ? endingOf(left.outcome) : 'failed';
    endings[ending] = (endings[ending] ?? 0) + 1;
    const difference = wrong(
      scenario,
      left,
      attempt(() => engines.smt.run(scenario)),
    );
    if (difference) mismatches.push({ run, difference });
    if (pool && settings.solverEvery > 0 && run % settings.solverEvery === 0) {
      const branchy = branchyScenarioOfRun(settings, run);
      mismatches.push(...(await comparePaths(engines, branchy, run, pool, solver)));
    }
  }
  return { first, runs, mismatches, coverage, solver, endings };
}

function endingOf({ ending }: Outcome): string {
  return ending.kind === 'trap' ? ending.trap : ending.kind;
}

/** For every feasible path within the bounds: the interpreter must give what the terms predict. */
async function comparePaths(
  engines: Engines,
  scenario: Scenario,
  run: number,
  pool: SolverPool,
  counts: SolverCounts,
): Promise<Mismatch[]> {
  const mismatches: Mismatch[] = [];
  const exploration = await explore(scenario, {
    symbolic: symbolicInputs(scenario),
    bounds: PATH_BOUNDS,
    pool,
    semantics: faultySemantics(engines.fault).smt,
  });
  for (const path of exploration.paths) {
    const difference = compareOutcomes(engines.interp.run(path.scenario), path.outcome);
    if (difference) mismatches.push({ run, difference, path: formatScenario(path.scenario) });
  }
  counts.scenarios++;
  counts.paths += exploration.paths.length;
  counts.unknown += exploration.unknown.length;
  // A long campaign must not keep the terms of every exploration.
  clearTerms();
  counts.cut += exploration.cut.length + exploration.unexplored;
  return mismatches;
}

/** Everything that the scenario's type lets be symbolic. */
export function symbolicInputs(scenario: Scenario) {
  const raw = scenario.type === 'raw';
  return {
    registers: raw ? [...scenario.run.registers.keys()] : [],
    context: true,
    packet: !raw,
    mapValues: true,
  };
}
