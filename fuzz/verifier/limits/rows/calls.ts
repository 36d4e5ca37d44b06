// Limits on local calls.

import { frames, functions } from '../figures.ts';
import type { LimitRow, Witness } from '../limit.ts';
import { programsOf } from '../small-scale.ts';
import { times, witnessOf } from '../witness.ts';

/** What small programs are made of: functions of a few instructions that call each other. */
const CALLS = ['call pc+0', 'call pc+1', 'call pc+3', 'r0 = 0', 'exit'] as const;
const CALLS_LENGTH = 6;
const CALLS_WORDS = 'all programs of up to 6 instructions out of 5, with local calls';
const SMALL_RUN = { run: { fuel: 1000 } } as const;

const SUBPROGRAMS_MAX = 256;

/** An entry that calls all others, one after the other. */
function flat(count: number): Witness {
  const others = times(count - 1, (index) => `f${index}`);
  return witnessOf(
    [
      ...others.map((name) => `call ${name}`),
      'r0 = 0; exit',
      ...others.map((name) => `${name}: r0 = 0; exit`),
    ].join('; '),
  );
}

const SUBPROGRAMS: LimitRow = {
  name: 'subprograms',
  what: 'functions of a program, its entry among them',
  constant: 'BPF_MAX_SUBPROGS',
  value: SUBPROGRAMS_MAX,
  unit: 'functions entered',
  allows: SUBPROGRAMS_MAX,
  attains: SUBPROGRAMS_MAX,
  figure: functions,
  at: () => flat(SUBPROGRAMS_MAX),
  beyond: () => flat(SUBPROGRAMS_MAX + 1),
  refusal: { errno: 'E2BIG', message: 'too many subprograms' },
  theorems: [],
  smallScale: {
    words: `${CALLS_WORDS}; limit 2`,
    limits: { subprograms: 2 },
    unit: 'functions entered',
    allows: 2,
    witnesses: () => programsOf(CALLS, CALLS_LENGTH, SMALL_RUN),
    figure: functions,
  },
};

const FRAMES_MAX = 8;

/** Functions that call each other in a row. @param entry what the first one does. */
function chain(count: number, entry = 'call f1; r0 = 0; exit'): Witness {
  const functionOf = (index: number) =>
    index + 1 < count ? `f${index}: call f${index + 1}; r0 = 0; exit` : `f${index}: r0 = 0; exit`;
  return witnessOf([entry, ...times(count - 1, (index) => functionOf(index + 1))].join('; '));
}

const FRAMES: LimitRow = {
  name: 'frames',
  what: 'frames of local calls at a time',
  constant: 'MAX_CALL_FRAMES',
  value: FRAMES_MAX,
  unit: 'frames',
  allows: FRAMES_MAX,
  attains: FRAMES_MAX,
  figure: frames,
  at: () => chain(FRAMES_MAX),
  beyond: () => chain(FRAMES_MAX + 1),
  refusal: { errno: 'E2BIG', message: `the call stack of ${FRAMES_MAX + 1} frames is too deep` },
  theorems: [],
  smallScale: {
    words: `${CALLS_WORDS}; limit 2`,
    limits: { frames: 2 },
    unit: 'frames',
    allows: 2,
    witnesses: () => programsOf(CALLS, CALLS_LENGTH, SMALL_RUN),
    figure: frames,
  },
};

/** No path comes to the first call. */
const UNVISITED = 'r0 = 0; if r0 == 0 goto over; call f1; over: r0 = 0; exit';

const FRAMES_UNVISITED: LimitRow = {
  ...FRAMES,
  name: 'frames-unvisited',
  what: 'frames of calls that no path comes to',
  attains: 1,
  at: () => chain(FRAMES_MAX, UNVISITED),
  beyond: () => chain(FRAMES_MAX + 1, UNVISITED),
  refusal: { errno: 'E2BIG', message: `the call stack of ${FRAMES_MAX} frames is too deep !` },
  note: 'calls are counted where the code has them; the message does not count the entry’s frame',
};

export const CALL_ROWS: readonly LimitRow[] = [SUBPROGRAMS, FRAMES, FRAMES_UNVISITED];
