// An exhibit that a trace of a small machine shows.

import {
  and,
  type BoolTerm,
  defaultSubject,
  type Lemma,
  not,
  type Subject,
} from '../../../smt/index.ts';
import { rngOfRun } from '../../generate/rng.ts';
import { type Exhibit, type Find, type HuntResult, type Tools, takeTurns } from '../exhibit.ts';
import { type Law, proveFix } from '../law.ts';
import { possibleAfter, type State, shortest, type TraceMachine, walk } from './machine.ts';

export interface TraceExhibit<S extends State>
  extends Pick<
    Exhibit,
    'id' | 'title' | 'kernels' | 'source' | 'sureness' | 'faulty' | 'mended' | 'shows'
  > {
  readonly aliases?: readonly string[];
  /** The machine with the bug, and without. */
  readonly machines: {
    readonly faulty: TraceMachine<S>;
    readonly mended: TraceMachine<S>;
  };
  /** Any state. */
  readonly anyState: S;
  readonly law: string;
  /** Holds from the start on, after every action, and rules out what must never be. */
  readonly invariant: (state: S) => BoolTerm;
  /** The action after which the bug breaks it. */
  readonly broken: string;
}

const STEPS_MAX = 10;

export function traceExhibit<S extends State>(description: TraceExhibit<S>): Exhibit {
  const { machines, anyState, invariant, broken, aliases = [], ...facts } = description;
  const law: Law<never> = {
    statement: facts.law,
    method: { kind: 'induction', on: 'the steps of the machine' },
    lemmas: (subject) => inductionLemmas(machineOf<S>(subject), anyState, invariant),
    broken: `after ${broken}`,
    small: [],
    witness: () => undefined,
  };
  return {
    ...facts,
    aliases,
    kind: 'tail-call',
    proof: (tools) => huntByProof(description, tools),
    fuzzing: (tools) => huntByFuzzing(description, tools),
    fix: (tools) =>
      proveFix(
        law,
        `museum/${facts.id}`,
        facts.source,
        { faulty: about(machines.faulty), mended: about(machines.mended) },
        tools,
      ),
  };
}

/** A subject of theorems that has a machine of its own. */
interface MachineSubject<S extends State> extends Subject {
  readonly machine: TraceMachine<S>;
}

function about<S extends State>(machine: TraceMachine<S>): MachineSubject<S> {
  return { ...defaultSubject(), machine };
}

const machineOf = <S extends State>(subject: Subject): TraceMachine<S> =>
  (subject as MachineSubject<S>).machine;

function inductionLemmas<S extends State>(
  { start, actions, isBroken }: TraceMachine<S>,
  anyState: S,
  invariant: (state: S) => BoolTerm,
): readonly Lemma[] {
  return [
    { name: 'start', premises: {}, conclusion: invariant(start) },
    {
      name: 'never broken',
      premises: { invariant: invariant(anyState) },
      conclusion: not(isBroken(anyState)),
    },
    ...actions.map(
      ({ name, possible, next }): Lemma => ({
        name: `after ${name}`,
        premises: { 'the state is sound': and(invariant(anyState), possible(anyState)) },
        conclusion: invariant(next(anyState)),
      }),
    ),
  ];
}

async function huntByProof<S extends State>(
  exhibit: TraceExhibit<S>,
  tools: Tools,
): Promise<HuntResult> {
  const { actions, goals } = await shortest(exhibit.machines.faulty, STEPS_MAX, tools);
  if (actions === undefined) return { kind: 'not found', tried: goals };
  if (shows(exhibit, actions))
    return { kind: 'found', find: findOf(exhibit, actions), tried: goals };
  const problem = 'the actions that the solver chose do not show it when they are made';
  return { kind: 'unsound', problem, tried: goals };
}

/** Makes actions at random, of those that are possible. */
async function huntByFuzzing<S extends State>(
  exhibit: TraceExhibit<S>,
  { seed, isOver }: Tools,
): Promise<HuntResult> {
  const { faulty } = exhibit.machines;
  let tried = 0;
  for (; !isOver(); tried++) {
    await takeTurns(tried);
    const rng = rngOfRun(seed, tried);
    const actions: number[] = [];
    while (actions.length < STEPS_MAX && !walk(faulty, actions).isBroken) {
      const possible = possibleAfter(faulty, actions);
      if (possible.length === 0) break;
      actions.push(rng.pick(possible));
    }
    if (!shows(exhibit, actions)) continue;
    const small = shrinkActions(actions, (candidate) => shows(exhibit, candidate));
    return { kind: 'found', find: findOf(exhibit, small), tried: tried + 1 };
  }
  return { kind: 'not found', tried };
}

/** Whether the actions break the faulty machine and not the mended one. */
function shows<S extends State>(
  { machines: { faulty, mended } }: TraceExhibit<S>,
  actions: readonly number[],
): boolean {
  const { isBroken, made } = walk(faulty, actions);
  return isBroken && made.length === actions.length && !walk(mended, actions).isBroken;
}

function shrinkActions(
  actions: readonly number[],
  holds: (candidate: readonly number[]) => boolean,
): readonly number[] {
  for (let i = actions.length - 1; i >= 0; i--) {
    const shorter = actions.toSpliced(i, 1);
    if (holds(shorter)) return shrinkActions(shorter, holds);
  }
  return actions;
}

function findOf<S extends State>(
  { id, title, shows: words, machines }: TraceExhibit<S>,
  actions: readonly number[],
): Find {
  const faulty = walk(machines.faulty, actions);
  const mended = walk(machines.mended, actions);
  const numbered = (lines: readonly string[]) => lines.map((line, n) => `  ${n + 1}. ${line}`);
  const lines = [
    `${title} (${id})`,
    `shown by: ${words}`,
    'faulty:',
    ...numbered(faulty.lines),
    'mended:',
    ...numbered(mended.lines),
    `again: tailproof museum ${id}`,
  ];
  const text = lines.map((line) => `${line}\n`).join('');
  return {
    size: [{ count: actions.length, noun: 'step' }],
    seen: { faulty: faulty.lines.at(-1) ?? '', mended: mended.lines.at(-1) ?? '' },
    text,
    files: [{ name: `${id}.txt`, text }],
  };
}
