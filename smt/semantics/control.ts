// RFC 9669 §4.3 as terms: jump conditions and targets; may_goto; what calls and returns preserve.

import type { Total } from '../../model/errors.ts';
import type { ConditionalJumpOp } from '../../model/isa/operations.ts';
import type { Propagation } from '../../model/profiles/profile.ts';
import {
  type BoolTerm,
  type BvTerm,
  bv,
  bvadd,
  bvand,
  bvsge,
  bvsgt,
  bvsle,
  bvslt,
  bvsub,
  bvuge,
  bvugt,
  bvule,
  bvult,
  distinct,
  eq,
  ite,
  signExtend,
} from '../terms/index.ts';

/** Two operands of one width to whether the jump is taken. */
export type ConditionMeaning = (dst: BvTerm, src: BvTerm) => BoolTerm;

const anyCommonBit: ConditionMeaning = (dst, src) =>
  distinct(bvand(dst, src), bv(dst.sort.width, 0n));

/**
 * JMP compares 64 bits: "PC += offset if dst == src" and so on; unsigned unless the name has an S.
 */
export const JUMP64: Total<ConditionalJumpOp, ConditionMeaning> = {
  JEQ: (dst, src) => eq(dst, src),
  JGT: (dst, src) => bvugt(dst, src),
  JGE: (dst, src) => bvuge(dst, src),
  JSET: anyCommonBit,
  JNE: (dst, src) => distinct(dst, src),
  JSGT: (dst, src) => bvsgt(dst, src),
  JSGE: (dst, src) => bvsge(dst, src),
  JLT: (dst, src) => bvult(dst, src),
  JLE: (dst, src) => bvule(dst, src),
  JSLT: (dst, src) => bvslt(dst, src),
  JSLE: (dst, src) => bvsle(dst, src),
};

/** "JMP32 ... uses 32-bit wide operands while otherwise identical to JMP": the low halves. */
export const JUMP32: Total<ConditionalJumpOp, ConditionMeaning> = { ...JUMP64 };

/** The raw fields that a target is made of: pc 64 bits, offset 16, imm 32. */
export type TargetMeaning = (pc: BvTerm, offset: BvTerm, imm: BvTerm) => BvTerm;
export type TargetUse = 'jump' | 'may_goto' | 'JA' | 'JA32' | 'CALL_LOCAL' | 'LD_CODE_ADDR';

const nextSlot = (pc: BvTerm) => bvadd(pc, bv(64, 1n));
/** "PC += offset", "relative to the instruction following" the jump, in units of 64 bits. */
const byOffset: TargetMeaning = (pc, offset) => bvadd(nextSlot(pc), signExtend(48, offset));
/** §4.3.1: "relative offset ... from the instruction following the call"; "JA ... PC += imm, JMP32 only". */
const byImm: TargetMeaning = (pc, _offset, imm) => bvadd(nextSlot(pc), signExtend(32, imm));

export const TARGET: Total<TargetUse, TargetMeaning> = {
  jump: byOffset,
  may_goto: byOffset,
  JA: byOffset,
  JA32: byImm,
  CALL_LOCAL: byImm,
  LD_CODE_ADDR: byImm,
};

export interface MayGotoMeaning {
  /** Whether the jump is taken, from the 64-bit budget. */
  readonly jumps: (budget: BvTerm) => BoolTerm;
  /** The budget after. */
  readonly budget: (budget: BvTerm) => BvTerm;
}

/** docs/semantics.md: "while it is not 0 it is decremented and execution falls through". */
export const MAY_GOTO: MayGotoMeaning = {
  jumps: (budget) => eq(budget, bv(64, 0n)),
  budget: (budget) => ite(eq(budget, bv(64, 0n)), budget, bvsub(budget, bv(64, 1n))),
};

/** What makes registers, or the frame, unobservable. */
export type ClobberUse =
  | 'call'
  | 'return'
  | 'helper'
  | 'packet'
  | 'tail_call_failed'
  | 'tail_call_taken';

export interface Clobber {
  readonly registers: readonly number[];
  /** Whether the frame that is current afterwards is poisoned too. */
  readonly frame: boolean;
}

const argumentRegisters = [1, 2, 3, 4, 5] as const;

/** RFC 9669 §2: "R1 - R5 ... scratch registers"; docs/semantics.md, Poison. */
export const CLOBBERS: Total<ClobberUse, Clobber> = {
  call: { registers: [0, 6, 7, 8, 9], frame: true },
  return: { registers: argumentRegisters, frame: false },
  helper: { registers: argumentRegisters, frame: false },
  packet: { registers: argumentRegisters, frame: false },
  tail_call_failed: { registers: [0, 1, 2, 3, 4, 5], frame: false },
  tail_call_taken: { registers: [0, 2, 3, 4, 5, 6, 7, 8, 9], frame: true },
};

/** RFC 9669 §2: "R6 - R9 are callee saved registers"; R10 is the frame pointer of the frame. */
export const SAVED_REGISTERS: readonly number[] = [6, 7, 8, 9, 10];

export interface CounterPassing {
  /** The callee's counter at a local call, from the caller's. */
  readonly enter: (caller: BvTerm) => BvTerm;
  /** The caller's counter after the return, from both. */
  readonly leave: (callee: BvTerm, caller: BvTerm) => BvTerm;
}

const shared: CounterPassing = { enter: (caller) => caller, leave: (callee) => callee };

/** docs/semantics.md, Tail calls: "`propagation` says what a local call does". */
export const COUNTER_PASSING: Total<Propagation, CounterPassing> = {
  reference: shared,
  value: { enter: (caller) => caller, leave: (_callee, caller) => caller },
  writeback: { enter: (caller) => caller, leave: (callee) => callee },
  // No program has both, so that nobody sees which of the two it is.
  rejected: shared,
};
