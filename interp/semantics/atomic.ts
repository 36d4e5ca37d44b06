// Atomic read-modify-write (RFC 9669 §5.3). `old`, `operand` and `r0` are already cut to the width.

import type { Total } from '../../model/errors.ts';
import type { AtomicOp, Width } from '../../model/isa/operations.ts';

export interface Atomic {
  /** What memory holds afterwards. */
  readonly update: (old: bigint, operand: bigint, r0: bigint) => bigint;
  /** The register that takes the old value, zero-extended. */
  readonly fetch: 'none' | 'src' | 'r0';
}

const atomicsOf = (width: Width): Total<AtomicOp, Atomic> => ({
  ADD: { update: (old, operand) => BigInt.asUintN(width, old + operand), fetch: 'none' },
  OR: { update: (old, operand) => old | operand, fetch: 'none' },
  AND: { update: (old, operand) => old & operand, fetch: 'none' },
  XOR: { update: (old, operand) => old ^ operand, fetch: 'none' },
  // "The FETCH modifier ... src is overwritten with the value that was in memory before it was modified."
  FETCH_ADD: { update: (old, operand) => BigInt.asUintN(width, old + operand), fetch: 'src' },
  FETCH_OR: { update: (old, operand) => old | operand, fetch: 'src' },
  FETCH_AND: { update: (old, operand) => old & operand, fetch: 'src' },
  FETCH_XOR: { update: (old, operand) => old ^ operand, fetch: 'src' },
  XCHG: { update: (_old, operand) => operand, fetch: 'src' },
  // "If they match, the value at dst + offset is replaced with src"; R0 takes the old value in either case.
  CMPXCHG: { update: (old, operand, r0) => (old === r0 ? operand : old), fetch: 'r0' },
});

export const atomic64 = atomicsOf(64);
export const atomic32 = atomicsOf(32);
