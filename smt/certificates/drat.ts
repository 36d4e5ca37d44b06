// Checks DRAT certificates: each clause that a SAT solver adds must follow by unit propagation (RUP), or be a
// resolution asymmetric tautology on its first literal (RAT); the empty clause ends the proof. Forward, with two
// watched literals. Source: Wetzler, Heule, Hunt, DRAT-trim, SAT 2014. Deletions of unit clauses are
// ignored, as there.

import type { Cnf } from './cnf.ts';

export type Check =
  | { readonly valid: true /** Clauses added by the proof. */; readonly lemmas: number }
  | { readonly valid: false; readonly reason: string };

/** Checks that a certificate in DRAT's text format proves the formula unsatisfiable. */
export function checkDrat(cnf: Cnf, certificate: string): Check {
  const checker = new Checker(cnf);
  if (checker.refuted) return { valid: true, lemmas: 0 };
  let lemmas = 0;
  let number = 0;
  for (const line of certificate.split('\n')) {
    number++;
    const text = line.trim();
    if (text === '' || text.startsWith('c')) continue;
    const isDeletion = text.startsWith('d');
    const literals = readClause(isDeletion ? text.slice(1) : text, cnf.variables);
    if (literals === undefined) return invalid(`line ${number} is no clause: ${text.slice(0, 60)}`);
    if (isDeletion) {
      checker.remove(literals);
      continue;
    }
    lemmas++;
    if (!checker.follows(literals)) return invalid(`the clause of line ${number} does not follow`);
    if (literals.length === 0) return { valid: true, lemmas };
    checker.add(literals);
    if (checker.refuted) return { valid: true, lemmas };
  }
  return invalid('the certificate ends without the empty clause');
}

function invalid(reason: string): Check {
  return { valid: false, reason };
}

/** Certificates may speak of variables beyond the formula's, up to a number that memory allows. */
const EXTRA_VARIABLES_MAX = 1 << 24;

function readClause(text: string, variables: number): number[] | undefined {
  const numbers = text.trim().split(/\s+/).map(Number);
  if (numbers.pop() !== 0) return undefined;
  const max = variables + EXTRA_VARIABLES_MAX;
  const isLiteral = (n: number) => Number.isInteger(n) && n !== 0 && Math.abs(n) <= max;
  return numbers.every(isLiteral) ? numbers : undefined;
}

/** A clause; its first two literals are watched. */
type Clause = number[];

class Checker {
  /** Whether unit propagation alone has found a contradiction. */
  refuted = false;
  /** By literal (2v for v, 2v + 1 for -v): 1 true, -1 false, 0 open. */
  #value: Int8Array;
  readonly #watches: Clause[][] = [];
  readonly #trail: number[] = [];
  #propagated = 0;
  /** Clauses by their literals in order, for deletions. */
  readonly #byLiterals = new Map<string, Clause[]>();
  readonly #clauses = new Set<Clause>();

  constructor({ variables, clauses }: Cnf) {
    this.#value = new Int8Array(2 * (variables + 1));
    let clause: number[] = [];
    for (const literal of clauses) {
      if (literal !== 0) {
        clause.push(literal);
        continue;
      }
      this.add(clause);
      clause = [];
    }
  }

  /** Adds a clause that follows, and what it propagates for good. */
  add(literals: readonly number[]): void {
    const clause = [...new Set(literals)];
    for (const literal of clause) this.#reserve(Math.abs(literal));
    if (clause.some((literal) => clause.includes(-literal))) return;
    this.#remember(clause);
    // Open literals first: they are watched.
    clause.sort((a, b) => this.#rank(b) - this.#rank(a));
    const [first, second] = clause;
    if (first === undefined || this.#valueOf(first) < 0) {
      this.refuted = true;
      return;
    }
    if (second !== undefined) this.#watch(clause, first, second);
    if (second === undefined || this.#valueOf(second) < 0) {
      if (this.#valueOf(first) === 0) this.#assign(first);
      if (!this.#propagate()) this.refuted = true;
    }
  }

  remove(literals: readonly number[]): void {
    const key = keyOf([...new Set(literals)]);
    const same = this.#byLiterals.get(key);
    const clause = same?.at(-1);
    if (clause === undefined || clause.length < 2 || this.#isUnit(clause)) return;
    same!.pop();
    if (same!.length === 0) this.#byLiterals.delete(key);
    this.#clauses.delete(clause);
  }

  /** Whether a clause may be added: RUP, or RAT on its first literal. */
  follows(literals: readonly number[]): boolean {
    for (const literal of literals) this.#reserve(Math.abs(literal));
    const level = this.#trail.length;
    const holds = this.#refutes(literals) || this.#isRat(literals);
    this.#undoTo(level);
    return holds;
  }

  /** Whether the negation of the literals, on top of what is assigned, leads to a conflict. */
  #refutes(literals: readonly number[]): boolean {
    for (const literal of literals) {
      const value = this.#valueOf(literal);
      if (value > 0) return true;
      if (value === 0) this.#assign(-literal);
    }
    return !this.#propagate();
  }

  /** Every resolvent on the first literal follows by unit propagation; what the clause denies is assigned. */
  #isRat([pivot]: readonly number[]): boolean {
    if (pivot === undefined) return false;
    for (const clause of this.#clauses) {
      if (!clause.includes(-pivot)) continue;
      const level = this.#trail.length;
      const holds = this.#refutes(clause.filter((literal) => literal !== -pivot));
      this.#undoTo(level);
      if (!holds) return false;
    }
    return true;
  }

  #remember(clause: Clause): void {
    this.#clauses.add(clause);
    const key = keyOf(clause);
    const same = this.#byLiterals.get(key);
    if (same === undefined) this.#byLiterals.set(key, [clause]);
    else same.push(clause);
  }

  /** True literals, then open ones, then false ones. */
  #rank(literal: number): number {
    return this.#valueOf(literal);
  }

  /** Whether it is the reason for a literal that is assigned for good. */
  #isUnit(clause: Clause): boolean {
    const open = clause.filter((literal) => this.#valueOf(literal) >= 0);
    return open.length === 1 && this.#valueOf(open[0]!) > 0;
  }

  #reserve(variable: number): void {
    if (2 * variable + 1 < this.#value.length) return;
    const larger = new Int8Array(4 * (variable + 1));
    larger.set(this.#value);
    this.#value = larger;
  }

  #valueOf(literal: number): number {
    return this.#value[indexOf(literal)]!;
  }

  #assign(literal: number): void {
    this.#value[indexOf(literal)] = 1;
    this.#value[indexOf(-literal)] = -1;
    this.#trail.push(literal);
  }

  #undoTo(level: number): void {
    while (this.#trail.length > level) {
      const literal = this.#trail.pop()!;
      this.#value[indexOf(literal)] = 0;
      this.#value[indexOf(-literal)] = 0;
    }
    this.#propagated = Math.min(this.#propagated, level);
  }

  #watch(clause: Clause, ...literals: readonly number[]): void {
    for (const literal of literals) {
      const index = indexOf(literal);
      const list = this.#watches[index];
      if (list === undefined) this.#watches[index] = [clause];
      else list.push(clause);
    }
  }

  /** @returns false on a conflict. */
  #propagate(): boolean {
    while (this.#propagated < this.#trail.length) {
      const literal = this.#trail[this.#propagated++]!;
      if (!this.#visit(-literal)) return false;
    }
    return true;
  }

  /** Goes through the clauses that watch a literal which has become false. */
  #visit(falsified: number): boolean {
    const list = this.#watches[indexOf(falsified)];
    if (list === undefined) return true;
    let kept = 0;
    for (let i = 0; i < list.length; i++) {
      const clause = list[i]!;
      if (!this.#clauses.has(clause)) continue;
      if (this.#moveWatch(clause, falsified)) continue;
      list[kept++] = clause;
      const other = clause[0]!;
      const value = this.#valueOf(other);
      if (value > 0) continue;
      if (value < 0) {
        // The rest stays as it is.
        while (++i < list.length) list[kept++] = list[i]!;
        list.length = kept;
        return false;
      }
      this.#assign(other);
    }
    list.length = kept;
    return true;
  }

  /** Puts the falsified literal second; finds another one to watch unless the first is true. */
  #moveWatch(clause: Clause, falsified: number): boolean {
    if (clause[0] === falsified) {
      clause[0] = clause[1]!;
      clause[1] = falsified;
    }
    if (this.#valueOf(clause[0]!) > 0) return false;
    for (let i = 2; i < clause.length; i++) {
      const candidate = clause[i]!;
      if (this.#valueOf(candidate) < 0) continue;
      clause[1] = candidate;
      clause[i] = falsified;
      this.#watch(clause, candidate);
      return true;
    }
    return false;
  }
}

function indexOf(literal: number): number {
  return literal > 0 ? 2 * literal : -2 * literal + 1;
}

function keyOf(literals: readonly number[]): string {
  return [...literals].sort((a, b) => a - b).join(' ');
}
