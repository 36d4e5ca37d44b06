// Replacing variables. The term is rebuilt through the builders, so that it folds on the way up.

import { InternalError } from '../../model/errors.ts';
import { constArray, select, store } from './array.ts';
import { bvBinary, bvCompare, bvUnary } from './bitvector.ts';
import { and, eqTerms, implies, iteTerms, not, or } from './bool.ts';
import { concat, extract, signExtend, zeroExtend } from './slices.ts';
import type { ArrayTerm, BoolTerm, BvTerm, SameKind, Term } from './term.ts';
import { postorder } from './traverse.ts';

/**
 * The term with variables replaced, all at once: a replacement is not searched for variables again.
 *
 * @param replacements by the name of the variable; other variables stay.
 * @throws InternalError when a replacement does not have the sort of its variable.
 */
export function substitute<T extends Term>(
  term: T,
  replacements: ReadonlyMap<string, Term>,
): SameKind<T> {
  const results = new Map<Term, Term>();
  for (const t of postorder([term])) {
    results.set(t, t.op === 'var' ? replace(t, t.name, replacements) : rebuild(t, results));
  }
  return results.get(term) as SameKind<T>;
}

function replace(variable: Term, name: string, replacements: ReadonlyMap<string, Term>): Term {
  const replacement = replacements.get(name) ?? variable;
  if (replacement.sort !== variable.sort) {
    throw new InternalError(
      `substitute: ${name} is a ${variable.sort.key}, not a ${replacement.sort.key}`,
    );
  }
  return replacement;
}

function rebuild(t: Term, results: ReadonlyMap<Term, Term>): Term {
  if (t.args.every((arg) => results.get(arg) === arg)) return t;
  const bits = (operand: BvTerm): BvTerm => results.get(operand) as BvTerm;
  const truth = (operand: BoolTerm): BoolTerm => results.get(operand) as BoolTerm;
  const array = (operand: ArrayTerm): ArrayTerm => results.get(operand) as ArrayTerm;
  const any = (operand: Term): Term => results.get(operand) as Term;
  switch (t.op) {
    case 'bv':
    case 'bool':
    case 'var':
      return t;
    case 'extract':
      return extract(t.lo + t.sort.width - 1, t.lo, bits(t.args[0]));
    case 'zero_extend':
      return zeroExtend(t.sort.width - t.args[0].sort.width, bits(t.args[0]));
    case 'sign_extend':
      return signExtend(t.sort.width - t.args[0].sort.width, bits(t.args[0]));
    case 'concat':
      return concat(bits(t.args[0]), bits(t.args[1]));
    case 'not':
      return not(truth(t.args[0]));
    case 'and':
      return and(truth(t.args[0]), truth(t.args[1]));
    case 'or':
      return or(truth(t.args[0]), truth(t.args[1]));
    case '=>':
      return implies(truth(t.args[0]), truth(t.args[1]));
    case '=':
      return eqTerms(any(t.args[0]), any(t.args[1]));
    case 'ite':
      return iteTerms(truth(t.args[0]), any(t.args[1]), any(t.args[2]));
    case 'select':
      return select(array(t.args[0]), bits(t.args[1]));
    case 'store':
      return store(array(t.args[0]), bits(t.args[1]), bits(t.args[2]));
    case 'const-array':
      return constArray(t.sort.index.width, bits(t.args[0]));
    case 'bvnot':
    case 'bvneg':
      return bvUnary(t.op, bits(t.args[0]));
    case 'bvult':
    case 'bvule':
    case 'bvslt':
    case 'bvsle':
      return bvCompare(t.op, bits(t.args[0]), bits(t.args[1]));
    default:
      return bvBinary(t.op, bits(t.args[0]), bits(t.args[1]));
  }
}
