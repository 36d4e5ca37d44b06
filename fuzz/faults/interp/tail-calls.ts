// Planted faults in the interpreter's tail calls and their counters.

import type { Semantics } from '../../../interp/index.ts';
import type { Fault } from '../fault.ts';
import { fault, type PlantOptions, registers } from './plant.ts';

/** Replaces the tail call by one that sees other knobs or another state. */
function tailCall(
  name: string,
  summary: string,
  wrong: (right: Semantics['tailCall']) => Semantics['tailCall'],
  options: PlantOptions = {},
): Fault {
  return fault('tail-call', name, summary, (s) => ({ ...s, tailCall: wrong(s.tailCall) }), {
    ...options,
    singleInstruction: false,
  });
}

export const TAIL_CALL_FAULTS: readonly Fault[] = [
  tailCall(
    'limit-32',
    '32 tail calls instead of 33',
    (right) => (knobs, state) => right({ ...knobs, limit: knobs.limit - 1 }, state),
  ),
  tailCall(
    'limit-34',
    '34 tail calls instead of 33',
    (right) => (knobs, state) => right({ ...knobs, limit: knobs.limit + 1 }, state),
  ),
  tailCall(
    'empty-burns',
    'an empty slot always uses budget (before 3733f4be2870)',
    (right) => (knobs, state) => right({ ...knobs, burns: { ...knobs.burns, empty: true } }, state),
  ),
  tailCall(
    'empty-never-burns',
    'an empty slot never uses budget',
    (right) => (knobs, state) =>
      right({ ...knobs, burns: { ...knobs.burns, empty: false } }, state),
  ),
  tailCall(
    'out-of-range-burns',
    'an index out of range uses budget',
    (right) => (knobs, state) =>
      right({ ...knobs, burns: { ...knobs.burns, outOfRange: true } }, state),
  ),
  tailCall(
    'index-not-truncated',
    'all 64 bits of the index count (before 90caccdd8cc0)',
    (right) => (knobs, state) => right({ ...knobs, indexBits: 64 }, state),
  ),
  tailCall(
    'index-off-by-one',
    'index max_entries is in range',
    (right) => (knobs, state) =>
      right(knobs, {
        ...state,
        maxEntries: state.maxEntries + 1,
        slot: (i) => (i === state.maxEntries ? -1 : state.slot(i)),
      }),
  ),
  tailCall(
    'count-never-goes-up',
    'a successful tail call is not counted',
    (right) => (knobs, state) => {
      const result = right(knobs, state);
      return result.result === 'taken' ? { ...result, count: state.count } : result;
    },
  ),
  tailCall(
    'count-before-range',
    'the limit is checked before the range',
    (right) => (knobs, state) =>
      state.count >= knobs.limit
        ? { result: 'exhausted', count: state.count, target: -1 }
        : right(knobs, state),
  ),
  tailCall(
    'slot-before-count',
    'the slot is checked before the limit',
    (right) => (knobs, state) => {
      const result = right(knobs, state);
      const empty =
        result.result === 'exhausted' &&
        state.slot(Number(BigInt.asUintN(knobs.indexBits, state.index))) < 0;
      return empty ? { ...result, result: 'empty' } : result;
    },
  ),
  tailCall(
    'order-ignored',
    'the checks are made in the order of Linux, whatever the profile says',
    (right) => (knobs, state) => right({ ...knobs, order: ['index', 'count', 'slot'] }, state),
    { drawnProfiles: true },
  ),
  tailCall(
    'mask-forgotten',
    'unprivileged programs compare the low half of the index',
    (right) => (knobs, state) => right({ ...knobs, indexMasked: false }, state),
  ),
  fault(
    'tail-call',
    'write-back-forgotten',
    'the caller does not take the count over',
    (s) => ({
      ...s,
      countPassed: (propagation) =>
        propagation === 'writeback' ? 'copied' : s.countPassed(propagation),
    }),
    { singleInstruction: false },
  ),
  fault(
    'tail-call',
    'count-shared-always',
    'by-value profiles share one counter',
    (s) => ({ ...s, countPassed: () => 'shared' }),
    { singleInstruction: false },
  ),
  fault(
    'tail-call',
    'count-copied-always',
    'by-reference profiles copy the counter (the hierarchy bug)',
    (s) => ({ ...s, countPassed: () => 'copied' }),
    { singleInstruction: false },
  ),
  registers('tail-call-loses-r1', 'the callee does not see R1', {
    unsetAtTailCall: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  }),
  registers('tail-call-keeps-r6', "the callee sees the caller's R6", {
    unsetAtTailCall: [0, 2, 3, 4, 5, 7, 8, 9],
  }),
  registers('failed-tail-call-keeps-r0', 'a failed tail call leaves R0', {
    clobberedByFailedTailCall: [1, 2, 3, 4, 5],
  }),
];
