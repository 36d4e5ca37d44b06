// Planted faults in the SMT meaning of tail calls and their counters.

import { bv, bvadd, extract, type Semantics, zeroExtend } from '../../../smt/index.ts';
import type { Fault } from '../fault.ts';
import { fault, type PlantOptions } from './plant.ts';

function knobs(
  name: string,
  summary: string,
  change: (right: Semantics['tailCall']) => Partial<Semantics['tailCall']>,
  options: PlantOptions = {},
): Fault {
  return fault(
    'tail-call',
    name,
    summary,
    (s) => ({ ...s, tailCall: { ...s.tailCall, ...change(s.tailCall) } }),
    { ...options, singleInstruction: false },
  );
}

export const TAIL_CALL_FAULTS: readonly Fault[] = [
  knobs('limit-32', '32 tail calls instead of 33', (right) => ({
    results: (state, k) => right.results(state, { ...k, limit: k.limit - 1 }),
  })),
  knobs('limit-34', '34 tail calls instead of 33', (right) => ({
    results: (state, k) => right.results(state, { ...k, limit: k.limit + 1 }),
  })),
  knobs('index-not-truncated', 'all 64 bits of the index count', () => ({ index: (r3) => r3 })),
  knobs('index-16-bits', '16 bits of the index count', () => ({
    index: (r3) => zeroExtend(48, extract(15, 0, r3)),
  })),
  knobs('empty-burns', 'an empty slot always uses budget', (right) => ({
    counter: { ...right.counter, empty: right.counter.taken },
  })),
  knobs('empty-never-burns', 'an empty slot never uses budget', (right) => ({
    counter: { ...right.counter, empty: (counter) => counter },
  })),
  knobs('out-of-range-burns', 'an index out of range uses budget', (right) => ({
    counter: { ...right.counter, out_of_range: right.counter.taken },
  })),
  knobs('taken-counts-twice', 'a tail call counts twice', (right) => ({
    counter: { ...right.counter, taken: (counter) => bvadd(counter, bv(64, 2n)) },
  })),
  knobs(
    'order-count-first',
    'the count is checked before the rest, whatever the profile says',
    (right) => ({
      results: (state, k) =>
        right.results(state, { ...k, order: ['count', ...k.order.filter((c) => c !== 'count')] }),
    }),
    { drawnProfiles: true },
  ),
  knobs('mask-forgotten', 'unprivileged programs compare the low half of the index', (right) => ({
    index: (r3, k) => right.index(r3, { ...k, indexMasked: false }),
    results: (state, k) => right.results(state, { ...k, indexMasked: false }),
  })),
  fault(
    'tail-call',
    'write-back-forgotten',
    'the caller does not take the count over',
    (s) => ({
      ...s,
      counterPassing: { ...s.counterPassing, writeback: s.counterPassing.value },
    }),
    { singleInstruction: false },
  ),
  fault(
    'tail-call',
    'count-shared-always',
    'by-value profiles share one counter',
    (s) => ({ ...s, counterPassing: { ...s.counterPassing, value: s.counterPassing.reference } }),
    { singleInstruction: false },
  ),
  fault(
    'tail-call',
    'count-starts-anew',
    'a local call starts a new count',
    (s) => ({
      ...s,
      counterPassing: {
        ...s.counterPassing,
        value: { ...s.counterPassing.value, enter: () => bv(64, 0n) },
      },
    }),
    { singleInstruction: false },
  ),
  fault(
    'tail-call',
    'tail-call-keeps-frame',
    "the callee sees the caller's stack",
    (s) => ({
      ...s,
      clobbers: { ...s.clobbers, tail_call_taken: { ...s.clobbers.tail_call_taken, frame: false } },
    }),
    { singleInstruction: false },
  ),
  fault(
    'tail-call',
    'tail-call-loses-r1',
    'the callee does not see R1',
    (s) => ({
      ...s,
      clobbers: {
        ...s.clobbers,
        tail_call_taken: { registers: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], frame: true },
      },
    }),
    { singleInstruction: false },
  ),
  fault(
    'tail-call',
    'failed-tail-call-keeps-r5',
    'a failed tail call leaves R5',
    (s) => ({
      ...s,
      clobbers: { ...s.clobbers, tail_call_failed: { registers: [0, 1, 2, 3, 4], frame: false } },
    }),
    { singleInstruction: false },
  ),
];
