// What holds of one attempted tail call once a bug is mended, over every register, array and counter.

import type { Model } from '../../../smt/index.ts';
import {
  and,
  type BoolTerm,
  bvuge,
  bvule,
  bvult,
  eq,
  extract,
  not,
  type Subject,
  zeroExtend,
} from '../../../smt/index.ts';
import { type AnyCall, anyCall, n64, stepOf } from '../../../smt/theorems/tail-call/call.ts';
import type { Attempt, Draft } from '../draft.ts';
import type { Law } from '../law.ts';

const call = anyCall();
const TWO_32 = 2n ** 32n;
const SLOTS_MAX = 4;

const indexOf = ({ semantics, profile }: Subject, { r3 }: AnyCall) =>
  semantics.tailCall.index(r3, profile.tailCall);
const lowHalf = ({ r3 }: AnyCall) => zeroExtend(32, extract(31, 0, r3));

/** An array that is soon filled, with the index in it if one looks at the low half; and a first call. */
const SMALL: readonly BoolTerm[] = [
  bvule(n64(2), call.maxEntries),
  bvule(call.maxEntries, n64(SLOTS_MAX)),
  bvult(lowHalf(call), call.maxEntries),
  bvult(call.r3, n64(3n * TWO_32)),
];
const FIRST: BoolTerm = eq(call.counter, n64(0));

const bits = (model: Model, name: string): bigint => {
  const value = model.get(name);
  return typeof value === 'bigint' ? value : 0n;
};

/**
 * A program that makes the call and, where that does not lead back to it, goes on by another slot: so it comes by
 * every counter from 0 on, and how far it comes tells what the calls have used up.
 */
function callDraft(model: Model): Draft {
  const r3 = bits(model, 'r3');
  const slot = Number(r3 % TWO_32);
  const isEmpty = model.get('slot_empty') === true;
  const slots = Array.from({ length: Number(bits(model, 'max_entries')) }, (_, index) =>
    index === slot && isEmpty ? undefined : 0,
  );
  const other = BigInt(slots.findIndex((program, index) => index !== slot && program === 0));
  const attempts: Attempt[] = [{ array: 0, index: r3 }];
  if (isEmpty) attempts.push({ array: 0, index: other });
  return { programs: [{ attempts }], arrays: [{ slots }] };
}

/** 3733f4be2870 */
export const EMPTY_IS_FREE: Law<Draft> = {
  statement: 'A call that finds an empty slot leaves the counter as it is.',
  method: { kind: 'direct' },
  lemmas: (subject) => {
    const { results, nextCounter } = stepOf(subject, call);
    return [
      {
        name: 'empty',
        premises: { 'the slot is empty': results.empty },
        conclusion: eq(nextCounter, call.counter),
      },
    ];
  },
  broken: 'empty',
  small: [...SMALL, FIRST, bvult(call.r3, n64(TWO_32))],
  witness: (_, model) => callDraft(model),
};

/** As many calls as the others allow: 96bc4432f5ad, e49e6f6db04e, ebpf-for-windows. */
export const allows = (limit: number): Law<Draft> => ({
  statement: `On a counter below ${limit}, a call to a filled slot is taken.`,
  method: { kind: 'direct' },
  lemmas: (subject) => [
    {
      name: 'below the limit',
      premises: {
        [`the counter is below ${limit}`]: bvult(call.counter, n64(limit)),
        'the index is in range': bvult(indexOf(subject, call), call.maxEntries),
        'the slot is filled': not(call.slotEmpty),
      },
      conclusion: stepOf(subject, call).results.taken,
    },
  ],
  broken: 'below the limit',
  small: SMALL,
  witness: (_, model) => callDraft(model),
});

/** 90caccdd8cc0 */
export const LOW_HALF_DECIDES: Law<Draft> = {
  statement: 'What becomes of a call depends on the low half of R3 only.',
  method: { kind: 'direct' },
  lemmas: (subject) => {
    const { results } = stepOf(subject, call);
    const low = stepOf(subject, { ...call, r3: lowHalf(call) }).results;
    return [
      {
        name: 'low half',
        premises: {},
        conclusion: and(eq(results.taken, low.taken), eq(results.out_of_range, low.out_of_range)),
      },
    ];
  },
  broken: 'low half',
  small: [...SMALL, FIRST],
  witness: (_, model) => callDraft(model),
};

/** 16338a9b3ac3, d269176e766c */
export const READS_THE_ARRAY: Law<Draft> = {
  statement: 'A call that passes the check of its index reads a slot of the array.',
  method: { kind: 'direct' },
  lemmas: (subject) => [
    {
      name: 'in the array',
      premises: { 'the index passes the check': not(stepOf(subject, call).results.out_of_range) },
      conclusion: bvult(indexOf(subject, call), call.maxEntries),
    },
  ],
  broken: 'in the array',
  small: [...SMALL, FIRST],
  witness: (_, model) => callDraft(model),
};

const key = call.r3;

/** a657182a5c51 */
export const DIRECT_IN_ARRAY: Law<Draft> = {
  statement: 'The slot that a direct jump stands for is one of the array.',
  method: { kind: 'direct' },
  lemmas: ({ semantics, profile }) => [
    {
      name: 'in the array',
      premises: { 'the array has slots': bvuge(call.maxEntries, n64(1)) },
      conventions: ['the array has slots'],
      conclusion: not(semantics.directJump.outOfBounds(key, call.maxEntries, profile.tailCall)),
    },
  ],
  broken: 'in the array',
  small: [bvule(call.maxEntries, n64(2 * SLOTS_MAX))],
  witness: (_, model) => {
    const slots = Array.from({ length: Number(bits(model, 'max_entries')) }, () => undefined);
    return {
      programs: [{ attempts: [{ array: 0, index: bits(model, 'r3') }] }],
      arrays: [{ slots }],
    };
  },
};
