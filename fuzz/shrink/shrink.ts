// Makes a scenario smaller while a property of it still holds: over programs, inputs, maps and schedule
// together. Each candidate is a valid scenario; candidates come largest cut first.

import { InputError } from '../../model/errors.ts';
import { buildContext } from '../../model/scenario/context.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { validateScenario } from '../../model/scenario/validate.ts';
import {
  emptyPrograms,
  foldToConstants,
  removeInstructions,
  simplifyOperands,
  straighten,
} from './code.ts';
import {
  dropMaps,
  dropPrograms,
  dropSchedule,
  plainPrograms,
  simplifySchedule,
} from './objects.ts';

/** Whether a candidate still shows what is looked for. */
export type Property = (candidate: Scenario) => boolean;

/** How often the whole list of reductions is gone through at the most. */
const ROUNDS_MAX = 12;

/** The smallest scenario found that still has the property; the given one has it. */
export function shrinkScenario(scenario: Scenario, holds: Property): Scenario {
  const kept = (candidate: Scenario) => isValid(candidate) && holds(candidate);
  let smallest = scenario;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = smallest;
    for (const reduction of REDUCTIONS) smallest = exhaust(smallest, reduction, kept);
    if (smallest === before) break;
  }
  return smallest;
}

/** Scenarios that are a little smaller than the given one; also what the arbitrary offers to fast-check. */
export function* smallerScenarios(scenario: Scenario): Generator<Scenario> {
  for (const reduction of REDUCTIONS) {
    for (const candidate of reduction(scenario)) if (isValid(candidate)) yield candidate;
  }
}

/** Makes candidates, largest cut first; some may be no valid scenarios. */
export type Reduction = (scenario: Scenario) => Generator<Scenario>;

/** What is left may not start: an owner that is gone, a program that is loaded no more. */
function isValid(scenario: Scenario): boolean {
  try {
    validateScenario(scenario);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** Takes the first candidate that keeps the property, and goes on from there until none does. */
function exhaust(scenario: Scenario, reduction: Reduction, holds: Property): Scenario {
  let current = scenario;
  for (let progress = true; progress; ) {
    progress = false;
    for (const candidate of reduction(current)) {
      if (holds(candidate)) {
        current = candidate;
        progress = true;
        break;
      }
    }
  }
  return current;
}

function* shrinkInput(scenario: Scenario): Generator<Scenario> {
  const { run } = scenario;
  if (run.packet !== undefined && scenario.type !== 'raw') {
    for (const length of new Set([0, run.packet.length >> 1])) {
      if (length >= run.packet.length) continue;
      const packet = run.packet.slice(0, length);
      yield { ...scenario, run: { ...run, packet, context: buildContext(scenario.type, packet) } };
    }
    const zeros = new Uint8Array(run.packet.length);
    if (run.packet.some((byte) => byte !== 0)) {
      const context = buildContext(scenario.type, zeros);
      yield { ...scenario, run: { ...run, packet: zeros, context } };
    }
  }
  for (const register of run.registers.keys()) {
    const registers = new Map(run.registers);
    registers.delete(register);
    yield { ...scenario, run: { ...run, registers } };
  }
  if (scenario.type === 'raw' && run.context.some((byte) => byte !== 0)) {
    yield { ...scenario, run: { ...run, context: new Uint8Array(run.context.length) } };
  }
  if (run.seed !== 0) yield { ...scenario, run: { ...run, seed: 0 } };
}

const REDUCTIONS: readonly Reduction[] = [
  emptyPrograms,
  removeInstructions,
  straighten,
  dropSchedule,
  dropMaps,
  plainPrograms,
  dropPrograms,
  simplifySchedule,
  shrinkInput,
  foldToConstants,
  simplifyOperands,
];
