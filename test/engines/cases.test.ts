// What docs/semantics.md says, case by case, on every engine.

import { describe, expect, test } from 'vitest';
import { createMachine } from '../../interp/index.ts';
import { InputError } from '../../model/errors.ts';
import { validateScenario } from '../../model/scenario/validate.ts';
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

/** What engines answer and scenario files cannot ask: they create and load once, and replace no entry. */
const REFUSED = [
  'in the place of the function at slot 0, which the run itself enters',
  'create, twice',
  'create: a name is for one array, also after it was freed',
  'create: sizes',
  'create: flags',
  'load, twice',
  'load: a name is for one program, also after it was freed',
  'load: an array that is not reachable',
  'load: unreachable comes before incompatible, whatever their order',
  'load: an extension whose target is absent',
];

test('cases are scenarios that could be read from a file, but for a few', () => {
  const refused = Object.values(FAMILIES)
    .flat()
    .filter(({ setup }) => {
      try {
        validateScenario(scenarioOf(setup));
        return false;
      } catch (error) {
        if (error instanceof InputError) return true;
        throw error;
      }
    });
  expect(refused.map(({ name }) => name)).toEqual(REFUSED);
});
