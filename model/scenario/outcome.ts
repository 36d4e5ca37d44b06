// What a run gives: see docs/semantics.md. Every engine returns this and nothing else.

export const TRAP_KINDS = [
  'out_of_bounds',
  'bad_address',
  'bad_call',
  'call_depth',
  'uninitialised_read',
  'incompatible_program',
  'use_after_free',
] as const;
export type TrapKind = (typeof TRAP_KINDS)[number];

export const HOP_RESULTS = ['taken', 'empty', 'out_of_range', 'exhausted'] as const;
export type HopResult = (typeof HOP_RESULTS)[number];

/** An instruction of a scenario: program index and slot. */
export interface CodePlace {
  readonly program: number;
  readonly pc: number;
}

/** One attempted tail call. */
export interface Hop {
  readonly at: CodePlace;
  /** Steps completed before the attempt. */
  readonly step: number;
  /** Index into `Scenario.maps`. */
  readonly map: number;
  /** R3, 64 bits. */
  readonly index: bigint;
  readonly result: HopResult;
  /** The program entered, or -1. */
  readonly target: number;
}

/** The final contents of one map. */
export type MapContents =
  | { readonly type: 'array'; readonly values: readonly Uint8Array[] }
  | {
      readonly type: 'hash';
      /** By slot; a free slot is null. */
      readonly slots: readonly ({ readonly key: Uint8Array; readonly value: Uint8Array } | null)[];
    }
  | {
      readonly type: 'prog_array';
      /** By slot: program index, or -1 where empty. */
      readonly slots: readonly number[];
    };

/** A program as an object of the kernel: docs/semantics.md, Objects. */
export interface ProgramObject {
  readonly state: 'absent' | 'loaded' | 'freed';
  readonly refs: number;
}

/** A prog array as an object of the kernel. */
export interface ProgArrayObject {
  readonly state: 'absent' | 'live' | 'freed';
  /** Its descriptor and its pin. */
  readonly users: number;
  readonly refs: number;
  readonly frozen: boolean;
  /** The program whose attributes it goes by, or -1. */
  readonly owner: number;
}

/** What is left when the run is over and its grace period has passed. */
export interface Objects {
  readonly programs: readonly ProgramObject[];
  /** By map; null for maps with values. */
  readonly progArrays: readonly (ProgArrayObject | null)[];
}

export type Ending =
  | { readonly kind: 'exit'; readonly r0: bigint }
  | { readonly kind: 'trap'; readonly trap: TrapKind; readonly at: CodePlace }
  | { readonly kind: 'out_of_fuel'; readonly at: CodePlace }
  | { readonly kind: 'unsupported'; readonly reason: string; readonly at: CodePlace };

export interface Outcome {
  readonly ending: Ending;
  /** Instructions that completed. */
  readonly steps: number;
  /** Tail calls taken. */
  readonly tailCalls: number;
  readonly hops: readonly Hop[];
  readonly context: Uint8Array;
  readonly packet: Uint8Array;
  /** Live frames, outermost first. */
  readonly stack: readonly Uint8Array[];
  readonly maps: readonly MapContents[];
  /** For each schedule entry: 0, an errno, or null when it was never reached. */
  readonly schedule: readonly (number | null)[];
  readonly objects: Objects;
}
