// Engine profiles: the observable tail-call behaviour of one kernel version and engine, as data.
// Both engines read the knobs of `tailCall`; each implements them on its own, from docs/semantics.md.

import type { Total } from '../errors.ts';

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
  /** A local call that goes through a trampoline: the count was lost there. */
  'trampoline',
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
  readonly compatKeys: readonly CompatKey[];
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
    /** Inserting an extension, or a program that is extended. */
    readonly extension: 'none' | 'EINVAL_EBUSY';
  };
  /** Division by a register of 0: the result is 0, or the program ends with R0 = 0. */
  readonly div0: 'zero' | 'abort0';
}

export type Knobs = TailCallKnobs & StaticKnobs;
export type KnobName = keyof Knobs;

export interface Profile {
  readonly name: string;
  readonly tailCall: TailCallKnobs;
  /** Facts that no engine executes yet. */
  readonly facts: StaticKnobs;
  /** Where each fact comes from, and how sure it is. */
  readonly provenance: Total<KnobName, Fact>;
  /** A profile of a user's own: the one that it started from. */
  readonly from?: string;
}

export const TAIL_CALL_KNOBS: readonly (keyof TailCallKnobs)[] = [
  'limit',
  'order',
  'indexBits',
  'indexMasked',
  'burns',
  'propagation',
];

/** From the surest to the least sure. */
const BY_SURENESS: readonly Provenance[] = ['O', 'S', 'U', 'M', 'H'];

/** The least sure tag among what the engines execute. */
export function weakestTag({ provenance }: Profile): Provenance {
  const tags = TAIL_CALL_KNOBS.map((knob) => provenance[knob].tag);
  return BY_SURENESS.findLast((tag) => tags.includes(tag)) ?? 'H';
}
