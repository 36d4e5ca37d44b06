// Explorations that are checked against themselves: the outcome that the terms predict is the one that a
// concrete run of the produced scenario gives.

import { expect } from 'vitest';
import type { Outcome } from '../../../model/scenario/outcome.ts';
import { type Exploration, type ExploreOptions, explore } from '../../../smt/explore/explore.ts';
import { runConcrete } from '../../../smt/machine/machine.ts';
import { SEMANTICS } from '../../../smt/semantics/semantics.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';
import { type Setup, scenarioOf } from '../../engines/build.ts';

export const pool = createSolverPool({ jobs: 1 });

export const BOUNDS = { paths: 100, steps: 1000, checks: 500 };

export async function exploreChecked(
  setup: Setup,
  options: Partial<ExploreOptions> & Pick<ExploreOptions, 'symbolic'>,
): Promise<Exploration> {
  const result = await explore(scenarioOf(setup), { bounds: BOUNDS, pool, ...options });
  const semantics = options.semantics ?? SEMANTICS;
  for (const { scenario, outcome } of result.paths) {
    expect(runConcrete(scenario, { semantics })).toEqual(outcome);
  }
  return result;
}

export function endingText({ ending }: Outcome): string {
  if (ending.kind === 'exit') return `exit ${ending.r0}`;
  return ending.kind === 'trap' ? ending.trap : ending.kind;
}

/** The endings of all paths, sorted. */
export const endings = ({ paths }: Exploration) =>
  paths.map(({ outcome }) => endingText(outcome)).sort();
