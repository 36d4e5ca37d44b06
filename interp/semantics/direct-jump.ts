// Tail calls with a constant index, which become direct jumps: docs/semantics.md, Direct jumps.

import type { Instruction } from '../../model/isa/instruction.ts';
import { type Program, writtenRegister } from '../../model/isa/program.ts';
import type { TailCallKnobs } from '../../model/profiles/profile.ts';
import { imm64, operand } from './operand.ts';

const INDEX_REGISTER = 3;

/**
 * The index of the call at a slot where it is a constant to the eye: unsigned 64 bits.
 * @param isEntered whether control may reach a slot other than from the slot above.
 */
export function constantIndex(
  { code }: Program,
  call: number,
  isEntered: (slot: number) => boolean,
): bigint | undefined {
  for (let slot = call; slot > 0 && !isEntered(slot); ) {
    slot -= code[slot - 1] === undefined ? 2 : 1;
    const above = code[slot]!;
    if (isTransfer(above)) return undefined;
    if (writtenRegister(above) === INDEX_REGISTER) return constantOf(above);
  }
  return undefined;
}

/** Packet loads are among them: they may exit, and they overwrite R3. */
function isTransfer({ row }: Instruction): boolean {
  switch (row.operation.family) {
    case 'call':
    case 'exit':
    case 'jump':
    case 'ja':
    case 'may_goto':
    case 'packet':
      return true;
    default:
      return false;
  }
}

function constantOf({ row, imm, nextImm }: Instruction): bigint | undefined {
  const { operation } = row;
  if (operation.family === 'ld_imm64') {
    return operation.op === 'LD_IMM64' ? imm64(imm, nextImm) : undefined;
  }
  if (operation.family !== 'alu' || operation.op !== 'MOV' || operation.source !== 'K') {
    return undefined;
  }
  return operation.width === 64 ? operand.alu64(imm) : operand.alu32(imm);
}

/** Whether a tail call jumps through a slot beyond the array, because a tnum took its index for one in range. */
export function jumpsBeyond(
  { directKey }: TailCallKnobs,
  maxEntries: number,
  constant: () => bigint | undefined,
): boolean {
  if (directKey === 'checked') return false;
  const index = constant();
  const mask = 2 ** (32 - Math.clz32(maxEntries - 1)) - 1;
  return index !== undefined && index >= BigInt(maxEntries) && index <= BigInt(mask);
}
