// Row by row: no instruction but a tail call counts, and none writes a prog array or touches objects.

import type { Total } from '../../../model/errors.ts';
import { createInstruction, type Instruction } from '../../../model/isa/instruction.ts';
import type { Family, Row } from '../../../model/isa/row.ts';
import { ROWS, rowKey, rowNamed } from '../../../model/isa/table.ts';
import { frameBase, mapHandle } from '../../../model/scenario/environment.ts';
import { executeInstruction } from '../../explore/execute.ts';
import type { SymbolicState } from '../../explore/state.ts';
import { and, type BoolTerm, type BvTerm, bool, eq, implies } from '../../terms/index.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';
import { n64 } from './call.ts';
import { isAnyOf, PROG_ARRAY, type Way, waysOf } from './havoc.ts';

/** All helpers but bpf_tail_call, and one that is not modelled. */
const HELPERS = [1, 2, 3, 5, 7, 9] as const;
/** A key that the maps have, and one that they have not. */
const KEYS = [0, 5] as const;
/** What an update does with a key that is there, or is not; and flags that there are not. */
const FLAGS = [0, 1, 2, 3] as const;
const MAP_VALUE = 1;

/** Which families may go a frame down or up. */
const MOVES: Partial<Total<Family, true>> = { call: true, exit: true, packet: true };

export const FRAME: Theorem = {
  name: 'tail-call/frame',
  statement:
    'No instruction but a tail call changes the counter, except that a local call and a return pass it on as the profile says; and no instruction, a tail call included, writes a prog array, or changes descriptors, pins, references, owners or attachments.',
  source: 'linux-tail-calls §1.1, §2.3',
  method: { kind: 'cases', over: 'the rows of the instruction table, and the helpers' },
  expected: 'proved',
  lemmas: (subject) => [
    ...ROWS.filter(({ name }) => name !== 'CALL_HELPER').map((row) =>
      rowLemma(subject, rowKey(row), instructionOf(row)),
    ),
    ...HELPERS.map((helper) => helperLemma(subject, helper)),
    tailCallLemma(subject),
  ],
  faults: [
    {
      name: 'an addition resets the counter',
      plant: executing('ADD64', (state) => {
        state.counter = n64(0);
      }),
      lemma: 'ADD64/X',
    },
    {
      name: 'a store counts',
      plant: executing('STXDW', (state) => {
        state.counter = state.read(1);
      }),
      lemma: 'STXDW',
    },
    {
      name: 'a helper deletes from a prog array',
      plant: executing('CALL_HELPER', (state) => {
        state.maps.progArray(PROG_ARRAY)[0] = -1;
      }),
      lemma: 'helper 3',
    },
    {
      name: 'a lookup takes a reference',
      plant: executing('CALL_HELPER', (state) => {
        state.objects.program(1).refs++;
      }),
      lemma: 'helper 1',
    },
    {
      name: 'a tail call takes a reference to what it enters',
      plant: executing('CALL_HELPER', (state) => {
        if (state.tailCalls > 0) state.objects.program(state.program).refs++;
      }),
      lemma: 'tail call',
    },
    {
      name: 'a constant claims the array',
      plant: executing('LD_MAP_FD', (state) => {
        state.objects.array(PROG_ARRAY).owner = 2;
      }),
      lemma: 'LD_MAP_FD',
    },
  ],
};

/** The subject in which instructions of a name do one thing more. */
function executing(name: Row['name'], more: (state: SymbolicState) => void) {
  return (subject: Subject): Subject => ({
    ...subject,
    execute: (state) => {
      const instruction = state.scenario.programs[state.program]?.program.code[state.pc];
      executeInstruction(state);
      if (instruction?.row.name === name) more(state);
    },
  });
}

/** Fields that lead to the next slot, and name the map of values where they name one. */
function instructionOf(row: Row): Instruction {
  const { family } = row.operation;
  if (row.name === 'LD_CODE_ADDR') return createInstruction(row, { dst: 3, imm: 1 });
  if (family === 'ld_imm64') return createInstruction(row, { dst: 3, imm: MAP_VALUE });
  const { dst, src, imm } = row.fields;
  return createInstruction(row, {
    ...(dst === 'register' ? { dst: 1 } : {}),
    ...(src === 'register' ? { src: 2 } : {}),
    ...(imm === 'any' && (family === 'alu' || family === 'jump') ? { imm: 7 } : {}),
  });
}

/** A row's lemma; what is built for a row is built when it is asked for, since there are many. */
function rowLemma(subject: Subject, name: string, instruction: Instruction): Lemma {
  const mayMove = instruction.row.operation.family in MOVES;
  return {
    name,
    premises: {},
    get conclusion() {
      return and(
        isKept(subject, waysOf(subject, instruction, {}), mayMove),
        isKept(subject, waysOf(subject, instruction, { isCalled: true }), mayMove),
      );
    },
  };
}

/** Keys and values are on the stack: where else they can be is what the rows of loads say. */
function helperLemma(subject: Subject, helper: number): Lemma {
  const call = createInstruction(rowNamed('CALL_HELPER'), { imm: helper });
  const registers = (flags: number) =>
    new Map<number, BvTerm>([
      [2, n64(frameBase(0))],
      [3, n64(frameBase(0) + 8)],
      [4, n64(flags)],
    ]);
  return {
    name: `helper ${helper}`,
    premises: {},
    get conclusion() {
      const ways = KEYS.flatMap((key) =>
        FLAGS.map((flags) => waysOf(subject, call, { registers: registers(flags), key })),
      );
      return and(...ways.map((some) => isKept(subject, some, false)));
    },
  };
}

/** A call that is taken, finds nothing or is out of range, and one that finds the counter used up. */
function tailCallLemma(subject: Subject): Lemma {
  const call = createInstruction(rowNamed('CALL_HELPER'), { imm: 12 });
  const registers = new Map([[2, n64(mapHandle(PROG_ARRAY))]]);
  return {
    name: 'tail call',
    premises: {},
    get conclusion() {
      const ways = [0, subject.profile.tailCall.limit].map((counter) =>
        waysOf(subject, call, { registers, counter: n64(counter) }),
      );
      const kept = ways.flat().map((way) => implies(way.condition, and(...objectsKeptBy(way))));
      return and(...ways.map(isAnyOf), ...kept);
    },
  };
}

function objectsKeptBy({ before, after }: Way): BoolTerm[] {
  return [
    bool(after.slots.every((slot, i) => slot === before.slots[i])),
    bool(after.objects.every((value, i) => value === before.objects[i])),
  ];
}

/** That every way keeps the counter with the frame that it belongs to, and the prog array. */
function isKept(subject: Subject, ways: readonly Way[], mayMove: boolean): BoolTerm {
  return and(
    isAnyOf(ways),
    ...ways.map((way) => implies(way.condition, and(...keptBy(subject, way, mayMove)))),
  );
}

function keptBy(subject: Subject, way: Way, mayMove: boolean): BoolTerm[] {
  const { before, after, state } = way;
  const { semantics, profile } = subject;
  const { enter, leave } = semantics.counterPassing[profile.tailCall.propagation];
  const deeper = after.depth - before.depth;
  const passed: Readonly<Record<number, () => BoolTerm>> = {
    0: () => eq(after.counter, before.counter),
    1: () => and(eq(after.counter, enter(before.counter)), eq(after.callerCounter, before.counter)),
    [-1]: () => eq(after.counter, leave(before.counter, before.callerCounter)),
  };
  return [
    bool(deeper === 0 || mayMove),
    passed[deeper]?.() ?? bool(false),
    ...objectsKeptBy(way),
    bool(state.hops.length === 0 && state.tailCalls === 0),
  ];
}
