// A scenario: everything that one run depends on, decoded and checked. The file's schema is in schema.ts.

import type { Program } from '../isa/program.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProgramType } from './context.ts';

export interface NamedProgram {
  readonly name: string;
  readonly program: Program;
}

export interface ValueMap {
  readonly name: string;
  readonly type: 'array' | 'hash';
  /** Bytes. */
  readonly keySize: number;
  /** Bytes. */
  readonly valueSize: number;
  readonly maxEntries: number;
  /** Initial contents, in the order in which they are inserted. Array keys are 4-byte indices. */
  readonly entries: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[];
}

export interface ProgArray {
  readonly name: string;
  readonly type: 'prog_array';
  readonly maxEntries: number;
  /** Initial contents: the index of a program for each filled slot. */
  readonly entries: readonly { readonly index: number; readonly program: number }[];
}

/** Maps are named by their place in `Scenario.maps`, which is also their file descriptor in programs. */
export type MapDefinition = ValueMap | ProgArray;

/** When a schedule entry is applied: before the n-th step, or before the n-th attempted tail call. */
export type ScheduleTime = { readonly step: number } | { readonly hop: number };

export type ScheduleEntry = {
  readonly before: ScheduleTime;
  /** A prog array: index into `Scenario.maps`. */
  readonly map: number;
  /** Unsigned 32 bits; may be out of range, which gives E2BIG. */
  readonly index: number;
} & ({ readonly op: 'update'; readonly program: number } | { readonly op: 'delete' });

/** What reading an unset register or stack byte does: see docs/semantics.md, Poison. */
export type UninitialisedPolicy = 'ignore' | 'trap';

export interface RunSetup {
  /** Index of the program that is entered. */
  readonly program: number;
  /** Type raw: the context's bytes. Other types: the context built from packet and fields. */
  readonly context: Uint8Array;
  /** Absent for type raw. */
  readonly packet?: Uint8Array;
  /** Type raw: initial values of r0 to r9, unsigned 64 bits. */
  readonly registers: ReadonlyMap<number, bigint>;
  /** Steps. */
  readonly fuel: number;
  /** Seed of clock and random numbers, unsigned 32 bits. */
  readonly seed: number;
  readonly uninitialised: UninitialisedPolicy;
  /** How often a may_goto falls through in one function invocation. */
  readonly mayGoto: number;
  /** Which helpers there are. */
  readonly helpers: 'linux' | 'bpf_conformance';
}

export interface Expectation {
  /** r0, unsigned 64 bits. */
  readonly exit?: bigint;
  /** Trap kind. */
  readonly trap?: string;
  readonly outOfFuel?: boolean;
  readonly tailCalls?: number;
  /** Map contents that must hold at the end: by map index, key to value. */
  readonly maps?: readonly {
    readonly map: number;
    readonly entries: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[];
  }[];
}

export interface Scenario {
  readonly profile: Profile;
  readonly type: ProgramType;
  readonly maps: readonly MapDefinition[];
  readonly programs: readonly NamedProgram[];
  readonly run: RunSetup;
  readonly schedule: readonly ScheduleEntry[];
  readonly expect?: Expectation;
}
