// The scalar domain of one version over one algebra: every operator by its name, calling each other through this
// table. So a variant (a historical bug, a user's proposal, a planted fault) replaces one operator, and everything
// built from it follows.

import type { Algebra } from './algebra.ts';
import { type Arithmetic, arithmeticOf } from './arithmetic.ts';
import { type Branches, branchesOf } from './branches.ts';
import { isConsistent } from './consistency.ts';
import { type Extensions, extensionsOf } from './extensions.ts';
import { type RangeOperators, rangeOperators } from './range.ts';
import { type Reduction, reductionOf } from './reduce.ts';
import { DEFAULT_DOMAIN, type DomainVersion, RULES, type Rules } from './rules.ts';
import type { RegState } from './state.ts';
import { type TnumOperators, tnumOperators } from './tnum.ts';

/** What all operators are built from. */
export interface Base<W, B> {
  readonly algebra: Algebra<W, B>;
  readonly rules: Rules;
  /** Of registers, and of their lower halves. */
  readonly tnum: TnumOperators<W, B>;
  readonly tnum32: TnumOperators<W, B>;
  readonly range: RangeOperators<W, B>;
  readonly range32: RangeOperators<W, B>;
  /** Every word (`__mark_reg_unknown`). */
  readonly unknown: RegState<W>;
  /** One word (`__mark_reg_known`). */
  constant(value: W): RegState<W>;
  contains(a: RegState<W>, x: W): B;
  /** Whether b is no wider than a in any part, as pruning asks of scalars (`range_within` and `tnum_in`). */
  includes(a: RegState<W>, b: RegState<W>): B;
  /** Whether no bounds are crossed, and what is known to be one word has its bounds (`reg_bounds_sanity_check`). */
  isConsistent(a: RegState<W>): B;
  /** One of the two; the other is not computed where the condition is known. */
  ite(condition: B, a: () => RegState<W>, b: () => RegState<W>): RegState<W>;
}

export interface Domain<W, B>
  extends Base<W, B>,
    Reduction<W>,
    Extensions<W>,
    Arithmetic<W>,
    Branches<W, B> {}

/**
 * Operators that replace those of a version. Each function is given the operators it changes, and gives the new
 * ones; tnum and range operators are asked for once for registers and once for halves.
 */
export interface Variant {
  readonly rules?: Partial<Rules>;
  readonly tnum?: <W, B>(
    old: TnumOperators<W, B>,
    base: Words<W, B>,
  ) => Partial<TnumOperators<W, B>>;
  readonly range?: <W, B>(
    old: RangeOperators<W, B>,
    base: Words<W, B>,
  ) => Partial<RangeOperators<W, B>>;
  readonly registers?: <W, B>(old: Domain<W, B>, current: Domain<W, B>) => Partial<Domain<W, B>>;
}

/** Which words an operator on tnums or ranges is for. */
export interface Words<W, B> {
  readonly algebra: Algebra<W, B>;
  readonly bits: Algebra<W, B>['wide'];
  readonly part: 'register' | 'half';
}

/** The operators of a version, with those of the variant in their place. */
export function createDomain<W, B>(
  algebra: Algebra<W, B>,
  version: DomainVersion = DEFAULT_DOMAIN,
  variant: Variant = {},
): Domain<W, B> {
  const rules: Rules = { ...RULES[version], ...variant.rules };
  const domain = { ...baseOf(algebra, rules, variant) } as Domain<W, B>;
  Object.assign(domain, reductionOf(domain, rules));
  Object.assign(domain, extensionsOf(domain, rules));
  Object.assign(domain, arithmeticOf(domain, rules));
  Object.assign(domain, branchesOf(domain, rules));
  if (variant.registers !== undefined) {
    Object.assign(domain, variant.registers({ ...domain }, domain));
  }
  return domain;
}

function baseOf<W, B>(algebra: Algebra<W, B>, rules: Rules, variant: Variant): Base<W, B> {
  const { logic, wide, half, low } = algebra;
  const partOf = (part: Words<W, B>['part']) => {
    const bits = part === 'register' ? wide : half;
    const width: Words<W, B> = { algebra, bits, part };
    const tnum = tnumOperators(bits, logic, rules.multiplication);
    Object.assign(tnum, variant.tnum?.({ ...tnum }, width));
    const rangeRules = part === 'half' ? { ...rules, checksDifference: true } : rules;
    const range = rangeOperators(bits, logic, rangeRules);
    Object.assign(range, variant.range?.({ ...range }, width));
    return { tnum, range };
  };
  const { tnum, range } = partOf('register');
  const { tnum: tnum32, range: range32 } = partOf('half');
  return {
    algebra,
    rules,
    tnum,
    tnum32,
    range,
    range32,
    unknown: { varOff: tnum.unknown, r64: range.unbounded, r32: range32.unbounded },
    constant: (value) => ({
      varOff: tnum.constant(value),
      r64: range.constant(value),
      r32: range32.constant(low(value)),
    }),
    contains: ({ varOff, r64, r32 }, x) =>
      logic.and(
        tnum.contains(varOff, x),
        logic.and(range.contains(r64, x), range32.contains(r32, low(x))),
      ),
    includes: (a, b) =>
      logic.and(
        tnum.includes(a.varOff, b.varOff),
        logic.and(range.includes(a.r64, b.r64), range32.includes(a.r32, b.r32)),
      ),
    isConsistent: (a) => isConsistent(algebra, a),
    ite: (condition, a, b) => {
      const known = logic.known(condition);
      if (known !== undefined) return known ? a() : b();
      const [first, second] = [a(), b()];
      return {
        varOff: tnum.ite(condition, first.varOff, second.varOff),
        r64: range.ite(condition, first.r64, second.r64),
        r32: range32.ite(condition, first.r32, second.r32),
      };
    },
  };
}
