// Makes smaller what a kernel is asked about: candidates go to it many at a time, and only so many altogether.

import type { Scenario } from '../../model/scenario/scenario.ts';

const CANDIDATES_MAX = 3000;

export interface BatchedSearch<T> {
  /** Candidates in one message. */
  readonly batch: number;
  /** Largest cut first. */
  smaller(of: T): Iterator<Scenario>;
  /** The first of the candidates that still shows what is looked for. */
  first(of: T, candidates: readonly Scenario[]): Promise<T | undefined>;
}

/** Goes on from the first smaller one that is found, until there is none. */
export async function shrinkInBatches<T>(
  start: T,
  { batch, smaller, first }: BatchedSearch<T>,
  signal?: AbortSignal,
): Promise<T> {
  let smallest = start;
  let left = CANDIDATES_MAX;
  for (;;) {
    const candidates = smaller(smallest);
    let found: T | undefined;
    while (found === undefined && left > 0 && !signal?.aborted) {
      const taken = take(candidates, Math.min(batch, left));
      if (taken.length === 0) return smallest;
      left -= taken.length;
      found = await first(smallest, taken);
    }
    if (found === undefined) return smallest;
    smallest = found;
  }
}

function take<T>(items: Iterator<T>, count: number): T[] {
  const taken: T[] = [];
  while (taken.length < count) {
    const { done, value } = items.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}
