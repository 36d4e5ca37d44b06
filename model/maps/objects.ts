// Programs and prog arrays as objects of the kernel: docs/semantics.md, Objects. What is counted here is counted
// as the kernel does, one reference at a time; operations.ts says which operation takes and gives back what.

import type { Instruction } from '../isa/instruction.ts';
import type { Program } from '../isa/program.ts';
import type { ObjectKnobs } from '../profiles/profile.ts';
import type { Objects, ProgArrayObject, ProgramObject } from '../scenario/outcome.ts';
import {
  attributesOf,
  type FunctionPlace,
  presentAtStart,
  type ProgArray,
  type ProgramAttributes,
  type Scenario,
  type UserOperation,
} from '../scenario/scenario.ts';
import { type Associate, COMPAT_RULES } from './compatibility.ts';
import type { Errno, Status } from './errno.ts';
import { OPERATION_RULES, type OperationRule } from './operations.ts';
import { EMPTY_SLOT } from './prog-array.ts';

/** The helper number of bpf_tail_call. */
const TAIL_CALL = 12;
const NO_OWNER = -1;

/** A program, loaded or not; what changes is changed by the world only. */
export interface KernelProgram extends Associate {
  readonly index: number;
  readonly replaces: FunctionPlace | undefined;
  /** The prog arrays whose handles it loads, in order of first use. */
  readonly uses: readonly number[];
  state: ProgramObject['state'];
  refs: number;
  descriptor: boolean;
  /** Slots of all arrays together. */
  slotsHolding: number;
}

/** A prog array, created or not. */
export interface KernelArray {
  readonly index: number;
  readonly definition: ProgArray;
  /** By slot: a program, or `EMPTY_SLOT`. */
  readonly slots: number[];
  state: ProgArrayObject['state'];
  users: number;
  refs: number;
  descriptor: boolean;
  pinned: boolean;
  frozen: boolean;
  /** Created with BPF_F_RDONLY. */
  readOnly: boolean;
  /** The program that became its owner, or -1. */
  owner: number;
}

/** What the world goes by; a check can replace an entry. */
export const OBJECT_RULES = { operations: OPERATION_RULES, compat: COMPAT_RULES };
export type ObjectRules = typeof OBJECT_RULES;

/** Why a run cannot start: the load or the initial entry that fails, and the array that is to blame, if one is. */
export type StartProblem =
  | {
      readonly kind: 'load';
      readonly program: number;
      readonly errno: Errno;
      readonly map: number | undefined;
    }
  | { readonly kind: 'entry'; readonly map: number; readonly entry: number; readonly errno: Errno };

/** An operation, and whether another CPU does it at the same time as the one before. */
type Step = UserOperation & { readonly withPrevious?: boolean };

export class ObjectWorld {
  readonly knobs: ObjectKnobs;
  readonly programs: readonly KernelProgram[];
  /** By map; maps with values have none. */
  readonly arrays: readonly (KernelArray | undefined)[];
  readonly attached: KernelProgram[] = [];
  private readonly rules: ObjectRules;
  private readonly onFree: (program: number) => void;
  private readonly scenario: Scenario;
  private readonly keepsOwners: boolean;
  /** The owners before the last operation; kept only where one is done at the same time as another. */
  private ownersBefore: readonly number[] = [];
  /** The owners that the current operation sees, where they are not those of the moment. */
  private ownersSeen: readonly number[] | undefined;

  /** Nothing is there before `start`. `onFree` is told of each program that is freed. */
  constructor(
    scenario: Scenario,
    rules: ObjectRules = OBJECT_RULES,
    onFree: (program: number) => void = () => undefined,
  ) {
    this.knobs = scenario.profile.objects;
    this.rules = rules;
    this.onFree = onFree;
    this.scenario = scenario;
    this.keepsOwners = scenario.schedule.some(({ withPrevious }) => withPrevious);
    this.programs = absentPrograms(scenario);
    this.arrays = scenario.maps.map((map, index) =>
      map.type === 'prog_array' ? absentArray(map, index) : undefined,
    );
  }

  /**
   * Creates, loads and inserts what is there when the run starts, which from then on holds its program.
   * @returns the first thing that fails; the rest is done all the same.
   */
  start(): StartProblem | undefined {
    const present = presentAtStart(this.scenario);
    for (const array of this.arrays)
      if (array && present.maps[array.index]) this.createArray(array);
    let problem: StartProblem | undefined;
    for (const { index: program } of this.programs) {
      if (!present.programs[program]) continue;
      const errno = this.apply({ op: 'load', program });
      if (errno !== 0) problem ??= { kind: 'load', program, errno, map: this.obstacle(program) };
    }
    for (const array of this.arrays) {
      array?.definition.entries.forEach(({ index, program }, entry) => {
        const errno = this.apply({ op: 'update', map: array.index, index, program });
        if (errno !== 0) problem ??= { kind: 'entry', map: array.index, entry, errno };
      });
    }
    this.takeProgram(this.programs[this.scenario.run.program]!);
    return problem;
  }

  /** Does what user space asks for. */
  apply(operation: Step): Status {
    const before = this.ownersBefore;
    if (this.keepsOwners) this.ownersBefore = this.arrays.map((array) => array?.owner ?? NO_OWNER);
    this.ownersSeen = this.seesOldOwners(operation) ? before : undefined;
    // Each operation's rule takes the operation that it stands for.
    const rule = this.rules.operations[operation.op] as OperationRule<UserOperation>;
    const refusal = rule.errors.find(({ applies }) => applies(this, operation));
    if (refusal === undefined) rule.effect(this, operation);
    return refusal?.errno ?? 0;
  }

  /** Ends the run: gives its reference back, and frees what has none left. */
  settle(): void {
    this.putProgram(this.programs[this.scenario.run.program]!);
    for (;;) {
      const unused = this.programs.find(({ state, refs }) => state === 'loaded' && refs === 0);
      if (unused === undefined) return;
      this.freeProgram(unused);
    }
  }

  /** The extension that stands for the function at a slot of a program, or -1. */
  extensionAt(program: number, slot: number): number {
    for (const { index, replaces } of this.attached) {
      if (replaces!.program === program && replaces!.slot === slot) return index;
    }
    return -1;
  }

  /** What is left, for the outcome. */
  contents(): Objects {
    return {
      programs: this.programs.map(({ state, refs }) => ({ state, refs })),
      progArrays: this.arrays.map((array) => (array === undefined ? null : arrayContents(array))),
    };
  }

  /**
   * Checks a program against an array's owner, which it becomes where there is none.
   * @returns whether the array takes it.
   */
  associate(array: KernelArray, program: KernelProgram, isInserted: boolean): boolean {
    const { compatKeys } = this.knobs;
    const { compat } = this.rules;
    const isRefused = compatKeys.some((key) => {
      const rule = compat[key];
      return 'alone' in rule && rule.alone(program, isInserted);
    });
    if (isRefused) return false;
    const owner = this.ownersSeen === undefined ? array.owner : this.ownersSeen[array.index]!;
    if (owner === NO_OWNER) {
      array.owner = program.index;
      return true;
    }
    return !compatKeys.some((key) => {
      const rule = compat[key];
      return 'besideOwner' in rule && rule.besideOwner(program, this.programs[owner]!);
    });
  }

  /** Whether an array that a program uses, or an extension's target, cannot be had. */
  lacksWhatItUses({ uses, replaces }: KernelProgram): boolean {
    return (
      uses.some((map) => this.arrays[map]!.users === 0) ||
      (replaces !== undefined && !this.programs[replaces.program]!.descriptor)
    );
  }

  createArray(array: KernelArray): void {
    array.state = 'live';
    array.descriptor = true;
    this.takeUser(array);
  }

  closeArray(array: KernelArray): void {
    array.descriptor = false;
    if (this.knobs.clearedOn === 'descriptor') this.clear(array);
    this.putUser(array);
  }

  loadProgram(program: KernelProgram): void {
    program.state = 'loaded';
    program.descriptor = true;
    this.takeProgram(program);
    for (const map of program.uses) this.takeArray(this.arrays[map]!);
    if (program.replaces !== undefined) this.takeProgram(this.programs[program.replaces.program]!);
  }

  /** Puts a program into a slot, whatever is in it. */
  fill(array: KernelArray, index: number, program: KernelProgram): void {
    this.takeProgram(program);
    program.slotsHolding++;
    this.empty(array, index);
    array.slots[index] = program.index;
  }

  /** Takes a slot's program out, if there is one. */
  empty(array: KernelArray, index: number): void {
    const old = this.programs[array.slots[index]!];
    array.slots[index] = EMPTY_SLOT;
    if (old === undefined) return;
    old.slotsHolding--;
    this.putProgram(old);
  }

  takeProgram(program: KernelProgram): void {
    program.refs++;
  }

  putProgram(program: KernelProgram): void {
    program.refs--;
    if (program.refs === 0 && this.knobs.freed === 'at_once') this.freeProgram(program);
  }

  takeUser(array: KernelArray): void {
    array.users++;
    this.takeArray(array);
  }

  /** Without users an array is emptied, so that no circle of references keeps it. */
  putUser(array: KernelArray): void {
    array.users--;
    if (array.users === 0) this.clear(array);
    this.putArray(array);
  }

  protected takeArray(array: KernelArray): void {
    array.refs++;
  }

  protected putArray(array: KernelArray): void {
    array.refs--;
    if (array.refs > 0) return;
    array.state = 'freed';
    array.frozen = false;
    array.owner = NO_OWNER;
  }

  protected clear(array: KernelArray): void {
    for (let index = 0; index < array.slots.length; index++) this.empty(array, index);
  }

  protected freeProgram(program: KernelProgram): void {
    program.state = 'freed';
    this.onFree(program.index);
    for (const map of program.uses) this.putArray(this.arrays[map]!);
    if (program.replaces !== undefined) this.putProgram(this.programs[program.replaces.program]!);
  }

  protected seesOldOwners({ withPrevious }: Step): boolean {
    return withPrevious === true && !this.knobs.ownerLocked;
  }

  /** The array because of which a program could not be loaded. */
  private obstacle(index: number): number | undefined {
    const program = this.programs[index]!;
    const absent = program.uses.find((map) => this.arrays[map]!.users === 0);
    if (absent !== undefined || this.lacksWhatItUses(program)) return absent;
    return program.uses.find((map) => !this.associate(this.arrays[map]!, program, false));
  }
}

/** What makes a scenario one that cannot start: docs/semantics.md, At the start. Numbers in it must be in range. */
export function startProblem(scenario: Scenario): StartProblem | undefined {
  return new ObjectWorld(scenario).start();
}

function absentPrograms(scenario: Scenario): KernelProgram[] {
  const records = attributeRecords(scenario);
  return scenario.programs.map(({ program, replaces }, index) => ({
    index,
    attributes: records[index]!,
    isExtension: replaces !== undefined,
    hasTailCall: () => program.code.some(isTailCall),
    replaces,
    uses: usesOf(program, scenario),
    state: 'absent',
    refs: 0,
    descriptor: false,
    slotsHolding: 0,
  }));
}

/** By program; programs without attributes of their own share one record. */
function attributeRecords(scenario: Scenario): ProgramAttributes[] {
  const plain = scenario.programs.findIndex(({ attributes }) => attributes === undefined);
  const shared = plain < 0 ? undefined : attributesOf(scenario, plain);
  return scenario.programs.map(({ attributes }, index) =>
    attributes === undefined ? shared! : attributesOf(scenario, index),
  );
}

function usesOf({ code }: Program, { maps }: Scenario): number[] {
  const uses: number[] = [];
  for (const instruction of code) {
    if (instruction?.row.operation.family !== 'ld_imm64') continue;
    const { op } = instruction.row.operation;
    if (op !== 'LD_MAP_FD' && op !== 'LD_MAP_IDX') continue;
    const map = instruction.imm;
    if (maps[map]?.type === 'prog_array' && !uses.includes(map)) uses.push(map);
  }
  return uses;
}

function isTailCall(instruction: Instruction | undefined): boolean {
  return instruction?.row.name === 'CALL_HELPER' && instruction.imm === TAIL_CALL;
}

function absentArray(definition: ProgArray, index: number): KernelArray {
  return {
    index,
    definition,
    slots: Array<number>(definition.maxEntries).fill(EMPTY_SLOT),
    state: 'absent',
    users: 0,
    refs: 0,
    descriptor: false,
    pinned: false,
    frozen: false,
    readOnly: false,
    owner: NO_OWNER,
  };
}

function arrayContents({ state, users, refs, frozen, owner }: KernelArray): ProgArrayObject {
  return { state, users, refs, frozen, owner };
}
