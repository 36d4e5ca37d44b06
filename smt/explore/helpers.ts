// Helper calls of a symbolic run: docs/semantics.md, Helpers and Tail calls.

import { invariant, type Total } from '../../model/errors.ts';
import {
  clockNs,
  mapHandle,
  mapOfHandle,
  prandomU32,
  valueStride,
} from '../../model/scenario/environment.ts';
import { HOP_RESULTS, type HopResult } from '../../model/scenario/outcome.ts';
import type { ValueMap } from '../../model/scenario/scenario.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bool,
  bv,
  distinct,
  eq,
  not,
  or,
  TRUE,
  zeroExtend,
} from '../terms/index.ts';
import { TAIL_CALL_HELPER } from '../machine/code-facts.ts';
import type { SymbolicState } from './state.ts';

interface Helper {
  readonly reads: readonly number[];
  readonly execute: (state: SymbolicState) => void;
}

const EMPTY = -1;
const ZERO = bv(64, 0n);

const LINUX: Readonly<Record<number, Helper>> = {
  1: { reads: [1, 2], execute: lookUp },
  2: { reads: [1, 2, 3, 4], execute: update },
  3: { reads: [1, 2], execute: remove },
  5: {
    reads: [],
    execute: (state) => give(state, bv(64, clockNs(state.scenario.run.seed, state.clockCalls++))),
  },
  7: {
    reads: [],
    execute: (state) => {
      const random = prandomU32(state.scenario.run.seed, state.randomCalls++);
      give(state, bv(64, BigInt(random)));
    },
  },
  [TAIL_CALL_HELPER]: { reads: [1, 2, 3], execute: tailCall },
};

const CONFORMANCE: Readonly<Record<number, Helper>> = { 5: { reads: [1], execute: unwind } };

/** Calls a helper by number. */
export function callHelper(state: SymbolicState, number: number): void {
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

function give(state: SymbolicState, result: BvTerm): void {
  state.write(0, result);
  state.clobber('helper');
}

function unwind(state: SymbolicState): void {
  if (state.path.decide(eq(state.read(1), ZERO))) state.exitRun();
  else give(state, ZERO);
}

/** The map that a register is the handle of, of the kinds that are wanted, or -1 after a trap. */
function mapArgument(state: SymbolicState, register: number, wantsProgArray: boolean): number {
  const { definitions } = state.maps;
  const isWanted = (map: number) => (definitions[map]?.type === 'prog_array') === wantsProgArray;
  const handle = state.read(register);
  const wanted = definitions.map((_, map) => map).filter(isWanted);
  const mapOf = (value: bigint) => {
    const map = mapOfHandle(value, definitions.length);
    return map >= 0 && isWanted(map) ? map : -1;
  };
  const value = state.path.pick(handle, (candidate) => {
    const map = mapOf(candidate);
    if (map >= 0) return eq(handle, bv(64, mapHandle(map)));
    return and(...wanted.map((other) => distinct(handle, bv(64, mapHandle(other)))));
  });
  const map = mapOf(value);
  if (map < 0) state.trap('bad_call');
  return map;
}

interface Keyed {
  readonly map: number;
  readonly definition: ValueMap;
  readonly key: readonly BvTerm[];
}

/** The map and the key of R1 and R2, or undefined after a trap. */
function keyed(state: SymbolicState): Keyed | undefined {
  const map = mapArgument(state, 1, false);
  if (map < 0) return undefined;
  const definition = state.maps.definitions[map] as ValueMap;
  const access = state.locateRead(state.read(2), definition.keySize);
  if (access === undefined) return undefined;
  return { map, definition, key: state.memory.read(access) };
}

const sizes = ({ maxEntries, valueSize }: ValueMap) => ({
  maxEntries: bv(64, BigInt(maxEntries)),
  stride: bv(64, BigInt(valueStride(valueSize))),
});

/** The index that an array's key is, zero-extended to 64 bits. */
function arrayIndex(state: SymbolicState, key: readonly BvTerm[]): BvTerm {
  return zeroExtend(32, state.semantics.bytesToValue.W(key));
}

function valueAddress(state: SymbolicState, { map, definition }: Keyed, index: BvTerm): BvTerm {
  const first = bv(64, BigInt(state.memory.mapBase(map)));
  return state.semantics.maps.valueAddress(first, index, sizes(definition).stride);
}

function lookUp(state: SymbolicState): void {
  const found = keyed(state);
  if (found === undefined) return;
  const { map, definition, key } = found;
  if (definition.type === 'array') {
    const index = arrayIndex(state, key);
    const isThere = state.semantics.maps.arrayLookup(index, sizes(definition).maxEntries);
    give(state, state.path.decide(isThere) ? valueAddress(state, found, index) : ZERO);
    return;
  }
  const slot = state.maps.findKey(map, key);
  give(state, slot < 0 ? ZERO : valueAddress(state, found, bv(64, BigInt(slot))));
}

function update(state: SymbolicState): void {
  const found = keyed(state);
  if (found === undefined) return;
  const { valueSize, type } = found.definition;
  const access = state.locateRead(state.read(3), valueSize);
  if (access === undefined) return;
  const value = state.memory.read(access);
  if (type === 'array') updateArray(state, found, value);
  else updateHash(state, found, value);
}

function updateArray(state: SymbolicState, found: Keyed, value: readonly BvTerm[]): void {
  const { definition, key } = found;
  const index = arrayIndex(state, key);
  const { maxEntries } = sizes(definition);
  const result = state.semantics.maps.arrayUpdate(state.read(4), index, maxEntries);
  const isDone = state.path.decide(eq(result, ZERO));
  if (isDone) writeValue(state, found, index, value);
  give(state, isDone ? ZERO : result);
}

function updateHash(state: SymbolicState, found: Keyed, value: readonly BvTerm[]): void {
  const { map, key } = found;
  const present = state.maps.findKey(map, key);
  const free = state.maps.freeSlot(map);
  const result = state.semantics.maps.hashUpdate(state.read(4), bool(present >= 0), bool(free < 0));
  const isDone = state.path.decide(eq(result, ZERO));
  if (isDone) {
    const slot = present < 0 ? free : present;
    state.maps.slots(map)[slot] = key;
    writeValue(state, found, bv(64, BigInt(slot)), value);
  }
  give(state, isDone ? ZERO : result);
}

/** Writes a value whose index is in range on this path. */
function writeValue(
  state: SymbolicState,
  found: Keyed,
  index: BvTerm,
  value: readonly BvTerm[],
): void {
  const address = valueAddress(state, found, index);
  const access = state.memory.locate(address, value.length);
  invariant(typeof access !== 'string', 'an index in range has a value');
  state.memory.write(access, value);
}

function remove(state: SymbolicState): void {
  const found = keyed(state);
  if (found === undefined) return;
  const { maps } = state.semantics;
  if (found.definition.type === 'array') {
    give(state, maps.arrayDelete());
    return;
  }
  const slot = state.maps.findKey(found.map, found.key);
  if (slot >= 0) state.maps.slots(found.map)[slot] = null;
  give(state, maps.hashDelete(bool(slot >= 0)));
}

/** One path for each result and, where it is taken, for each program that the slot can hold. */
function tailCall(state: SymbolicState): void {
  const map = mapArgument(state, 2, true);
  if (map < 0) return;
  const { tailCall: meaning } = state.semantics;
  const knobs = state.scenario.profile.tailCall;
  const slots = state.maps.progArray(map);
  const maxEntries = bv(64, BigInt(slots.length));
  if (readsBeyond(state, maxEntries)) {
    state.trap('out_of_bounds');
    return;
  }
  const index = meaning.index(state.read(3), knobs);
  const resultsAt = (at: BvTerm, slotEmpty: BoolTerm) =>
    meaning.results({ index: at, maxEntries, counter: state.counter, slotEmpty }, knobs);
  const slotAt = (value: bigint) => slots[Number(value)] ?? EMPTY;
  const resultAt = (value: bigint): HopResult => {
    const results = resultsAt(bv(64, value), bool(slotAt(value) === EMPTY));
    const result = HOP_RESULTS.find((candidate) => results[candidate] === TRUE);
    invariant(result !== undefined, 'a tail call has a result');
    return result;
  };
  const filled = (slot: number) => slot !== EMPTY;
  const value = state.path.pick(index, (candidate) => {
    const result = resultAt(candidate);
    const condition = firstOf(resultsAt(index, not(isSlotOf(slots, index, filled))), result);
    if (result !== 'taken') return condition;
    const target = slotAt(candidate);
    return and(
      condition,
      isSlotOf(slots, index, (slot) => slot === target),
    );
  });
  finishTailCall(state, map, resultAt(value), slotAt(value));
}

/** That the index is of a slot with such a content; it is of none where it is out of range. */
function isSlotOf(
  slots: readonly number[],
  index: BvTerm,
  isSuch: (slot: number) => boolean,
): BoolTerm {
  return or(...slots.flatMap((slot, i) => (isSuch(slot) ? [eq(index, bv(64, BigInt(i)))] : [])));
}

/** That a result holds and none before it: classes are disjoint also where results are not, by a fault. */
function firstOf(results: Total<HopResult, BoolTerm>, result: HopResult): BoolTerm {
  const before = HOP_RESULTS.slice(0, HOP_RESULTS.indexOf(result));
  return and(results[result], ...before.map((other) => not(results[other])));
}

/** Whether it is a direct jump to a slot beyond the array; the constant index is read off the code. */
function readsBeyond(
  { semantics, scenario, objects, program, at }: SymbolicState,
  maxEntries: BvTerm,
) {
  const { directKey } = scenario.profile.tailCall;
  const key = directKey === 'checked' ? undefined : objects.facts(program).constantIndex(at);
  if (key === undefined) return false;
  return semantics.directJump.outOfBounds(bv(64, key), maxEntries, { directKey }) === TRUE;
}

function finishTailCall(state: SymbolicState, map: number, result: HopResult, slot: number): void {
  const { semantics, scenario } = state;
  if (result === 'taken' && state.objects.isIncompatible(slot)) {
    state.trap('incompatible_program');
    return;
  }
  const target = result === 'taken' ? slot : EMPTY;
  state.hops.push({
    at: state.here(),
    step: state.steps,
    map,
    index: state.read(3),
    result,
    target,
  });
  state.schedule.countHop();
  state.counter = semantics.tailCall.counter[result](state.counter, scenario.profile.tailCall);
  if (result === 'taken') state.enterByTailCall(target);
  else state.clobber('tail_call_failed');
}
