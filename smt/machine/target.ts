// Where jumps, calls and code addresses lead, by the compiled terms.

import type { Instruction } from '../../model/isa/instruction.ts';
import type { Compiled } from './compiled.ts';

/** A field's raw bits, as an unsigned number. */
export const raw = (bits: number, value: number) => BigInt.asUintN(bits, BigInt(value));
/** The raw imm: unsigned 32 bits. */
export const imm32 = ({ imm }: Instruction) => raw(32, imm);

/** The slot that a jump, a call or a code address names. */
export function targetSlot(
  compiled: Compiled,
  use: Parameters<Compiled['target']>[0],
  pc: number,
  instruction: Instruction,
): number {
  const target = compiled.target(use)(BigInt(pc), raw(16, instruction.offset), imm32(instruction));
  return Number(BigInt.asIntN(64, target));
}
