// bpf_tail_call as a pure function of terms: docs/semantics.md, Tail calls; what profiles differ in is data.

import type { Total } from '../../model/errors.ts';
import type { TailCallCheck, TailCallKnobs } from '../../model/profiles/profile.ts';
import type { HopResult } from '../../model/scenario/outcome.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bv,
  bvadd,
  bvuge,
  extract,
  ite,
  not,
  zeroExtend,
} from '../terms/index.ts';

export type { TailCallKnobs } from '../../model/profiles/profile.ts';

/** What a tail call looks at. All bit-vectors are 64 bits wide. */
export interface TailCallState {
  /** As `TailCallMeaning.index` gives it. */
  readonly index: BvTerm;
  readonly maxEntries: BvTerm;
  readonly counter: BvTerm;
  /** Whether the slot at the index, read once, is empty; any value where the index is out of range. */
  readonly slotEmpty: BoolTerm;
}

export interface TailCallMeaning {
  /** R3 to the index, zero-extended to 64 bits. */
  readonly index: (r3: BvTerm, knobs: TailCallKnobs) => BvTerm;
  /** The conditions of the four results: in every state exactly one holds. */
  readonly results: (state: TailCallState, knobs: TailCallKnobs) => Total<HopResult, BoolTerm>;
  /** The counter after each result. */
  readonly counter: Total<HopResult, (counter: BvTerm, knobs: TailCallKnobs) => BvTerm>;
}

const up = (counter: BvTerm) => bvadd(counter, bv(64, 1n));

/**
 * The masked form is a check of all of R3 before everything else. An R3 that passes it is below max_entries,
 * which has 32 bits, so that truncating it and checking it once more would change nothing: the masked form is
 * the form of 64 bits with the check of the index first, and with nothing used up by its failure.
 */
const checks = ({ order, indexMasked }: TailCallKnobs): readonly TailCallCheck[] =>
  indexMasked ? ['index', ...order.filter((check) => check !== 'index')] : order;

const truncates = ({ indexBits, indexMasked }: TailCallKnobs) => indexBits === 32 && !indexMasked;

export const TAIL_CALL: TailCallMeaning = {
  index: (r3, knobs) => (truncates(knobs) ? zeroExtend(32, extract(31, 0, r3)) : r3),
  results: ({ index, maxEntries, counter, slotEmpty }, knobs) => {
    const order = checks(knobs);
    const outOfRange = bvuge(index, maxEntries);
    // Out of range there is no slot; after the check of the index that is known.
    const mayBeOutOfRange = order.indexOf('slot') < order.indexOf('index');
    const fails: Total<TailCallCheck, BoolTerm> = {
      index: outOfRange,
      count: bvuge(counter, bv(64, BigInt(knobs.limit))),
      slot: mayBeOutOfRange ? and(not(outOfRange), slotEmpty) : slotEmpty,
    };
    const passes = (passed: readonly TailCallCheck[]) => passed.map((check) => not(fails[check]));
    const firstFails = (check: TailCallCheck) =>
      and(...passes(order.slice(0, order.indexOf(check))), fails[check]);
    return {
      out_of_range: firstFails('index'),
      exhausted: firstFails('count'),
      empty: firstFails('slot'),
      taken: and(...passes(order)),
    };
  },
  counter: {
    out_of_range: (counter, { burns, indexMasked }) =>
      burns.outOfRange && !indexMasked ? up(counter) : counter,
    exhausted: (counter, { burns }) => (burns.exhausted ? up(counter) : counter),
    empty: (counter, { burns }) => (burns.empty ? up(counter) : counter),
    taken: (counter) => up(counter),
  },
};

export interface TailCallStep {
  readonly results: Total<HopResult, BoolTerm>;
  readonly nextCounter: BvTerm;
}

/** One attempted tail call: which result, and the counter after it, as terms over the state. */
export function tailCallStep(
  state: TailCallState,
  knobs: TailCallKnobs,
  meaning: TailCallMeaning = TAIL_CALL,
): TailCallStep {
  const results = meaning.results(state, knobs);
  const after = (result: HopResult) => meaning.counter[result](state.counter, knobs);
  return {
    results,
    nextCounter: ite(
      results.out_of_range,
      after('out_of_range'),
      ite(
        results.exhausted,
        after('exhausted'),
        ite(results.empty, after('empty'), after('taken')),
      ),
    ),
  };
}
