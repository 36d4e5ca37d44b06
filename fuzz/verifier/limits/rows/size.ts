// Limits on a program's size, and on how much is gone through to verify it.

import { createInstruction, type Instruction } from '../../../../model/isa/instruction.ts';
import { rowNamed } from '../../../../model/isa/table.ts';
import { slots, steps, waitingBranches } from '../figures.ts';
import type { LimitRow, Witness } from '../limit.ts';
import { overMarks, programsOf } from '../small-scale.ts';
import { EXIT, instructionsOf, MOVE_0, times, type WitnessInput, witnessOf } from '../witness.ts';

/** All slots from the first to the last. */
function straight(length: number, input: WitnessInput): Witness {
  return witnessOf([...Array<Instruction>(length - 1).fill(MOVE_0), EXIT], input);
}

/** What small programs are made of: loops that end and that do not, and what is not known of the context. */
const FLOW = [
  'r0 = 0',
  'r0 += 1',
  'r0 = *(u32 *)(r1 + 8)',
  'if r0 != 0 goto pc+1',
  'if r0 < 2 goto pc-2',
  'exit',
] as const;
const FLOW_WORDS =
  'all programs of up to 5 instructions out of 6, with loops and undecided branches';
const FLOW_LENGTH = 5;
const MARKS = [0, 1, 2] as const;
const SMALL_FUEL = { fuel: 1000 } as const;

const FILTER = { type: 'socket_filter', privileged: false } as const;
const UNPRIVILEGED = 4096;

const INSTRUCTIONS_UNPRIVILEGED: LimitRow = {
  name: 'instructions-unprivileged',
  what: 'slots of a program that is loaded without privileges',
  constant: 'BPF_MAXINSNS',
  value: UNPRIVILEGED,
  unit: 'steps',
  allows: UNPRIVILEGED,
  attains: UNPRIVILEGED,
  figure: steps,
  at: () => straight(UNPRIVILEGED, FILTER),
  beyond: () => straight(UNPRIVILEGED + 1, FILTER),
  refusal: { errno: 'E2BIG', message: '' },
  theorems: [],
  smallScale: {
    words: `${FLOW_WORDS}; limit 4`,
    limits: { instructions: { unprivileged: 4, privileged: 4 } },
    unit: 'steps',
    allows: 4,
    witnesses: () => programsOf(FLOW, FLOW_LENGTH, { ...FILTER, run: SMALL_FUEL }),
    figure: overMarks(steps, MARKS, 'max'),
  },
  note: 'no back edges and no functions: each slot runs once at most',
};

const PRIVILEGED = 1_000_000;

const INSTRUCTIONS: LimitRow = {
  name: 'instructions',
  what: 'slots of a program',
  constant: 'BPF_COMPLEXITY_LIMIT_INSNS',
  value: PRIVILEGED,
  unit: 'different slots',
  allows: PRIVILEGED,
  attains: PRIVILEGED,
  figure: slots,
  at: () => straight(PRIVILEGED, {}),
  beyond: () => straight(PRIVILEGED + 1, {}),
  refusal: { errno: 'E2BIG', message: '' },
  theorems: [],
  smallScale: {
    words: `${FLOW_WORDS}; limit 4`,
    limits: { instructions: { unprivileged: 4, privileged: 4 } },
    unit: 'different slots',
    allows: 4,
    witnesses: () => programsOf(FLOW, FLOW_LENGTH, { run: SMALL_FUEL }),
    figure: overMarks(slots, MARKS, 'max'),
  },
};

export const PROCESSED_MAX = 1_000_000;

const LOOPS = 1000;
/** Slots of the loop of `looping`. */
const BODY = 999;

/**
 * A loop over straight code: `processed` steps, all of which are gone through.
 * @param before one instruction. @param counter of the loop, which `before` leaves alone. @param after
 * straight code without loops, up to the end.
 */
export function looping(
  processed: number,
  before: Instruction,
  counter: number,
  after: readonly Instruction[],
): readonly Instruction[] {
  const loop = [
    ...Array<Instruction>(BODY - 2).fill(MOVE_0),
    ...instructionsOf(`r${counter} += -1; if r${counter} != 0 goto pc-${BODY}`),
  ];
  const filling = processed - 2 - LOOPS * BODY - after.length;
  return [
    before,
    ...instructionsOf(`r${counter} = ${LOOPS}`),
    ...loop,
    ...Array<Instruction>(filling).fill(MOVE_0),
    ...after,
  ];
}

const processedWitness = (processed: number) => witnessOf(looping(processed, MOVE_0, 6, [EXIT]));

const PROCESSED: LimitRow = {
  name: 'processed',
  what: 'instructions that are gone through, on all paths',
  constant: 'BPF_COMPLEXITY_LIMIT_INSNS',
  value: PROCESSED_MAX,
  unit: 'steps',
  allows: PROCESSED_MAX,
  attains: PROCESSED_MAX,
  figure: steps,
  at: () => processedWitness(PROCESSED_MAX),
  beyond: () => processedWitness(PROCESSED_MAX + 1),
  refusal: {
    errno: 'E2BIG',
    message: `BPF program is too large. Processed ${PROCESSED_MAX + 1} insn`,
  },
  theorems: [],
  smallScale: {
    words: `${FLOW_WORDS}; limit 6`,
    limits: { processed: 6 },
    unit: 'steps',
    allows: 6,
    witnesses: () => programsOf(FLOW, FLOW_LENGTH, { run: SMALL_FUEL }),
    figure: overMarks(steps, MARKS, 'max'),
  },
  note: 'of runs without may_goto, whose iterations are not gone through, and of one program: see work',
};

const JUMPS_MAX = 8192;

/** Undecided branches one behind the other; all lead to the end. */
function branches(count: number): Witness {
  const row = rowNamed('JEQ64', 'K');
  const jump = (index: number) =>
    createInstruction(row, { dst: 2, imm: index, offset: count - index - 1 });
  const [load] = instructionsOf('r2 = *(u32 *)(r1 + 8)');
  // No branch is taken by this run.
  const run = { context: { mark: count } };
  return witnessOf([load!, ...times(count, jump), MOVE_0, EXIT], { run });
}

const JUMP_SEQUENCE: LimitRow = {
  name: 'jump-sequence',
  what: 'branches that wait for their turn',
  constant: 'BPF_COMPLEXITY_LIMIT_JMP_SEQ',
  value: JUMPS_MAX,
  unit: 'branches waiting',
  allows: JUMPS_MAX,
  attains: JUMPS_MAX,
  figure: waitingBranches,
  at: () => branches(JUMPS_MAX),
  beyond: () => branches(JUMPS_MAX + 1),
  refusal: {
    errno: 'E2BIG',
    message: `The sequence of ${JUMPS_MAX + 1} jumps is too complex.`,
  },
  theorems: [],
  smallScale: {
    words: 'all programs of up to 6 instructions out of 4, with undecided branches; limit 1',
    limits: { jumpSequence: 1 },
    unit: 'branches waiting',
    allows: 1,
    witnesses: () =>
      programsOf(['r0 = 0', 'r0 = *(u32 *)(r1 + 8)', 'if r0 != 0 goto pc+1', 'exit'], 6, {}),
    figure: waitingBranches,
  },
  note: 'of the verifier’s memory: a run may go through more branches than wait at a time',
};

export const SIZE_ROWS: readonly LimitRow[] = [
  INSTRUCTIONS_UNPRIVILEGED,
  INSTRUCTIONS,
  PROCESSED,
  JUMP_SEQUENCE,
];
