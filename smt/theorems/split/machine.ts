// The design that was rejected, as a second transition system: `p = prog_lookup(map, index)`, then
// `tail_call_ptr(ctx, p)`. Sources: the thread of May 2015 (Lutomirski asks, Starovoitov answers) and reference
// linux-tail-calls.md §8 and §2.4. No kernel has it, so no engine runs it: its counterexamples are traces of this machine.
//
// Why few variables speak about all programs, arrays and schedules: the machine watches one program and one slot, both
// arbitrary. What other slots do to the watched program is that its references go up and down (`take`, `drop`); what a
// lookup of another slot finds is any program, and the watched one only while it is referenced. Other runs can only
// delay a grace period, so a grace period that waits for this run alone allows every order of events, and more. Of the
// places that may hold pointers (registers, stack slots) some are watched; what another place holds is anything.

import type { Total } from '../../../model/errors.ts';
import type { TailCallKnobs } from '../../semantics/tail-call.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bool,
  boolVar,
  bv,
  bvadd,
  bvsub,
  bvugt,
  bvult,
  bvVar,
  distinct,
  eq,
  FALSE,
  implies,
  ite,
  not,
  or,
  TRUE,
} from '../../terms/index.ts';
import type { Subject } from '../theorem.ts';

/** A program; 0 is none: an empty slot, a null pointer. */
export const NO_PROGRAM = bv(32, 0n);
const ZERO = bv(64, 0n);
const ONE = bv(64, 1n);
/** More references than there can be descriptors; kept so that counts do not wrap. */
const REFS_MAX = bv(64, 2n ** 63n);

/** What may happen between two instants; `take` and `drop` are references from other slots and from descriptors. */
export const EVENT_KINDS = [
  'lookup',
  'call',
  'clobber',
  'write',
  'take',
  'drop',
  'close',
  'open',
  'free',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What does not change: the profile, the watched program, and which obligations the design imposes. */
export interface World {
  readonly knobs: TailCallKnobs;
  readonly limit: BvTerm;
  readonly context: BvTerm;
  readonly watched: BvTerm;
  /** The ownership key of the running program: type, attach type and so on, as one value. */
  readonly callerKey: BvTerm;
  /** The watched program is freed after a grace period of the kind of section that this run holds (RCU, tasks trace). */
  readonly sameGrace: BoolTerm;
  readonly design: Design;
  readonly split: SplitMeaning;
}

/** The obligations that the split puts on verifier and runtime, and that the helper has no need of. */
export interface Design {
  /** A pointer is void once the section ends in which it was looked up. */
  readonly endsWithSection: BoolTerm;
  /** The limit is tested by the jump; otherwise by the lookup. */
  readonly checkedAtJump: BoolTerm;
  /** A pointer is void once it was jumped to. */
  readonly usedOnce: BoolTerm;
  /** The context goes back into R1 before the jump. */
  readonly reloadsContext: BoolTerm;
  /** The pointer's type names the owner of its array; otherwise the jump's map operand is all that is compared. */
  readonly ownerInPointer: BoolTerm;
}

/** A pointer, and the owner key of the array that it was looked up in: the key of the program, by tail-call/compatibility. */
export interface Pointer {
  readonly program: BvTerm;
  readonly owner: BvTerm;
}

export const OBLIGATIONS = [
  'endsWithSection',
  'checkedAtJump',
  'usedOnce',
  'reloadsContext',
  'ownerInPointer',
] as const satisfies readonly (keyof Design)[];

/** Between two events. */
export interface SplitState {
  /** The program in the watched slot. */
  readonly slot: BvTerm;
  /** References to the watched program, the watched slot's included. */
  readonly refs: BvTerm;
  readonly freed: BoolTerm;
  /** The watched program's grace period has begun and waits for the section of this run. */
  readonly awaited: BoolTerm;
  readonly section: BoolTerm;
  /** What the watched places hold. */
  readonly pointers: readonly Pointer[];
  readonly counter: BvTerm;
  /** How many calls were taken: what the limit is about. */
  readonly taken: BvTerm;
  readonly r1: BvTerm;
}

/** One event; each kind reads the fields that concern it. */
export interface SplitEvent {
  readonly kind: BvTerm;
  readonly place: BvTerm;
  /** lookup: what another slot holds; write: what goes into the watched slot; call: what an unwatched place holds. */
  readonly program: BvTerm;
  /** lookup: in a slot other than the watched one. */
  readonly other: BoolTerm;
  /** lookup: the owner of the array; call: the owner of the map that the instruction names. */
  readonly owner: BvTerm;
  /** clobber: the value that R1 gets. */
  readonly value: BvTerm;
}

export interface EventMeaning {
  /** When the event can happen. */
  readonly guard: (state: SplitState, event: SplitEvent, world: World) => BoolTerm;
  /** What it changes. */
  readonly next: (state: SplitState, event: SplitEvent, world: World) => Partial<SplitState>;
}

/** What a call enters, if it is taken. */
export interface Entry {
  readonly taken: BoolTerm;
  readonly program: BvTerm;
  readonly owner: BvTerm;
  readonly r1: BvTerm;
}

/** The pointer in the place that an event names. */
function pointerIn({ pointers }: SplitState, { place, program, owner }: SplitEvent): Pointer {
  return pointers.reduce<Pointer>(
    (rest, pointer, n) => {
      const here = eq(place, placeNumber(n));
      return {
        program: ite(here, pointer.program, rest.program),
        owner: ite(here, pointer.owner, rest.owner),
      };
    },
    { program, owner },
  );
}

/** The pointers once `pointer` has been put into a place. */
function put(pointers: readonly Pointer[], place: BvTerm, pointer: Pointer): readonly Pointer[] {
  return pointers.map((old, n) => {
    const here = eq(place, placeNumber(n));
    return {
      program: ite(here, pointer.program, old.program),
      owner: ite(here, pointer.owner, old.owner),
    };
  });
}

/** Null pointers where a condition holds. */
function voided(pointers: readonly Pointer[], condition: BoolTerm): readonly Pointer[] {
  return pointers.map(({ program, owner }) => ({
    program: ite(condition, NO_PROGRAM, program),
    owner,
  }));
}

export function placeNumber(n: number): BvTerm {
  return bv(8, BigInt(n));
}

function entry(state: SplitState, event: SplitEvent, world: World): Entry {
  const { checkedAtJump, reloadsContext } = world.design;
  return {
    taken: or(not(checkedAtJump), world.split.admits(state.counter, world.limit)),
    ...pointerIn(state, event),
    r1: ite(reloadsContext, world.context, state.r1),
  };
}

/** The last reference is gone: a grace period begins, for the section of this run if it is of the right kind. */
function dropped(state: SplitState, refs: BvTerm, world: World): Partial<SplitState> {
  const last = and(eq(refs, ZERO), distinct(state.refs, ZERO));
  return { refs, awaited: ite(last, and(state.section, world.sameGrace), state.awaited) };
}

const one = (condition: BoolTerm): BvTerm => ite(condition, ONE, ZERO);

export const EVENTS: Total<EventKind, EventMeaning> = {
  lookup: {
    guard: (state, { program, other }, { watched }) =>
      and(state.section, implies(and(other, eq(program, watched)), bvugt(state.refs, ZERO))),
    // An index out of range finds nothing: `other` with no program.
    next: (state, { place, program, other, owner }, { design, limit, split }) => {
      const refused = and(not(design.checkedAtJump), not(split.admits(state.counter, limit)));
      const found = ite(other, program, state.slot);
      return {
        pointers: put(state.pointers, place, {
          program: ite(refused, NO_PROGRAM, found),
          owner,
        }),
      };
    },
  },
  call: {
    // `if p` comes before it: the verifier's null check.
    guard: (state, event, world) => {
      const { program, owner } = world.split.entry(state, event, world);
      const compared = ite(world.design.ownerInPointer, owner, event.owner);
      return and(state.section, distinct(program, NO_PROGRAM), eq(compared, world.callerKey));
    },
    next: (state, event, world) => {
      const { taken } = world.split.entry(state, event, world);
      const spent = and(taken, world.design.usedOnce);
      const burnt = one(or(taken, bool(world.knobs.burns.exhausted)));
      return {
        counter: bvadd(state.counter, burnt),
        taken: bvadd(state.taken, one(taken)),
        pointers: state.pointers.map(
          (pointer, n) => voided([pointer], and(spent, eq(event.place, placeNumber(n))))[0]!,
        ),
      };
    },
  },
  clobber: { guard: () => TRUE, next: (_state, { value }) => ({ r1: value }) },
  write: {
    // Who inserts a program holds a descriptor of it.
    guard: (state, { program }, { watched }) =>
      implies(eq(program, watched), and(bvugt(state.refs, ZERO), bvult(state.refs, REFS_MAX))),
    next: (state, { program }, world) => {
      const more = bvadd(state.refs, one(eq(program, world.watched)));
      const refs = bvsub(more, one(eq(state.slot, world.watched)));
      return { slot: program, ...dropped(state, refs, world) };
    },
  },
  take: {
    guard: (state) => and(bvugt(state.refs, ZERO), bvult(state.refs, REFS_MAX)),
    next: (state) => ({ refs: bvadd(state.refs, ONE) }),
  },
  drop: {
    guard: (state, _event, { watched }) => bvugt(state.refs, one(eq(state.slot, watched))),
    next: (state, _event, world) => dropped(state, bvsub(state.refs, ONE), world),
  },
  close: {
    guard: (state) => state.section,
    next: (state, _event, { design }) => ({
      section: FALSE,
      awaited: FALSE,
      pointers: voided(state.pointers, design.endsWithSection),
    }),
  },
  open: { guard: (state) => not(state.section), next: () => ({ section: TRUE }) },
  free: {
    guard: (state) => and(eq(state.refs, ZERO), not(state.awaited), not(state.freed)),
    next: () => ({ freed: TRUE }),
  },
};

/** The machine as a value: a planted fault is a copy with one entry replaced. */
export interface SplitMeaning {
  readonly events: Total<EventKind, EventMeaning>;
  readonly entry: (state: SplitState, event: SplitEvent, world: World) => Entry;
  /** The pointer that a lookup gives, by the slot's content. */
  readonly found: (index: BvTerm, maxEntries: BvTerm, slot: BvTerm) => BvTerm;
  /** Whether one more call is within the limit. */
  readonly admits: (counter: BvTerm, limit: BvTerm) => BoolTerm;
  /** Whether user space may put a program with this key into an array with this owner. */
  readonly accepts: (programKey: BvTerm, owner: BvTerm) => BoolTerm;
}

export const SPLIT: SplitMeaning = {
  events: EVENTS,
  entry,
  found: (index, maxEntries, slot) => ite(bvult(index, maxEntries), slot, NO_PROGRAM),
  admits: bvult,
  accepts: eq,
};

/** A subject may carry its own split machine; the real one is taken otherwise. */
export interface SplitSubject extends Subject {
  readonly split?: SplitMeaning;
}

/** A fault of the machine, for `TheoremFault.plant`. */
export function plantSplit(change: Partial<SplitMeaning>) {
  return (subject: SplitSubject): SplitSubject => ({
    ...subject,
    split: { ...SPLIT, ...subject.split, ...change },
  });
}

/** A fault of one event. */
export function plantEvent(kind: EventKind, change: Partial<EventMeaning>) {
  return (subject: SplitSubject): SplitSubject => {
    const { split = SPLIT } = subject;
    const event = { ...split.events[kind], ...change };
    return { ...subject, split: { ...split, events: { ...split.events, [kind]: event } } };
  };
}

/** The world of a subject; which obligations there are is open unless they are named. */
export function worldOf(subject: SplitSubject, obligations?: readonly (keyof Design)[]): World {
  const obliged = (name: keyof Design) =>
    obligations === undefined ? boolVar(`design.${name}`) : bool(obligations.includes(name));
  const { tailCall } = subject.profile;
  return {
    knobs: tailCall,
    limit: bv(64, BigInt(tailCall.limit)),
    split: subject.split ?? SPLIT,
    context: bvVar('context', 64),
    watched: bvVar('watched', 32),
    callerKey: bvVar('caller.key', 64),
    sameGrace: boolVar('same_grace'),
    design: {
      endsWithSection: obliged('endsWithSection'),
      checkedAtJump: obliged('checkedAtJump'),
      usedOnce: obliged('usedOnce'),
      reloadsContext: obliged('reloadsContext'),
      ownerInPointer: obliged('ownerInPointer'),
    },
  };
}

/** An arbitrary state, for inductive steps; one place is watched, number 0. */
export function anyState(): SplitState {
  return {
    slot: bvVar('slot', 32),
    refs: bvVar('refs', 64),
    freed: boolVar('freed'),
    awaited: boolVar('awaited'),
    section: boolVar('section'),
    pointers: [{ program: bvVar('pointer', 32), owner: bvVar('pointer.owner', 64) }],
    counter: bvVar('counter', 64),
    taken: bvVar('taken', 64),
    r1: bvVar('r1', 64),
  };
}

export function kindTerm(kind: EventKind): BvTerm {
  return bv(4, BigInt(EVENT_KINDS.indexOf(kind)));
}

/** The event with number `n`, of any kind; of the given kind where there is one. */
export function eventNumbered(n: number, kind?: EventKind): SplitEvent {
  const name = (field: string) => `event${n}.${field}`;
  return {
    kind: kind === undefined ? bvVar(name('kind'), 4) : kindTerm(kind),
    place: bvVar(name('place'), 8),
    program: bvVar(name('program'), 32),
    other: boolVar(name('other')),
    owner: bvVar(name('owner'), 64),
    value: bvVar(name('value'), 64),
  };
}
