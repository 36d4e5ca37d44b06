// Makes what surrounds the code smaller: maps, programs, what user space does.

import type { Instruction } from '../../model/isa/instruction.ts';
import {
  type MapDefinition,
  type NamedProgram,
  operationMap,
  type ProgramAttributes,
  type Scenario,
  type ScheduleEntry,
} from '../../model/scenario/scenario.ts';

/** Removes runs of entries, long ones first. */
export function* dropSchedule(scenario: Scenario): Generator<Scenario> {
  const { schedule } = scenario;
  for (let size = schedule.length; size >= 1; size = size >> 1) {
    for (let start = schedule.length - size; start >= 0; start -= Math.max(1, size >> 1)) {
      yield { ...scenario, schedule: schedule.toSpliced(start, size) };
    }
  }
}

/** Leaves out what an entry says besides its operation, or does it at the start. */
export function* simplifySchedule(scenario: Scenario): Generator<Scenario> {
  const { schedule } = scenario;
  for (let i = 0; i < schedule.length; i++) {
    for (const entry of simplerEntries(schedule[i]!)) {
      yield { ...scenario, schedule: schedule.with(i, entry) };
    }
  }
  const atStart = schedule.map((entry): ScheduleEntry => ({ ...entry, before: { step: 0 } }));
  if (schedule.some((entry) => !isAtStart(entry))) yield { ...scenario, schedule: atStart };
}

const isAtStart = ({ before }: ScheduleEntry) => 'step' in before && before.step === 0;

function* simplerEntries(entry: ScheduleEntry): Generator<ScheduleEntry> {
  const { withPrevious, ...alone } = entry;
  if (withPrevious) yield alone;
  if (!isAtStart(entry)) yield { ...entry, before: { step: 0 } };
  if (entry.op === 'update' && entry.flags !== undefined) {
    const { flags: _, ...plain } = entry;
    yield plain;
  }
  if (entry.op === 'create') {
    const { op, map, before, ...asked } = entry;
    for (const name of Object.keys(asked) as (keyof typeof asked)[]) {
      const { [name]: _, ...fewer } = asked;
      yield { op, map, before, ...fewer };
    }
  }
}

/** Programs without attributes, without a trampoline, in the place of nothing. */
export function* plainPrograms(scenario: Scenario): Generator<Scenario> {
  for (let i = 0; i < scenario.programs.length; i++) {
    for (const plainer of plainerPrograms(scenario.programs[i]!)) {
      yield { ...scenario, programs: scenario.programs.with(i, plainer) };
    }
  }
}

function* plainerPrograms(named: NamedProgram): Generator<NamedProgram> {
  const { name, program, attributes = {}, ...rest } = named;
  if (Object.keys(rest).length > 0 || named.attributes) yield { name, program };
  const { traced: _, ...untraced } = named;
  if (named.traced !== undefined) yield untraced;
  const { replaces: __, ...inNoPlace } = named;
  if (named.replaces !== undefined) yield inNoPlace;
  for (const attribute of Object.keys(attributes) as (keyof ProgramAttributes)[]) {
    const { [attribute]: ___, ...fewer } = attributes;
    yield { name, program, ...rest, ...(Object.keys(fewer).length > 0 && { attributes: fewer }) };
  }
}

function namesMap({ row }: Instruction): boolean {
  return row.name.startsWith('LD_MAP');
}

function mapsUsed(scenario: Scenario): Set<number | undefined> {
  const used = new Set(scenario.schedule.map(operationMap));
  for (const { program } of scenario.programs) {
    for (const instruction of program.code) {
      if (instruction !== undefined && namesMap(instruction)) used.add(instruction.imm);
    }
  }
  return used;
}

/** Drops maps that nothing names, and entries of the others. */
export function* dropMaps(scenario: Scenario): Generator<Scenario> {
  const { maps } = scenario;
  const used = mapsUsed(scenario);
  for (let i = maps.length - 1; i >= 0; i--) {
    if (!used.has(i)) yield withoutMap(scenario, i);
    for (let entry = 0; entry < maps[i]!.entries.length; entry++) {
      const entries = maps[i]!.entries.toSpliced(entry, 1);
      yield { ...scenario, maps: maps.with(i, { ...maps[i]!, entries } as MapDefinition) };
    }
  }
}

/** Numbers behind a gap move up. */
const closeGap = (gap: number) => (number: number) => (number > gap ? number - 1 : number);

function withoutMap(scenario: Scenario, map: number): Scenario {
  const moved = closeGap(map);
  const programs = scenario.programs.map((named) => ({
    ...named,
    program: {
      ...named.program,
      code: named.program.code.map((instruction) =>
        instruction !== undefined && namesMap(instruction)
          ? { ...instruction, imm: moved(instruction.imm) }
          : instruction,
      ),
    },
  }));
  return {
    ...scenario,
    maps: scenario.maps.toSpliced(map, 1),
    programs,
    schedule: scenario.schedule.map((entry) =>
      'map' in entry ? { ...entry, map: moved(entry.map) } : entry,
    ),
  };
}

function programsUsed(scenario: Scenario): Set<number> {
  const used = new Set([scenario.run.program]);
  for (const map of scenario.maps) {
    if (map.type === 'prog_array') for (const { program } of map.entries) used.add(program);
  }
  for (const { replaces } of scenario.programs) if (replaces) used.add(replaces.program);
  for (const entry of scenario.schedule) if ('program' in entry) used.add(entry.program);
  return used;
}

/** Starts at another program, and drops those that nothing names. */
export function* dropPrograms(scenario: Scenario): Generator<Scenario> {
  const { programs, run } = scenario;
  for (let program = 0; program < programs.length; program++) {
    if (program > run.program) yield { ...scenario, run: { ...run, program } };
  }
  const used = programsUsed(scenario);
  for (let i = programs.length - 1; i >= 0; i--) {
    if (!used.has(i)) yield withoutProgram(scenario, i);
  }
}

function withoutProgram(scenario: Scenario, gap: number): Scenario {
  const moved = closeGap(gap);
  return {
    ...scenario,
    programs: scenario.programs
      .toSpliced(gap, 1)
      .map(({ replaces, ...named }) =>
        replaces
          ? { ...named, replaces: { ...replaces, program: moved(replaces.program) } }
          : named,
      ),
    run: { ...scenario.run, program: moved(scenario.run.program) },
    maps: scenario.maps.map((map) =>
      map.type === 'prog_array'
        ? { ...map, entries: map.entries.map((e) => ({ ...e, program: moved(e.program) })) }
        : map,
    ),
    schedule: scenario.schedule.map((entry) =>
      'program' in entry ? { ...entry, program: moved(entry.program) } : entry,
    ),
  };
}
