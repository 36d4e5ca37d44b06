// What the generator knows while it writes a program: which registers hold what, which stack bytes are written.
// A guide towards programs that do something before they trap, not a verifier.

import { splitImmediate64 } from '../../model/isa/text/numbers.ts';
import type { MapDefinition } from '../../model/scenario/scenario.ts';
import type { ProgramType } from '../../model/scenario/context.ts';
import { STACK_BYTES } from '../../model/scenario/environment.ts';
import { CodeBuilder, type Label } from './code-builder.ts';
import type { Rng } from './rng.ts';
import { immediate, word64 } from './words.ts';

/** What a register holds; a pointer's `size` bytes start at the register's value. */
export type Held =
  | { readonly kind: 'unset' }
  | { readonly kind: 'scalar' }
  | {
      readonly kind: 'pointer';
      readonly to: 'context' | 'packet' | 'value';
      readonly size: number;
    };

export const UNSET: Held = { kind: 'unset' };
export const SCALAR: Held = { kind: 'scalar' };
export const FRAME_POINTER = 10;
const STACK_SLOTS = STACK_BYTES / 8;

/** What all programs of a scenario share. */
export interface Surroundings {
  readonly rng: Rng;
  readonly type: ProgramType;
  readonly maps: readonly MapDefinition[];
  /** Maps that the program cannot name, since they come to be after it is loaded. */
  readonly absentMaps: ReadonlySet<number>;
  /** Whether constant indices are looked at before the call: then more are out of range, or only seem constant. */
  readonly eyesIndices: boolean;
  /** One function in so many uses a stack that is no multiple of 8. */
  readonly oddStackOneIn: number;
  readonly programCount: number;
  readonly contextBytes: number;
  /** Registers that the scenario sets at the start (type raw). */
  readonly registers: ReadonlySet<number>;
  readonly packetBytes: number;
  /** Whether reading what is not set ends the run: then it is done seldom. */
  readonly uninitialisedTraps: boolean;
  /** Weight of each kind of statement; 0 switches one off for the whole scenario (swarm). */
  readonly weights: readonly number[];
}

/** A function that is called before it is written. */
export interface PendingFunction {
  readonly label: Label;
  /** Functions may call functions of a greater depth only. */
  readonly depth: number;
}

export class Draft {
  readonly rng: Rng;
  readonly surroundings: Surroundings;
  readonly code = new CodeBuilder();
  readonly pending: PendingFunction[] = [];
  /** Of the function being written: 0 is the program's entry. */
  depth = 0;
  /** r0 to r9. */
  held: Held[] = Array<Held>(FRAME_POINTER).fill(UNSET);
  /** Registers that a surrounding loop counts with. */
  reserved = new Set<number>();
  /** Stack slots of 8 bytes that are written for sure; slot 0 is the one below r10. */
  written = new Set<number>();

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
    this.rng = surroundings.rng;
  }

  /** A random register of those that pass the test, or -1. */
  pickRegister(test: (held: Held, register: number) => boolean): number {
    let set = 0;
    let count = 0;
    for (let register = 0; register < FRAME_POINTER; register++) {
      if (test(this.held[register]!, register)) {
        set |= 1 << register;
        count++;
      }
    }
    if (count === 0) return -1;
    for (let skip = this.rng.int(0, count - 1); skip > 0; skip--) set &= set - 1;
    return 31 - Math.clz32(set & -set);
  }

  /** A register that may be overwritten; rarely one that holds a pointer. */
  target(): number {
    const any = this.rng.chance(1, 20);
    const found = this.pickRegister(
      (held, register) => (any || held.kind !== 'pointer') && !this.reserved.has(register),
    );
    return Math.max(found, 0);
  }

  /** A register with a number that may be changed; loads one if there is none. */
  changeableScalar(): number {
    const found = this.pickRegister(
      (held, register) => held.kind === 'scalar' && !this.reserved.has(register),
    );
    return found >= 0 ? found : this.freshScalar();
  }

  /** A register with a number to read; now and then any register, to see what was left in it. */
  scalar(): number {
    if (this.rng.chance(1, this.surroundings.uninitialisedTraps ? 100 : 8)) {
      return this.rng.int(0, FRAME_POINTER - 1);
    }
    const found = this.pickRegister(isScalar);
    return found >= 0 ? found : this.freshScalar();
  }

  /** A register that points to the context, or -1. */
  contextRegister(): number {
    return this.pickRegister(pointsToContext);
  }

  private freshScalar(): number {
    const register = this.target();
    this.constant(register);
    return register;
  }

  /** Loads an edge-biased word into a register. */
  constant(register: number): void {
    const { code, rng } = this;
    switch (rng.int(0, 2)) {
      case 0:
        code.emit('LD_IMM64', 'N', { dst: register, ...splitImmediate64(word64(rng)) });
        break;
      case 1:
        code.emit('MOV64', 'K', { dst: register, imm: immediate(rng) });
        break;
      default:
        code.emit('MOV32', 'K', { dst: register, imm: immediate(rng) });
    }
    this.held[register] = SCALAR;
  }

  set(register: number, held: Held): void {
    if (register < FRAME_POINTER) this.held[register] = held;
  }

  /**
   * Now and then a register that a call is about to clobber, filled with a word, for `clobber` to look at
   * afterwards; else -1. Only where looking does not end the run.
   */
  victim(registers: readonly number[]): number {
    if (this.surroundings.uninitialisedTraps || !this.rng.chance(1, 3)) return -1;
    const register = this.rng.pick(registers);
    if (this.reserved.has(register)) return -1;
    this.constant(register);
    return register;
  }

  /** Registers that a call has clobbered; the program looks at what is left in the victim, if there is one. */
  clobber(registers: readonly number[], victim = -1): void {
    for (const register of registers) this.held[register] = UNSET;
    const dst = victim < 0 ? 0 : this.target();
    // r0 may hold what the call gave.
    if (dst === 0) return;
    this.code.emit('MOV64', 'X', { dst, src: victim });
    this.held[dst] = SCALAR;
  }

  /** Writes statements that may be skipped: what holds after both ways is what held before and still does. */
  branch(write: () => void): void {
    const held = [...this.held];
    const written = new Set(this.written);
    write();
    for (let register = 0; register < FRAME_POINTER; register++) {
      const before = held[register]!;
      if (this.held[register] !== before) this.held[register] = merge(this.held[register]!, before);
    }
    this.written = written;
  }

  /** A stack slot to write: offset from r10 of its 8 bytes. */
  stackSlot(): number {
    const slot = this.rng.chance(1, 8) ? this.rng.int(0, STACK_SLOTS - 1) : this.rng.int(0, 5);
    return -8 * (slot + 1);
  }

  markWritten(offset: number): void {
    this.written.add(-offset / 8 - 1);
  }

  /** The offset from r10 of a slot that has been written, or of any. */
  writtenSlot(): number {
    const slots = [...this.written];
    if (slots.length === 0 || this.rng.chance(1, 30)) return this.stackSlot();
    return -8 * (this.rng.pick(slots) + 1);
  }

  /** A map of a kind (or of any), by index, or -1 when the program can name none. */
  mapOf(...types: MapDefinition['type'][]): number {
    const { maps, absentMaps } = this.surroundings;
    const candidates: number[] = [];
    for (let index = 0; index < maps.length; index++) {
      const fits = types.length === 0 || types.includes(maps[index]!.type);
      if (fits && !absentMaps.has(index)) candidates.push(index);
    }
    return candidates.length > 0 ? this.rng.pick(candidates) : -1;
  }
}

const isScalar = (held: Held) => held.kind === 'scalar';
const pointsToContext = (held: Held) => held.kind === 'pointer' && held.to === 'context';

function merge(a: Held, b: Held): Held {
  return a.kind === 'unset' || b.kind === 'unset' ? UNSET : SCALAR;
}
