// Clauses, and gates as clauses (Tseitin). A literal is a variable's number from 1 on, or minus it.

/** Number of the variable that is true in every assignment. */
export const TRUE_LITERAL = 1;

export interface Cnf {
  readonly variables: number;
  /** Clauses one behind the other, each ended by 0. */
  readonly clauses: Int32Array;
}

const INITIAL_LITERALS = 1 << 16;

/** Makes gates over literals; equal gates are one. */
export class CnfBuilder {
  #variables = TRUE_LITERAL;
  #literals = new Int32Array(INITIAL_LITERALS);
  #length = 0;
  readonly #gates = new Map<string, number>();

  constructor() {
    this.clause(TRUE_LITERAL);
  }

  fresh(): number {
    return ++this.#variables;
  }

  constant(value: boolean): number {
    return value ? TRUE_LITERAL : -TRUE_LITERAL;
  }

  clause(...literals: readonly number[]): void {
    const end = this.#length + literals.length + 1;
    if (end > this.#literals.length) {
      const larger = new Int32Array(2 * Math.max(end, this.#literals.length));
      larger.set(this.#literals);
      this.#literals = larger;
    }
    this.#literals.set(literals, this.#length);
    this.#literals[end - 1] = 0;
    this.#length = end;
  }

  and(a: number, b: number): number {
    if (a === b || b === TRUE_LITERAL) return a;
    if (a === TRUE_LITERAL) return b;
    if (a === -b || a === -TRUE_LITERAL || b === -TRUE_LITERAL) return -TRUE_LITERAL;
    return this.#gate(a < b ? `&${a},${b}` : `&${b},${a}`, (out) => {
      this.clause(-out, a);
      this.clause(-out, b);
      this.clause(out, -a, -b);
    });
  }

  or(a: number, b: number): number {
    return -this.and(-a, -b);
  }

  xor(a: number, b: number): number {
    if (Math.abs(a) === TRUE_LITERAL) return a > 0 ? -b : b;
    if (Math.abs(b) === TRUE_LITERAL) return b > 0 ? -a : a;
    if (Math.abs(a) === Math.abs(b)) return this.constant(a !== b);
    // The sign of an operand is the sign of the result.
    const [x, y] = [Math.abs(a), Math.abs(b)];
    const out = this.#gate(x < y ? `^${x},${y}` : `^${y},${x}`, (o) => {
      this.clause(-o, x, y);
      this.clause(-o, -x, -y);
      this.clause(o, -x, y);
      this.clause(o, x, -y);
    });
    return a < 0 === b < 0 ? out : -out;
  }

  ite(condition: number, then: number, otherwise: number): number {
    if (condition === TRUE_LITERAL || then === otherwise) return then;
    if (condition === -TRUE_LITERAL) return otherwise;
    return this.or(this.and(condition, then), this.and(-condition, otherwise));
  }

  finish(): Cnf {
    return { variables: this.#variables, clauses: this.#literals.slice(0, this.#length) };
  }

  #gate(key: string, define: (out: number) => void): number {
    const known = this.#gates.get(key);
    if (known !== undefined) return known;
    const out = this.fresh();
    this.#gates.set(key, out);
    define(out);
    return out;
  }
}

/** The formula in DIMACS format, as SAT solvers read it. */
export function dimacs({ variables, clauses }: Cnf): string {
  const lines: string[] = [];
  let line: number[] = [];
  for (const literal of clauses) {
    line.push(literal);
    if (literal !== 0) continue;
    lines.push(line.join(' '));
    line = [];
  }
  return `p cnf ${variables} ${lines.length}\n${lines.join('\n')}\n`;
}
