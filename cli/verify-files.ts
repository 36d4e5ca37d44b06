// The files of tailproof verify: scenarios whose programs may be what a verifier refuses, and their lines.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../model/errors.ts';
import { parseScenarioFile } from '../model/scenario/read.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { quote, suggestion } from '../model/scenario/words.ts';
import { inputName, listDirectory, readText, STDIN } from './io.ts';
import type { Terminal } from './terminal.ts';

/** Where an instruction was written. */
export interface SourceLine {
  /** As messages call it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The line without space around it. */
  readonly text: string;
  readonly slot: number;
}

export interface VerifiedFile {
  /** As messages call it. */
  readonly file: string;
  /** With the programs that are asked about; all runs of a file have the same. */
  readonly scenario: Scenario;
  /** Undefined for programs that are given as bytes. */
  lineOf(program: string, pc: number): SourceLine | undefined;
}

const SCENARIO_FILE = /\.ya?ml$/i;

/** Files as they are named, and for a directory the scenario files in it. @throws InputError for one without any. */
export function expandFiles(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const isDirectory = name !== STDIN && statSync(name, { throwIfNoEntry: false })?.isDirectory();
    if (!isDirectory) return [name];
    const files = listDirectory(name).filter((file) => SCENARIO_FILE.test(file));
    if (files.length === 0) throw new InputError('there is no scenario file in it', { file: name });
    return files.map((file) => join(name, file));
  });
}

/**
 * Reads a file without the checks that are a verifier's.
 * @param program the only program that is asked about. @throws InputError naming the place that is wrong.
 */
export async function readVerifiedFile(
  name: string,
  program: string | undefined,
  terminal: Terminal,
): Promise<VerifiedFile> {
  const text = await readText(name, terminal);
  const file = inputName(name);
  const { scenarios } = parseScenarioFile(text, { file, programs: 'unchecked' });
  const { scenario, problem } = scenarios[0]!;
  const lines = text.split('\n');
  return {
    file,
    scenario: program === undefined ? scenario : onlyProgram(scenario, program, file),
    lineOf(named, pc) {
      const error = problem(['programs', named, pc], '');
      const { line, ...rest } = error instanceof InputError ? error.place : {};
      // Of bytecode only the place of all of it is known.
      if (line === undefined || error.message.includes(`slot ${pc}`)) return undefined;
      return { file: rest.file ?? file, line, text: lines[line - 1]?.trim() ?? '', slot: pc };
    },
  };
}

function onlyProgram(scenario: Scenario, name: string, file: string): Scenario {
  const programs = scenario.programs.filter((program) => program.name === name);
  if (programs.length > 0) return { ...scenario, programs };
  const names = scenario.programs.map((program) => program.name);
  throw new InputError(`there is no program ${quote(name)}${suggestion(name, names)}`, { file });
}
