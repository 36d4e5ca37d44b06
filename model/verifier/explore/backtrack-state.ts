// Scalars whose precision is asked for, while their values are traced back (`backtrack_state`).

/** MAX_CALL_FRAMES */
const FRAMES = 8;
const SLOTS = 64;

/** Registers and slots, as bit sets by frame. */
export class BacktrackState {
  /** The frame of the instruction that was traced back last. */
  frame = 0;
  private readonly registers = new Int32Array(FRAMES);
  private readonly lowSlots = new Int32Array(FRAMES);
  private readonly highSlots = new Int32Array(FRAMES);

  clear(): void {
    this.registers.fill(0);
    this.lowSlots.fill(0);
    this.highSlots.fill(0);
  }

  get isEmpty(): boolean {
    for (let frame = 0; frame <= this.frame; frame++) {
      if (this.registers[frame] !== 0 || this.hasSlots(frame)) return false;
    }
    return true;
  }

  registersOf(frame: number): number {
    return this.registers[frame]!;
  }

  hasRegister(register: number, frame = this.frame): boolean {
    return ((this.registers[frame]! >>> register) & 1) !== 0;
  }

  addRegister(register: number, frame = this.frame): void {
    this.registers[frame]! |= 1 << register;
  }

  deleteRegister(register: number, frame = this.frame): void {
    this.registers[frame]! &= ~(1 << register);
  }

  hasSlots(frame = this.frame): boolean {
    return this.lowSlots[frame] !== 0 || this.highSlots[frame] !== 0;
  }

  hasSlot(frame: number, slot: number): boolean {
    return ((this.wordOf(slot)[frame]! >>> (slot & 31)) & 1) !== 0;
  }

  addSlot(frame: number, slot: number): void {
    this.wordOf(slot)[frame]! |= 1 << (slot & 31);
  }

  deleteSlot(frame: number, slot: number): void {
    this.wordOf(slot)[frame]! &= ~(1 << (slot & 31));
  }

  /** In ascending order. */
  slotsOf(frame: number): number[] {
    if (!this.hasSlots(frame)) return NONE;
    const slots: number[] = [];
    for (let slot = 0; slot < SLOTS; slot++) if (this.hasSlot(frame, slot)) slots.push(slot);
    return slots;
  }

  private wordOf(slot: number): Int32Array {
    return slot < 32 ? this.lowSlots : this.highSlots;
  }
}

const NONE: number[] = [];
