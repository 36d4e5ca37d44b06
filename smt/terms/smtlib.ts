// Terms as SMT-LIB 2 text. The text of a goal depends on the goal alone: shared terms are named in
// the order in which a walk over the assertions meets them, never by id. Every application is unary,
// binary or ite, which also old solvers read, and shared terms are `define-fun`s, so the text is as
// long as the graph and not as the tree.

import { InternalError } from '../../model/errors.ts';
import type { BoolTerm, Term, Variable } from './term.ts';
import { freeVariables, postorder } from './traverse.ts';

/** A goal as text, in the two parts that a solver may want to handle apart. */
export interface GoalText {
  readonly logic: 'QF_BV' | 'QF_ABV';
  /** Declarations, definitions and assertions. */
  readonly body: string;
  /** The declared variables, sorted by name. */
  readonly variables: readonly Variable[];
}

// Terms nested deeper than this are named although nobody shares them, for solvers that recurse.
const NESTING_MAX = 200;

// The reserved words of SMT-LIB 2.6 that are also simple symbols.
const RESERVED = new Set(
  (
    '! _ as BINARY DECIMAL exists forall HEXADECIMAL let match NUMERAL par STRING ' +
    'assert check-sat check-sat-assuming declare-const declare-datatype declare-datatypes ' +
    'declare-fun declare-sort define-fun define-fun-rec define-funs-rec define-sort echo exit ' +
    'get-assertions get-assignment get-info get-model get-option get-proof get-unsat-assumptions ' +
    'get-unsat-core get-value pop push reset reset-assertions set-info set-logic set-option'
  ).split(' '),
);

/** A symbol as SMT-LIB text, quoted when it has to be. @throws InternalError for `|` and `\\`. */
export function symbolText(name: string): string {
  if (/^[A-Za-z~!@$%^&*_+=<>.?/-][0-9A-Za-z~!@$%^&*_+=<>.?/-]*$/.test(name)) {
    return RESERVED.has(name) ? `|${name}|` : name;
  }
  if (/[|\\]/.test(name)) throw new InternalError(`SMT-LIB has no symbol for ${name}`);
  return `|${name}|`;
}

/** The declarations, definitions and assertions of a goal. Byte for byte the same for equal goals. */
export function goalText(assertions: readonly BoolTerm[]): GoalText {
  const variables = freeVariables(...assertions).sort((a, b) => compareNames(a.name, b.name));
  const order = postorder(assertions);
  const { definitions, textOf } = nameShared(order, definitionPrefix(variables));
  const declarations = variables.map(
    (variable) => `(declare-fun ${symbolText(variable.name)} () ${variable.sort.key})`,
  );
  const asserted = assertions.map((assertion) => `(assert ${textOf(assertion)})`);
  const usesArrays = order.some((t) => t.sort.kind === 'Array');
  return {
    logic: usesArrays ? 'QF_ABV' : 'QF_BV',
    body: [...declarations, ...definitions, ...asserted].map((line) => `${line}\n`).join(''),
    variables,
  };
}

/** A goal as a whole SMT-LIB 2 script that asks for satisfiability. */
export function goalScript(assertions: readonly BoolTerm[]): string {
  const { logic, body } = goalText(assertions);
  return `(set-logic ${logic})\n${body}(check-sat)\n`;
}

// Code units and not the locale, so that every machine sorts alike.
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A prefix that no variable's name begins with. */
function definitionPrefix(variables: readonly Variable[]): string {
  let prefix = '$';
  while (variables.some((variable) => variable.name.startsWith(prefix))) prefix += '$';
  return prefix;
}

function countUses(order: readonly Term[]): Map<Term, number> {
  const uses = new Map<Term, number>();
  for (const t of order) {
    for (const arg of t.args) uses.set(arg, (uses.get(arg) ?? 0) + 1);
  }
  return uses;
}

function nameShared(
  order: readonly Term[],
  prefix: string,
): { definitions: string[]; textOf: (t: Term) => string } {
  const uses = countUses(order);
  const texts = new Map<Term, string>();
  const depths = new Map<Term, number>();
  const textOf = (t: Term): string => texts.get(t) as string;
  const definitions: string[] = [];
  for (const t of order) {
    const text = applicationText(t, textOf);
    const depth = 1 + t.args.reduce((max, arg) => Math.max(max, depths.get(arg) ?? 0), 0);
    const shared = t.args.length > 0 && (uses.get(t) ?? 0) > 1;
    if (!shared && depth < NESTING_MAX) {
      texts.set(t, text);
      depths.set(t, depth);
      continue;
    }
    const name = `${prefix}${definitions.length + 1}`;
    definitions.push(`(define-fun ${name} () ${t.sort.key} ${text})`);
    texts.set(t, name);
    depths.set(t, 0);
  }
  return { definitions, textOf };
}

/** One term, given the text of its operands. */
function applicationText(t: Term, textOf: (t: Term) => string): string {
  const operands = t.args.map(textOf).join(' ');
  switch (t.op) {
    case 'bv':
      return bvText(t.sort.width, t.value);
    case 'bool':
      return String(t.value);
    case 'var':
      return symbolText(t.name);
    case 'extract':
      return `((_ extract ${t.lo + t.sort.width - 1} ${t.lo}) ${operands})`;
    case 'zero_extend':
    case 'sign_extend':
      return `((_ ${t.op} ${t.sort.width - t.args[0].sort.width}) ${operands})`;
    case 'const-array':
      return `((as const ${t.sort.key}) ${operands})`;
    default:
      return `(${t.op} ${operands})`;
  }
}

function bvText(width: number, value: bigint): string {
  if (width % 4 === 0) return `#x${value.toString(16).padStart(width / 4, '0')}`;
  return `#b${value.toString(2).padStart(width, '0')}`;
}
