// What all paths through one call of a helper agree on: how the call is rewritten depends on it (`bpf_insn_aux_data`).

import type { Verification } from '../verification.ts';

/** Paths differ, or one does not know. */
export type Poisoned = 'poisoned';

export interface CallSite {
  /** The number of the map. */
  map: number | Poisoned;
  readonly isTailCall: boolean;
  /** Tail calls: the constant index, less than the map's `max_entries`; undefined before the first path is through. */
  index: number | Poisoned | undefined;
}

/** A tail call that a compiler may replace by a jump to the program in a slot. */
export interface DirectTailCall {
  /** Slot of the call. */
  readonly pc: number;
  /** Number of the prog array. */
  readonly map: number;
  readonly index: number;
}

/** The map that a path has in R1 or R2 at the current call (`record_func_map`). @returns the site */
export function recordMap(v: Verification, map: number, isTailCall: boolean): CallSite {
  const site = v.callSites.get(v.pc);
  if (site === undefined) {
    const first: CallSite = { map, isTailCall, index: undefined };
    v.callSites.set(v.pc, first);
    return first;
  }
  if (site.map !== map) site.map = 'poisoned';
  return site;
}

/** The index that a path has at a tail call, undefined where it does not know it (`record_func_key`). */
export function recordIndex(site: CallSite, index: number | undefined): void {
  if (index === undefined) site.index = 'poisoned';
  else if (site.index === undefined) site.index = index;
  else if (site.index !== index) site.index = 'poisoned';
}

/** The index of the tail call in a slot, if it is one constant on all paths; undefined where it is not. */
export function constantIndexOf(v: Verification, pc: number): number | undefined {
  const index = v.callSites.get(pc)?.index;
  return index === 'poisoned' ? undefined : index;
}

/** Tail calls that are made direct: of privileged programs that are compiled. In the order of their slots. */
export function directTailCalls(v: Verification): DirectTailCall[] {
  const { privileged, jited } = v.subject;
  if (!privileged || !jited) return [];
  return [...v.callSites]
    .sort(([a], [b]) => a - b)
    .flatMap(([pc, { map }]) => {
      const index = constantIndexOf(v, pc);
      return index === undefined || map === 'poisoned' ? [] : [{ pc, map, index }];
    });
}
