// Z3 in a worker thread, as a backend. node:worker_threads directly rather than a pool library:
// ending one thread in the middle of a goal is the normal way to enforce a time limit here (a
// synchronous check hears nothing else), and that takes 10 ms or so.

import { Worker } from 'node:worker_threads';
import type { Backend, SolveReply, SolveRequest } from './protocol.ts';
import { workerUrl } from './worker-url.ts';

type Unknown = Extract<SolveReply, { answer: 'unknown' }>;

/** How long after its time limit Z3 may still answer by itself. */
export const WATCHDOG_GRACE_MS = 2_000;

export class Z3Worker implements Backend {
  readonly #worker: Worker;
  readonly #graceMs: number;
  /** Resolves when the worker is ready or will never be. */
  readonly #started: Promise<void>;
  /** Why it takes no more goals. */
  #ended: Unknown | undefined;
  /** Ends the goal under way with a reply; undefined between goals. */
  #finish: ((reply: SolveReply) => void) | undefined;

  constructor(graceMs: number = WATCHDOG_GRACE_MS) {
    this.#graceMs = graceMs;
    // Without the flags of this process: some, like --input-type, are wrong for a worker's file.
    this.#worker = new Worker(workerUrl(import.meta.url, 'smt/solver/worker'), { execArgv: [] });
    this.#started = new Promise<void>((resolve) => {
      this.#worker.once('message', () => {
        resolve();
        this.#worker.on('message', (reply: SolveReply) => this.#finish?.(reply));
      });
      this.#worker.once('exit', () => resolve());
    });
    this.#worker.on('error', (error) => this.#crashed(error.message));
    this.#worker.on('exit', (code) => this.#crashed(`the worker exited with code ${code}`));
  }

  get usable(): boolean {
    return this.#ended === undefined;
  }

  async solve(request: SolveRequest, signal?: AbortSignal): Promise<SolveReply> {
    await this.#started;
    if (signal?.aborted) return { answer: 'unknown', reason: 'aborted', detail: 'not started' };
    if (this.#ended !== undefined) return this.#ended;
    const limitMs = request.budget.timeoutMs + this.#graceMs;
    const onAbort = (): void => this.#end('aborted', 'ended on request');
    const watchdog = setTimeout(
      () => this.#end('timeout', `the worker was ended after ${limitMs} ms`),
      limitMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise<SolveReply>((resolve) => {
        this.#finish = resolve;
        this.#worker.postMessage(request);
      });
    } finally {
      this.#finish = undefined;
      clearTimeout(watchdog);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async close(): Promise<void> {
    this.#end('aborted', 'the solver was closed');
    await this.#worker.terminate();
  }

  #end(reason: 'aborted' | 'timeout', detail: string): void {
    this.#settle({ answer: 'unknown', reason, detail });
    void this.#worker.terminate();
  }

  #crashed(detail: string): void {
    const reason = /memory|OOM/i.test(detail) ? 'memory' : 'solver-error';
    this.#settle({ answer: 'unknown', reason, detail });
  }

  /** The first reason counts: the exit that follows an error or a termination says less. */
  #settle(reply: Unknown): void {
    this.#ended ??= reply;
    this.#finish?.(this.#ended);
  }
}
