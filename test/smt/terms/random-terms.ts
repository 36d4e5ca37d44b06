// Random terms, each beside a reference: its value computed from what was asked for, with the
// definitions of SMT-LIB written out in another way than in smt/terms, and with no simplification.

import * as t from '../../../smt/terms/index.ts';

export type Env = ReadonlyMap<string, bigint>;
export interface Bits {
  readonly term: t.BvTerm;
  readonly value: (env: Env) => bigint;
}
export interface Truth {
  readonly term: t.BoolTerm;
  readonly value: (env: Env) => boolean;
}

const pow2 = (n: number): bigint => 2n ** BigInt(n);
const mod = (x: bigint, w: number): bigint => ((x % pow2(w)) + pow2(w)) % pow2(w);
const isNegative = (x: bigint, w: number): boolean => x >= pow2(w - 1);
const negate = (x: bigint, w: number): bigint => (x === 0n ? 0n : pow2(w) - x);
const udiv = (x: bigint, y: bigint, w: number): bigint => (y === 0n ? pow2(w) - 1n : x / y);
const urem = (x: bigint, y: bigint): bigint => (y === 0n ? x : x - (x / y) * y);
const magnitude = (x: bigint, w: number): bigint => (isNegative(x, w) ? negate(x, w) : x);
// Two's complement order is the unsigned order with the sign bit flipped.
const biased = (x: bigint, w: number): bigint => mod(x + pow2(w - 1), w);
const bitwise = (x: bigint, y: bigint, w: number, f: (a: bigint, b: bigint) => bigint): bigint => {
  let result = 0n;
  for (let i = w - 1; i >= 0; i--) {
    result = 2n * result + f((x / pow2(i)) % 2n, (y / pow2(i)) % 2n);
  }
  return result;
};

/** By the cases on signs that logic QF_BV gives as the definition of bvsdiv. */
function sdiv(x: bigint, y: bigint, w: number): bigint {
  const quotient = udiv(magnitude(x, w), magnitude(y, w), w);
  return isNegative(x, w) === isNegative(y, w) ? quotient : negate(quotient, w);
}

function srem(x: bigint, y: bigint, w: number): bigint {
  const remainder = urem(magnitude(x, w), magnitude(y, w));
  return isNegative(x, w) ? negate(remainder, w) : remainder;
}

function ashr(x: bigint, y: bigint, w: number): bigint {
  let result = x;
  for (let i = 0n; i < y && i < BigInt(w); i++) {
    result = result / 2n + (isNegative(x, w) ? pow2(w - 1) : 0n);
  }
  return result;
}

type Reference2 = (x: bigint, y: bigint, w: number) => bigint;
type Build2 = (a: t.BvTerm, b: t.BvTerm) => t.BvTerm;
export const BINARY: readonly (readonly [Build2, Reference2])[] = [
  [t.bvadd, (x, y, w) => mod(x + y, w)],
  [t.bvsub, (x, y, w) => mod(x - y, w)],
  [t.bvmul, (x, y, w) => mod(x * y, w)],
  [t.bvudiv, udiv],
  [t.bvurem, urem],
  [t.bvsdiv, sdiv],
  [t.bvsrem, srem],
  [t.bvshl, (x, y, w) => (y >= BigInt(w) ? 0n : mod(x * 2n ** y, w))],
  [t.bvlshr, (x, y, w) => (y >= BigInt(w) ? 0n : x / 2n ** y)],
  [t.bvashr, ashr],
  [t.bvand, (x, y, w) => bitwise(x, y, w, (a, b) => a * b)],
  [t.bvor, (x, y, w) => bitwise(x, y, w, (a, b) => (a + b > 0n ? 1n : 0n))],
  [t.bvxor, (x, y, w) => bitwise(x, y, w, (a, b) => (a === b ? 0n : 1n))],
];

type Compare = (x: bigint, y: bigint, w: number) => boolean;
const COMPARISONS: readonly (readonly [(a: t.BvTerm, b: t.BvTerm) => t.BoolTerm, Compare])[] = [
  [t.eq, (x, y) => x === y],
  [t.distinct, (x, y) => x !== y],
  [t.bvult, (x, y) => x < y],
  [t.bvule, (x, y) => x <= y],
  [t.bvugt, (x, y) => x > y],
  [t.bvuge, (x, y) => x >= y],
  [t.bvslt, (x, y, w) => biased(x, w) < biased(y, w)],
  [t.bvsle, (x, y, w) => biased(x, w) <= biased(y, w)],
  [t.bvsgt, (x, y, w) => biased(x, w) > biased(y, w)],
  [t.bvsge, (x, y, w) => biased(x, w) >= biased(y, w)],
];

export const WIDTHS = [1, 2, 3, 4, 5, 8, 16, 33, 64] as const;
const VARIABLES_PER_WIDTH = 2;

export function variables(): t.Variable<t.BvSort>[] {
  return WIDTHS.flatMap((w) =>
    Array.from({ length: VARIABLES_PER_WIDTH }, (_, i) => t.bvVar(`x${i}_${w}`, w)),
  );
}

const edge = (w: number, choice: number): bigint =>
  mod(
    [0n, 1n, 2n, pow2(w) - 1n, pow2(w - 1), pow2(w - 1) - 1n, BigInt(choice)][choice % 7] ?? 0n,
    w,
  );

/** Values for all variables, from numbers that fast-check chose. */
export function environment(choices: readonly number[]): Map<string, bigint> {
  return new Map(variables().map(({ name, sort }, i) => [name, edge(sort.width, choices[i] ?? i)]));
}

function slice(w: number, lo: number, a: Bits): Bits {
  const value = (env: Env): bigint => (a.value(env) / pow2(lo)) % pow2(w);
  return { term: t.extract(lo + w - 1, lo, a.term), value };
}

function join(high: Bits, low: Bits): Bits {
  const shift = pow2(low.term.sort.width);
  const value = (env: Env): bigint => high.value(env) * shift + low.value(env);
  return { term: t.concat(high.term, low.term), value };
}

/**
 * Builds a random term from a list of numbers, so that a shorter list is a simpler term. Parts come up
 * again on purpose: most simplifications look for the same operand in two places.
 */
export class RandomTerms {
  readonly #choices: readonly number[];
  readonly #madeBits: Bits[] = [];
  readonly #madeTruths: Truth[] = [];
  #next = 0;

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  #pick(count: number): number {
    return (this.#choices[this.#next++] ?? 0) % count;
  }

  get #exhausted(): boolean {
    return this.#next >= this.#choices.length;
  }

  bits(w: number, depth = 5): Bits {
    const made = this.#newBits(w, depth);
    this.#madeBits.push(made);
    return made;
  }

  truth(depth = 5): Truth {
    const made = this.#newTruth(depth);
    this.#madeTruths.push(made);
    return made;
  }

  #again<T>(made: readonly T[]): T | undefined {
    return made.length === 0 ? undefined : made[this.#pick(made.length)];
  }

  #newBits(w: number, depth: number): Bits {
    if (depth === 0 || this.#exhausted) return this.#leaf(w);
    switch (this.#pick(14)) {
      case 0:
        return (
          this.#again(this.#madeBits.filter(({ term }) => term.sort.width === w)) ?? this.#leaf(w)
        );
      case 1: {
        const a = this.bits(w, depth - 1);
        return { term: t.bvnot(a.term), value: (env) => pow2(w) - 1n - a.value(env) };
      }
      case 2: {
        const a = this.bits(w, depth - 1);
        return { term: t.bvneg(a.term), value: (env) => negate(a.value(env), w) };
      }
      case 3:
        return this.#slice(w, depth - 1);
      case 4:
        return this.#concat(w, depth - 1);
      case 5:
        return this.#extension(w, depth - 1);
      case 6: {
        const c = this.truth(depth - 1);
        const [a, b] = [this.bits(w, depth - 1), this.bits(w, depth - 1)];
        const value = (env: Env): bigint => (c.value(env) ? a.value(env) : b.value(env));
        return { term: t.ite(c.term, a.term, b.term), value };
      }
      case 7:
        return this.#readBack(w, depth - 1);
      case 8:
        return this.#joinedSlices(w, depth - 1);
      default:
        return this.#binary(w, depth - 1);
    }
  }

  #newTruth(depth: number): Truth {
    if (depth > 0 && !this.#exhausted) {
      const kind = this.#pick(8);
      if (kind < 4) return this.#connective(kind, depth - 1);
      const again = kind < 6 ? this.#again(this.#madeTruths) : undefined;
      if (again !== undefined) return again;
    }
    const w = WIDTHS[this.#pick(WIDTHS.length)] ?? 8;
    const [build, reference] = COMPARISONS[
      this.#pick(COMPARISONS.length)
    ] as (typeof COMPARISONS)[0];
    const a = this.bits(w, Math.max(0, depth - 1));
    const b = this.bits(w, Math.max(0, depth - 1));
    return {
      term: build(a.term, b.term),
      value: (env) => reference(a.value(env), b.value(env), w),
    };
  }

  #leaf(w: number): Bits {
    const isKnown = (WIDTHS as readonly number[]).includes(w);
    const i = this.#pick(VARIABLES_PER_WIDTH + 2);
    if (isKnown && i < VARIABLES_PER_WIDTH) {
      const name = `x${i}_${w}`;
      return { term: t.bvVar(name, w), value: (env) => env.get(name) ?? 0n };
    }
    const constant = edge(w, this.#pick(1000));
    return { term: t.bv(w, constant), value: () => constant };
  }

  #binary(w: number, depth: number): Bits {
    const [build, reference] = BINARY[this.#pick(BINARY.length)] as (typeof BINARY)[0];
    const a = this.bits(w, depth);
    // The same operand twice is where x - x and its like are.
    const b = this.#pick(8) === 7 ? a : this.bits(w, depth);
    return {
      term: build(a.term, b.term),
      value: (env) => reference(a.value(env), b.value(env), w),
    };
  }

  #slice(w: number, depth: number): Bits {
    const lo = this.#pick(4);
    return slice(w, lo, this.bits(w + lo + this.#pick(4), depth));
  }

  /** Two pieces of one term, often adjacent ones, and something before or after them. */
  #joinedSlices(w: number, depth: number): Bits {
    if (w < 3) return this.#leaf(w);
    const middle = 1 + this.#pick(w - 2);
    const last = 1 + this.#pick(w - middle - 1);
    const a = this.bits(w + 2, depth);
    const low = slice(last, this.#pick(3), a);
    const high = slice(middle, Math.min(last + this.#pick(2), w + 2 - middle), a);
    const front = w - middle - last;
    if (front === 0) return join(high, low);
    const other = this.#pick(2) === 0 ? this.bits(front, depth) : slice(front, this.#pick(3), a);
    return this.#pick(2) === 0 ? join(other, join(high, low)) : join(join(high, low), other);
  }

  #concat(w: number, depth: number): Bits {
    if (w === 1) return this.#leaf(w);
    const lowWidth = 1 + this.#pick(w - 1);
    return join(this.bits(w - lowWidth, depth), this.bits(lowWidth, depth));
  }

  #extension(w: number, depth: number): Bits {
    const by = this.#pick(w);
    const a = this.bits(w - by, depth);
    if (this.#pick(2) === 0) return { term: t.zeroExtend(by, a.term), value: a.value };
    const value = (env: Env): bigint => {
      const x = a.value(env);
      return isNegative(x, w - by) ? x + pow2(w) - pow2(w - by) : x;
    };
    return { term: t.signExtend(by, a.term), value };
  }

  /** Two stores into an array of zeros, and one load. */
  #readBack(w: number, depth: number): Bits {
    const [i, j, k] = [this.bits(4, depth), this.bits(4, depth), this.bits(4, depth)];
    const [a, b] = [this.bits(w, depth), this.bits(w, depth)];
    const empty = t.constArray(4, t.bv(w, 0n));
    const value = (env: Env): bigint => {
      const memory = new Map([[i.value(env), a.value(env)]]).set(j.value(env), b.value(env));
      return memory.get(k.value(env)) ?? 0n;
    };
    const array = t.store(t.store(empty, i.term, a.term), j.term, b.term);
    return { term: t.select(array, k.term), value };
  }

  #connective(kind: number, depth: number): Truth {
    const [a, b] = [this.truth(depth), this.truth(depth)];
    switch (kind) {
      case 0:
        return { term: t.not(a.term), value: (env) => !a.value(env) };
      case 1:
        return { term: t.and(a.term, b.term), value: (env) => a.value(env) && b.value(env) };
      case 2:
        return { term: t.or(a.term, b.term), value: (env) => a.value(env) || b.value(env) };
      default: {
        const c = this.truth(depth);
        const implied = t.implies(t.eq(a.term, b.term), t.ite(c.term, a.term, t.not(b.term)));
        const value = (env: Env): boolean => {
          const [x, y] = [a.value(env), b.value(env)];
          return x !== y || (c.value(env) ? x : !y);
        };
        return { term: implied, value };
      }
    }
  }
}
