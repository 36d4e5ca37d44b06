// Goes through all programs of a small grammar under a small limit: none that is accepted may exceed it when it runs.

import type { Instruction } from '../../../model/isa/instruction.ts';
import type { VerifyOptions } from '../../../model/verifier/index.ts';
import type { Figure, SmallScale, Witness } from './limit.ts';
import { verdictOn } from './verdict.ts';
import { instructionsOf, type WitnessInput, witnessOf } from './witness.ts';

export interface SmallScaleReport {
  readonly programs: number;
  readonly accepted: number;
  /** The greatest figure of an accepted program. */
  readonly greatest: number;
  /** An accepted program with a figure beyond what is allowed. */
  readonly exceeding?: Witness;
}

/** @param options of verifications, under the limits of the scale. */
export function checkSmallScale(scale: SmallScale, options: VerifyOptions = {}): SmallScaleReport {
  const { limits, allows, figure } = scale;
  const verifying = { ...options, limits };
  let [programs, accepted, greatest] = [0, 0, 0];
  let exceeding: Witness | undefined;
  for (const witness of scale.witnesses()) {
    programs++;
    if (verdictOn(witness, verifying).kind !== 'accepted') continue;
    accepted++;
    const reached = figure(witness, verifying);
    greatest = Math.max(greatest, reached);
    if (reached > allows) exceeding ??= witness;
  }
  return { programs, accepted, greatest, ...(exceeding === undefined ? {} : { exceeding }) };
}

/** All sequences of at least one and at most `most` items. */
export function* sequences<T>(items: readonly T[], most: number): Generator<readonly T[]> {
  for (const first of items) {
    yield [first];
    if (most > 1) for (const rest of sequences(items, most - 1)) yield [first, ...rest];
  }
}

/** All sequences of instructions out of some, as programs. */
export function* programsOf(
  instructions: readonly string[],
  most: number,
  input: WitnessInput,
): Generator<Witness> {
  const items = instructions.map((text) => instructionsOf(text, input.maps));
  for (const sequence of sequences<readonly Instruction[]>(items, most)) {
    yield witnessOf(sequence.flat(), input);
  }
}

/** The greatest figure, or the least, over runs with several values of the context's mark. */
export function overMarks(figure: Figure, marks: readonly number[], which: 'max' | 'min'): Figure {
  return (witness, options) =>
    Math[which](...marks.map((mark) => figure(withMark(witness, mark), options)));
}

/** Offset of `mark` in `struct __sk_buff`. */
const MARK = 8;

/** @returns the witness with another number in the context's mark. */
function withMark({ scenario, privileged }: Witness, mark: number): Witness {
  const context = scenario.run.context.slice();
  new DataView(context.buffer).setUint32(MARK, mark, true);
  return { privileged, scenario: { ...scenario, run: { ...scenario.run, context } } };
}
