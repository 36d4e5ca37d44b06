// The scalar operators as a verifier calls them: on bigints, 64 bits wide, by a version's rules.

import type { AluOperation } from './arithmetic.ts';
import type { Comparison } from './branches.ts';
import { createDomain, type Variant } from './domain.ts';
import { numbers } from './numbers.ts';
import { DEFAULT_DOMAIN, type DomainVersion } from './rules.ts';
import type { RegState } from './state.ts';

/** An immutable state of a 64-bit scalar; only made by a VerifierDomain, of any version. */
export type ScalarState = RegState<bigint>;

/** What `is_branch_taken` says: always, never, or either. */
export type BranchTaken = 1 | 0 | -1;

/** Operands are of the instruction's width in bits; sizes of loads and moves are in bits too. */
export interface VerifierDomain {
  /** Every word (`__mark_reg_unknown`). */
  readonly unknown: ScalarState;
  /** One word, modulo 2^64 (`__mark_reg_known`); the sign-extended immediate of an instruction, for one. */
  constant(value: bigint): ScalarState;
  /** A state from its parts, as they are. */
  stateOf(parts: RegState<bigint>): ScalarState;
  alu(op: AluOperation, width: 32 | 64, dst: ScalarState, src: ScalarState): ScalarState;
  /** NEG and END: the verifier does not compute them. */
  neg(width: 32 | 64, dst: ScalarState): ScalarState;
  end(dst: ScalarState): ScalarState;
  mov(width: 32 | 64, src: ScalarState): ScalarState;
  /** @throws UnsupportedError in versions without MOVSX; so does `signExtend`. */
  movsx(width: 32 | 64, size: 8 | 16 | 32, src: ScalarState): ScalarState;
  /** What a load or fill of `size` bits makes of the scalar in memory (`coerce_reg_to_size`). */
  truncate(size: 8 | 16 | 32, src: ScalarState): ScalarState;
  /** The same for sign-extending loads (`coerce_reg_to_size_sx`). */
  signExtend(size: 8 | 16 | 32, src: ScalarState): ScalarState;
  branchTaken(op: Comparison, width: 32 | 64, dst: ScalarState, src: ScalarState): BranchTaken;
  /** Both operands on one way on (`reg_set_min_max`); an operand of which nothing is learned is given back itself. */
  refine(
    op: Comparison,
    width: 32 | 64,
    taken: boolean,
    dst: ScalarState,
    src: ScalarState,
  ): readonly [dst: ScalarState, src: ScalarState];
  contains(a: ScalarState, value: bigint): boolean;
  /** Whether b is no wider than a in any part (`range_within` and `tnum_in`). */
  includes(a: ScalarState, b: ScalarState): boolean;
  /** Whether all parts are the same. */
  equals(a: ScalarState, b: ScalarState): boolean;
  /** Whether the tnum has one word, `varOff.value` (`tnum_is_const`). */
  isConstant(a: ScalarState): boolean;
}

/** The operators of a version, with those of the variant in their place. */
export function createVerifierDomain(
  version: DomainVersion = DEFAULT_DOMAIN,
  variant: Variant = {},
): VerifierDomain {
  const d = createDomain(numbers(64), version, variant);
  return {
    unknown: d.unknown,
    constant: d.immediate,
    stateOf: (parts) => parts,
    alu: d.alu,
    neg: d.neg,
    end: d.end,
    mov: d.mov,
    movsx: d.movsx,
    truncate: (size, src) => d.truncate(src, size),
    signExtend: (size, src) => d.signExtend(src, size),
    branchTaken: (op, width, dst, src) => {
      const { taken, notTaken } = d.branchTaken(op, width, dst, src);
      return taken ? 1 : notTaken ? 0 : -1;
    },
    refine: d.refine,
    contains: (a, value) => d.contains(a, BigInt.asUintN(64, value)),
    includes: d.includes,
    equals: (a, b) => d.includes(a, b) && d.includes(b, a),
    isConstant: ({ varOff }) => varOff.mask === 0n,
  };
}
