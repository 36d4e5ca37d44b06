// What the instructions do to scalar states (`adjust_scalar_min_max_vals`): for each operation the bounds and the
// tnum of the result, and around it the extension of 32-bit results and the reduction.

import type { Domain } from './domain.ts';
import type { Rules } from './rules.ts';
import { type RegState, subreg, zeroExtended } from './state.ts';

/** Operations on two scalars, as the text of instructions names their operation codes. */
export const ALU_OPERATIONS = [
  ...(['add', 'sub', 'mul', 'and', 'or', 'xor', 'lsh', 'rsh', 'arsh'] as const),
  ...(['div', 'mod', 'sdiv', 'smod'] as const),
] as const;
export type AluOperation = (typeof ALU_OPERATIONS)[number];
type Division = 'div' | 'mod' | 'sdiv' | 'smod';

/** The operator of registers, and that of halves. */
const OPERATIONS = {
  add: ['scalarAdd', 'scalarAdd'],
  sub: ['scalarSub', 'scalarSub'],
  mul: ['scalarMul', 'scalarMul'],
  and: ['scalarAnd', 'scalarAnd'],
  or: ['scalarOr', 'scalarOr'],
  xor: ['scalarXor', 'scalarXor'],
  lsh: ['scalarLsh', 'scalar32Lsh'],
  rsh: ['scalarRsh', 'scalar32Rsh'],
  arsh: ['scalarArsh', 'scalar32Arsh'],
} as const satisfies Record<Exclude<AluOperation, Division>, readonly string[]>;

const isDivision = (op: AluOperation): op is Division =>
  op === 'div' || op === 'mod' || op === 'sdiv' || op === 'smod';

type Binary<W> = (dst: RegState<W>, src: RegState<W>) => RegState<W>;

export interface Arithmetic<W> {
  /** Both widths at once: the register and its half. Not reduced, and a 32-bit result not extended. */
  readonly scalarAdd: Binary<W>;
  readonly scalarSub: Binary<W>;
  readonly scalarMul: Binary<W>;
  readonly scalarAnd: Binary<W>;
  readonly scalarOr: Binary<W>;
  readonly scalarXor: Binary<W>;
  /** By a constant count; of registers, and of halves with the register above left open. */
  readonly scalarLsh: Binary<W>;
  readonly scalarRsh: Binary<W>;
  readonly scalarArsh: Binary<W>;
  readonly scalar32Lsh: Binary<W>;
  readonly scalar32Rsh: Binary<W>;
  readonly scalar32Arsh: Binary<W>;
  /** The operation before extension and reduction, or unknown where the verifier does not compute it. */
  transfer(op: AluOperation, width: 32 | 64, dst: RegState<W>, src: RegState<W>): RegState<W>;
  /** The whole instruction. An immediate is a state of its own: `immediate`. */
  alu(op: AluOperation, width: 32 | 64, dst: RegState<W>, src: RegState<W>): RegState<W>;
  /** The state of an immediate: the sign-extended word. */
  immediate(imm: bigint): RegState<W>;
  /** MOV: a copy, or the lower half with zeros above. */
  mov(width: 32 | 64, src: RegState<W>): RegState<W>;
  /** MOVSX of the lowest `size` bits. */
  movsx(width: 32 | 64, size: number, src: RegState<W>): RegState<W>;
  /** NEG and END give what nothing is known of. */
  neg(width: 32 | 64, dst: RegState<W>): RegState<W>;
  end(dst: RegState<W>): RegState<W>;
}

export function arithmeticOf<W, B>(d: Domain<W, B>, rules: Rules): Arithmetic<W> {
  const { algebra, tnum, tnum32, range, range32 } = d;
  const { wide, half, logic, low, zext } = algebra;
  const halfBits = wide.of(BigInt(half.width));

  type Bitwise = 'and' | 'or' | 'xor';
  /** AND, OR and XOR: a constant result of a constant is known, in each width. */
  const bitwise = (op: Bitwise, dst: RegState<W>, src: RegState<W>): RegState<W> => {
    const varOff = tnum[op](dst.varOff, src.varOff);
    const lower = subreg(algebra, varOff);
    const known32 = logic.and(tnum32.isConst(subreg(algebra, src.varOff)), tnum32.isConst(lower));
    const known = logic.and(tnum.isConst(src.varOff), tnum.isConst(varOff));
    return d.ite(
      known,
      () => d.constant(varOff.value),
      () => ({
        varOff,
        r64: range[op](dst.r64, src.r64, varOff),
        r32: range32.ite(
          known32,
          rules.constantHalves ? range32.constant(lower.value) : dst.r32,
          range32[op](dst.r32, src.r32, lower),
        ),
      }),
    );
  };

  /** A shift of the half; what is above is left to the extension. */
  const ofHalf = (lower: RegState<W>['varOff'], r32: RegState<W>['r32']): RegState<W> => ({
    varOff: zeroExtended(algebra, lower),
    r64: range.unbounded,
    r32: range32.update(r32, lower),
  });

  /** What the verifier looks at in a second operand, in the width of the operation. */
  const partOf = (width: 32 | 64, { varOff, r64, r32 }: RegState<W>) => {
    const isConst = width === 64 ? tnum.isConst(varOff) : tnum32.isConst(subreg(algebra, varOff));
    const [bits, bounds] = width === 64 ? [wide, r64] : [half, r32];
    const exact = logic.and(bits.eq(bounds.umin, bounds.umax), bits.eq(bounds.smin, bounds.smax));
    const crossed = logic.or(
      bits.ult(bounds.umax, bounds.umin),
      bits.slt(bounds.smax, bounds.smin),
    );
    return { isConst, exact, crossed };
  };
  const widthBits = (width: 32 | 64): W => wide.of(BigInt((width === 64 ? wide : half).width));
  const isShift = (op: AluOperation): boolean => op === 'lsh' || op === 'rsh' || op === 'arsh';
  const isAddSubAnd = (op: AluOperation): boolean => op === 'add' || op === 'sub' || op === 'and';

  /** Whether the verifier computes with such a second operand at all. */
  const isSafe = (op: AluOperation, width: 32 | 64, src: RegState<W>): B => {
    const { isConst, exact, crossed } = partOf(width, src);
    if (rules.operands === 'consistent') {
      const open = isAddSubAnd(op) ? logic.true : isConst;
      const sound = logic.not(logic.or(crossed, logic.and(isConst, logic.not(exact))));
      return logic.and(open, sound);
    }
    if (!isShift(op)) return logic.true;
    return logic.and(logic.and(isConst, exact), wide.ult(src.r64.umax, widthBits(width)));
  };

  const arithmetic: Arithmetic<W> = {
    scalarAdd: (dst, src) => ({
      varOff: tnum.add(dst.varOff, src.varOff),
      r64: range.add(dst.r64, src.r64),
      r32: range32.add(dst.r32, src.r32),
    }),
    scalarSub: (dst, src) => ({
      varOff: tnum.sub(dst.varOff, src.varOff),
      r64: range.sub(dst.r64, src.r64),
      r32: range32.sub(dst.r32, src.r32),
    }),
    scalarMul: (dst, src) => ({
      varOff: tnum.mul(dst.varOff, src.varOff),
      r64: range.mul(dst.r64, src.r64),
      r32: range32.mul(dst.r32, src.r32),
    }),
    scalarAnd: (dst, src) => bitwise('and', dst, src),
    scalarOr: (dst, src) => bitwise('or', dst, src),
    scalarXor: (dst, src) => bitwise('xor', dst, src),

    scalarLsh: (dst, src) => {
      const [least, most] = [src.r64.umin, src.r64.umax];
      const shifted = range.lsh(dst.r64, least, most);
      const byHalf = logic.and(wide.eq(least, halfBits), wide.eq(most, halfBits));
      const bound = (x: W, open: W): W =>
        wide.ite(logic.and(byHalf, half.sle(half.zero, x)), wide.shl(zext(x), halfBits), open);
      return d.updateBounds({
        varOff: tnum.lshift(dst.varOff, least),
        r64: {
          ...shifted,
          smin: bound(dst.r32.smin, wide.signedMin),
          smax: bound(dst.r32.smax, wide.signedMax),
        },
        r32: range32.lsh(dst.r32, low(least), low(most)),
      });
    },
    scalarRsh: (dst, src) =>
      d.updateBounds({
        varOff: tnum.rshift(dst.varOff, src.r64.umin),
        r64: range.rsh(dst.r64, src.r64.umin, src.r64.umax),
        r32: range32.unbounded,
      }),
    scalarArsh: (dst, src) =>
      d.updateBounds({
        varOff: tnum.arshift(dst.varOff, src.r64.umin),
        r64: range.arsh(dst.r64, src.r64.umin),
        r32: range32.unbounded,
      }),
    scalar32Lsh: (dst, src) => {
      const { umin, umax } = src.r32;
      return ofHalf(
        tnum32.lshift(subreg(algebra, dst.varOff), umin),
        range32.lsh(dst.r32, umin, umax),
      );
    },
    scalar32Rsh: (dst, src) => {
      const { umin, umax } = src.r32;
      return ofHalf(
        tnum32.rshift(subreg(algebra, dst.varOff), umin),
        range32.rsh(dst.r32, umin, umax),
      );
    },
    scalar32Arsh: (dst, src) => {
      const { umin } = src.r32;
      return ofHalf(tnum32.arshift(subreg(algebra, dst.varOff), umin), range32.arsh(dst.r32, umin));
    },

    transfer: (op, width, dst, src) => {
      if (isDivision(op) || (op === 'xor' && !rules.xorBounds)) return d.unknown;
      const operation = d[OPERATIONS[op][width === 64 ? 0 : 1]];
      const fits = isShift(op) ? wide.ult(src.r64.umax, widthBits(width)) : logic.true;
      return d.ite(
        fits,
        () => operation(dst, src),
        () => d.unknown,
      );
    },

    alu: (op, width, dst, src) => {
      if (isDivision(op) && rules.operands === 'any') return d.unknown;
      return d.ite(
        isSafe(op, width, src),
        () => {
          const result = d.transfer(op, width, dst, src);
          return d.sync(width === 64 ? result : d.zeroExtend(result));
        },
        () => d.unknown,
      );
    },

    immediate: (imm) => d.constant(wide.of(imm)),
    mov: (width, src) => (width === 64 ? src : d.sync(d.zeroExtend(src))),
    movsx: (width, size, src) =>
      width === 64
        ? d.sync(d.signExtend(src, size))
        : d.sync(d.zeroExtend(d.signExtendHalf(src, size))),
    neg: () => d.unknown,
    end: () => d.unknown,
  };
  return arithmetic;
}
