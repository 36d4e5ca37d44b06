// A pool of solvers: goals queue for the next free one; solvers are started when they are needed and
// replaced when they have crashed, were ended, or have answered many goals. What comes back from a
// solver is not trusted: a model counts only once the evaluator has confirmed it.

import { availableParallelism } from 'node:os';
import { InternalError } from '../../model/errors.ts';
import type { BoolTerm, GoalText, Variable } from '../terms/index.ts';
import { goalScript, goalText } from '../terms/index.ts';
import { type AnswerCache, CachedBackend } from './cached.ts';
import { confirmedModel, type Model, valuesAsTerms } from './model.ts';
import type { Backend, Budget, SolveReply, SolveRequest, UnknownReason } from './protocol.ts';
import { confirm, type Confirmation, type SecondSolver } from './second-opinion.ts';
import { WATCHDOG_GRACE_MS, Z3Worker } from './z3-worker.ts';

export interface Goal {
  /** For messages and dumps. */
  readonly name: string;
  readonly assertions: readonly BoolTerm[];
  /** The variables whose values a model is to hold; all those of the assertions by default. */
  readonly wanted?: readonly Variable[];
}

export type { Model };

export type Answer =
  | { readonly answer: 'sat'; readonly model: Model }
  | { readonly answer: 'unsat' }
  | { readonly answer: 'unknown'; readonly reason: UnknownReason; readonly detail: string };

export interface CheckOptions {
  /** Ends the goal with unknown{aborted}; the promise still resolves. */
  readonly signal?: AbortSignal;
  /** Instead of the pool's. */
  readonly budget?: Budget;
}

export interface SolverPoolOptions {
  /** Threads; by default one per core, four at most. Each takes 100 to 150 MB. */
  readonly jobs?: number;
  readonly budget?: Budget;
  /** A thread is replaced after this many goals, because Z3's memory fragments. */
  readonly recycleAfter?: number;
  /** How long after the time limit of a goal its thread is ended. */
  readonly watchdogGraceMs?: number;
  /** Is given every goal as an SMT-LIB 2 script before it is solved. */
  readonly dumpSmt?: (name: string, script: string) => void;
  /** Where answers of earlier goals are, and those of these are put. */
  readonly cache?: AnswerCache;
  /** Decides each goal again that has been decided. */
  readonly second?: SecondSolver;
  readonly onConfirmation?: (confirmation: Confirmation) => void;
}

export interface SolverPool {
  /**
   * Answers whether the assertions hold together for some values of their variables.
   *
   * @throws InternalError when the solver does not understand the goal, or gives a model that does
   *   not satisfy it, or when a second solver contradicts, or when the pool has been closed.
   */
  check(goal: Goal, options?: CheckOptions): Promise<Answer>;
  /** Ends all threads. Goals that are under way or queued become unknown{aborted}. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Minutes of work on a hard goal. */
export const DEFAULT_BUDGET: Budget = { rlimit: 50_000_000, timeoutMs: 60_000 };
const DEFAULT_RECYCLE_AFTER = 3_000;

/** A pool of Z3 threads. It starts them when goals come; `close` must be called in the end. */
export function createSolverPool(options: SolverPoolOptions = {}): SolverPool {
  const graceMs = options.watchdogGraceMs ?? WATCHDOG_GRACE_MS;
  const { cache } = options;
  const start = () => new Z3Worker(graceMs);
  if (cache === undefined) return new BackendPool(start, options);
  return new BackendPool(() => new CachedBackend(start, cache), options);
}

/** A backend in the pool, and how many goals it has been given. */
interface Slot {
  readonly backend: Backend;
  goals: number;
}

/** The pool over any kind of backend. */
export class BackendPool implements SolverPool {
  readonly #start: () => Backend;
  readonly #jobs: number;
  readonly #budget: Budget;
  readonly #recycleAfter: number;
  readonly #dumpSmt: SolverPoolOptions['dumpSmt'];
  readonly #second: SecondSolver | undefined;
  readonly #onConfirmation: SolverPoolOptions['onConfirmation'];
  readonly #idle: Slot[] = [];
  readonly #busy = new Set<Slot>();
  /** Those who wait for a slot; called when there may be one. */
  readonly #waiting: (() => void)[] = [];
  readonly #closing = new Set<Promise<void>>();
  readonly #closed = new AbortController();

  constructor(start: () => Backend, options: SolverPoolOptions) {
    this.#start = start;
    this.#jobs = options.jobs ?? Math.min(4, availableParallelism());
    this.#budget = options.budget ?? DEFAULT_BUDGET;
    this.#recycleAfter = options.recycleAfter ?? DEFAULT_RECYCLE_AFTER;
    this.#dumpSmt = options.dumpSmt;
    this.#second = options.second;
    this.#onConfirmation = options.onConfirmation;
  }

  async check(goal: Goal, options: CheckOptions = {}): Promise<Answer> {
    if (this.#closed.signal.aborted) throw new InternalError('the solver pool is closed');
    const text = goalText(goal.assertions);
    this.#dumpSmt?.(goal.name, goalScript(goal.assertions));
    const request = {
      logic: text.logic,
      body: text.body,
      assertionCount: goal.assertions.length,
      budget: options.budget ?? this.#budget,
    };
    const reply = await this.#solve(goal, text, request, options.signal);
    return toAnswer(goal, text, reply);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    for (const wake of this.#waiting.splice(0)) wake();
    for (const slot of [...this.#idle.splice(0), ...this.#busy]) this.#retire(slot);
    await Promise.all(this.#closing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #solve(
    goal: Goal,
    text: GoalText,
    request: SolveRequest,
    signal?: AbortSignal,
  ): Promise<SolveReply> {
    const slot = await this.#acquire(signal);
    if (slot === undefined) {
      return { answer: 'unknown', reason: 'aborted', detail: 'while waiting for a solver' };
    }
    try {
      slot.goals++;
      const reply = await slot.backend.solve(request, signal);
      // Within the slot, so that there are never more solvers at work than jobs.
      if (reply.answer === 'sat' || reply.answer === 'unsat') {
        await this.#askSecond(goal, text, request.budget, reply, signal);
      }
      return reply;
    } finally {
      this.#release(slot);
    }
  }

  async #askSecond(
    { name, assertions: asserted }: Goal,
    text: GoalText,
    budget: Budget,
    reply: Extract<SolveReply, { answer: 'sat' | 'unsat' }>,
    signal?: AbortSignal,
  ): Promise<void> {
    if (this.#second === undefined) return;
    // A second solver need not find the model again, only agree that it is one.
    const fixed = reply.answer === 'sat' ? valuesAsTerms(text, reply.values) : [];
    const assertions = [...asserted, ...fixed];
    const question = { name, assertions, script: goalScript(assertions) };
    const opinion = await this.#second.decide(question, budget, signal);
    this.#onConfirmation?.(confirm(name, reply, opinion, this.#second.name));
  }

  /** A slot of one's own, or undefined when the goal was aborted or the pool closed before that. */
  async #acquire(signal?: AbortSignal): Promise<Slot | undefined> {
    while (this.#idle.length === 0 && this.#busy.size >= this.#jobs) {
      if (signal?.aborted || this.#closed.signal.aborted) return undefined;
      await this.#turn(signal);
    }
    if (signal?.aborted || this.#closed.signal.aborted) {
      // Whoever woke us meant to hand on a slot: let the next one have it.
      this.#waiting.shift()?.();
      return undefined;
    }
    const slot = this.#idle.pop() ?? { backend: this.#start(), goals: 0 };
    this.#busy.add(slot);
    return slot;
  }

  /** Resolves when a slot has been released, or on abort, whichever is first. */
  #turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = (): void => {
        const position = this.#waiting.indexOf(wake);
        if (position >= 0) this.#waiting.splice(position, 1);
        resolve();
      };
      this.#waiting.push(wake);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #release(slot: Slot): void {
    this.#busy.delete(slot);
    const reusable = slot.backend.usable && slot.goals < this.#recycleAfter;
    if (reusable && !this.#closed.signal.aborted) this.#idle.push(slot);
    else this.#retire(slot);
    this.#waiting.shift()?.();
  }

  #retire(slot: Slot): void {
    const closing = slot.backend.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

function toAnswer(goal: Goal, text: GoalText, reply: SolveReply): Answer {
  switch (reply.answer) {
    case 'rejected':
      throw new InternalError(`goal ${goal.name}: the solver says ${reply.detail}`);
    case 'sat':
      return { answer: 'sat', model: confirmedModel(goal, text, reply.values) };
    default:
      return reply;
  }
}
