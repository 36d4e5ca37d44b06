// bpf_tail_call: what is kept of its index for direct jumps, and what holds after a call that failed. What one that
// succeeds jumps to was verified on its own, from the start.

import { invariant } from '../../errors.ts';
import { recordIndex } from '../helpers/call-site.ts';
import { isPacketPointer, type Register } from '../state/register.ts';
import { StackSlot } from '../state/slot.ts';
import type { State } from '../state/state.ts';
import type { Verification } from '../verification.ts';
import { leaveFunction } from './local-call.ts';

export interface TailCallPart {
  /**
   * The index that R3 is known to hold, if a direct jump may be made of it: less than `maxEntries`, all 64 bits.
   * CVE-2022-2905 was a wider comparison.
   */
  knownIndex(index: Register, maxEntries: number): number | undefined;
  /** The program that was jumped to may have changed the packet: pointers to it are not followed any more. */
  dropPacketPointers(v: Verification, state: State): void;
}

export const TAIL_CALL_PART: TailCallPart = {
  knownIndex: ({ type, value: { varOff } }, maxEntries) => {
    if (type !== 'scalar' || varOff.mask !== 0n) return undefined;
    return varOff.value < BigInt(maxEntries) ? Number(varOff.value) : undefined;
  },
  // By none of these does an instruction set a register: neither liveness nor the log knows of it.
  dropPacketPointers: (v, { frames }) => {
    const dropped = v.subject.privileged ? v.unknownScalar : v.notInit;
    for (const { registers, slots } of frames) {
      registers.forEach((register, r) => {
        if (isPacketPointer(register)) registers[r] = dropped;
      });
      slots.forEach(({ bytes, spilled }, slot) => {
        if (spilled !== undefined && isPacketPointer(spilled)) {
          slots[slot] = new StackSlot(bytes, dropped);
        }
      });
    }
  },
};

/** Before R0 to R5 are clobbered: keeps the index, on which a direct jump then depends (`record_func_key`). */
export function recordTailCall(v: Verification, map: number): void {
  v.parts.helpers.checkProgArray(v, map);
  const site = v.callSites.get(v.pc);
  invariant(site !== undefined, 'the map of a call is kept before its index');
  const { maxEntries } = v.subject.maps[map]!;
  const index = v.parts.tailCall.knownIndex(v.frame.registers[3]!, maxEntries);
  recordIndex(site, index);
  if (index !== undefined) v.parts.precision.markRegister(v, 3);
}

/**
 * A call that fails goes on behind itself. In a function, one that succeeds comes back to the caller, too, with what
 * the other program returned; kernels that know it go through that first (6.19).
 * @returns the next slot of the path that goes on
 */
export function afterTailCall(v: Verification): number {
  const { tailCallPackets, tailCallReturns } = v.rules;
  const { tailCall: rules } = v.parts;
  const next = v.pc + 1;
  if (tailCallPackets === 'drop') rules.dropPacketPointers(v, v.state);
  if (!tailCallReturns || v.state.frames.length === 1) return next;
  v.parts.explore.pushBranch(v, next);
  rules.dropPacketPointers(v, v.state);
  v.define(0, v.unknownScalar);
  return leaveFunction(v);
}
