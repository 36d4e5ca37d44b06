// A counterexample of the split machine as readable lines: what happens, and what went wrong at the end.

import { InternalError } from '../../../model/errors.ts';
import type { Model } from '../../solver/index.ts';
import { type BoolTerm, type BvTerm, evaluate } from '../../terms/index.ts';
import {
  EVENT_KINDS,
  type EventKind,
  type SplitEvent,
  type SplitState,
  type World,
} from './machine.ts';
import type { Run } from './trace.ts';

/** Reads terms under a model; what the model leaves open is 0. */
class Reading {
  readonly #model: Model;
  /** Names by value: the watched program is A. */
  readonly #names = new Map<bigint, string>([[0n, 'none']]);

  constructor(model: Model, watched: BvTerm) {
    this.#model = model;
    if (this.number(watched) !== 0n) this.#names.set(this.number(watched), 'A');
  }

  number(term: BvTerm): bigint {
    return evaluate(term, this.#model, 'zero');
  }

  holds(term: BoolTerm): boolean {
    return evaluate(term, this.#model, 'zero');
  }

  /** A letter for each program, in the order in which they come up. */
  program(term: BvTerm): string {
    const value = this.number(term);
    const named = this.#names.get(value);
    if (named !== undefined) return named;
    const name = String.fromCharCode(64 + this.#names.size);
    this.#names.set(value, name);
    return name;
  }
}

/** One line for each event of a run, under the model of the lemma that speaks about it. */
export function describeRun(model: Model, { world, trace }: Run): string[] {
  const { states, events } = trace;
  const reading = new Reading(model, world.watched);
  const start = states[0]!;
  return [
    `start: the slot holds ${reading.program(start.slot)}; ${reading.number(start.counter)} calls were taken before`,
    ...events.map((event, n) => {
      const kind = EVENT_KINDS[Number(reading.number(event.kind))];
      if (kind === undefined) throw new InternalError(`event ${n} is of no kind`);
      const facts = { reading, world, event, before: states[n]!, after: states[n + 1]! };
      return `${n + 1}. ${SENTENCES[kind](facts)}`;
    }),
  ];
}

interface Facts {
  readonly reading: Reading;
  readonly world: World;
  readonly event: SplitEvent;
  readonly before: SplitState;
  readonly after: SplitState;
}

const SENTENCES: Record<EventKind, (facts: Facts) => string> = {
  lookup: ({ reading, event, before, world }) => {
    const same = reading.number(event.owner) === reading.number(world.callerKey);
    const found = reading.holds(event.other) ? event.program : before.slot;
    return `run: p = prog_lookup(map, index) gives ${reading.program(found)}${same ? '' : ', in an array of another owner'}`;
  },
  call: ({ reading, event, before, world }) => {
    const entry = world.split.entry(before, event, world);
    if (!reading.holds(entry.taken)) return 'run: tail_call_ptr(ctx, p) is over the limit';
    const wrong = [
      ...(reading.number(entry.program) !== reading.number(before.slot)
        ? [`the slot holds ${reading.program(before.slot)}`]
        : []),
      ...(reading.number(entry.program) === reading.number(world.watched) &&
      reading.holds(before.freed)
        ? ['it is freed']
        : []),
      ...(reading.number(entry.r1) === reading.number(world.context)
        ? []
        : ['R1 is not the context']),
      ...(reading.number(entry.owner) === reading.number(world.callerKey)
        ? []
        : ['it is of another owner']),
    ];
    const number = reading.number(before.taken) + 1n;
    const facts = [`call number ${number}`, ...wrong].join('; ');
    return `run: tail_call_ptr(ctx, p) enters ${reading.program(entry.program)} (${facts})`;
  },
  clobber: () => 'run: R1 is overwritten',
  write: ({ reading, event }) =>
    reading.program(event.program) === 'none'
      ? 'user space: deletes the slot'
      : `user space: puts ${reading.program(event.program)} into the slot`,
  take: () => 'user space: takes a reference to A',
  drop: () => 'user space: drops a reference to A',
  close: () => 'run: its read-side section ends',
  open: () => 'run: opens a read-side section',
  free: () => 'kernel: a grace period is over, A is freed',
};
