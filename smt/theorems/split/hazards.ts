// What goes wrong when looking up and jumping are two steps. A refuted statement is about the design that has every
// obligation but those named in it; its shorter lemma, over events of all kinds, shows that the counterexample is
// minimal (an event that does nothing can always be added). The "faults" of refuted statements are repairs.

import { and, type BoolTerm, bv, eq, implies, not, TRUE } from '../../terms/index.ts';
import type { Lemma, Subject, Theorem, TheoremFault } from '../theorem.ts';
import { describeRun } from './describe.ts';
import {
  type Design,
  type Entry,
  EVENTS,
  type EventKind,
  kindTerm,
  OBLIGATIONS,
  plantEvent,
  plantSplit,
  SPLIT,
  type SplitEvent,
  type SplitState,
  type World,
  worldOf,
} from './machine.ts';
import { anyEvents, eventsOf, prefetchEvents, type Run, startState, traceOf } from './trace.ts';

const SOURCE = 'reference linux-tail-calls.md §8';

/** A call that is taken, and the state in which it is. */
interface Jump {
  readonly before: SplitState;
  readonly entry: Entry;
  readonly world: World;
}

/** A world with every obligation but the named ones. */
function worldWithout(subject: Subject, missing: readonly (keyof Design)[]): World {
  return worldOf(
    subject,
    OBLIGATIONS.filter((name) => !missing.includes(name)),
  );
}

interface Hazard {
  readonly name: string;
  readonly statement: string;
  readonly source: string;
  /** The obligation that is missing. */
  readonly missing: readonly (keyof Design)[];
  /** Calls before the lookup, if not just any number. */
  readonly callsBefore?: number;
  /** The events of a counterexample; that none has fewer is a lemma over all kinds of events. */
  readonly events: readonly EventKind[];
  /** Whether the watched program's grace period is of the kind of this run's section. */
  readonly grace: (world: World) => BoolTerm;
  readonly holds: (jump: Jump) => BoolTerm;
  readonly repair: TheoremFault['plant'];
}

function hazardRun(subject: Subject, hazard: Hazard, events: readonly SplitEvent[]): Run {
  const world = worldWithout(subject, hazard.missing);
  const { callsBefore } = hazard;
  const count = callsBefore === undefined ? undefined : bv(64, BigInt(callsBefore));
  return { world, trace: traceOf(events, world, startState(world, 1, count)) };
}

function hazardLemma(
  subject: Subject,
  hazard: Hazard,
  events: readonly SplitEvent[],
  name: string,
): Lemma {
  const { world, trace } = hazardRun(subject, hazard, events);
  const before = trace.states.at(-2)!;
  const event = trace.events.at(-1)!;
  const entry = world.split.entry(before, event, world);
  return {
    name,
    premises: {
      grace: hazard.grace(world),
      // What is done to the run before the lookup is not between the halves.
      'a lookup first': eq(trace.events[0]!.kind, kindTerm('lookup')),
      possible: trace.possible,
    },
    conclusion: implies(
      and(eq(event.kind, kindTerm('call')), entry.taken),
      hazard.holds({ before, entry, world }),
    ),
  };
}

/** The events that a lemma speaks about. */
const eventsIn = ({ events }: Hazard, lemma: string) =>
  lemma === 'shortest' ? eventsOf(events) : anyEvents(events.length - 1);

function refuted(hazard: Hazard): Theorem {
  const { name, statement, source, events, repair } = hazard;
  return {
    name: `split/${name}`,
    statement,
    source,
    method: { kind: 'bounded', bound: `${events.length} events, and none with fewer` },
    expected: 'refuted',
    lemmas: (subject) =>
      (['shortest', 'shorter'] as const).map((lemma) =>
        hazardLemma(subject, hazard, eventsIn(hazard, lemma), lemma),
      ),
    faults: [{ name: 'repaired', plant: repair, lemma: 'shortest' }],
    show: ({ name: lemma }, model, subject) =>
      describeRun(model, hazardRun(subject, hazard, eventsIn(hazard, lemma))),
  };
}

const matching = (world: World) => world.sameGrace;
const alive = ({ before, entry, world }: Jump) =>
  implies(eq(entry.program, world.watched), not(before.freed));
/** A machine whose sections void their pointers whatever the design says, and so on. */
const withDesign = (kind: 'call' | 'close', design: Partial<Design>) =>
  plantEvent(kind, {
    guard: (state, event, world) => EVENTS[kind].guard(state, event, within(world, design)),
    next: (state, event, world) => EVENTS[kind].next(state, event, within(world, design)),
  });
const within = (world: World, design: Partial<Design>): World => ({
  ...world,
  design: { ...world.design, ...design },
});

const testedByJump = plantSplit({
  entry: (state, event, world) => SPLIT.entry(state, event, within(world, { checkedAtJump: TRUE })),
});

const STALE: Hazard = {
  name: 'stale',
  statement: 'The program entered is in the slot at the time of the call.',
  source: `${SOURCE}, hazard A`,
  missing: [],
  callsBefore: 0,
  events: ['lookup', 'write', 'call'],
  grace: matching,
  holds: ({ before, entry }) => eq(entry.program, before.slot),
  // A jump that reads the slot again: the helper.
  repair: plantEvent('call', {
    guard: (state, event, world) =>
      and(
        EVENTS.call.guard(state, event, world),
        eq(world.split.entry(state, event, world).program, state.slot),
      ),
  }),
};

const FREED: Hazard = {
  name: 'freed',
  statement:
    'The program entered is alive, though the pointer was looked up in an earlier section.',
  source: `${SOURCE}, hazard L; §2.4`,
  missing: ['endsWithSection'],
  callsBefore: 0,
  events: ['lookup', 'write', 'close', 'open', 'free', 'call'],
  grace: matching,
  holds: alive,
  repair: withDesign('close', { endsWithSection: TRUE }),
};

const SLEEPABLE: Hazard = {
  name: 'sleepable',
  statement:
    'The program entered is alive, though its freeing waits for another kind of section than the run holds.',
  source: `${SOURCE}, hazard L; §2.4, sleepable mix`,
  missing: [],
  callsBefore: 0,
  events: ['lookup', 'write', 'free', 'call'],
  grace: ({ sameGrace }) => not(sameGrace),
  holds: alive,
  // As if every grace period waited for both kinds.
  repair: (subject) => {
    const { write, drop } = EVENTS;
    const bothKinds = (world: World): World => ({ ...world, sameGrace: TRUE });
    const waiting = (event: typeof write) => ({
      next: (...[state, what, world]: Parameters<typeof write.next>) =>
        event.next(state, what, bothKinds(world)),
    });
    return plantEvent('drop', waiting(drop))(plantEvent('write', waiting(write))(subject));
  },
};

const BUDGET: Hazard = {
  name: 'budget',
  statement:
    'No more calls are taken than the limit, though the lookup is where the limit is tested.',
  source: `${SOURCE}, hazard N`,
  missing: ['checkedAtJump', 'usedOnce'],
  events: ['lookup', 'call', 'call'],
  grace: matching,
  holds: ({ before, world }) => world.split.admits(before.taken, world.limit),
  repair: testedByJump,
};

const CONTEXT: Hazard = {
  name: 'context',
  statement: 'The callee gets in R1 the context that the caller was given.',
  source: `${SOURCE}, hazard C; the thread: "ctx pointer needs to kept somewhere"`,
  missing: ['reloadsContext'],
  callsBefore: 0,
  events: ['lookup', 'clobber', 'call'],
  grace: matching,
  holds: ({ entry, world }) => eq(entry.r1, world.context),
  // A machine in which nothing overwrites R1.
  repair: plantEvent('clobber', { next: () => ({}) }),
};

const OWNER: Hazard = {
  name: 'owner',
  statement:
    'The program entered has the key of its caller, though only the map that the instruction names was compared.',
  source: `${SOURCE}: the key must be attached to the pointer type; §2.5`,
  missing: ['ownerInPointer'],
  callsBefore: 0,
  events: ['lookup', 'call'],
  grace: matching,
  holds: ({ entry, world }) => eq(entry.owner, world.callerKey),
  repair: withDesign('call', { ownerInPointer: TRUE }),
};

/** All pointers are looked up before the first call, and each is used once: `prefetchEvents`. */
const PREFETCH: Theorem = {
  name: 'split/prefetch',
  statement:
    'A run that looks up limit + 1 pointers before its first call takes no more calls than the limit, though the lookup is where the limit is tested and each pointer serves once.',
  source: `${SOURCE}, hazard N: "prefetching 33 pointers evades it"`,
  method: { kind: 'direct' },
  expected: 'refuted',
  lemmas: (subject) =>
    ['one too many', 'at the limit'].map((lemma) => prefetchLemma(subject, lemma)),
  faults: [
    {
      name: 'repaired',
      plant: testedByJump,
      lemma: 'one too many',
    },
  ],
  show: ({ name }, model, subject) => describeRun(model, prefetchRun(subject, name)),
};

function prefetchRun(subject: Subject, lemma: string): Run {
  const { limit } = subject.profile.tailCall;
  const count = lemma === 'at the limit' ? limit : limit + 1;
  const world = worldWithout(subject, ['checkedAtJump']);
  const start = startState(world, count, bv(64, 0n));
  return { world, trace: traceOf(prefetchEvents(count), world, start) };
}

function prefetchLemma(subject: Subject, name: string): Lemma {
  const { trace } = prefetchRun(subject, name);
  const end = trace.states.at(-1)!;
  return {
    name,
    premises: {
      possible: trace.possible,
    },
    conclusion: not(eq(end.taken, bv(64, BigInt(subject.profile.tailCall.limit + 1)))),
  };
}

export const HAZARDS: readonly Theorem[] = [
  ...[STALE, FREED, SLEEPABLE, BUDGET, CONTEXT, OWNER].map(refuted),
  PREFETCH,
];
