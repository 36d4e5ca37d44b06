// Engine profiles: the observable tail-call behaviour of one kernel version and engine, as data.
// Both engines read the knobs of `tailCall`; each implements them on its own, from docs/semantics.md.

import type { Total } from '../errors.ts';
import type { LinuxRelease } from './instruction-set.ts';

/**
 * How sure a fact is: observed on a running kernel, read in source, remembered, a hypothesis; or stated by a
 * user's own profile.
 */
export type Provenance = 'O' | 'S' | 'M' | 'H' | 'U';

export interface Fact {
  readonly tag: Provenance;
  readonly source: string;
}

export const TAIL_CALL_CHECKS = ['index', 'count', 'slot'] as const;
export type TailCallCheck = (typeof TAIL_CALL_CHECKS)[number];

export const PROPAGATIONS = ['rejected', 'value', 'reference', 'writeback'] as const;
export type Propagation = (typeof PROPAGATIONS)[number];

/** What the engines execute: docs/semantics.md, Tail calls. */
export interface TailCallKnobs {
  /** Successful tail calls for each counter. */
  readonly limit: number;
  /** The checks, each once, in the order in which they are made. */
  readonly order: readonly TailCallCheck[];
  /** Bits of R3 that make the index. */
  readonly indexBits: 32 | 64;
  /** Whether all 64 bits of R3 are compared with max_entries before anything else, as for the unprivileged. */
  readonly indexMasked: boolean;
  /** Which failed tail calls use up one of the limit. */
  readonly burns: {
    readonly outOfRange: boolean;
    readonly exhausted: boolean;
    readonly empty: boolean;
  };
  /** What a local call does with the counter. */
  readonly propagation: Propagation;
  /** What a local call does with the counter where a trampoline stands in between. */
  readonly trampoline: 'preserves' | 'resets';
  /** Whether a local call finds the count also where the stack is no multiple of 8. */
  readonly countSlot: 'rounded' | 'unrounded';
  /** What makes a constant index a direct jump: a comparison, or the least tnum that covers all that are in range. */
  readonly directKey: 'checked' | 'tnum_range';
}

/** What starts a new counter. */
export const COUNTER_ROOTS = [
  /** An invocation of a program by its hook. */
  'run',
  'test_run',
  /** Programs that a trampoline calls: fentry, fexit, fmod_ret. */
  'tracing',
  /** A program that replaces a function. */
  'freplace',
  'struct_ops',
  /** Callbacks that run later: timers, work queues. */
  'async_callback',
  'exception_callback',
] as const;
export type CounterRoot = (typeof COUNTER_ROOTS)[number];

/** What must agree between a prog array's owner and every program in it. */
export const COMPAT_KEYS = [
  'type',
  'jited',
  /** Programs that override the return of probed functions are compatible with nothing. */
  'kprobe_override',
  'xdp_has_frags',
  /** Programs bound to a device are refused. */
  'dev_bound',
  'attach_func_proto',
  /** Neither extensions nor what one extends. */
  'extension',
  /** An equal cgroup storage, or none at all. */
  'cgroup_storage',
  /** An equal cgroup storage, or none and no tail calls either. */
  'cgroup_storage_leaf',
  'expected_attach_type',
  'sleepable',
] as const;
export type CompatKey = (typeof COMPAT_KEYS)[number];

/** How prog arrays and programs live, also executed: docs/semantics.md, Objects. */
export interface ObjectKnobs {
  readonly compatKeys: readonly CompatKey[];
  /** Whether looking at an array's owner and becoming it are one step. */
  readonly ownerLocked: boolean;
  /** What empties an array: the end of its last user, or of its descriptor. */
  readonly clearedOn: 'last_user' | 'descriptor';
  /** When a program without references is freed. */
  readonly freed: 'grace_period' | 'at_once';
  /** What an array must be to be frozen: not frozen yet (else EBUSY), or writable by user space (else EPERM). */
  readonly freezeNeeds: 'unfrozen' | 'writable';
}

/** What no engine executes yet; docs/profiles.md says so of each. */
export interface StaticKnobs {
  /** What starts a new counter. */
  readonly newCounter: readonly CounterRoot[];
  readonly stack: {
    /** Bytes of stack below which the callers of a function with a tail call must stay. */
    readonly callerLimit: number | 'none';
    /** Bytes to which a function's stack is rounded up. */
    readonly rounding: 16 | 32;
    /** Nested functions of one program. */
    readonly frames: number;
  };
  /** The verifier's state after a call. */
  readonly afterCall: {
    readonly r0: 'undefined';
    /** Packet pointers: kept, all dropped, or a state each for failure (kept) and success (dropped). */
    readonly packetPointers: 'keep' | 'drop' | 'fork';
  };
  /** What user space is told. */
  readonly mapErrors: {
    /** Reading a slot: refused, or the program's id. */
    readonly lookup: 'ENOTSUPP' | 'id';
  };
  /** Division by a register of 0: the result is 0, or the program ends with R0 = 0. */
  readonly div0: 'zero' | 'abort0';
  /** Which instructions there are: those of this release of Linux. */
  readonly instructionSet: LinuxRelease;
}

export type Knobs = TailCallKnobs & ObjectKnobs & StaticKnobs;
export type KnobName = keyof Knobs;

export interface Profile {
  readonly name: string;
  readonly tailCall: TailCallKnobs;
  readonly objects: ObjectKnobs;
  /** Facts that no engine executes yet. */
  readonly facts: StaticKnobs;
  /** Where each fact comes from, and how sure it is. */
  readonly provenance: Total<KnobName, Fact>;
  /** A profile of a user's own: the one that it started from. */
  readonly from?: string;
}

/** What the engines execute. */
export const EXECUTED_KNOBS: readonly (keyof (TailCallKnobs & ObjectKnobs))[] = [
  'limit',
  'order',
  'indexBits',
  'indexMasked',
  'burns',
  'propagation',
  'trampoline',
  'countSlot',
  'directKey',
  'compatKeys',
  'ownerLocked',
  'clearedOn',
  'freed',
  'freezeNeeds',
];

/** Names two profiles alike if and only if no run of a scenario can tell them apart by their knobs. */
export function behaviourKey({ tailCall, objects }: Profile): string {
  return JSON.stringify([tailCall, objects]);
}

/** From the surest to the least sure. */
const BY_SURENESS: readonly Provenance[] = ['O', 'S', 'U', 'M', 'H'];

/** The least sure tag among what the engines execute. */
export function weakestTag({ provenance }: Profile): Provenance {
  const tags = EXECUTED_KNOBS.map((knob) => provenance[knob].tag);
  return BY_SURENESS.findLast((tag) => tags.includes(tag)) ?? 'H';
}
