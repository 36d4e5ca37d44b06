// The scalar domain as the verifier runs it, and how two scalars compare.

import { type ScalarState, type VerifierDomain, verifierDomain } from '../domain/index.ts';

/** What is known of a scalar, or of the part of a pointer's offset that varies. */
export type Scalar = ScalarState;

export type ScalarDomain = VerifierDomain;

export const scalarDomain = verifierDomain;

/** Whether two scalars are known alike: the same tnum and the same bounds. */
export function sameScalar(a: Scalar, b: Scalar): boolean {
  return a === b || a.equals(b);
}

/**
 * Whether all that is known of `outer` is known of `inner` too (`range_within` and `tnum_in`). It goes by bounds and
 * tnum one by one, as the kernel does: what they say together does not count.
 */
export function scalarWithin(domain: ScalarDomain, outer: Scalar, inner: Scalar): boolean {
  return outer === inner || outer === domain.unknown || domain.includes(outer, inner);
}
