// An instruction as the verifier's log spells it. It differs from the disassembler's text where that must be read
// back: the kernel shows addresses instead of maps, and prints constants and halves in its own way.

import type { Instruction } from '../../isa/instruction.ts';
import { disassembleInstruction } from '../../isa/text/disassemble.ts';
import { linuxHelperName } from '../../isa/text/helper-names.ts';
import { joinImmediate64 } from '../../isa/text/numbers.ts';

const hex = (value: bigint | number) => `0x${value.toString(16)}`;

/** `(b7) r0 = 1`; without the slot. Addresses of maps and their values are 0, as unprivileged users see them. */
export function instructionText(instruction: Instruction): string {
  return `(${instruction.row.opcode.toString(16).padStart(2, '0')}) ${bodyText(instruction)}`;
}

function bodyText(instruction: Instruction): string {
  const { row, imm } = instruction;
  const { operation } = row;
  const text = disassembleInstruction(instruction);
  switch (operation.family) {
    case 'jump':
      return operation.source === 'K'
        ? text.replace(` ${imm} goto`, ` ${hex(imm >>> 0)} goto`)
        : text;
    case 'atomic':
    case 'ordered':
      // Halves of registers are not told apart here.
      return text.replace(/\bw(?=\d)/g, 'r');
    case 'ld_imm64':
      return `r${instruction.dst} = ${hex(constantOf(instruction))}`;
    case 'call':
      return operation.op === 'CALL_HELPER' ? `call ${helperText(imm)}` : text;
    default:
      return text;
  }
}

/** A helper's name and number. The number 0 has a name, too. */
function helperText(id: number): string {
  return `${id === 0 ? 'bpf_unspec' : (linuxHelperName(id) ?? 'unknown')}#${id}`;
}

/** What an LD_IMM64 is seen to load: a constant as it is, an address as 0. */
function constantOf({ row, imm, nextImm }: Instruction): bigint {
  return row.name === 'LD_IMM64' || row.name === 'LD_CODE_ADDR'
    ? joinImmediate64(imm, nextImm)
    : 0n;
}
