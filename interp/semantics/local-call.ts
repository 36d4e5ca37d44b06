// Which counter a local call starts: docs/semantics.md, Local calls that start a counter.

import type { Instruction } from '../../model/isa/instruction.ts';
import type { TailCallKnobs } from '../../model/profiles/profile.ts';

/** What is read as the count where its slot is missed: nothing is left of any limit. */
const ALL_ONES = 2 ** 32 - 1;
const COUNT_BYTES = 8;
const FRAME_POINTER = 10;

/** A local call as it is about to be made. */
export interface LocalCall {
  /** Whether an extension stands for the function called. */
  readonly extended: boolean;
  /** Whether the program that holds the instruction is traced. */
  readonly traced: boolean;
  /** Stack of the function that holds the instruction. */
  readonly stackBytes: number;
}

/** Where the counter that a local call starts begins, or undefined where it starts none. */
export function callCounter(knobs: TailCallKnobs, call: LocalCall): number | undefined {
  if (call.extended) return 0;
  if (call.traced && knobs.trampoline === 'resets') return 0;
  if (knobs.countSlot === 'unrounded' && call.stackBytes % COUNT_BYTES !== 0) return ALL_ONES;
  return undefined;
}

/** How far below r10 an instruction reaches: 0 for one whose base is another register. */
export function stackReach({ row, dst, src, offset }: Instruction): number {
  const base = stackBase(row.operation, dst, src);
  return base === FRAME_POINTER && offset < 0 ? -offset : 0;
}

function stackBase(operation: Instruction['row']['operation'], dst: number, src: number): number {
  switch (operation.family) {
    case 'ldx':
      return src;
    case 'ordered':
      return operation.op === 'LOAD_ACQ' ? src : dst;
    case 'st':
    case 'stx':
    case 'atomic':
      return dst;
    default:
      return -1;
  }
}
