// What a scenario file says of a program besides its code: attributes, tracing, what it replaces.

import { ATTRIBUTE_KEYS } from './keys.ts';
import type { Path } from './problem.ts';
import type { ReadProgram } from './programs.ts';
import { numberOf } from './read-maps.ts';
import type { FunctionPlace, NamedProgram, ProgramAttributes } from './scenario.ts';
import type { AttributesInFile, ProgramInFile } from './schema.ts';
import { quote, suggestion } from './words.ts';
import type { SourceDocument } from './yaml.ts';

export interface ProgramOfFile extends ReadProgram {
  readonly name: string;
  readonly inFile: ProgramInFile;
}

/** A program of a file with all that is said of it. @throws InputError for a function that is not there. */
export function namedProgram(
  { name, program, inFile }: ProgramOfFile,
  all: readonly ProgramOfFile[],
  document: SourceDocument,
): NamedProgram {
  const { attributes, traced, replaces } = inFile;
  const path = ['programs', name, 'replaces'];
  return {
    name,
    program,
    ...(attributes === undefined ? {} : { attributes: readAttributes(attributes) }),
    ...(traced === undefined ? {} : { traced }),
    ...(replaces === undefined ? {} : { replaces: readFunction(replaces, all, document, path) }),
  };
}

function readAttributes(inFile: AttributesInFile): Partial<ProgramAttributes> {
  const pairs = Object.entries(ATTRIBUTE_KEYS).map(([attribute, key]) => [attribute, inFile[key]]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

function readFunction(
  { program: name, function: place }: NonNullable<ProgramInFile['replaces']>,
  all: readonly ProgramOfFile[],
  document: SourceDocument,
  path: Path,
): FunctionPlace {
  const names = all.map((program) => program.name);
  const program = numberOf('program', name, names, (reason) =>
    document.error([...path, 'program'], reason),
  );
  if (typeof place === 'number') return { program, slot: place };
  const { labels } = all[program]!;
  const slot = labels?.get(place);
  if (slot !== undefined) return { program, slot };
  const reason =
    labels === undefined
      ? `${name} is bytecode, which has no labels; name the slot where the function starts`
      : `${name} has no label ${quote(place)}${suggestion(place, [...labels.keys()])}`;
  throw document.error([...path, 'function'], reason);
}
