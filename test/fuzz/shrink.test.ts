// What shrinking leaves: every part of a scenario that does not matter goes, and what is left is valid.

import { describe, expect, it } from 'vitest';
import { shrinkScenario, smallerScenarios } from '../../fuzz/shrink/shrink.ts';
import { rngOfRun } from '../../fuzz/generate/rng.ts';
import { generateScenario } from '../../fuzz/generate/scenario.ts';
import { interpret } from '../../interp/index.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { validateScenario } from '../../model/scenario/validate.ts';
import { code, progArray, scenarioOf } from '../engines/build.ts';
import {
  before as atStep,
  CONTEXT,
  create,
  idle,
  leaf,
  onMap,
  onProgram,
  profileWith,
  update,
} from '../engines/cases/user.ts';

const r0 = (scenario: Scenario) => {
  const { ending } = interpret(scenario);
  return ending.kind === 'exit' ? ending.r0 : undefined;
};
const slotsOf = ({ programs }: Scenario) => programs.map(({ program }) => program.code.length);

describe('shrinkScenario', () => {
  it('moves an extension with the function that it replaces', () => {
    const scenario = scenarioOf({
      ...CONTEXT,
      profile: profileWith(),
      programs: [
        code(
          'r6 = 1',
          'r7 = 2 ll',
          'r8 = 3',
          'call f',
          'exit',
          'r0 = 4',
          'exit',
          'f: r0 = 1',
          'exit',
        ),
        leaf,
        idle,
      ],
      replaces: { 1: { program: 0, slot: 8 } },
      schedule: atStep(0, onProgram('attach', 1)),
    });
    const smallest = shrinkScenario(scenario, (candidate) => r0(candidate) === 7n);
    expect(smallest.programs).toHaveLength(1);
    const kept = shrinkScenario(
      scenario,
      (candidate) =>
        r0(candidate) === 7n && candidate.schedule.length > 0 && candidate.programs.length > 1,
    );
    validateScenario(kept);
    expect(slotsOf(kept).reduce((sum, slots) => sum + slots, 0)).toBeLessThan(8);
  });

  it('drops attributes, trampolines, entries and what they ask for', () => {
    const scenario = scenarioOf({
      ...CONTEXT,
      profile: profileWith(),
      programs: [idle, leaf],
      attributes: {
        0: { sleepable: true, cgroupStorage: 2 },
        1: { sleepable: true, cgroupStorage: 2 },
      },
      traced: [0, 1],
      maps: [progArray(2), progArray(2, {}, 'other')],
      schedule: [
        { before: { hop: 3 }, ...create(1, { keySize: 4, flags: 8 }) },
        ...atStep(1, onMap('pin'), onMap('unpin'), update(0, 1, 1, 0), onMap('close_map')),
      ],
    });
    const smallest = shrinkScenario(
      scenario,
      (candidate) =>
        interpret(candidate).schedule.includes(2) || interpret(candidate).schedule.includes(0),
    );
    expect(smallest.schedule).toHaveLength(1);
    expect(smallest.schedule[0]!.before).toEqual({ step: 0 });
    expect(smallest.programs).toHaveLength(1);
    expect(Object.keys(smallest.programs[0]!).sort()).toEqual(['name', 'program']);
    expect(smallest.maps.length).toBeLessThanOrEqual(1);
  });

  it('keeps what a later program needs', () => {
    const scenario = scenarioOf({
      ...CONTEXT,
      profile: profileWith(),
      programs: [idle, code('r1 = map[jmp]', 'r0 = 0', 'exit'), leaf],
      maps: [progArray(2)],
      schedule: atStep(0, create(0), onProgram('load', 1), update(0, 0, 1), update(0, 1, 2)),
    });
    const isLoaded = (candidate: Scenario) =>
      candidate.schedule.some(
        (entry, i) => entry.op === 'load' && interpret(candidate).schedule[i] === 0,
      );
    const smallest = shrinkScenario(scenario, isLoaded);
    validateScenario(smallest);
    expect(smallest.schedule).toHaveLength(1);
    expect(smallest.programs).toHaveLength(2);
    expect(smallest.maps).toEqual([]);
  });
});

describe('smallerScenarios', () => {
  it('gives valid scenarios, none of which is the given one', () => {
    for (let run = 0; run < 60; run++) {
      const scenario = generateScenario(rngOfRun(4, run));
      let seen = 0;
      for (const smaller of smallerScenarios(scenario)) {
        if (seen++ > 50) break;
        validateScenario(smaller);
        expect(smaller).not.toEqual(scenario);
      }
    }
  });
});
