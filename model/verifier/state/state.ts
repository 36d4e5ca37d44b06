// One state of the verifier: the frames on a path, and how the path came there.

import type { Frame } from './frame.ts';

/**
 * One instruction of the path since the last checkpoint, newest first; a list that paths share. What precision
 * is traced back along. Only instructions that did not follow the one before them in the program, or of which
 * something is to be remembered, have one (`bpf_insn_hist_entry`).
 */
export interface Step {
  readonly pc: number;
  /** The instruction gone through before; -1 where there was none. */
  readonly previousPc: number;
  /** Of an instruction that reads or writes 8 bytes or less of stack through any register: frame and slot, else -1. */
  readonly stackFrame: number;
  readonly stackSlot: number;
  /** Registers and slots with the id of a compared one, where more than it learned; undefined for none. */
  readonly linked: readonly LinkedPlace[] | undefined;
  /** Operands of a comparison that were pointers to the stack: bits of `STACK_POINTER`. */
  readonly stackPointers: number;
  readonly before: Step | undefined;
  /** Steps of the list from here on. */
  readonly length: number;
}

export const STACK_POINTER = { dst: 1, src: 2 } as const;

export interface LinkedPlace {
  readonly frame: number;
  /** A register, or 64 bits of stack. */
  readonly kind: 'register' | 'slot';
  readonly number: number;
}

/** `bpf_verifier_state`. Mutable while it is the current one; a checkpoint changes by marks only. */
export class State {
  /** The running function's frame is the last. */
  readonly frames: Frame[];
  /** The checkpoint that the path went through last. */
  parent: State | undefined;
  /** Paths from here that are not at their end, this one included. */
  branches = 1;
  /** Where the state is or was made, as slots. */
  firstPc = 0;
  lastPc = 0;
  history: Step | undefined;
  /** Branches taken from the start. */
  depth = 0;
  /** may_goto that were gone through. */
  mayGotoDepth = 0;
  /** The checkpoint at which a loop is entered that this one is in (`loop_entry`). */
  loopEntry: State | undefined;
  /** Whether it is another state's `loopEntry`. */
  isLoopEntry = false;
  /** Whether only speculation takes the path. */
  isSpeculative = false;

  constructor(frames: Frame[]) {
    this.frames = frames;
  }

  get frame(): Frame {
    return this.frames[this.frames.length - 1]!;
  }

  /** A state on its own that goes on from this one, for another branch or as a checkpoint. */
  copy(): State {
    const copy = new State(this.frames.map((frame) => frame.copy()));
    copy.parent = this.parent;
    copy.branches = this.branches;
    copy.firstPc = this.firstPc;
    copy.lastPc = this.lastPc;
    copy.history = this.history;
    copy.depth = this.depth;
    copy.mayGotoDepth = this.mayGotoDepth;
    copy.loopEntry = this.loopEntry;
    copy.isLoopEntry = this.isLoopEntry;
    copy.isSpeculative = this.isSpeculative;
    return copy;
  }
}
