// Helper calls: docs/semantics.md, Helpers and Tail calls.

import { clockNs, mapOfHandle, prandomU32 } from '../model/scenario/environment.ts';
import { type Control, ENDED, STOPPED, TAIL_CALL } from './control.ts';
import type { Machine } from './machine.ts';
import type { RunMap } from './run-maps.ts';

/** Helper numbers of Linux's UAPI. */
const MAP_LOOKUP_ELEM = 1;
const MAP_UPDATE_ELEM = 2;
const MAP_DELETE_ELEM = 3;
const KTIME_GET_NS = 5;
const GET_PRANDOM_U32 = 7;
/** The conformance suite's only helper. */
const UNWIND = 5;

const ADDRESS_END = 2 ** 32;

export class Helpers {
  private readonly machine: Machine;
  private readonly control: Control;
  private clockCalls = 0;
  private randomCalls = 0;

  constructor(machine: Machine, control: Control) {
    this.machine = machine;
    this.control = control;
  }

  reset(): void {
    this.clockCalls = 0;
    this.randomCalls = 0;
  }

  /** @returns the next pc, `ENDED` or `STOPPED`. */
  call(id: number, pc: number, steps: number): number {
    if (this.machine.scenario.run.helpers === 'bpf_conformance') return this.conformance(id, pc);
    switch (id) {
      case MAP_LOOKUP_ELEM:
        return this.mapHelper(2, pc, (map) => this.lookup(map, pc));
      case MAP_UPDATE_ELEM:
        return this.mapHelper(4, pc, (map) => this.update(map, pc));
      case MAP_DELETE_ELEM:
        return this.mapHelper(2, pc, (map) => this.delete(map, pc));
      case KTIME_GET_NS:
        return this.give(clockNs(this.machine.scenario.run.seed, this.clockCalls++), pc);
      case GET_PRANDOM_U32:
        return this.give(
          BigInt(prandomU32(this.machine.scenario.run.seed, this.randomCalls++)),
          pc,
        );
      case TAIL_CALL:
        return this.tailCall(pc, steps);
      default:
        return this.control.unsupported(`helper ${id}`, pc);
    }
  }

  private conformance(id: number, pc: number): number {
    const { machine } = this;
    if (id !== UNWIND) return this.control.unsupported(`helper ${id}`, pc);
    if (!this.argumentsAreSet(1, pc)) return STOPPED;
    if (machine.r[1] === 0n) {
      machine.ending = { kind: 'exit', r0: machine.r[0]! };
      return ENDED;
    }
    return this.give(0n, pc);
  }

  /** Returns from a helper: R0 is the result, R1 to R5 are clobbered. */
  private give(result: bigint, pc: number): number {
    const { machine } = this;
    machine.poison(machine.semantics.registers.clobberedByCall);
    machine.setRegister(0, BigInt.asUintN(64, result));
    return pc + 1;
  }

  private argumentsAreSet(count: number, pc: number): boolean {
    const { machine } = this;
    if (!machine.tracking) return true;
    for (let register = 1; register <= count; register++) {
      if (!machine.initialised.has(register)) {
        machine.trap('uninitialised_read', pc);
        return false;
      }
    }
    return true;
  }

  private mapHelper(
    argumentCount: number,
    pc: number,
    operation: (map: RunMap) => bigint | undefined,
  ): number {
    const { machine } = this;
    if (!this.argumentsAreSet(argumentCount, pc)) return STOPPED;
    const map = machine.valueMaps[mapOfHandle(machine.r[1]!, machine.scenario.maps.length)];
    if (map === undefined) return this.control.trap('bad_call', pc);
    const result = operation(map);
    return result === undefined ? STOPPED : this.give(result, pc);
  }

  private lookup(map: RunMap, pc: number): bigint | undefined {
    const key = this.bytesAt(2, map.definition.keySize, pc);
    return key && BigInt(map.lookup(key));
  }

  private update(map: RunMap, pc: number): bigint | undefined {
    const key = this.bytesAt(2, map.definition.keySize, pc);
    const value = key && this.bytesAt(3, map.definition.valueSize, pc);
    return key && value && BigInt(map.update(key, value, this.machine.r[4]!));
  }

  private delete(map: RunMap, pc: number): bigint | undefined {
    const key = this.bytesAt(2, map.definition.keySize, pc);
    return key && BigInt(map.delete(key));
  }

  /** A copy of the bytes that a register points to, or undefined when reading them traps. */
  private bytesAt(register: number, size: number, pc: number): Uint8Array | undefined {
    const { machine } = this;
    const address = machine.r[register]!;
    const at = machine.space.locateAt(address < BigInt(ADDRESS_END) ? Number(address) : -1, size);
    if (at < 0) {
      this.control.fault(at, pc);
      return undefined;
    }
    if (machine.tracking && !machine.initialised.hasBytes(at, size)) {
      machine.trap('uninitialised_read', pc);
      return undefined;
    }
    return machine.space.bytes.slice(at, at + size);
  }

  private tailCall(pc: number, steps: number): number {
    const { machine } = this;
    const { objects, semantics } = machine;
    machine.applyScheduledHop(machine.hops.length);
    if (machine.image.isFreed(pc)) return this.control.trap('use_after_free', pc);
    if (!this.argumentsAreSet(3, pc)) return STOPPED;
    const map = mapOfHandle(machine.r[2]!, machine.scenario.maps.length);
    const array = objects.arrays[map];
    if (array === undefined) return this.control.trap('bad_call', pc);
    const index = machine.r[3]!;
    const at = machine.image.placeOf(pc);
    const { tailCall: knobs } = machine.scenario.profile;
    const { maxEntries } = array.definition;
    const constant = () => machine.sites.constantIndex(at.program, at.pc);
    if (semantics.jumpsBeyond(knobs, maxEntries, constant)) {
      return this.control.trap('out_of_bounds', pc);
    }
    const counter = this.control.counter();
    const { result, count, target } = semantics.tailCall(knobs, {
      index,
      maxEntries,
      count: counter.tailCallCount,
      slot: (slot) => array.slots[slot]!,
    });
    if (result === 'taken' && !this.takesOver(target)) {
      return this.control.trap('incompatible_program', pc);
    }
    counter.tailCallCount = count;
    machine.hops.push({ at, step: steps, map, index, result, target });
    return result === 'taken' ? this.enter(target) : this.fallThrough(pc);
  }

  private takesOver(target: number): boolean {
    const { objects, scenario, semantics } = this.machine;
    const run = objects.programs[scenario.run.program]!;
    return semantics.takesOver(objects.programs[target]!.attributes, run.attributes);
  }

  private fallThrough(pc: number): number {
    const { machine } = this;
    machine.poison(machine.semantics.registers.clobberedByFailedTailCall);
    return pc + 1;
  }

  private enter(program: number): number {
    const { machine } = this;
    machine.tailCalls++;
    machine.poison(machine.semantics.registers.unsetAtTailCall);
    machine.poisonFrame(machine.depth);
    const frame = this.control.frame();
    frame.mayGoto = machine.scenario.run.mayGoto;
    frame.level = 0;
    frame.isProgram = true;
    return machine.image.starts[program]!;
  }
}
