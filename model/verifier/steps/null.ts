// Pointers that may be null, and the comparisons that tell.

import { mapRegisters } from '../state/map-registers.ts';
import { Register, type RegisterType } from '../state/register.ts';
import type { State } from '../state/state.ts';
import type { Verification } from '../verification.ts';

export interface NullPart {
  /** Whether a pointer of the type may be null (PTR_MAYBE_NULL). */
  mayBeNull(type: RegisterType): boolean;
  /** Whether comparing a pointer of the type with 0 is decided beforehand (`reg_not_null`). */
  isNotNull(v: Verification, type: RegisterType): boolean;
  /** Settles all registers of a state that are copies of a pointer with the id (`mark_ptr_or_null_regs`). */
  settle(v: Verification, state: State, id: number, isNull: boolean): void;
  /** The number 0 that a pointer turned out to be. It keeps the map, by which kernels tell it from other zeros. */
  asNull(v: Verification, pointer: Register): Register;
  /** A pointer that turned out to be one; others need no id for it any more. */
  asPointer(v: Verification, pointer: Register): Register;
}

function settle(v: Verification, state: State, id: number, isNull: boolean): void {
  const { mayBeNull, asNull, asPointer } = v.parts.nullness;
  mapRegisters(state, (register) => {
    if (register.id !== id || !mayBeNull(register.type)) return register;
    return isNull ? asNull(v, register) : asPointer(v, register);
  });
}

export const NULL_PART: NullPart = {
  mayBeNull: (type) => type === 'map_value_or_null',
  isNotNull: (v, type) => type === 'map_value' || (type === 'map_ptr' && v.rules.mapsAreNotNull),
  settle,
  asNull: (v, { map }) => {
    // An offset, where arithmetic was let through, is forgotten: a verifier that lets it through does the same.
    const zero = v.domain.constant(0n);
    return new Register('scalar', zero, 0, 0, false, 0, map, 0, !v.subject.privileged);
  },
  asPointer: (_v, pointer) => pointer.with({ type: 'map_value', id: 0 }),
};
