// What the schedule's entries ask of the rest of the scenario. Mistakes of user space are no mistakes of the
// scenario: they give error numbers when the entry is applied.

import { operationKey } from './keys.ts';
import { COUNT_MAX, U32_MAX } from './limits.ts';
import { checkRange, type Path, type Problem } from './problem.ts';
import {
  operationMap,
  operationProgram,
  type Scenario,
  type ScheduleEntry,
  type UserOperation,
} from './scenario.ts';
import { listNames } from './words.ts';

export function validateSchedule(scenario: Scenario, problem: Problem): void {
  scenario.schedule.forEach((entry, index) => {
    const path = ['schedule', index];
    validateTime(entry, path, problem);
    validateOperands(scenario, entry, path, problem);
    validateSimultaneous(scenario, index, problem);
    refuseSecond(scenario, index, problem);
  });
}

function validateTime({ before }: ScheduleEntry, path: Path, problem: Problem): void {
  const [unit, count] = Object.entries(before)[0] ?? ['step', -1];
  checkRange(count, 0, COUNT_MAX, [...path, 'before', unit], problem);
}

function validateOperands(
  scenario: Scenario,
  entry: ScheduleEntry,
  path: Path,
  problem: Problem,
): void {
  const key = operationKey(entry);
  const map = operationMap(entry);
  const program = operationProgram(entry);
  for (const [name, value] of numbersOf(entry)) {
    checkRange(value, 0, U32_MAX, [...path, name], problem);
  }
  if (map !== undefined) validateProgArray(scenario, map, [...path, key], problem);
  if (program !== undefined) {
    const at = entry.op === 'update' ? 'program' : key;
    checkRange(program, 0, scenario.programs.length - 1, [...path, at], problem);
  }
  if (key === 'close') refuseAmbiguous(scenario, entry, [...path, key], problem);
}

/** The unsigned 32-bit numbers of an operation, as files call them. */
function numbersOf(operation: UserOperation): [key: string, value: number][] {
  const given = (key: string, value: number | undefined): [string, number][] =>
    value === undefined ? [] : [[key, value]];
  switch (operation.op) {
    case 'update':
      return [['index', operation.index], ...given('flags', operation.flags)];
    case 'delete':
      return [['index', operation.index]];
    case 'create':
      return [
        ...given('key_size', operation.keySize),
        ...given('value_size', operation.valueSize),
        ...given('map_flags', operation.flags),
      ];
    default:
      return [];
  }
}

function validateProgArray({ maps }: Scenario, map: number, path: Path, problem: Problem): void {
  const definition = maps[map];
  if (definition?.type === 'prog_array') return;
  const progArrays = maps.filter(({ type }) => type === 'prog_array').map(({ name }) => name);
  const what =
    definition === undefined
      ? 'there is no such map'
      : `${definition.name} is of type ${definition.type}`;
  throw problem(path, `${what}; prog arrays: ${listNames(progArrays)}`);
}

/** A file says what is closed by its name only. */
function refuseAmbiguous(
  { maps, programs }: Scenario,
  operation: UserOperation,
  path: Path,
  problem: Problem,
): void {
  const map = operationMap(operation);
  const { name } = map === undefined ? programs[operationProgram(operation)!]! : maps[map]!;
  if (!maps.some((other) => other.name === name)) return;
  if (!programs.some((other) => other.name === name)) return;
  throw problem(path, `${name} is both a map and a program; give one of them another name`);
}

function validateSimultaneous({ schedule }: Scenario, index: number, problem: Problem): void {
  const entry = schedule[index]!;
  if (!entry.withPrevious) return;
  const path = ['schedule', index, 'with_previous'];
  const key = operationKey(entry);
  if (key !== 'update' && key !== 'load') throw problem(path, `${key} takes no with_previous`);
  const previous = schedule[index - 1];
  if (previous === undefined) throw problem(path, 'there is no entry before this one');
  if (JSON.stringify(previous.before) !== JSON.stringify(entry.before)) {
    throw problem(path, 'the entry before this one is applied at another time');
  }
}

/** A name stands for one array and for one program. */
function refuseSecond({ schedule, maps, programs }: Scenario, index: number, problem: Problem) {
  const entry = schedule[index]!;
  if (entry.op !== 'create' && entry.op !== 'load') return;
  const isSame = (other: ScheduleEntry) =>
    other.op === entry.op &&
    operationMap(other) === operationMap(entry) &&
    operationProgram(other) === operationProgram(entry);
  const first = schedule.findIndex(isSame);
  if (first === index) return;
  const [what, name] =
    entry.op === 'create'
      ? ['created', maps[entry.map]!.name]
      : ['loaded', programs[entry.program]!.name];
  throw problem(['schedule', index, entry.op], `${name} is ${what} by entry ${first} already`);
}
