// What became of programs and prog arrays as objects of the kernel.

import type { Outcome, ProgArrayObject } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { mapsUsed } from '../../model/scenario/validate-start.ts';
import { mapName, programName } from './code-place.ts';
import { count } from './text.ts';

/** Objects that are not as every run leaves them: `leaf: freed`, `jmp: frozen, no users`. */
export function objectLines(scenario: Scenario, { objects }: Outcome): string[] {
  const programs = objects.programs.flatMap(({ state, refs }, program) =>
    state === 'loaded' && refs > 0 ? [] : [`${programName(scenario, program)}: ${state}`],
  );
  const arrays = objects.progArrays.flatMap((array, map) => {
    const remarks = array === null ? [] : arrayRemarks(scenario, map, array);
    return remarks.length === 0 ? [] : [`${mapName(scenario, map)}: ${remarks.join(', ')}`];
  });
  return [...programs, ...arrays];
}

function arrayRemarks(scenario: Scenario, map: number, array: ProgArrayObject): string[] {
  const { state, users, frozen, owner } = array;
  if (state !== 'live') return [state];
  const usual = ownerAtStart(scenario, map);
  return [
    ...(frozen ? ['frozen'] : []),
    ...(users === 1 ? [] : [users === 0 ? 'no users' : count(users, 'user')]),
    ...(owner === usual ? [] : [`owner ${owner < 0 ? 'none' : programName(scenario, owner)}`]),
  ];
}

/** The owner that an array has before the first entry of the schedule: docs/semantics.md, At the start. */
function ownerAtStart({ maps, programs, schedule }: Scenario, map: number): number {
  const definition = maps[map]!;
  const loaded = schedule.flatMap((entry) => (entry.op === 'load' ? [entry.program] : []));
  const user = programs.findIndex(
    ({ program }, number) => !loaded.includes(number) && mapsUsed(program).includes(map),
  );
  if (user >= 0 || definition.type !== 'prog_array') return user;
  return definition.entries[0]?.program ?? -1;
}

/** Objects by name, and owners by theirs. */
export function objectsJson(scenario: Scenario, { objects }: Outcome) {
  return {
    programs: Object.fromEntries(
      objects.programs.map((program, i) => [programName(scenario, i), program]),
    ),
    progArrays: Object.fromEntries(
      objects.progArrays.flatMap((array, i) => {
        if (array === null) return [];
        const owner = array.owner < 0 ? null : programName(scenario, array.owner);
        return [[mapName(scenario, i), { ...array, owner }] as const];
      }),
    ),
  };
}
