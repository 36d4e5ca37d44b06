// How much stack the rules leave to a run of programs that tail-call each other.

/** Limits on the stack of programs, bytes. */
export interface StackLimits {
  /** Of a chain of calls (MAX_BPF_STACK). */
  readonly chain: number;
  /** What the callers of a function that tail-calls have together stays below. */
  readonly callers: number;
  /** Frames are rounded up to this. */
  readonly granule: number;
}

/**
 * The most that is in use at a time after so many tail calls, bytes. Each may leave the frames of its callers where they
 * are, a multiple of the granule below `callers`; the running program has a chain of its own (tail-call/stack).
 */
export function stackAfter(tailCalls: number, { chain, callers, granule }: StackLimits): number {
  const left = granule * (Math.ceil(callers / granule) - 1);
  return tailCalls * left + chain;
}
