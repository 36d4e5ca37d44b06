// Generated scenarios are valid, repeat by seed, survive being written and read, and meet every row.

import { describe, expect, it } from 'vitest';
import { compareOutcomes } from '../../fuzz/compare.ts';
import { OPERATIONS } from '../../fuzz/coverage/operations.ts';
import { drawProfiles } from '../../fuzz/generate/profiles.ts';
import { rngOfRun } from '../../fuzz/generate/rng.ts';
import { generateScenario } from '../../fuzz/generate/scenario.ts';
import { createMachine } from '../../interp/index.ts';
import { ROWS, rowKey } from '../../model/isa/table.ts';
import { parseScenario } from '../../model/scenario/read.ts';
import { validateScenario } from '../../model/scenario/validate.ts';
import { formatScenario } from '../../model/scenario/write.ts';

const SEED = 11;
const RUNS = 400;
const runs = Array.from({ length: RUNS }, (_, run) => run);
const draw = (run: number) => generateScenario(rngOfRun(SEED, run));

describe('generateScenario', () => {
  it('gives valid scenarios', () => {
    for (const run of runs) validateScenario(draw(run));
  });

  it('gives valid scenarios under any knobs', () => {
    const profiles = drawProfiles(SEED, 100);
    for (const run of runs) validateScenario(generateScenario(rngOfRun(SEED, run), { profiles }));
  });

  it('gives programs and user spaces of every kind', () => {
    const drawn = Array.from({ length: 2000 }, (_, run) => draw(run));
    const operations = new Set(drawn.flatMap(({ schedule }) => schedule.map(({ op }) => op)));
    expect([...operations].sort()).toEqual([...OPERATIONS].sort());
    const programs = drawn.flatMap((scenario) => scenario.programs);
    const attributes = new Set(programs.flatMap((named) => Object.keys(named.attributes ?? {})));
    expect(attributes.size).toBe(9);
    expect(programs.some(({ traced }) => traced)).toBe(true);
    expect(programs.some(({ replaces }) => replaces)).toBe(true);
    expect(drawn.some(({ schedule }) => schedule.some((entry) => entry.withPrevious))).toBe(true);
  });

  it('gives the same for the same seed and run, and others for others', () => {
    const texts = runs.map((run) => formatScenario(draw(run)));
    expect(runs.map((run) => formatScenario(draw(run)))).toEqual(texts);
    expect(new Set(texts).size).toBe(RUNS);
  });

  it('gives scenarios that mean the same after they were written and read', () => {
    const machine = createMachine();
    const changed = runs.filter((run) => {
      const scenario = draw(run);
      const again = parseScenario(formatScenario(scenario));
      return compareOutcomes(machine.run(scenario), machine.run(again)) !== undefined;
    });
    expect(changed).toEqual([]);
  });

  it('meets every row and operand form', () => {
    const met = new Set(
      Array.from({ length: 4000 }, (_, run) => draw(run)).flatMap(({ programs }) =>
        programs.flatMap(({ program }) =>
          program.code.flatMap((instruction) => (instruction ? [rowKey(instruction.row)] : [])),
        ),
      ),
    );
    expect(ROWS.map(rowKey).filter((key) => !met.has(key))).toEqual([]);
  });

  it('spreads neighbouring runs: no first draw is much more likely than others', () => {
    const counts = new Array<number>(10).fill(0);
    for (let run = 0; run < 10_000; run++) counts[rngOfRun(1, run).int(0, 9)]!++;
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1200);
  });
});
