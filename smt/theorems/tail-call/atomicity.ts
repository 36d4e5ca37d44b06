// A tail call looks at its slot at one instant, and each call at one of its own.

import { createInstruction } from '../../../model/isa/instruction.ts';
import { rowNamed } from '../../../model/isa/table.ts';
import { mapHandle } from '../../../model/scenario/environment.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import type { ScheduleEntry } from '../../../model/scenario/scenario.ts';
import { executeInstruction } from '../../explore/execute.ts';
import type { SymbolicState } from '../../explore/state.ts';
import {
  type ArrayTerm,
  and,
  arrayVar,
  type BoolTerm,
  type BvTerm,
  bool,
  bv,
  bvadd,
  bvuge,
  bvVar,
  distinct,
  eq,
  implies,
  or,
  select,
  store,
} from '../../terms/index.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';
import { type AnyCall, anyCall, n64, stepOf, withTailCall } from './call.ts';
import { isAnyOf, isFilled, PROG_ARRAY, type Way, waysOf } from './havoc.ts';

/** A number for each program, 0 for an empty slot; and every content of the array. */
const PROGRAM_BITS = 8;
const EMPTY = bv(PROGRAM_BITS, 0n);
const content = arrayVar('slots', 64, PROGRAM_BITS);

/** What any writer leaves, who writes one slot: program or none. */
const written = (before: ArrayTerm, n: number) =>
  store(before, bvVar(`written_at_${n}`, 64), bvVar(`written_${n}`, PROGRAM_BITS));

const indexOf = ({ semantics, profile }: Subject, { r3 }: AnyCall) =>
  semantics.tailCall.index(r3, profile.tailCall);

export const ATOMICITY: Theorem = {
  name: 'tail-call/atomicity',
  statement:
    'The program that a tail call enters was in the slot at one instant of the call, whatever is written meanwhile, and the write of no later instant matters.',
  source: 'linux-tail-calls §1.1, §8 (A)',
  method: { kind: 'cases', over: 'the instants of a call, then contents of an array and writes' },
  expected: 'proved',
  lemmas: (subject) => [
    instantLemma(subject),
    ...WRITES.map((write) => writeLemma(subject, write)),
  ],
  faults: [
    {
      name: 'an empty slot is entered',
      plant: withTailCall((meaning) => ({
        ...meaning,
        results: (state, knobs) => meaning.results({ ...state, slotEmpty: bool(false) }, knobs),
      })),
      lemma: 'instant',
    },
    { name: 'the slot is read again', plant: readingAgain, lemma: 'write 0 = 1' },
  ],
};

/** The call's one read is before, between or after two writes of anybody. */
function instantLemma(subject: Subject): Lemma {
  const call = anyCall();
  const index = indexOf(subject, call);
  const first = written(content, 0);
  const instants = [content, first, written(first, 1)];
  const tested = bvVar('tested', PROGRAM_BITS);
  const entered = bvVar('entered', PROGRAM_BITS);
  const inSlot = (program: BvTerm) =>
    or(...instants.map((instant) => eq(program, select(instant, index))));
  const { results } = stepOf(subject, { ...call, slotEmpty: eq(tested, EMPTY) });
  return {
    name: 'instant',
    premises: {
      'what is tested was read at one instant': inSlot(tested),
      'what is entered is what was tested': eq(entered, tested),
      'the call is taken': results.taken,
    },
    conclusion: and(distinct(entered, EMPTY), inSlot(entered)),
  };
}

/** A write before the call, to one of two slots: one of two programs, or none. */
interface Write {
  readonly index: number;
  readonly program: number | undefined;
}

const CONTENTS = [undefined, 1, 2] as const;
const WRITES: readonly Write[] = [0, 1].flatMap((index) =>
  CONTENTS.map((program) => ({ index, program })),
);
const CALL = createInstruction(rowNamed('CALL_HELPER'), { imm: 12 });

/** In the machine: for all contents of an array, a write before the call counts, and one after it does not. */
function writeLemma(subject: Subject, write: Write): Lemma {
  return {
    name: `write ${write.index} = ${write.program ?? 'empty'}`,
    premises: {},
    get conclusion() {
      const contents = CONTENTS.flatMap((zero) => CONTENTS.map((one) => [zero, one] as const));
      return and(
        ...contents.map((slots) => {
          const ways = callsBetween(subject, slots, write);
          const after = slots.map((slot, i) => (i === write.index ? write.program : slot));
          return and(isAnyOf(ways), ...ways.map((way) => entersFrom(subject, way, after)));
        }),
      );
    },
  };
}

/** The call after the write and before another one that turns every slot over. */
function callsBetween(
  subject: Subject,
  slots: readonly (number | undefined)[],
  { index, program }: Write,
): Way[] {
  const place = { map: PROG_ARRAY, index, before: { hop: 0 } };
  const earlier: ScheduleEntry =
    program === undefined ? { ...place, op: 'delete' } : { ...place, op: 'update', program };
  const later = [0, 1].map(
    (other): ScheduleEntry => ({
      map: PROG_ARRAY,
      index: other,
      before: { hop: 1 },
      op: 'update',
      program: program === 1 ? 2 : 1,
    }),
  );
  return waysOf(subject, CALL, {
    slots,
    registers: new Map([[2, n64(mapHandle(PROG_ARRAY))]]),
    counter: n64(0),
    schedule: [earlier, ...later],
  });
}

function entersFrom(
  subject: Subject,
  { condition, state }: Way,
  slots: readonly (number | undefined)[],
): BoolTerm {
  const index = indexOf(subject, { ...anyCall(), r3: bvVar('r3', 64) });
  const isAt = (isSuch: (slot: number | undefined) => boolean) =>
    or(...slots.map((slot, i) => (isSuch(slot) ? eq(index, n64(i)) : bool(false))));
  const isTaken = state.tailCalls === 1;
  return implies(
    condition,
    isTaken
      ? isAt((slot) => slot === state.program)
      : or(
          isAt((slot) => !isFilled(slot)),
          bvuge(index, n64(slots.length)),
        ),
  );
}

/** Enters what the slot holds after the next write, as a second read would. */
function readingAgain(subject: Subject): Subject {
  return {
    ...subject,
    execute: (state: SymbolicState) => {
      executeInstruction(state);
      if (state.tailCalls === 0) return;
      state.schedule.beforeHop();
      state.program = state.maps.progArray(PROG_ARRAY)[0] ?? state.program;
    },
  };
}

export const ONE_VERSION: Theorem = {
  name: 'tail-call/one-version',
  statement: 'Two tail calls of one run with the same index enter the same program.',
  source: 'linux-tail-calls §8 (A)',
  method: { kind: 'direct' },
  expected: 'refuted',
  lemmas: (subject) => {
    const call = anyCall();
    const index = indexOf(subject, call);
    const later = { ...call, counter: bvadd(call.counter, n64(1)) };
    const first = select(content, index);
    const second = select(written(content, 0), index);
    const takes = (one: AnyCall, slot: BvTerm) =>
      stepOf(subject, { ...one, slotEmpty: eq(slot, EMPTY) }).results.taken;
    return [
      {
        name: 'the same program',
        premises: {
          'the first call is taken': takes(call, first),
          'the second call is taken': takes(later, second),
        },
        conclusion: eq(first, second),
      },
    ];
  },
  faults: [],
  replay: (_lemma, _model, { profile }) => ({ ...parseScenario(REPLACED), profile }),
};

/** Both calls take slot 0; between them it is replaced. */
const REPLACED = `tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 1, entries: { 0: first } }
programs:
  entry: |
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 0
    exit
  first: |
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 1
    exit
  second: |
    r0 = 2
    exit
run: { program: entry, packet: "00" }
schedule:
  - { before: { hop: 1 }, update: jmp, index: 0, program: second }
expect: { exit: 2, tail_calls: 2 }
`;
