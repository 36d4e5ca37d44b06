// Programs and prog arrays as objects: docs/semantics.md, Objects. They are concrete in symbolic runs too.

import { invariant } from '../../model/errors.ts';
import type { Objects, ProgArrayObject } from '../../model/scenario/outcome.ts';
import type { ProgArray, Scenario, ScheduleEntry } from '../../model/scenario/scenario.ts';
import type { Association } from '../semantics/compatibility.ts';
import type { ArrayEvent, ProgramEvent } from '../semantics/objects.ts';
import { CodeFacts } from './code-facts.ts';
import type { Compiled } from './compiled.ts';
import {
  type ArrayValues,
  type CompiledObjects,
  type ProgramArguments,
  type ProgramValues,
  programArguments,
} from './compiled-objects.ts';

const EMPTY = -1;
const NO_OWNER = -1;
/** No program. */
export const NONE = -1;
const UNUSED = 0n;

/** Where the program slots of prog arrays are; writing them writes the maps. */
export interface ProgArrays {
  progArray(map: number): number[];
}

interface ArrayObject extends ArrayValues {
  freed: boolean;
  owner: number;
}

interface ProgramObject extends ProgramValues {
  freed: boolean;
}

/** A program as it stands in the scenario. */
interface ProgramConstants {
  readonly facts: CodeFacts;
  /** The prog arrays that it uses, in order of first use. */
  readonly uses: readonly number[];
  readonly arguments: ProgramArguments;
}

export class ObjectStore {
  readonly slots: ProgArrays;
  private readonly compiled: Compiled;
  private terms: CompiledObjects | undefined;
  private current: Scenario | undefined;
  private constants: readonly ProgramConstants[] = [];
  private programs: ProgramObject[] = [];
  /** By map; undefined for maps with values. */
  private arrays: (ArrayObject | undefined)[] = [];
  /** By program: whether it cannot take over in this run; undefined where nobody has asked. */
  private incompatible: (boolean | undefined)[] = [];
  /** The owners before the entry that was applied last; undefined where no entry wants to know. */
  private ownersBefore: readonly number[] | undefined;
  private looksBack = false;
  private keepsOwners = false;
  /** Extensions that are attached. */
  private attached: number[] = [];
  private runIsOn = false;
  private hasFreed = false;
  /** Whether references have changed since the last look for what is to be freed. */
  private isUnsettled = false;

  constructor(compiled: Compiled, slots: ProgArrays) {
    this.compiled = compiled;
    this.slots = slots;
  }

  /** The objects before the first step; the slots have their initial contents already. */
  reset(scenario: Scenario): void {
    this.readConstants(scenario);
    this.terms = this.compiled.objects(scenario.profile.objects);
    this.current = scenario;
    this.incompatible = [];
    this.ownersBefore = undefined;
    this.looksBack = false;
    this.keepsOwners = scenario.schedule.some(({ withPrevious }) => withPrevious === true);
    this.attached = [];
    this.runIsOn = true;
    this.hasFreed = false;
    this.setUp(scenario);
    this.isUnsettled = false;
  }

  // Runs often come in groups with the same programs: a shrink, a schedule, an explored path.
  private readConstants(scenario: Scenario): void {
    const { current, compiled } = this;
    const isSame =
      current?.programs === scenario.programs &&
      current.type === scenario.type &&
      current.maps === scenario.maps;
    if (isSame) return;
    this.constants = scenario.programs.map(({ program }, number) => {
      const facts = new CodeFacts(compiled, program);
      return {
        facts,
        uses: facts.maps.filter((map) => scenario.maps[map]?.type === 'prog_array'),
        arguments: programArguments(scenario, number, facts.hasTailCall),
      };
    });
  }

  /** Everything succeeds: a scenario in which it does not is refused when it is read. */
  private setUp({ maps, programs, schedule, run }: Scenario): void {
    const { created, loaded } = absentAtStart(schedule);
    this.arrays = maps.map(({ type }) => (type === 'prog_array' ? absentArray() : undefined));
    this.programs = programs.map(absentProgram);
    for (let map = 0; map < maps.length; map++) {
      if (this.arrays[map] !== undefined && !created.includes(map)) this.arrayEvent(map, 'create');
    }
    for (let program = 0; program < programs.length; program++) {
      if (loaded.includes(program)) continue;
      for (const map of this.usesOf(program)) this.claim(map, program, 'load');
      this.addProgram(program);
    }
    maps.forEach((definition, map) => {
      if (definition.type === 'prog_array') this.insertInitial(definition, map);
    });
    this.programEvent(run.program, 'run_starts');
  }

  private insertInitial({ entries }: ProgArray, map: number): void {
    for (const { program } of entries) {
      this.claim(map, program, 'insertion');
      this.noteSlot(program, false, true);
    }
  }

  get scenario(): Scenario {
    invariant(this.current !== undefined, 'a run is under way');
    return this.current;
  }

  get meaning(): CompiledObjects {
    invariant(this.terms !== undefined, 'a run is under way');
    return this.terms;
  }

  array(map: number): ArrayObject {
    const array = this.arrays[map];
    invariant(array !== undefined, `map ${map} is a prog array`);
    return array;
  }

  program(program: number): ProgramObject {
    const object = this.programs[program];
    invariant(object !== undefined, `program ${program} exists`);
    return object;
  }

  private constantsOf(program: number): ProgramConstants {
    const constants = this.constants[program];
    invariant(constants !== undefined, `program ${program} exists`);
    return constants;
  }

  /** The prog arrays that a program uses, in order of first use. */
  usesOf(program: number): readonly number[] {
    return this.constantsOf(program).uses;
  }

  /** The program that an extension names as its target, or -1. */
  targetOf(program: number): number {
    return this.scenario.programs[program]?.replaces?.program ?? NONE;
  }

  /** What is read off the code of a program. */
  facts(program: number): CodeFacts {
    return this.constantsOf(program).facts;
  }

  /** Whether the instructions of a program are gone. */
  isFreed(program: number): boolean {
    return this.hasFreed && this.program(program).freed;
  }

  isReachable(map: number): boolean {
    return this.meaning.reachable(this.array(map), UNUSED);
  }

  isHeld(program: number): boolean {
    return this.meaning.held(this.program(program), UNUSED);
  }

  isInSlot(program: number): boolean {
    return this.arrays.some(
      (array, map) => array !== undefined && this.slots.progArray(map).includes(program),
    );
  }

  /** Whether a tail call to a program traps, since it cannot take over from the run's program. */
  isIncompatible(program: number): boolean {
    const known = this.incompatible[program];
    if (known !== undefined) return known;
    const run = this.constantsOf(this.scenario.run.program);
    const target = this.constantsOf(program);
    const isIncompatible = this.meaning.incompatible(run.arguments, target.arguments);
    this.incompatible[program] = isIncompatible;
    return isIncompatible;
  }

  /** The extension that is attached to a function, or -1. */
  replacement(program: number, slot: number): number {
    if (this.attached.length === 0) return NONE;
    const { programs } = this.scenario;
    const isOf = (extension: number) => {
      const { replaces } = programs[extension] ?? {};
      return replaces?.program === program && replaces.slot === slot;
    };
    return this.attached.find(isOf) ?? NONE;
  }

  /** Whether an extension is attached to a function of a program. */
  isExtended(program: number): boolean {
    return this.attached.some((extension) => this.targetOf(extension) === program);
  }

  /** What happens to an array; a creation takes its 32-bit map_flags. */
  arrayEvent(map: number, event: ArrayEvent, flags = 0n): void {
    const array = this.array(map);
    const { clears, apply } = this.meaning.arrayEvent(event);
    const isCleared = clears(array, flags);
    apply(array, flags);
    this.isUnsettled = true;
    if (isCleared) this.clear(map);
  }

  private clear(map: number): void {
    this.slots.progArray(map).forEach((program, index) => {
      if (program !== EMPTY) this.writeSlot(map, index, EMPTY);
    });
  }

  /** What happens to a program, apart from its loading and freeing. */
  programEvent(program: number, event: ProgramEvent): void {
    this.meaning.programEvent(event)(this.program(program), UNUSED);
    this.isUnsettled = true;
    if (event === 'attach') this.attached.push(program);
    if (event === 'detach') this.attached = this.attached.filter((other) => other !== program);
  }

  /** Puts a program, or -1, into a slot. */
  writeSlot(map: number, index: number, program: number): void {
    const slots = this.slots.progArray(map);
    const old = slots[index] as number;
    slots[index] = program;
    if (old !== EMPTY) this.noteSlot(old, true, old === program);
    if (program !== EMPTY && program !== old) this.noteSlot(program, false, true);
  }

  private noteSlot(program: number, wasHeld: boolean, isHeld: boolean): void {
    const object = this.program(program);
    object.refs = this.meaning.slotWritten(object.refs, wasHeld, isHeld);
    this.isUnsettled = true;
  }

  /** Loads a program: it takes its references. */
  addProgram(program: number): void {
    this.programEvent(program, 'load');
    for (const map of this.usesOf(program)) this.arrayEvent(map, 'user_loaded');
    const target = this.targetOf(program);
    if (target !== NONE) this.programEvent(target, 'extension_loaded');
  }

  private freeProgram(program: number): void {
    this.program(program).freed = true;
    this.hasFreed = true;
    for (const map of this.usesOf(program)) this.arrayEvent(map, 'user_freed');
    const target = this.targetOf(program);
    if (target !== NONE) this.programEvent(target, 'extension_freed');
  }

  /** Frees what has no references, until nothing more is. */
  private settle(): void {
    const { programFreed, arrayFreed } = this.meaning;
    const isOn = this.runIsOn ? 1n : 0n;
    while (this.isUnsettled) {
      this.isUnsettled = false;
      for (let program = 0; program < this.programs.length; program++) {
        const object = this.program(program);
        const isLoaded = !object.absent && !object.freed;
        if (isLoaded && programFreed(object, isOn)) this.freeProgram(program);
      }
      for (const array of this.arrays) {
        if (array === undefined || array.absent || array.freed) continue;
        array.freed = arrayFreed(array, UNUSED);
      }
    }
  }

  /** The owner that an operation sees, or -1. */
  private seenOwner(map: number): number {
    const { owner } = this.array(map);
    return this.looksBack ? (this.ownersBefore?.[map] ?? owner) : owner;
  }

  /** Whether a program is compatible with an array; it may become its owner. */
  meet(map: number, program: number, association: Association): boolean {
    const { compatible } = this.meaning.meeting(association);
    const seen = this.seenOwner(map);
    const own = this.constantsOf(program).arguments;
    const owner = seen === NO_OWNER ? own : this.constantsOf(seen).arguments;
    const isCompatible = compatible(seen !== NO_OWNER, owner, own);
    this.claim(map, program, association);
    return isCompatible;
  }

  /** A program becomes the owner of an array, if it does. */
  private claim(map: number, program: number, association: Association): void {
    const { claims } = this.meaning.meeting(association);
    const isOwned = this.seenOwner(map) !== NO_OWNER;
    if (claims(isOwned, this.constantsOf(program).arguments)) this.array(map).owner = program;
  }

  private owners(): number[] {
    return this.arrays.map((array) => array?.owner ?? NO_OWNER);
  }

  /** Has an entry done, with what follows from it. @param perform gives its error number, or 0. */
  apply(entry: ScheduleEntry, perform: (entry: ScheduleEntry) => number): number {
    const owners = this.keepsOwners ? this.owners() : undefined;
    this.looksBack = this.meaning.looksBack(entry.withPrevious === true);
    const errno = perform(entry);
    this.ownersBefore = owners;
    this.settle();
    return errno;
  }

  /** Ends the run: gives back its reference, frees what is to be freed, and says what is left. */
  finish(): Objects {
    this.runIsOn = false;
    this.programEvent(this.scenario.run.program, 'run_ends');
    this.settle();
    return {
      programs: this.programs.map(({ absent, freed, refs }) => ({
        state: absent ? 'absent' : freed ? 'freed' : 'loaded',
        refs: Number(refs),
      })),
      progArrays: this.arrays.map((array) => (array === undefined ? null : leftOf(array))),
    };
  }
}

function leftOf({ absent, freed, users, refs, frozen, owner }: ArrayObject): ProgArrayObject {
  if (absent || freed) {
    const state = absent ? 'absent' : 'freed';
    return { state, users: 0, refs: 0, frozen: false, owner: NO_OWNER };
  }
  return { state: 'live', users: Number(users), refs: Number(refs), frozen, owner };
}

function absentArray(): ArrayObject {
  return {
    absent: true,
    descriptor: false,
    pinned: false,
    users: 0n,
    refs: 0n,
    frozen: false,
    readOnly: false,
    freed: false,
    owner: NO_OWNER,
  };
}

function absentProgram(): ProgramObject {
  return { absent: true, descriptor: false, attached: false, refs: 0n, freed: false };
}

const NOTHING: readonly number[] = [];

/** Which arrays and programs a schedule creates and loads: they are not there at the start. */
function absentAtStart(schedule: Scenario['schedule']) {
  if (!schedule.some(({ op }) => op === 'create' || op === 'load')) {
    return { created: NOTHING, loaded: NOTHING };
  }
  return {
    created: schedule.flatMap((entry) => (entry.op === 'create' ? [entry.map] : [])),
    loaded: schedule.flatMap((entry) => (entry.op === 'load' ? [entry.program] : [])),
  };
}
