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
    const index = target === undefined ? undefined : indexOfSlot[target];
    return [index === undefined ? { instruction } : { instruction, target: index }];
  });
}

function usesImm({ row }: Instruction): boolean {
  const { family } = row.operation;
  return family === 'call' || family === 'ld_imm64' || row.name === 'JA32';
}

/** @throws InputError when the list is no program (no exit at the end, for example). */
export function fromRelocatable(list: readonly Relocatable[]): Program {
  return createProgram(relocated(list));
}

/** The instructions of a list, with distances in the place of targets; one of -1 is the slot before the first. */
export function relocated(list: readonly Relocatable[]): Instruction[] {
  const slots: number[] = [];
  let slot = 0;
  for (const { instruction } of list) {
    slots.push(slot);
    slot += slotCount(instruction);
  }
  return list.map(({ instruction, target }, index) => {
    if (target === undefined) return instruction;
    const place = target < 0 ? -1 : (slots[target] ?? slot);
    const distance = place - slots[index]! - 1;
    return createInstruction(instruction.row, {
      ...instruction,
      [usesImm(instruction) ? 'imm' : 'offset']: distance,
    });
  });
}

/** Where an element is once those from `start` up to `end` are gone; those themselves are where the next one is. */
export function shifted(index: number, start: number, end: number): number {
  if (index < start) return index;
  return index < end ? start : index - (end - start);
}

/** The slot at which an element of a list starts. */
export function slotOf(list: readonly Relocatable[], index: number): number {
  return list.slice(0, index).reduce((slot, { instruction }) => slot + slotCount(instruction), 0);
}

/** The list without the elements from `start` up to `end`; jumps into the gap lead to what follows it. */
export function without(list: readonly Relocatable[], start: number, end: number): Relocatable[] {
  return list.flatMap((element, index) => {
    if (index >= start && index < end) return [];
    return element.target === undefined
      ? [element]
      : [{ instruction: element.instruction, target: shifted(element.target, start, end) }];
  });
}
