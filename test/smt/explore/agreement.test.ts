// The symbolic and the concrete mode on generated scenarios. They share the meaning of instructions and
// little else: what surrounds the instructions is checked here against itself.

import { afterAll, expect, test } from 'vitest';
import { rngOfRun } from '../../../fuzz/generate/rng.ts';
import { generateScenario } from '../../../fuzz/generate/scenario.ts';
import type { Outcome } from '../../../model/scenario/outcome.ts';
import { explore } from '../../../smt/explore/explore.ts';
import { createConcreteMachine } from '../../../smt/machine/machine.ts';
import { createSolverPool } from '../../../smt/solver/index.ts';

const SEED = 20_240_507;
const pool = createSolverPool({ jobs: 1, budget: { rlimit: 1_000_000, timeoutMs: 2_000 } });
afterAll(() => pool.close());
const machine = createConcreteMachine();

test('one path without unknown inputs: the concrete outcome', async () => {
  const kinds = new Set<Outcome['ending']['kind']>();
  for (let run = 0; run < 400; run++) {
    const scenario = generateScenario(rngOfRun(SEED, run));
    const { paths } = await explore(scenario, {
      symbolic: {},
      bounds: { paths: 2, steps: 20_000, checks: 0 },
      pool,
    });
    const outcome = machine.run(scenario);
    expect(paths.map((path) => path.outcome)).toEqual([outcome]);
    kinds.add(outcome.ending.kind);
  }
  expect(kinds.size).toBeGreaterThan(2);
});

test('each path with unknown inputs: the concrete outcome of its input', async () => {
  let paths = 0;
  for (let run = 0; run < 50; run++) {
    const types = [run % 2 === 0 ? 'raw' : 'sched_cls'] as const;
    // As in campaigns: what is drawn for long runs is too much for a solver.
    const scenario = generateScenario(rngOfRun(SEED + 1, run), { types, branchy: true });
    const result = await explore(scenario, {
      symbolic: {
        registers: scenario.type === 'raw' ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [],
        context: true,
        packet: true,
        mapValues: true,
      },
      bounds: { paths: 6, steps: 2_000, checks: 12 },
      pool,
    });
    for (const { scenario: found, outcome } of result.paths) {
      expect(machine.run(found)).toEqual(outcome);
    }
    paths += result.paths.length;
  }
  expect(paths).toBeGreaterThan(60);
});
