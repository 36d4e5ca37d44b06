// Runs of the split machine from its start, event by event: what the refuted statements are refuted by.

import {
  and,
  type BoolTerm,
  type BvTerm,
  bv,
  bvule,
  bvult,
  eq,
  FALSE,
  implies,
  ite,
  not,
  or,
  TRUE,
} from '../../terms/index.ts';
import {
  anyState,
  EVENT_KINDS,
  type EventKind,
  eventNumbered,
  kindTerm,
  NO_PROGRAM,
  placeNumber,
  type SplitEvent,
  type SplitState,
  type World,
} from './machine.ts';

export interface Trace {
  /** `events[n]` leads from `states[n]` to `states[n + 1]`. */
  readonly states: readonly SplitState[];
  readonly events: readonly SplitEvent[];
  /** Every event is possible where it happens. */
  readonly possible: BoolTerm;
}

/** A trace and the world it is in. */
export interface Run {
  readonly world: World;
  readonly trace: Trace;
}

/** A run that has just opened its section: no pointers yet, and the count that earlier calls have left. */
export function startState(
  world: World,
  places: number,
  counter: BvTerm = anyState().counter,
): SplitState {
  const { slot, refs } = anyState();
  return {
    slot,
    refs,
    freed: FALSE,
    awaited: FALSE,
    section: TRUE,
    pointers: Array.from({ length: places }, () => ({
      program: NO_PROGRAM,
      owner: bv(64, 0n),
    })),
    counter,
    taken: counter,
    r1: world.context,
  };
}

/** What a start must satisfy: a count that honest calls can reach, and references that cover the slot. */
export function isStart({ slot, refs, counter }: SplitState, world: World): BoolTerm {
  const inSlot = eq(slot, world.watched);
  return and(
    bvule(counter, world.limit),
    not(eq(world.watched, NO_PROGRAM)),
    // As good as any number of references: no trace here is long enough to drop so many.
    bvult(refs, bv(64, 16n)),
    implies(inSlot, not(eq(refs, bv(64, 0n)))),
  );
}

/** The state after an event, whatever its kind. */
export function after(state: SplitState, event: SplitEvent, world: World): SplitState {
  const { events } = world.split;
  return EVENT_KINDS.reduce<SplitState>(
    (rest, kind) =>
      merged(
        eq(event.kind, kindTerm(kind)),
        { ...state, ...events[kind].next(state, event, world) },
        rest,
      ),
    state,
  );
}

function merged(condition: BoolTerm, a: SplitState, b: SplitState): SplitState {
  return {
    slot: ite(condition, a.slot, b.slot),
    refs: ite(condition, a.refs, b.refs),
    freed: ite(condition, a.freed, b.freed),
    awaited: ite(condition, a.awaited, b.awaited),
    section: ite(condition, a.section, b.section),
    pointers: a.pointers.map(({ program, owner }, n) => ({
      program: ite(condition, program, b.pointers[n]!.program),
      owner: ite(condition, owner, b.pointers[n]!.owner),
    })),
    counter: ite(condition, a.counter, b.counter),
    taken: ite(condition, a.taken, b.taken),
    r1: ite(condition, a.r1, b.r1),
  };
}

/** Whether an event can happen in a state, whatever its kind. */
export function isPossible(state: SplitState, event: SplitEvent, world: World): BoolTerm {
  const { events } = world.split;
  return or(
    ...EVENT_KINDS.map((kind) =>
      and(eq(event.kind, kindTerm(kind)), events[kind].guard(state, event, world)),
    ),
  );
}

/** All runs of these events from a start. */
export function traceOf(
  events: readonly SplitEvent[],
  world: World,
  start: SplitState = startState(world, 1),
): Trace {
  const states = [start];
  const possible = [isStart(states[0]!, world)];
  for (const event of events) {
    const state = states.at(-1)!;
    possible.push(isPossible(state, event, world));
    states.push(after(state, event, world));
  }
  return { states, events, possible: and(...possible) };
}

/** As many events, each of any kind; they use one slot and one pointer. */
export function anyEvents(count: number): SplitEvent[] {
  return Array.from({ length: count }, (_, n) => onlyOne(eventNumbered(n)));
}

/** Events of these kinds; they use one slot and one pointer. */
export function eventsOf(kinds: readonly EventKind[]): SplitEvent[] {
  return kinds.map((kind, n) => onlyOne(eventNumbered(n, kind)));
}

function onlyOne(event: SplitEvent): SplitEvent {
  return { ...event, place: placeNumber(0), other: FALSE };
}

/** As many lookups in one slot, each into a place of its own, and then a call through each. */
export function prefetchEvents(count: number): SplitEvent[] {
  const at = (n: number, kind: EventKind) => ({
    ...eventNumbered(n, kind),
    place: placeNumber(n % count),
    other: FALSE,
  });
  return [
    ...Array.from({ length: count }, (_, n) => at(n, 'lookup')),
    ...Array.from({ length: count }, (_, n) => at(count + n, 'call')),
  ];
}
