// Two logs of level 2 on one program: whether they say the same of numbers, instruction by instruction.

import {
  parseVerifierLog,
  type StateBefore,
  statesBefore,
} from '../../../interp/linux/log/parse.ts';
import type { RegisterState, SlotState } from '../../../interp/linux/log/register.ts';
import type { ScalarState } from '../../../interp/linux/log/scalar.ts';

export interface StateComparison {
  /** Instructions that the kernel's verifier went through, each as often as it did. */
  readonly instructions: number;
  /** Of these, how many have the same numbers before them in the model's log. */
  readonly equal: number;
  readonly first?: StateDifference;
}

export interface StateDifference {
  readonly pc: number;
  /** The how manieth time, from 0, that the verifier comes to this instruction. */
  readonly visit: number;
  /** The instruction that the kernel's verifier went through before this one. */
  readonly after?: number;
  /** `R3`, `fp-16`; `visits` where the model does not come here so often, `frame` where it is in another function. */
  readonly what: string;
}

/** Where numbers are compared; Linux 6.1 does not print those in slots whole. */
export type ComparedPlaces = 'registers' | 'registers and stack';

/** Compares the logs of a model and of a kernel; visits of one instruction are matched in their order. */
export function compareStates(
  model: string,
  kernel: string,
  places: ComparedPlaces = 'registers and stack',
): StateComparison {
  const ours = byPlace(statesOf(model));
  const theirs = statesOf(kernel);
  const visits = new Map<number, number>();
  let equal = 0;
  let first: StateDifference | undefined;
  let after: number | undefined;
  for (const state of theirs) {
    const { pc } = state;
    const visit = visits.get(pc) ?? 0;
    visits.set(pc, visit + 1);
    const what = differingPlace(ours.get(pc)?.[visit], state, places);
    if (what === undefined) equal++;
    else first ??= { pc, visit, what, ...(after === undefined ? {} : { after }) };
    after = pc;
  }
  return { instructions: theirs.length, equal, ...(first === undefined ? {} : { first }) };
}

function statesOf(log: string): StateBefore[] {
  return statesBefore(parseVerifierLog(log));
}

function byPlace(states: readonly StateBefore[]): Map<number, StateBefore[]> {
  const places = new Map<number, StateBefore[]>();
  for (const state of states) {
    const list = places.get(state.pc);
    if (list === undefined) places.set(state.pc, [state]);
    else list.push(state);
  }
  return places;
}

function differingPlace(
  ours: StateBefore | undefined,
  theirs: StateBefore,
  places: ComparedPlaces,
): string | undefined {
  if (ours === undefined) return 'visits';
  if (ours.frame !== theirs.frame) return 'frame';
  const register = differingKey(ours.registers, theirs.registers);
  if (register !== undefined) return `R${register}`;
  if (places === 'registers') return undefined;
  const slot = differingKey(ours.stack, theirs.stack);
  return slot === undefined ? undefined : `fp${slot}`;
}

/** The first place where one side has a number and the other has not the same. */
function differingKey(
  ours: ReadonlyMap<number, SlotState>,
  theirs: ReadonlyMap<number, SlotState>,
): number | undefined {
  for (const [key, state] of theirs) if (!sameNumber(ours.get(key), state)) return key;
  for (const [key, state] of ours) if (!theirs.has(key) && isNumber(state)) return key;
  return undefined;
}

function isNumber(
  state: SlotState | undefined,
): state is Extract<RegisterState, { kind: 'scalar' }> {
  return state?.kind === 'scalar';
}

/** Whether both are numbers of which the same is known, or neither is one. */
function sameNumber(ours: SlotState | undefined, theirs: SlotState): boolean {
  if (!isNumber(ours) || !isNumber(theirs)) return isNumber(ours) === isNumber(theirs);
  return sameScalar(ours, theirs);
}

const BOUNDS = [
  ...(['umin', 'umax', 'smin', 'smax'] as const),
  ...(['u32min', 'u32max', 's32min', 's32max'] as const),
];

function sameScalar(a: ScalarState, b: ScalarState): boolean {
  return (
    a.varOff.value === b.varOff.value &&
    a.varOff.mask === b.varOff.mask &&
    BOUNDS.every((bound) => a[bound] === b[bound])
  );
}
