// Bit-vector and array constants and variables.

import { InternalError } from '../../model/errors.ts';
import { allOnes } from './operators.ts';
import type { ArraySort, BvConst, BvSort, Variable } from './term.ts';
import { arraySort, bvSort, intern } from './term.ts';

/**
 * The bit-vector constant of `width` bits.
 *
 * @throws InternalError when value is outside of [0, 2^width): use `bvWrapped` to reduce it.
 */
export function bv(width: number, value: bigint): BvConst {
  const sort = bvSort(width);
  if (value < 0n || value > allOnes(width)) {
    throw new InternalError(`bv: ${value} does not fit in ${width} bits`);
  }
  return intern<BvConst>('bv', sort, [], { value });
}

/** The bit-vector constant of `width` bits that is congruent to value modulo 2^width. */
export function bvWrapped(width: number, value: bigint): BvConst {
  return bv(width, BigInt.asUintN(width, value));
}

/** A bit-vector variable. Variables are told apart by name, whatever their sort: use a name once. */
export function bvVar(name: string, width: number): Variable<BvSort> {
  return intern<Variable<BvSort>>('var', bvSort(width), [], { name });
}

/** An array variable. Variables are told apart by name, whatever their sort: use a name once. */
export function arrayVar(
  name: string,
  indexWidth: number,
  elementWidth: number,
): Variable<ArraySort> {
  return intern<Variable<ArraySort>>('var', arraySort(indexWidth, elementWidth), [], { name });
}
