// All programs of a scenario, laid out one behind the other as parallel arrays: what the dispatch loop reads.
// A place in the image is a "pc" here; `placeOf` gives it back as program and slot.

import { invariant } from '../model/errors.ts';
import type { Instruction } from '../model/isa/instruction.ts';
import { ROWS } from '../model/isa/table.ts';
import { codeAddress, mapHandle, type Region } from '../model/scenario/environment.ts';
import type { CodePlace } from '../model/scenario/outcome.ts';
import type { NamedProgram } from '../model/scenario/scenario.ts';
import type { Semantics } from './semantics/semantics.ts';

/** Stands in the place of every row of a program that has been freed. */
export const FREED_ROW = ROWS.length;

export class CodeImage {
  /** Row ids, by pc; `FREED_ROW` where the program is gone. */
  row = new Uint8Array(0);
  dst = new Uint8Array(0);
  src = new Uint8Array(0);
  offset = new Int16Array(0);
  /** The raw field. */
  imm = new Int32Array(0);
  /** Where a jump, may_goto or local call leads. */
  target = new Int32Array(0);
  /** The extended immediate, or the constant of LD_IMM64. */
  operand = new BigUint64Array(0);
  operandHalves = new Uint32Array(0);
  instructions: (Instruction | undefined)[] = [];
  /** First pc of each program. */
  starts: number[] = [];
  private programOf = new Uint16Array(0);

  /** Lays out a scenario's programs; reuses the arrays of earlier loads. */
  load(
    programs: readonly NamedProgram[],
    mapValues: readonly (Region | undefined)[],
    semantics: Semantics,
  ): void {
    this.reserve(programs.reduce((sum, { program }) => sum + program.code.length, 0));
    this.starts = [];
    this.instructions = [];
    programs.forEach(({ program }, index) => {
      const start = this.instructions.length;
      this.starts.push(start);
      for (const instruction of program.code) {
        const pc = this.instructions.length;
        this.instructions.push(instruction);
        this.programOf[pc] = index;
        if (instruction !== undefined) {
          this.place(pc, start, index, instruction, mapValues, semantics);
        }
      }
    });
  }

  /** Takes a program's code away: whatever executes of it from now on is a use after free. */
  free(program: number): void {
    const end = this.starts[program + 1] ?? this.instructions.length;
    this.row.fill(FREED_ROW, this.starts[program]!, end);
  }

  isFreed(pc: number): boolean {
    return this.row[pc] === FREED_ROW;
  }

  /** The program that a pc lies in. */
  programAt(pc: number): number {
    return this.programOf[pc]!;
  }

  placeOf(pc: number): CodePlace {
    const program = this.programOf[pc]!;
    return { program, pc: pc - this.starts[program]! };
  }

  private place(
    pc: number,
    start: number,
    program: number,
    instruction: Instruction,
    mapValues: readonly (Region | undefined)[],
    semantics: Semantics,
  ): void {
    this.row[pc] = instruction.row.id;
    this.dst[pc] = instruction.dst;
    this.src[pc] = instruction.src;
    this.offset[pc] = instruction.offset;
    this.imm[pc] = instruction.imm;
    const slot = pc - start;
    this.target[pc] = start + targetSlot(instruction, slot, semantics);
    this.operand[pc] = operandOf(instruction, slot, program, mapValues, semantics);
  }

  private reserve(slots: number): void {
    if (slots <= this.row.length) return;
    const size = Math.max(slots, 2 * this.row.length, 256);
    this.row = new Uint8Array(size);
    this.dst = new Uint8Array(size);
    this.src = new Uint8Array(size);
    this.offset = new Int16Array(size);
    this.imm = new Int32Array(size);
    this.target = new Int32Array(size);
    this.operand = new BigUint64Array(size);
    this.operandHalves = new Uint32Array(this.operand.buffer);
    this.programOf = new Uint16Array(size);
  }
}

function targetSlot(instruction: Instruction, slot: number, { target }: Semantics): number {
  const { operation } = instruction.row;
  switch (operation.family) {
    case 'jump':
    case 'may_goto':
      return target.conditional(slot, instruction);
    case 'ja':
      return operation.width === 64
        ? target.ja(slot, instruction)
        : target.gotol(slot, instruction);
    case 'call':
      return operation.op === 'CALL_LOCAL' ? target.call(slot, instruction) : 0;
    default:
      return 0;
  }
}

function operandOf(
  instruction: Instruction,
  slot: number,
  program: number,
  mapValues: readonly (Region | undefined)[],
  { operand, imm64, target }: Semantics,
): bigint {
  const { imm, nextImm } = instruction;
  const { operation } = instruction.row;
  switch (operation.family) {
    case 'alu':
      return operation.width === 64 ? operand.alu64(imm) : operand.alu32(imm);
    case 'jump':
      return operation.width === 64 ? operand.jump64(imm) : operand.jump32(imm);
    case 'st':
      return operand.store(imm);
    case 'ld_imm64':
      switch (operation.op) {
        case 'LD_IMM64':
          return imm64(imm, nextImm);
        case 'LD_MAP_FD':
        case 'LD_MAP_IDX':
          return mapHandle(imm);
        case 'LD_MAP_VALUE_FD':
        case 'LD_MAP_VALUE_IDX': {
          const values = mapValues[imm];
          invariant(values !== undefined, `map ${imm} has no values to point into`);
          return BigInt(values.base + nextImm);
        }
        case 'LD_CODE_ADDR':
          return codeAddress(program, target.codeAddress(slot, instruction));
        default:
          return 0n;
      }
    default:
      return 0n;
  }
}
