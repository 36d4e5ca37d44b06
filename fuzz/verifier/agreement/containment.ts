// Runs held against a kernel's own log: at each instruction every number lies in some state that the log has there.
// For programs of which no path was pruned; elsewhere a state stands for more than the log shows.

import type { Machine } from '../../../interp/index.ts';
import {
  parseVerifierLog,
  type StateBefore,
  statesBefore,
} from '../../../interp/linux/log/parse.ts';
import type { ScalarState } from '../../../interp/linux/log/scalar.ts';
import { createInstruction } from '../../../model/isa/instruction.ts';
import { createProgram } from '../../../model/isa/program.ts';
import { rowNamed } from '../../../model/isa/table.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';

/** The states of a program's log by slot; undefined where paths were pruned. */
export type LoggedStates = ReadonlyMap<number, readonly StateBefore[]> | undefined;

export function loggedStates(log: string): LoggedStates {
  const parsed = parseVerifierLog(log);
  if (parsed.events.some(({ kind }) => kind === 'pruned')) return undefined;
  const states = new Map<number, StateBefore[]>();
  for (const state of statesBefore(parsed)) {
    const list = states.get(state.pc);
    if (list === undefined) states.set(state.pc, [state]);
    else list.push(state);
  }
  return states;
}

export interface Containment {
  /** Instructions whose numbers were looked at. */
  readonly steps: number;
  /** The first place where a number is in none of the states. */
  readonly outside?: {
    readonly program: number;
    readonly pc: number;
    readonly registers: readonly bigint[];
  };
}

const TAIL_CALL = 12;

/**
 * Runs a scenario and looks at each instruction of the programs that have states.
 * @param states by program; undefined where nothing can be said.
 */
export function runWithin(
  machine: Machine,
  scenario: Scenario,
  states: readonly LoggedStates[],
): Containment {
  let steps = 0;
  let outside: Containment['outside'];
  // What a tail call in a function returns is the callee's, which kernels before 6.19 do not know: docs/findings.md.
  let astray = false;
  machine.run(scenario, (running, imagePc) => {
    if (outside !== undefined || astray) return;
    const { program, pc } = running.image.placeOf(imagePc);
    const { level } = running.frames[running.depth]!;
    const { row, imm } = running.image.instructions[imagePc]!;
    astray = level > 0 && row.name === 'CALL_HELPER' && imm === TAIL_CALL;
    const logged = states[program];
    if (logged === undefined) return;
    steps++;
    const here = logged.get(pc) ?? [];
    if (here.some((state) => state.frame === level && contains(state, running.r))) return;
    outside = { program, pc, registers: [...running.r] };
  });
  return { steps, ...(outside === undefined ? {} : { outside }) };
}

function contains({ registers }: StateBefore, held: BigUint64Array): boolean {
  for (const [register, state] of registers) {
    if (state.kind === 'scalar' && !holds(state, held[register]!)) return false;
  }
  return true;
}

function holds(state: ScalarState, value: bigint): boolean {
  const { varOff, umin, umax, smin, smax, u32min, u32max, s32min, s32max } = state;
  return (
    (value & ~varOff.mask) === varOff.value &&
    isWithin(value, umin, umax) &&
    isWithin(BigInt.asIntN(64, value), smin, smax) &&
    isWithin(BigInt.asUintN(32, value), u32min, u32max) &&
    isWithin(BigInt.asIntN(32, value), s32min, s32max)
  );
}

function isWithin(value: bigint, min: bigint, max: bigint): boolean {
  return min <= value && value <= max;
}

const NOTHING = createProgram([
  createInstruction(rowNamed('MOV64', 'K')),
  createInstruction(rowNamed('EXIT')),
]);

/** The scenario with programs that do nothing in the place of those that were refused. */
export function runnable(scenario: Scenario, accepted: readonly boolean[]): Scenario {
  const programs = scenario.programs.map((named, index) =>
    accepted[index] ? named : { ...named, program: NOTHING },
  );
  return { ...scenario, programs };
}
