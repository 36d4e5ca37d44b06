// What the generator of programs that a verifier accepts knows while it writes one. Stricter than ../draft.ts:
// only what was set is read, pointers are used for nothing but memory within their bounds.

import type { CpuVersion } from '../../../model/isa/operations.ts';
import { splitImmediate64 } from '../../../model/isa/text/numbers.ts';
import type { ProgramType } from '../../../model/scenario/context.ts';
import type { MapDefinition } from '../../../model/scenario/scenario.ts';
import { CodeBuilder, type Label } from '../code-builder.ts';
import type { Rng } from '../rng.ts';
import { immediate, word64 } from '../words.ts';

/** What differs between kernels, and between a JIT and the interpreter. */
export interface Dialect {
  /** Instructions of a later `-mcpu=vN` are not drawn. */
  readonly cpu: CpuVersion;
  readonly mayGoto: boolean;
  /** Whether one program may have both local calls and tail calls. */
  readonly callsWithTailCalls: boolean;
  /** Whether update and delete leave an int in R0, whose upper half is not -errno's. */
  readonly intErrors: boolean;
  /**
   * Whether the verifier knows R0 after a function as if its tail calls always failed (before 6.19). What it
   * then leaves out of the program is an open finding: docs/findings.md.
   */
  readonly trustsFallThrough: boolean;
  /** Bytes of stack that every program takes at the least; 0: what it needs. */
  readonly stackFloor: number;
}

/** What all programs of a scenario share. */
export interface Surroundings {
  readonly rng: Rng;
  readonly type: Exclude<ProgramType, 'raw'>;
  readonly dialect: Dialect;
  /** The first one counts the entries of each program. */
  readonly maps: readonly MapDefinition[];
  readonly packetBytes: number;
  /** Weight of each kind of statement; 0 switches one off for the whole scenario. */
  readonly weights: readonly number[];
}

export type Held = 'unset' | 'scalar' | { readonly size: number; readonly aligned: boolean };

/** R6 has the context everywhere. */
export const CONTEXT = 6;
export const FRAME_POINTER = 10;
/** Stack slots of 8 bytes that a function sets at its start and uses. */
const SLOTS_MAX = 6;
/** R1 to R5 and what is in R0 after a call. */
const CLOBBERED = [0, 1, 2, 3, 4, 5];

export interface PendingFunction {
  readonly label: Label;
  readonly depth: number;
}

export class Draft {
  readonly rng: Rng;
  readonly surroundings: Surroundings;
  readonly code = new CodeBuilder();
  readonly pending: PendingFunction[] = [];
  /** Whether this program has tail calls, or local calls, where it may have but one of them. */
  readonly tailCalls: boolean;
  readonly localCalls: boolean;
  depth = 0;
  /** r0 to r9; r6 is not among them. */
  held: Held[] = [];
  /** A register that a surrounding loop counts with. */
  reserved = new Set<number>([CONTEXT]);
  /** Of this function. */
  slots = 0;
  /** Loops around the place being written. */
  loops = 0;

  constructor(surroundings: Surroundings) {
    this.rng = surroundings.rng;
    this.surroundings = surroundings;
    const both = surroundings.dialect.callsWithTailCalls;
    const one = this.rng.chance(3, 4);
    this.tailCalls = both || one;
    this.localCalls = both || !one;
    this.startFunction();
  }

  startFunction(): void {
    this.held = Array<Held>(FRAME_POINTER).fill('unset');
    this.reserved = new Set([CONTEXT]);
    this.slots = this.rng.int(1, SLOTS_MAX);
  }

  set(register: number, held: Held): void {
    if (register !== CONTEXT) this.held[register] = held;
  }

  private registers(test: (held: Held, register: number) => boolean): number[] {
    const found: number[] = [];
    for (let register = 0; register < FRAME_POINTER; register++) {
      if (register !== CONTEXT && test(this.held[register]!, register)) found.push(register);
    }
    return found;
  }

  /** A register that may be overwritten. */
  target(): number {
    const scalars = this.registers(
      (held, register) => typeof held === 'string' && !this.reserved.has(register),
    );
    return scalars.length > 0 ? this.rng.pick(scalars) : 0;
  }

  /** Registers that hold nothing of worth, so many of them, not r0; undefined where there are fewer. */
  spare(count: number): number[] | undefined {
    const found = this.registers(
      (held, register) => register > 0 && typeof held === 'string' && !this.reserved.has(register),
    );
    return found.length < count ? undefined : found.slice(0, count);
  }

  /** A register with a number. */
  scalar(): number {
    const found = this.registers((held) => held === 'scalar');
    return found.length > 0 ? this.rng.pick(found) : this.fresh();
  }

  /** One that may be changed. */
  changeable(): number {
    const found = this.registers(
      (held, register) => held === 'scalar' && !this.reserved.has(register),
    );
    return found.length > 0 ? this.rng.pick(found) : this.fresh();
  }

  private fresh(): number {
    const register = this.target();
    this.constant(register);
    return register;
  }

  constant(register: number): void {
    const { code, rng } = this;
    if (rng.chance(1, 3)) {
      code.emit('LD_IMM64', 'N', { dst: register, ...splitImmediate64(word64(rng)) });
    } else {
      code.emit(rng.chance(1, 2) ? 'MOV64' : 'MOV32', 'K', { dst: register, imm: immediate(rng) });
    }
    this.set(register, 'scalar');
  }

  /** A pointer into a packet or a map value, or -1. */
  pointer(size: number, aligned: boolean): number {
    const found = this.registers(
      (held) => typeof held === 'object' && held.size >= size && (!aligned || held.aligned),
    );
    return found.length > 0 ? this.rng.pick(found) : -1;
  }

  clobber(): void {
    for (const register of CLOBBERED) this.set(register, 'unset');
  }

  /** Pointers to values and packets that a call may have made stale. */
  forgetPointers(): void {
    for (let register = 0; register < FRAME_POINTER; register++) {
      if (typeof this.held[register] === 'object') this.set(register, 'unset');
    }
  }

  /** Statements that may be skipped: what holds after both ways is what held before and still does. */
  branch(write: () => void): void {
    const before = [...this.held];
    write();
    this.held = this.held.map((held, register) =>
      held === before[register] ? held : merged(held, before[register]!),
    );
  }

  /** The offset of a slot that was set. */
  slot(): number {
    return -8 * this.rng.int(1, this.slots);
  }

  /** A map of a kind, by index, or -1. */
  mapOf(...types: MapDefinition['type'][]): number {
    const found = this.surroundings.maps.flatMap((map, index) =>
      index > 0 && types.includes(map.type) ? [index] : [],
    );
    return found.length > 0 ? this.rng.pick(found) : -1;
  }
}

function merged(a: Held, b: Held): Held {
  return a === 'scalar' && b === 'scalar' ? 'scalar' : 'unset';
}
