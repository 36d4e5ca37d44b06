// Small machines of terms, for bugs that no run of a program can show: a state, actions of several actors, and what
// must never be. One machine serves both ways of finding: the solver chooses the actions, or a generator does.

import type { Tools } from '../exhibit.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bool,
  boolVar,
  bv,
  bvVar,
  eq,
  evaluate,
  isBv,
  ite,
  type Model,
  or,
  type Value,
} from '../../../smt/index.ts';

export type State = Readonly<Record<string, BvTerm | BoolTerm>>;
/** A state of which everything is known. */
export type Values<S extends State> = { readonly [K in keyof S]: Value };

export interface Action<S extends State> {
  readonly name: string;
  readonly possible: (state: S) => BoolTerm;
  readonly next: (state: S) => S;
  /** What it does from a known state to a known state, in words; by default its name. */
  readonly tell?: (before: Values<S>, after: Values<S>) => string;
}

export interface TraceMachine<S extends State> {
  readonly start: S;
  readonly actions: readonly Action<S>[];
  /** What must never be. */
  readonly isBroken: (state: S) => BoolTerm;
}

const value = (term: BvTerm | BoolTerm): Value => evaluate(term, new Map());

function valuesOf<S extends State>(state: S): Values<S> {
  const values = Object.entries(state).map(([name, term]) => [name, value(term)]);
  return Object.fromEntries(values) as Values<S>;
}

/** The same state without anything to be worked out. */
function known<S extends State>(state: S): S {
  const terms = Object.entries(state).map(([name, term]) => {
    const now = value(term);
    if (typeof now === 'boolean') return [name, bool(now)];
    return [name, isBv(term) && typeof now === 'bigint' ? bv(term.sort.width, now) : term];
  });
  return Object.fromEntries(terms) as S;
}

/** What becomes of actions, by their places in the machine's list. */
export interface Walk {
  /** Whether it ends in what must never be. */
  readonly isBroken: boolean;
  /** Actions that were made until it was broken, or until one was not possible. */
  readonly made: readonly number[];
  readonly lines: readonly string[];
}

/** Makes the actions as long as they are possible and nothing is broken. */
export function walk<S extends State>(machine: TraceMachine<S>, actions: readonly number[]): Walk {
  let state = known(machine.start);
  const made: number[] = [];
  const lines: string[] = [];
  for (const number of actions) {
    const action = machine.actions[number];
    if (action === undefined || value(action.possible(state)) !== true) break;
    const after = known(action.next(state));
    lines.push(action.tell?.(valuesOf(state), valuesOf(after)) ?? action.name);
    made.push(number);
    state = after;
    if (value(machine.isBroken(state)) === true) return { isBroken: true, made, lines };
  }
  return { isBroken: false, made, lines };
}

/** The actions that are possible after some others. */
export function possibleAfter<S extends State>(
  machine: TraceMachine<S>,
  actions: readonly number[],
): number[] {
  let state = known(machine.start);
  for (const number of actions) state = known(machine.actions[number]!.next(state));
  return machine.actions.flatMap(({ possible }, number) =>
    value(possible(state)) === true ? [number] : [],
  );
}

const CHOICE_BITS = 4;
const choice = (step: number) => bvVar(`action${step}`, CHOICE_BITS);

/** All ways of so many steps: that they can be made, and that they end in what must never be. */
function unrolled<S extends State>(machine: TraceMachine<S>, steps: number): BoolTerm[] {
  let state = machine.start;
  const assertions: BoolTerm[] = [];
  for (let step = 0; step < steps; step++) {
    const before = state;
    const chosen = machine.actions.map((action, number) => ({
      action,
      is: eq(choice(step), bv(CHOICE_BITS, BigInt(number))),
    }));
    assertions.push(or(...chosen.map(({ action, is }) => and(is, action.possible(before)))));
    const after = chosen.reduce(
      (rest, { action, is }) => stateIte(is, action.next(before), rest),
      before,
    );
    // A variable for each part of it: terms of terms grow beyond what the solver likes.
    state = variables(after, step);
    assertions.push(...Object.keys(after).map((name) => same(state[name], after[name])));
  }
  return [...assertions, machine.isBroken(state)];
}

const same = (a: BvTerm | BoolTerm | undefined, b: BvTerm | BoolTerm | undefined) =>
  eq(a as BvTerm, b as BvTerm);

function variables<S extends State>(state: S, step: number): S {
  const named = Object.entries(state).map(([part, term]) => {
    const name = `${part}_${step}`;
    return [part, isBv(term) ? bvVar(name, term.sort.width) : boolVar(name)];
  });
  return Object.fromEntries(named) as S;
}

function stateIte<S extends State>(condition: BoolTerm, a: S, b: S): S {
  const names = Object.keys(a);
  const chosen = names.map((name) => [name, ite(condition, a[name] as BvTerm, b[name] as BvTerm)]);
  return Object.fromEntries(chosen) as S;
}

/** The shortest actions that end in what must never be, or undefined up to a length. */
export async function shortest<S extends State>(
  machine: TraceMachine<S>,
  stepsMax: number,
  { pool, signal, isOver }: Tools,
): Promise<{ readonly actions?: readonly number[]; readonly goals: number }> {
  for (let steps = 1; steps <= stepsMax && !isOver(); steps++) {
    const answer = await pool.check(
      { name: `${steps} steps`, assertions: unrolled(machine, steps) },
      signal === undefined ? {} : { signal },
    );
    if (answer.answer === 'unknown') return { goals: steps };
    if (answer.answer === 'sat') return { actions: chosenIn(answer.model, steps), goals: steps };
  }
  return { goals: stepsMax };
}

const chosenIn = (model: Model, steps: number): number[] =>
  Array.from({ length: steps }, (_, step) => Number(model.get(`action${step}`) ?? 0n));
