// Answers that outlive a process: a backend in front of another, which asks a store first. A goal is known by
// its text, the solver and the budget, so that whatever changes one of them is asked again.

import { createHash } from 'node:crypto';
import type { Backend, SolveReply, SolveRequest } from './protocol.ts';

/** An answer that will be the same next time: no unknown, which may depend on the machine's speed. */
export type LastingReply = Extract<SolveReply, { answer: 'sat' | 'unsat' }>;

export interface AnswerStore {
  get(key: string): LastingReply | undefined;
  set(key: string, reply: LastingReply): void;
}

export interface AnswerCache {
  readonly store: AnswerStore;
  /** Name and version of the solver that answers. */
  readonly solver: string;
}

/** The address of a goal's answer: SHA-256 in hex. */
export function answerKey(solver: string, { logic, body, budget }: SolveRequest): string {
  const { rlimit, timeoutMs } = budget;
  return createHash('sha256')
    .update(JSON.stringify([solver, logic, rlimit, timeoutMs]))
    .update(body)
    .digest('hex');
}

export class CachedBackend implements Backend {
  readonly #start: () => Backend;
  readonly #cache: AnswerCache;
  /** Started by the first goal that is not in the store. */
  #inner: Backend | undefined;

  constructor(start: () => Backend, cache: AnswerCache) {
    this.#start = start;
    this.#cache = cache;
  }

  get usable(): boolean {
    return this.#inner?.usable ?? true;
  }

  async solve(request: SolveRequest, signal?: AbortSignal): Promise<SolveReply> {
    const { store, solver } = this.#cache;
    const key = answerKey(solver, request);
    const known = store.get(key);
    if (known !== undefined) return known;
    this.#inner ??= this.#start();
    const reply = await this.#inner.solve(request, signal);
    if (reply.answer === 'sat' || reply.answer === 'unsat') store.set(key, reply);
    return reply;
  }

  async close(): Promise<void> {
    await this.#inner?.close();
  }
}
