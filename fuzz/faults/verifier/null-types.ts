// Pointers of a state that may be null.

import { mapRegisters } from '../../../model/verifier/state/map-registers.ts';
import type { State } from '../../../model/verifier/state/state.ts';

/** Ids of the pointers of a state that may be null. */
export function nullableIds(state: State): ReadonlySet<number> {
  const ids = new Set<number>();
  mapRegisters(state, (register) => {
    if (register.type === 'map_value_or_null') ids.add(register.id);
    return register;
  });
  return ids;
}
