// The value of a term under an assignment: one pass over the graph, each shared term once.

import { InternalError } from '../../model/errors.ts';
import {
  BV_BINARY,
  BV_COMPARE,
  BV_UNARY,
  concatBits,
  extractBits,
  signExtendBits,
} from './operators.ts';
import type { ArrayTerm, BoolTerm, BvTerm, Sort, Term, Variable } from './term.ts';
import { postorder } from './traverse.ts';
import { ArrayValue, sameValue, type Value } from './values.ts';

/** Values of variables by name. Bit-vectors are in [0, 2^width). */
export type Assignment = ReadonlyMap<string, Value>;

/** What a variable outside of the assignment is: a mistake, or 0, false, the array of zeros. */
export type MissingPolicy = 'throw' | 'zero';

/**
 * The value of the term under the assignment.
 *
 * @throws InternalError for a variable without a value (unless missing is 'zero'), and for a value
 *   that does not have the sort of its variable.
 */
export function evaluate(term: BvTerm, assignment: Assignment, missing?: MissingPolicy): bigint;
export function evaluate(term: BoolTerm, assignment: Assignment, missing?: MissingPolicy): boolean;
export function evaluate(
  term: ArrayTerm,
  assignment: Assignment,
  missing?: MissingPolicy,
): ArrayValue;
export function evaluate(term: Term, assignment: Assignment, missing?: MissingPolicy): Value;
export function evaluate(
  term: Term,
  assignment: Assignment,
  missing: MissingPolicy = 'throw',
): Value {
  const values = new Map<Term, Value>();
  const resultOf = (t: Term): Value => values.get(t) as Value;
  for (const t of postorder([term])) {
    const value = t.op === 'var' ? lookUp(t, assignment, missing) : applyOperator(t, resultOf);
    values.set(t, value);
  }
  return resultOf(term);
}

/** The value that model completion gives to a variable of the sort. */
export function zeroValue(sort: Sort): Value {
  if (sort.kind === 'Bool') return false;
  return sort.kind === 'BitVec' ? 0n : new ArrayValue(sort.index.width, 0n);
}

function lookUp(variable: Variable, assignment: Assignment, missing: MissingPolicy): Value {
  const value = assignment.get(variable.name);
  if (value === undefined) {
    if (missing === 'zero') return zeroValue(variable.sort);
    throw new InternalError(`evaluate: variable ${variable.name} has no value`);
  }
  if (!hasSort(value, variable.sort)) {
    throw new InternalError(
      `evaluate: the value of ${variable.name} is not a ${variable.sort.key}`,
    );
  }
  return value;
}

function hasSort(value: Value, sort: Sort): boolean {
  if (sort.kind === 'Bool') return typeof value === 'boolean';
  if (sort.kind === 'Array') {
    return value instanceof ArrayValue && value.indexWidth === sort.index.width;
  }
  return typeof value === 'bigint' && BigInt.asUintN(sort.width, value) === value;
}

/** The value of one node, given the values of its operands; of an ite, only the arm that is taken is asked for. */
export function applyOperator(t: Exclude<Term, Variable>, resultOf: (t: Term) => Value): Value {
  const bits = (operand: BvTerm): bigint => resultOf(operand) as bigint;
  const truth = (operand: BoolTerm): boolean => resultOf(operand) as boolean;
  const array = (operand: ArrayTerm): ArrayValue => resultOf(operand) as ArrayValue;
  switch (t.op) {
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
      return sameValue(resultOf(t.args[0]), resultOf(t.args[1]));
    case 'ite':
      return truth(t.args[0]) ? resultOf(t.args[1]) : resultOf(t.args[2]);
    case 'select':
      return array(t.args[0]).get(bits(t.args[1]));
    case 'store':
      return array(t.args[0]).set(bits(t.args[1]), bits(t.args[2]));
    case 'const-array':
      return new ArrayValue(t.sort.index.width, bits(t.args[0]));
    default:
      return BV_BINARY[t.op](t.sort.width, bits(t.args[0]), bits(t.args[1]));
  }
}
