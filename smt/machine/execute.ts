// The effect of each kind of prepared instruction on the state.

import { contextAddress } from '../../model/scenario/context.ts';
import {
  codeAddress,
  FRAME_LIMIT,
  mapHandle,
  STACK_FRAMES,
} from '../../model/scenario/environment.ts';
import { executeHelper } from './helpers.ts';
import type { Execute } from './op.ts';
import type { MachineState } from './state.ts';

export const aluRegister: Execute = (state, op) => {
  state.write(op.dst, op.compute(state.read(op.dst), state.read(op.src)));
};

export const aluImmediate: Execute = (state, op) => {
  state.write(op.dst, op.compute(state.read(op.dst), op.operand));
};

export const jumpRegister: Execute = (state, op) => {
  if (op.test(state.read(op.dst), state.read(op.src))) state.pc = op.target;
};

export const jumpImmediate: Execute = (state, op) => {
  if (op.test(state.read(op.dst), op.operand)) state.pc = op.target;
};

export const jumpAlways: Execute = (state, op) => {
  state.pc = op.target;
};

export const mayGoto: Execute = (state, op) => {
  const { frame, compiled } = state;
  if (compiled.mayGotoJumps(frame.budget)) state.pc = op.target;
  frame.budget = compiled.mayGotoBudget(frame.budget);
};

export const load: Execute = (state, op) => {
  const { memory, compiled } = state;
  const place = state.locateRead(compiled.address(state.read(op.src), op.offset), op.codec.bytes);
  if (place < 0) return;
  state.write(op.dst, op.extend(op.codec.read(memory.view, place)));
};

export const storeRegister: Execute = (state, op) => {
  storeValue(state, op, op.extend(state.read(op.src)));
};

export const storeImmediate: Execute = (state, op) => {
  storeValue(state, op, op.operand);
};

function storeValue(state: MachineState, op: Parameters<Execute>[1], value: bigint): void {
  const { memory, compiled } = state;
  const place = state.locate(compiled.address(state.read(op.dst), op.offset), op.codec.bytes);
  if (place < 0) return;
  op.codec.write(memory.view, place, value);
  memory.markSet(place, op.codec.bytes);
}

export const atomic: Execute = (state, op) => {
  const { memory, compiled } = state;
  const place = state.locateRead(compiled.address(state.read(op.dst), op.offset), op.codec.bytes);
  if (place < 0) return;
  const old = op.codec.read(memory.view, place);
  const src = state.read(op.src);
  const r0 = state.read(0);
  op.codec.write(memory.view, place, op.atomic.memory(old, src, r0));
  if (op.atomic.register === undefined) return;
  state.write(op.atomic.register === 'src' ? op.src : 0, op.atomic.result(old, src, r0));
};

export const constant: Execute = (state, op) => {
  const firstValue = isMapIndex(state, op.imm) ? state.memory.mapBase(op.imm) : 0;
  const handle = op.imm < 0 ? 0n : mapHandle(op.imm);
  const code = codeAddress(state.program, op.target);
  state.write(op.dst, op.join(op.operand, op.nextImm, handle, BigInt(firstValue), code));
};

function isMapIndex(state: MachineState, map: number): boolean {
  const definition = state.maps.definitions[map];
  return definition !== undefined && definition.type !== 'prog_array';
}

export const constantKnown: Execute = (state, op) => {
  state.write(op.dst, op.operand);
};

export const unsupportedConstant: Execute = (state) => state.unsupported('var_addr');

export const packetLoad: Execute = (state, op) => {
  const { memory, compiled, scenario } = state;
  if (state.read(6) !== BigInt(contextAddress(scenario.run.context.length))) {
    state.trap('bad_address');
    return;
  }
  const offset = op.compute(state.read(op.src), op.operand);
  const { place, bytes } = memory.packetData(scenario.type === 'raw');
  if (!op.test(offset, BigInt(bytes))) {
    state.write(0, 0n);
    leaveFunction(state);
    return;
  }
  const from = place + Number(offset);
  const cells = Array.from(memory.bytes.subarray(from, from + op.codec.bytes), BigInt);
  state.write(0, op.join(...cells));
  state.poison(compiled.clobbers.packet);
};

export const callHelper: Execute = (state, op) => executeHelper(state, op.imm);

export const callBtf: Execute = (state, op) => state.unsupported(`kfunc ${op.imm}`);

export const useAfterFree: Execute = (state) => state.trap('use_after_free');

/** The entries before a hop come before whatever the instruction does. */
export const freedTailCall: Execute = (state) => {
  if (state.scenario.run.helpers === 'linux') state.schedule.beforeHop();
  state.trap('use_after_free');
};

export const callLocal: Execute = (state, op) => {
  const { memory, compiled, registers, scenario } = state;
  const extension = state.objects.replacement(state.program, op.target);
  const isReplaced = extension >= 0;
  const level = isReplaced ? 0 : state.frame.level + 1;
  if (level === FRAME_LIMIT || memory.depth + 1 === STACK_FRAMES) {
    state.trap('call_depth');
    return;
  }
  memory.depth++;
  const { frame } = state;
  frame.level = level;
  frame.program = state.program;
  frame.returnTo = op.next;
  frame.isProgram = isReplaced;
  frame.budget = BigInt(scenario.run.mayGoto);
  for (const register of compiled.savedRegisters) frame.saved[register] = state.read(register);
  frame.savedUnset = state.unset & compiled.savedMask;
  frame.counter = state.counter;
  enterCounter(state, isReplaced);
  state.poison(compiled.clobbers.call);
  registers[10] = state.frameEnd(memory.depth);
  state.pc = op.target;
  if (isReplaced) state.enter(extension);
};

/** The counter of the frame that is entered from the instruction at hand. */
function enterCounter(state: MachineState, isReplaced: boolean): void {
  const { frame, scenario, compiled } = state;
  const { starts, start, looksAtStack } = state.tailCall.counterStart;
  const replaced = isReplaced ? 1n : 0n;
  const traced = scenario.programs[state.program]?.traced === true ? 1n : 0n;
  const stackBytes = looksAtStack ? state.objects.facts(state.program).stackBytes(state.at) : 0n;
  frame.hasOwnCounter = starts(replaced, traced, stackBytes);
  state.counter = frame.hasOwnCounter
    ? start(replaced, traced, stackBytes)
    : compiled.counterPassing(scenario.profile.tailCall.propagation).enter(state.counter);
}

export const exit: Execute = (state) => {
  const { frame, memory } = state;
  const isProgramExit = memory.depth === 0 || frame.isProgram;
  if (isProgramExit && !state.requireRegisters(1)) return;
  leaveFunction(state);
};

/** Ends the run, or returns to the caller of the current function. */
function leaveFunction(state: MachineState): void {
  const { frame, memory, compiled, registers, scenario } = state;
  if (memory.depth === 0) {
    state.exitRun();
    return;
  }
  for (const register of compiled.savedRegisters) {
    registers[register] = frame.saved[register] as bigint;
  }
  state.unset = (state.unset & ~compiled.savedMask) | frame.savedUnset;
  state.counter = frame.hasOwnCounter
    ? frame.counter
    : compiled
        .counterPassing(scenario.profile.tailCall.propagation)
        .leave(state.counter, frame.counter);
  memory.depth--;
  state.poison(compiled.clobbers.return);
  state.switchTo(frame.program);
  state.pc = frame.returnTo;
}
