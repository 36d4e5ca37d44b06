// Planted faults in the interpreter: counters that local calls start, constant indices, programs that take over.

import type { Semantics } from '../../../interp/index.ts';
import type { Fault } from '../fault.ts';
import { fault, type PlantOptions } from './plant.ts';

type CallCounter = Semantics['callCounter'];
type TakesOver = Semantics['takesOver'];

function planted(
  name: string,
  summary: string,
  wrong: (right: Semantics) => Partial<Semantics>,
  options: PlantOptions = {},
): Fault {
  return fault('counter', name, summary, (s) => ({ ...s, ...wrong(s) }), {
    ...options,
    singleInstruction: false,
  });
}

function counter(
  name: string,
  summary: string,
  wrong: (right: CallCounter) => CallCounter,
  options?: PlantOptions,
): Fault {
  return planted(name, summary, (s) => ({ callCounter: wrong(s.callCounter) }), options);
}

/** Attributes that the check of a tail call takes for equal. */
function blind(attribute: keyof Parameters<TakesOver>[0], options?: PlantOptions): Fault {
  const kebab = attribute.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return planted(
    `takes-over-blind-to-${kebab}`,
    `a tail call does not look at ${attribute}`,
    (right) => ({
      takesOver: (target, run) => right.takesOver({ ...target, [attribute]: run[attribute] }, run),
    }),
    options,
  );
}

export const COUNTER_FAULTS: readonly Fault[] = [
  counter(
    'extension-keeps-count',
    "an extension counts on its caller's counter",
    (right) => (knobs, call) => right(knobs, { ...call, extended: false }),
  ),
  counter(
    'trampoline-preserves',
    'a trampoline always passes the count on',
    (right) => (knobs, call) => right({ ...knobs, trampoline: 'preserves' }, call),
  ),
  counter(
    'trampoline-untraced',
    'programs that are not traced go through a trampoline too',
    (right) => (knobs, call) => right(knobs, { ...call, traced: true }),
  ),
  counter(
    'count-slot-rounded',
    'the count is always found',
    (right) => (knobs, call) => right({ ...knobs, countSlot: 'rounded' }, call),
  ),
  counter(
    'count-slot-starts-at-0',
    'what is read beside the count is 0',
    (right) => (knobs, call) => (right(knobs, call) === undefined ? undefined : 0),
  ),
  counter(
    'count-slot-of-4-bytes',
    'a stack that is a multiple of 4 is one of 8',
    (right) => (knobs, call) =>
      right(knobs, { ...call, stackBytes: call.stackBytes % 4 === 0 ? 0 : call.stackBytes }),
    { drawnProfiles: true },
  ),
  counter(
    'count-slot-before-trampoline',
    'an odd stack counts more than a trampoline',
    (right) => (knobs, call) =>
      right(knobs, { ...call, traced: call.traced && call.stackBytes % 8 === 0 }),
    { drawnProfiles: true },
  ),
  planted('stack-of-stores-only', 'loads and atomics do not reach into the stack', (right) => ({
    stackReach: (instruction) => {
      const { family } = instruction.row.operation;
      return family === 'st' || family === 'stx' ? right.stackReach(instruction) : 0;
    },
  })),
  planted('stack-of-any-base', 'accesses by other registers reach into the stack', (right) => ({
    stackReach: (instruction) => right.stackReach({ ...instruction, dst: 10, src: 10 }),
  })),
  planted('direct-key-checked', 'constant indices are always checked', () => ({
    jumpsBeyond: () => false,
  })),
  planted('direct-key-last-slot', 'the last slot is beyond too', (right) => ({
    jumpsBeyond: (knobs, maxEntries, constant) =>
      right.jumpsBeyond(knobs, maxEntries, constant) ||
      (knobs.directKey === 'tnum_range' && constant() === BigInt(maxEntries - 1)),
  })),
  planted('direct-key-one-late', 'a constant index is taken for the one after it', (right) => ({
    jumpsBeyond: (knobs, maxEntries, constant) =>
      right.jumpsBeyond(knobs, maxEntries, () => {
        const index = constant();
        return index === undefined ? undefined : index + 1n;
      }),
  })),
  planted(
    'constant-past-jump-targets',
    'a jump between constant and call is not seen',
    (right) => ({
      constantIndex: (program, call) => right.constantIndex(program, call, () => false),
    }),
    { drawnProfiles: true },
  ),
  planted('takes-over-anything', 'any program can take over', () => ({ takesOver: () => true })),
  // All of the catalogue compare types where a program is inserted.
  blind('type', { drawnProfiles: true }),
  blind('sleepable'),
  blind('attachFuncProto'),
  blind('cgroupStorage'),
  planted('takes-over-no-storage', 'a program without a storage cannot take over', (right) => ({
    takesOver: (target, run) =>
      right.takesOver(target, run) && target.cgroupStorage === run.cgroupStorage,
  })),
];
