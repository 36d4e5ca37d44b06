// A trace of a run: one record a step, for people.

import type { Instruction } from '../model/isa/instruction.ts';
import type { CodePlace } from '../model/scenario/outcome.ts';
import type { StepObserver } from './machine.ts';

/** The machine before a step. */
export interface TraceStep {
  readonly step: number;
  readonly at: CodePlace;
  /** 0 is the outermost frame. */
  readonly frame: number;
  readonly instruction: Instruction;
  /** r0 to r10. */
  readonly registers: readonly bigint[];
}

/** An observer that hands each step to `onStep`. */
export function traceObserver(onStep: (step: TraceStep) => void): StepObserver {
  return (machine, pc, steps) =>
    onStep({
      step: steps,
      at: machine.image.placeOf(pc),
      frame: machine.depth,
      instruction: machine.image.instructions[pc]!,
      registers: [...machine.r],
    });
}
