// The limit on tail calls, which bites at run time, and how much work it leaves.

import type { ProgArray } from '../../../../model/scenario/scenario.ts';
import { steps, tailCalls } from '../figures.ts';
import type { LimitRow, Witness } from '../limit.ts';
import { instructionsOf, programOf, times, witnessOf } from '../witness.ts';
import { looping, PROCESSED_MAX } from './size.ts';

const TAIL_CALLS = 33;

const jmp = (programs: number): ProgArray => ({
  name: 'jmp',
  type: 'prog_array',
  maxEntries: programs,
  entries: times(programs, (index) => ({ index, program: index })),
});

/** Programs of which each tail-calls the next; the last one gives 1, one whose call fails 0. */
function row(calls: number): Witness {
  const maps = [jmp(calls + 1)];
  const link = (index: number) =>
    index < calls
      ? `r2 = map[jmp]; r3 = ${index + 1}; call bpf_tail_call; r0 = 0; exit`
      : 'r0 = 1; exit';
  const programs = times(calls + 1, (index) => programOf(link(index), maps));
  return witnessOf(programs, { maps });
}

const TAIL_CALLS_ROW: LimitRow = {
  name: 'tail-calls',
  what: 'tail calls of a run; the next one fails',
  constant: 'MAX_TAIL_CALL_CNT',
  value: TAIL_CALLS,
  unit: 'tail calls',
  allows: TAIL_CALLS,
  attains: TAIL_CALLS,
  figure: tailCalls,
  at: () => row(TAIL_CALLS),
  beyond: () => row(TAIL_CALLS + 1),
  refusal: 'none',
  theorems: ['tail-call/count'],
};

/** What comes after the tail call runs only when it fails. */
const AFTER = 2;

/** A program of so many steps that tail-calls itself. */
function working(processed: number): Witness {
  const maps = [jmp(1)];
  const end = instructionsOf(
    'r1 = r6; r2 = map[jmp]; r3 = 0; call bpf_tail_call; r0 = 0; exit',
    maps,
  );
  const [keep] = instructionsOf('r6 = r1');
  // Reads are checked by the verifier; without a check the run takes a few seconds.
  const run = { uninitialised: 'ignore' } as const;
  return witnessOf(looping(processed, keep!, 7, end), { maps, run });
}

const WORK: LimitRow = {
  name: 'work',
  what: 'instructions that are gone through, of a program that tail-calls itself',
  constant: 'BPF_COMPLEXITY_LIMIT_INSNS',
  value: PROCESSED_MAX,
  unit: 'steps',
  allows: (TAIL_CALLS + 1) * PROCESSED_MAX,
  attains: (TAIL_CALLS + 1) * PROCESSED_MAX - TAIL_CALLS * AFTER,
  figure: steps,
  at: () => working(PROCESSED_MAX),
  beyond: () => working(PROCESSED_MAX + 1),
  refusal: {
    errno: 'E2BIG',
    message: `BPF program is too large. Processed ${PROCESSED_MAX + 1} insn`,
  },
  theorems: ['tail-call/work'],
  note: `${AFTER} steps behind the tail call run in the last of ${TAIL_CALLS + 1} programs only`,
};

export const TAIL_CALL_ROWS: readonly LimitRow[] = [TAIL_CALLS_ROW, WORK];
