// What docs/semantics.md says, case by case, on every engine.

import { describe, expect, test } from 'vitest';
import { createMachine } from '../../interp/index.ts';
import { createConcreteMachine } from '../../smt/index.ts';
import { scenarioOf } from './build.ts';
import { FAMILIES } from './cases/index.ts';

const ENGINES = { interp: createMachine(), smt: createConcreteMachine() };

for (const [engine, machine] of Object.entries(ENGINES)) {
  for (const [family, cases] of Object.entries(FAMILIES)) {
    describe(`${engine}: ${family}`, () => {
      test.each(cases)('$name', ({ setup, expect: look, gives }) => {
        expect(look(machine.run(scenarioOf(setup)))).toEqual(gives);
      });
    });
  }
}
