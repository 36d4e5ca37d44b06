// When registers and states are alike in every respect.

import type { IdMap } from '../parts.ts';
import { sameScalar } from '../scalars.ts';
import type { Register } from '../state/register.ts';
import type { State } from '../state/state.ts';
import { linkId } from './ids.ts';

/** The same but for names of ids (`regs_exact`). */
export function isSame(old: Register, current: Register, ids: IdMap): boolean {
  return sameFields(old, current) && ids.match(linkId(old), linkId(current));
}

export function sameFields(a: Register, b: Register): boolean {
  return (
    a.type === b.type &&
    a.off === b.off &&
    a.range === b.range &&
    a.map === b.map &&
    sameScalar(a.value, b.value)
  );
}

/** Whether the running functions' registers are the same, ids included (`states_maybe_looping`). */
export function registersAlike(old: State, current: State): boolean {
  if (old.frames.length !== current.frames.length) return false;
  const [before, now] = [old.frame.registers, current.frame.registers];
  for (let r = 0; r < before.length; r++) {
    const [a, b] = [before[r]!, now[r]!];
    if (a !== b && !(linkId(a) === linkId(b) && sameFields(a, b))) return false;
  }
  return true;
}

/** Whether two states are at the same place of the same calls. */
export function sameCallSites(a: State, b: State): boolean {
  if (a.frames.length !== b.frames.length) return false;
  for (let f = 0; f < a.frames.length; f++) {
    if (a.frames[f]!.callSite !== b.frames[f]!.callSite) return false;
  }
  return true;
}
