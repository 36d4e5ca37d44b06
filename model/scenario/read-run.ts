// One run of a scenario file: its inputs and what it is expected to do.

import { contextFields, PACKET_FIELDS, type ProgramType } from './context.ts';
import type { RunInput } from './create.ts';
import type { Path } from './problem.ts';
import { numberOf, readEntries } from './read-maps.ts';
import type { Expectation, MapDefinition } from './scenario.ts';
import type { ExpectationInFile, RunInFile } from './schema.ts';
import { suggestion } from './words.ts';
import type { SourceDocument } from './yaml.ts';

/** What a run refers to. */
export interface Surroundings {
  readonly document: SourceDocument;
  readonly type: ProgramType;
  readonly maps: readonly MapDefinition[];
  readonly programNames: readonly string[];
}

/** Reads the keys of `run`, which are at a path. */
export function readRun(run: RunInFile, around: Surroundings, path: Path): RunInput {
  refuseForeignInputs(run, around, path);
  const { packet, fuel, seed, uninitialised, helpers } = run;
  const registers = Object.entries(run.registers ?? {}).flatMap(
    ([name, value]): [number, bigint][] =>
      value === undefined ? [] : [[Number(name.slice(1)), value]],
  );
  const context = readContext(run, around, [...path, 'context']);
  return {
    program: run.program === undefined ? 0 : programAt(run.program, around, [...path, 'program']),
    ...(context === undefined ? {} : { context }),
    ...(packet === undefined ? {} : { packet }),
    registers: new Map(registers),
    ...(fuel === undefined ? {} : { fuel }),
    ...(seed === undefined ? {} : { seed }),
    ...(uninitialised === undefined ? {} : { uninitialised }),
    ...(run.may_goto === undefined ? {} : { mayGoto: run.may_goto }),
    ...(helpers === undefined ? {} : { helpers }),
  };
}

/** The program of a name that stands at a path. @throws InputError there. */
export function programAt(
  name: string,
  { document, programNames }: Surroundings,
  path: Path,
): number {
  return numberOf('program', name, programNames, (reason) => document.error(path, reason));
}

/** The map of a name that stands at a path. @throws InputError there. */
export function mapAt(name: string, { document, maps }: Surroundings, path: Path): number {
  const names = maps.map((map) => map.name);
  return numberOf('map', name, names, (reason) => document.error(path, reason));
}

/** A raw program starts with registers, the others with a packet. */
function refuseForeignInputs(run: RunInFile, { document, type }: Surroundings, path: Path): void {
  if (type === 'raw' && run.packet !== undefined) {
    const reason = 'type raw has no packet; its bytes are the context';
    throw document.error([...path, 'packet'], reason, { key: true });
  }
  if (type !== 'raw' && run.registers !== undefined) {
    const reason = `only type raw sets registers; type ${type} starts with r1, the context`;
    throw document.error([...path, 'registers'], reason, { key: true });
  }
}

function readContext(
  { context }: RunInFile,
  { document, type }: Surroundings,
  path: Path,
): RunInput['context'] {
  if (context === undefined) return undefined;
  const isBytes = context instanceof Uint8Array;
  if (isBytes !== (type === 'raw')) {
    const expected = type === 'raw' ? 'hex bytes' : 'fields and their values';
    throw document.error(path, `a context of type ${type} is given as ${expected}`);
  }
  if (isBytes) return context;
  const settable = Object.keys(contextFields(type)).filter((field) => !PACKET_FIELDS.has(field));
  for (const field of Object.keys(context)) {
    if (settable.includes(field)) continue;
    const reason = PACKET_FIELDS.has(field)
      ? `the packet decides ${field}`
      : `type ${type} has no such field${suggestion(field, settable)}`;
    throw document.error([...path, field], reason, { key: true });
  }
  return context;
}

/** Reads `expect`, which is at a path. */
export function readExpectation(
  expect: ExpectationInFile,
  around: Surroundings,
  path: Path,
): Expectation {
  const { exit, trap, out_of_fuel: outOfFuel, tail_calls: tailCalls } = expect;
  const maps = Object.entries(expect.maps ?? {}).map(([name, entries]) => {
    const at = [...path, 'maps', name];
    const map = mapAt(name, around, at);
    const definition = around.maps[map]!;
    // The refusal of prog arrays is among the checks that scenarios without a file go through too.
    if (definition.type === 'prog_array') return { map, entries: [] };
    return { map, entries: readEntries(entries, definition, around.document, at) };
  });
  return {
    ...(exit === undefined ? {} : { exit }),
    ...(trap === undefined ? {} : { trap }),
    ...(outOfFuel === undefined ? {} : { outOfFuel }),
    ...(tailCalls === undefined ? {} : { tailCalls }),
    ...(expect.maps === undefined ? {} : { maps }),
  };
}
