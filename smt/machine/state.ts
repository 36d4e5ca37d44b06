// The state of one concrete run, recycled from run to run.

import { invariant } from '../../model/errors.ts';
import type { Program } from '../../model/isa/program.ts';
import { contextAddress } from '../../model/scenario/context.ts';
import {
  frameRegion,
  poisonRegister,
  STACK_BYTES,
  STACK_FRAMES,
} from '../../model/scenario/environment.ts';
import type { Ending, Hop, TrapKind } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { Compiled, CompiledClobber, CompiledTailCall } from './compiled.ts';
import { MapStore } from './map-store.ts';
import { BAD_ADDRESS, Memory } from './memory.ts';
import { ObjectStore } from './objects.ts';
import type { Op } from './op.ts';
import { ScheduleQueue } from './schedule.ts';

const REGISTERS = 11;
const POISON = Array.from({ length: REGISTERS }, (_, register) => poisonRegister(register));
const FRAME_ENDS = Array.from({ length: STACK_FRAMES }, (_, frame) =>
  BigInt(frameRegion(frame).base + STACK_BYTES),
);
const ALL_REGISTERS = 2 ** REGISTERS - 1;
const FRAME_POINTER_BIT = 1 << 10;
/** Of a program that has been freed: nothing is prepared. */
const NO_OPS: (Op | undefined)[] = [];

/** What a function invocation has of its own, and what it keeps for its caller. */
export interface Frame {
  /** Frames of the same program before this one. */
  level: number;
  program: number;
  returnTo: number;
  /** The caller's registers that the call keeps, and which of them are unset. */
  readonly saved: bigint[];
  savedUnset: number;
  /** The caller's tail-call counter. */
  counter: bigint;
  /** How often a may_goto still falls through. */
  budget: bigint;
  /** Whether a program was entered with it, or in it by a tail call: its exit is the exit of a program. */
  isProgram: boolean;
  /** Whether it and the frames below count on a counter of their own. */
  hasOwnCounter: boolean;
}

function emptyFrame(): Frame {
  return {
    level: 0,
    program: 0,
    returnTo: 0,
    saved: new Array<bigint>(REGISTERS).fill(0n),
    savedUnset: 0,
    counter: 0n,
    budget: 0n,
    isProgram: false,
    hasOwnCounter: false,
  };
}

export class MachineState {
  readonly compiled: Compiled;
  readonly memory = new Memory();
  readonly maps = new MapStore(this.memory);
  readonly objects: ObjectStore;
  readonly schedule: ScheduleQueue;
  readonly registers = new Array<bigint>(REGISTERS).fill(0n);
  readonly frames = Array.from({ length: STACK_FRAMES }, emptyFrame);
  /** The registers that are unset, as a bit mask; 0 where that is not tracked. */
  unset = 0;
  program = 0;
  ops: (Op | undefined)[] = [];
  /** The slot of the instruction that executes, and of the next one. */
  at = 0;
  pc = 0;
  steps = 0;
  counter = 0n;
  hops: Hop[] = [];
  tailCalls = 0;
  clockCalls = 0;
  randomCalls = 0;
  ending: Ending | undefined;
  /** The prepared instructions of the programs of this run, by slot. */
  private prepared = new Map<Program, (Op | undefined)[]>();
  private current: Scenario | undefined;
  private knobs: CompiledTailCall | undefined;

  constructor(compiled: Compiled) {
    this.compiled = compiled;
    this.objects = new ObjectStore(compiled, this.maps);
    this.schedule = new ScheduleQueue(this.objects);
  }

  get scenario(): Scenario {
    invariant(this.current !== undefined, 'a run is under way');
    return this.current;
  }

  get tailCall(): CompiledTailCall {
    invariant(this.knobs !== undefined, 'a run is under way');
    return this.knobs;
  }

  /** The state before the first step. */
  reset(scenario: Scenario): void {
    const { run } = scenario;
    // Runs often come in groups with the same programs: a shrink, a schedule, an explored path.
    if (this.current?.programs !== scenario.programs) this.prepared = new Map();
    this.current = scenario;
    this.knobs = this.compiled.tailCall(scenario.profile.tailCall);
    this.memory.reset(scenario);
    this.maps.reset(scenario);
    this.objects.reset(scenario);
    this.schedule.reset(scenario.schedule);
    this.at = this.pc = this.steps = this.tailCalls = this.clockCalls = this.randomCalls = 0;
    this.counter = 0n;
    this.hops = [];
    this.ending = undefined;
    this.memory.poisonFrame();
    this.resetRegisters(scenario);
    const frame = this.frames[0] as Frame;
    frame.level = 0;
    frame.isProgram = false;
    frame.hasOwnCounter = false;
    frame.budget = BigInt(run.mayGoto);
    this.enter(run.program);
  }

  private resetRegisters({ type, run }: Scenario): void {
    for (let register = 0; register < REGISTERS; register++) {
      this.registers[register] = POISON[register] as bigint;
    }
    this.registers[10] = FRAME_ENDS[0] as bigint;
    let unset = ALL_REGISTERS & ~FRAME_POINTER_BIT;
    const set = (register: number, value: bigint) => {
      this.registers[register] = value;
      unset &= ~(1 << register);
    };
    set(1, BigInt(contextAddress(run.context.length)));
    if (type === 'raw') {
      set(2, BigInt(run.context.length));
      for (const [register, value] of run.registers) set(register, value);
    }
    this.unset = run.uninitialised === 'trap' ? unset : 0;
  }

  get frame(): Frame {
    return this.frames[this.memory.depth] as Frame;
  }

  /** Goes on at slot 0 of a program. */
  enter(program: number): void {
    this.switchTo(program);
    this.pc = 0;
  }

  switchTo(program: number): void {
    const named = this.scenario.programs[program];
    invariant(named !== undefined, `program ${program} exists`);
    this.program = program;
    this.ops = this.objects.isFreed(program) ? NO_OPS : this.opsOf(named.program);
  }

  /** Applies the entries that are due before the next step. */
  applySchedule(): void {
    this.schedule.beforeStep(this.steps);
    if (this.objects.isFreed(this.program)) this.ops = NO_OPS;
  }

  private opsOf(program: Program): (Op | undefined)[] {
    let ops = this.prepared.get(program);
    if (ops === undefined) {
      ops = new Array<Op | undefined>(program.code.length).fill(undefined);
      this.prepared.set(program, ops);
    }
    return ops;
  }

  /** r10 of a frame. */
  frameEnd(frame: number): bigint {
    return FRAME_ENDS[frame] as bigint;
  }

  read(register: number): bigint {
    return this.registers[register] as bigint;
  }

  write(register: number, value: bigint): void {
    this.registers[register] = value;
    this.unset &= ~(1 << register);
  }

  poison(clobber: CompiledClobber): void {
    for (const register of clobber.registers) {
      this.registers[register] = POISON[register] as bigint;
    }
    if (this.memory.tracking) this.unset |= clobber.mask;
    if (clobber.frame) this.memory.poisonFrame();
  }

  private here() {
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

  /** Whether the registers of a mask are set; traps where one is not. */
  requireRegisters(mask: number): boolean {
    if ((mask & this.unset) === 0) return true;
    this.trap('uninitialised_read');
    return false;
  }

  /** The place of an access, or -1 after a trap. */
  locate(address: bigint, length: number): number {
    const place = this.memory.locate(address, length);
    if (place >= 0) return place;
    this.trap(place === BAD_ADDRESS ? 'bad_address' : 'out_of_bounds');
    return -1;
  }

  /** The place of bytes that are read, or -1 after a trap; bounds come before unset bytes. */
  locateRead(address: bigint, length: number): number {
    const place = this.locate(address, length);
    if (place < 0 || this.memory.isSet(place, length)) return place;
    this.trap('uninitialised_read');
    return -1;
  }
}
