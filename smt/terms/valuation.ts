// The values of terms under one assignment, each term once however often it is asked for, and only what
// a value depends on: a path asks for conditions that share most of their terms with those before, and
// unknown offsets make long chains of ites.

import { InternalError } from '../../model/errors.ts';
import { type Assignment, applyOperator } from './evaluate.ts';
import type { BoolTerm, BvTerm, Term } from './term.ts';
import type { Value } from './values.ts';

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
    if (value === undefined) throw new InternalError(`variable ${name} has no value`);
    return value;
  }

  /** The value of a term whose operands are known. */
  private compute(term: Term): Value {
    if (term.op === 'var') return this.variable(term.name);
    return applyOperator(term, (operand) => this.of(operand));
  }
}
