// Another solver that decides the goals again, for sat or unsat only: models are confirmed by the evaluator.

import { InternalError } from '../../model/errors.ts';
import type { BoolTerm } from '../terms/index.ts';
import type { Budget, SolveReply } from './protocol.ts';

export type Opinion =
  | { readonly answer: 'sat' | 'unsat' }
  /** Undecided in time, or not understood. */
  | { readonly answer: 'unknown'; readonly reason: string };

export interface Question {
  /** The goal's. */
  readonly name: string;
  readonly assertions: readonly BoolTerm[];
  /** As SMT-LIB 2. */
  readonly script: string;
}

export interface SecondSolver {
  /** Name and version, for messages. */
  readonly name: string;
  /** Rejects only when the solver is wrong. */
  decide(question: Question, budget: Budget, signal?: AbortSignal): Promise<Opinion>;
}

/** What became of the second opinion on one goal. */
export type Confirmation =
  | { readonly goal: string; readonly confirmed: true }
  | { readonly goal: string; readonly confirmed: false; readonly reason: string };

/**
 * Compares two answers to one goal.
 * @throws InternalError when they contradict each other: one of the solvers is wrong, or what one of them was sent.
 */
export function confirm(
  goal: string,
  reply: SolveReply,
  opinion: Opinion,
  name: string,
): Confirmation {
  if (opinion.answer === 'unknown') return { goal, confirmed: false, reason: opinion.reason };
  if (opinion.answer === reply.answer) return { goal, confirmed: true };
  throw new InternalError(`goal ${goal}: Z3 says ${reply.answer}, ${name} says ${opinion.answer}`);
}
