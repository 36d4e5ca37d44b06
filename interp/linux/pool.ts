// Guests of one kernel, kept alive between batches. A guest that fails is replaced; the case that made it fail is
// found by running what was left one by one, and gets the failure as its result.

import { type Failure, type Guest, GuestFailed } from './guest.ts';

/** What became of a case: its reply, or how it made the guest fail. */
export type CaseResult = { readonly reply: Uint8Array } | { readonly failure: Failure };

/** A guest that failed. */
export interface Incident {
  readonly failure: Failure;
  /** Whether a case made it fail again when it was run alone. */
  readonly repeated: boolean;
}

export interface PoolOptions {
  /** Guests at the same time. */
  readonly guests?: number;
  /** How long a guest may say nothing before it counts as hung. */
  readonly silenceMs?: number;
}

const GUESTS = 2;
const SILENCE_MS = 20_000;

export class GuestPool {
  /** Guests that failed, in order. */
  readonly incidents: Incident[] = [];
  private readonly start: () => Promise<Guest>;
  private readonly silenceMs: number;
  private readonly idle: Guest[] = [];
  private readonly busy = new Set<Guest>();
  private readonly waiting: (() => void)[] = [];
  private free: number;
  private closed = false;

  /** @param start boots a guest. */
  constructor(
    start: () => Promise<Guest>,
    { guests = GUESTS, silenceMs = SILENCE_MS }: PoolOptions = {},
  ) {
    this.start = start;
    this.free = guests;
    this.silenceMs = silenceMs;
  }

  /** Runs cases on one guest. @returns a result for each. @throws InputError when a guest does not boot. */
  async run(cases: readonly Uint8Array[]): Promise<CaseResult[]> {
    await this.enter();
    try {
      return await this.runAll(cases);
    } finally {
      this.leave();
    }
  }

  /** Ends all guests, also those that are at work: their runs reject. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.idle.splice(0), ...this.busy].map((guest) => guest.kill()));
  }

  private async runAll(cases: readonly Uint8Array[]): Promise<CaseResult[]> {
    const results: CaseResult[] = [];
    while (results.length < cases.length) {
      const rest = cases.slice(results.length);
      const { replies, failure } = await this.attempt(rest);
      results.push(...replies.map((reply) => ({ reply })));
      if (failure === undefined) continue;
      // Replies come in bundles, so that any of those left may have done it.
      const repeated = await this.findCulprit(cases, results);
      this.incidents.push({ failure, repeated });
    }
    return results;
  }

  /** Runs cases one by one until one fails; adds their results. @returns whether one did. */
  private async findCulprit(cases: readonly Uint8Array[], results: CaseResult[]): Promise<boolean> {
    while (results.length < cases.length) {
      const { replies, failure } = await this.attempt([cases[results.length]!]);
      results.push(failure === undefined ? { reply: replies[0]! } : { failure });
      if (failure !== undefined) return true;
    }
    return false;
  }

  private async attempt(
    cases: readonly Uint8Array[],
  ): Promise<{ replies: readonly Uint8Array[]; failure?: Failure }> {
    const guest = this.idle.pop() ?? (await this.boot());
    this.busy.add(guest);
    try {
      const replies = await guest.exchange(cases, this.silenceMs);
      if (!this.closed) this.idle.push(guest);
      return { replies };
    } catch (error) {
      await guest.kill();
      if (!(error instanceof GuestFailed) || this.closed) throw error;
      return { replies: error.replies, failure: error.failure };
    } finally {
      this.busy.delete(guest);
    }
  }

  private async boot(): Promise<Guest> {
    const guest = await this.start();
    if (!this.closed) return guest;
    await guest.kill();
    throw new GuestFailed({ kind: 'ended', console: '' }, []);
  }

  private async enter(): Promise<void> {
    while (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.free--;
  }

  private leave(): void {
    this.free++;
    this.waiting.shift()?.();
  }
}
