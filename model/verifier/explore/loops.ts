// Paths that are still under way, and loops that a state was found to lead back into. A state of such a loop is not
// explored to its end before the loop's entry is, so others have to be covered by it in every respect.

import type { State } from '../state/state.ts';

/** The outermost entry of the loops that a state is in (`get_loop_entry`). */
export function loopEntryOf(state: State): State | undefined {
  let entry = state.loopEntry;
  while (entry?.loopEntry !== undefined && entry.loopEntry !== entry) entry = entry.loopEntry;
  // Chains stay short: all on the way point to the end from now on.
  for (let s: State | undefined = state; s !== undefined && s.loopEntry !== entry; ) {
    const next: State | undefined = s.loopEntry;
    s.loopEntry = entry;
    s = next;
  }
  return entry;
}

/** Whether a state is in a loop that the current path has not left. */
export function isInOpenLoop(state: State): boolean {
  const entry = loopEntryOf(state);
  return entry !== undefined && entry.branches > 0;
}

/** A state leads back to an earlier one of its path, `entry`, or to one that does (`update_loop_entry`). */
export function enterLoop(state: State, entry: State): void {
  const from = loopEntryOf(state) ?? state;
  const to = loopEntryOf(entry) ?? entry;
  if (to.branches === 0 || to.depth > from.depth) return;
  state.loopEntry = entry;
  entry.isLoopEntry = true;
}

/** A path has come to its end: so have the states that it came through, up to one that others wait for. */
export function finishPath(last: State): void {
  for (let state: State | undefined = last; state !== undefined; state = state.parent) {
    state.branches--;
    if (state.branches > 0) return;
    if (state.parent !== undefined && state.loopEntry !== undefined) {
      enterLoop(state.parent, state.loopEntry);
    }
  }
}
