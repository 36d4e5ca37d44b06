// Makes the code of programs smaller.

import { InputError } from '../../model/errors.ts';
import { createInstruction, type Instruction, slotCount } from '../../model/isa/instruction.ts';
import type { Program } from '../../model/isa/program.ts';
import { rowNamed } from '../../model/isa/table.ts';
import type { NamedProgram, Scenario } from '../../model/scenario/scenario.ts';
import { asConstant, observedKey, observeValues } from './constants.ts';
import {
  fromRelocatable,
  type Relocatable,
  shifted,
  slotOf,
  toRelocatable,
  without,
} from './relocatable.ts';

/**
 * The scenario with other code in one program, if the list is one.
 * @param moved where an instruction of the old code is in the list; extensions go with the function that they replace.
 */
function* withCode(
  scenario: Scenario,
  index: number,
  list: readonly Relocatable[],
  moved = (at: number) => at,
): Generator<Scenario> {
  const program = assembled(list);
  if (program === undefined) return;
  const code = scenario.programs[index]!.program.code;
  const programs = scenario.programs.map((named, i): NamedProgram => {
    const { replaces } = named;
    const changed = i === index ? { ...named, program } : named;
    if (replaces?.program !== index) return changed;
    const at = code.slice(0, replaces.slot).filter((instruction) => instruction !== undefined);
    return { ...changed, replaces: { ...replaces, slot: slotOf(list, moved(at.length)) } };
  });
  yield { ...scenario, programs };
}

/** A program from a list, or undefined where the list is none. */
function assembled(list: readonly Relocatable[]): Program | undefined {
  try {
    return fromRelocatable(list);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

const EXIT: Relocatable = { instruction: createInstruction(rowNamed('EXIT')) };

export function* emptyPrograms(scenario: Scenario): Generator<Scenario> {
  for (let i = 0; i < scenario.programs.length; i++) {
    if (scenario.programs[i]!.program.code.length > 1) yield* withCode(scenario, i, [EXIT]);
  }
}

/** Removes runs of instructions, long ones first. */
export function* removeInstructions(scenario: Scenario): Generator<Scenario> {
  for (let i = 0; i < scenario.programs.length; i++) {
    const list = toRelocatable(scenario.programs[i]!.program);
    for (let size = list.length >> 1; size >= 1; size = size >> 1) {
      for (let start = list.length - size; start >= 0; start -= Math.max(1, size >> 1)) {
        const end = start + size;
        yield* withCode(scenario, i, without(list, start, end), (index) =>
          shifted(index, start, end),
        );
      }
    }
  }
}

/** Puts a plain exit or a fall-through where a jump is. */
export function* straighten(scenario: Scenario): Generator<Scenario> {
  for (let i = 0; i < scenario.programs.length; i++) {
    const list = toRelocatable(scenario.programs[i]!.program);
    for (let at = 0; at < list.length; at++) {
      const { instruction, target } = list[at]!;
      if (target !== undefined && target > at + 1) {
        yield* withCode(scenario, i, without(list, at, target), (index) =>
          shifted(index, at, target),
        );
      }
      if (instruction.row.name !== 'EXIT' && at > 0) {
        const cut = [...list.slice(0, at), EXIT];
        if (cut.every((element) => (element.target ?? 0) <= at)) yield* withCode(scenario, i, cut);
      }
    }
  }
}

/** Simpler constants, one field at a time. */
export function* simplifyOperands(scenario: Scenario): Generator<Scenario> {
  for (let i = 0; i < scenario.programs.length; i++) {
    const list = toRelocatable(scenario.programs[i]!.program);
    for (let at = 0; at < list.length; at++) {
      for (const simpler of simplerInstructions(list[at]!)) {
        yield* withCode(scenario, i, list.with(at, simpler));
      }
    }
  }
}

function* simplerInstructions({ instruction, target }: Relocatable): Generator<Relocatable> {
  const { row, imm, nextImm } = instruction;
  const { family } = row.operation;
  if (target !== undefined && family !== 'jump') return;
  // The imm of a call or of a map's address is a name, not a number.
  const isNumber = family !== 'call' && (family !== 'ld_imm64' || row.name === 'LD_IMM64');
  if (row.fields.imm === 'any' && isNumber) {
    for (const value of [0, 1, imm >> 1]) {
      if (Math.abs(value) < Math.abs(imm)) yield keep({ ...instruction, imm: value }, target);
    }
  }
  if (row.fields.nextImm === 'any' && nextImm !== 0)
    yield { instruction: { ...instruction, nextImm: 0 } };
}

function keep(instruction: Relocatable['instruction'], target: number | undefined): Relocatable {
  return target === undefined ? { instruction } : { instruction, target };
}

/** Puts the value that an instruction gave where the instruction was. */
export function* foldToConstants(scenario: Scenario): Generator<Scenario> {
  const values = observeValues(scenario);
  for (let i = 0; i < scenario.programs.length; i++) {
    const { program } = scenario.programs[i]!;
    const list = toRelocatable(program);
    let slot = 0;
    for (let at = 0; at < list.length; at++) {
      const { instruction } = list[at]!;
      const value = values.get(observedKey(i, slot));
      slot += slotCount(instruction);
      if (value === undefined || isConstant(instruction)) continue;
      yield* withCode(scenario, i, list.with(at, { instruction: asConstant(instruction, value) }));
    }
  }
}

function isConstant({ row }: Instruction): boolean {
  const { operation } = row;
  if (operation.family === 'ld_imm64') return operation.op === 'LD_IMM64';
  return operation.family === 'alu' && operation.op === 'MOV' && operation.source === 'K';
}
