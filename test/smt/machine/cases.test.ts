import { describe, expect, test } from 'vitest';
import { runConcrete } from '../../../smt/machine/machine.ts';
import { scenarioOf } from './build.ts';
import { FAMILIES } from './cases/index.ts';

for (const [family, cases] of Object.entries(FAMILIES)) {
  describe(family, () => {
    test.each(cases)('$name', ({ setup, expect: look, gives }) => {
      expect(look(runConcrete(scenarioOf(setup)))).toEqual(gives);
    });
  });
}
