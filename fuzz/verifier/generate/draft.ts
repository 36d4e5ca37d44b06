// What the generator of programs near the border of acceptance knows while it writes one: what registers and stack
// hold, how far pointers were checked. It writes what is right, and now and then, on purpose, what is almost right.

import type { CpuVersion } from '../../../model/isa/operations.ts';
import { splitImmediate64 } from '../../../model/isa/text/numbers.ts';
import type { ProgramType } from '../../../model/scenario/context.ts';
import type { MapDefinition } from '../../../model/scenario/scenario.ts';
import { CodeBuilder, type Label } from '../../generate/code-builder.ts';
import type { Rng } from '../../generate/rng.ts';
import { immediate, word64 } from '../../generate/words.ts';
import { CALL_CLOBBERED } from './registers.ts';

/** What kernels differ in, for the programs that are drawn. */
export interface Dialect {
  /** Instructions of a later `-mcpu=vN` are not drawn. */
  readonly cpu: CpuVersion;
  readonly mayGoto: boolean;
  /** Load-acquire and store-release. */
  readonly ordered: boolean;
  /** Whether a program may take a verifier a million instructions. */
  readonly slow?: true;
}

/** What all programs of a scenario share. */
export interface Surroundings {
  readonly rng: Rng;
  readonly type: Exclude<ProgramType, 'raw'>;
  readonly dialect: Dialect;
  readonly maps: readonly MapDefinition[];
  readonly privileged: boolean;
  /** Weight of each kind of statement; 0 switches one off for the whole scenario (swarm). */
  readonly weights: readonly number[];
}

/** What a register or a slot of 8 bytes holds. */
export type Known =
  | { readonly kind: 'unset' }
  /** A number between `min` and `max` as 64 signed bits; without them anything. */
  | { readonly kind: 'scalar'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'context' | 'packet_end' }
  /** `size` bytes of a value from where it points, which may be null. */
  | { readonly kind: 'value'; readonly size: number; readonly nullable: boolean }
  /** `size` bytes of written stack from where it points. */
  | { readonly kind: 'stack'; readonly size: number }
  /** `size` bytes of the packet were checked from where it points. */
  | { readonly kind: 'packet'; readonly size: number };

export type PointerKind = 'value' | 'stack' | 'packet';

export const UNSET: Known = { kind: 'unset' };
export const SCALAR: Known = { kind: 'scalar' };
const CONTEXT_KNOWN: Known = { kind: 'context' };

export function between(min: number, max: number): Known {
  return { kind: 'scalar', min, max };
}

/** R6 has the context in every function. */
export const CONTEXT = 6;
export const FRAME_POINTER = 10;
export const SLOT = 8;
/** Deepest stack that a function uses for its statements. */
const DEPTHS = [16, 64, 64, 64, 128, 248, 256, 504] as const;

/** A function that is called before it is written. */
export interface PendingFunction {
  readonly label: Label;
  readonly depth: number;
  /** What R2 to R5 hold at its calls; R1 has the context. */
  readonly parameters: readonly Known[];
}

export class Draft {
  readonly rng: Rng;
  readonly surroundings: Surroundings;
  readonly code = new CodeBuilder();
  readonly pending: PendingFunction[] = [];
  /** Mistakes that are still to be made. */
  mistakes: number;
  /** Of the function being written: 0 is the program's entry. */
  depth = 0;
  /** Loops around the place being written. */
  loops = 0;
  /** r0 to r9. */
  held: Known[] = [];
  /** Slots by offset from r10 (-8, -16, …) that were written whole. */
  slots = new Map<number, Known>();
  /** Registers that must keep what they hold. */
  reserved = new Set<number>();
  /** Bytes of stack that statements of this function use. */
  stackDepth = 0;
  /** Where a function leaves that cannot go on; reached once at the least when it is not undefined. */
  private out: Label | undefined;

  constructor(surroundings: Surroundings, mistakes: number) {
    this.rng = surroundings.rng;
    this.surroundings = surroundings;
    this.mistakes = mistakes;
    this.startFunction([]);
  }

  /** Starts a function with the context in R6 and its parameters from R2 on. */
  startFunction(parameters: readonly Known[]): void {
    this.held = Array<Known>(FRAME_POINTER).fill(UNSET);
    this.slots = new Map();
    this.reserved = new Set([CONTEXT]);
    this.stackDepth = this.rng.pick(DEPTHS);
    this.loops = 0;
    this.code.emit('MOV64', 'X', { dst: CONTEXT, src: 1 });
    this.held[1] = CONTEXT_KNOWN;
    this.held[CONTEXT] = CONTEXT_KNOWN;
    parameters.forEach((known, index) => {
      this.held[2 + index] = known;
    });
  }

  /** Ends a function, after its last instruction: the way out where one was asked for. */
  endFunction(): void {
    if (this.out === undefined) return;
    this.code.place(this.out);
    this.code.emit('MOV64', 'K', { dst: 0, imm: 0 });
    this.code.emit('EXIT', 'N');
    this.out = undefined;
  }

  /** A label at which the function returns 0. */
  wayOut(): Label {
    this.out ??= this.code.label();
    return this.out;
  }

  /** A number that is right, or one that is `step` off while mistakes are left. */
  nudge(right: number, step = 1): number {
    if (!this.errs()) return right;
    return this.rng.chance(2, 3) ? right + step : right - step;
  }

  /** Whether to make a mistake here: leave out a check, take the wrong thing. */
  errs(): boolean {
    if (this.mistakes === 0 || !this.rng.chance(1, MISTAKE_ONE_IN)) return false;
    this.mistakes--;
    return true;
  }

  set(register: number, known: Known): void {
    this.held[register] = known;
  }

  private registers(test: (known: Known, register: number) => boolean): number[] {
    const found: number[] = [];
    for (let register = 0; register < FRAME_POINTER; register++) {
      if (test(this.held[register]!, register)) found.push(register);
    }
    return found;
  }

  /** A register that may be overwritten; numbers and unset ones first. */
  target(): number {
    const free = this.registers((_, register) => !this.reserved.has(register));
    const cheap = free.filter((register) => /unset|scalar/.test(this.held[register]!.kind));
    return this.rng.pick(cheap.length > 0 ? cheap : free);
  }

  /** So many registers that may be overwritten, other than those given; undefined where there are fewer. */
  spare(count: number, except: readonly number[] = []): number[] | undefined {
    const found = this.registers(
      (known, register) =>
        /unset|scalar/.test(known.kind) &&
        !this.reserved.has(register) &&
        !except.includes(register),
    );
    if (found.length < count) return undefined;
    const first = this.rng.int(0, found.length - 1);
    return Array.from({ length: count }, (_, i) => found[(first + i) % found.length]!);
  }

  /** A register with a number. */
  scalar(): number {
    if (this.errs()) return this.rng.int(0, FRAME_POINTER);
    const found = this.registers(({ kind }) => kind === 'scalar');
    return found.length > 0 ? this.rng.pick(found) : this.fresh();
  }

  /** One that may be changed. */
  changeable(): number {
    const found = this.registers(
      ({ kind }, register) => kind === 'scalar' && !this.reserved.has(register),
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
    if (rng.chance(1, 4)) {
      code.emit('LD_IMM64', 'N', { dst: register, ...splitImmediate64(word64(rng)) });
      this.set(register, SCALAR);
    } else {
      const imm = immediate(rng);
      const wide = rng.chance(2, 3);
      code.emit(wide ? 'MOV64' : 'MOV32', 'K', { dst: register, imm });
      this.set(register, wide || imm >= 0 ? between(imm, imm) : SCALAR);
    }
  }

  /** A register with a pointer to at least so many bytes, or -1. */
  pointer(size: number, ...kinds: PointerKind[]): number {
    const found = this.registers((known) => {
      if (known.kind === 'value' && known.nullable) return false;
      return kinds.includes(known.kind as PointerKind) && sizeOf(known) >= size;
    });
    return found.length > 0 ? this.rng.pick(found) : -1;
  }

  /** The offset of a slot that may be written. */
  slot(): number {
    return -SLOT * this.rng.int(1, this.stackDepth / SLOT);
  }

  /** The offset of a slot that was written, which is done first where none was; `kind`: what it has to hold. */
  writtenSlot(kind?: Known['kind']): number {
    const found = [...this.slots].filter(([, known]) => kind === undefined || known.kind === kind);
    if (found.length > 0) return this.rng.pick(found)[0];
    const offset = this.slot();
    this.code.emit('STDW', 'N', { dst: FRAME_POINTER, offset, imm: immediate(this.rng) });
    this.slots.set(offset, SCALAR);
    return offset;
  }

  /** What a call leaves of registers. */
  clobber(result: Known): void {
    for (const register of CALL_CLOBBERED) this.set(register, UNSET);
    this.set(0, result);
  }

  /** Forgets pointers of a kind, in registers and slots: what they led to may be gone. */
  forget(kind: Known['kind']): void {
    this.held = this.held.map((known) => (known.kind === kind ? UNSET : known));
    for (const [offset, known] of this.slots) if (known.kind === kind) this.slots.delete(offset);
  }

  /** Statements that may be skipped: afterwards what held before and still does. */
  branch(write: () => void): void {
    const held = [...this.held];
    const slots = new Map(this.slots);
    write();
    this.held = this.held.map((known, register) => merged(known, held[register]!));
    this.slots = new Map(
      [...slots].flatMap(([offset, known]) => {
        const after = merged(this.slots.get(offset) ?? UNSET, known);
        return after.kind === 'unset' ? [] : [[offset, after] as const];
      }),
    );
  }

  /** A map of a kind, by index. */
  mapOf(...types: MapDefinition['type'][]): number {
    const found = this.surroundings.maps.flatMap((map, index) =>
      types.includes(map.type) ? [index] : [],
    );
    return this.rng.pick(found);
  }
}

const MISTAKE_ONE_IN = 5;

function merged(a: Known, b: Known): Known {
  if (a === b) return a;
  if (a.kind !== b.kind) return UNSET;
  return a.kind === 'scalar' ? SCALAR : UNSET;
}

/** Bytes behind a pointer; 0 of what is none. */
export function sizeOf(known: Known): number {
  return 'size' in known ? known.size : 0;
}
