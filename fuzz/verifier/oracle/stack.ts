// How much stack a run has in use: the frames that are there, each as large as the verifier has counted it. Engines here
// give every frame the same room; kernels give it from one stack of theirs, which the verifier's limits are to keep whole.

import type { Machine } from '../../../interp/index.ts';
import type { CodePlace } from '../../../model/scenario/outcome.ts';
import { type StackLimits, stackAfter } from '../limits/stack-after.ts';

/** A point of a run with more stack in use than the rules leave to it. */
export interface Overuse {
  readonly at: CodePlace;
  readonly step: number;
  /** In use, of all frames. */
  readonly bytes: number;
  /** Taken until then. */
  readonly tailCalls: number;
  /** The most that there may be in use after so many. */
  readonly allowed: number;
}

/** Adds up the frames of one run. */
export class StackWatch {
  /** The deepest point at which too much was in use. */
  deepest: Overuse | undefined;
  private readonly limits: StackLimits;
  /** By depth: bytes of the frames that wait for this one. */
  private readonly waiting = [0];
  private depth = 0;
  private running = 0;
  private tailCalls = 0;

  constructor(limits: StackLimits) {
    this.limits = limits;
  }

  /**
   * Before each instruction. A local call leaves the frame that was running, a tail call replaces it.
   * @param frame bytes of the running function's.
   */
  see({ depth, tailCalls }: Machine, frame: number, at: CodePlace, step: number): void {
    if (depth === this.depth && frame === this.running && tailCalls === this.tailCalls) return;
    if (depth > this.depth) this.waiting[depth] = this.waiting[this.depth]! + this.running;
    this.depth = depth;
    this.running = frame;
    this.tailCalls = tailCalls;
    const bytes = this.waiting[depth]! + frame;
    const allowed = stackAfter(tailCalls, this.limits);
    if (bytes <= allowed || bytes <= (this.deepest?.bytes ?? 0)) return;
    this.deepest = { at, step, bytes, tailCalls, allowed };
  }
}
