// Shrinking that asks about many candidates at a time: from the first that is found, within its bounds.

import { describe, expect, it } from 'vitest';
import { shrinkInBatches } from '../../fuzz/shrink/batches.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { code, scenarioOf } from '../engines/build.ts';

const base = scenarioOf({ programs: [code('exit')] });
const withSeed = (seed: number): Scenario => ({ ...base, run: { ...base.run, seed } });
const seedOf = ({ run }: Scenario) => run.seed;

/** Half the seed, then one less, and so on. */
function* smaller(scenario: Scenario): Generator<Scenario> {
  for (let seed = seedOf(scenario) >> 1; seed > 0; seed--) yield withSeed(seed);
}

/** @returns the smallest seed found from one, and the seeds that were asked about, by message. */
async function shrunk(start: number, holds: (seed: number) => boolean, signal?: AbortSignal) {
  const asked: number[][] = [];
  const search = {
    batch: 3,
    smaller,
    first: async (_: Scenario, candidates: readonly Scenario[]) => {
      asked.push(candidates.map(seedOf));
      return candidates.find((candidate) => holds(seedOf(candidate)));
    },
  };
  return { seed: seedOf(await shrinkInBatches(withSeed(start), search, signal)), asked };
}

describe('shrinkInBatches', () => {
  it('goes on from the first that is found, and stops where none is', async () => {
    const { seed, asked } = await shrunk(40, (candidate) => candidate >= 7);
    expect(seed).toBe(10);
    expect(asked).toEqual([
      [20, 19, 18],
      [10, 9, 8],
      [5, 4, 3],
      [2, 1],
    ]);
  });

  it('asks about so many candidates altogether', async () => {
    const { seed, asked } = await shrunk(100_000, (candidate) => candidate === 50_000);
    expect(seed).toBe(50_000);
    expect(asked.flat()).toHaveLength(3000);
  });

  it('stops at once when it is aborted', async () => {
    const controller = new AbortController();
    const holds = (candidate: number) => {
      if (candidate === 20) controller.abort();
      return true;
    };
    expect(await shrunk(40, holds, controller.signal)).toEqual({
      seed: 20,
      asked: [[20, 19, 18]],
    });
  });
});
