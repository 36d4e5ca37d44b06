// What makes a scenario runnable, apart from how it was written: references, sizes, limits. The reader runs
// these checks too, and turns their paths into places of the file.

import { InputError, invariant } from '../errors.ts';
import {
  createMap,
  ERRNO,
  errnoName,
  type MapState,
  numberedPrograms,
  update,
} from '../maps/index.ts';
import { countBytes, integerBytes } from './bytes.ts';
import { buildContext, contextOverrides } from './context.ts';
import {
  CONTEXT_BYTES_MAX,
  MAP_BYTES_MAX,
  mapRegions,
  PACKET_BYTES_MAX,
  PROGRAMS_MAX,
  valueStride,
} from './environment.ts';
import {
  BAD_NAME,
  COUNT_MAX,
  KEY_BYTES_MAX,
  MAPS_MAX,
  NAME,
  PROG_SLOTS_MAX,
  U32_MAX,
} from './limits.ts';
import { TRAP_KINDS } from './outcome.ts';
import { checkRange, type Path, type Problem, problemInMemory } from './problem.ts';
import type { ProgramChecks } from './programs.ts';
import type { Expectation, MapDefinition, RunSetup, Scenario, ValueMap } from './scenario.ts';
import { validateProgram } from './validate-program.ts';
import { validateSchedule } from './validate-schedule.ts';
import { validateStart } from './validate-start.ts';
import { listNames } from './words.ts';

/**
 * Checks a scenario that was not read from a file, or edited since.
 * @throws InputError with the path of what is wrong.
 */
export function validateScenario(
  scenario: Scenario,
  problem: Problem = problemInMemory,
  checks: ProgramChecks = 'checked',
): void {
  validateNames(scenario, problem);
  for (const map of scenario.maps) {
    validateMap(map, problem);
    validateEntries(map, scenario.programs.length, problem);
  }
  validateMapMemory(scenario.maps, problem);
  for (const program of scenario.programs) validateProgram(scenario, program, problem, checks);
  validateRun(scenario, problem);
  validateInputs(scenario, problem);
  validateSchedule(scenario, problem);
  validateStart(scenario, problem, checks);
  if (scenario.expect !== undefined) validateExpectation(scenario, scenario.expect, problem);
}

function validateNames({ maps, programs }: Scenario, problem: Problem): void {
  const kinds = [
    { key: 'maps', things: maps, max: MAPS_MAX },
    { key: 'programs', things: programs, max: PROGRAMS_MAX },
  ];
  for (const { key, things, max } of kinds) {
    const names = new Set<string>();
    for (const { name } of things) {
      if (!NAME.test(name)) throw problem([key, name], BAD_NAME);
      if (names.has(name)) throw problem([key, name], 'there are two of this name');
      names.add(name);
    }
    if (things.length > max) throw problem([key], `there are ${things.length}; at most ${max}`);
  }
  if (programs.length === 0) throw problem(['programs'], 'a scenario needs a program');
}

/** The sizes of a map: what the kernel refuses (EINVAL), and what is too large to run here. */
export function validateMap(map: MapDefinition, problem: Problem): void {
  const path = ['maps', map.name];
  if (map.type === 'prog_array') {
    checkRange(map.maxEntries, 1, PROG_SLOTS_MAX, [...path, 'max_entries'], problem);
    return;
  }
  if (map.type === 'array' && map.keySize !== 4) {
    throw problem([...path, 'key_size'], `an array's key has 4 bytes, not ${map.keySize}`);
  }
  checkRange(map.keySize, 1, KEY_BYTES_MAX, [...path, 'key_size'], problem);
  checkRange(map.valueSize, 1, MAP_BYTES_MAX, [...path, 'value_size'], problem);
  checkRange(map.maxEntries, 1, U32_MAX, [...path, 'max_entries'], problem);
  const keyBytes = map.type === 'hash' ? map.keySize : 0;
  const bytes = (keyBytes + valueStride(map.valueSize)) * map.maxEntries;
  if (bytes > MAP_BYTES_MAX) {
    throw problem(
      [...path, 'max_entries'],
      `the map takes ${bytes} bytes; at most ${MAP_BYTES_MAX} can be had`,
    );
  }
}

function validateMapMemory(maps: readonly MapDefinition[], problem: Problem): void {
  try {
    mapRegions(
      maps.map((map) => ({
        valueBytes: map.type === 'prog_array' ? 0 : valueStride(map.valueSize) * map.maxEntries,
      })),
    );
  } catch (error) {
    throw error instanceof InputError ? problem(['maps'], error.reason) : error;
  }
}

function emptyMap(map: MapDefinition, programCount: number): MapState {
  const { type, maxEntries } = map;
  const [keySize, valueSize] = type === 'prog_array' ? [4, 4] : [map.keySize, map.valueSize];
  const made = createMap({ type, keySize, valueSize, maxEntries }, numberedPrograms(programCount));
  invariant(made.errno === 0, `sizes of ${map.name} were checked`);
  return made.value;
}

function u32(value: number): Uint8Array {
  const reading = integerBytes(BigInt(value), 4);
  return 'value' in reading ? reading.value : new Uint8Array();
}

/** Fills the map as user space would, and says what an error number means here. */
function validateEntries(map: MapDefinition, programCount: number, problem: Problem): void {
  if (map.entries.length === 0) return;
  const state = emptyMap(map, programCount);
  const keys = new Set<string>();
  map.entries.forEach((entry, index) => {
    const path = ['maps', map.name, 'entries', index];
    const isSlot = 'index' in entry;
    if (isSlot) checkRange(entry.index, 0, U32_MAX, [...path, 'key'], problem);
    else checkSizes(map as ValueMap, entry, path, problem);
    const key = isSlot ? u32(entry.index) : entry.key;
    if (keys.has(key.join())) throw problem([...path, 'key'], 'the map has this key already');
    keys.add(key.join());
    const errno = update(state, key, isSlot ? u32(entry.program) : entry.value);
    if (errno === ERRNO.E2BIG) throw problem([...path, 'key'], outOfRoom(map));
    if (errno === ERRNO.EBADF) throw problem([...path, 'value'], 'there is no such program');
    if (errno !== 0) throw problem(path, `the update gives ${errnoName(errno)}`);
  });
}

function outOfRoom({ type, maxEntries }: MapDefinition): string {
  return type === 'hash'
    ? `the map has room for ${maxEntries} ${maxEntries === 1 ? 'entry' : 'entries'} only`
    : `the index is not below max_entries, which is ${maxEntries}`;
}

function checkSizes(
  map: ValueMap,
  entry: ValueMap['entries'][number],
  path: Path,
  problem: Problem,
): void {
  for (const [part, size] of [
    ['key', map.keySize],
    ['value', map.valueSize],
  ] as const) {
    const { length } = entry[part];
    if (length !== size) {
      throw problem(
        [...path, part],
        `the ${part} has ${countBytes(length)}; ${part}_size is ${size}`,
      );
    }
  }
}

function validateRun({ run, programs, type }: Scenario, problem: Problem): void {
  checkRange(run.program, 0, programs.length - 1, ['run', 'program'], problem);
  checkRange(run.fuel, 0, COUNT_MAX, ['run', 'fuel'], problem);
  checkRange(run.seed, 0, U32_MAX, ['run', 'seed'], problem);
  checkRange(run.mayGoto, 0, COUNT_MAX, ['run', 'may_goto'], problem);
  for (const [register, value] of run.registers) {
    const path = ['run', 'registers', `r${register}`];
    if (type !== 'raw')
      throw problem(['run', 'registers'], `type ${type} sets its registers itself`);
    checkRange(register, 0, 9, path, problem);
    if (BigInt.asUintN(64, value) !== value)
      throw problem(path, `${value} is not unsigned 64 bits`);
  }
}

function validateInputs({ type, run }: Scenario, problem: Problem): void {
  const { packet, context } = run;
  if (type === 'raw') {
    if (packet !== undefined) throw problem(['run', 'packet'], 'type raw has no packet');
    checkLength(context, CONTEXT_BYTES_MAX, ['run', 'context'], problem);
    return;
  }
  if (packet === undefined) throw problem(['run', 'packet'], `type ${type} needs a packet`);
  checkLength(packet, PACKET_BYTES_MAX, ['run', 'packet'], problem);
  if (!isContextOf(type, run, packet)) {
    throw problem(['run', 'context'], `the bytes are no context of type ${type} and this packet`);
  }
}

function isContextOf(
  type: Exclude<Scenario['type'], 'raw'>,
  { context }: RunSetup,
  packet: Uint8Array,
): boolean {
  const built = buildContext(type, packet, contextOverrides(type, packet, context));
  return built.length === context.length && built.every((byte, index) => byte === context[index]);
}

function checkLength(bytes: Uint8Array, max: number, path: Path, problem: Problem): void {
  if (bytes.length > max) throw problem(path, `${bytes.length} bytes; at most ${max}`);
}

function validateExpectation(scenario: Scenario, expect: Expectation, problem: Problem): void {
  const { exit, trap, outOfFuel, tailCalls, maps = [] } = expect;
  if ([exit, trap, outOfFuel].filter((ending) => ending !== undefined).length > 1) {
    throw problem(['expect'], 'a run ends in one way only');
  }
  if (exit !== undefined && BigInt.asUintN(64, exit) !== exit) {
    throw problem(['expect', 'exit'], `${exit} is not unsigned 64 bits`);
  }
  if (trap !== undefined && !TRAP_KINDS.some((kind) => kind === trap)) {
    throw problem(['expect', 'trap'], `there is no such trap; there are: ${listNames(TRAP_KINDS)}`);
  }
  if (outOfFuel === false) throw problem(['expect', 'out_of_fuel'], 'expected true');
  if (tailCalls !== undefined) {
    checkRange(tailCalls, 0, COUNT_MAX, ['expect', 'tail_calls'], problem);
  }
  const seen = new Set<number>();
  for (const { map, entries } of maps) {
    const definition = scenario.maps[map];
    if (definition === undefined) throw problem(['expect', 'maps'], `there is no map ${map}`);
    const path = ['expect', 'maps', definition.name];
    if (seen.has(map)) throw problem(path, 'the map is there twice');
    seen.add(map);
    if (definition.type === 'prog_array') {
      throw problem(path, 'only user space changes a prog array; expect arrays and hash maps');
    }
    entries.forEach((entry, index) => {
      checkSizes(definition, entry, [...path, index], problem);
    });
  }
}
