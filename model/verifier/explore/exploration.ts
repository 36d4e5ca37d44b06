// Where a verification's paths are at: what waits, what was kept, and the counts of the log's last line.

import type { Backtrack } from '../parts.ts';
import type { ScalarDomain } from '../scalars.ts';
import { Register } from '../state/register.ts';
import type { State, Step } from '../state/state.ts';
import type { Verification } from '../verification.ts';
import { BacktrackState } from './backtrack-state.ts';
import { PairedIds } from './ids.ts';

/** A state that waits for its turn (`bpf_verifier_stack_elem`). */
export interface Branch {
  readonly state: State;
  readonly pc: number;
  /** The instruction that led there. */
  readonly previousPc: number;
  /** The end of the log when it began to wait. */
  readonly logPosition: number;
}

/** A state that was kept, to compare later ones with (`bpf_verifier_state_list`). */
export class Checkpoint {
  readonly state: State;
  readonly pc: number;
  /** The next older one of its list. */
  next: Checkpoint | undefined;
  /** How often it covered a state, and how often it did not. */
  hits = 0;
  misses = 0;
  /** What was not read is forgotten; nothing more will be marked (`REG_LIVE_DONE`). */
  isClean = false;

  constructor(state: State, pc: number, next: Checkpoint | undefined) {
    this.state = state;
    this.pc = pc;
    this.next = next;
  }
}

export class Exploration {
  /** The last comes next. */
  readonly waiting: Branch[] = [];
  /** The newest checkpoint of each list (`explored_states`), of which there are as many as slots. */
  readonly lists: (Checkpoint | undefined)[];
  /** Checkpoints that are compared no more, but from which paths may still go on. */
  readonly retired: Checkpoint[] = [];
  /** Instructions of the jump classes that were gone through. */
  jumps = 0;
  /** As they were when the last checkpoint was made. */
  jumpsAtCheckpoint = 0;
  processedAtCheckpoint = 0;
  /** Of the statistics. */
  maxStatesPerInstruction = 0;
  totalStates = 0;
  peakStates = 0;
  markRead = 0;
  /** The current instruction's step, once it has one. */
  step: Step | undefined;
  readonly ids = new PairedIds();
  readonly backtrack = new BacktrackState();
  /** By slot: how precision is traced back through the instruction, looked up when it first is. */
  readonly backtracks: (Backtrack | undefined)[];
  /** What a slot holds of which nothing is known. */
  readonly anyScalar: Register;

  /** @param length slots of the program. */
  constructor(domain: ScalarDomain, length: number) {
    this.lists = new Array<undefined>(length).fill(undefined);
    this.backtracks = new Array<undefined>(length).fill(undefined);
    this.anyScalar = new Register('scalar', domain.unknown);
  }
}

/** The list of the current instruction. Others share it, as in the kernel's hash table: the statistics show it. */
export function listOf({ pc, frame, exploration }: Verification): number {
  return ((pc ^ frame.callSite) >>> 0) % exploration.lists.length;
}
