// Builders for the Core theory: constants, connectives, equality, ite. Each returns the simplest
// term that a local look at the operands allows; every rule is an identity of the theory.

import { bv } from './constants.ts';
import { allOnes } from './operators.ts';
import type { ArrayTerm, BoolConst, BoolTerm, BvTerm, Term, Variable } from './term.ts';
import { BOOL, type BoolSort, intern, isBool, isBv, sortError } from './term.ts';

export const TRUE: BoolConst = intern<BoolConst>('bool', BOOL, [], { value: true });
export const FALSE: BoolConst = intern<BoolConst>('bool', BOOL, [], { value: false });

/** The Boolean constant. */
export function bool(value: boolean): BoolConst {
  return value ? TRUE : FALSE;
}

/** A Boolean variable. Variables are told apart by name, whatever their sort: use a name once. */
export function boolVar(name: string): Variable<BoolSort> {
  return intern<Variable<BoolSort>>('var', BOOL, [], { name });
}

function requireBool(op: string, args: readonly Term[]): void {
  if (!args.every(isBool)) throw sortError(op, args);
}

/** `(not a)` */
export function not(a: BoolTerm): BoolTerm {
  requireBool('not', [a]);
  if (a.op === 'bool') return bool(!a.value);
  if (a.op === 'not') return a.args[0];
  return intern<BoolTerm>('not', BOOL, [a]);
}

function complementary(a: BoolTerm, b: BoolTerm): boolean {
  return (a.op === 'not' && a.args[0] === b) || (b.op === 'not' && b.args[0] === a);
}

function and2(a: BoolTerm, b: BoolTerm): BoolTerm {
  requireBool('and', [a, b]);
  if (a.op === 'bool') return a.value ? b : FALSE;
  if (b.op === 'bool') return b.value ? a : FALSE;
  if (a === b) return a;
  if (complementary(a, b)) return FALSE;
  return intern<BoolTerm>('and', BOOL, [a, b]);
}

function or2(a: BoolTerm, b: BoolTerm): BoolTerm {
  requireBool('or', [a, b]);
  if (a.op === 'bool') return a.value ? TRUE : b;
  if (b.op === 'bool') return b.value ? TRUE : a;
  if (a === b) return a;
  if (complementary(a, b)) return TRUE;
  return intern<BoolTerm>('or', BOOL, [a, b]);
}

/** The conjunction; true when there is nothing to conjoin. Nodes are binary, grouped to the left. */
export function and(...terms: readonly BoolTerm[]): BoolTerm {
  return terms.reduce<BoolTerm>(and2, TRUE);
}

/** The disjunction; false when there is nothing to disjoin. Nodes are binary, grouped to the left. */
export function or(...terms: readonly BoolTerm[]): BoolTerm {
  return terms.reduce<BoolTerm>(or2, FALSE);
}

/** `(=> a b)` */
export function implies(a: BoolTerm, b: BoolTerm): BoolTerm {
  requireBool('=>', [a, b]);
  if (a.op === 'bool') return a.value ? b : TRUE;
  if (b.op === 'bool') return b.value ? TRUE : not(a);
  if (a === b) return TRUE;
  return intern<BoolTerm>('=>', BOOL, [a, b]);
}

/** `(= a b)` for two terms of one sort; arrays are equal when all their elements are. */
export function eq(a: BvTerm, b: BvTerm): BoolTerm;
export function eq(a: BoolTerm, b: BoolTerm): BoolTerm;
export function eq(a: ArrayTerm, b: ArrayTerm): BoolTerm;
export function eq(a: Term, b: Term): BoolTerm {
  return eqTerms(a, b);
}

/** `(not (= a b))`, which is what SMT-LIB calls `distinct` of two terms. */
export function distinct(a: BvTerm, b: BvTerm): BoolTerm;
export function distinct(a: BoolTerm, b: BoolTerm): BoolTerm;
export function distinct(a: ArrayTerm, b: ArrayTerm): BoolTerm;
export function distinct(a: Term, b: Term): BoolTerm {
  return not(eqTerms(a, b));
}

/** `eq` for code that handles terms of any sort: the sorts are compared at run time only. */
export function eqTerms(a: Term, b: Term): BoolTerm {
  if (a.sort !== b.sort) throw sortError('=', [a, b]);
  if (a === b) return TRUE;
  if (isBool(a) && isBool(b)) return eqBool(a, b);
  if (isBv(a) && isBv(b)) return eqBv(a, b);
  return intern<BoolTerm>('=', BOOL, [a, b]);
}

function eqBool(a: BoolTerm, b: BoolTerm): BoolTerm {
  if (a.op === 'bool') return a.value ? b : not(b);
  if (b.op === 'bool') return b.value ? a : not(a);
  if (complementary(a, b)) return FALSE;
  return intern<BoolTerm>('=', BOOL, [a, b]);
}

function eqBv(a: BvTerm, b: BvTerm): BoolTerm {
  if (a.op === 'bv') return b.op === 'bv' ? bool(a.value === b.value) : eqConstant(b, a.value);
  if (b.op === 'bv') return eqConstant(a, b.value);
  return intern<BoolTerm>('=', BOOL, [a, b]);
}

function eqConstant(a: BvTerm, value: bigint): BoolTerm {
  if (a.op === 'ite') {
    const [condition, x, y] = a.args;
    if (x.op === 'bv' && y.op === 'bv') {
      return ite(condition, bool(x.value === value), bool(y.value === value));
    }
  }
  if (a.op === 'zero_extend') {
    const inner = a.args[0];
    const width = inner.sort.width;
    return value > allOnes(width) ? FALSE : eqBv(inner, bv(width, value));
  }
  return intern<BoolTerm>('=', BOOL, [a, bv(a.sort.width, value)]);
}

/** `(ite condition a b)`; both arms have one sort. */
export function ite(condition: BoolTerm, a: BvTerm, b: BvTerm): BvTerm;
export function ite(condition: BoolTerm, a: BoolTerm, b: BoolTerm): BoolTerm;
export function ite(condition: BoolTerm, a: ArrayTerm, b: ArrayTerm): ArrayTerm;
export function ite(condition: BoolTerm, a: Term, b: Term): Term {
  return iteTerms(condition, a, b);
}

/** `ite` for code that handles terms of any sort: the sorts are compared at run time only. */
export function iteTerms(condition: BoolTerm, a: Term, b: Term): Term {
  if (!isBool(condition) || a.sort !== b.sort) throw sortError('ite', [condition, a, b]);
  if (condition.op === 'bool') return condition.value ? a : b;
  if (a === b) return a;
  if (condition.op === 'not') return iteTerms(condition.args[0], b, a);
  // Inside an arm the condition is known.
  if (a.op === 'ite' && a.args[0] === condition) return iteTerms(condition, a.args[1], b);
  if (b.op === 'ite' && b.args[0] === condition) return iteTerms(condition, a, b.args[2]);
  if (isBool(a) && isBool(b)) return iteBool(condition, a, b);
  return intern<Term>('ite', a.sort, [condition, a, b]);
}

function iteBool(condition: BoolTerm, a: BoolTerm, b: BoolTerm): BoolTerm {
  if (a.op === 'bool') return a.value ? or2(condition, b) : and2(not(condition), b);
  if (b.op === 'bool') return b.value ? or2(not(condition), a) : and2(condition, a);
  return intern<BoolTerm>('ite', BOOL, [condition, a, b]);
}
