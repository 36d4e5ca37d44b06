// What a local call does with the counter, and what a direct jump does with a constant index, as terms:
// docs/semantics.md, Local calls that start a counter and Direct jumps.

import type { TailCallKnobs } from '../../model/profiles/profile.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bool,
  bv,
  bvlshr,
  bvor,
  bvsub,
  bvuge,
  bvule,
  distinct,
  extract,
  FALSE,
  ite,
  or,
} from '../terms/index.ts';

/** A local call, as far as it concerns the counter. */
export interface CallSite {
  /** Whether an extension is attached to the function called. */
  readonly replaced: BoolTerm;
  /** Whether the program that holds the instruction is traced. */
  readonly traced: BoolTerm;
  /** 64 bits: the stack, in bytes, of the function that holds the instruction. */
  readonly stackBytes: BvTerm;
}

type StartKnobs = Pick<TailCallKnobs, 'trampoline' | 'countSlot'>;

export interface CounterStartMeaning {
  /** Whether the callee counts on a counter of its own, and the caller gets its own back on return. */
  readonly starts: (site: CallSite, knobs: StartKnobs) => BoolTerm;
  /** Where that counter starts, 64 bits; any value where none does. */
  readonly start: (site: CallSite, knobs: StartKnobs) => BvTerm;
}

const resets = ({ traced }: CallSite, { trampoline }: StartKnobs) =>
  and(bool(trampoline === 'resets'), traced);
const misreads = ({ stackBytes }: CallSite, { countSlot }: StartKnobs) =>
  and(bool(countSlot === 'unrounded'), distinct(extract(2, 0, stackBytes), bv(3, 0n)));

export const COUNTER_START: CounterStartMeaning = {
  starts: (site, knobs) => or(site.replaced, resets(site, knobs), misreads(site, knobs)),
  start: (site, knobs) =>
    ite(or(site.replaced, resets(site, knobs)), bv(64, 0n), bv(64, 2n ** 32n - 1n)),
};

export interface DirectJumpMeaning {
  /** The mask of the least tnum that covers all indices that are in range, from max_entries; 64 bits. */
  readonly mask: (maxEntries: BvTerm) => BvTerm;
  /** Whether a call with the constant index reads a slot beyond the array. */
  readonly outOfBounds: (
    key: BvTerm,
    maxEntries: BvTerm,
    knobs: Pick<TailCallKnobs, 'directKey'>,
  ) => BoolTerm;
}

/** All bits below the highest that is set are set too. */
const filled = (value: BvTerm) =>
  [1n, 2n, 4n, 8n, 16n, 32n].reduce((v, shift) => bvor(v, bvlshr(v, bv(64, shift))), value);

const mask = (maxEntries: BvTerm) => filled(bvsub(maxEntries, bv(64, 1n)));

export const DIRECT_JUMP: DirectJumpMeaning = {
  mask,
  outOfBounds: (key, maxEntries, { directKey }) =>
    directKey === 'checked' ? FALSE : and(bvuge(key, maxEntries), bvule(key, mask(maxEntries))),
};
