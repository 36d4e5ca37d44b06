// One instruction in any state: registers, stack, context and map values are variables, and every way that the
// instruction can go is followed. The instruction is executed by the code that explores programs.

import { invariant } from '../../../model/errors.ts';
import { createInstruction, type Instruction } from '../../../model/isa/instruction.ts';
import { createProgram } from '../../../model/isa/program.ts';
import { rowNamed } from '../../../model/isa/table.ts';
import { createScenario } from '../../../model/scenario/create.ts';
import {
  contextRegion,
  frameRegion,
  mapHandle,
  mapRegions,
  STACK_BYTES,
} from '../../../model/scenario/environment.ts';
import type { MapDefinition, Scenario, ScheduleEntry } from '../../../model/scenario/scenario.ts';
import { executeInstruction } from '../../explore/execute.ts';
import { createInputs } from '../../explore/inputs.ts';
import { type ClassOf, Path } from '../../explore/path.ts';
import { SymbolicState } from '../../explore/state.ts';
import { and, type BoolTerm, type BvTerm, bv, bvVar, FALSE, not, or } from '../../terms/index.ts';
import type { Subject } from '../theorem.ts';

const CONTEXT_BYTES = 8;
export const PROG_ARRAY = 0;
const VALUE_BYTES = 8;
const EMPTY = -1;

/** What is not a variable. */
export interface HavocOptions {
  /** By slot of the prog array: the program, or undefined. */
  readonly slots?: readonly (number | undefined)[];
  readonly schedule?: readonly ScheduleEntry[];
  /** Whether the instruction is in a function that was called. */
  readonly isCalled?: boolean;
  /** Registers with known values. */
  readonly registers?: ReadonlyMap<number, BvTerm>;
  /** By default a variable. */
  readonly counter?: BvTerm;
  /** What the first four bytes of frame 0 hold, by default variables. */
  readonly key?: number;
}

/** A state, and all of it that a later state can be compared with. */
export interface Snapshot {
  readonly registers: readonly BvTerm[];
  readonly cells: readonly BvTerm[];
  readonly slots: readonly number[];
  readonly counter: BvTerm;
  /** The counter that the caller of the current function had at the call. */
  readonly callerCounter: BvTerm;
  readonly depth: number;
  /** Descriptors, pins, references, owners and so on, of every program and of the prog array. */
  readonly objects: readonly unknown[];
}

/** A way that an instruction can go. */
export interface Way {
  /** In which states it goes this way. */
  readonly condition: BoolTerm;
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly state: SymbolicState;
}

/** The slot that follows an instruction of one slot at slot 0, as all of these are. */
export const NEXT_SLOT = 1;

/** A run of the subject's profile before its first step. */
export function startState(subject: Subject): SymbolicState {
  return stateOf(subject, createInstruction(rowNamed('EXIT')), {}, new ForkingPath([]));
}

/** Executes an instruction in any state. */
export function waysOf(subject: Subject, instruction: Instruction, options: HavocOptions): Way[] {
  const ways: Way[] = [];
  const pending: number[][] = [[]];
  for (let script = pending.pop(); script !== undefined; script = pending.pop()) {
    const path = new ForkingPath(script);
    const state = stateOf(subject, instruction, options, path);
    havoc(state, options);
    const before = snapshot(state);
    (subject.execute ?? executeInstruction)(state);
    ways.push({ condition: and(...path.conditions), before, after: snapshot(state), state });
    pending.push(...path.otherScripts());
  }
  return ways;
}

/** That one of the ways is gone in every state. */
export function isAnyOf(ways: readonly Way[]): BoolTerm {
  return or(...ways.map(({ condition }) => condition));
}

/** Goes every way once, whether or not a state takes it: what is impossible has an impossible condition. */
class ForkingPath extends Path {
  private readonly script: readonly number[];
  private readonly widths: number[] = [];

  /** @param script which way to go at each choice; the first at those that are not in it. */
  constructor(script: readonly number[]) {
    super(new Map(), { conditions: [], excluded: [], model: new Map() }, () => {});
    this.script = script;
  }

  override decide(condition: BoolTerm): boolean {
    if (condition.op === 'bool') return condition.value;
    const holds = this.choose(2) === 0;
    this.conditions.push(holds ? condition : not(condition));
    return holds;
  }

  override pick(term: BvTerm, classOf: ClassOf): bigint {
    if (term.op === 'bv') return term.value;
    const classes = new Map<BoolTerm, bigint>();
    for (const value of CANDIDATES) {
      const condition = classOf(value);
      if (condition !== FALSE && !classes.has(condition)) classes.set(condition, value);
    }
    const chosen = [...classes][this.choose(classes.size)];
    invariant(chosen !== undefined, 'a choice has a way to go');
    this.conditions.push(chosen[0]);
    return chosen[1];
  }

  private choose(width: number): number {
    const choice = this.script[this.widths.length] ?? 0;
    this.widths.push(width);
    return choice;
  }

  /** The ways that leave this one after its script. */
  otherScripts(): number[][] {
    return this.widths.flatMap((width, at) => {
      if (at < this.script.length) return [];
      const before = this.widths.slice(0, at).map((_, i) => this.script[i] ?? 0);
      return Array.from({ length: width - 1 }, (_, i) => [...before, i + 1]);
    });
  }
}

/** Maps after the prog array, so that a helper meets one of each kind. */
const VALUE_MAPS: readonly MapDefinition[] = (['array', 'hash'] as const).map((type) => ({
  name: type,
  type,
  keySize: 4,
  valueSize: VALUE_BYTES,
  maxEntries: 1,
  entries: [{ key: new Uint8Array(4), value: new Uint8Array(VALUE_BYTES) }],
}));

/**
 * A value of each class that a choice can have: an address in no window, one inside of each region and one
 * beside it, the handle of each map, each slot's index and one that is out of range. That these are all classes
 * is not believed: `isAnyOf` is proved.
 */
const CANDIDATES: readonly bigint[] = [
  ...[frameRegion(0), frameRegion(1), contextRegion(CONTEXT_BYTES)]
    .concat(
      mapRegions([
        { valueBytes: 0 },
        ...VALUE_MAPS.map(() => ({ valueBytes: VALUE_BYTES })),
      ]).filter((region) => region !== undefined),
    )
    .flatMap(({ base }) => [BigInt(base), BigInt(base - 1)]),
  ...[PROG_ARRAY, 1, 2].map(mapHandle),
  0n,
  1n,
  2n,
  2n ** 64n - 1n,
];

function stateOf(
  subject: Subject,
  instruction: Instruction,
  { slots = [1, undefined], schedule = [] }: HavocOptions,
  path: Path,
): SymbolicState {
  const exit = createInstruction(rowNamed('EXIT'));
  const programs = [[instruction, exit], [exit], [exit]].map((code, i) => ({
    name: `p${i}`,
    program: createProgram(code),
  }));
  const entries = slots.flatMap((program, index) =>
    program === undefined ? [] : [{ index, program }],
  );
  const scenario: Scenario = createScenario({
    profile: subject.profile,
    maps: [{ name: 'progs', type: 'prog_array', maxEntries: slots.length, entries }, ...VALUE_MAPS],
    programs,
    run: { context: new Uint8Array(CONTEXT_BYTES) },
    schedule,
  });
  const inputs = createInputs(scenario, { context: true, mapValues: true });
  return new SymbolicState(scenario, inputs, path, subject.semantics);
}

function havoc(state: SymbolicState, options: HavocOptions): void {
  const { isCalled, registers, counter, key } = options;
  if (isCalled === true) {
    state.counter = bvVar('caller_counter', 64);
    state.push(0, NEXT_SLOT);
  }
  for (let n = 0; n < 10; n++) state.write(n, registers?.get(n) ?? bvVar(`r${n}`, 64));
  state.counter = counter ?? bvVar('counter', 64);
  for (let frame = 0; frame <= state.memory.depth; frame++) {
    const cells = Array.from({ length: STACK_BYTES }, (_, i) => bvVar(`stack${frame}_${i}`, 8));
    fill(state, frame, cells);
  }
  if (key !== undefined)
    fill(
      state,
      0,
      [key, 0, 0, 0].map((byte) => bv(8, BigInt(byte))),
    );
}

/** Writes the first cells of a frame. */
function fill({ memory }: SymbolicState, frame: number, cells: readonly BvTerm[]): void {
  const access = memory.locate(bv(64, BigInt(frameRegion(frame).base)), cells.length);
  invariant(typeof access !== 'string', 'a frame is mapped');
  memory.write(access, cells);
}

function snapshot(state: SymbolicState): Snapshot {
  const { memory, maps, frames, objects, scenario } = state;
  const values = maps.definitions.flatMap(({ type }, map) =>
    type === 'prog_array' ? [] : memory.value(map, 0),
  );
  return {
    registers: Array.from({ length: 11 }, (_, n) => state.read(n)),
    cells: [...memory.liveFrames().flat(), ...memory.context(), ...values],
    slots: [...maps.progArray(PROG_ARRAY)],
    counter: state.counter,
    callerCounter: state.frame.counter,
    depth: frames.length,
    objects: [
      ...scenario.programs.flatMap((_, program) => Object.values(objects.program(program))),
      ...Object.values(objects.array(PROG_ARRAY)),
    ],
  };
}

/** Whether the content of a slot is a program. */
export const isFilled = (slot: number | undefined) => slot !== undefined && slot !== EMPTY;
