// One function's registers and stack, as a state has them.

import type { Register } from './register.ts';
import { INVALID_SLOT, type StackSlot } from './slot.ts';

/** A set of the stack's 64 slots. */
export class SlotSet {
  private low = 0;
  private high = 0;

  has(slot: number): boolean {
    return ((slot < 32 ? this.low >>> slot : this.high >>> (slot - 32)) & 1) !== 0;
  }

  add(slot: number): void {
    if (slot < 32) this.low |= 1 << slot;
    else this.high |= 1 << (slot - 32);
  }

  get isEmpty(): boolean {
    return (this.low | this.high) === 0;
  }

  addAll(): void {
    this.low = -1;
    this.high = -1;
  }

  clear(): void {
    this.low = 0;
    this.high = 0;
  }

  copyFrom(other: SlotSet): void {
    this.low = other.low;
    this.high = other.high;
  }
}

/** Registers (bit sets of r0 to r10) and slots of one frame. */
export class Marks {
  registers = 0;
  readonly slots = new SlotSet();

  clear(): void {
    this.registers = 0;
    this.slots.clear();
  }

  copyFrom(other: Marks): void {
    this.registers = other.registers;
    this.slots.copyFrom(other.slots);
  }
}

/** `bpf_func_state`. Mutable; a copy shares the registers and slots themselves. */
export class Frame {
  /** 0 for the program's entry. */
  readonly number: number;
  /** Index of the function. */
  readonly subprogram: number;
  /** Slot of the call that made the frame; -1 for the entry. */
  readonly callSite: number;
  /** r0 to r10. */
  readonly registers: Register[];
  /** Slot n is the 8 bytes from r10 - 8 (n + 1); those not there yet are all invalid. */
  readonly slots: StackSlot[];
  /** Tells one call's frame from another's; the copies of a frame share it. */
  readonly identity: object;
  /**
   * Liveness. What was read of the state that this is a copy of (`REG_LIVE_READ`, kept at checkpoints), and what
   * was written since the last checkpoint (`REG_LIVE_WRITTEN`), which ends a search for whom a read concerns.
   */
  readonly read = new Marks();
  readonly written = new Marks();
  /** Of the registers that were read, those read in all 64 bits (`REG_LIVE_READ64`): only statistics tell. */
  wholeReads = 0;
  /** What changed since the state was last printed. */
  readonly scratched = new Marks();

  constructor(
    number: number,
    subprogram: number,
    callSite: number,
    registers: Register[],
    slots: StackSlot[] = [],
    identity: object = {},
  ) {
    this.number = number;
    this.subprogram = subprogram;
    this.callSite = callSite;
    this.registers = registers;
    this.slots = slots;
    this.identity = identity;
  }

  slot(slot: number): StackSlot {
    return this.slots[slot] ?? INVALID_SLOT;
  }

  /** Replaces a slot, with those above it there from now on. */
  setSlot(slot: number, value: StackSlot): void {
    while (this.slots.length < slot) this.slots.push(INVALID_SLOT);
    this.slots[slot] = value;
    this.scratched.slots.add(slot);
  }

  setRegister(register: number, value: Register): void {
    this.registers[register] = value;
    this.scratched.registers |= 1 << register;
  }

  copy(): Frame {
    const copy = new Frame(
      this.number,
      this.subprogram,
      this.callSite,
      this.registers.slice(),
      this.slots.slice(),
      this.identity,
    );
    copy.read.copyFrom(this.read);
    copy.wholeReads = this.wholeReads;
    copy.written.copyFrom(this.written);
    copy.scratched.copyFrom(this.scratched);
    return copy;
  }
}
