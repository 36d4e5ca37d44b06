// Reads scenario files: docs/scenario.md. Every error is an InputError with the file, line, column and path of
// what is wrong; nothing is returned unless all of the file is right.

import { InputError } from '../errors.ts';
import { DEFAULT_PROFILE, profileNamed } from '../profiles/catalogue.ts';
import type { Profile } from '../profiles/profile.ts';
import { createScenario } from './create.ts';
import type { Path, Problem } from './problem.ts';
import { type ProgramChecks, readProgram } from './programs.ts';
import { entryError, readMaps } from './read-maps.ts';
import { namedProgram, type ProgramOfFile } from './read-objects.ts';
import { readExpectation, readRun, type Surroundings } from './read-run.ts';
import { readScheduleEntry } from './read-schedule.ts';
import { readShape } from './read-shape.ts';
import type { Scenario } from './scenario.ts';
import {
  type ExpectationInFile,
  type RunInFile,
  type ScenarioFile,
  type ScheduleEntryInFile,
  scenarioFile,
} from './schema.ts';
import type { Entry } from './shape.ts';
import { quote } from './words.ts';
import { SCENARIO, SourceDocument } from './yaml.ts';

export interface ReadOptions {
  /** What errors call the file. */
  readonly file?: string;
  /** By default programs must be what an engine can run. */
  readonly programs?: ProgramChecks;
}

export interface NamedScenario {
  readonly name: string;
  readonly scenario: Scenario;
}

export interface ScenarioOfFile extends NamedScenario {
  /** Says where in the file something is wrong that a later check finds. */
  readonly problem: Problem;
}

/** The name of the run in a file that has only one and does not name it. */
export const LONE_RUN = 'run';

/** Reads a file of one run. @throws InputError saying where the file is wrong. */
export function parseScenario(text: string, options: ReadOptions = {}): Scenario {
  const { scenarios } = parseScenarioFile(text, options);
  if (scenarios.length === 1) return scenarios[0]!.scenario;
  const reason = `the file holds ${scenarios.length} runs where one is wanted`;
  throw new InputError(reason, { ...options, at: 'runs' });
}

/** Reads a file of one or several runs of the same programs. @throws InputError saying where it is wrong. */
export function parseScenarioFile(
  text: string,
  { file, programs: checks = 'checked' }: ReadOptions = {},
): { readonly scenarios: readonly ScenarioOfFile[] } {
  const document = new SourceDocument(text, file);
  const shape = readShape(document, scenarioFile, SCENARIO);
  const profile = readProfile(shape, document);
  const programNames = Object.keys(shape.programs);
  const maps = readMaps(shape.maps ?? {}, programNames, document);
  const mapNames = maps.map(({ name }) => name);
  const read = programNames.map((name): ProgramOfFile => {
    const inFile = shape.programs[name]!;
    const path = programPath(name, document);
    return { name, inFile, ...readProgram(inFile, mapNames, document, path, checks) };
  });
  const programs = read.map((program) => namedProgram(program, read, document));
  const around = { document, type: shape.type, maps, programNames };
  const scenarios = runsOf(shape, document).map((parts): ScenarioOfFile => {
    const { type } = around;
    const input = { profile, type, maps, programs, ...readRunParts(parts, around) };
    const problem = problemIn(parts, shape, read, document);
    return { name: parts.name, scenario: createScenario(input, problem, checks), problem };
  });
  return { scenarios };
}

function readProfile(
  { profile = DEFAULT_PROFILE }: ScenarioFile,
  document: SourceDocument,
): Profile {
  try {
    return profileNamed(profile);
  } catch (error) {
    throw error instanceof InputError ? document.error(['profile'], error.reason) : error;
  }
}

/** Where a program's text is: its value, or what is under its only key. */
function programPath(name: string, document: SourceDocument): Path {
  const path = ['programs', name];
  const key = (['asm', 'bytes'] as const).find((candidate) => document.has([...path, candidate]));
  return key === undefined ? path : [...path, key];
}

/** A run with its own schedule and expectation, and where these are in the file. */
interface RunParts {
  readonly name: string;
  readonly run: RunInFile;
  readonly schedule: readonly ScheduleEntryInFile[];
  readonly expect: ExpectationInFile | undefined;
  readonly runPath: Path;
  /** What schedule and expect are keys of. */
  readonly outerPath: Path;
}

function runsOf(file: ScenarioFile, document: SourceDocument): RunParts[] {
  const { run = {}, runs, schedule = [], expect } = file;
  if (runs === undefined) {
    return [{ name: LONE_RUN, run, schedule, expect, runPath: ['run'], outerPath: [] }];
  }
  if (runs.length === 0) throw document.error(['runs'], 'the list of runs is empty');
  const names = new Set<string>();
  return runs.map((item, index) => {
    const path = ['runs', index];
    if (names.has(item.name)) {
      throw document.error([...path, 'name'], `two runs are called ${quote(item.name)}`);
    }
    names.add(item.name);
    const { name, schedule: own = [], expect: expected } = item;
    return { name, run: item, schedule: own, expect: expected, runPath: path, outerPath: path };
  });
}

function readRunParts(parts: RunParts, around: Surroundings) {
  const { outerPath, expect } = parts;
  return {
    run: readRun(parts.run, around, parts.runPath),
    schedule: parts.schedule.map((entry, index) =>
      readScheduleEntry(entry, around, [...outerPath, 'schedule', index]),
    ),
    ...(expect === undefined
      ? {}
      : { expect: readExpectation(expect, around, [...outerPath, 'expect']) }),
  };
}

/** Puts what is wrong with a scenario where its file says so. */
function problemIn(
  { runPath, outerPath, expect }: RunParts,
  file: ScenarioFile,
  programs: readonly ProgramOfFile[],
  document: SourceDocument,
): Problem {
  return (path, reason) => {
    const [part, name, ...rest] = path;
    if (part === 'run') return document.error([...runPath, ...path.slice(1)], reason);
    const program = programs.find((candidate) => part === 'programs' && candidate.name === name);
    if (program !== undefined && typeof rest[0] === 'number') {
      return program.problemAt(rest[0], reason);
    }
    const entry = entryAt(path, file, expect);
    if (entry !== undefined) {
      const base = part === 'expect' ? [...outerPath, ...path.slice(0, 3)] : path.slice(0, 3);
      return entryError(document, base, entry, reason, path[4]);
    }
    const inRun = part === 'schedule' || part === 'expect';
    return document.error(inRun ? [...outerPath, ...path] : path, reason);
  };
}

/** `maps.NAME.entries.N` or `expect.maps.NAME.N`: an entry counted from 0, which the file names by its key. */
function entryAt(
  path: Path,
  file: ScenarioFile,
  expect: ExpectationInFile | undefined,
): Entry | undefined {
  const [part, second, third, number] = path;
  if (part === 'maps' && third === 'entries')
    return file.maps?.[second!]?.entries?.[Number(number)];
  if (part === 'expect' && second === 'maps') return expect?.maps?.[third!]?.[Number(number)];
  return undefined;
}
