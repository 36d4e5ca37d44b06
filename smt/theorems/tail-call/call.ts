// One attempted tail call in any state, as the terms that the campaign evaluates; and changed copies of them.

import { UnsupportedError } from '../../../model/errors.ts';
import type { HopResult } from '../../../model/scenario/outcome.ts';
import {
  type TailCallKnobs,
  type TailCallMeaning,
  type TailCallStep,
  tailCallStep,
} from '../../semantics/index.ts';
import { type BoolTerm, type BvTerm, boolVar, bv, bvVar } from '../../terms/index.ts';
import type { Subject } from '../theorem.ts';

/** A 64-bit constant. */
export const n64 = (value: bigint | number) => bv(64, BigInt(value));

/** What a call finds: any register, any array, any counter. */
export interface AnyCall {
  readonly r3: BvTerm;
  readonly maxEntries: BvTerm;
  readonly counter: BvTerm;
  readonly slotEmpty: BoolTerm;
}

export function anyCall(): AnyCall {
  return {
    r3: bvVar('r3', 64),
    maxEntries: bvVar('max_entries', 64),
    counter: bvVar('counter', 64),
    slotEmpty: boolVar('slot_empty'),
  };
}

/** The call under the subject's meaning and knobs. */
export function stepOf(
  { semantics, profile }: Subject,
  { r3, ...state }: AnyCall,
  knobs: TailCallKnobs = profile.tailCall,
): TailCallStep {
  const meaning = semantics.tailCall;
  return tailCallStep({ ...state, index: meaning.index(r3, knobs) }, knobs, meaning);
}

/** The subject with another meaning of tail calls. */
export function withTailCall(
  change: (meaning: TailCallMeaning) => TailCallMeaning,
): (subject: Subject) => Subject {
  return (subject) => {
    const { semantics } = subject;
    return { ...subject, semantics: { ...semantics, tailCall: change(semantics.tailCall) } };
  };
}

/** The limit, where it lets a call pass. @throws UnsupportedError where it is 0: no theorem about taken calls says something. */
export function limitOf({ profile }: Subject): number {
  const { limit } = profile.tailCall;
  if (limit === 0)
    throw new UnsupportedError(`with a limit of 0, ${profile.name} takes no tail call`);
  return limit;
}

/** `>` for `>=`: one call more than the limit is taken. */
export const oneCallMore = withTailCall((meaning) => ({
  ...meaning,
  results: (state, knobs) => meaning.results(state, { ...knobs, limit: knobs.limit + 1 }),
}));

/** A result does not count. */
export const uncounted = (result: HopResult) =>
  withTailCall((meaning) => ({
    ...meaning,
    counter: { ...meaning.counter, [result]: (counter: BvTerm) => counter },
  }));

/** The subject with other changes of the counter at local calls and returns, whatever passes it. */
export function withPassing(
  change: Partial<Subject['semantics']['counterPassing']['value']>,
): (subject: Subject) => Subject {
  return (subject) => {
    const { semantics } = subject;
    const passing = Object.entries(semantics.counterPassing);
    const changed = passing.map(([name, meaning]) => [name, { ...meaning, ...change }]);
    return {
      ...subject,
      semantics: { ...semantics, counterPassing: Object.fromEntries(changed) },
    };
  };
}

/** Whether what a callee counted is forgotten when it returns. */
export const forgetsOnReturn = ({ profile }: Subject) => profile.tailCall.propagation === 'value';
