// Arithmetic on pointers without privileges: it must stay inside, and its limit must be the same on all paths, for
// the instructions that mask it against speculation (`sanitize_ptr_alu`).

import { tnumText } from '../log/tnum.ts';
import type { Scalar } from '../scalars.ts';
import type { Register } from '../state/register.ts';
import { Rejection, type Verification } from '../verification.ts';
import type { PointerSum } from './pointer.ts';
import { isConstant, signedMax, signedMin } from './scalar.ts';

/** How an instruction is to be masked: the same on all paths. */
export interface AluLimit {
  /** Which operand is the pointer, whether the number is negative or known; `scalars` for none. */
  readonly kind: string;
  readonly limit: bigint;
}

export interface SanitizerPart {
  /**
   * Refuses what cannot be masked, before the sum.
   * @returns the room that the pointer has; undefined with privileges, and where only speculation comes
   */
  begin(v: Verification, sum: PointerSum): AluLimit | undefined;
  /** Refuses results outside of what the pointer points to (`sanitize_check_bounds`). */
  checkBounds(v: Verification, dst: number, result: Register): void;
  /** Refuses an instruction that has another limit than on an earlier path. */
  commit(v: Verification, sum: PointerSum, result: Register, window: AluLimit | undefined): void;
  /** The same for a sum of two numbers in registers (`sanitize_val_alu`). */
  checkScalars(v: Verification, op: 'ADD' | 'SUB', dst: number): void;
}

const SUFFIX = 'pointer arithmetic with it prohibited for !root';

function refuse(v: Verification, register: number, problem: string): never {
  return v.reject('EACCES', `R${register} ${problem}, ${SUFFIX}`);
}

/** Whether the instruction is masked: sums of registers are. */
function isMasked(v: Verification, { op, src }: PointerSum): boolean {
  return !v.subject.privileged && src >= 0 && (op === 'ADD' || op === 'SUB');
}

/** Whether the pointer moves towards lower addresses. */
function movesLeft({ op, number }: PointerSum): boolean {
  const isNegative = signedMin(number.value) < 0n;
  return (op === 'ADD') === isNegative;
}

function kindOf({ number, isCommuted }: PointerSum): string {
  const sign = signedMin(number.value) < 0n ? 'negative' : 'positive';
  const known = isConstant(number.value) ? 'known' : 'unknown';
  return `${sign} ${known} ${isCommuted ? 'src' : 'dst'}`;
}

/** Bytes between a pointer and the end towards which it moves (`retrieve_ptr_limit`). */
function room(v: Verification, sum: PointerSum, pointer: Register): bigint {
  const left = movesLeft(sum);
  const { value, off } = pointer;
  switch (pointer.type) {
    case 'fp': {
      const limit = BigInt.asUintN(32, -(value.varOff.value + BigInt(off)));
      const most = BigInt(v.rules.limits.stack) + (left ? 1n : 0n);
      return limit < most ? limit : refuseLimit(v, sum);
    }
    case 'map_value': {
      const reach = left ? signedMin(value) : value.r64.umax;
      const limit = BigInt.asUintN(32, reach + BigInt(off));
      return limit < BigInt(valueSize(v, pointer)) ? limit : refuseLimit(v, sum);
    }
    default:
      return refuse(v, sum.dst, 'has pointer with unsupported alu operation');
  }
}

function valueSize(v: Verification, { map }: Register): number {
  const definition = v.subject.maps[map];
  return definition === undefined || definition.type === 'prog_array' ? 0 : definition.valueSize;
}

const verb = (op: string) => (op === 'ADD' ? 'add' : 'sub');

function refuseLimit(v: Verification, { op, dst }: PointerSum): never {
  return refuse(v, dst, `tried to ${verb(op)} beyond pointer bounds`);
}

function begin(v: Verification, sum: PointerSum): AluLimit | undefined {
  if (!isMasked(v, sum)) return undefined;
  // How the instruction is masked is up to the paths that are really taken.
  const window = v.state.isSpeculative ? undefined : windowOf(v, sum);
  if (!isConstant(sum.number.value)) v.parts.speculation.mask(v, sum);
  return window;
}

function windowOf(v: Verification, sum: PointerSum): AluLimit {
  const { number, src, pointer } = sum;
  if (hasMixedSigns(number.value)) refuse(v, src, 'has unknown scalar with mixed signed bounds');
  const limit = room(v, sum, pointer);
  if (!isConstant(number.value)) v.comparesScalarsExactly = true;
  return { kind: kindOf(sum), limit };
}

function hasMixedSigns(number: Scalar): boolean {
  return !isConstant(number) && signedMin(number) < 0n !== signedMax(number) < 0n;
}

function checkBounds(v: Verification, dst: number, result: Register): void {
  if (v.subject.privileged) return;
  if (result.type === 'fp') checkStack(v, dst, result);
  else if (result.type === 'map_value') checkMapValue(v, dst, result);
}

function checkStack(v: Verification, dst: number, { value, off }: Register): void {
  const { varOff } = value;
  const offset = BigInt(off) + BigInt.asIntN(64, varOff.value);
  if (!isConstant(value)) {
    const problem = 'variable stack access prohibited for !root';
    v.reject('EACCES', `R${dst} ${problem}, var_off=${tnumText(v.rules, varOff)} off=${offset}`);
  }
  if (offset >= 0n || offset < -BigInt(v.rules.limits.stack)) {
    const problem = 'stack pointer arithmetic goes out of range, prohibited for !root';
    v.reject('EACCES', `R${dst} ${problem}; off=${offset}`);
  }
}

/** One byte at the result must be there. */
function checkMapValue(v: Verification, dst: number, result: Register): void {
  v.frame.registers[dst] = result;
  try {
    v.parts.memory.helperAccess(v, dst, 1, 'read');
  } catch (problem) {
    if (!(problem instanceof Rejection)) throw problem;
    const text = 'pointer arithmetic of map value goes out of range, prohibited for !root';
    v.reject('EACCES', `R${dst} ${text}`);
  }
}

function commit(
  v: Verification,
  sum: PointerSum,
  result: Register,
  window: AluLimit | undefined,
): void {
  if (window === undefined) return;
  const after = room(v, sum, result);
  const moved = after > window.limit ? after - window.limit : window.limit - after;
  agree(v, sum.op, sum.dst, { kind: window.kind, limit: moved });
}

function agree(v: Verification, op: string, dst: number, limit: AluLimit): void {
  const earlier = v.aluLimits.get(v.pc);
  if (earlier !== undefined && (earlier.kind !== limit.kind || earlier.limit !== limit.limit)) {
    refuse(v, dst, `tried to ${verb(op)} from different maps, paths or scalars`);
  }
  v.aluLimits.set(v.pc, limit);
}

export const SANITIZER_PART: SanitizerPart = {
  begin,
  checkBounds,
  commit,
  checkScalars: (v, op, dst) => agree(v, op, dst, { kind: 'scalars', limit: 0n }),
};
