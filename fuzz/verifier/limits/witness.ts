// Makes witnesses: from assembly, or of instructions where a text would be long.

import { createInstruction, type Instruction } from '../../../model/isa/instruction.ts';
import { type Program, uncheckedProgram } from '../../../model/isa/program.ts';
import { rowNamed } from '../../../model/isa/table.ts';
import { assemble } from '../../../model/isa/text/assemble.ts';
import type { ProgramType } from '../../../model/scenario/context.ts';
import { createScenario, type RunInput } from '../../../model/scenario/create.ts';
import type { MapDefinition, ValueMap } from '../../../model/scenario/scenario.ts';
import type { Witness } from './limit.ts';

/** r0 = 0 and exit. */
export const MOVE_0 = createInstruction(rowNamed('MOV64', 'K'));
export const EXIT = createInstruction(rowNamed('EXIT'));

export interface WitnessInput {
  /** By default `sched_cls`. */
  readonly type?: Exclude<ProgramType, 'raw'>;
  readonly maps?: readonly MapDefinition[];
  /** Loaded with all capabilities; so by default. */
  readonly privileged?: boolean;
  readonly run?: RunInput;
}

/** Enough for every witness; a program that needs more is taken for endless. */
export const FUEL = 40_000_000;

type Code = string | readonly Instruction[];

/** One program, or several of which the first is entered. */
export function witnessOf(code: Code | readonly Program[], input: WitnessInput = {}): Witness {
  const { type = 'sched_cls', maps = [], privileged = true, run = {} } = input;
  const programs = isPrograms(code) ? code : [programOf(code, maps)];
  const named = programs.map((program, index) => ({ name: `p${index}`, program }));
  const setup = { fuel: FUEL, ...run };
  const scenario = createScenario(
    { type, maps, programs: named, run: setup },
    undefined,
    'unchecked',
  );
  return { scenario, privileged };
}

function isPrograms(code: Code | readonly Program[]): code is readonly Program[] {
  return typeof code !== 'string' && code.length > 0 && 'code' in code[0]!;
}

export function programOf(code: Code, maps: readonly MapDefinition[] = []): Program {
  return uncheckedProgram(typeof code === 'string' ? instructionsOf(code, maps) : code);
}

/** Assembles; lines are parted by `;` or ends of lines. */
export function instructionsOf(
  text: string,
  maps: readonly MapDefinition[] = [],
): readonly Instruction[] {
  const mapNames = maps.map(({ name }) => name);
  const mapFd = (name: string) => {
    const number = mapNames.indexOf(name);
    return number < 0 ? undefined : number;
  };
  return assemble(text.replaceAll(';', '\n'), { spelling: 'kernel', mapNames, mapFd }).instructions;
}

/** An array with one value of so many bytes. */
export function arrayOf(name: string, valueSize: number): ValueMap {
  return { name, type: 'array', keySize: 4, valueSize, maxEntries: 1, entries: [] };
}

/** `count` times one thing. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
