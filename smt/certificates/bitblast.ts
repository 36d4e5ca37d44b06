// Terms as clauses: bit-vectors become lists of literals, the lowest bit first. Source of the meanings: SMT-LIB
// 2.6, FixedSizeBitVectors; the circuits are the plain ones (ripple carry, shift and add, restoring division).

import { assertNever, UnsupportedError } from '../../model/errors.ts';
import { type BoolTerm, isBv, postorder, type Term } from '../terms/index.ts';
import type { BvCompareOp } from '../terms/term.ts';
import { type Cnf, CnfBuilder } from './cnf.ts';

type Bits = readonly number[];

/**
 * Clauses that can be satisfied together if and only if the assertions can.
 * @throws UnsupportedError for arrays.
 */
export function bitblast(assertions: readonly BoolTerm[]): Cnf {
  const blaster = new Blaster();
  for (const term of postorder(assertions)) blaster.add(term);
  for (const assertion of assertions) blaster.assert(assertion);
  return blaster.finish();
}

class Blaster {
  readonly #cnf = new CnfBuilder();
  /** A truth value is one bit. */
  readonly #bits = new Map<Term, Bits>();
  readonly #variables = new Map<string, Bits>();

  add(term: Term): void {
    if (term.sort.kind === 'Array') throw new UnsupportedError('arrays have no clauses');
    this.#bits.set(term, this.#meaning(term));
  }

  assert(term: BoolTerm): void {
    this.#cnf.clause(this.#bit(term));
  }

  finish(): Cnf {
    return this.#cnf.finish();
  }

  #of(term: Term): Bits {
    return this.#bits.get(term)!;
  }

  #bit(term: Term): number {
    return this.#of(term)[0]!;
  }

  #zeros(width: number): number[] {
    return Array<number>(width).fill(this.#cnf.constant(false));
  }

  #variable(name: string, width: number): Bits {
    const known = this.#variables.get(name);
    if (known !== undefined) return known;
    const bits = Array.from({ length: width }, () => this.#cnf.fresh());
    this.#variables.set(name, bits);
    return bits;
  }

  #meaning(term: Term): Bits {
    const cnf = this.#cnf;
    switch (term.op) {
      case 'var':
        return this.#variable(term.name, isBv(term) ? term.sort.width : 1);
      case 'bool':
        return [cnf.constant(term.value)];
      case 'bv':
        return Array.from({ length: term.sort.width }, (_, i) =>
          cnf.constant(((term.value >> BigInt(i)) & 1n) === 1n),
        );
      case 'not':
        return [-this.#bit(term.args[0])];
      case 'and':
        return [cnf.and(this.#bit(term.args[0]), this.#bit(term.args[1]))];
      case 'or':
        return [cnf.or(this.#bit(term.args[0]), this.#bit(term.args[1]))];
      case '=>':
        return [cnf.or(-this.#bit(term.args[0]), this.#bit(term.args[1]))];
      case '=':
        return [this.#equal(this.#of(term.args[0]), this.#of(term.args[1]))];
      case 'ite':
        return this.#choose(
          this.#bit(term.args[0]),
          this.#of(term.args[1]),
          this.#of(term.args[2]),
        );
      case 'select':
      case 'store':
      case 'const-array':
        throw new UnsupportedError('arrays have no clauses');
      default:
        return isBv(term) ? this.#vector(term) : [this.#compare(term)];
    }
  }

  #compare({ op, args }: { readonly op: BvCompareOp; readonly args: readonly Term[] }): number {
    const [a = [], b = []] = args.map((arg) => this.#of(arg));
    switch (op) {
      case 'bvult':
        return this.#less(a, b);
      case 'bvule':
        return -this.#less(b, a);
      case 'bvslt':
        return this.#less(flipSign(a), flipSign(b));
      case 'bvsle':
        return -this.#less(flipSign(b), flipSign(a));
      default:
        return assertNever(op);
    }
  }

  #vector(term: Extract<Term, { sort: { kind: 'BitVec' } }>): Bits {
    const args = term.args.map((arg) => this.#of(arg));
    const [a = [], b = []] = args;
    const { width } = term.sort;
    const cnf = this.#cnf;
    switch (term.op) {
      case 'extract':
        return a.slice(term.lo, term.lo + width);
      case 'concat':
        return [...b, ...a];
      case 'zero_extend':
        return [...a, ...this.#zeros(width - a.length)];
      case 'sign_extend':
        return [...a, ...Array<number>(width - a.length).fill(signOf(a))];
      case 'bvnot':
        return invert(a);
      case 'bvneg':
        return this.#negate(a);
      case 'bvadd':
        return this.#add(a, b, cnf.constant(false));
      case 'bvsub':
        return this.#add(a, invert(b), cnf.constant(true));
      case 'bvmul':
        return this.#multiply(a, b);
      case 'bvudiv':
        return this.#divide(a, b).quotient;
      case 'bvurem':
        return this.#divide(a, b).remainder;
      case 'bvsdiv': {
        const { quotient } = this.#divide(this.#absolute(a), this.#absolute(b));
        return this.#negateIf(cnf.xor(signOf(a), signOf(b)), quotient);
      }
      case 'bvsrem': {
        const { remainder } = this.#divide(this.#absolute(a), this.#absolute(b));
        return this.#negateIf(signOf(a), remainder);
      }
      case 'bvshl':
        return this.#shift(a.toReversed(), b, cnf.constant(false)).toReversed();
      case 'bvlshr':
        return this.#shift(a, b, cnf.constant(false));
      case 'bvashr':
        return this.#shift(a, b, signOf(a));
      case 'bvand':
        return a.map((bit, i) => cnf.and(bit, b[i]!));
      case 'bvor':
        return a.map((bit, i) => cnf.or(bit, b[i]!));
      case 'bvxor':
        return a.map((bit, i) => cnf.xor(bit, b[i]!));
      default:
        throw new UnsupportedError(`${term.op} has no clauses`);
    }
  }

  #equal(a: Bits, b: Bits): number {
    return a.reduce(
      (all, bit, i) => this.#cnf.and(all, -this.#cnf.xor(bit, b[i]!)),
      this.#cnf.constant(true),
    );
  }

  #choose(condition: number, a: Bits, b: Bits): Bits {
    return a.map((bit, i) => this.#cnf.ite(condition, bit, b[i]!));
  }

  /** Unsigned: from the lowest bit up, the highest bit that differs decides. */
  #less(a: Bits, b: Bits): number {
    return a.reduce(
      (less, bit, i) => this.#cnf.ite(this.#cnf.xor(bit, b[i]!), b[i]!, less),
      this.#cnf.constant(false),
    );
  }

  #add(a: Bits, b: Bits, carryIn: number): Bits {
    const cnf = this.#cnf;
    let carry = carryIn;
    return a.map((bit, i) => {
      const half = cnf.xor(bit, b[i]!);
      const sum = cnf.xor(half, carry);
      carry = cnf.or(cnf.and(bit, b[i]!), cnf.and(half, carry));
      return sum;
    });
  }

  #negate(a: Bits): Bits {
    return this.#add(this.#zeros(a.length), invert(a), this.#cnf.constant(true));
  }

  #negateIf(condition: number, a: Bits): Bits {
    return this.#choose(condition, this.#negate(a), a);
  }

  #absolute(a: Bits): Bits {
    return this.#negateIf(signOf(a), a);
  }

  #multiply(a: Bits, b: Bits): Bits {
    let sum: Bits = this.#zeros(a.length);
    b.forEach((bit, shift) => {
      const shifted = [...this.#zeros(shift), ...a].slice(0, a.length);
      const addend = shifted.map((other) => this.#cnf.and(other, bit));
      sum = this.#add(sum, addend, this.#cnf.constant(false));
    });
    return sum;
  }

  /** Of a divisor of 0 it makes all ones and the dividend, as SMT-LIB wants. */
  #divide(dividend: Bits, divisor: Bits): { readonly quotient: Bits; readonly remainder: Bits } {
    const { length } = dividend;
    const cnf = this.#cnf;
    const wide = [...divisor, cnf.constant(false)];
    let remainder: Bits = this.#zeros(length);
    const quotient: number[] = [];
    for (let i = length - 1; i >= 0; i--) {
      const shifted = [dividend[i]!, ...remainder];
      const fits = -this.#less(shifted, wide);
      const reduced = this.#add(shifted, invert(wide), cnf.constant(true));
      remainder = this.#choose(fits, reduced, shifted).slice(0, length);
      quotient.unshift(fits);
    }
    return { quotient, remainder };
  }

  /** Towards the lowest bit, by powers of two; what a count of the width or more leaves is the fill. */
  #shift(a: Bits, count: Bits, fill: number): number[] {
    let shifted = [...a];
    count.forEach((bit, power) => {
      const by = power < 31 ? 2 ** power : Number.POSITIVE_INFINITY;
      const from = shifted;
      shifted = from.map((kept, i) => this.#cnf.ite(bit, from[i + by] ?? fill, kept));
    });
    return shifted;
  }
}

const invert = (a: Bits): number[] => a.map((bit) => -bit);
const signOf = (a: Bits): number => a[a.length - 1]!;
/** Makes signed order unsigned order. */
const flipSign = (a: Bits): Bits => a.map((bit, i) => (i === a.length - 1 ? -bit : bit));
