// A program: decoded instructions at their slots, checked for what any engine needs before it can run.

import { InputError } from '../errors.ts';
import {
  decodeAt,
  encodeInstruction,
  type Instruction,
  type Slot,
  slotCount,
} from './instruction.ts';

/** RFC 9669 §2: r10 is the read-only frame pointer. */
export const FRAME_POINTER = 10;

/**
 * Instructions by slot. A pc counts slots, as in the kernel's logs; the second slot of a wide
 * instruction holds `undefined`.
 */
export interface Program {
  readonly code: readonly (Instruction | undefined)[];
  /** Slots at which a function (the entry or the target of a local call) starts, ascending. */
  readonly functions: readonly number[];
}

/**
 * Builds a program from instructions in order.
 * @throws InputError when a jump, a call or the end does not land on an instruction, or r10 is written.
 */
export function createProgram(instructions: readonly Instruction[]): Program {
  return checkProgram(layOut(instructions));
}

/** Builds a program that no engine may run before a verifier has accepted it: nothing is checked. */
export function uncheckedProgram(instructions: readonly Instruction[]): Program {
  const code = layOut(instructions);
  return { code, functions: functionsOf(code) };
}

function layOut(instructions: readonly Instruction[]): Program['code'] {
  return instructions.flatMap((instruction) =>
    slotCount(instruction) === 2 ? [instruction, undefined] : [instruction],
  );
}

/** Where functions start; targets outside of the program are none. */
function functionsOf(code: Program['code']): number[] {
  const functions = new Set([0]);
  code.forEach((instruction, pc) => {
    if (instruction === undefined) return;
    const { family } = instruction.row.operation;
    const target = targetOf(instruction, pc);
    if (target === undefined || (family !== 'call' && family !== 'ld_imm64')) return;
    if (target >= 0 && target < code.length) functions.add(target);
  });
  return [...functions].sort((a, b) => a - b);
}

/** Decodes and checks a program. @throws InputError naming slot, field and reason. */
export function decodeProgram(slots: readonly Slot[]): Program {
  return checkProgram(layOut(decodeSlots(slots)));
}

/** Decodes instructions up to the end. @throws InputError naming slot, field and reason. */
export function decodeSlots(slots: readonly Slot[]): Instruction[] {
  const instructions: Instruction[] = [];
  for (let slot = 0; slot < slots.length; ) {
    const instruction = decodeAt(slots, slot);
    instructions.push(instruction);
    slot += slotCount(instruction);
  }
  return instructions;
}

/** The slots of a program; the inverse of `decodeProgram`. */
export function encodeProgram(program: Program): Slot[] {
  return program.code.flatMap((instruction) => (instruction ? encodeInstruction(instruction) : []));
}

/**
 * The slot that a jump, a may_goto, a local call or a code address names, or undefined for other rows.
 * RFC 9669 §4.3: relative to the instruction after this one; which field holds it is the row's syntax.
 */
export function targetOf(instruction: Instruction, pc: number): number | undefined {
  const { operation } = instruction.row;
  switch (operation.family) {
    case 'jump':
    case 'may_goto':
      return pc + 1 + instruction.offset;
    case 'ja':
      return pc + 1 + (operation.width === 32 ? instruction.imm : instruction.offset);
    case 'call':
      return operation.op === 'CALL_LOCAL' ? pc + 1 + instruction.imm : undefined;
    case 'ld_imm64':
      return operation.op === 'LD_CODE_ADDR' ? pc + 1 + instruction.imm : undefined;
    default:
      return undefined;
  }
}

/** The register that an instruction's encoding names as its result, or undefined. */
export function writtenRegister(instruction: Instruction): number | undefined {
  const { operation } = instruction.row;
  switch (operation.family) {
    case 'alu':
    case 'neg':
    case 'movsx':
    case 'swap':
    case 'ldx':
    case 'ld_imm64':
      return instruction.dst;
    case 'ordered':
      return operation.op === 'LOAD_ACQ' ? instruction.dst : undefined;
    case 'atomic':
      if (operation.op === 'CMPXCHG') return 0;
      return operation.op.startsWith('FETCH') || operation.op === 'XCHG'
        ? instruction.src
        : undefined;
    default:
      return undefined;
  }
}

function checkTarget(code: readonly (Instruction | undefined)[], pc: number, target: number): void {
  if (target < 0 || target >= code.length) {
    throw new InputError(`jump out of range from slot ${pc} to ${target}`, { at: `slot ${pc}` });
  }
  if (code[target] === undefined) {
    throw new InputError(
      `jump from slot ${pc} into the second slot of the wide instruction at ${target - 1}`,
      {
        at: `slot ${pc}`,
      },
    );
  }
}

function checkEnd(code: readonly (Instruction | undefined)[]): void {
  const last = code.at(-1);
  const family = last?.row.operation.family;
  if (family !== 'exit' && family !== 'ja') {
    throw new InputError('the last instruction is neither an exit nor a jump', {
      at: `slot ${Math.max(0, code.length - (last === undefined ? 2 : 1))}`,
    });
  }
}

function checkProgram(code: readonly (Instruction | undefined)[]): Program {
  if (code.length === 0) throw new InputError('the program has no instructions');
  code.forEach((instruction, pc) => {
    if (instruction === undefined) return;
    const target = targetOf(instruction, pc);
    if (target !== undefined) checkTarget(code, pc, target);
    if (writtenRegister(instruction) === FRAME_POINTER) {
      throw new InputError(
        `${instruction.row.name} writes r10, the frame pointer, which is read-only`,
        {
          at: `slot ${pc}`,
        },
      );
    }
  });
  checkEnd(code);
  return { code, functions: functionsOf(code) };
}
