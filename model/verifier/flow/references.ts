// What is looked at instruction by instruction before any path is: opcodes that a kernel lacks, and maps that
// LD_IMM64 refers to (`resolve_pseudo_ldimm64`).

import { invariant } from '../../errors.ts';
import type { Instruction } from '../../isa/instruction.ts';
import { BYTES } from '../../isa/operations.ts';
import type { MapDefinition } from '../../scenario/scenario.ts';
import type { Verification } from '../verification.ts';

export interface ReferencePart {
  /** Opcodes that are not in the kernel's table. */
  checkOpcode(v: Verification, instruction: Instruction): void;
  /** `count` different maps: at most `limits.maps`. */
  checkMapCount(v: Verification, count: number): void;
  /** The address of a byte of a map's only value: `offset`, unsigned 32 bits. */
  checkMapValue(v: Verification, map: MapDefinition, offset: number): void;
}

export const REFERENCE_PART: ReferencePart = {
  checkOpcode: (v, instruction) => {
    const problem = opcodeProblem(v, instruction);
    if (problem !== undefined) v.reject('EINVAL', problem);
  },
  checkMapCount: (v, count) => {
    const { limits, reportsMapLimit } = v.rules;
    if (count <= limits.maps) return;
    if (!reportsMapLimit) v.rejectSilently('E2BIG');
    v.reject(
      'E2BIG',
      `The total number of maps per program has reached the limit of ${limits.maps}`,
    );
  },
  checkMapValue: (v, map, offset) => {
    if (offset >= v.rules.limits.variableOffset) {
      v.reject('EINVAL', `direct value offset of ${offset} is not allowed`);
    }
    if (map.type !== 'array') {
      return v.reject('EINVAL', 'no direct value access support for this map type');
    }
    const message = `invalid access to map value pointer, value_size=${map.valueSize} off=${offset}`;
    if (map.maxEntries !== 1) v.reject('ENOTSUPP', message);
    if (offset >= map.valueSize) v.reject('EINVAL', message);
  },
};

function opcodeProblem({ rules }: Verification, instruction: Instruction): string | undefined {
  const { opcode, operation } = instruction.row;
  const unknown = `unknown opcode ${opcode.toString(16).padStart(2, '0')}`;
  switch (operation.family) {
    case 'ldx':
      return operation.signed && !rules.cpuV4 ? 'BPF_LDX uses reserved fields' : undefined;
    case 'swap':
      return operation.op.startsWith('BSWAP') && !rules.cpuV4 ? unknown : undefined;
    case 'may_goto':
      return rules.mayGoto ? undefined : unknown;
    case 'ordered':
      // Of 32 and 64 bits, they share the opcode of atomics, and are refused as such when they are reached.
      return BYTES[operation.size] < 4 && !rules.orderedAccesses ? unknown : undefined;
    default:
      return undefined;
  }
}

/** Checks all instructions, in the order of the slots. */
export function checkReferences(v: Verification): void {
  const { flow: rules } = v.parts;
  const maps = new Set<number>();
  v.subject.program.code.forEach((instruction) => {
    if (instruction === undefined) return;
    rules.checkOpcode(v, instruction);
    if (instruction.row.operation.family === 'ld_imm64') checkWide(v, instruction, maps);
  });
}

/** @param maps those that were seen so far. */
function checkWide(v: Verification, { row, imm, nextImm }: Instruction, maps: Set<number>): void {
  const { flow: rules } = v.parts;
  invariant(row.operation.family === 'ld_imm64', 'only LD_IMM64 refers to maps');
  const { op } = row.operation;
  if (op === 'LD_IMM64') return;
  if (op === 'LD_VAR_ADDR') v.unsupported(`the address of a kernel variable, BTF id ${imm}`);
  const map = v.subject.maps[imm];
  if (map === undefined) v.reject('EBADF', `fd ${imm} is not pointing to valid bpf_map`);
  maps.add(imm);
  if (v.rules.reportsMapLimit) rules.checkMapCount(v, maps.size);
  if (op === 'LD_MAP_VALUE_FD' || op === 'LD_MAP_VALUE_IDX') {
    rules.checkMapValue(v, map, nextImm >>> 0);
  }
  if (!v.rules.reportsMapLimit) rules.checkMapCount(v, maps.size);
}
