// may_goto (Linux 6.9): a jump whose condition is a budget that the program does not see. Each time around its loop
// less is remembered of what changes, so that a state soon comes that an earlier one covers.

import { listOf } from '../explore/exploration.ts';
import { sameCallSites } from '../explore/same.ts';
import type { IdMap, Transfer } from '../parts.ts';
import type { Register } from '../state/register.ts';
import { StackSlot } from '../state/slot.ts';
import type { State } from '../state/state.ts';
import type { Verification } from '../verification.ts';

export interface MayGotoPart {
  /** Refuses a jump to what comes next anyhow. */
  checkOffset(v: Verification, offset: number): void;
  /** The last state of the path that was here before (`find_prev_entry`). */
  earlierEntry(v: Verification): State | undefined;
  /** Forgets numbers that are not what they were, where nothing hangs on them (`maybe_widen_reg`). */
  widen(v: Verification, old: Register, current: Register, ids: IdMap): Register;
}

/** may_goto goes on with the jump taken; the way into the loop waits. */
export const mayGoto: Transfer = (v, instruction) => {
  v.parts.mayGoto.checkOffset(v, instruction.offset);
  const earlier = v.parts.mayGoto.earlierEntry(v);
  const inside = v.parts.explore.pushBranch(v, v.pc + 1);
  inside.mayGotoDepth++;
  if (earlier !== undefined) widenState(v, earlier, inside);
  return v.pc + 1 + instruction.offset;
};

function earlierEntry(v: Verification): State | undefined {
  const { parent } = v.state;
  if (parent === undefined) return undefined;
  for (let c = v.exploration.lists[listOf(v)]; c !== undefined; c = c.next) {
    const { state, pc } = c;
    const isOnPath = state.branches > 0 && state.depth < parent.depth;
    if (pc === v.pc && isOnPath && sameCallSites(state, parent)) return state;
  }
  return undefined;
}

/** All that was known before is compared with what is known now (`widen_imprecise_scalars`). */
function widenState(v: Verification, old: State, current: State): void {
  const { widen } = v.parts.mayGoto;
  const { ids } = v.exploration;
  ids.clear();
  for (let f = old.frames.length - 1; f >= 0; f--) {
    const [before, now] = [old.frames[f]!, current.frames[f]!];
    before.registers.forEach((register, r) => {
      v.refine(now, r, widen(v, register, now.registers[r]!, ids));
    });
    before.slots.forEach(({ spilled }, s) => {
      const slot = now.slots[s];
      if (spilled === undefined || slot?.spilled === undefined) return;
      const widened = widen(v, spilled, slot.spilled, ids);
      if (widened !== slot.spilled) now.slots[s] = new StackSlot(slot.bytes, widened);
    });
  }
}

function widen(v: Verification, old: Register, current: Register, ids: IdMap): Register {
  if (old.type !== 'scalar' || current.type !== 'scalar') return current;
  if (old.precise || current.precise) return current;
  if (v.parts.prune.coversRegister(v, old, current, ids, 'yes')) return current;
  return v.unknownScalar;
}

export const MAY_GOTO_PART: MayGotoPart = {
  checkOffset: (v, offset) => {
    if (offset === 0) v.reject('EINVAL', 'invalid may_goto off 0 imm 0');
  },
  earlierEntry,
  widen,
};
