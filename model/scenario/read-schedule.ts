// The schedule of a scenario file: what user space does, and when.

import { OPERATION_KEYS, type OperationKey } from './keys.ts';
import type { Path } from './problem.ts';
import { mapAt, programAt, type Surroundings } from './read-run.ts';
import type { ScheduleEntry, UserOperation } from './scenario.ts';
import type { ScheduleEntryInFile } from './schema.ts';
import { quote, suggestion } from './words.ts';

/** Reads the schedule's entry at a path. @throws InputError at a name that stands for nothing. */
export function readScheduleEntry(
  entry: ScheduleEntryInFile,
  around: Surroundings,
  path: Path,
): ScheduleEntry {
  const { step, hop = 0 } = entry.before;
  return {
    before: step === undefined ? { hop } : { step },
    ...readOperation(entry, around, path),
    ...(entry.with_previous === undefined ? {} : { withPrevious: true }),
  };
}

function readOperation(
  entry: ScheduleEntryInFile,
  around: Surroundings,
  path: Path,
): UserOperation {
  const keys = Object.keys(OPERATION_KEYS) as OperationKey[];
  // The schema has seen to it that there is one, and that it has what it needs.
  const key = keys.find((candidate) => entry[candidate] !== undefined) ?? 'update';
  const name = entry[key] ?? '';
  const { index = 0, flags, key_size: keySize, value_size: valueSize, map_flags } = entry;
  const map = () => mapAt(name, around, [...path, key]);
  switch (key) {
    case 'update':
      return {
        op: key,
        map: map(),
        index,
        program: programAt(entry.program ?? '', around, [...path, 'program']),
        ...(flags === undefined ? {} : { flags }),
      };
    case 'delete':
      return { op: key, map: map(), index };
    case 'create':
      return {
        op: key,
        map: map(),
        ...(keySize === undefined ? {} : { keySize }),
        ...(valueSize === undefined ? {} : { valueSize }),
        ...(map_flags === undefined ? {} : { flags: map_flags }),
      };
    case 'close':
      return readClose(name, around, [...path, key]);
    case 'load':
    case 'attach':
    case 'detach':
      return { op: key, program: programAt(name, around, [...path, key]) };
    default:
      return { op: key, map: map() };
  }
}

/** One key for both kinds of descriptors; validation refuses a name of both. */
function readClose(name: string, around: Surroundings, path: Path): UserOperation {
  const map = around.maps.findIndex((candidate) => candidate.name === name);
  if (map >= 0) return { op: 'close_map', map };
  const program = around.programNames.indexOf(name);
  if (program >= 0) return { op: 'close_program', program };
  const known = [...around.maps.map((candidate) => candidate.name), ...around.programNames];
  const reason = `there is no map or program ${quote(name)}${suggestion(name, known)}`;
  throw around.document.error(path, reason);
}
