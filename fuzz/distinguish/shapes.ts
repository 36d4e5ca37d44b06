// The small scenarios among which profiles are told apart: programs that only attempt tail calls, directly or in
// local functions, an array of one or two slots, at most one write. Enumerated by instructions, then slots, then
// writes, so that the first difference found is a smallest one of this family.

import type { Program } from '../../model/isa/program.ts';
import type { Profile } from '../../model/profiles/profile.ts';
import { buildContext } from '../../model/scenario/context.ts';
import { MAY_GOTO_BUDGET } from '../../model/scenario/environment.ts';
import type { ProgArray, Scenario, ScheduleEntry } from '../../model/scenario/scenario.ts';
import { CodeBuilder, type Label } from '../generate/code-builder.ts';

/** What R3 holds: a slot, the first index out of range, or 2^32, whose low half is slot 0. */
type IndexChoice = number | 'out of range' | 'wide';

interface Attempt {
  readonly index: IndexChoice;
  /** In a local function of the program, which returns to it. */
  readonly inFunction: boolean;
}

interface Shape {
  readonly attempts: readonly Attempt[];
  readonly instructions: number;
}

const ATTEMPTS_MAX = 3;
const SLOTS_MAX = 2;
/** Ends chains that a profile does not; far beyond what 34 entries of these programs take. */
const FUEL = 4000;
const PACKET = new Uint8Array(14);

/** What the family leaves out is said with every `no difference`. */
export const FAMILY =
  'programs of up to 3 attempted tail calls each, direct or in local functions, 2 programs, 2 slots, 1 write';

function sizeOf(attempts: readonly Attempt[]): number {
  const functions = new Set(attempts.filter((a) => a.inFunction).map((a) => a.index)).size;
  const direct = attempts.filter((a) => !a.inFunction).length;
  const calls = attempts.length - direct;
  // r0 and exit; three a direct attempt; five a function; saving and restoring the context.
  const context = attempts.length > 1 ? attempts.length : 0;
  return 2 + 3 * direct + calls + 5 * functions + context;
}

function* attemptLists(choices: readonly Attempt[], length: number): Generator<Attempt[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (const rest of attemptLists(choices, length - 1)) {
    for (const choice of choices) yield [...rest, choice];
  }
}

/** Every program shape up to a size, smallest first. */
function shapesUpTo(instructionsMax: number): Shape[] {
  const indices: IndexChoice[] = [...Array(SLOTS_MAX).keys(), 'out of range', 'wide'];
  const choices = indices.flatMap((index) => [
    { index, inFunction: false },
    { index, inFunction: true },
  ]);
  const shapes: Shape[] = [];
  for (let length = 0; length <= ATTEMPTS_MAX; length++) {
    for (const attempts of attemptLists(choices, length)) {
      const instructions = sizeOf(attempts);
      if (instructions <= instructionsMax) shapes.push({ attempts, instructions });
    }
  }
  return shapes.sort((a, b) => a.instructions - b.instructions);
}

function emitAttempt(code: CodeBuilder, index: IndexChoice, slots: number): void {
  code.emit('LD_MAP_FD', 'N', { dst: 2, imm: 0 });
  if (index === 'wide') code.emit('LD_IMM64', 'N', { dst: 3, imm: 0, nextImm: 1 });
  else code.emit('MOV64', 'K', { dst: 3, imm: index === 'out of range' ? slots : index });
  code.emit('CALL_HELPER', 'N', { imm: 12 });
}

/** The program of a shape; it exits with its number. */
function buildProgram({ attempts }: Shape, number: number, slots: number): Program {
  const code = new CodeBuilder();
  const functions = new Map<IndexChoice, Label>();
  if (attempts.length > 1) code.emit('MOV64', 'X', { dst: 6, src: 1 });
  attempts.forEach(({ index, inFunction }, position) => {
    if (position > 0) code.emit('MOV64', 'X', { dst: 1, src: 6 });
    if (inFunction) {
      const label = functions.get(index) ?? code.label();
      functions.set(index, label);
      code.reach('CALL_LOCAL', label);
    } else {
      emitAttempt(code, index, slots);
    }
  });
  code.emit('MOV64', 'K', { dst: 0, imm: number });
  code.emit('EXIT', 'N');
  for (const [index, label] of functions) {
    code.place(label);
    emitAttempt(code, index, slots);
    code.emit('MOV64', 'K', { dst: 0, imm: 0 });
    code.emit('EXIT', 'N');
  }
  return code.finish();
}

function* contents(slots: number, programs: number): Generator<ProgArray> {
  const choices = programs + 1;
  for (let code = 0; code < choices ** slots; code++) {
    const entries = [];
    for (let index = 0, rest = code; index < slots; index++, rest = Math.floor(rest / choices)) {
      const program = (rest % choices) - 1;
      if (program >= 0) entries.push({ index, program });
    }
    yield { name: 'jmp', type: 'prog_array', maxEntries: slots, entries };
  }
}

function* schedules(slots: number, programs: number, writes: number): Generator<ScheduleEntry[]> {
  if (writes === 0) {
    yield [];
    return;
  }
  for (let hop = 0; hop < 3; hop++) {
    for (let index = 0; index < slots; index++) {
      const place = { before: { hop }, map: 0, index };
      yield [{ ...place, op: 'delete' }];
      for (let program = 0; program < programs; program++)
        yield [{ ...place, op: 'update', program }];
    }
  }
}

/** A scenario of the family, for any profile, with what it is measured by. */
export interface Candidate {
  readonly scenario: (profile: Profile) => Scenario;
  readonly instructions: number;
  readonly slots: number;
  readonly writes: number;
  /** Whether a program has both local calls and a tail call, which some profiles refuse. */
  readonly mixesCalls: boolean;
}

/** Every scenario of the family up to a number of instructions in all, smallest first. */
export function* candidates(instructionsMax: number): Generator<Candidate> {
  const shapes = shapesUpTo(instructionsMax);
  for (let instructions = 2; instructions <= instructionsMax; instructions++) {
    const sets = [...programSets(shapes, instructions)];
    for (let slots = 1; slots <= SLOTS_MAX; slots++) {
      for (let writes = 0; writes <= 1; writes++) {
        for (const set of sets) yield* withArrays(set, instructions, slots, writes);
      }
    }
  }
}

/** One or two programs with exactly so many instructions together. */
function* programSets(shapes: readonly Shape[], instructions: number): Generator<Shape[]> {
  for (const entry of shapes) {
    if (entry.instructions === instructions) yield [entry];
    for (const other of shapes) {
      if (entry.instructions + other.instructions === instructions) yield [entry, other];
    }
  }
}

function* withArrays(
  set: readonly Shape[],
  instructions: number,
  slots: number,
  writes: number,
): Generator<Candidate> {
  const fits = ({ index }: Attempt) => typeof index !== 'number' || index < slots;
  if (!set.every(({ attempts }) => attempts.every(fits))) return;
  const programs = set.map((shape, number) => ({
    name: number === 0 ? 'entry' : `p${number}`,
    program: buildProgram(shape, number, slots),
  }));
  const mixesCalls = set.some(({ attempts }) => attempts.some((attempt) => attempt.inFunction));
  const context = buildContext('sched_cls', PACKET);
  const run = {
    program: 0,
    context,
    packet: PACKET,
    registers: new Map<number, bigint>(),
    fuel: FUEL,
    seed: 0,
    uninitialised: 'trap',
    mayGoto: MAY_GOTO_BUDGET,
    helpers: 'linux',
  } as const;
  for (const array of contents(slots, set.length)) {
    for (const schedule of schedules(slots, set.length, writes)) {
      const scenario = (profile: Profile): Scenario => ({
        profile,
        type: 'sched_cls',
        maps: [array],
        programs,
        run,
        schedule,
      });
      yield { scenario, instructions, slots, writes, mixesCalls };
    }
  }
}
