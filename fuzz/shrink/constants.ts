// Replaces instructions by the constants that they gave: what led to a value is then not needed any more.

import { createMachine } from '../../interp/index.ts';
import type { Machine } from '../../interp/machine.ts';
import { createInstruction, type Instruction } from '../../model/isa/instruction.ts';
import { writtenRegister } from '../../model/isa/program.ts';
import { rowNamed } from '../../model/isa/table.ts';
import { splitImmediate64 } from '../../model/isa/text/numbers.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';

/** By program and slot: the register that an instruction writes, and what it was given the first time. */
export type ObservedValues = ReadonlyMap<string, bigint>;

export const observedKey = (program: number, slot: number): string => `${program}:${slot}`;

/** A helper's or a function's result is in r0. */
function resultRegister(instruction: Instruction): number | undefined {
  const { family } = instruction.row.operation;
  return family === 'call' || family === 'packet' ? 0 : writtenRegister(instruction);
}

let machine: Machine | undefined;

/** Runs a scenario on the interpreter and notes the first result of every instruction. */
export function observeValues(scenario: Scenario): ObservedValues {
  machine ??= createMachine();
  const values = new Map<string, bigint>();
  let pending: { readonly key: string; readonly register: number } | undefined;
  machine.run(scenario, ({ image, r }, pc) => {
    if (pending !== undefined && !values.has(pending.key)) {
      values.set(pending.key, r[pending.register]!);
    }
    const instruction = image.instructions[pc]!;
    const register = resultRegister(instruction);
    const { program, pc: slot } = image.placeOf(pc);
    pending = register === undefined ? undefined : { key: observedKey(program, slot), register };
  });
  return values;
}

/** LD_IMM64 of a value into the register that the instruction writes. */
export function asConstant(instruction: Instruction, value: bigint): Instruction {
  return createInstruction(rowNamed('LD_IMM64'), {
    dst: resultRegister(instruction) ?? 0,
    ...splitImmediate64(value),
  });
}
