// What calls need to know of the code around them. Worked out when a run first needs it, once for each program.

import type { Instruction } from '../model/isa/instruction.ts';
import { type Program, targetOf } from '../model/isa/program.ts';
import type { NamedProgram } from '../model/scenario/scenario.ts';
import type { Semantics } from './semantics/semantics.ts';

/** Of a function: the bytes below r10 that its instructions reach. */
interface Stack {
  bytes: number;
}

export class CallSites {
  private readonly semantics: Semantics;
  private programs: readonly NamedProgram[] = [];
  /** By program and slot; the slots of a function share one. */
  private stacks: Stack[][] = [];
  private entered: Set<number>[] = [];

  constructor(semantics: Semantics) {
    this.semantics = semantics;
  }

  load(programs: readonly NamedProgram[]): void {
    this.programs = programs;
    this.stacks = [];
    this.entered = [];
  }

  /** The stack of the function that holds a slot. */
  stackBytes(program: number, slot: number): number {
    this.stacks[program] ??= this.stacksOf(this.programs[program]!.program);
    return this.stacks[program][slot]!.bytes;
  }

  /** The index of the tail call at a slot where the code above fixes it. */
  constantIndex(program: number, slot: number): bigint | undefined {
    const { program: code } = this.programs[program]!;
    this.entered[program] ??= enteredSlots(code);
    const entered = this.entered[program];
    return this.semantics.constantIndex(code, slot, (at) => entered.has(at));
  }

  /** A function reaches from its first slot to the start of the next one. */
  private stacksOf(program: Program): Stack[] {
    const starts = new Set(targets(program, isLocalCall));
    let current: Stack = { bytes: 0 };
    return program.code.map((instruction, slot) => {
      if (starts.has(slot)) current = { bytes: 0 };
      const reach = instruction === undefined ? 0 : this.semantics.stackReach(instruction);
      current.bytes = Math.max(current.bytes, reach);
      return current;
    });
  }
}

function isLocalCall({ row }: Instruction): boolean {
  return row.name === 'CALL_LOCAL';
}

/** Slots that jumps and local calls lead to. */
function enteredSlots(program: Program): Set<number> {
  return new Set(targets(program, ({ row }) => row.operation.family !== 'ld_imm64'));
}

function targets({ code }: Program, isMeant: (instruction: Instruction) => boolean): number[] {
  return code.flatMap((instruction, slot) => {
    if (instruction === undefined || !isMeant(instruction)) return [];
    return targetOf(instruction, slot) ?? [];
  });
}
