// Which registers and stack bytes have been written: docs/semantics.md, Poison. Kept only where a scenario
// asks for traps on uninitialised reads.

import { STACK_BYTES, STACK_FRAMES } from '../model/scenario/environment.ts';
import type { Instruction } from '../model/isa/instruction.ts';

const R0 = 0;
const FRAME_POINTER = 10;
const CONTEXT_REGISTER = 6;

/** The registers that an instruction reads, as a bit set; helper arguments and exits are checked by the machine. */
export function registersRead({ row, dst, src }: Instruction): number {
  const { operation } = row;
  const bit = (register: number) => 1 << register;
  switch (operation.family) {
    case 'alu': {
      const left = operation.op === 'MOV' ? 0 : bit(dst);
      return operation.source === 'X' ? left | bit(src) : left;
    }
    case 'jump':
      return operation.source === 'X' ? bit(dst) | bit(src) : bit(dst);
    case 'neg':
    case 'swap':
    case 'st':
      return bit(dst);
    case 'movsx':
    case 'ldx':
      return bit(src);
    case 'stx':
      return bit(dst) | bit(src);
    case 'atomic':
      return bit(dst) | bit(src) | (operation.op === 'CMPXCHG' ? bit(R0) : 0);
    case 'ordered':
      return operation.op === 'LOAD_ACQ' ? bit(src) : bit(dst) | bit(src);
    case 'packet':
      return bit(CONTEXT_REGISTER) | (operation.mode === 'IND' ? bit(src) : 0);
    default:
      return 0;
  }
}

export class Initialised {
  /** Bit set of registers. */
  registers = 0;
  /** By place in the backing buffer, where the frames stand first, one behind the other. */
  private readonly stack = new Uint8Array(STACK_FRAMES * STACK_BYTES);

  /** Nothing but r10 is initialised; frames say so of themselves when they are entered. */
  reset(): void {
    this.registers = 1 << FRAME_POINTER;
  }

  set(register: number): void {
    this.registers |= 1 << register;
  }

  unset(registers: readonly number[]): void {
    for (const register of registers) this.registers &= ~(1 << register);
  }

  has(register: number): boolean {
    return (this.registers & (1 << register)) !== 0;
  }

  /** Whether `size` bytes at a place have all been written; bytes that are not stack always have. */
  hasBytes(at: number, size: number): boolean {
    if (at >= this.stack.length) return true;
    for (let i = at; i < at + size; i++) if (this.stack[i] === 0) return false;
    return true;
  }

  setBytes(at: number, size: number): void {
    if (at < this.stack.length) this.stack.fill(1, at, at + size);
  }

  unsetFrame(frame: number): void {
    this.stack.fill(0, frame * STACK_BYTES, (frame + 1) * STACK_BYTES);
  }
}
