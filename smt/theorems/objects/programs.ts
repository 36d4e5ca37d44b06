// One program as an object, watched: what a kernel counts for it beside what the text says that its references are;
// and all that can happen to either, as the terms of smt/semantics.

import { type ProgramObjectTerms, programObjectVariables } from '../../semantics/index.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  boolVar,
  bvadd,
  bvsub,
  bvuge,
  bvule,
  bvult,
  bvVar,
  eq,
  FALSE,
  implies,
  not,
  TRUE,
} from '../../terms/index.ts';
import { n64 } from '../tail-call/call.ts';
import type { Subject } from '../theorem.ts';
import { one, PLACES_MAX } from './sums.ts';

const ZERO = n64(0);
const ONE = n64(1);

/** An arbitrary program. */
export interface Watched {
  readonly object: ProgramObjectTerms;
  readonly freed: BoolTerm;
  /** It is the run's program, and the run is on. */
  readonly runs: BoolTerm;
  /** How many slots hold it. */
  readonly slots: BvTerm;
  /** How many loaded extensions name it as their target. */
  readonly links: BvTerm;
}

export function anyProgram(): Watched {
  return {
    object: programObjectVariables('program'),
    freed: boolVar('freed'),
    runs: boolVar('runs'),
    slots: bvVar('slots', 64),
    links: bvVar('links', 64),
  };
}

/** docs/semantics.md, References: "A program's refs are". */
function referencesOf({ object, runs, slots, links }: Watched): BvTerm {
  const { descriptor, attached } = object;
  return [one(runs), one(attached), slots, links].reduce(
    (refs, more) => bvadd(refs, more),
    one(descriptor),
  );
}

/** Fewer than would wrap: by the sums, there are no more than places. */
export const isCountable = ({ slots, links }: Watched) =>
  and(bvule(slots, PLACES_MAX), bvule(links, PLACES_MAX));

/**
 * The count is what the text says, and never negative (which would be 2^63 and more); a program that is absent
 * has no references, and one that is freed has none.
 */
export function isCounted(program: Watched): BoolTerm {
  const { object, freed, runs, slots, links } = program;
  const { absent, descriptor, attached, refs } = object;
  const nothing = and(not(descriptor), not(attached), not(runs), eq(slots, ZERO), eq(links, ZERO));
  return and(
    eq(refs, referencesOf(program)),
    bvult(refs, n64(2n ** 63n)),
    implies(absent, nothing),
    implies(freed, and(eq(refs, ZERO), not(absent))),
  );
}

/** Something that happens. */
export interface Happening<State> {
  readonly name: string;
  /** What must be so for it to happen, or for it to be what it is. */
  readonly premises: Readonly<Record<string, BoolTerm>>;
  readonly after: State;
}

const DONE = 'the operation is done';
const isDone = (errno: BvTerm) => eq(errno, ZERO);

/** All that happens to a program. */
export function programHappenings(subject: Subject, before: Watched): Happening<Watched>[] {
  const { semantics, profile } = subject;
  const { objects, userSpace } = semantics;
  const knobs = profile.objects;
  const { object, slots, links } = before;
  const held = objects.held(object);
  const to = (event: keyof typeof objects.program, more: Partial<Watched> = {}): Watched => ({
    ...before,
    object: objects.program[event](object),
    ...more,
  });
  const holdsIt = boolVar('slot_holds_it');
  const isInserted = boolVar('it_is_inserted');
  const written = (holds: BoolTerm): Watched => ({
    ...before,
    object: { ...object, refs: objects.slotWritten(object.refs, holdsIt, holds) },
    // By the lemmas on sums.
    slots: bvadd(bvsub(slots, one(holdsIt)), one(holds)),
  });
  const slotIsCounted = { 'a slot that holds it is counted': implies(holdsIt, bvuge(slots, ONE)) };
  const load = {
    arraysReachable: boolVar('arrays_reachable'),
    compatible: boolVar('compatible'),
  };
  const someone = boolVar('other_held');
  return [
    {
      name: 'load',
      premises: {
        [DONE]: isDone(
          userSpace.load(
            {
              ...load,
              absent: object.absent,
              extension: boolVar('extension'),
              targetHeld: boolVar('target_held'),
            },
            knobs,
          ),
        ),
      },
      after: to('load'),
    },
    {
      name: 'close',
      premises: { [DONE]: isDone(userSpace.close_program({ held }, knobs)) },
      after: to('close_program'),
    },
    {
      name: 'attach',
      premises: {
        [DONE]: isDone(
          userSpace.attach(
            {
              held,
              extension: boolVar('extension'),
              replaced: boolVar('replaced'),
              targetInSlot: boolVar('target_in_slot'),
            },
            knobs,
          ),
        ),
        'while it is attached, its function is replaced': implies(
          object.attached,
          boolVar('replaced'),
        ),
      },
      after: to('attach'),
    },
    {
      name: 'detach',
      premises: {
        [DONE]: isDone(userSpace.detach({ held, attached: object.attached }, knobs)),
      },
      after: to('detach'),
    },
    {
      name: 'run starts',
      premises: { 'it is held, and nothing runs': and(held, not(before.runs)) },
      after: to('run_starts', { runs: TRUE }),
    },
    {
      name: 'run ends',
      premises: { 'it is the one that runs': before.runs },
      after: to('run_ends', { runs: FALSE }),
    },
    {
      name: 'slot is written',
      premises: {
        ...slotIsCounted,
        [DONE]: isDone(
          userSpace.update(
            {
              reachable: boolVar('reachable'),
              frozen: boolVar('frozen'),
              readOnly: boolVar('read_only'),
              flags: bvVar('flags', 32),
              index: bvVar('index', 64),
              maxEntries: bvVar('max_entries', 64),
              held: someone,
              compatible: boolVar('compatible'),
              extended: boolVar('extended'),
            },
            knobs,
          ),
        ),
        'what is inserted is it, or another': implies(isInserted, eq(someone, held)),
      },
      after: written(isInserted),
    },
    // By a delete, or where an array is cleared: one slot after the other.
    { name: 'slot is emptied', premises: slotIsCounted, after: written(FALSE) },
    {
      name: 'extension is loaded',
      premises: {
        [DONE]: isDone(
          userSpace.load(
            { ...load, absent: boolVar('other_absent'), extension: TRUE, targetHeld: held },
            knobs,
          ),
        ),
      },
      after: to('extension_loaded', { links: bvadd(links, ONE) }),
    },
    {
      name: 'extension is freed',
      premises: { 'an extension that names it is counted': bvuge(links, ONE) },
      after: to('extension_freed', { links: bvsub(links, ONE) }),
    },
    {
      name: 'freed',
      premises: {
        'it is loaded': not(object.absent),
        'it may be freed': objects.programFreed(
          object,
          objects.runMayReach(boolVar('run_is_on')),
          knobs,
        ),
      },
      after: { ...before, freed: TRUE },
    },
  ];
}
