// What a conditional jump tells: whether it is taken, and what is known of both operands on each way on.

import type { Domain } from './domain.ts';
import type { Rules } from './rules.ts';
import { type RegState, subreg, withSubreg } from './state.ts';

export const COMPARISONS = [
  ...(['jeq', 'jne', 'jset'] as const),
  ...(['jgt', 'jge', 'jlt', 'jle', 'jsgt', 'jsge', 'jslt', 'jsle'] as const),
] as const;
export type Comparison = (typeof COMPARISONS)[number];

export type Pair<W> = readonly [dst: RegState<W>, src: RegState<W>];

/** At most one of the two holds; neither, when the branch is open. */
export interface Decision<B> {
  readonly taken: B;
  readonly notTaken: B;
}

/** A comparison that holds; `jclear` is JSET that is not taken. */
export type Condition = Comparison | 'jclear';

export interface Branches<W, B> {
  /** `is_branch_taken` */
  branchTaken(op: Comparison, width: 32 | 64, dst: RegState<W>, src: RegState<W>): Decision<B>;
  /** Both operands where the branch is taken, or where it is not (`reg_set_min_max`), reduced. */
  refine(
    op: Comparison,
    width: 32 | 64,
    taken: boolean,
    dst: RegState<W>,
    src: RegState<W>,
  ): Pair<W>;
  /** A register that is compared with itself, where versions learn from both operands: it is each of them. */
  refineSelf(op: Comparison, width: 32 | 64, taken: boolean, a: RegState<W>): RegState<W>;
  /** Both operands where the condition holds, not reduced (`regs_refine_cond_op`). */
  learn(op: Condition, width: 32 | 64, dst: RegState<W>, src: RegState<W>): Pair<W>;
  /** One operand where it relates so to a constant, not reduced. The constant is of the width. */
  learnConstant(op: Condition, width: 32 | 64, dst: RegState<W>, value: W): RegState<W>;
}

const OPPOSITE: Readonly<Record<Comparison, Condition>> = {
  jeq: 'jne',
  jne: 'jeq',
  jset: 'jclear',
  jgt: 'jle',
  jge: 'jlt',
  jlt: 'jge',
  jle: 'jgt',
  jsgt: 'jsle',
  jsge: 'jslt',
  jslt: 'jsge',
  jsle: 'jsgt',
};

/** The same condition with its operands exchanged. */
const FLIPPED: Readonly<Record<Condition, Condition>> = {
  jeq: 'jeq',
  jne: 'jne',
  jset: 'jset',
  jclear: 'jclear',
  jgt: 'jlt',
  jge: 'jle',
  jlt: 'jgt',
  jle: 'jge',
  jsgt: 'jslt',
  jsge: 'jsle',
  jslt: 'jsgt',
  jsle: 'jsge',
};

/** The condition that holds on a way on. */
export function conditionOf(op: Comparison, taken: boolean): Condition {
  return taken ? op : OPPOSITE[op];
}

/** The condition with its operands exchanged: `jlt` for `jgt`. */
export function flippedCondition(condition: Condition): Condition {
  return FLIPPED[condition];
}

export function branchesOf<W, B>(d: Domain<W, B>, rules: Rules): Branches<W, B> {
  const { algebra, tnum, tnum32, range, range32 } = d;
  const { wide, half, logic } = algebra;
  const { and: both, or: either, not } = logic;

  /** What a comparison of the width looks at. */
  const partOf = (width: 32 | 64, { varOff, r64, r32 }: RegState<W>) =>
    width === 64
      ? { bits: wide, tnums: tnum, t: varOff, r: r64 }
      : { bits: half, tnums: tnum32, t: subreg(algebra, varOff), r: r32 };
  type Part = ReturnType<typeof partOf>;

  /** The state with another part. */
  const withPart = (
    width: 32 | 64,
    a: RegState<W>,
    { t, r }: Pick<Part, 't' | 'r'>,
  ): RegState<W> =>
    width === 64
      ? { varOff: t, r64: r, r32: a.r32 }
      : { varOff: withSubreg(algebra, a.varOff, t), r64: a.r64, r32: r };

  const decision = (taken: B, notTaken: B): Decision<B> => ({
    taken,
    notTaken: both(notTaken, not(taken)),
  });
  const swapped = ({ taken, notTaken }: Decision<B>): Decision<B> => ({
    taken: notTaken,
    notTaken: taken,
  });

  const apart = (bits: Part['bits'], a: Part['r'], b: Part['r']): B =>
    either(
      either(bits.ult(b.umax, a.umin), bits.ult(a.umax, b.umin)),
      either(bits.slt(b.smax, a.smin), bits.slt(a.smax, b.smin)),
    );

  const equal = (width: 32 | 64, dst: RegState<W>, src: RegState<W>): Decision<B> => {
    const [a, b] = [partOf(width, dst), partOf(width, src)];
    const { bits, tnums } = a;
    const constants = both(tnums.isConst(a.t), tnums.isConst(b.t));
    const same = bits.eq(a.t.value, b.t.value);
    const pairs = rules.branches === 'pairs';
    const halvesApart = width === 64 ? apart(half, dst.r32, src.r32) : logic.false;
    const rangesApart = either(apart(bits, a.r, b.r), halvesApart);
    const different = pairs ? either(rangesApart, not(tnums.overlap(a.t, b.t))) : logic.false;
    return decision(
      both(constants, same),
      either(both(constants, not(same)), both(not(constants), different)),
    );
  };

  const bitsSet = (width: 32 | 64, dst: RegState<W>, src: RegState<W>): Decision<B> => {
    const [{ bits, tnums, t: a }, { t: b }] = [partOf(width, dst), partOf(width, src)];
    // One of them is known: it does not matter which.
    const isConst = either(tnums.isConst(a), tnums.isConst(b));
    const possible = bits.and(bits.or(a.value, a.mask), bits.or(b.value, b.mask));
    return decision(
      both(isConst, not(bits.eq(bits.and(a.value, b.value), bits.zero))),
      both(isConst, bits.eq(possible, bits.zero)),
    );
  };

  /** dst > src, or dst >= src. */
  const greater = (
    width: 32 | 64,
    dst: RegState<W>,
    src: RegState<W>,
    signed: boolean,
    orEqual: boolean,
  ): Decision<B> => {
    const [{ bits, r: a }, { r: b }] = [partOf(width, dst), partOf(width, src)];
    const [aMin, aMax] = signed ? [a.smin, a.smax] : [a.umin, a.umax];
    const [bMin, bMax] = signed ? [b.smin, b.smax] : [b.umin, b.umax];
    const [less, lessOrEqual] = signed ? [bits.slt, bits.sle] : [bits.ult, bits.ule];
    return orEqual
      ? decision(lessOrEqual(bMax, aMin), less(aMax, bMin))
      : decision(less(bMax, aMin), lessOrEqual(aMax, bMin));
  };

  const decide = (
    op: Comparison,
    width: 32 | 64,
    dst: RegState<W>,
    src: RegState<W>,
  ): Decision<B> => {
    switch (op) {
      case 'jeq':
        return equal(width, dst, src);
      case 'jne':
        return swapped(equal(width, dst, src));
      case 'jset':
        return bitsSet(width, dst, src);
      case 'jgt':
      case 'jsgt':
        return greater(width, dst, src, op === 'jsgt', false);
      case 'jge':
      case 'jsge':
        return greater(width, dst, src, op === 'jsge', true);
      case 'jlt':
      case 'jslt':
        return greater(width, src, dst, op === 'jslt', false);
      case 'jle':
      case 'jsle':
        return greater(width, src, dst, op === 'jsle', true);
    }
  };

  const branches: Branches<W, B> = {
    branchTaken: (op, width, dst, src) => {
      if (rules.branches === 'pairs') return decide(op, width, dst, src);
      const { tnums, t } = partOf(width, src);
      const isConst = tnums.isConst(t);
      const { taken, notTaken } = decide(op, width, dst, d.constant(src.varOff.value));
      return { taken: both(isConst, taken), notTaken: both(isConst, notTaken) };
    },

    refine: (op, width, taken, dst, src) => {
      const condition = conditionOf(op, taken);
      if (rules.branches === 'pairs') {
        const [a, b] = d.learn(condition, width, dst, src);
        return [d.sync(a), d.sync(b)];
      }
      return refineByConstants(condition, width, dst, src);
    },

    refineSelf: (op, width, taken, a) => {
      if (rules.branches !== 'pairs') return d.refine(op, width, taken, a, a)[0];
      const [first, second] = d.learn(conditionOf(op, taken), width, a, a);
      const both = {
        varOff: tnum.intersect(first.varOff, second.varOff),
        r64: range.intersect(first.r64, second.r64),
        r32: range32.intersect(first.r32, second.r32),
      };
      return d.sync(d.sync(both));
    },

    learnConstant: (op, width, dst, value) => {
      const { bits, tnums, t, r } = partOf(width, dst);
      const next = bits.add(value, bits.one);
      const previous = bits.sub(value, bits.one);
      const bounded = (bounds: Partial<Part['r']>): RegState<W> =>
        withPart(width, dst, { t, r: { ...r, ...bounds } });
      switch (op) {
        case 'jeq':
          if (width === 64) {
            const known = d.constant(value);
            return rules.equalTnum ? known : { ...known, varOff: t };
          }
          return withPart(width, dst, {
            t: rules.equalTnum ? tnums.constant(value) : t,
            r: range32.constant(value),
          });
        case 'jne':
          return dst;
        case 'jset': {
          const isPower = both(
            not(bits.eq(value, bits.zero)),
            bits.eq(bits.and(value, previous), bits.zero),
          );
          const known = tnums.or(t, tnums.constant(value));
          return withPart(width, dst, { t: tnums.ite(isPower, known, t), r });
        }
        case 'jclear':
          return withPart(width, dst, { t: tnums.and(t, tnums.constant(bits.not(value))), r });
        case 'jgt':
          return bounded({ umin: bits.maxU(r.umin, next) });
        case 'jge':
          return bounded({ umin: bits.maxU(r.umin, value) });
        case 'jlt':
          return bounded({ umax: bits.minU(r.umax, previous) });
        case 'jle':
          return bounded({ umax: bits.minU(r.umax, value) });
        case 'jsgt':
          return bounded({ smin: bits.maxS(r.smin, next) });
        case 'jsge':
          return bounded({ smin: bits.maxS(r.smin, value) });
        case 'jslt':
          return bounded({ smax: bits.minS(r.smax, previous) });
        case 'jsle':
          return bounded({ smax: bits.minS(r.smax, value) });
      }
    },

    learn: (op, width, dst, src) => {
      const [a, b] = [partOf(width, dst), partOf(width, src)];
      const { bits, tnums } = a;
      const pair = (first: Partial<Part>, second: Partial<Part>): Pair<W> => [
        withPart(width, dst, { ...a, ...first }),
        withPart(width, src, { ...b, ...second }),
      ];
      const bounds = (first: Partial<Part['r']>, second: Partial<Part['r']>): Pair<W> =>
        pair({ r: { ...a.r, ...first } }, { r: { ...b.r, ...second } });
      const [minus, plus] = [(x: W) => bits.sub(x, bits.one), (x: W) => bits.add(x, bits.one)];
      switch (op) {
        case 'jeq': {
          const shared = {
            t: tnums.intersect(a.t, b.t),
            r: (width === 64 ? range : range32).intersect(a.r, b.r),
          };
          return pair(shared, shared);
        }
        case 'jne':
        case 'jset':
        case 'jclear': {
          const byDst = tnums.isConst(a.t);
          const bySrc = tnums.isConst(b.t);
          const alone = both(byDst, not(bySrc));
          const learned = d.ite(
            bySrc,
            () => learnFromBits(op, width, dst, b.t.value),
            () => dst,
          );
          const learnedSrc = d.ite(
            alone,
            () => learnFromBits(op, width, src, a.t.value),
            () => src,
          );
          return [learned, learnedSrc];
        }
        case 'jle':
          return bounds(
            { umax: bits.minU(a.r.umax, b.r.umax) },
            { umin: bits.maxU(a.r.umin, b.r.umin) },
          );
        case 'jlt':
          return bounds(
            { umax: bits.minU(a.r.umax, minus(b.r.umax)) },
            { umin: bits.maxU(plus(a.r.umin), b.r.umin) },
          );
        case 'jsle':
          return bounds(
            { smax: bits.minS(a.r.smax, b.r.smax) },
            { smin: bits.maxS(a.r.smin, b.r.smin) },
          );
        case 'jslt':
          return bounds(
            { smax: bits.minS(a.r.smax, minus(b.r.smax)) },
            { smin: bits.maxS(plus(a.r.smin), b.r.smin) },
          );
        default: {
          const [second, first] = d.learn(FLIPPED[op], width, src, dst);
          return [first, second];
        }
      }
    },
  };

  /** JNE, JSET and its opposite against a constant, where both registers may be refined. */
  const learnFromBits = (
    op: 'jne' | 'jset' | 'jclear',
    width: 32 | 64,
    a: RegState<W>,
    value: W,
  ): RegState<W> => {
    const { bits, t, r } = partOf(width, a);
    if (op === 'jset') return d.learnConstant(op, width, a, value);
    if (op === 'jclear') {
      // All bounds are given up, of both widths, as observed on 6.12: what the tnum says is all that is left.
      const open = { varOff: a.varOff, r64: range.unbounded, r32: range32.unbounded };
      return d.learnConstant(op, width, open, value);
    }
    const trimmed = (bound: W, inwards: W): W =>
      bits.ite(bits.eq(bound, value), bits.add(bound, inwards), bound);
    return withPart(width, a, {
      t,
      r: {
        umin: trimmed(r.umin, bits.one),
        umax: trimmed(r.umax, bits.ones),
        smin: trimmed(r.smin, bits.one),
        smax: trimmed(r.smax, bits.ones),
      },
    });
  };

  const combine = (width: 32 | 64, a: RegState<W>): RegState<W> =>
    width === 64 ? d.combineIntoHalf(a) : d.combineIntoWhole(a);

  const refineByConstants = (
    op: Condition,
    width: 32 | 64,
    dst: RegState<W>,
    src: RegState<W>,
  ): Pair<W> => {
    const [a, b] = [partOf(width, dst), partOf(width, src)];
    const [byDst, bySrc] = [a.tnums.isConst(a.t), b.tnums.isConst(b.t)];
    const other = both(byDst, not(bySrc));
    const neither = not(either(byDst, bySrc));
    const equates = op === 'jeq' && width === 64;
    const shared = (r32: RegState<W>['r32']): RegState<W> =>
      d.syncAfterBranch(
        d.updateBounds({
          varOff: tnum.intersect(dst.varOff, src.varOff),
          r64: range.intersect(dst.r64, src.r64),
          r32,
        }),
      );
    return [
      d.ite(
        bySrc,
        () => combine(width, d.learnConstant(op, width, dst, b.t.value)),
        () =>
          equates
            ? d.ite(
                neither,
                () => shared(dst.r32),
                () => dst,
              )
            : dst,
      ),
      d.ite(
        other,
        () => combine(width, d.learnConstant(FLIPPED[op], width, src, a.t.value)),
        () =>
          equates
            ? d.ite(
                neither,
                () => shared(src.r32),
                () => src,
              )
            : src,
      ),
    ];
  };
  return branches;
}
