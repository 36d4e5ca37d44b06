// One instruction of a symbolic run: the terms of the Semantics over the terms of the state.

import { invariant } from '../../model/errors.ts';
import { type Instruction, slotCount } from '../../model/isa/instruction.ts';
import { BYTES, type Size } from '../../model/isa/operations.ts';
import type { Family, Operation } from '../../model/isa/row.ts';
import { contextAddress } from '../../model/scenario/context.ts';
import { codeAddress, mapHandle } from '../../model/scenario/environment.ts';
import { isTailCall } from '../machine/code-facts.ts';
import { lowHalf } from '../semantics/alu.ts';
import type { TargetUse } from '../semantics/control.ts';
import { registersRead } from '../semantics/reads.ts';
import { type BvTerm, bv, bvWrapped, distinct, signExtend } from '../terms/index.ts';
import { callHelper } from './helpers.ts';
import type { SymbolicState } from './state.ts';

type OperationOf<F extends Family> = Extract<Operation, { readonly family: F }>;
type Effect<F extends Family> = (
  state: SymbolicState,
  operation: OperationOf<F>,
  instruction: Instruction,
) => void;

const imm32 = ({ imm }: Instruction) => bvWrapped(32, BigInt(imm));
const offset16 = ({ offset }: Instruction) => bvWrapped(16, BigInt(offset));

const EFFECTS: { readonly [F in Family]-?: Effect<F> } = {
  alu: (state, { op, width, source }, instruction) => {
    const { semantics } = state;
    const { dst, src } = instruction;
    if (width === 64) {
      const operand =
        source === 'X' ? state.read(src) : semantics.immediate.alu64(imm32(instruction));
      state.write(dst, semantics.alu64[op](state.read(dst), operand));
      return;
    }
    const operand =
      source === 'X' ? lowHalf(state.read(src)) : semantics.immediate.alu32(imm32(instruction));
    const value = semantics.alu32[op](lowHalf(state.read(dst)), operand);
    state.write(dst, semantics.result32[op](value, state.read(dst)));
  },
  neg: (state, { width }, { dst }) => {
    const { neg, result32 } = state.semantics;
    const before = state.read(dst);
    state.write(
      dst,
      width === 64 ? neg[64](before) : result32.NEG(neg[32](lowHalf(before)), before),
    );
  },
  movsx: (state, { op }, { dst, src }) => {
    const { movsx, result32 } = state.semantics;
    const value = movsx[op](state.read(src));
    const isNarrow = op === 'MOVSX8_32' || op === 'MOVSX16_32';
    state.write(dst, isNarrow ? result32[op](value, state.read(dst)) : value);
  },
  swap: (state, { op }, { dst }) => {
    state.write(dst, state.semantics.swap[op](state.read(dst)));
  },
  jump: (state, { op, width, source }, instruction) => {
    const { semantics } = state;
    const dst = state.read(instruction.dst);
    const src = state.read(instruction.src);
    const imm = imm32(instruction);
    const taken =
      width === 64
        ? semantics.jump64[op](dst, source === 'X' ? src : semantics.immediate.jump64(imm))
        : semantics.jump32[op](
            lowHalf(dst),
            source === 'X' ? lowHalf(src) : semantics.immediate.jump32(imm),
          );
    if (state.path.decide(taken)) state.pc = target(state, 'jump', instruction);
  },
  ja: (state, { width }, instruction) => {
    state.pc = target(state, width === 32 ? 'JA32' : 'JA', instruction);
  },
  may_goto: (state, _, instruction) => {
    const { frame, semantics } = state;
    const { budget } = frame;
    if (state.path.decide(semantics.mayGoto.jumps(budget))) {
      state.pc = target(state, 'may_goto', instruction);
    }
    frame.budget = semantics.mayGoto.budget(budget);
  },
  call: (state, { op }, instruction) => {
    switch (op) {
      case 'CALL_HELPER':
        callHelper(state, instruction.imm);
        return;
      case 'CALL_LOCAL':
        state.push(target(state, 'CALL_LOCAL', instruction), state.pc);
        return;
      case 'CALL_BTF':
        state.unsupported(`kfunc ${instruction.imm}`);
    }
  },
  exit: (state) => {
    const isProgramExit = state.memory.depth === 0 || state.frame.isProgram;
    if (isProgramExit && !state.requireRegisters([0])) return;
    state.leaveFunction();
  },
  ldx: (state, { size, signed }, instruction) => {
    const { load, loadSigned } = state.semantics;
    const value = loadValue(state, size, instruction);
    if (value === undefined) return;
    const extended = signed && size !== 'DW' ? loadSigned[size](value) : load[size](value);
    state.write(instruction.dst, extended);
  },
  st: (state, { size }, instruction) => {
    storeValue(state, size, instruction, state.semantics.storeImmediate[size](imm32(instruction)));
  },
  stx: (state, { size }, instruction) => {
    const value = state.semantics.store[size](state.read(instruction.src));
    storeValue(state, size, instruction, value);
  },
  atomic: (state, { op, width }, instruction) => {
    const { semantics, memory } = state;
    const size = width === 64 ? 'DW' : 'W';
    const access = state.locateRead(address(state, instruction.dst, instruction), BYTES[size]);
    if (access === undefined) return;
    const old = semantics.bytesToValue[size](memory.read(access));
    const meaning = semantics.atomic[`${op}${width}`];
    const effect = meaning(old, state.read(instruction.src), state.read(0));
    memory.write(access, semantics.valueToBytes[size](effect.memory));
    if (effect.result === undefined) return;
    state.write(effect.result.register === 'src' ? instruction.src : 0, effect.result.value);
  },
  ordered: (state, { op, size }, instruction) => {
    const meaning = state.semantics.ordered[op][size];
    if (op === 'STORE_REL') {
      storeValue(state, size, instruction, meaning(state.read(instruction.src)));
      return;
    }
    const value = loadValue(state, size, instruction);
    if (value !== undefined) state.write(instruction.dst, meaning(value));
  },
  ld_imm64: (state, { op }, instruction) => {
    const meaning = state.semantics.constant[op];
    if (meaning === 'unsupported') {
      state.unsupported('var_addr');
      return;
    }
    const { imm, nextImm, dst } = instruction;
    const code = op === 'LD_CODE_ADDR' ? target(state, op, instruction) : 0;
    const parts = {
      imm: imm32(instruction),
      nextImm: bvWrapped(32, BigInt(nextImm)),
      handle: bv(64, imm < 0 ? 0n : mapHandle(imm)),
      firstValue: bv(64, BigInt(state.memory.mapBase(imm))),
      code: bv(64, codeAddress(state.program, code)),
    };
    state.write(dst, meaning(parts));
  },
  packet: (state, { mode, size }, instruction) => packetLoad(state, mode, size, instruction),
};

/** The slot that a jump, a call or a code address names. */
function target(state: SymbolicState, use: TargetUse, instruction: Instruction): number {
  const pc = bv(64, BigInt(state.at));
  const slot = state.semantics.target[use](pc, offset16(instruction), imm32(instruction));
  invariant(slot.op === 'bv', 'a target is known');
  return Number(BigInt.asIntN(64, slot.value));
}

function address(state: SymbolicState, base: number, instruction: Instruction): BvTerm {
  return state.semantics.address(state.read(base), offset16(instruction));
}

function loadValue(state: SymbolicState, size: Size, instruction: Instruction): BvTerm | undefined {
  const access = state.locateRead(address(state, instruction.src, instruction), BYTES[size]);
  if (access === undefined) return undefined;
  return state.semantics.bytesToValue[size](state.memory.read(access));
}

function storeValue(
  state: SymbolicState,
  size: Size,
  instruction: Instruction,
  value: BvTerm,
): void {
  const access = state.locate(address(state, instruction.dst, instruction), BYTES[size]);
  if (access === undefined) return;
  state.memory.write(access, state.semantics.valueToBytes[size](value));
}

function packetLoad(
  state: SymbolicState,
  mode: 'ABS' | 'IND',
  size: Exclude<Size, 'DW'>,
  instruction: Instruction,
): void {
  const { semantics, memory, scenario, path } = state;
  const context = bv(64, BigInt(contextAddress(scenario.run.context.length)));
  if (path.decide(distinct(state.read(6), context))) {
    state.trap('bad_address');
    return;
  }
  const isRaw = scenario.type === 'raw';
  const length = (isRaw ? memory.context() : memory.packet()).length;
  const offset = semantics.packet.offset[mode](state.read(instruction.src), imm32(instruction));
  const isInside = semantics.packet.inside(offset, BYTES[size], bv(32, BigInt(length)));
  const access = memory.packetAccess(isRaw, signExtend(32, offset), BYTES[size]);
  if (!path.decide(isInside) || access === undefined) {
    state.write(0, bv(64, 0n));
    state.leaveFunction();
    return;
  }
  state.write(0, semantics.packet.value[size](memory.read(access)));
  state.clobber('packet');
}

/** Executes the instruction at the pc: changes the state, or ends the run. */
export function executeInstruction(state: SymbolicState): void {
  const instruction = state.scenario.programs[state.program]?.program.code[state.pc];
  invariant(
    instruction !== undefined,
    `program ${state.program} has an instruction at ${state.pc}`,
  );
  state.at = state.pc;
  if (state.objects.isFreed(state.program)) {
    const isLinux = state.scenario.run.helpers === 'linux';
    if (isLinux && isTailCall(instruction)) state.schedule.beforeHop();
    state.trap('use_after_free');
    return;
  }
  if (!state.requireRegisters(registersRead(state.semantics.reads, instruction))) return;
  state.pc += slotCount(instruction);
  const { operation } = instruction.row;
  const effect = EFFECTS[operation.family] as Effect<Family>;
  effect(state, operation as never, instruction);
}
