// bpf_tail_call in a concrete run: docs/semantics.md, Tail calls.

import { mapOfHandle } from '../../model/scenario/environment.ts';
import type { MachineState } from './state.ts';

const EMPTY = -1;

/** Attempts the tail call of R2, R3. */
export function executeTailCall(state: MachineState): void {
  const map = mapOfHandle(state.read(2), state.maps.definitions.length);
  if (map < 0 || state.maps.definitions[map]?.type !== 'prog_array') {
    state.trap('bad_call');
    return;
  }
  const slots = state.maps.progArray(map);
  const { tailCall } = state;
  const index = state.read(3);
  const slotIndex = tailCall.index(index);
  const maxEntries = BigInt(slots.length);
  const slot = slotIndex < maxEntries ? (slots[Number(slotIndex)] as number) : EMPTY;
  if (readsBeyond(state, maxEntries)) {
    state.trap('out_of_bounds');
    return;
  }
  const result = tailCall.result(slotIndex, maxEntries, state.counter, slot === EMPTY ? 1n : 0n);
  if (result === 'taken' && state.objects.isIncompatible(slot)) {
    state.trap('incompatible_program');
    return;
  }
  state.counter = tailCall.counter[result](state.counter);
  const target = result === 'taken' ? slot : EMPTY;
  const at = { program: state.program, pc: state.at };
  state.hops.push({ at, step: state.steps, map, index, result, target });
  state.schedule.countHop();
  if (result === 'taken') enter(state, target);
  else state.poison(state.compiled.clobbers.tail_call_failed);
}

/** Whether it is a direct jump to a slot beyond the array. */
function readsBeyond(
  { tailCall, objects, program, at }: MachineState,
  maxEntries: bigint,
): boolean {
  const { outOfBounds } = tailCall;
  if (outOfBounds === undefined) return false;
  const key = objects.facts(program).constantIndex(at);
  return key !== undefined && outOfBounds(key, maxEntries);
}

function enter(state: MachineState, program: number): void {
  state.tailCalls++;
  state.poison(state.compiled.clobbers.tail_call_taken);
  const { frame } = state;
  frame.level = 0;
  frame.isProgram = true;
  frame.budget = BigInt(state.scenario.run.mayGoto);
  state.enter(program);
}
