// bpf_tail_call, one atomic step: docs/semantics.md, Tail calls; the knobs are the profile's.

import type { Profile } from '../../model/profiles/profile.ts';
import type { HopResult } from '../../model/scenario/outcome.ts';

export interface TailCallState {
  /** R3, all 64 bits. */
  readonly index: bigint;
  readonly maxEntries: number;
  /** Of the counter that the current frame counts with. */
  readonly count: number;
  /** The program in a slot that is in range, or -1; read at most once. */
  readonly slot: (index: number) => number;
}

export interface TailCallResult {
  readonly result: HopResult;
  readonly count: number;
  /** The program entered, or -1. */
  readonly target: number;
}

export type TailCall = (knobs: Profile['tailCall'], state: TailCallState) => TailCallResult;

export const tailCall: TailCall = (
  { limit, indexBits, burns },
  { index, maxEntries, count, slot },
) => {
  const failed = (result: HopResult, burn: boolean): TailCallResult => ({
    result,
    count: burn ? count + 1 : count,
    target: -1,
  });
  const effective = BigInt.asUintN(indexBits, index);
  if (effective >= BigInt(maxEntries)) return failed('out_of_range', burns.outOfRange);
  if (count >= limit) return failed('exhausted', burns.exhausted);
  const target = slot(Number(effective));
  if (target < 0) return failed('empty', burns.empty);
  return { result: 'taken', count: count + 1, target };
};

/** Where the counter is across a local call: shared by all frames, or a copy in each. */
export function countPassed(propagation: Profile['tailCall']['propagation']): 'shared' | 'copied' {
  return propagation === 'value' ? 'copied' : 'shared';
}
