// What makes the split design right: for each hazard the obligation that repairs it, by induction over all events.
// Each step lemma is about an arbitrary state, an event of any kind, an arbitrary program and an arbitrary place.

import {
  and,
  type BoolTerm,
  type BvTerm,
  bv,
  bvugt,
  bvule,
  bvult,
  distinct,
  eq,
  implies,
  not,
  or,
  TRUE,
} from '../../terms/index.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';
import {
  anyState,
  EVENTS,
  eventNumbered,
  kindTerm,
  NO_PROGRAM,
  placeNumber,
  plantEvent,
  plantSplit,
  SPLIT,
  type SplitState,
  type World,
  worldOf,
} from './machine.ts';
import { after, isPossible, isStart, startState } from './trace.ts';

const SOURCE = 'reference linux-tail-calls.md §8';
const ZERO = bv(64, 0n);

/** An arbitrary step: a state, an event of any kind, the state after it. */
function anyStep(subject: Subject) {
  const world = worldOf(subject);
  const [before, event] = [anyState(), eventNumbered(0)];
  return { world, before, event, after: after(before, event, world) };
}

/** An arbitrary call through the watched pointer. */
function anyCall(subject: Subject) {
  const world = worldOf(subject);
  const before = anyState();
  const event = { ...eventNumbered(0, 'call'), place: placeNumber(0) };
  const possible = world.split.events.call.guard(before, event, world);
  return { world, before, event, possible, entry: world.split.entry(before, event, world) };
}

function startLemma(
  subject: Subject,
  invariant: (state: SplitState, world: World) => BoolTerm,
): Lemma {
  const world = worldOf(subject);
  const start = startState(world, 1);
  return {
    name: 'start',
    premises: { start: isStart(start, world) },
    conclusion: invariant(start, world),
  };
}

/** The program that the watched pointer points to. */
const pointed = ({ pointers }: SplitState): BvTerm => pointers[0]!.program;

/** The watched pointer is null, or to what the slot holds. */
const inSlot = (state: SplitState): BoolTerm =>
  or(eq(pointed(state), NO_PROGRAM), eq(pointed(state), state.slot));

const FRESH: Theorem = {
  name: 'split/stale-repaired',
  statement:
    'If nobody writes the slot between lookup and call, the program entered is in the slot at the time of the call.',
  source: `${SOURCE}, hazard A`,
  method: { kind: 'induction', on: 'the events since the lookup' },
  expected: 'proved',
  lemmas: (subject) => {
    const { before, event, after } = anyStep(subject);
    const call = anyCall(subject);
    const looksUp = and(eq(event.kind, kindTerm('lookup')), eq(event.place, placeNumber(0)));
    return [
      {
        name: 'step',
        premises: {
          invariant: inSlot(before),
          'no writer': distinct(event.kind, kindTerm('write')),
          'looked up in the slot': implies(looksUp, not(event.other)),
        },
        conclusion: inSlot(after),
      },
      {
        name: 'call',
        premises: { invariant: inSlot(call.before), possible: call.possible },
        conclusion: eq(call.entry.program, call.before.slot),
      },
      {
        name: 'start',
        premises: { 'no pointers': eq(pointed(before), NO_PROGRAM) },
        conclusion: inSlot(before),
      },
    ];
  },
  faults: [
    {
      name: 'a drop that empties the slot',
      plant: plantEvent('drop', { next: () => ({ slot: NO_PROGRAM }) }),
      lemma: 'step',
    },
    {
      name: 'no null check',
      plant: plantEvent('call', { guard: () => TRUE }),
      lemma: 'call',
    },
  ],
};

const LINEARISED: Theorem = {
  name: 'split/linearised',
  statement:
    'Whoever writes when: the pointer that a lookup gives is to what the slot held at the time of the lookup.',
  source: `${SOURCE}, hazard A: "linearised at lookup"`,
  method: { kind: 'direct' },
  expected: 'proved',
  lemmas: (subject) => {
    const { world, before } = anyStep(subject);
    const event = { ...eventNumbered(0, 'lookup'), place: placeNumber(0) };
    return [
      {
        name: 'lookup',
        premises: { 'looked up in the slot': not(event.other) },
        conclusion: inSlot({ ...after(before, event, world), slot: before.slot }),
      },
    ];
  },
  faults: [
    {
      name: 'a lookup that finds the watched program',
      plant: plantEvent('lookup', {
        next: (state, event, world) =>
          EVENTS.lookup.next({ ...state, slot: world.watched }, event, world),
      }),
      lemma: 'lookup',
    },
  ],
};

/**
 * Of an arbitrary program and an arbitrary pointer: what is in the slot is referenced; what is freed had no reference
 * left and no section to wait for; a pointer to the program is held only in a section, and if the last reference
 * has gone since, the grace period waits for that section.
 */
function lifetime(state: SplitState, world: World): BoolTerm {
  const referenced = bvugt(state.refs, ZERO);
  return and(
    implies(eq(state.slot, world.watched), referenced),
    implies(state.freed, and(not(referenced), not(state.awaited))),
    implies(eq(pointed(state), world.watched), and(state.section, or(referenced, state.awaited))),
  );
}

const LIFETIME: Theorem = {
  name: 'split/lifetime',
  statement:
    'If a pointer is void once its section ends, and freeing waits for sections of that kind, every program entered is alive.',
  source: `${SOURCE}, hazard L; §2.4`,
  method: { kind: 'induction', on: 'the events of all CPUs and of user space' },
  expected: 'proved',
  lemmas: (subject) => {
    const { world, before, event, after } = anyStep(subject);
    const call = anyCall(subject);
    return [
      startLemma(subject, lifetime),
      {
        name: 'step',
        premises: {
          invariant: lifetime(before, world),
          possible: isPossible(before, event, world),
          'a program is not 0': distinct(world.watched, NO_PROGRAM),
          'void once its section ends': world.design.endsWithSection,
          'freeing waits for this kind of section': world.sameGrace,
        },
        conclusion: lifetime(after, world),
      },
      {
        name: 'call',
        premises: { invariant: lifetime(call.before, call.world) },
        conclusion: implies(eq(call.entry.program, call.world.watched), not(call.before.freed)),
      },
    ];
  },
  faults: [
    {
      name: 'freed without a grace period',
      plant: plantEvent('free', { guard: (state) => eq(state.refs, ZERO) }),
      lemma: 'step',
    },
    {
      name: 'a lookup outside of a section',
      plant: plantEvent('lookup', {
        guard: (state, event, world) =>
          EVENTS.lookup.guard({ ...state, section: TRUE }, event, world),
      }),
      lemma: 'step',
    },
    {
      name: "a drop of the slot's own reference",
      plant: plantEvent('drop', { guard: (state) => bvugt(state.refs, ZERO) }),
      lemma: 'step',
    },
  ],
};

const BUDGET: Theorem = {
  name: 'split/budget-repaired',
  statement:
    'If the limit is tested by the jump, no more calls are taken than the limit, however many pointers were looked up before.',
  source: `${SOURCE}, hazard N: "limit check must be at the jump"`,
  method: { kind: 'induction', on: 'the events of a run' },
  expected: 'proved',
  lemmas: (subject) => {
    const { world, before, after } = anyStep(subject);
    const counted = (state: SplitState) =>
      and(bvule(state.taken, state.counter), bvule(state.taken, world.limit));
    return [
      startLemma(subject, counted),
      {
        name: 'step',
        premises: {
          invariant: counted(before),
          'tested by the jump': world.design.checkedAtJump,
          'no run makes 2^63 calls': bvult(before.counter, bv(64, 2n ** 63n)),
        },
        // Only profiles that count calls beyond the limit can get there.
        conventions: ['no run makes 2^63 calls'],
        conclusion: counted(after),
      },
    ];
  },
  faults: [
    {
      name: 'limit + 1',
      plant: plantSplit({ admits: bvule }),
      lemma: 'step',
    },
    {
      name: 'a call that does not count',
      plant: plantEvent('call', {
        next: (state, event, world) => ({
          ...EVENTS.call.next(state, event, world),
          counter: state.counter,
        }),
      }),
      lemma: 'step',
    },
  ],
};

const CONTEXT: Theorem = {
  name: 'split/context-repaired',
  statement:
    'If the context is put back into R1 before the jump, the callee gets what the caller was given.',
  source: `${SOURCE}, hazard C: "a spill is required"`,
  method: { kind: 'direct' },
  expected: 'proved',
  lemmas: (subject) => {
    const { world, entry } = anyCall(subject);
    return [
      {
        name: 'call',
        premises: { 'put back': world.design.reloadsContext },
        conclusion: eq(entry.r1, world.context),
      },
    ];
  },
  faults: [
    {
      name: 'R1 as it happens to be',
      plant: plantSplit({
        entry: (state, event, world) => ({
          ...SPLIT.entry(state, event, world),
          r1: state.r1,
        }),
      }),
      lemma: 'call',
    },
  ],
};

const OWNER: Theorem = {
  name: 'split/owner-repaired',
  statement:
    "If the pointer's type names the owner of the array it came from, the program entered has the key of its caller.",
  source: `${SOURCE}: the key must be attached to the pointer type; §2.5`,
  method: { kind: 'direct' },
  expected: 'proved',
  lemmas: (subject) => {
    const { world, entry, possible } = anyCall(subject);
    return [
      {
        name: 'call',
        premises: { possible, 'owner in the type': world.design.ownerInPointer },
        conclusion: eq(entry.owner, world.callerKey),
      },
    ];
  },
  faults: [
    {
      name: 'keys not compared',
      plant: plantEvent('call', { guard: (state) => state.section }),
      lemma: 'call',
    },
  ],
};

export const REPAIRS: readonly Theorem[] = [FRESH, LINEARISED, LIFETIME, BUDGET, CONTEXT, OWNER];
