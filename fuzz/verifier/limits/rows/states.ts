// The limit on states that are kept of one instruction.

import { keptStates } from '../figures.ts';
import type { LimitRow, Witness } from '../limit.ts';
import { times, witnessOf } from '../witness.ts';

const STATES_MAX = 64;
/** A state is kept while there are no more than the limit. */
const KEPT_MAX = STATES_MAX + 1;
/**
 * So often a state is come to again that it is not given up: it stays for three misses more for each time, and misses
 * whatever is kept after it.
 */
const ARRIVALS = 24;

/**
 * Different states come to one instruction, each of them several times: in each section r6 is another number. What
 * tells the arrivals of one section apart is not read behind that instruction.
 */
function arriving(states: number, arrivals: number): Witness {
  // What is gone through last is the section that stands first: what is not kept comes once.
  const sections = times(states, (state) => (state === 0 ? 1 : arrivals));
  // One number after the other, so that what is left on the way through has none of them.
  let next = 0;
  const section = (count: number, state: number) => {
    const jumps = times(count, () => `if r7 == ${next++} goto pad${state}`);
    return `r6 = ${state}; ${jumps.join('; ')}`;
  };
  // A state is kept where two jumps and eight instructions have passed since the last one was: at the target, and not
  // between the jumps.
  const pad = (state: number) =>
    `pad${state}: goto near${state}; near${state}: goto far${state}; far${state}: r0 = r7; ${'r0 += 1; '.repeat(8)} goto target`;
  return witnessOf(
    [
      'r7 = *(u32 *)(r1 + 0)',
      ...sections.map(section),
      `goto pad${states - 1}`,
      ...times(states, pad),
      'target: r0 = r6; r0 += 1; r0 = 0; exit',
    ].join('; '),
    { type: 'socket_filter', privileged: false },
  );
}

function* small(): Generator<Witness> {
  for (let states = 1; states <= 6; states++) {
    for (let arrivals = 1; arrivals <= 6; arrivals++) yield arriving(states, arrivals);
  }
}

export const STATES: LimitRow = {
  name: 'states',
  what: 'states kept of an instruction when another one comes, without privileges; no more are kept then',
  constant: 'BPF_COMPLEXITY_LIMIT_STATES',
  value: STATES_MAX,
  unit: 'states kept',
  allows: KEPT_MAX,
  attains: KEPT_MAX,
  figure: keptStates,
  at: () => arriving(KEPT_MAX, ARRIVALS),
  beyond: () => arriving(KEPT_MAX + 1, ARRIVALS),
  refusal: 'none',
  theorems: [],
  smallScale: {
    words: 'programs in which up to 6 states come to an instruction up to 6 times each; limit 2',
    limits: { states: 2 },
    unit: 'states kept',
    allows: 3,
    witnesses: small,
    figure: keptStates,
  },
  note: 'of the verifier’s memory; one state more is kept than the limit says',
};
