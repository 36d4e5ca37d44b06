// The programs of a scenario file: assembly or bytecode to checked programs, with errors at the file's own
// lines and columns.

import { formatPlace, InputError, UnsupportedError } from '../errors.ts';
import { type Instruction, slotCount, slotsFromBytes } from '../isa/instruction.ts';
import { createProgram, decodeSlots, type Program, uncheckedProgram } from '../isa/program.ts';
import { type Assembly, assemble } from '../isa/text/assemble.ts';
import type { Path } from './problem.ts';
import type { ProgramInFile } from './schema.ts';
import type { SourceDocument, Spot } from './yaml.ts';

export interface ReadProgram {
  readonly program: Program;
  /** The error for something wrong with the instruction at a slot. */
  readonly problemAt: (slot: number, reason: string) => InputError;
  /** The slot of each label; bytecode has none. */
  readonly labels?: ReadonlyMap<string, number>;
}

/** `unchecked` leaves to a load whether jumps, ends, map values and owners are right. */
export type ProgramChecks = 'checked' | 'unchecked';

const BUILD: Readonly<Record<ProgramChecks, (instructions: readonly Instruction[]) => Program>> = {
  checked: createProgram,
  unchecked: uncheckedProgram,
};

/** Reads the program at a path. @throws InputError at the line of the text that is wrong. */
export function readProgram(
  { asm, bytes }: ProgramInFile,
  mapNames: readonly string[],
  document: SourceDocument,
  path: Path,
  checks: ProgramChecks,
): ReadProgram {
  return asm === undefined
    ? readBytecode(bytes ?? new Uint8Array(), document, path, checks)
    : readAssembly(asm, mapNames, document, path, checks);
}

function readBytecode(
  bytes: Uint8Array,
  document: SourceDocument,
  path: Path,
  checks: ProgramChecks,
): ReadProgram {
  const problemAt = (slot: number, reason: string) =>
    document.error(path, `slot ${slot}: ${reason}`);
  return {
    program: relocate(
      () => BUILD[checks](decodeSlots(slotsFromBytes(bytes))),
      ...([problemAt, document, path] as const),
    ),
    problemAt,
  };
}

function readAssembly(
  text: string,
  mapNames: readonly string[],
  document: SourceDocument,
  path: Path,
  checks: ProgramChecks,
): ReadProgram {
  const assembly = assembleAt(text, mapNames, document, path);
  const lines = linesBySlot(assembly);
  const problemAt = (slot: number, reason: string) =>
    document.error(path, reason, spotOfLine(text, lines[slot] ?? 1));
  return {
    program: relocate(() => BUILD[checks](assembly.instructions), problemAt, document, path),
    problemAt,
    labels: assembly.labels,
  };
}

function assembleAt(
  text: string,
  mapNames: readonly string[],
  document: SourceDocument,
  path: Path,
): Assembly {
  try {
    return assemble(text, {
      spelling: 'kernel',
      mapNames,
      mapFd: (name) => {
        const number = mapNames.indexOf(name);
        return number < 0 ? undefined : number;
      },
    });
  } catch (error) {
    if (error instanceof InputError) {
      const { line = 1, column } = error.place;
      throw document.error(path, error.reason, spotOfLine(text, line, column));
    }
    if (error instanceof UnsupportedError) {
      const place = formatPlace(document.place(path));
      throw new UnsupportedError(`${place}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** Runs a check whose errors name a slot, and puts them where that slot was written. */
function relocate(
  make: () => Program,
  problemAt: ReadProgram['problemAt'],
  document: SourceDocument,
  path: Path,
): Program {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const slot = /^slot (\d+)$/.exec(error.place.at ?? '')?.[1];
    throw slot === undefined
      ? document.error(path, error.reason)
      : problemAt(Number(slot), error.reason);
  }
}

function linesBySlot({ instructions, lines }: Assembly): number[] {
  return instructions.flatMap((instruction, index) =>
    Array<number>(slotCount(instruction)).fill(lines[index]!),
  );
}

/** A place in a text as the index of its character; without a column, where the line's content starts. */
function spotOfLine(text: string, line: number, column?: number): Spot {
  const lines = text.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0);
  const content = lines[line - 1]?.search(/\S/) ?? 0;
  return { index: start + (column === undefined ? Math.max(0, content) : column - 1) };
}
