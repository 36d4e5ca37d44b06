// The engines that a command runs scenarios on.

import type { Fault } from '../fuzz/faults/fault.ts';
import { InputError } from '../model/errors.ts';
import type { Outcome } from '../model/scenario/outcome.ts';
import type { Scenario } from '../model/scenario/scenario.ts';

export const ENGINE_CHOICES = ['interp', 'smt', 'both'] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];
export type EngineName = Exclude<EngineChoice, 'both'>;

export interface Engine {
  readonly name: EngineName;
  readonly run: (scenario: Scenario) => Outcome;
}

/**
 * The chosen engines, one of them with a fault where one is named. Modules are loaded when they are needed,
 * because the help of a command should not wait for a solver.
 * @throws InputError for a fault that there is not.
 */
export async function loadEngines(choice: EngineChoice, faultName?: string): Promise<Engine[]> {
  const semantics = faultName === undefined ? {} : await faulty(faultName);
  const engines: Engine[] = [];
  if (choice !== 'smt') {
    const { createMachine } = await import('../interp/index.ts');
    const machine = createMachine(semantics.interp);
    engines.push({ name: 'interp', run: (scenario) => machine.run(scenario) });
  }
  if (choice !== 'interp') {
    const { createConcreteMachine } = await import('../smt/index.ts');
    const machine = createConcreteMachine(semantics.smt);
    engines.push({ name: 'smt', run: (scenario) => machine.run(scenario) });
  }
  return engines;
}

type BothSemantics = Partial<
  ReturnType<typeof import('../fuzz/faults/fault.ts')['faultySemantics']>
>;

async function faulty(name: string): Promise<BothSemantics> {
  const { faultySemantics } = await import('../fuzz/faults/fault.ts');
  return faultySemantics(await findFault(name));
}

/** The planted fault of a name. @throws InputError naming the closest one. */
export async function findFault(name: string): Promise<Fault> {
  const { FAULTS } = await import('../fuzz/faults/faults.ts');
  const { faultNamed } = await import('../fuzz/faults/fault.ts');
  try {
    return faultNamed(FAULTS, name);
  } catch (error) {
    throw error instanceof InputError ? error.within({ at: '--fault' }) : error;
  }
}
