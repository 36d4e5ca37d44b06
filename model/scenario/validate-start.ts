// Whether the run can start: docs/semantics.md, At the start.

import type { Program } from '../isa/program.ts';
import { errnoName, startProblem } from '../maps/index.ts';
import type { Problem } from './problem.ts';
import type { ProgramChecks } from './programs.ts';
import { presentAtStart, type ProgArray, type Scenario } from './scenario.ts';

type Present = ReturnType<typeof presentAtStart>;

export function validateStart(scenario: Scenario, problem: Problem, checks: ProgramChecks): void {
  const present = presentAtStart(scenario);
  refuseAbsentRun(scenario, present, problem);
  refuseEarlyEntries(scenario, present, problem);
  refuseEarlyUsers(scenario, present, problem);
  if (checks === 'checked') refuseFailedStart(scenario, problem);
}

function refuseAbsentRun({ run, programs }: Scenario, present: Present, problem: Problem): void {
  if (present.programs[run.program]) return;
  const { name } = programs[run.program]!;
  throw problem(['run', 'program'], `the run starts with ${name}, which the schedule loads`);
}

function refuseEarlyEntries({ maps, programs }: Scenario, present: Present, problem: Problem) {
  maps.forEach((map, number) => {
    if (map.type !== 'prog_array' || map.entries.length === 0) return;
    const path = ['maps', map.name, 'entries'];
    if (!present.maps[number]) {
      throw problem(path, 'the schedule creates this array, so that it holds nothing at the start');
    }
    map.entries.forEach(({ program }, index) => {
      if (present.programs[program]) return;
      const { name } = programs[program]!;
      throw problem([...path, index, 'value'], `the schedule loads ${name}; it is not there yet`);
    });
  });
}

function refuseEarlyUsers({ maps, programs }: Scenario, present: Present, problem: Problem): void {
  if (!present.maps.includes(false)) return;
  programs.forEach(({ name, program }, number) => {
    if (!present.programs[number]) return;
    for (const { map, slot } of usesOf(program)) {
      if (present.maps[map] !== false) continue;
      const reason = `the schedule creates ${maps[map]!.name}; a program that uses it must be loaded after that`;
      throw problem(['programs', name, slot], reason);
    }
  });
}

/** What loads and inserts at the start is user space, and may be refused. */
function refuseFailedStart(scenario: Scenario, problem: Problem): void {
  const { programs, maps } = scenario;
  // Plain programs are alike, and so compatible with each other.
  if (programs.every(({ attributes, replaces }) => !attributes && !replaces)) return;
  const failed = startProblem(scenario);
  if (failed === undefined) return;
  const errno = errnoName(failed.errno);
  if (failed.kind === 'entry') {
    const { name, entries } = maps[failed.map] as ProgArray;
    const program = programs[entries[failed.entry]!.program]!;
    const reason = `${program.name} cannot be put into ${name} (${errno}): ${rulesText(scenario)}`;
    throw problem(['maps', name, 'entries', failed.entry, 'value'], reason);
  }
  const { name, program, replaces } = programs[failed.program]!;
  if (failed.map === undefined) {
    const target = replaces === undefined ? '' : programs[replaces.program]!.name;
    const reason = `${name} cannot be loaded (${errno}): ${target} must be there before it`;
    throw problem(['programs', name, 'replaces', 'program'], reason);
  }
  const use = usesOf(program).find(({ map }) => map === failed.map);
  const reason = `${name} cannot use ${maps[failed.map]!.name} (${errno}): ${rulesText(scenario)}`;
  throw problem(['programs', name, use?.slot ?? 0], reason);
}

function rulesText({ profile }: Scenario): string {
  return `${profile.name} looks at ${profile.objects.compatKeys.join(', ') || 'nothing'}`;
}

/** Where a program loads the handle of a map. */
function usesOf({ code }: Program): { readonly map: number; readonly slot: number }[] {
  return code.flatMap((instruction, slot) => {
    const name = instruction?.row.name;
    return name === 'LD_MAP_FD' || name === 'LD_MAP_IDX' ? [{ map: instruction!.imm, slot }] : [];
  });
}

/** The maps whose handles a program loads, in order of first use. */
export function mapsUsed(program: Program): number[] {
  return [...new Set(usesOf(program).map(({ map }) => map))];
}
