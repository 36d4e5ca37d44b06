// Figures: how far a run goes, or a verification.

import { interpret, type StepObserver } from '../../../interp/index.ts';
import { POISON_BYTE, STACK_BYTES } from '../../../model/scenario/environment.ts';
import type { Outcome } from '../../../model/scenario/outcome.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { subjectOf } from '../../../model/verifier/load.ts';
import type { Verification } from '../../../model/verifier/verification.ts';
import { createVerification, runVerification } from '../../../model/verifier/verify.ts';
import type { Figure } from './limit.ts';

/** What a figure sees of a run. */
interface Watch {
  readonly observer?: StepObserver;
  readonly of: (outcome: Outcome) => number;
}

/** A figure of runs that come to an exit. */
function ofRun(watch: (scenario: Scenario) => Watch): Figure {
  return ({ scenario }) => {
    const { observer, of } = watch(scenario);
    const outcome = interpret(scenario, observer);
    return outcome.ending.kind === 'exit' ? of(outcome) : Number.POSITIVE_INFINITY;
  };
}

/** Instructions that complete. */
export const steps: Figure = ofRun(() => ({ of: (outcome) => outcome.steps }));

/** Tail calls that are taken. */
export const tailCalls: Figure = ofRun(() => ({ of: (outcome) => outcome.tailCalls }));

/** R0 at the exit, signed, without its sign. */
export const exitCode: Figure = ofRun(() => ({
  of: ({ ending }) =>
    ending.kind === 'exit' ? Math.abs(Number(BigInt.asIntN(64, ending.r0))) : Number.NaN,
}));

/** Different slots that are gone through. */
export const slots: Figure = ofRun(() => {
  const seen = new Set<number>();
  return { observer: (_machine, pc) => seen.add(pc), of: () => seen.size };
});

/** Different functions that are entered, the program's entry among them. */
export const functions: Figure = ofRun(({ programs }) => {
  const starts = new Set(programs[0]!.program.functions);
  const entered = new Set<number>();
  return {
    observer: (machine, at) => {
      const { pc } = machine.image.placeOf(at);
      if (starts.has(pc)) entered.add(pc);
    },
    of: () => entered.size,
  };
});

/** Frames at a time. */
export const frames: Figure = ofRun(() => {
  let most = 0;
  return {
    observer: (machine) => {
      most = Math.max(most, machine.depth + 1);
    },
    of: () => most,
  };
});

type Machine = Parameters<StepObserver>[0];

/** Bytes of a frame from the lowest one that something was written to. */
function usedBytes(machine: Machine, frame: number): number {
  const lowest = machine.space.bytesOf(frame).findIndex((byte) => byte !== POISON_BYTE);
  return lowest < 0 ? 0 : STACK_BYTES - lowest;
}

/** Bytes of the first `count` frames. */
function bytesOfFrames(machine: Machine, count: number): number {
  let sum = 0;
  for (let frame = 0; frame < count; frame++) sum += usedBytes(machine, frame);
  return sum;
}

/** Bytes of stack at a time, of all frames. Stack is given back at exits and tail calls only. */
export const stackBytes: Figure = ofRun(() => {
  let most = 0;
  return {
    observer: (machine, pc) => {
      const { family } = machine.image.instructions[pc]!.row.operation;
      if (family !== 'exit' && family !== 'call') return;
      most = Math.max(most, bytesOfFrames(machine, machine.depth + 1));
    },
    of: () => most,
  };
});

const TAIL_CALL = 12;

/** Bytes of the frames above the one that attempts a tail call, at most. */
export const callersStack: Figure = ofRun(() => {
  let most = 0;
  return {
    observer: (machine, pc) => {
      const { row, imm } = machine.image.instructions[pc]!;
      if (row.name !== 'CALL_HELPER' || imm !== TAIL_CALL) return;
      most = Math.max(most, bytesOfFrames(machine, machine.depth));
    },
    of: () => most,
  };
});

/** Arrays of which a byte is not 0 at the end. */
export const mapsWritten: Figure = ofRun(() => ({
  of: ({ maps }) =>
    maps.filter((map) => map.type === 'array' && map.values.some((value) => value.some(Boolean)))
      .length,
}));

/** A figure of the verification of the first program. */
function ofVerification(figure: (v: Verification, finish: () => void) => number): Figure {
  return ({ scenario, privileged }, options) => {
    const v = createVerification(subjectOf(scenario, 0, { privileged }), options);
    return figure(v, () => runVerification(v));
  };
}

/** Branches that wait for their turn at a time. */
export const waitingBranches: Figure = ofVerification((v, finish) => {
  let most = 0;
  v.observer = ({ exploration }) => {
    most = Math.max(most, exploration.waiting.length);
  };
  finish();
  return most;
});

/** States that are kept of one instruction when the verification is over. */
export const keptStates: Figure = ofVerification((v, finish) => {
  finish();
  const counts = new Map<number, number>();
  for (const list of v.exploration.lists) {
    for (let c = list; c !== undefined; c = c.next) counts.set(c.pc, (counts.get(c.pc) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
});
