// The public face of smt/solver.

export type { AnswerCache, AnswerStore, LastingReply } from './cached.ts';
export {
  type Answer,
  type CheckOptions,
  createSolverPool,
  DEFAULT_BUDGET,
  type Goal,
  type Model,
  type SolverPool,
  type SolverPoolOptions,
} from './pool.ts';
export type { Budget, UnknownReason } from './protocol.ts';
export type { Confirmation, Opinion, Question, SecondSolver } from './second-opinion.ts';
