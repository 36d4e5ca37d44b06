// The public face of smt/terms. Builders are named after SMT-LIB's operators, in camelCase.

export { constArray, select, store } from './array.ts';
export {
  bvadd,
  bvand,
  bvashr,
  bvlshr,
  bvmul,
  bvneg,
  bvnot,
  bvor,
  bvsdiv,
  bvsge,
  bvsgt,
  bvshl,
  bvsle,
  bvslt,
  bvsrem,
  bvsub,
  bvudiv,
  bvuge,
  bvugt,
  bvule,
  bvult,
  bvurem,
  bvxor,
} from './bitvector.ts';
export { and, bool, boolVar, distinct, eq, FALSE, implies, ite, not, or, TRUE } from './bool.ts';
export { compileTerm } from './compile.ts';
export { arrayVar, bv, bvVar, bvWrapped } from './constants.ts';
export { type Assignment, evaluate, type MissingPolicy, zeroValue } from './evaluate.ts';
export { concat, extract, signExtend, zeroExtend } from './slices.ts';
export { type GoalText, goalScript, goalText, symbolText } from './smtlib.ts';
export { substitute } from './substitute.ts';
export {
  type ArraySort,
  type ArrayTerm,
  arraySort,
  BOOL,
  type BoolSort,
  type BoolTerm,
  type BvSort,
  type BvTerm,
  bvSort,
  clearTerms,
  isArray,
  isBool,
  isBv,
  liveTermCount,
  type Sort,
  type Term,
  type Variable,
  withTermScope,
} from './term.ts';
export { freeVariables, postorder } from './traverse.ts';
export { ArrayValue, sameValue, type Value } from './values.ts';
