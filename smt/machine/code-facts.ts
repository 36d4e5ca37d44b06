// What is read off a program's code without running it: docs/semantics.md, References (which maps it uses),
// Local calls that start a counter (its functions and their stacks), Direct jumps (constant indices).

import type { Instruction } from '../../model/isa/instruction.ts';
import type { Program } from '../../model/isa/program.ts';
import { ROWS } from '../../model/isa/table.ts';
import type { Compiled } from './compiled.ts';
import { imm32, raw, targetSlot } from './target.ts';

/** The number of the helper bpf_tail_call. */
export const TAIL_CALL_HELPER = 12;
const INDEX_REGISTER = 3;
const FRAME_POINTER = 10;

/** Whether an instruction is a call of bpf_tail_call. */
export function isTailCall({ row, imm }: Instruction): boolean {
  return KINDS[row.id] === HELPER_CALL && imm === TAIL_CALL_HELPER;
}

// All code of a scenario is looked through before it runs, and rows have many shapes.
const OTHER = 0;
const HELPER_CALL = 1;
const MAP_HANDLE = 2;
const KINDS = Uint8Array.from(ROWS, ({ operation }) => {
  if (operation.family === 'call') return operation.op === 'CALL_HELPER' ? HELPER_CALL : OTHER;
  if (operation.family !== 'ld_imm64') return OTHER;
  return operation.op === 'LD_MAP_FD' || operation.op === 'LD_MAP_IDX' ? MAP_HANDLE : OTHER;
});

interface CodeFunction {
  /** The slot where it starts; it reaches to the start of the next. */
  readonly start: number;
  readonly stackBytes: bigint;
}

export class CodeFacts {
  /** The maps whose handles it loads, by number, in order of first use; also numbers that name no map. */
  readonly maps: readonly number[];
  readonly hasTailCall: boolean;
  private readonly compiled: Compiled;
  private readonly code: Program['code'];
  private knownFunctions: readonly CodeFunction[] | undefined;
  private knownTargets: ReadonlySet<number> | undefined;

  constructor(compiled: Compiled, { code }: Program) {
    this.compiled = compiled;
    this.code = code;
    const maps: number[] = [];
    let hasTailCall = false;
    for (let slot = 0; slot < code.length; slot++) {
      const instruction = code[slot];
      if (instruction === undefined) continue;
      const kind = KINDS[instruction.row.id];
      if (kind === OTHER) continue;
      if (kind === HELPER_CALL) hasTailCall ||= instruction.imm === TAIL_CALL_HELPER;
      else if (!maps.includes(instruction.imm)) maps.push(instruction.imm);
    }
    this.maps = maps;
    this.hasTailCall = hasTailCall;
  }

  /** The stack of the function that holds a slot, in bytes. */
  stackBytes(pc: number): bigint {
    this.knownFunctions ??= this.functions();
    return this.knownFunctions.findLast(({ start }) => start <= pc)?.stackBytes ?? 0n;
  }

  private functions(): CodeFunction[] {
    const starts = new Set([0, ...this.targets(isLocalCall)]);
    const sorted = [...starts].sort((a, b) => a - b);
    return sorted.map((start, i) => ({ start, stackBytes: this.stackOf(start, sorted[i + 1]) }));
  }

  private stackOf(start: number, end: number | undefined): bigint {
    const depths = this.code
      .slice(start, end)
      .map((instruction) => (instruction && isOnStack(instruction) ? -instruction.offset : 0));
    return BigInt(Math.max(0, ...depths));
  }

  private targets(isSuch: (instruction: Instruction) => boolean): number[] {
    return this.code.flatMap((instruction, pc) => {
      if (instruction === undefined || !isSuch(instruction)) return [];
      const use = targetUse(instruction);
      return use === undefined ? [] : [targetSlot(this.compiled, use, pc, instruction)];
    });
  }

  /** The constant index of the tail call at a slot, 64 bits, or undefined where the eye sees none. */
  constantIndex(pc: number): bigint | undefined {
    this.knownTargets ??= new Set(this.targets(() => true));
    for (let slot = pc; slot > 0 && !this.knownTargets.has(slot); ) {
      slot--;
      const before = this.code[slot];
      // The second slot of a wide instruction; nothing leads there.
      if (before === undefined) continue;
      const { family } = before.row.operation;
      if (family === 'call' || family === 'exit' || targetUse(before) !== undefined)
        return undefined;
      if (this.writesIndex(before)) return this.constantOf(before);
    }
    return undefined;
  }

  private writesIndex({ row: { operation }, dst, src }: Instruction): boolean {
    switch (operation.family) {
      case 'alu':
      case 'neg':
      case 'movsx':
      case 'swap':
      case 'ldx':
      case 'ld_imm64':
        return dst === INDEX_REGISTER;
      case 'ordered':
        return operation.op === 'LOAD_ACQ' && dst === INDEX_REGISTER;
      case 'atomic': {
        const { register } = this.compiled.atomic(`${operation.op}${operation.width}`);
        return register === 'src' && src === INDEX_REGISTER;
      }
      case 'packet':
        return this.compiled.clobbers.packet.registers.includes(INDEX_REGISTER);
      default:
        return false;
    }
  }

  /** The value that an instruction gives its register, if that is a constant to the eye. */
  private constantOf(instruction: Instruction): bigint | undefined {
    const { compiled } = this;
    const { operation } = instruction.row;
    if (operation.family === 'alu' && operation.op === 'MOV' && operation.source === 'K') {
      const use = operation.width === 64 ? 'alu64' : 'alu32';
      return compiled.alu(instruction)(0n, compiled.immediate(use)(imm32(instruction)));
    }
    if (operation.family !== 'ld_imm64' || operation.op !== 'LD_IMM64') return undefined;
    const join = compiled.constant('LD_IMM64');
    if (join === 'unsupported') return undefined;
    return join(imm32(instruction), raw(32, instruction.nextImm), 0n, 0n, 0n);
  }
}

function isLocalCall({ row: { operation } }: Instruction): boolean {
  return operation.family === 'call' && operation.op === 'CALL_LOCAL';
}

/** What an instruction that leads elsewhere uses its fields for: jumps and local calls. */
function targetUse({ row: { operation } }: Instruction) {
  switch (operation.family) {
    case 'jump':
      return 'jump';
    case 'may_goto':
      return 'may_goto';
    case 'ja':
      return operation.width === 32 ? 'JA32' : 'JA';
    case 'call':
      return operation.op === 'CALL_LOCAL' ? 'CALL_LOCAL' : undefined;
    default:
      return undefined;
  }
}

/** Whether an instruction accesses memory at R10 and its offset. */
function isOnStack({ row: { operation }, dst, src }: Instruction): boolean {
  switch (operation.family) {
    case 'ldx':
      return src === FRAME_POINTER;
    case 'st':
    case 'stx':
    case 'atomic':
      return dst === FRAME_POINTER;
    case 'ordered':
      return (operation.op === 'LOAD_ACQ' ? src : dst) === FRAME_POINTER;
    default:
      return false;
  }
}
