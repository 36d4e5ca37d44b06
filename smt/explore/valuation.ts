// The values of terms under one assignment, each term once however often it is asked for, and only what
// a value depends on: a path asks for conditions that share most of their terms with those before, and
// unknown offsets make long chains of ites. No arrays, which a path never builds.

import { InternalError } from '../../model/errors.ts';
import type { Assignment, BoolTerm, BvTerm, Term } from '../terms/index.ts';
import {
  BV_BINARY,
  BV_COMPARE,
  BV_UNARY,
  concatBits,
  extractBits,
  signExtendBits,
} from '../terms/operators.ts';

type Value = bigint | boolean;

export class Valuation {
  readonly assignment: Assignment;
  private readonly values = new Map<Term, Value>();

  /** @param assignment has a value for each variable that is asked for. */
  constructor(assignment: Assignment) {
    this.assignment = assignment;
  }

  /** The value of a bit-vector, in [0, 2^width). */
  bits(term: BvTerm): bigint {
    return term.op === 'bv' ? term.value : (this.valueOf(term) as bigint);
  }

  truth(term: BoolTerm): boolean {
    return term.op === 'bool' ? term.value : (this.valueOf(term) as boolean);
  }

  // Without recursion: terms are deeper than the stack.
  private valueOf(root: Term): Value {
    const known = this.values.get(root);
    if (known !== undefined) return known;
    const pending: Term[] = [root];
    while (pending.length > 0) {
      const term = pending[pending.length - 1] as Term;
      const missing = this.needed(term);
      if (missing !== undefined) {
        pending.push(missing);
        continue;
      }
      pending.pop();
      if (!this.isKnown(term)) this.values.set(term, this.compute(term));
    }
    return this.values.get(root) as Value;
  }

  /** An operand whose value must be known first, or undefined. */
  private needed(term: Term): Term | undefined {
    if (term.op !== 'ite') return term.args.find((arg) => !this.isKnown(arg));
    const [condition, a, b] = term.args;
    if (!this.isKnown(condition)) return condition;
    const arm = this.of(condition) === true ? a : b;
    return this.isKnown(arm) ? undefined : arm;
  }

  private isKnown(term: Term): boolean {
    return term.op === 'bv' || term.op === 'bool' || this.values.has(term);
  }

  private of(term: Term): Value {
    if (term.op === 'bv' || term.op === 'bool') return term.value;
    return this.values.get(term) as Value;
  }

  private variable(name: string): Value {
    const value = this.assignment.get(name);
    if (typeof value === 'bigint' || typeof value === 'boolean') return value;
    throw new InternalError(`variable ${name} has no value`);
  }

  /** The value of a term whose operands are known. */
  private compute(t: Term): Value {
    const bits = (term: BvTerm) => this.of(term) as bigint;
    const truth = (term: BoolTerm) => this.of(term) as boolean;
    switch (t.op) {
      case 'var':
        return this.variable(t.name);
      case 'bv':
      case 'bool':
        return t.value;
      case 'bvnot':
      case 'bvneg':
        return BV_UNARY[t.op](t.sort.width, bits(t.args[0]));
      case 'extract':
        return extractBits(t.sort.width, t.lo, bits(t.args[0]));
      case 'zero_extend':
        return bits(t.args[0]);
      case 'sign_extend':
        return signExtendBits(t.args[0].sort.width, t.sort.width, bits(t.args[0]));
      case 'concat':
        return concatBits(bits(t.args[0]), t.args[1].sort.width, bits(t.args[1]));
      case 'bvult':
      case 'bvule':
      case 'bvslt':
      case 'bvsle':
        return BV_COMPARE[t.op](t.args[0].sort.width, bits(t.args[0]), bits(t.args[1]));
      case 'not':
        return !truth(t.args[0]);
      case 'and':
        return truth(t.args[0]) && truth(t.args[1]);
      case 'or':
        return truth(t.args[0]) || truth(t.args[1]);
      case '=>':
        return !truth(t.args[0]) || truth(t.args[1]);
      case '=':
        return this.of(t.args[0]) === this.of(t.args[1]);
      case 'ite':
        return truth(t.args[0]) ? this.of(t.args[1]) : this.of(t.args[2]);
      case 'select':
      case 'store':
      case 'const-array':
        throw new InternalError(`a path has no ${t.op}`);
      default:
        return BV_BINARY[t.op](t.sort.width, bits(t.args[0]), bits(t.args[1]));
    }
  }
}
