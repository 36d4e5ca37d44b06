// A run whose outcome follows from RFC 9669 or docs/semantics.md by hand.

import type { Instruction } from '../../../model/isa/instruction.ts';
import type { Outcome } from '../../../model/scenario/outcome.ts';
import type { Setup } from '../build.ts';

export interface Case {
  readonly name: string;
  readonly setup: Setup;
  readonly expect: (outcome: Outcome) => unknown;
  readonly gives: unknown;
}

/** 2^64 - 1. */
export const MAX = 2n ** 64n - 1n;
export const ending = ({ ending: end }: Outcome) => {
  if (end.kind === 'exit') return end.r0;
  if (end.kind === 'trap') return `${end.trap} ${end.at.program}:${end.at.pc}`;
  if (end.kind === 'unsupported') return `${end.reason} ${end.at.program}:${end.at.pc}`;
  return `out_of_fuel ${end.at.program}:${end.at.pc}`;
};

/** One program of which the ending is looked at. */
export const one = (
  name: string,
  code: readonly Instruction[],
  gives: unknown,
  more: Omit<Setup, 'programs'> = {},
): Case => ({ name, setup: { programs: [code], ...more }, expect: ending, gives });

export const unset = { uninitialised: 'trap' } as const;
