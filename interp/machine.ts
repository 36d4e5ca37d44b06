// The state of a run, and a run from a scenario to its outcome. What instructions do is in semantics/, the
// loop over them in dispatch.ts, calls, helpers and everything else that is not one line in control.ts.

import { contextAddress } from '../model/scenario/context.ts';
import {
  contextRegion,
  frameBase,
  mapRegions,
  packetRegion,
  POISON_BYTE,
  poisonRegister,
  STACK_BYTES,
  STACK_FRAMES,
  valueStride,
} from '../model/scenario/environment.ts';
import type { ObjectWorld } from '../model/maps/index.ts';
import type { Ending, Hop, MapContents, Outcome, TrapKind } from '../model/scenario/outcome.ts';
import type { MapDefinition, Scenario, ValueMap } from '../model/scenario/scenario.ts';
import { type AddressSpace, BAD_ADDRESS } from './address-space.ts';
import { CallSites } from './call-sites.ts';
import { CodeImage } from './code-image.ts';
import { Control } from './control.ts';
import { createLoop, type Loop } from './dispatch.ts';
import { Initialised } from './initialised.ts';
import type { RunMap } from './run-maps.ts';
import type { Semantics } from './semantics/semantics.ts';

const FRAME_POINTER = 10;
const REGISTERS = 11;

/** Sees the machine before each instruction (`pc` is an image pc) and must not change it. */
export type StepObserver = (machine: Machine, pc: number, steps: number) => void;

/** One function invocation. */
export interface Frame {
  /** Frames of the same program below this one. */
  level: number;
  /** Where the caller goes on; -1 in frame 0. */
  returnTo: number;
  /** The caller's r6 to r9. */
  saved: BigUint64Array;
  /** Which of them are initialised, as a bit set. */
  savedInitialised: number;
  mayGoto: number;
  /** The tail-call counter: this frame's alone, or also of the frames above that have none of their own. */
  tailCallCount: number;
  /** Whether the counter started with this frame. */
  ownCounter: boolean;
  /** Whether the running function is a program's entry, whose exit must set r0. */
  isProgram: boolean;
}

/** A machine is reused: `run` starts from scratch and recycles the memory of earlier runs. */
export class Machine {
  readonly semantics: Semantics;
  readonly r = new BigUint64Array(REGISTERS);
  readonly halves = new Uint32Array(this.r.buffer);
  readonly space: AddressSpace;
  readonly image = new CodeImage();
  readonly sites: CallSites;
  readonly initialised = new Initialised();
  readonly frames: Frame[] = Array.from({ length: STACK_FRAMES }, () => ({
    level: 0,
    returnTo: -1,
    saved: new BigUint64Array(REGISTERS),
    savedInitialised: 0,
    mayGoto: 0,
    tailCallCount: 0,
    ownCounter: false,
    isProgram: false,
  }));
  scenario!: Scenario;
  /** Image pc of the instruction to execute. */
  pc = 0;
  /** Instructions completed. */
  steps = 0;
  depth = 0;
  ending: Ending | undefined;
  hops: Hop[] = [];
  tailCalls = 0;
  /** By map; prog arrays have none. */
  valueMaps: (RunMap | undefined)[] = [];
  /** Programs and prog arrays. */
  objects!: ObjectWorld;
  /** Whether uninitialised reads trap in this run. */
  tracking = false;
  contextMapping = -1;
  packetMapping = -1;
  private scheduleErrors: (number | null)[] = [];
  private observer: StepObserver | undefined;
  private readonly controls: Control;
  private readonly plainLoop: Loop;
  private readonly observedLoop: Loop;

  constructor(semantics: Semantics) {
    this.semantics = semantics;
    this.space = new semantics.AddressSpace();
    this.sites = new CallSites(semantics);
    this.controls = new Control(this);
    this.plainLoop = createLoop(this, semantics, false);
    this.observedLoop = createLoop(this, semantics, true);
  }

  run(scenario: Scenario, observer?: StepObserver): Outcome {
    this.load(scenario);
    this.observer = observer;
    const loop = this.tracking || observer ? this.observedLoop : this.plainLoop;
    const { fuel } = scenario.run;
    while (this.ending === undefined) {
      if (this.steps >= fuel) {
        this.ending = { kind: 'out_of_fuel', at: this.image.placeOf(this.pc) };
      } else {
        loop(Math.min(fuel, this.applyScheduledBefore(this.steps)));
      }
    }
    return this.outcome();
  }

  /** Executes an instruction that is not one line of the loop. @returns the next pc, or how the run ended. */
  control(pc: number, steps: number): number {
    return this.controls.execute(pc, steps);
  }

  /** Sees an instruction before it executes. @returns false when the run has trapped. */
  observe(pc: number, steps: number): boolean {
    this.observer?.(this, pc, steps);
    return !this.tracking || this.checkInitialised(pc);
  }

  trap(trap: TrapKind, pc: number): void {
    this.ending = { kind: 'trap', trap, at: this.image.placeOf(pc) };
  }

  /** Traps at the current pc for what `AddressSpace.locate` returned. */
  trapAccess(fault: number): void {
    this.trap(fault === BAD_ADDRESS ? 'bad_address' : 'out_of_bounds', this.pc);
  }

  /** Applies the entries before an attempted tail call. */
  applyScheduledHop(hop: number): void {
    this.scenario.schedule.forEach((entry, index) => {
      if ('hop' in entry.before && entry.before.hop === hop) this.applySchedule(index);
    });
  }

  poison(registers: readonly number[]): void {
    for (const register of registers) this.r[register] = poisonRegister(register);
    this.initialised.unset(registers);
  }

  poisonFrame(frame: number): void {
    this.space.bytesOf(frame).fill(POISON_BYTE);
    this.initialised.unsetFrame(frame);
  }

  setRegister(register: number, value: bigint): void {
    this.r[register] = value;
    this.initialised.set(register);
  }

  private load(scenario: Scenario): void {
    this.scenario = scenario;
    this.tracking = scenario.run.uninitialised === 'trap';
    this.steps = 0;
    this.ending = undefined;
    this.hops = [];
    this.tailCalls = 0;
    this.scheduleErrors = scenario.schedule.map(() => null);
    const regions = mapRegions(scenario.maps.map((map) => ({ valueBytes: valueBytes(map) })));
    this.image.load(scenario.programs, regions, this.semantics);
    this.sites.load(scenario.programs);
    this.loadObjects(scenario);
    this.loadMemory(scenario, regions);
    this.loadRegisters(scenario);
    this.controls.reset();
    this.pc = this.image.starts[scenario.run.program]!;
  }

  private loadMemory(scenario: Scenario, regions: ReturnType<typeof mapRegions>): void {
    const { space } = this;
    space.reset(this.depth);
    this.depth = 0;
    this.initialised.reset();
    this.poisonFrame(0);
    const { context, packet } = scenario.run;
    this.contextMapping = -1;
    if (context.length > 0) {
      this.contextMapping = space.add(contextRegion(context.length));
      space.bytesOf(this.contextMapping).set(context);
    }
    this.packetMapping = -1;
    if (packet !== undefined) {
      this.packetMapping = space.add(packetRegion(packet.length));
      space.bytesOf(this.packetMapping).set(packet);
    }
    this.loadMaps(scenario.maps, regions);
  }

  private loadMaps(maps: readonly MapDefinition[], regions: ReturnType<typeof mapRegions>): void {
    this.valueMaps = [];
    maps.forEach((definition, index) => {
      if (definition.type === 'prog_array') return;
      const map = this.loadValueMap(definition, regions[index]!);
      this.valueMaps[index] = map;
      for (const { key, value } of definition.entries) map.update(key, value, 0n);
    });
  }

  private loadObjects(scenario: Scenario): void {
    const { ObjectWorld, objects } = this.semantics;
    this.objects = new ObjectWorld(scenario, objects, (program) => this.image.free(program));
    this.objects.start();
  }

  private loadValueMap(
    definition: ValueMap,
    region: NonNullable<ReturnType<typeof mapRegions>[number]>,
  ): RunMap {
    const { space } = this;
    const mapping = space.add(region, valueStride(definition.valueSize), definition.valueSize);
    const at = space.placeOf(mapping);
    const store = () => ({ bytes: space.bytes, at, base: region.base });
    const { RunArray, RunHash } = this.semantics;
    return definition.type === 'array'
      ? new RunArray(definition, store)
      : new RunHash(definition, store);
  }

  private loadRegisters(scenario: Scenario): void {
    const { context, registers } = scenario.run;
    for (let register = 0; register < FRAME_POINTER; register++) {
      this.r[register] = poisonRegister(register);
    }
    this.r[FRAME_POINTER] = BigInt(frameBase(0) + STACK_BYTES);
    this.setRegister(1, BigInt(contextAddress(context.length)));
    if (scenario.type === 'raw') this.setRegister(2, BigInt(context.length));
    for (const [register, value] of registers) this.setRegister(register, value);
    const frame = this.frames[0]!;
    frame.level = 0;
    frame.returnTo = -1;
    frame.mayGoto = scenario.run.mayGoto;
    frame.tailCallCount = 0;
    frame.ownCounter = true;
    frame.isProgram = true;
  }

  /** Applies the entries before a step. @returns the next step that has entries, or Infinity. */
  private applyScheduledBefore(step: number): number {
    let next = Number.POSITIVE_INFINITY;
    this.scenario.schedule.forEach(({ before }, index) => {
      if (!('step' in before)) return;
      if (before.step === step) this.applySchedule(index);
      else if (before.step > step) next = Math.min(next, before.step);
    });
    return next;
  }

  private applySchedule(index: number): void {
    this.scheduleErrors[index] = this.objects.apply(this.scenario.schedule[index]!);
  }

  private checkInitialised(pc: number): boolean {
    if (this.image.isFreed(pc)) return true;
    const instruction = this.image.instructions[pc]!;
    const needed = this.semantics.registersRead(instruction);
    if ((needed & ~this.initialised.registers) !== 0) {
      this.trap('uninitialised_read', pc);
      return false;
    }
    return this.controls.trackBytes(instruction, pc);
  }

  private outcome(): Outcome {
    const { scenario, space, objects } = this;
    objects.settle();
    const copy = (mapping: number) =>
      mapping < 0 ? new Uint8Array(0) : space.bytesOf(mapping).slice();
    return {
      ending: this.ending!,
      steps: this.steps,
      tailCalls: this.tailCalls,
      hops: this.hops,
      context: copy(this.contextMapping),
      packet: copy(this.packetMapping),
      stack: Array.from({ length: this.depth + 1 }, (_, frame) => copy(frame)),
      maps: scenario.maps.map((_, index): MapContents => {
        const progArray = objects.arrays[index];
        return progArray
          ? { type: 'prog_array', slots: [...progArray.slots] }
          : this.valueMaps[index]!.contents();
      }),
      schedule: this.scheduleErrors,
      objects: objects.contents(),
    };
  }
}

function valueBytes(map: MapDefinition): number {
  return map.type === 'prog_array' ? 0 : map.maxEntries * valueStride(map.valueSize);
}
