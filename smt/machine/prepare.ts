// From a decoded instruction to a prepared one.

import { type Instruction, slotCount } from '../../model/isa/instruction.ts';
import type { Size } from '../../model/isa/operations.ts';
import type { Family, Operation } from '../../model/isa/row.ts';
import { registersRead } from '../semantics/reads.ts';
import { isTailCall } from './code-facts.ts';
import { type Compiled, type CompiledAtomic, registerMask } from './compiled.ts';
import * as effects from './execute.ts';
import type { Op } from './op.ts';
import { imm32, raw, targetSlot } from './target.ts';

type OperationOf<F extends Family> = Extract<Operation, { readonly family: F }>;
type Fields = Partial<Op> & Pick<Op, 'execute'>;
type Preparation<F extends Family> = (
  operation: OperationOf<F>,
  instruction: Instruction,
  context: { readonly compiled: Compiled; readonly pc: number },
) => Fields;

const PREPARATIONS: { readonly [F in Family]-?: Preparation<F> } = {
  alu: ({ source, width }, instruction, { compiled }) => ({
    execute: source === 'K' ? effects.aluImmediate : effects.aluRegister,
    compute: compiled.alu(instruction),
    operand: compiled.immediate(width === 64 ? 'alu64' : 'alu32')(imm32(instruction)),
  }),
  neg: (_, instruction, { compiled }) => ({
    execute: effects.aluRegister,
    compute: compiled.unary(instruction),
  }),
  movsx: (_, instruction, { compiled }) => ({
    execute: effects.aluRegister,
    compute: compiled.unary(instruction),
  }),
  swap: (_, instruction, { compiled }) => ({
    execute: effects.aluRegister,
    compute: compiled.unary(instruction),
  }),
  jump: ({ source, width }, instruction, { compiled, pc }) => ({
    execute: source === 'K' ? effects.jumpImmediate : effects.jumpRegister,
    test: compiled.condition(instruction),
    operand: compiled.immediate(width === 64 ? 'jump64' : 'jump32')(imm32(instruction)),
    target: targetSlot(compiled, 'jump', pc, instruction),
  }),
  ja: ({ width }, instruction, { compiled, pc }) => ({
    execute: effects.jumpAlways,
    target: targetSlot(compiled, width === 32 ? 'JA32' : 'JA', pc, instruction),
  }),
  may_goto: (_, instruction, { compiled, pc }) => ({
    execute: effects.mayGoto,
    target: targetSlot(compiled, 'may_goto', pc, instruction),
  }),
  call: ({ op }, instruction, { compiled, pc }) => {
    switch (op) {
      case 'CALL_HELPER':
        return { execute: effects.callHelper };
      case 'CALL_LOCAL':
        return {
          execute: effects.callLocal,
          target: targetSlot(compiled, 'CALL_LOCAL', pc, instruction),
        };
      case 'CALL_BTF':
        return { execute: effects.callBtf };
    }
  },
  exit: () => ({ execute: effects.exit }),
  ldx: ({ size }, instruction, { compiled }) => loadFields(size, instruction, compiled),
  st: ({ size }, instruction, { compiled }) => ({
    execute: effects.storeImmediate,
    operand: compiled.store(instruction)(imm32(instruction)),
    codec: compiled.codecs[size],
  }),
  stx: ({ size }, instruction, { compiled }) => storeFields(size, instruction, compiled),
  atomic: ({ op, width }, _, { compiled }) => ({
    execute: effects.atomic,
    codec: compiled.codecs[width === 64 ? 'DW' : 'W'],
    atomic: compiled.atomic(`${op}${width}`),
  }),
  ordered: ({ op, size }, instruction, { compiled }) =>
    op === 'LOAD_ACQ'
      ? loadFields(size, instruction, compiled)
      : storeFields(size, instruction, compiled),
  ld_imm64: ({ op }, instruction, { compiled, pc }) => {
    const join = compiled.constant(op);
    if (join === 'unsupported') return { execute: effects.unsupportedConstant };
    const nextImm = raw(32, instruction.nextImm);
    if (op === 'LD_IMM64') {
      const operand = join(imm32(instruction), nextImm, 0n, 0n, 0n);
      return { execute: effects.constantKnown, operand };
    }
    const isCode = op === 'LD_CODE_ADDR';
    return {
      execute: effects.constant,
      join,
      operand: imm32(instruction),
      nextImm,
      target: isCode ? targetSlot(compiled, op, pc, instruction) : 0,
    };
  },
  packet: ({ mode, size }, instruction, { compiled }) => ({
    execute: effects.packetLoad,
    compute: compiled.packetOffset(mode),
    test: compiled.packetInside(compiled.codecs[size].bytes),
    join: compiled.packetValue(size),
    codec: compiled.codecs[size],
    operand: imm32(instruction),
  }),
};

function loadFields(size: Size, instruction: Instruction, compiled: Compiled): Fields {
  return {
    execute: effects.load,
    extend: compiled.load(instruction),
    codec: compiled.codecs[size],
  };
}

function storeFields(size: Size, instruction: Instruction, compiled: Compiled): Fields {
  return {
    execute: effects.storeRegister,
    extend: compiled.store(instruction),
    codec: compiled.codecs[size],
  };
}

const first = (a: bigint) => a;
const never = () => false;
const NO_ATOMIC: CompiledAtomic = { memory: first, register: undefined, result: first };

/** The prepared form of the instruction at a slot. */
export function prepare(compiled: Compiled, instruction: Instruction, pc: number): Op {
  const { operation } = instruction.row;
  const preparation = PREPARATIONS[operation.family] as Preparation<Family>;
  const fields = preparation(operation as never, instruction, { compiled, pc });
  const reads = registersRead(compiled.semantics.reads, instruction);
  return {
    execute: fields.execute,
    next: pc + slotCount(instruction),
    reads: registerMask(reads),
    dst: instruction.dst,
    src: instruction.src,
    operand: fields.operand ?? 0n,
    offset: raw(16, instruction.offset),
    imm: instruction.imm,
    nextImm: fields.nextImm ?? 0n,
    target: fields.target ?? 0,
    codec: fields.codec ?? compiled.codecs.B,
    compute: fields.compute ?? first,
    test: fields.test ?? never,
    extend: fields.extend ?? first,
    atomic: fields.atomic ?? NO_ATOMIC,
    join: fields.join ?? first,
  };
}

/** What stands for the instruction at a slot of a program that has been freed: it traps before anything else. */
export function prepareFreed(compiled: Compiled, instruction: Instruction, pc: number): Op {
  const execute = isTailCall(instruction) ? effects.freedTailCall : effects.useAfterFree;
  return { ...prepare(compiled, instruction, pc), reads: 0, execute };
}
