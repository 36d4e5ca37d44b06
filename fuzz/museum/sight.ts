// By what a bug is told: from what a faulty and a mended variant make of the same scenario.

import type { TrapKind } from '../../model/scenario/outcome.ts';
import type { Seen } from './variant.ts';

/** Whether a bug shows, and in words by what. */
export interface Sight {
  readonly words: string;
  readonly shows: (faulty: Seen, mended: Seen) => boolean;
}

const isExit = ({ ending }: Seen) => ending === 'exit';

/** Both runs end by themselves, one after more calls than the other or with another result. */
export const DIFFERENT_END: Sight = {
  words: 'both runs exit, with other numbers of tail calls or another R0',
  shows: (faulty, mended) =>
    isExit(faulty) && isExit(mended) && seenText(faulty) !== seenText(mended),
};

/** The faulty run takes more calls than there may be, and the mended one does not. */
export function moreThan(limit: number): Sight {
  const isOver = ({ tailCalls }: Seen) => tailCalls > limit;
  return {
    words: `the faulty run takes more than ${limit} tail calls, the mended one does not`,
    shows: (faulty, mended) => isOver(faulty) && isExit(mended) && !isOver(mended),
  };
}

/** The faulty run traps, and the mended one exits. */
export function trapOf(kind: TrapKind): Sight {
  return {
    words: `the faulty run traps ${kind}, the mended one exits`,
    shows: ({ trap }, mended) => trap === kind && isExit(mended),
  };
}

const ENDINGS: Readonly<Record<Seen['ending'], (seen: Seen) => string>> = {
  exit: ({ r0 }) => `exit ${r0}`,
  trap: ({ trap }) => `trap ${trap}`,
  out_of_fuel: () => 'out of fuel',
  unsupported: () => 'unsupported',
};

/** How a run ended, in few words. */
export function seenText(seen: Seen): string {
  const { ending, tailCalls } = seen;
  return `${ENDINGS[ending](seen)}, ${tailCalls} tail call${tailCalls === 1 ? '' : 's'}`;
}

/** Whether anything that can be seen is different: a lead, though it need not be the bug. */
export function isDifferent(faulty: Seen, mended: Seen): boolean {
  const { schedule } = mended;
  return (
    seenText(faulty) !== seenText(mended) ||
    faulty.schedule.some((errno, entry) => errno !== schedule[entry])
  );
}
