// Builders that cut and join bit-vectors: extract, concat, zero_extend, sign_extend. Loads and
// stores of bytes turn into these, so adjacent pieces of one term are put together again here.

import { InternalError } from '../../model/errors.ts';
import { ite } from './bool.ts';
import { bv } from './constants.ts';
import { concatBits, extractBits, signExtendBits } from './operators.ts';
import type { BvTerm, Extract, Term } from './term.ts';
import { bvSort, intern, isBv, sortError } from './term.ts';

function requireBv(op: string, args: readonly Term[]): void {
  if (!args.every(isBv)) throw sortError(op, args);
}

/**
 * `((_ extract hi lo) t)`: bits lo to hi inclusive, hi - lo + 1 wide.
 *
 * @throws InternalError unless 0 <= lo <= hi < width of t.
 */
export function extract(hi: number, lo: number, t: BvTerm): BvTerm {
  requireBv('extract', [t]);
  if (!(lo >= 0 && lo <= hi && hi < t.sort.width)) {
    throw new InternalError(`extract: bits ${hi} to ${lo} of ${t.sort.key}`);
  }
  const width = hi - lo + 1;
  if (width === t.sort.width) return t;
  switch (t.op) {
    case 'bv':
      return bv(width, extractBits(width, lo, t.value));
    case 'extract':
      return extract(hi + t.lo, lo + t.lo, t.args[0]);
    case 'concat':
      return extractOfConcat(hi, lo, t, t.args);
    case 'zero_extend':
    case 'sign_extend':
      return extractOfExtension(hi, lo, t, t.op, t.args[0]);
    case 'ite':
      return extractOfIte(hi, lo, t, t.args[1], t.args[2]);
    default:
      return rawExtract(hi, lo, t);
  }
}

function rawExtract(hi: number, lo: number, t: BvTerm): BvTerm {
  return intern<Extract>('extract', bvSort(hi - lo + 1), [t], { lo });
}

function extractOfConcat(
  hi: number,
  lo: number,
  t: BvTerm,
  [high, low]: readonly [BvTerm, BvTerm],
): BvTerm {
  const lowWidth = low.sort.width;
  if (hi < lowWidth) return extract(hi, lo, low);
  if (lo >= lowWidth) return extract(hi - lowWidth, lo - lowWidth, high);
  return rawExtract(hi, lo, t);
}

function extractOfExtension(
  hi: number,
  lo: number,
  t: BvTerm,
  op: 'zero_extend' | 'sign_extend',
  inner: BvTerm,
): BvTerm {
  const innerWidth = inner.sort.width;
  if (hi < innerWidth) return extract(hi, lo, inner);
  if (op === 'zero_extend' && lo >= innerWidth) return bv(hi - lo + 1, 0n);
  if (lo > 0) return rawExtract(hi, lo, t);
  const by = hi + 1 - innerWidth;
  return op === 'zero_extend' ? zeroExtend(by, inner) : signExtend(by, inner);
}

function extractOfIte(hi: number, lo: number, t: BvTerm, a: BvTerm, b: BvTerm): BvTerm {
  if (t.op !== 'ite' || a.op !== 'bv' || b.op !== 'bv') return rawExtract(hi, lo, t);
  return ite(t.args[0], extract(hi, lo, a), extract(hi, lo, b));
}

/** `(concat high low)`: as wide as both together. */
export function concat(high: BvTerm, low: BvTerm): BvTerm {
  requireBv('concat', [high, low]);
  const width = high.sort.width + low.sort.width;
  if (high.op === 'bv') {
    if (low.op === 'bv') return bv(width, concatBits(high.value, low.sort.width, low.value));
    if (high.value === 0n) return zeroExtend(high.sort.width, low);
  }
  const joined = joinAdjacent(high, low);
  if (joined !== undefined) return joined;
  if (low.op === 'concat') {
    const front = joinAdjacent(high, low.args[0]);
    if (front !== undefined) return concat(front, low.args[1]);
  }
  if (high.op === 'concat') {
    const back = joinAdjacent(high.args[1], low);
    if (back !== undefined) return concat(high.args[0], back);
  }
  return intern<BvTerm>('concat', bvSort(width), [high, low]);
}

/** The one extract that two extracts of neighbouring bits of the same term amount to. */
function joinAdjacent(high: BvTerm, low: BvTerm): BvTerm | undefined {
  if (high.op !== 'extract' || low.op !== 'extract') return undefined;
  if (high.args[0] !== low.args[0] || high.lo !== low.lo + low.sort.width) return undefined;
  return extract(high.lo + high.sort.width - 1, low.lo, low.args[0]);
}

function requireCount(op: string, by: number): void {
  if (!Number.isInteger(by) || by < 0) throw new InternalError(`${op}: by ${by} bits`);
}

/** `((_ zero_extend by) t)`: `by` bits wider. @throws InternalError when by is negative. */
export function zeroExtend(by: number, t: BvTerm): BvTerm {
  requireBv('zero_extend', [t]);
  requireCount('zero_extend', by);
  if (by === 0) return t;
  const width = t.sort.width + by;
  if (t.op === 'bv') return bv(width, t.value);
  if (t.op === 'zero_extend') return zeroExtend(width - t.args[0].sort.width, t.args[0]);
  return intern<BvTerm>('zero_extend', bvSort(width), [t]);
}

/** `((_ sign_extend by) t)`: `by` bits wider. @throws InternalError when by is negative. */
export function signExtend(by: number, t: BvTerm): BvTerm {
  requireBv('sign_extend', [t]);
  requireCount('sign_extend', by);
  if (by === 0) return t;
  const width = t.sort.width + by;
  if (t.op === 'bv') return bv(width, signExtendBits(t.sort.width, width, t.value));
  if (t.op === 'sign_extend') return signExtend(width - t.args[0].sort.width, t.args[0]);
  // The sign bit of something zero-extended is 0.
  if (t.op === 'zero_extend') return zeroExtend(width - t.args[0].sort.width, t.args[0]);
  return intern<BvTerm>('sign_extend', bvSort(width), [t]);
}
