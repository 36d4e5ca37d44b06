// What a kept state counted for, when others were compared with it last.

import { FRAME_POINTER } from '../../isa/program.ts';
import type { Register } from '../state/register.ts';
import { INVALID_SLOT, StackSlot } from '../state/slot.ts';
import { State } from '../state/state.ts';
import type { Verification } from '../verification.ts';

/** A copy without what was not read, and with nothing known of scalars that nothing hung on. */
export function abstracted(v: Verification, state: State): State {
  const copy = new State(state.frames.map((frame) => frame.copy()));
  for (const { registers, slots, read } of copy.frames) {
    for (let r = 0; r < FRAME_POINTER; r++) {
      const isRead = ((read.registers >>> r) & 1) !== 0;
      registers[r] = isRead ? whatCounted(v, registers[r]!) : v.notInit;
    }
    for (let slot = 0; slot < slots.length; slot++) {
      const { bytes, spilled } = slots[slot]!;
      if (!read.slots.has(slot)) slots[slot] = INVALID_SLOT;
      else if (spilled !== undefined) slots[slot] = new StackSlot(bytes, whatCounted(v, spilled));
    }
  }
  unlinkLone(copy);
  return copy;
}

function whatCounted(v: Verification, register: Register): Register {
  const counted = register.type !== 'scalar' || register.precise || !v.subject.privileged;
  return counted ? register : v.unknownScalar;
}

/** An id that only one scalar is left with links it to none. */
function unlinkLone({ frames }: State): void {
  const uses = new Map<number, number>();
  const count = ({ id }: Register) => uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const { registers, slots } of frames) {
    registers.forEach(count);
    for (const { spilled } of slots) if (spilled !== undefined) count(spilled);
  }
  const unlinked = (register: Register) =>
    register.type === 'scalar' && uses.get(register.id) === 1
      ? register.with({ id: 0, off: 0, addsConstant: false })
      : register;
  for (const { registers, slots } of frames) {
    registers.forEach((register, r) => {
      registers[r] = unlinked(register);
    });
    slots.forEach(({ bytes, spilled }, slot) => {
      if (spilled !== undefined) slots[slot] = new StackSlot(bytes, unlinked(spilled));
    });
  }
}
