// Counting over any number of places (the slots of all arrays one after the other; all programs): a ghost adds up
// weights, and what is said of its sum follows by induction on the places. The steps are lemmas at an arbitrary place.

import {
  type ArrayTerm,
  arrayVar,
  type BoolTerm,
  type BvTerm,
  bvadd,
  bvsub,
  bvuge,
  bvule,
  bvult,
  bvVar,
  eq,
  ite,
  select,
  store,
} from '../../terms/index.ts';
import { n64 } from '../tail-call/call.ts';
import type { Lemma } from '../theorem.ts';

/** More places and programs than there can be, and far from where 64 bits wrap. */
export const PLACES_MAX = n64(2n ** 61n);

const ZERO = n64(0);
const ONE = n64(1);

export const one = (condition: BoolTerm): BvTerm => ite(condition, ONE, ZERO);

/** An arbitrary place, and the one whose weight changes. */
const i = bvVar('i', 64);
const next = bvadd(i, ONE);
const k = bvVar('k', 64);

/** The weight of place i, and the sums of the weights below i and below the next place; before and after a change. */
const weight = bvVar('weight', 64);
const below = bvVar('sum', 64);
const belowNext = bvVar('next_sum', 64);
const belowAfter = bvVar('sum_after', 64);
const belowNextAfter = bvVar('next_sum_after', 64);

/** The weight of place k, before and after the change. */
const weightOfK = bvVar('weight_of_k', 64);
const newWeightOfK = bvVar('new_weight_of_k', 64);
const difference = bvsub(newWeightOfK, weightOfK);

const NOT_LAST = { 'it is not the last of 2^64 places': bvult(i, n64(2n ** 64n - 1n)) };
const BEGINS = { 'the sum of no weights is 0': eq(below, ZERO) };
const ADDS_UP = { 'the sum adds the weight': eq(belowNext, bvadd(below, weight)) };
const AT_MOST_ONE = { 'a weight is at most one': bvule(weight, ONE) };
const OF_K = 'at place k it is the weight of k';

/** Where the weight of k changes, the sums above it change by as much. */
const changed = (at: BvTerm, sum: BvTerm, after: BvTerm): BoolTerm =>
  eq(after, bvadd(sum, ite(bvult(k, at), difference, ZERO)));

/** A sum of as many weights, none of which is more than one. */
const bounded = (at: BvTerm, sum: BvTerm): BoolTerm => bvule(sum, at);

/** A weight below is part of the sum. */
const counted = (at: BvTerm, sum: BvTerm): BoolTerm =>
  bvuge(sum, ite(bvult(k, at), weightOfK, ZERO));

/** What follows from sums, for slots and for programs. */
export function sumLemmas(): Lemma[] {
  const isK = eq(i, k);
  return [
    {
      name: 'sum/of one change, begins',
      premises: { ...BEGINS, 'so is it afterwards': eq(belowAfter, ZERO) },
      conclusion: changed(ZERO, below, belowAfter),
    },
    {
      name: 'sum/of one change, goes on',
      premises: {
        'so far it is changed by as much': changed(i, below, belowAfter),
        ...ADDS_UP,
        'so does the sum afterwards, with the new weight of k': eq(
          belowNextAfter,
          bvadd(belowAfter, ite(isK, newWeightOfK, weight)),
        ),
        [OF_K]: eq(ite(isK, weight, weightOfK), weightOfK),
        ...NOT_LAST,
      },
      conclusion: changed(next, belowNext, belowNextAfter),
    },
    {
      name: 'sum/is no more than there are places, begins',
      premises: BEGINS,
      conclusion: bounded(ZERO, below),
    },
    {
      name: 'sum/is no more than there are places, goes on',
      premises: { 'so far it is': bounded(i, below), ...ADDS_UP, ...AT_MOST_ONE, ...NOT_LAST },
      conclusion: bounded(next, belowNext),
    },
    {
      name: 'sum/is no less than one weight, begins',
      premises: {},
      conclusion: counted(ZERO, below),
    },
    {
      name: 'sum/is no less than one weight, goes on',
      premises: {
        'so far it is': counted(i, below),
        'so far it is no more than there are places': bounded(i, below),
        ...ADDS_UP,
        [OF_K]: eq(ite(isK, weight, weightOfK), weightOfK),
        ...AT_MOST_ONE,
      },
      conclusion: counted(next, belowNext),
    },
    {
      name: 'sum/of nothing is 0, goes on',
      premises: {
        'so far it is': eq(below, ZERO),
        ...ADDS_UP,
        'the weight is 0': eq(weight, ZERO),
      },
      conclusion: eq(belowNext, ZERO),
    },
    slotsLemma(),
  ];
}

/** A write of a slot changes one weight: by whether it held the watched program, and whether it holds it now. */
function slotsLemma(): Lemma {
  const slots = arrayVar('slots', 64, 32);
  const watched = bvVar('watched', 32);
  const inserted = bvVar('inserted', 32);
  const weightAt = (content: ArrayTerm, at: BvTerm) => one(eq(select(content, at), watched));
  return {
    name: 'sum/a write changes one weight',
    premises: { 'a slot weighs one where it holds the program': eq(weight, weightAt(slots, i)) },
    conclusion: eq(
      weightAt(store(slots, k, inserted), i),
      ite(eq(i, k), one(eq(inserted, watched)), weight),
    ),
  };
}
