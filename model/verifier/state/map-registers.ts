// Changes that concern every register of a state, spilled ones included (`bpf_for_each_reg_in_vstate`).

import type { Register } from './register.ts';
import { StackSlot } from './slot.ts';
import type { State } from './state.ts';

/** Replaces registers and spilled registers of all frames. @param change gives the register itself where it stays. */
export function mapRegisters(state: State, change: (register: Register) => Register): void {
  for (const { registers, slots } of state.frames) {
    for (let r = 0; r < registers.length; r++) registers[r] = change(registers[r]!);
    for (let s = 0; s < slots.length; s++) {
      const { bytes, spilled } = slots[s]!;
      if (spilled === undefined) continue;
      const changed = change(spilled);
      if (changed !== spilled) slots[s] = new StackSlot(bytes, changed);
    }
  }
}
