// One path of a symbolic run. A concrete model of the inputs goes along: it decides every choice without
// a solver, and each choice that could go another way is noted as a branch to look at later.

import { invariant } from '../../model/errors.ts';
import { type Assignment, type BoolTerm, type BvTerm, not, TRUE } from '../terms/index.ts';
import { Valuation } from '../terms/valuation.ts';

/** A way to go: the conditions before a choice, and the classes that the choice must not be in. */
export interface Branch {
  readonly conditions: readonly BoolTerm[];
  readonly excluded: readonly BoolTerm[];
  /** Satisfies the conditions; whether it is in an excluded class does not matter. */
  readonly model: Assignment;
}

/** The class of a value: a condition on the term. Classes of two values are equal or disjoint. */
export type ClassOf = (value: bigint) => BoolTerm;

export class Path {
  readonly valuation: Valuation;
  /** What the choices so far say about the inputs. */
  readonly conditions: BoolTerm[] = [];
  private readonly known = new Set<BoolTerm>();
  private readonly branch: Branch;
  private readonly onBranch: (branch: Branch) => void;

  /** @param model satisfies the conditions of the branch and is in none of its excluded classes. */
  constructor(model: Assignment, branch: Branch, onBranch: (branch: Branch) => void) {
    this.valuation = new Valuation(model);
    this.branch = branch;
    this.onBranch = onBranch;
  }

  /**
   * A value that the term may have; the path goes on for all inputs for which the term's value is in
   * the same class.
   */
  pick(term: BvTerm, classOf: ClassOf): bigint {
    if (term.op === 'bv') return term.value;
    const value = this.valuation.bits(term);
    this.assume(classOf(value), true);
    return value;
  }

  /** Whether the condition holds on this path. */
  decide(condition: BoolTerm): boolean {
    if (condition.op === 'bool') return condition.value;
    const holds = this.valuation.truth(condition);
    this.assume(holds ? condition : not(condition), false);
    return holds;
  }

  private assume(condition: BoolTerm, hasMoreClasses: boolean): void {
    invariant(this.valuation.truth(condition), 'the model is in the class that it picks');
    if (condition === TRUE || this.known.has(condition)) return;
    const index = this.conditions.length;
    const replayed = this.branch.conditions[index];
    if (replayed === undefined) this.noteBranch(condition, hasMoreClasses);
    else invariant(replayed === condition, 'a branch is reached by the conditions before it');
    this.conditions.push(condition);
    this.known.add(condition);
  }

  /** The other classes of a choice that no branch before this one has made. */
  private noteBranch(condition: BoolTerm, hasMoreClasses: boolean): void {
    const isOrigin = this.conditions.length === this.branch.conditions.length;
    const before = isOrigin ? this.branch.excluded : [];
    if (before.length > 0 && !hasMoreClasses) return;
    this.onBranch({
      conditions: [...this.conditions],
      excluded: [...before, condition],
      model: this.valuation.assignment,
    });
  }
}
