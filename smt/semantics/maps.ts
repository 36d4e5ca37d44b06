// What the map helpers get back, as terms: docs/semantics.md, Helpers.
// Results of helpers are 64 bits; 0 means that the operation is done.

import {
  and,
  type BoolTerm,
  type BvTerm,
  bv,
  bvadd,
  bvand,
  bvmul,
  bvnot,
  bvuge,
  bvugt,
  bvult,
  bvWrapped,
  eq,
  extract,
  ite,
  not,
} from '../terms/index.ts';

const ENOENT = 2n;
const E2BIG = 7n;
const EEXIST = 17n;
const EINVAL = 22n;

const BPF_NOEXIST = bv(64, 1n);
const BPF_EXIST = bv(64, 2n);
const BPF_F_LOCK = bv(64, 4n);

const DONE = bv(64, 0n);
const failure = (errno: bigint) => bvWrapped(64, -errno);

type Rule = readonly [BoolTerm, BvTerm];
/** The code of the first rule that applies, else 0. */
const firstOf = (...rules: readonly Rule[]): BvTerm =>
  rules.reduceRight<BvTerm>((rest, [condition, code]) => ite(condition, code, rest), DONE);

export interface MapMeaning {
  /** The address of a value: 64-bit address of the first one, index and stride. */
  readonly valueAddress: (first: BvTerm, index: BvTerm, stride: BvTerm) => BvTerm;
  /** Whether a lookup of the 64-bit index finds a value. */
  readonly arrayLookup: (index: BvTerm, maxEntries: BvTerm) => BoolTerm;
  readonly arrayUpdate: (flags: BvTerm, index: BvTerm, maxEntries: BvTerm) => BvTerm;
  readonly arrayDelete: () => BvTerm;
  readonly hashUpdate: (flags: BvTerm, present: BoolTerm, full: BoolTerm) => BvTerm;
  readonly hashDelete: (present: BoolTerm) => BvTerm;
}

export const MAPS: MapMeaning = {
  valueAddress: (first, index, stride) => bvadd(first, bvmul(index, stride)),
  arrayLookup: (index, maxEntries) => bvult(index, maxEntries),
  arrayUpdate: (flags, index, maxEntries) =>
    firstOf(
      [bvugt(bvand(flags, bvnot(BPF_F_LOCK)), BPF_EXIST), failure(EINVAL)],
      [bvuge(index, maxEntries), failure(E2BIG)],
      [eq(extract(0, 0, flags), bv(1, 1n)), failure(EEXIST)],
      [eq(extract(2, 2, flags), bv(1, 1n)), failure(EINVAL)],
    ),
  arrayDelete: () => failure(EINVAL),
  hashUpdate: (flags, present, full) =>
    firstOf(
      [bvugt(flags, BPF_EXIST), failure(EINVAL)],
      [and(present, eq(flags, BPF_NOEXIST)), failure(EEXIST)],
      [and(not(present), eq(flags, BPF_EXIST)), failure(ENOENT)],
      [and(not(present), full), failure(E2BIG)],
    ),
  hashDelete: (present) => firstOf([not(present), failure(ENOENT)]),
};
