// A prepared instruction: what its row's compiled terms and its fields come to, ready to be executed.

import type { Codec } from './codec.ts';
import type { CompiledAtomic, Fn1, Fn2, Test2 } from './compiled.ts';
import type { MachineState } from './state.ts';

/** Executes one instruction: changes the state, or ends the run without an effect. */
export type Execute = (state: MachineState, op: Op) => void;

/** All operations have all fields, so that V8 sees one shape; a row leaves those it does not use. */
export interface Op {
  readonly execute: Execute;
  /** The slot after the instruction. */
  readonly next: number;
  /** The registers that it reads, as a bit mask. */
  readonly reads: number;
  readonly dst: number;
  readonly src: number;
  /** The K operand, extended; a store's imm as the value to store; a packet load's raw imm. */
  readonly operand: bigint;
  /** The raw offset, unsigned 16 bits. */
  readonly offset: bigint;
  /** imm: a number that names a helper, a map, a BTF id. */
  readonly imm: number;
  /** The raw second imm, unsigned 32 bits. */
  readonly nextImm: bigint;
  /** The slot that a jump, a call or a code address names. */
  readonly target: number;
  readonly codec: Codec;
  readonly compute: Fn2;
  readonly test: Test2;
  readonly extend: Fn1;
  readonly atomic: CompiledAtomic;
  /** A packet load's, a constant's function of several operands. */
  readonly join: (...operands: bigint[]) => bigint;
}
