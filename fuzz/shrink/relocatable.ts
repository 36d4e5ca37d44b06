// Programs in a form that survives deletions: jumps name the instruction they lead to, not a distance.

import { createInstruction, type Instruction, slotCount } from '../../model/isa/instruction.ts';
import { createProgram, type Program, targetOf } from '../../model/isa/program.ts';

export interface Relocatable {
  readonly instruction: Instruction;
  /** Index into the list of what a jump, local call or code address leads to. */
  readonly target?: number;
}

export function toRelocatable(program: Program): Relocatable[] {
  const indexOfSlot: number[] = [];
  let count = 0;
  for (const instruction of program.code) {
    indexOfSlot.push(count);
    if (instruction !== undefined) count++;
  }
  return program.code.flatMap((instruction, slot) => {
    if (instruction === undefined) return [];
    const target = targetOf(instruction, slot);
    return [target === undefined ? { instruction } : { instruction, target: indexOfSlot[target]! }];
  });
}

function usesImm({ row }: Instruction): boolean {
  const { family } = row.operation;
  return family === 'call' || family === 'ld_imm64' || row.name === 'JA32';
}

/** @throws InputError when the list is no program (no exit at the end, for example). */
export function fromRelocatable(list: readonly Relocatable[]): Program {
  const slots: number[] = [];
  let slot = 0;
  for (const { instruction } of list) {
    slots.push(slot);
    slot += slotCount(instruction);
  }
  return createProgram(
    list.map(({ instruction, target }, index) => {
      if (target === undefined) return instruction;
      const distance = (slots[target] ?? slot) - slots[index]! - 1;
      return createInstruction(instruction.row, {
        ...instruction,
        [usesImm(instruction) ? 'imm' : 'offset']: distance,
      });
    }),
  );
}

/** The list without the elements from `start` up to `end`; jumps into the gap lead to what follows it. */
export function without(list: readonly Relocatable[], start: number, end: number): Relocatable[] {
  const moved = (target: number) => {
    if (target < start) return target;
    return target < end ? start : target - (end - start);
  };
  return list.flatMap((element, index) => {
    if (index >= start && index < end) return [];
    return element.target === undefined
      ? [element]
      : [{ instruction: element.instruction, target: moved(element.target) }];
  });
}
