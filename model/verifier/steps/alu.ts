// Arithmetic: what an operation makes of its operands (`check_alu_op`).

import type { AluOperation } from '../../domain/index.ts';
import { invariant } from '../../errors.ts';
import type { Instruction } from '../../isa/instruction.ts';
import type { BinaryAluOp, Width } from '../../isa/operations.ts';
import type { Transfer } from '../parts.ts';
import type { Scalar } from '../scalars.ts';
import { isPointer, type Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';
import { move } from './mov.ts';
import { operatorText, pointerArithmetic } from './pointer.ts';
import { immediateRegister, isConstant, resultRegister, scalarRegister } from './scalar.ts';

/** An arithmetic instruction. */
export interface Arithmetic {
  readonly op: Exclude<BinaryAluOp, 'MOV'>;
  readonly width: Width;
  readonly dst: number;
  /** -1 for an immediate. */
  readonly src: number;
}

export interface AluPart {
  /** Refuses an immediate divisor 0. */
  checkDivisor(v: Verification, op: Arithmetic['op'], imm: number): void;
  /** Refuses an immediate count that is not below the width. */
  checkShift(v: Verification, op: Arithmetic['op'], width: Width, imm: number): void;
  /** An operation of two pointers: privileged differences give a number, all else is refused. */
  ofPointers(v: Verification, arithmetic: Arithmetic): Register;
  /** An operation of two numbers, which keeps the link of `dst` where only a constant is added. */
  ofNumbers(v: Verification, arithmetic: Arithmetic, dst: Register, src: Register): Register;
  /** A number that became a pointer by adding one counts as written if the pointer does: it is a copy of it. */
  inheritWritten(v: Verification, dst: number, pointer: number): void;
  /** In which width a number is known to be 0 or -1, and nothing else (`maybe_fork_scalars`); 0 for none. */
  forkWidth(v: Verification, op: Arithmetic['op'], dst: Scalar, src: Scalar): 0 | 32 | 64;
  /** The number that is known to be `value` in a width. */
  known(v: Verification, width: 32 | 64, number: Scalar, value: bigint): Scalar;
}

const OPERATION: Readonly<Record<Exclude<BinaryAluOp, 'MOV'>, AluOperation>> = {
  ADD: 'add',
  SUB: 'sub',
  MUL: 'mul',
  DIV: 'div',
  SDIV: 'sdiv',
  OR: 'or',
  AND: 'and',
  LSH: 'lsh',
  RSH: 'rsh',
  MOD: 'mod',
  SMOD: 'smod',
  XOR: 'xor',
  ARSH: 'arsh',
};

/** Two-operand arithmetic. */
export const alu: Transfer = (v, instruction) => {
  const { operation } = instruction.row;
  invariant(operation.family === 'alu', `${instruction.row.name} is arithmetic`);
  const { op, width, source } = operation;
  if (op === 'MOV') return move(v, instruction, width, source);
  checkVersion(v, op);
  const src = source === 'X' ? instruction.src : -1;
  compute(v, { op, width, dst: instruction.dst, src }, instruction);
  return v.pc + 1;
};

function checkVersion(v: Verification, op: BinaryAluOp): void {
  if ((op === 'SDIV' || op === 'SMOD') && !v.rules.cpuV4) {
    v.reject('EINVAL', 'BPF_ALU uses reserved fields');
  }
}

function compute(v: Verification, arithmetic: Arithmetic, { imm }: Instruction): void {
  const { op, width, src, dst } = arithmetic;
  const second = src < 0 ? immediateRegister(v, imm) : v.use(src);
  const first = v.use(dst);
  if (src < 0) {
    v.parts.alu.checkDivisor(v, op, imm);
    v.parts.alu.checkShift(v, op, width, imm);
  }
  v.checkWritable(dst);
  const result = resultOf(v, arithmetic, first, second);
  const value = v.parts.boundsCheck.withoutContradiction(v, 'alu', result.value);
  v.define(dst, value === result.value ? result : result.with({ value }));
  if (src >= 0 && !isPointer(first) && isPointer(result)) v.parts.alu.inheritWritten(v, dst, src);
}

function resultOf(
  v: Verification,
  arithmetic: Arithmetic,
  first: Register,
  second: Register,
): Register {
  const { op, width, dst, src } = arithmetic;
  const isSum = isPointer(first);
  if (!isSum && !isPointer(second)) {
    // What a precise number is computed from is precise.
    if (src >= 0 && first.precise) v.parts.precision.markRegister(v, src);
    return v.parts.alu.ofNumbers(v, arithmetic, first, second);
  }
  if (isSum && isPointer(second)) return v.parts.alu.ofPointers(v, arithmetic);
  if (!isSum) v.parts.precision.markRegister(v, dst);
  else if (src >= 0) v.parts.precision.markRegister(v, src);
  const [pointer, number] = isSum ? [first, second] : [second, first];
  return pointerArithmetic(v, { op, width, dst, src, pointer, number, isCommuted: !isSum });
}

function checkDivisor(v: Verification, op: Arithmetic['op'], imm: number): void {
  const divides = op === 'DIV' || op === 'MOD' || op === 'SDIV' || op === 'SMOD';
  if (divides && imm === 0) v.reject('EINVAL', 'div by zero');
}

function checkShift(v: Verification, op: Arithmetic['op'], width: Width, imm: number): void {
  const shifts = op === 'LSH' || op === 'RSH' || op === 'ARSH';
  if (shifts && (imm < 0 || imm >= width)) v.reject('EINVAL', `invalid shift ${imm}`);
}

function ofPointers(v: Verification, { op, dst }: Arithmetic): Register {
  if (op === 'SUB' && v.subject.privileged) return scalarRegister(v, v.domain.unknown);
  return v.reject('EACCES', `R${dst} pointer ${operatorText(op)} pointer prohibited`);
}

function ofNumbers(
  v: Verification,
  { op, width, dst, src }: Arithmetic,
  first: Register,
  second: Register,
): Register {
  if (src >= 0 && !v.subject.privileged && (op === 'ADD' || op === 'SUB')) {
    v.parts.sanitizer.checkScalars(v, op, dst);
  }
  const value = fork(v, op, dst, first.value, second.value);
  const result = resultRegister(v, first, v.domain.alu(OPERATION[op], width, value, second.value));
  if (op !== 'ADD' || width !== 64) return result;
  return v.parts.linked.linkSum(v, first, second, result);
}

/**
 * A number that is 0 or -1 goes through the instruction as -1 now and as 0 later: each by itself says more than a
 * result for both. @returns the number to go on with
 */
function fork(
  v: Verification,
  op: Arithmetic['op'],
  dst: number,
  number: Scalar,
  second: Scalar,
): Scalar {
  const { alu, explore } = v.parts;
  const width = alu.forkWidth(v, op, number, second);
  if (width === 0) return number;
  v.frame.written.registers |= 1 << dst;
  // The other way begins with the instruction itself: what OR makes of 0 is not 0.
  const other = explore.pushBranch(v, v.pc).frame;
  const zero = alu.known(v, width, number, 0n);
  const register = other.registers[dst]!;
  v.refine(
    other,
    dst,
    width === 64 ? resultRegister(v, register, zero) : register.with({ value: zero }),
  );
  return alu.known(v, width, number, -1n);
}

function forkWidth(
  v: Verification,
  op: Arithmetic['op'],
  first: Scalar,
  second: Scalar,
): 0 | 32 | 64 {
  if (!v.rules.forksScalars || (op !== 'AND' && op !== 'OR') || !isConstant(second)) return 0;
  if (first.isSignMask(64)) return 64;
  return first.isSignMask(32) ? 32 : 0;
}

const UPPER = 0xffff_ffff_0000_0000n;

function known(v: Verification, width: 32 | 64, number: Scalar, value: bigint): Scalar {
  const { domain } = v;
  if (width === 64) return domain.constant(BigInt.asUintN(64, value));
  const half = BigInt.asUintN(32, value);
  const { value: whole, mask } = number.varOff;
  return domain.stateOf({
    varOff: { value: (whole & UPPER) | half, mask: mask & UPPER },
    r64: number.r64,
    r32: { umin: half, umax: half, smin: half, smax: half },
  });
}

function inheritWritten(v: Verification, dst: number, pointer: number): void {
  const { written } = v.frame;
  if (((written.registers >>> pointer) & 1) === 0) written.registers &= ~(1 << dst);
}

export const ALU_PART: AluPart = {
  checkDivisor,
  checkShift,
  ofPointers,
  ofNumbers,
  inheritWritten,
  forkWidth,
  known,
};
