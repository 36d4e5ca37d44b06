// Small scenarios in the terms that tail calls are told in: programs that attempt tail calls, directly or in local
// functions; arrays; what user space does. Both ways of finding write their scenarios so.

import type { Program } from '../../model/isa/program.ts';
import { splitImmediate64 } from '../../model/isa/text/numbers.ts';
import type { Profile } from '../../model/profiles/profile.ts';
import { buildContext } from '../../model/scenario/context.ts';
import { MAY_GOTO_BUDGET } from '../../model/scenario/environment.ts';
import type { ProgramAttributes, Scenario, ScheduleEntry } from '../../model/scenario/scenario.ts';
import { CodeBuilder, type Label } from '../generate/code-builder.ts';

/** One attempted tail call. */
export interface Attempt {
  readonly array: number;
  /** R3, unsigned 64 bits. */
  readonly index: bigint;
  /** Whether the index comes out of arithmetic, so that it is no constant to the eye. */
  readonly isComputed?: boolean;
  /** In a local function of the program, which returns to it. */
  readonly isInFunction?: boolean;
}

export interface DraftProgram {
  readonly attempts: readonly Attempt[];
  /** Bytes of stack that its first function uses. */
  readonly stack?: number;
  readonly isTraced?: boolean;
  readonly attributes?: Partial<ProgramAttributes>;
  /** The n-th local function of a program, which it takes the place of while attached. */
  readonly replaces?: { readonly program: number; readonly localFunction: number };
}

export interface DraftArray {
  /** By slot: a program, or undefined. */
  readonly slots: readonly (number | undefined)[];
}

export interface Draft {
  /** The first is the run's. */
  readonly programs: readonly DraftProgram[];
  readonly arrays: readonly DraftArray[];
  readonly schedule?: readonly ScheduleEntry[];
}

/** Ends what would not end by itself, far beyond what 34 entries of small programs take. */
const FUEL = 1200;
const PACKET = new Uint8Array();
const CONTEXT_REGISTER = 6;
const TAIL_CALL = 12;

/** The scenario of a draft, or undefined where an extension replaces a function that is not there. */
export function scenarioOf({ programs, arrays, schedule = [] }: Draft, profile: Profile) {
  const built = programs.map((program, number) => buildProgram(program, number));
  const named: Scenario['programs'][number][] = [];
  for (const [number, { replaces, isTraced, attributes }] of programs.entries()) {
    const slot = replaces && built[replaces.program]?.functions[replaces.localFunction]?.slot;
    if (replaces !== undefined && slot === undefined) return undefined;
    named.push({
      name: number === 0 ? 'entry' : `p${number}`,
      program: built[number]!.program,
      ...(attributes === undefined ? {} : { attributes }),
      ...(isTraced ? { traced: true } : {}),
      ...(replaces && slot !== undefined ? { replaces: { program: replaces.program, slot } } : {}),
    });
  }
  return {
    profile,
    type: 'sched_cls',
    maps: arrays.map(({ slots }, number) => ({
      name: `jmp${number}`,
      type: 'prog_array',
      maxEntries: slots.length,
      entries: slots.flatMap((program, index) =>
        program === undefined ? [] : [{ index, program }],
      ),
    })),
    programs: named,
    run: {
      program: 0,
      context: buildContext('sched_cls', PACKET),
      packet: PACKET,
      registers: new Map(),
      fuel: FUEL,
      seed: 0,
      uninitialised: 'trap',
      mayGoto: MAY_GOTO_BUDGET,
      helpers: 'linux',
    },
    schedule,
  } satisfies Scenario as Scenario;
}

interface Built {
  readonly program: Program;
  readonly functions: readonly Label[];
}

/** It attempts its calls in order and exits with its number. */
function buildProgram({ attempts, stack = 0 }: DraftProgram, number: number): Built {
  const code = new CodeBuilder();
  const functions: { readonly label: Label; readonly attempt: Attempt }[] = [];
  if (stack > 0) code.emit('STB', 'N', { dst: 10, offset: -stack, imm: 0 });
  if (attempts.length > 1) code.emit('MOV64', 'X', { dst: CONTEXT_REGISTER, src: 1 });
  attempts.forEach((attempt, position) => {
    if (position > 0) code.emit('MOV64', 'X', { dst: 1, src: CONTEXT_REGISTER });
    if (!attempt.isInFunction) {
      emitAttempt(code, attempt);
      return;
    }
    const label = code.label();
    functions.push({ label, attempt });
    code.reach('CALL_LOCAL', label);
  });
  emitExit(code, number);
  for (const { label, attempt } of functions) {
    code.place(label);
    emitAttempt(code, attempt);
    code.emit('EXIT', 'N');
  }
  return { program: code.finish(), functions: functions.map(({ label }) => label) };
}

function emitExit(code: CodeBuilder, r0: number): void {
  code.emit('MOV64', 'K', { dst: 0, imm: r0 });
  code.emit('EXIT', 'N');
}

const I32_MAX = 0x7fff_ffffn;

function emitAttempt(code: CodeBuilder, { array, index, isComputed }: Attempt): void {
  code.emit('LD_MAP_FD', 'N', { dst: 2, imm: array });
  if (index <= I32_MAX) code.emit('MOV64', 'K', { dst: 3, imm: Number(index) });
  else code.emit('LD_IMM64', 'N', { dst: 3, ...splitImmediate64(index) });
  if (isComputed) code.emit('ADD64', 'K', { dst: 3, imm: 0 });
  code.emit('CALL_HELPER', 'N', { imm: TAIL_CALL });
}
