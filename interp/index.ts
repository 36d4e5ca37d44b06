// The reference interpreter: runs a scenario on bigints and bytes.

import type { Outcome } from '../model/scenario/outcome.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { Machine, type StepObserver } from './machine.ts';
import { SEMANTICS, type Semantics } from './semantics/semantics.ts';

export { Machine, type StepObserver } from './machine.ts';
export { SEMANTICS, type Semantics } from './semantics/semantics.ts';
export { type TraceStep, traceObserver } from './trace.ts';

/** A machine that can run any number of scenarios, one after the other, recycling its memory. */
export function createMachine(semantics: Semantics = SEMANTICS): Machine {
  return new Machine(semantics);
}

let shared: Machine | undefined;

/**
 * Runs one scenario from start to outcome.
 * @param observer sees each instruction before it executes; runs are several times slower with one.
 */
export function interpret(scenario: Scenario, observer?: StepObserver): Outcome {
  shared ??= createMachine();
  return shared.run(scenario, observer);
}
