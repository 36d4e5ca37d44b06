// How checks of scenarios say where something is wrong, whether it was read from a file or not.

import { InputError } from '../errors.ts';

/** From the root of a scenario file: a key as it is spelt, or the index of a list item. */
export type Path = readonly (string | number)[];

/**
 * Makes the error for something wrong at a path, in the words of the scenario file: `maps.jmp.max_entries`.
 * Entries of maps and of the schedule count from 0, and so do slots of programs.
 */
export type Problem = (path: Path, reason: string) => Error;

/** For scenarios without a file. */
export const problemInMemory: Problem = (path, reason) =>
  new InputError(reason, { at: path.join('.') });

/** Refuses a number that is no integer of a range. */
export function checkRange(
  value: number,
  min: number,
  max: number,
  path: Path,
  problem: Problem,
): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw problem(path, `${value} is not from ${min} to ${max}`);
}
