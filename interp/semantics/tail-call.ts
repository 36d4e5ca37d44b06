// bpf_tail_call, one atomic step: docs/semantics.md, Tail calls; the knobs are the profile's.

import { assertNever } from '../../model/errors.ts';
import type { Profile } from '../../model/profiles/profile.ts';
import type { HopResult } from '../../model/scenario/outcome.ts';
import type { ProgramAttributes } from '../../model/scenario/scenario.ts';

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

type Check = Profile['tailCall']['order'][number];

export const tailCall: TailCall = (knobs, { index, maxEntries, count, slot }) => {
  const failed = (result: HopResult, burn: boolean): TailCallResult => ({
    result,
    count: burn ? count + 1 : count,
    target: -1,
  });
  const entries = BigInt(maxEntries);
  // The rewriting for unprivileged programs jumps over the call, so that nothing is counted.
  if (knobs.indexMasked && index >= entries) return failed('out_of_range', false);
  const effective = BigInt.asUintN(knobs.indexBits, index);
  const inRange = effective < entries;
  const target = inRange ? slot(Number(effective)) : -1;
  const failure = (check: Check): TailCallResult | undefined => {
    switch (check) {
      case 'index':
        return inRange ? undefined : failed('out_of_range', knobs.burns.outOfRange);
      case 'count':
        return count < knobs.limit ? undefined : failed('exhausted', knobs.burns.exhausted);
      case 'slot':
        return inRange && target < 0 ? failed('empty', knobs.burns.empty) : undefined;
      default:
        return assertNever(check);
    }
  };
  for (const check of knobs.order) {
    const result = failure(check);
    if (result !== undefined) return result;
  }
  return { result: 'taken', count: count + 1, target };
};

/** Whether a program can go on in the place of the one that the run started with: docs/semantics.md, Ownership. */
export function takesOver(target: ProgramAttributes, run: ProgramAttributes): boolean {
  return (
    target.type === run.type &&
    target.jited === run.jited &&
    target.xdpHasFrags === run.xdpHasFrags &&
    target.expectedAttachType === run.expectedAttachType &&
    target.attachFuncProto === run.attachFuncProto &&
    target.sleepable === run.sleepable &&
    (target.cgroupStorage === 0 || target.cgroupStorage === run.cgroupStorage)
  );
}

/** Where the counter is across a local call: one for all frames, a copy, or a copy that the caller takes over. */
export type CountPassing = 'shared' | 'copied' | 'written back';

export function countPassed(propagation: Profile['tailCall']['propagation']): CountPassing {
  switch (propagation) {
    case 'value':
      return 'copied';
    case 'writeback':
      return 'written back';
    default:
      return 'shared';
  }
}
