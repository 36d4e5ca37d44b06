// The public face of the verifier's scalar domain: the algebra, the states, the operators, their versions.

export type { Algebra, Bits, Logic } from './algebra.ts';
export { ALU_OPERATIONS, type AluOperation, type Arithmetic } from './arithmetic.ts';
export {
  type Branches,
  COMPARISONS,
  type Comparison,
  type Condition,
  conditionOf,
  type Decision,
  flippedCondition,
  type Pair,
} from './branches.ts';
export { createDomain, type Domain, type Variant, type Words } from './domain.ts';
export type { Extensions } from './extensions.ts';
export { numbers } from './numbers.ts';
export type { Range, RangeOperators } from './range.ts';
export type { Reduction } from './reduce.ts';
export {
  DEFAULT_DOMAIN,
  DOMAIN_VERSIONS,
  type DomainVersion,
  domainVersion,
  type Rules,
} from './rules.ts';
export { ScalarState } from './scalar-state.ts';
export { type RegState, subreg, withSubreg, zeroExtended } from './state.ts';
export type { MulStep, Multiplication, Tnum, TnumOperators } from './tnum.ts';
export { type BranchTaken, type VerifierDomain, verifierDomain } from './verifier-domain.ts';
