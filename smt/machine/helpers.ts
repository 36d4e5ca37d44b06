// Helper calls: docs/semantics.md, Helpers.

import { invariant } from '../../model/errors.ts';
import { clockNs, mapOfHandle, prandomU32 } from '../../model/scenario/environment.ts';
import type { ValueMap } from '../../model/scenario/scenario.ts';
import { TAIL_CALL_HELPER } from './code-facts.ts';
import { registerMask } from './compiled.ts';
import type { MachineState } from './state.ts';
import { executeTailCall } from './tail-call.ts';

interface Helper {
  /** The registers that are its arguments, as a bit mask. */
  readonly reads: number;
  readonly execute: (state: MachineState) => void;
}

const LINUX: Readonly<Record<number, Helper>> = {
  1: { reads: registerMask([1, 2]), execute: lookUp },
  2: { reads: registerMask([1, 2, 3, 4]), execute: update },
  3: { reads: registerMask([1, 2]), execute: remove },
  5: {
    reads: 0,
    execute: (state) => give(state, clockNs(state.scenario.run.seed, state.clockCalls++)),
  },
  7: {
    reads: 0,
    execute: (state) =>
      give(state, BigInt(prandomU32(state.scenario.run.seed, state.randomCalls++))),
  },
  [TAIL_CALL_HELPER]: { reads: registerMask([1, 2, 3]), execute: executeTailCall },
};

const CONFORMANCE: Readonly<Record<number, Helper>> = {
  5: { reads: registerMask([1]), execute: unwind },
};

/** Calls a helper by number. */
export function executeHelper(state: MachineState, number: number): void {
  const isConformance = state.scenario.run.helpers === 'bpf_conformance';
  const helper = (isConformance ? CONFORMANCE : LINUX)[number];
  if (helper === undefined) {
    state.unsupported(`helper ${number}`);
    return;
  }
  if (number === TAIL_CALL_HELPER) {
    state.schedule.beforeHop();
    if (state.objects.isFreed(state.program)) {
      state.trap('use_after_free');
      return;
    }
  }
  if (state.requireRegisters(helper.reads)) helper.execute(state);
}

/** The result in R0; R1 to R5 are gone. */
function give(state: MachineState, result: bigint): void {
  state.write(0, result);
  state.poison(state.compiled.clobbers.helper);
}

function unwind(state: MachineState): void {
  if (state.read(1) === 0n) {
    state.exitRun();
    return;
  }
  give(state, 0n);
}

/** The array or hash map that R1 is the handle of, or -1 after a trap. */
function valueMap(state: MachineState): number {
  const { definitions } = state.maps;
  const map = mapOfHandle(state.read(1), definitions.length);
  if (map >= 0 && definitions[map]?.type !== 'prog_array') return map;
  state.trap('bad_call');
  return -1;
}

/** The place of the key at R2, or -1 after a trap. */
function keyPlace(state: MachineState, map: number): number {
  return state.locateRead(state.read(2), definitionOf(state, map).keySize);
}

function definitionOf(state: MachineState, map: number): ValueMap {
  return state.maps.definitions[map] as ValueMap;
}

/** The index that the four key bytes of an array map are. */
function indexAt(state: MachineState, place: number): bigint {
  return state.compiled.codecs.W.read(state.memory.view, place);
}

function lookUp(state: MachineState): void {
  const map = valueMap(state);
  if (map < 0) return;
  const key = keyPlace(state, map);
  if (key < 0) return;
  const { type, maxEntries } = definitionOf(state, map);
  if (type === 'array') {
    const index = indexAt(state, key);
    const found = state.compiled.arrayLookup(index, BigInt(maxEntries));
    give(state, found ? valueAddress(state, map, index) : 0n);
    return;
  }
  const slot = state.maps.findKey(map, key);
  give(state, slot < 0 ? 0n : valueAddress(state, map, BigInt(slot)));
}

function valueAddress(state: MachineState, map: number, index: bigint): bigint {
  const { memory, compiled } = state;
  return compiled.valueAddress(BigInt(memory.mapBase(map)), index, BigInt(memory.mapStride(map)));
}

function update(state: MachineState): void {
  const map = valueMap(state);
  if (map < 0) return;
  const key = keyPlace(state, map);
  if (key < 0) return;
  const { type, valueSize } = definitionOf(state, map);
  const value = state.locateRead(state.read(3), valueSize);
  if (value < 0) return;
  if (type === 'array') updateArray(state, map, key, value);
  else updateHash(state, map, key, value);
}

function updateArray(state: MachineState, map: number, key: number, value: number): void {
  const { maxEntries } = definitionOf(state, map);
  const index = indexAt(state, key);
  const result = state.compiled.arrayUpdate(state.read(4), index, BigInt(maxEntries));
  if (result === 0n) {
    invariant(index < BigInt(maxEntries), 'an index in range has a value');
    copyValue(state, map, Number(index), value);
  }
  give(state, result);
}

function updateHash(state: MachineState, map: number, key: number, value: number): void {
  const { keySize } = definitionOf(state, map);
  const present = state.maps.findKey(map, key);
  const free = state.maps.freeSlot(map);
  const result = state.compiled.hashUpdate(
    state.read(4),
    present < 0 ? 0n : 1n,
    free < 0 ? 1n : 0n,
  );
  if (result === 0n) {
    const slot = present < 0 ? free : present;
    if (present < 0) state.maps.fill(map, slot, key, keySize);
    copyValue(state, map, slot, value);
  }
  give(state, result);
}

// The bytes are read before any is written: the value may overlap the slot.
function copyValue(state: MachineState, map: number, slot: number, from: number): void {
  const { bytes } = state.memory;
  const { valueSize } = definitionOf(state, map);
  bytes.copyWithin(state.memory.valuePlace(map, slot), from, from + valueSize);
}

function remove(state: MachineState): void {
  const map = valueMap(state);
  if (map < 0) return;
  const key = keyPlace(state, map);
  if (key < 0) return;
  if (definitionOf(state, map).type === 'array') {
    give(state, state.compiled.arrayDelete());
    return;
  }
  const slot = state.maps.findKey(map, key);
  const result = state.compiled.hashDelete(slot < 0 ? 0n : 1n);
  if (result === 0n) state.maps.free(map, slot);
  give(state, result);
}
