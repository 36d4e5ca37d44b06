// The state of one symbolic run: as the concrete one, with terms for values.

import { invariant } from '../../model/errors.ts';
import { contextAddress } from '../../model/scenario/context.ts';
import {
  FRAME_LIMIT,
  frameRegion,
  poisonRegister,
  STACK_BYTES,
  STACK_FRAMES,
} from '../../model/scenario/environment.ts';
import type { CodePlace, HopResult, TrapKind } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { compiledSemantics } from '../machine/compiled.ts';
import { ObjectStore } from '../machine/objects.ts';
import { ScheduleQueue } from '../machine/schedule.ts';
import type { ClobberUse } from '../semantics/control.ts';
import type { Semantics } from '../semantics/semantics.ts';
import { type BvTerm, bool, bv, TRUE } from '../terms/index.ts';
import type { Inputs } from './inputs.ts';
import { SymbolicMaps } from './maps.ts';
import { type Access, SymbolicMemory } from './memory.ts';
import type { Path } from './path.ts';

const REGISTERS = 11;
const poison = (register: number) => bv(64, poisonRegister(register));
const frameEnd = (frame: number) => bv(64, BigInt(frameRegion(frame).base + STACK_BYTES));

interface SymbolicFrame {
  /** Frames of the same program before this one. */
  level: number;
  readonly program: number;
  readonly returnTo: number;
  readonly saved: ReadonlyMap<number, { readonly value: BvTerm; readonly isSet: boolean }>;
  readonly counter: BvTerm;
  budget: BvTerm;
  /** Whether a program was entered with it, or in it by a tail call: its exit is the exit of a program. */
  isProgram: boolean;
  /** Whether it and the frames below count on a counter of their own. */
  readonly hasOwnCounter: boolean;
}

export interface SymbolicHop {
  readonly at: CodePlace;
  readonly step: number;
  readonly map: number;
  readonly index: BvTerm;
  readonly result: HopResult;
  readonly target: number;
}

export type SymbolicEnding =
  | { readonly kind: 'exit'; readonly r0: BvTerm }
  | { readonly kind: 'trap'; readonly trap: TrapKind; readonly at: CodePlace }
  | { readonly kind: 'out_of_fuel'; readonly at: CodePlace }
  | { readonly kind: 'unsupported'; readonly reason: string; readonly at: CodePlace };

export class SymbolicState {
  readonly semantics: Semantics;
  readonly scenario: Scenario;
  readonly path: Path;
  readonly memory: SymbolicMemory;
  readonly maps: SymbolicMaps;
  readonly objects: ObjectStore;
  readonly schedule: ScheduleQueue;
  /** The registers that are unset; empty where that is not tracked. */
  readonly unset = new Set<number>();
  readonly frames: SymbolicFrame[] = [];
  readonly hops: SymbolicHop[] = [];
  program: number;
  /** The slot of the instruction that executes, and of the next one. */
  at = 0;
  pc = 0;
  steps = 0;
  counter: BvTerm = bv(64, 0n);
  tailCalls = 0;
  clockCalls = 0;
  randomCalls = 0;
  ending: SymbolicEnding | undefined;
  private readonly registers: BvTerm[];

  constructor(scenario: Scenario, inputs: Inputs, path: Path, semantics: Semantics) {
    this.semantics = semantics;
    this.scenario = scenario;
    this.path = path;
    this.memory = new SymbolicMemory(scenario, inputs, path);
    this.maps = new SymbolicMaps(scenario, path);
    this.objects = new ObjectStore(compiledSemantics(semantics), this.maps);
    this.objects.reset(scenario);
    this.schedule = new ScheduleQueue(this.objects);
    this.schedule.reset(scenario.schedule);
    this.program = scenario.run.program;
    this.registers = Array.from({ length: REGISTERS }, (_, register) => poison(register));
    this.setInitialRegisters(inputs);
    this.frames.push({
      level: 0,
      program: -1,
      returnTo: -1,
      saved: new Map(),
      counter: this.counter,
      budget: this.initialBudget(),
      isProgram: false,
      hasOwnCounter: false,
    });
  }

  private setInitialRegisters(inputs: Inputs): void {
    const { type, run } = this.scenario;
    if (run.uninitialised === 'trap') for (let n = 0; n < 10; n++) this.unset.add(n);
    this.registers[10] = frameEnd(0);
    this.write(1, bv(64, BigInt(contextAddress(run.context.length))));
    if (type !== 'raw') return;
    this.write(2, bv(64, BigInt(run.context.length)));
    for (const [register, value] of inputs.registers) this.write(register, value);
  }

  initialBudget(): BvTerm {
    return bv(64, BigInt(this.scenario.run.mayGoto));
  }

  get frame(): SymbolicFrame {
    const frame = this.frames.at(-1);
    invariant(frame !== undefined, 'there is a frame');
    return frame;
  }

  read(register: number): BvTerm {
    return this.registers[register] as BvTerm;
  }

  write(register: number, value: BvTerm): void {
    this.registers[register] = value;
    this.unset.delete(register);
  }

  clobber(use: ClobberUse): void {
    const { registers, frame } = this.semantics.clobbers[use];
    for (const register of registers) {
      this.registers[register] = poison(register);
      if (this.scenario.run.uninitialised === 'trap') this.unset.add(register);
    }
    if (frame) this.memory.poisonFrame();
  }

  here(): CodePlace {
    return { program: this.program, pc: this.at };
  }

  trap(trap: TrapKind): void {
    this.ending = { kind: 'trap', trap, at: this.here() };
  }

  unsupported(reason: string): void {
    this.ending = { kind: 'unsupported', reason, at: this.here() };
  }

  outOfFuel(): void {
    this.ending = { kind: 'out_of_fuel', at: { program: this.program, pc: this.pc } };
  }

  exitRun(): void {
    this.ending = { kind: 'exit', r0: this.read(0) };
  }

  /** Whether the registers are set; traps where one is not. */
  requireRegisters(registers: readonly number[]): boolean {
    if (!registers.some((register) => this.unset.has(register))) return true;
    this.trap('uninitialised_read');
    return false;
  }

  /** The bytes at an address, or undefined after a trap. */
  locate(address: BvTerm, length: number): Access | undefined {
    const access = this.memory.locate(address, length);
    if (typeof access !== 'string') return access;
    this.trap(access);
    return undefined;
  }

  /** As `locate`, for bytes that are read: bounds come before unset bytes. */
  locateRead(address: BvTerm, length: number): Access | undefined {
    const access = this.locate(address, length);
    if (access === undefined || this.path.decide(this.memory.isSet(access))) return access;
    this.trap('uninitialised_read');
    return undefined;
  }

  /** Enters a local function, or the extension that replaces it, or traps. */
  push(target: number, returnTo: number): void {
    const extension = this.objects.replacement(this.program, target);
    const isReplaced = extension >= 0;
    const level = isReplaced ? 0 : this.frame.level + 1;
    if (level === FRAME_LIMIT || this.memory.depth + 1 === STACK_FRAMES) {
      this.trap('call_depth');
      return;
    }
    const { savedRegisters } = this.semantics;
    const own = this.ownCounter(isReplaced);
    const saved = savedRegisters.map(
      (n) => [n, { value: this.read(n), isSet: !this.unset.has(n) }] as const,
    );
    this.frames.push({
      level,
      program: this.program,
      returnTo,
      saved: new Map(saved),
      counter: this.counter,
      budget: this.initialBudget(),
      isProgram: isReplaced,
      hasOwnCounter: own !== undefined,
    });
    this.memory.enterFrame();
    this.counter = own ?? this.counterPassing.enter(this.counter);
    this.clobber('call');
    this.registers[10] = frameEnd(this.memory.depth);
    this.program = isReplaced ? extension : this.program;
    this.pc = isReplaced ? 0 : target;
  }

  private get counterPassing() {
    return this.semantics.counterPassing[this.scenario.profile.tailCall.propagation];
  }

  /** Where the counter starts that the function called has to itself, if it has. */
  private ownCounter(isReplaced: boolean): BvTerm | undefined {
    const { counterStart } = this.semantics;
    const { tailCall: knobs } = this.scenario.profile;
    const site = {
      replaced: bool(isReplaced),
      traced: bool(this.scenario.programs[this.program]?.traced === true),
      stackBytes: bv(64, this.objects.facts(this.program).stackBytes(this.at)),
    };
    return counterStart.starts(site, knobs) === TRUE ? counterStart.start(site, knobs) : undefined;
  }

  /** Ends the run, or returns to the caller of the current function. */
  leaveFunction(): void {
    if (this.memory.depth === 0) {
      this.exitRun();
      return;
    }
    const frame = this.frames.pop() as SymbolicFrame;
    this.memory.depth--;
    for (const [register, { value, isSet }] of frame.saved) {
      this.write(register, value);
      if (!isSet) this.unset.add(register);
    }
    this.counter = frame.hasOwnCounter
      ? frame.counter
      : this.counterPassing.leave(this.counter, frame.counter);
    this.clobber('return');
    this.program = frame.program;
    this.pc = frame.returnTo;
  }

  /** Goes on at slot 0 of a program in the same frame. */
  enterByTailCall(program: number): void {
    this.tailCalls++;
    this.clobber('tail_call_taken');
    this.frame.level = 0;
    this.frame.isProgram = true;
    this.frame.budget = this.initialBudget();
    this.program = program;
    this.pc = 0;
  }
}
