// What is known of a program's structure.

export interface Subprogram {
  /** First slot. */
  readonly start: number;
  /** The slot after the last. */
  readonly end: number;
  /** Whether it calls bpf_tail_call itself. */
  readonly hasTailCall: boolean;
  /** Whether it loads with LD_ABS or LD_IND, which may end the program. */
  readonly hasPacketLoad: boolean;
}

/** Flags of a slot. */
export const FLOW = {
  /** States are kept and compared here. */
  prunePoint: 1,
  /** The path is not linear here. */
  jumpPoint: 2,
  /** A state is kept here always. */
  forcedCheckpoint: 4,
} as const;

export interface FlowFacts {
  /** By start; the first is the program's entry. */
  readonly subprograms: readonly Subprogram[];
  /** By slot: the index of its function. */
  readonly functionOf: Uint16Array;
  /** By slot: bits of `FLOW`. */
  readonly flags: Uint8Array;
}
