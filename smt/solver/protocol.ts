// What crosses the boundary to a solver, whichever it is and wherever it runs: a goal as SMT-LIB 2
// text one way, an answer with values as SMT-LIB text the other way. Plain data, so that a worker
// thread can be sent it today and another solver's process could be written it tomorrow.

/** How much work a goal may cost. A limit of the solver first, then time. */
export interface Budget {
  /** Z3's resource limit: deterministic for one Z3 version. 0 is no limit. */
  readonly rlimit: number;
  /** Wall-clock limit. The solver is asked to stop; soon after, its thread is ended. */
  readonly timeoutMs: number;
}

export interface SolveRequest {
  readonly logic: string;
  /** Declarations, definitions and assertions. */
  readonly body: string;
  /** How many assertions the body holds, so that none can be lost on the way. */
  readonly assertionCount: number;
  readonly budget: Budget;
}

export type UnknownReason = 'rlimit' | 'timeout' | 'memory' | 'aborted' | 'solver-error';

export type SolveReply =
  | {
      readonly answer: 'sat';
      /** Values in SMT-LIB text by name; a variable that does not matter may be absent. */
      readonly values: readonly (readonly [name: string, text: string])[];
    }
  | { readonly answer: 'unsat' }
  | { readonly answer: 'unknown'; readonly reason: UnknownReason; readonly detail: string }
  /** The solver did not understand what it was sent: a bug of ours, never an answer. */
  | { readonly answer: 'rejected'; readonly detail: string };

/** One solver that works on one goal at a time. */
export interface Backend {
  /** Never rejects: whatever goes wrong is a reply. The signal ends the work at once. */
  solve(request: SolveRequest, signal?: AbortSignal): Promise<SolveReply>;
  /** False once the backend cannot take another goal, because it was ended or has crashed. */
  readonly usable: boolean;
  /** Resolves when nothing of it runs any more. */
  close(): Promise<void>;
}
