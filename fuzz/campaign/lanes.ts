// Chunks of runs, spread over threads and taken in order, whatever is computed in them.

import { parentPort, Worker } from 'node:worker_threads';
import { InternalError, invariant } from '../../model/errors.ts';
import { workerUrl } from '../../smt/solver/worker-url.ts';
import type { ChunkFailure, ChunkRequest } from './protocol.ts';

/** Where chunks are run: in this thread, or in a worker. */
export interface Lane<Result> {
  run(request: ChunkRequest): Promise<Result>;
  close(): Promise<void>;
}

/** Runs chunks in this thread. */
export function localLane<Result>(
  run: (request: ChunkRequest) => Result | Promise<Result>,
  close: () => void | Promise<void> = () => {},
): Lane<Result> {
  return {
    async run(request) {
      // Lets signals, timers and the terminal have their turn between chunks.
      await new Promise((resolve) => setImmediate(resolve));
      return run(request);
    },
    close: async () => close(),
  };
}

/**
 * Runs chunks in a thread of their own, which answers each request with its reply or a failure, and ends at 'close'.
 * @param base URL of the module that names the worker, as `workerUrl` wants it.
 */
export function workerLane<Reply extends object>(
  base: string,
  worker: string,
  workerData: unknown,
): Lane<Reply> {
  const thread = new Worker(workerUrl(base, worker), { workerData, execArgv: [] });
  const reply = () =>
    new Promise<Reply | ChunkFailure>((resolve, reject) => {
      const settled = () => {
        thread.off('message', onMessage);
        thread.off('error', onError);
      };
      const onMessage = (message: Reply | ChunkFailure) => {
        settled();
        resolve(message);
      };
      const onError = (error: Error) => {
        settled();
        reject(error);
      };
      thread.on('message', onMessage);
      thread.on('error', onError);
    });
  return {
    async run(request) {
      thread.postMessage(request);
      const answer = await reply();
      if ('error' in answer) throw new InternalError(`a campaign worker failed: ${answer.error}`);
      return answer;
    },
    async close() {
      const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
      thread.postMessage('close');
      await exited;
    },
  };
}

/** The other end of `workerLane`: answers requests in this thread, which is a worker, until 'close'. */
export function serveLane({ run, close }: Lane<object>): void {
  const port = parentPort;
  invariant(port !== null, 'a campaign worker runs in a thread of its own');
  port.on('message', async (request: ChunkRequest | 'close') => {
    if (request === 'close') {
      await close();
      port.close();
      return;
    }
    try {
      port.postMessage(await run(request));
    } catch (error) {
      port.postMessage({
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  });
}

/** What a campaign ends at. */
export interface Extent {
  /** The first run. */
  readonly first?: number;
  /** How many; without it, until the deadline or the signal. */
  readonly runs?: number;
  /** Milliseconds on the clock that is passed in. */
  readonly timeMs?: number;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
}

export type Ended = 'runs' | 'time' | 'findings' | 'aborted';

/** Takes results as they come. */
export interface Sink<Result> {
  /** Whether enough was found. */
  readonly full: boolean;
  add(result: Result): void;
}

const CHUNK_RUNS = 250;

/** Hands out chunks until a limit is met, and waits for those that are under way. */
export async function dispatch<Result>(
  { first = 0, runs = Number.POSITIVE_INFINITY, timeMs, now, signal }: Extent,
  lanes: readonly Lane<Result>[],
  sink: Sink<Result>,
  chunkRuns = CHUNK_RUNS,
): Promise<Ended> {
  const deadline = timeMs !== undefined && now ? now() + timeMs : Number.POSITIVE_INFINITY;
  const end = first + runs;
  let next = first;
  let ended: Ended = 'runs';
  const limit = (): Ended | undefined => {
    if (signal?.aborted) return 'aborted';
    if (sink.full) return 'findings';
    return now && now() >= deadline ? 'time' : undefined;
  };
  const work = async (lane: Lane<Result>) => {
    while (next < end) {
      const reached = limit();
      if (reached !== undefined) {
        ended = reached;
        return;
      }
      const request = { first: next, runs: Math.min(chunkRuns, end - next) };
      next += request.runs;
      sink.add(await lane.run(request));
    }
  };
  await Promise.all(lanes.map(work));
  return sink.full ? 'findings' : ended;
}

/** Brings results into the order of their runs, without a gap. */
export class InOrder<Result extends ChunkRequest> {
  private readonly waiting = new Map<number, Result>();
  private next: number;

  constructor(first: number) {
    this.next = first;
  }

  /** @returns those that are now in order, this one perhaps among them. */
  *add(result: Result): Generator<Result> {
    this.waiting.set(result.first, result);
    for (;;) {
      const ready = this.waiting.get(this.next);
      if (ready === undefined) return;
      this.waiting.delete(this.next);
      this.next += ready.runs;
      yield ready;
    }
  }
}
