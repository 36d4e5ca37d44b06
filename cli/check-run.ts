// All feasible paths of one run within bounds, each on both engines.

import { compareOutcomes, type Difference } from '../fuzz/compare.ts';
import type { Outcome } from '../model/scenario/outcome.ts';
import type { NamedScenario } from '../model/scenario/read.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import type { Exploration, ExploreBounds, SolverPool } from '../smt/index.ts';
import { promiseOf, type VerifierPromise } from './check-promise.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { failedExpectations } from './expectations.ts';

/** An input on which the interpreter does not do what the terms predict. */
export interface PathMismatch {
  readonly scenario: Scenario;
  readonly difference: Difference;
}

/** A trap at one place, with the first input found for it. */
export interface FoundTrap {
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  paths: number;
  /** False where the file expects the run to end otherwise. */
  readonly expected: boolean;
}

export type CheckVerdict = 'agree' | 'mismatch' | 'unsound' | 'expectation' | 'inconclusive';

export interface RunCheck {
  readonly name: string;
  readonly scenario: Scenario;
  readonly exploration: Exploration;
  readonly paths: Exploration['paths'];
  /** What the verifier says of the programs; undefined where there is none for them. */
  readonly promise: VerifierPromise | undefined;
  readonly traps: readonly FoundTrap[];
  readonly mismatches: readonly PathMismatch[];
  /** Expectations that do not hold on the run's own input. */
  readonly failures: readonly string[];
  readonly verdict: CheckVerdict;
}

export const CHECK_EXIT: Readonly<Record<CheckVerdict, ExitCode>> = {
  agree: EXIT.ok,
  mismatch: EXIT.mismatch,
  unsound: EXIT.mismatch,
  expectation: EXIT.mismatch,
  inconclusive: EXIT.inconclusive,
};

export interface CheckOptions {
  readonly bounds: ExploreBounds;
  readonly pool: SolverPool;
  readonly signal?: AbortSignal;
  readonly onPath?: () => void;
}

/** Explores a run and compares the engines on each path. Resolves with what there is when it is aborted. */
export async function checkRun(
  { name, scenario }: NamedScenario,
  { bounds, pool, signal, onPath }: CheckOptions,
): Promise<RunCheck> {
  const { explore } = await import('../smt/index.ts');
  const { createMachine } = await import('../interp/index.ts');
  const { symbolicInputs } = await import('../fuzz/campaign/chunk.ts');
  const machine = createMachine();
  const mismatches: PathMismatch[] = [];
  const exploration = await explore(scenario, {
    symbolic: symbolicInputs(scenario),
    bounds,
    pool,
    ...(signal === undefined ? {} : { signal }),
    onPath: (path) => {
      const difference = compareOutcomes(machine.run(path.scenario), path.outcome);
      if (difference !== undefined) mismatches.push({ scenario: path.scenario, difference });
      onPath?.();
    },
  });
  const own = machine.run(scenario);
  const failures = own.ending.kind === 'unsupported' ? [] : failedExpectations(scenario, own);
  const traps = findTraps(scenario, exploration);
  const { paths } = exploration;
  const promise = promiseOf(scenario);
  const found = { name, scenario, exploration, paths, promise, traps, mismatches };
  return { ...found, failures, verdict: verdictOf({ ...found, failures }) };
}

/** A run that is expected to exit is not expected to trap on any of its inputs. */
function expectsNoTrap({ expect }: Scenario): boolean {
  return expect?.exit !== undefined || expect?.outOfFuel === true;
}

function findTraps(scenario: Scenario, { paths }: Exploration): FoundTrap[] {
  const traps = new Map<string, FoundTrap>();
  for (const { scenario: input, outcome } of paths) {
    const { ending } = outcome;
    if (ending.kind !== 'trap') continue;
    const key = `${ending.trap} ${ending.at.program} ${ending.at.pc}`;
    const known = traps.get(key);
    if (known !== undefined) known.paths++;
    else {
      const expected = !expectsNoTrap(scenario);
      traps.set(key, { scenario: input, outcome, paths: 1, expected });
    }
  }
  return [...traps.values()];
}

function verdictOf({
  exploration,
  promise,
  mismatches,
  traps,
  failures,
}: Omit<RunCheck, 'verdict'>): CheckVerdict {
  if (mismatches.length > 0) return 'mismatch';
  if (promise?.kind === 'accepted' && traps.length > 0) return 'unsound';
  if (failures.length > 0 || traps.some(({ expected }) => !expected)) return 'expectation';
  const unsupported = exploration.paths.some(
    ({ outcome }) => outcome.ending.kind === 'unsupported',
  );
  return exploration.complete && !unsupported ? 'agree' : 'inconclusive';
}
