// Arithmetic on pointers: which there is, and how the offset is kept (`adjust_ptr_min_max_vals`).

import type { BinaryAluOp, Width } from '../../isa/operations.ts';
import { BINARY_ALU } from '../../isa/operations.ts';
import type { Scalar } from '../scalars.ts';
import { isPacketPointer, Register, type RegisterType } from '../state/register.ts';
import type { Verification } from '../verification.ts';
import { isConstant, signedMax, signedMin } from './scalar.ts';

/** A pointer and a number, of which one is in the register that gets the result. */
export interface PointerSum {
  readonly op: BinaryAluOp;
  readonly width: Width;
  /** The register that is changed. */
  readonly dst: number;
  /** The register of the other operand; -1 for an immediate. */
  readonly src: number;
  readonly pointer: Register;
  readonly number: Register;
  /** The number is in `dst`. */
  readonly isCommuted: boolean;
}

export interface PointerPart {
  /** Whether a number has bounds that no value has: it comes from a branch that is never taken. */
  isContradiction(number: Scalar): boolean;
  /** Refuses arithmetic in 32 bits; privileged differences give a number. @returns whether it did */
  becomesScalar(v: Verification, sum: PointerSum): boolean;
  /** Refuses pointers that may be null. */
  checkNull(v: Verification, sum: PointerSum): void;
  /** Refuses pointers of which there is no arithmetic. */
  checkType(v: Verification, sum: PointerSum): void;
  /** Refuses offsets that could overflow (`check_reg_sane_offset`). @param type of the pointer. */
  checkOffset(v: Verification, register: Register, type: RegisterType): void;
  /** Refuses operations that pointers do not have. */
  checkOperation(v: Verification, sum: PointerSum): void;
  /** The sum, or the difference. */
  add(v: Verification, sum: PointerSum): Register;
  subtract(v: Verification, sum: PointerSum): Register;
  /** The pointer with an offset that varies: packet pointers have a new origin. */
  vary(v: Verification, sum: PointerSum, value: Scalar): Register;
  /** Bytes that are known to be behind a packet pointer once a varying number was added or subtracted. */
  rangeOf(sum: PointerSum): number;
}

/** The result of arithmetic on a pointer. Refuses what the kernel does, in its order. */
export function pointerArithmetic(v: Verification, sum: PointerSum): Register {
  const { pointer, number, op } = sum;
  const { pointers, sanitizer } = v.parts;
  if (pointers.isContradiction(number.value)) return v.unknownScalar;
  if (pointers.becomesScalar(v, sum)) return v.unknownScalar;
  pointers.checkNull(v, sum);
  pointers.checkType(v, sum);
  pointers.checkOffset(v, number, pointer.type);
  pointers.checkOffset(v, pointer, pointer.type);
  const window = sanitizer.begin(v, sum);
  pointers.checkOperation(v, sum);
  const result = op === 'ADD' ? pointers.add(v, sum) : pointers.subtract(v, sum);
  pointers.checkOffset(v, result, pointer.type);
  const reduced = reduce(v, result);
  sanitizer.checkBounds(v, sum.dst, reduced);
  sanitizer.commit(v, sum, reduced, window);
  return reduced;
}

/** How the log spells an operation. */
export function operatorText(op: BinaryAluOp): string {
  return BINARY_ALU[op].sign.replace(/^s(?=[/%])/, '');
}

function becomesScalar(v: Verification, { op, width, dst }: PointerSum): boolean {
  if (width === 64) return false;
  if (op === 'SUB' && v.subject.privileged) return true;
  return v.reject('EACCES', `R${dst} 32-bit pointer arithmetic prohibited`);
}

function checkNull(v: Verification, { dst, pointer: { type } }: PointerSum): void {
  if (!v.rules.refusesNullableArithmetic || !v.parts.nullness.mayBeNull(type)) return;
  v.reject('EACCES', `R${dst} pointer arithmetic on ${type} prohibited, null-check it first`);
}

function checkType(v: Verification, { dst, op, pointer: { type }, number }: PointerSum): void {
  if (type === 'map_ptr') {
    const addsNothing =
      op === 'ADD' && isConstant(number.value) && number.value.varOff.value === 0n;
    if (addsNothing) return;
  } else if (type !== 'pkt_end') return;
  v.reject('EACCES', `R${dst} pointer arithmetic on ${type} prohibited`);
}

function checkOffset(v: Verification, { value, off }: Register, type: RegisterType): void {
  const limit = v.rules.limits.variableOffset;
  const isOutside = (offset: bigint) => offset >= BigInt(limit) || offset <= -BigInt(limit);
  const constant = BigInt.asIntN(64, value.varOff.value);
  if (isConstant(value) && isOutside(constant)) {
    v.reject('EINVAL', `math between ${type} pointer and ${constant} is not allowed`);
  }
  if (off >= limit || off <= -limit) {
    v.reject('EINVAL', `${type} pointer offset ${off} is not allowed`);
  }
  const least = signedMin(value);
  if (least === S64_MIN) {
    const problem = 'register with unbounded min value is not allowed';
    v.reject('EINVAL', `math between ${type} pointer and ${problem}`);
  }
  if (isOutside(least)) {
    v.reject('EINVAL', `value ${least} makes ${type} pointer be out of bounds`);
  }
}

const S64_MIN = -(1n << 63n);

function checkOperation(v: Verification, { op, dst, pointer, isCommuted }: PointerSum): void {
  switch (op) {
    case 'ADD':
      return;
    case 'SUB':
      if (isCommuted) v.reject('EACCES', `R${dst} tried to subtract pointer from scalar`);
      if (pointer.type === 'fp') {
        v.reject('EACCES', `R${dst} subtraction from stack pointer prohibited`);
      }
      return;
    case 'AND':
    case 'OR':
    case 'XOR':
      v.reject('EACCES', `R${dst} bitwise operator ${operatorText(op)} on pointer prohibited`);
      break;
    default:
      v.reject('EACCES', `R${dst} pointer arithmetic with ${operatorText(op)} operator prohibited`);
  }
}

function add(v: Verification, sum: PointerSum): Register {
  const { pointer, number } = sum;
  const offset = pointer.off + constantOf(number);
  if (fits(offset)) return withOffset(pointer, offset);
  return v.parts.pointers.vary(v, sum, v.domain.sum(pointer.value, number.value));
}

function subtract(v: Verification, sum: PointerSum): Register {
  const { pointer, number } = sum;
  const offset = pointer.off - constantOf(number);
  if (fits(offset)) return withOffset(pointer, offset);
  return v.parts.pointers.vary(v, sum, v.domain.difference(pointer.value, number.value));
}

/** A known number, which `checkOffset` found to be small; NaN for others. */
function constantOf({ value }: Register): number {
  return isConstant(value) ? Number(BigInt.asIntN(64, value.varOff.value)) : Number.NaN;
}

/** Whether an offset fits into 32 bits, signed. */
function fits(offset: number): boolean {
  return offset === (offset | 0);
}

function withOffset(pointer: Register, off: number): Register {
  const { type, value, id, range, map, frame } = pointer;
  return new Register(type, value, off, id, false, range, map, frame);
}

function vary(v: Verification, sum: PointerSum, value: Scalar): Register {
  const { pointer } = sum;
  const isPacket = isPacketPointer(pointer);
  const { type, off, map, frame } = pointer;
  const id = isPacket ? v.nextId() : pointer.id;
  const range = isPacket ? v.parts.pointers.rangeOf(sum) : pointer.range;
  return new Register(type, value, off, id, false, range, map, frame);
}

/** Pointers have no 32-bit bounds but those that follow from the others. */
function reduce(v: Verification, pointer: Register): Register {
  if (isConstant(pointer.value) && pointer.value.varOff.value === 0n) return pointer;
  return pointer.with({ value: v.domain.syncWhole(pointer.value) });
}

export const POINTER_PART: PointerPart = {
  isContradiction: (number) => {
    const { umin, umax } = number.r64;
    const [smin, smax] = [signedMin(number), signedMax(number)];
    return smin > smax || umin > umax || (isConstant(number) && (smin !== smax || umin !== umax));
  },
  becomesScalar,
  checkNull,
  checkType,
  checkOffset,
  checkOperation,
  add,
  subtract,
  vary,
  // Below where it was checked, all that was there still is.
  rangeOf: ({ op, pointer, number }) =>
    op === 'SUB' && signedMin(number.value) >= 0n ? pointer.range : 0,
};
