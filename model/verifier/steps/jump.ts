// Conditional jumps: which ways a path goes on, and what each way knows more.

import type { Comparison } from '../../domain/index.ts';
import { invariant } from '../../errors.ts';
import type { Instruction } from '../../isa/instruction.ts';
import type { ConditionalJumpOp } from '../../isa/operations.ts';
import type { Transfer } from '../parts.ts';
import type { Scalar } from '../scalars.ts';
import type { Frame } from '../state/frame.ts';
import { isPacketPointer, isPointer, type Register } from '../state/register.ts';
import { type LinkedPlace, STACK_POINTER, type State } from '../state/state.ts';
import type { Verification } from '../verification.ts';
import { boundedCondition, comparesPacketRange, learnPacketRange } from './packet-range.ts';
import { constantIn, immediateRegister, isConstantIn } from './scalar.ts';

/** A conditional jump, with what its operands were when it was reached. */
export interface Jump {
  readonly op: Comparison;
  readonly width: 32 | 64;
  readonly dst: number;
  /** -1 for an immediate. */
  readonly src: number;
  readonly imm: number;
}

export interface JumpPart {
  /** Whether a jump is always taken, or never; undefined where it may be either (`is_branch_taken`). */
  branchTaken(v: Verification, jump: Jump, dst: Register, src: Register): boolean | undefined;
  /** The same of a pointer and a number. */
  pointerTaken(v: Verification, jump: Jump, dst: Register, src: Register): boolean | undefined;
  /** What two numbers are where the jump is taken, or where it is not (`reg_set_min_max`). */
  refine(
    v: Verification,
    jump: Jump,
    taken: boolean,
    dst: Register,
    src: Register,
  ): readonly [dst: Scalar, src: Scalar];
  /** A comparison without privileges shows nothing of an address (`is_pointer_value`). */
  refusesPointer(v: Verification, register: Register): boolean;
}

const COMPARISON: Readonly<Record<ConditionalJumpOp, Comparison>> = {
  JEQ: 'jeq',
  JNE: 'jne',
  JSET: 'jset',
  JGT: 'jgt',
  JGE: 'jge',
  JLT: 'jlt',
  JLE: 'jle',
  JSGT: 'jsgt',
  JSGE: 'jsge',
  JSLT: 'jslt',
  JSLE: 'jsle',
};

/** Conditional jumps (`check_cond_jmp_op`). */
export const jump: Transfer = (v, instruction) => {
  const jump = jumpOf(instruction);
  const dst = v.use(jump.dst);
  const src = useSource(v, jump, dst);
  const fallThrough = v.pc + 1;
  const target = fallThrough + instruction.offset;
  const taken = v.parts.jump.branchTaken(v, jump, dst, src);
  if (taken !== undefined) {
    // What is not looked at on the other way hangs on the operands.
    if (!isPointer(dst)) v.parts.precision.markRegister(v, jump.dst);
    if (jump.src >= 0 && !isPointer(src)) v.parts.precision.markRegister(v, jump.src);
    v.parts.speculation.mispredict(v, taken ? fallThrough : target, jump.dst, jump.src);
    return taken ? target : fallThrough;
  }
  branch(v, jump, target);
  return fallThrough;
};

function jumpOf({ row, dst, src, imm }: Instruction): Jump {
  const { operation } = row;
  invariant(operation.family === 'jump', `${row.name} is a conditional jump`);
  const { op, width, source } = operation;
  return { op: COMPARISON[op], width, dst, src: source === 'X' ? src : -1, imm };
}

function useSource(v: Verification, { src, imm }: Jump, dst: Register): Register {
  if (src < 0) return immediateRegister(v, imm);
  const register = v.use(src);
  const comparesPackets = isPacketPointer(dst) && isPacketPointer(register);
  if (!comparesPackets && v.parts.jump.refusesPointer(v, register)) {
    v.reject('EACCES', `R${src} pointer comparison prohibited`);
  }
  return register;
}

/** Both ways are gone: the one that falls through now, the other later. */
function branch(v: Verification, jump: Jump, target: number): void {
  const places = linkOperands(v, jump);
  const other = v.parts.explore.pushBranch(v, target);
  refineNumbers(v, jump, other);
  learnLinked(v, jump, other, places);
  liftNull(v, jump, other);
  learnFromPointers(v, jump, other);
}

/** Notes which places the operands are linked to, for both ways to remember. */
function linkOperands(v: Verification, { dst, src }: Jump): readonly LinkedPlace[] {
  const { registers } = v.frame;
  const ids: number[] = [];
  let stackPointers = 0;
  if (src >= 0) {
    const { type, id } = registers[src]!;
    if (type === 'scalar' && id !== 0) ids.push(id);
    if (type === 'fp') stackPointers |= STACK_POINTER.src;
  }
  const { type, id } = registers[dst]!;
  if (type === 'scalar' && id !== 0) ids.push(id);
  if (type === 'fp') stackPointers |= STACK_POINTER.dst;
  v.stackPointers |= stackPointers;
  if (ids.length === 0) return NONE;
  const places = v.parts.linked.collect(v, ids);
  if (places.length > 1) v.linked = places;
  return places;
}

const NONE: readonly LinkedPlace[] = [];

function sourceOf(v: Verification, { src, imm }: Jump): Register {
  return src < 0 ? immediateRegister(v, imm) : v.frame.registers[src]!;
}

/** Refines two numbers, on both ways; their bounds are checked in the kernel's order. */
function refineNumbers(v: Verification, jump: Jump, other: State): void {
  const dst = v.frame.registers[jump.dst]!;
  const src = sourceOf(v, jump);
  if (dst.type !== 'scalar' || src.type !== 'scalar') return;
  setNumbers(v, jump, other.frame, 'true', v.parts.jump.refine(v, jump, true, dst, src));
  setNumbers(v, jump, v.frame, 'false', v.parts.jump.refine(v, jump, false, dst, src));
}

function setNumbers(
  v: Verification,
  jump: Jump,
  frame: Frame,
  way: 'true' | 'false',
  [dst, src]: readonly [Scalar, Scalar],
): void {
  const { withoutContradiction } = v.parts.boundsCheck;
  const first = withoutContradiction(v, `${way}_reg1`, dst);
  setNumber(v, frame, jump.dst, first);
  const second = withoutContradiction(v, `${way}_reg2`, jump.src === jump.dst ? first : src);
  if (jump.src >= 0) setNumber(v, frame, jump.src, second);
}

function setNumber(v: Verification, frame: Frame, register: number, value: Scalar): void {
  const old = frame.registers[register]!;
  if (old.value !== value) v.refine(frame, register, old.with({ value }));
}

/** Lets what is linked to an operand know what the operand does. */
function learnLinked(
  v: Verification,
  { dst, src }: Jump,
  other: State,
  places: readonly LinkedPlace[],
): void {
  if (places.length < 2) return;
  for (const register of src < 0 ? [dst] : [src, dst]) {
    const { type, id } = v.frame.registers[register]!;
    if (type !== 'scalar' || id === 0) continue;
    v.parts.linked.learn(v, v.state, register, places);
    v.parts.linked.learn(v, other, register, places);
  }
}

/** Where a pointer that may be null equals one that is not, it is not. */
function liftNull(v: Verification, jump: Jump, other: State): void {
  const { op, width, dst, src } = jump;
  if (!v.rules.equalsLiftNull || width !== 64 || src < 0) return;
  if (op !== 'jeq' && op !== 'jne') return;
  const { mayBeNull, isNotNull } = v.parts.nullness;
  const [a, b] = [v.frame.registers[dst]!, v.frame.registers[src]!];
  const nullable = mayBeNull(a.type) ? dst : src;
  const certain = nullable === dst ? b : a;
  if (!mayBeNull(v.frame.registers[nullable]!.type) || !isNotNull(v, certain.type)) return;
  const { frame } = op === 'jeq' ? other : v.state;
  v.refine(frame, nullable, frame.registers[nullable]!.with({ type: 'map_value' }));
}

function learnFromPointers(v: Verification, jump: Jump, other: State): void {
  const { op, dst, src } = jump;
  const first = v.frame.registers[dst]!;
  if (comparesWithNull(v, jump, first)) {
    v.parts.nullness.settle(v, other, first.id, op === 'jeq');
    v.parts.nullness.settle(v, v.state, first.id, op === 'jne');
    return;
  }
  const bounded = comparedRange(v, jump, first);
  if (bounded === undefined) {
    if (v.parts.jump.refusesPointer(v, first)) {
      v.reject('EACCES', `R${dst} pointer comparison prohibited`);
    }
    return;
  }
  const register = bounded === 'dst' ? dst : src;
  learnPacketRange(v, v.state, register, boundedCondition(op, false, bounded));
  learnPacketRange(v, other, register, boundedCondition(op, true, bounded));
}

/** Whether the jump is the null check of a pointer. */
function comparesWithNull(v: Verification, { op, width, src, imm }: Jump, dst: Register): boolean {
  return (
    width === 64 &&
    src < 0 &&
    imm === 0 &&
    (op === 'jeq' || op === 'jne') &&
    v.parts.nullness.mayBeNull(dst.type)
  );
}

/** Which operand is a pointer that is compared with the end of what it points into. */
function comparedRange(
  v: Verification,
  { op, width, src }: Jump,
  dst: Register,
): 'dst' | 'src' | undefined {
  if (width !== 64 || src < 0 || !comparesPacketRange(op)) return undefined;
  return v.parts.packetRange.bounded(dst, v.frame.registers[src]!);
}

function branchTaken(
  v: Verification,
  jump: Jump,
  dst: Register,
  src: Register,
): boolean | undefined {
  const { op, width } = jump;
  if (isPointer(dst) || isPointer(src)) {
    const arePackets = isPacketPointer(dst) && isPacketPointer(src) && width === 64;
    if (arePackets) return v.parts.packetRange.branchTaken(op, dst, src);
    return v.parts.jump.pointerTaken(v, jump, dst, src);
  }
  const taken = v.domain.branchTaken(op, width, dst.value, src.value);
  return taken < 0 ? undefined : taken === 1;
}

/** A pointer that is not null never equals 0. */
function pointerTaken(
  v: Verification,
  { op, width }: Jump,
  dst: Register,
  src: Register,
): boolean | undefined {
  if (width !== 64 || (op !== 'jeq' && op !== 'jne')) return undefined;
  const swaps = v.rules.knownOperand === 'either' && !isKnown(src);
  const [pointer, number] = swaps ? [src, dst] : [dst, src];
  if (!isKnown(number) || constantIn(64, number.value) !== 0n) return undefined;
  return v.parts.nullness.isNotNull(v, pointer.type) ? op === 'jne' : undefined;
}

function isKnown({ type, value }: Register): boolean {
  return type === 'scalar' && isConstantIn(64, value);
}

function refine(
  v: Verification,
  { op, width, dst: first, src: second }: Jump,
  taken: boolean,
  { value: dst }: Register,
  { value: src }: Register,
): readonly [Scalar, Scalar] {
  const { domain } = v;
  if (first !== second || v.rules.knownOperand === 'second') {
    return domain.refine(op, width, taken, dst, src);
  }
  // One register that is compared with itself learns as both operands, and is reduced as both.
  const reduced = domain.refineSelf(op, width, taken, dst);
  return [reduced, reduced];
}

export const JUMP_PART: JumpPart = {
  branchTaken,
  pointerTaken,
  refine,
  refusesPointer: (v, register) => !v.subject.privileged && isPointer(register),
};
