// Instructions that are more than one line of the dispatch loop: calls, exits, atomics, packet loads.

import { assertNever } from '../model/errors.ts';
import type { Instruction } from '../model/isa/instruction.ts';
import { BYTES, type AtomicOp, type CallOp, type Width } from '../model/isa/operations.ts';
import type { Operation } from '../model/isa/row.ts';
import { contextAddress } from '../model/scenario/context.ts';
import {
  FRAME_LIMIT,
  frameBase,
  STACK_BYTES,
  STACK_FRAMES,
} from '../model/scenario/environment.ts';
import type { TrapKind } from '../model/scenario/outcome.ts';
import { Helpers } from './helpers.ts';
import type { Frame, Machine } from './machine.ts';
import type { CountPassing } from './semantics/tail-call.ts';

/** The helper number of bpf_tail_call. */
export const TAIL_CALL = 12;

/** Returned instead of a pc: the run has ended with this instruction, which completed. */
export const ENDED = -1;
/** Returned instead of a pc: the run has ended before this instruction did anything. */
export const STOPPED = -2;

const FRAME_POINTER = 10;
const CONTEXT_REGISTER = 6;

export class Control {
  private readonly machine: Machine;
  private readonly helpers: Helpers;

  constructor(machine: Machine) {
    this.machine = machine;
    this.helpers = new Helpers(machine, this);
  }

  /** Forgets what a run counted. */
  reset(): void {
    this.helpers.reset();
  }

  /** @returns the next pc, `ENDED` or `STOPPED`. */
  execute(pc: number, steps: number): number {
    const instruction = this.machine.image.instructions[pc]!;
    if (this.machine.image.isFreed(pc)) return this.useAfterFree(instruction, pc);
    const { operation } = instruction.row;
    switch (operation.family) {
      case 'may_goto':
        return this.mayGoto(pc);
      case 'call':
        return this.call(operation.op, instruction, pc, steps);
      case 'exit':
        return this.exit(pc);
      case 'atomic':
        return this.atomic(operation.op, operation.width, instruction, pc);
      case 'packet':
        return this.packetLoad(operation, instruction, pc);
      default:
        // LD_VAR_ADDR, the only other row that the loop hands over.
        return this.unsupported('var_addr', pc);
    }
  }

  unsupported(reason: string, pc: number): number {
    const { machine } = this;
    machine.ending = { kind: 'unsupported', reason, at: machine.image.placeOf(pc) };
    return STOPPED;
  }

  /** Ends the run before the instruction at a pc does anything. */
  trap(trap: TrapKind, pc: number): number {
    this.machine.trap(trap, pc);
    return STOPPED;
  }

  /** Ends the current function with the r0 it has. */
  leaveFrame(): number {
    const { machine } = this;
    if (machine.depth === 0) {
      machine.ending = { kind: 'exit', r0: machine.r[0]! };
      return ENDED;
    }
    const { registers } = machine.semantics;
    const frame = this.frame();
    machine.space.hide(machine.depth);
    machine.depth--;
    if (this.countPassed() === 'written back' && !frame.ownCounter) {
      this.frame().tailCallCount = frame.tailCallCount;
    }
    machine.poison(registers.clobberedByCall);
    for (const register of registers.savedByCall) {
      machine.r[register] = frame.saved[register]!;
    }
    machine.initialised.registers =
      (machine.initialised.registers & ~bits(registers.savedByCall)) | frame.savedInitialised;
    machine.r[FRAME_POINTER] = BigInt(frameBase(machine.depth) + STACK_BYTES);
    return frame.returnTo;
  }

  frame(): Frame {
    return this.machine.frames[this.machine.depth]!;
  }

  /** The frame that keeps the counter that the current frame counts with. */
  counter(): Frame {
    if (this.countPassed() !== 'shared') return this.frame();
    let depth = this.machine.depth;
    while (!this.machine.frames[depth]!.ownCounter) depth--;
    return this.machine.frames[depth]!;
  }

  private countPassed(): CountPassing {
    const { semantics, scenario } = this.machine;
    return semantics.countPassed(scenario.profile.tailCall.propagation);
  }

  /** User space still acts before a tail call that is not made any more. */
  private useAfterFree({ row, imm }: Instruction, pc: number): number {
    const { machine } = this;
    const isTailCall = row.name === 'CALL_HELPER' && imm === TAIL_CALL;
    if (isTailCall && machine.scenario.run.helpers === 'linux') {
      machine.applyScheduledHop(machine.hops.length);
    }
    return this.trap('use_after_free', pc);
  }

  /**
   * Under uninitialised: trap, checks the stack bytes that an instruction reads and marks what it writes. An
   * access that is out of bounds is left to the instruction. @returns false when the run has trapped.
   */
  trackBytes(instruction: Instruction, pc: number): boolean {
    const { operation } = instruction.row;
    switch (operation.family) {
      case 'alu':
      case 'movsx':
      case 'ld_imm64':
        this.machine.initialised.set(instruction.dst);
        return true;
      case 'ldx':
        return this.trackLoad(instruction, instruction.src, BYTES[operation.size], pc);
      case 'ordered':
        return operation.op === 'LOAD_ACQ'
          ? this.trackLoad(instruction, instruction.src, BYTES[operation.size], pc)
          : this.trackStore(instruction, BYTES[operation.size]);
      case 'st':
      case 'stx':
        return this.trackStore(instruction, BYTES[operation.size]);
      default:
        return true;
    }
  }

  private trackLoad(instruction: Instruction, base: number, size: number, pc: number): boolean {
    const { machine } = this;
    const at = machine.space.locate(machine.halves, base, instruction.offset, size);
    if (at >= 0 && !machine.initialised.hasBytes(at, size)) {
      machine.trap('uninitialised_read', pc);
      return false;
    }
    machine.initialised.set(instruction.dst);
    return true;
  }

  private trackStore(instruction: Instruction, size: number): boolean {
    const { machine } = this;
    const at = machine.space.locate(machine.halves, instruction.dst, instruction.offset, size);
    if (at >= 0) machine.initialised.setBytes(at, size);
    return true;
  }

  private mayGoto(pc: number): number {
    const { semantics, image } = this.machine;
    const frame = this.frame();
    if (semantics.mayGotoJumps(frame.mayGoto)) return image.target[pc]!;
    frame.mayGoto--;
    return pc + 1;
  }

  private call(op: CallOp, instruction: Instruction, pc: number, steps: number): number {
    switch (op) {
      case 'CALL_LOCAL':
        return this.callLocal(pc);
      case 'CALL_HELPER':
        return this.helpers.call(instruction.imm, pc, steps);
      case 'CALL_BTF':
        return this.unsupported(`kfunc ${instruction.imm}`, pc);
      default:
        return assertNever(op);
    }
  }

  private callLocal(pc: number): number {
    const { machine } = this;
    const { image } = machine;
    const { registers } = machine.semantics;
    const caller = this.frame();
    const target = image.target[pc]!;
    const program = image.programAt(pc);
    const extension = machine.objects.extensionAt(program, target - image.starts[program]!);
    const level = extension < 0 ? caller.level + 1 : 0;
    if (level === FRAME_LIMIT || machine.depth + 1 === STACK_FRAMES) {
      return this.trap('call_depth', pc);
    }
    const counter = this.counterStarted(pc, extension >= 0);
    machine.depth++;
    const frame = this.frame();
    frame.level = level;
    frame.returnTo = pc + 1;
    frame.saved.set(machine.r);
    frame.savedInitialised = machine.initialised.registers & bits(registers.savedByCall);
    frame.mayGoto = machine.scenario.run.mayGoto;
    frame.tailCallCount = counter ?? caller.tailCallCount;
    frame.ownCounter = counter !== undefined;
    frame.isProgram = extension >= 0;
    machine.space.show(machine.depth);
    machine.poisonFrame(machine.depth);
    machine.poison(registers.unsetAtLocalCall);
    machine.r[FRAME_POINTER] = BigInt(frameBase(machine.depth) + STACK_BYTES);
    return extension < 0 ? target : image.starts[extension]!;
  }

  private counterStarted(pc: number, extended: boolean): number | undefined {
    const { image, scenario, semantics, sites } = this.machine;
    const program = image.programAt(pc);
    return semantics.callCounter(scenario.profile.tailCall, {
      extended,
      traced: scenario.programs[program]!.traced === true,
      stackBytes: sites.stackBytes(program, pc - image.starts[program]!),
    });
  }

  private exit(pc: number): number {
    const { machine } = this;
    if (machine.tracking && this.frame().isProgram && !machine.initialised.has(0)) {
      return this.trap('uninitialised_read', pc);
    }
    return this.leaveFrame();
  }

  private atomic(op: AtomicOp, width: Width, instruction: Instruction, pc: number): number {
    const { machine } = this;
    const { dst, src, offset } = instruction;
    const { update, fetch } = (
      width === 64 ? machine.semantics.atomic64 : machine.semantics.atomic32
    )[op];
    const size = width / 8;
    const at = machine.space.locate(machine.halves, dst, offset, size);
    if (at < 0) return this.fault(at, pc);
    if (machine.tracking && !machine.initialised.hasBytes(at, size)) {
      return this.trap('uninitialised_read', pc);
    }
    const { view } = machine.space;
    const old = width === 64 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
    const cut = (register: number) => BigInt.asUintN(width, machine.r[register]!);
    const updated = update(old, cut(src), cut(0));
    if (width === 64) view.setBigUint64(at, updated, true);
    else view.setUint32(at, Number(updated), true);
    if (fetch === 'src') machine.setRegister(src, old);
    if (fetch === 'r0') machine.setRegister(0, old);
    return pc + 1;
  }

  private packetLoad(
    operation: Operation & { readonly family: 'packet' },
    { src, imm }: Instruction,
    pc: number,
  ): number {
    const { machine } = this;
    const { semantics, space, halves } = machine;
    const raw = machine.scenario.type === 'raw';
    const mapping = raw ? machine.contextMapping : machine.packetMapping;
    const context = contextAddress(machine.scenario.run.context.length);
    if (machine.r[CONTEXT_REGISTER] !== BigInt(context)) {
      return this.trap('bad_address', pc);
    }
    const packetOffset = semantics.packetOffset[operation.mode](imm, machine.r[src]!);
    const length = mapping < 0 ? 0 : space.bytesOf(mapping).length;
    if (packetOffset < 0 || packetOffset + BYTES[operation.size] > length) {
      machine.setRegister(0, 0n);
      return this.leaveFrame();
    }
    machine.poison(semantics.registers.clobberedByPacketLoad);
    const at = space.placeOf(mapping) + packetOffset;
    semantics.packetLoad[operation.size](halves, 0, space.view, at);
    machine.initialised.set(0);
    return pc + 1;
  }

  /** Traps for what `AddressSpace.locate` returned. */
  fault(fault: number, pc: number): number {
    this.machine.pc = pc;
    this.machine.trapAccess(fault);
    return STOPPED;
  }
}

function bits(registers: readonly number[]): number {
  return registers.reduce((set, register) => set | (1 << register), 0);
}
