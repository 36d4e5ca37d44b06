// A scenario: everything that one run depends on, decoded and checked. The file's schema is in schema.ts.

import type { Program } from '../isa/program.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProgramType } from './context.ts';

/** What compatibility looks at: docs/semantics.md, Ownership. */
export interface ProgramAttributes {
  readonly type: ProgramType;
  readonly jited: boolean;
  readonly xdpHasFrags: boolean;
  /** Unsigned 32 bits; 0 for none. */
  readonly expectedAttachType: number;
  /** Identifies the prototype of the function that it attaches to; unsigned 32 bits, 0 for none. */
  readonly attachFuncProto: number;
  readonly sleepable: boolean;
  /** Identifies the cgroup storage that it uses; unsigned 32 bits, 0 for none. */
  readonly cgroupStorage: number;
  readonly kprobeOverride: boolean;
  readonly devBound: boolean;
}

/** A function of a program: index into `Scenario.programs`, and the slot where it starts. */
export interface FunctionPlace {
  readonly program: number;
  readonly slot: number;
}

export interface NamedProgram {
  readonly name: string;
  readonly program: Program;
  /** What differs from the defaults: see `attributesOf`. */
  readonly attributes?: Partial<ProgramAttributes>;
  /** Whether its local calls go through a trampoline, as those of a program that is traced by fentry or fexit. */
  readonly traced?: boolean;
  /** The function that it takes the place of while attached: it is an extension. */
  readonly replaces?: FunctionPlace;
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

/**
 * What user space does: docs/semantics.md, User space. `map` is a prog array, as index into `Scenario.maps`, and
 * `program` an index into `Scenario.programs`. `index` is an unsigned 32-bit number, which may be out of range.
 */
export type UserOperation =
  | {
      readonly op: 'update';
      readonly map: number;
      readonly index: number;
      readonly program: number;
      /** Unsigned 32 bits. */
      readonly flags?: number;
    }
  | { readonly op: 'delete'; readonly map: number; readonly index: number }
  | { readonly op: 'freeze' | 'inner' | 'pin' | 'unpin' | 'close_map'; readonly map: number }
  | {
      readonly op: 'create';
      readonly map: number;
      /** Asked for instead of what a prog array has; unsigned 32 bits. */
      readonly keySize?: number;
      readonly valueSize?: number;
      readonly flags?: number;
    }
  | { readonly op: 'close_program' | 'load' | 'attach' | 'detach'; readonly program: number };

/** The prog array that an operation is about, as index into `Scenario.maps`; undefined for those about a program. */
export function operationMap(operation: UserOperation): number | undefined {
  return 'map' in operation ? operation.map : undefined;
}

/** The program that an operation is about or inserts, as index into `Scenario.programs`; undefined for none. */
export function operationProgram(operation: UserOperation): number | undefined {
  return 'program' in operation ? operation.program : undefined;
}

export type ScheduleEntry = UserOperation & {
  readonly before: ScheduleTime;
  /** Done by another CPU at the same time as the entry before: docs/semantics.md, Ownership. */
  readonly withPrevious?: boolean;
};

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

/** The attributes of a program: its own, and for the rest those of a plain program of the scenario's type. */
export function attributesOf({ type, programs }: Scenario, program: number): ProgramAttributes {
  return {
    type,
    jited: true,
    xdpHasFrags: false,
    expectedAttachType: 0,
    attachFuncProto: 0,
    sleepable: false,
    cgroupStorage: 0,
    kprobeOverride: false,
    devBound: false,
    ...programs[program]!.attributes,
  };
}

/** Which maps and programs are there when the run starts: all that no schedule entry creates or loads. */
export function presentAtStart({ maps, programs, schedule }: Scenario): {
  readonly maps: readonly boolean[];
  readonly programs: readonly boolean[];
} {
  const created = schedule.flatMap((entry) => (entry.op === 'create' ? [entry.map] : []));
  const loaded = schedule.flatMap((entry) => (entry.op === 'load' ? [entry.program] : []));
  return {
    maps: maps.map((_, map) => !created.includes(map)),
    programs: programs.map((_, program) => !loaded.includes(program)),
  };
}
