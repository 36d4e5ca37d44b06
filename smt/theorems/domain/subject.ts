// What theorems about the verifier's scalar domain speak of: the operators on terms, states whose fields are
// variables, and what it means that a word lies in a part of a state.

import {
  type Algebra,
  createDomain,
  DEFAULT_DOMAIN,
  type Domain,
  type DomainVersion,
  type RegState,
  type Tnum,
  type Variant,
} from '../../../model/domain/index.ts';
import { termAlgebra } from '../../domain/terms.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bvVar,
  freeVariables,
  implies,
  TRUE,
} from '../../terms/index.ts';
import type { Lemma, Subject, TheoremFault } from '../theorem.ts';

/** A subject may carry another version of the domain, and operators in place of the version's. */
export interface DomainSubject extends Subject {
  readonly domain?: { readonly version?: DomainVersion; readonly variant?: Variant };
}

export type TermDomain = Domain<BvTerm, BoolTerm>;
export type TermState = RegState<BvTerm>;
export type TermTnum = Tnum<BvTerm>;

/** The width that theorems speak about. */
export const WIDTH = 64;
export const ALGEBRA = termAlgebra(WIDTH);

/** The operators of the subject; `more` replaces some of them. */
export function domainOf(
  { domain = {} }: DomainSubject,
  more?: Stubs,
  algebra: Algebra<BvTerm, BoolTerm> = ALGEBRA,
): TermDomain {
  const { version = DEFAULT_DOMAIN, variant = {} } = domain;
  const d = createDomain(algebra, version, variant);
  if (more !== undefined) {
    Object.assign(d, more.registers?.(d));
    Object.assign(d.tnum, more.tnum);
  }
  return d;
}

/**
 * The algebra with a variable in place of each product, the same for the same factors: what is proved whatever the
 * products are holds for the products.
 */
export function opaqueProducts(): Algebra<BvTerm, BoolTerm> {
  const products = new Map<string, BvTerm>();
  const mul = (a: BvTerm, b: BvTerm): BvTerm => {
    const key = `${a.id} ${b.id}`;
    const product = products.get(key) ?? bvVar(`product${products.size}`, a.sort.width);
    products.set(key, product);
    return product;
  };
  return { ...ALGEBRA, wide: { ...ALGEBRA.wide, mul }, half: { ...ALGEBRA.half, mul } };
}

/** What takes the place of operators that have theorems of their own. */
export interface Stubs {
  readonly registers?: (d: TermDomain) => Partial<TermDomain>;
  readonly tnum?: Partial<TermDomain['tnum']>;
}

export const x = bvVar('x', WIDTH);
export const y = bvVar('y', WIDTH);

export function anyTnum(name: string, width = WIDTH): TermTnum {
  return { value: bvVar(`${name}.value`, width), mask: bvVar(`${name}.mask`, width) };
}

export function anyRange(name: string, width: number): RegState<BvTerm>['r64'] {
  const bound = (field: string) => bvVar(`${name}${field}`, width);
  return { umin: bound('min'), umax: bound('max'), smin: bound('smin'), smax: bound('smax') };
}

/** A state about which nothing is said: it may even be ill-formed or empty. */
export function anyState(name: string): TermState {
  return {
    varOff: anyTnum(`${name}.var_off`),
    r64: anyRange(`${name}.`, WIDTH),
    r32: anyRange(`${name}.32_`, WIDTH / 2),
  };
}

/** The parts of a state, in the order in which they are named in lemmas. */
export const PARTS = ['tnum', 'umin', 'umax', 'smin', 'smax'].concat([
  'u32_min',
  'u32_max',
  's32_min',
  's32_max',
]);

/** What it means that the word lies in each part. */
export function membership({ varOff, r64, r32 }: TermState, word: BvTerm): readonly BoolTerm[] {
  const { wide, half, low } = ALGEBRA;
  const lower = low(word);
  return [
    wide.eq(wide.and(word, wide.not(varOff.mask)), varOff.value),
    ...[wide.ule(r64.umin, word), wide.ule(word, r64.umax)],
    ...[wide.sle(r64.smin, word), wide.sle(word, r64.smax)],
    ...[half.ule(r32.umin, lower), half.ule(lower, r32.umax)],
    ...[half.sle(r32.smin, lower), half.sle(lower, r32.smax)],
  ];
}

export const isMember = (a: TermState, word: BvTerm): BoolTerm => and(...membership(a, word));

export function inTnum(a: TermTnum, word: BvTerm): BoolTerm {
  const bits = word.sort.width === WIDTH ? ALGEBRA.wide : ALGEBRA.half;
  return bits.eq(bits.and(word, bits.not(a.mask)), a.value);
}

const MEMBERS = 'the operands lie in their states';

/**
 * One lemma for each part of a result: if the words lie in their states, the word lies in this part. Only what is
 * said about variables that the part depends on is a premise: fewer premises say more.
 *
 * @param operands - states of variables, each with its word
 * @param more - premises besides, by name; they are conventions
 */
export function partLemmas(
  name: string,
  operands: readonly (readonly [TermState, BvTerm])[],
  result: TermState,
  word: BvTerm,
  more: Readonly<Record<string, BoolTerm>> = {},
): Lemma[] {
  const known = operands.flatMap(([state, operand]) => {
    const words = new Set<unknown>(freeVariables(operand));
    return membership(state, operand).map((says) => ({
      says,
      about: freeVariables(says).filter((variable) => !words.has(variable)),
    }));
  });
  return membership(result, word).flatMap((conclusion, i) => {
    const used = new Set<unknown>(freeVariables(conclusion, ...Object.values(more)));
    const relevant = known
      .filter(({ about }) => about.some((variable) => used.has(variable)))
      .map(({ says }) => says);
    // What says nothing, such as an open bound, needs no proof; what only repeats a premise has one.
    if (conclusion === TRUE || relevant.includes(conclusion)) return [];
    return [
      {
        name: `${name}${PARTS[i]}`,
        premises: { [MEMBERS]: and(...relevant), ...more },
        conventions: Object.keys(more),
        conclusion,
      },
    ];
  });
}

/** Records, for each call of an operator that is taken for granted, what is known of its result. */
export class Contracts {
  readonly #known: BoolTerm[] = [];
  #calls = 0;

  /** An operator that keeps the word, whatever else it does. */
  keeps(word: BvTerm): (a: TermState) => TermState {
    return (a) => {
      const result = anyState(`call${this.#calls++}`);
      this.#known.push(implies(isMember(a, word), isMember(result, word)));
      return result;
    };
  }

  /** A tnum of which is known what `says` tells. */
  tnum(says: (result: TermTnum) => BoolTerm, width = WIDTH): TermTnum {
    const result = anyTnum(`call${this.#calls++}`, width);
    this.#known.push(says(result));
    return result;
  }

  /** All of it. */
  get known(): BoolTerm {
    return and(...this.#known);
  }
}

/** A fault that puts other operators in the place of some. */
export function variantFault(name: string, lemma: string, variant: Variant): TheoremFault {
  return {
    name,
    lemma,
    plant: (subject: DomainSubject): DomainSubject => ({
      ...subject,
      domain: { ...subject.domain, variant },
    }),
  };
}
