// Objects in concrete runs, case by case, and the same in symbolic runs.

import { afterAll, describe, expect, test } from 'vitest';
import { explore } from '../../../smt/explore/explore.ts';
import { runConcrete } from '../../../smt/machine/machine.ts';
import { BOUNDS, pool } from '../explore/support.ts';
import { OBJECT_CASES, objectScenario } from './object-cases.ts';

afterAll(() => pool.close());

for (const [family, cases] of Object.entries(OBJECT_CASES)) {
  describe(family, () => {
    test.each(cases)('$name', ({ setup, look, gives }) => {
      expect(look(runConcrete(objectScenario(setup)))).toEqual(gives);
    });

    test.each(cases)('explored: $name', async ({ setup }) => {
      const scenario = objectScenario(setup);
      const { paths, complete } = await explore(scenario, { symbolic: {}, bounds: BOUNDS, pool });
      expect(complete).toBe(true);
      expect(paths.map(({ outcome }) => outcome)).toEqual([runConcrete(scenario)]);
    });
  });
}
