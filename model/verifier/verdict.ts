// What the verifier says of a program.

import type { ErrnoName } from '../maps/errno.ts';
import type { DirectTailCall } from './helpers/call-site.ts';

/** What `bpf(BPF_PROG_LOAD)` gives back. */
export type Verdict = Accepted | Rejected | Unsupported;

export interface Accepted {
  readonly kind: 'accepted';
  readonly statistics: Statistics;
  /** In the kernel's spelling; empty at log level 0. */
  readonly log: string;
  /** Tail calls that a compiler may make direct; a kernel's log does not tell them. */
  readonly tailCalls?: readonly DirectTailCall[];
}

export interface Rejected {
  readonly kind: 'rejected';
  readonly errno: ErrnoName;
  /** The last line that the kernel logs before its statistics; empty where it says nothing. */
  readonly message: string;
  /** Slot of the instruction that is at fault; absent where none is. */
  readonly pc?: number;
  readonly statistics: Statistics;
  readonly log: string;
}

/** The program uses what is not modelled. Never an acceptance. */
export interface Unsupported {
  readonly kind: 'unsupported';
  readonly reason: string;
  readonly pc?: number;
}

/** The numbers of the log's last line. */
export interface Statistics {
  /** Instructions that were gone through, on all paths. */
  readonly processed: number;
  /** States kept for pruning: of one instruction, in all, at most at one time. */
  readonly maxStatesPerInstruction: number;
  readonly totalStates: number;
  readonly peakStates: number;
  /** Longest chain of states to which a read register was traced back. */
  readonly markRead: number;
  /** Bytes of stack of each function, rounded as they are allocated. */
  readonly stackDepths: readonly number[];
}
