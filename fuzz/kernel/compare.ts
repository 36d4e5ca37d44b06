// The first difference between what a model says of a scenario and what a real kernel does. A kernel shows the
// low 32 bits of R0, the packet, the maps and what user space's writes gave; the rest stays inside of it.

import type { KernelExit, KernelOutcome } from '../../interp/linux/kernel-outcome.ts';
import type { MapContents, Outcome } from '../../model/scenario/outcome.ts';
import { type Difference, differBytes, differMap, describeEnding } from '../compare.ts';

/**
 * How a comparison ends: `inconclusive` where one side says nothing about the other (the program was refused or
 * is unsupported, the model ran out of fuel). It is never a pass.
 */
export type Comparison =
  | { readonly verdict: 'equal' }
  | { readonly verdict: 'differ'; readonly difference: Difference }
  | { readonly verdict: 'inconclusive'; readonly reason: string };

const inconclusive = (reason: string): Comparison => ({ verdict: 'inconclusive', reason });
const differ = (at: string, left: string, right: string): Comparison => ({
  verdict: 'differ',
  difference: { at, left, right },
});

const KINDS = ['r0', 'packet', 'map', 'schedule'] as const;

/**
 * The kind of a difference between model and kernel: what it is in, without a place in it, because the numbers of
 * maps and bytes change as a scenario gets smaller; of an ending also what both sides say. Entries of programs are
 * counted in maps.
 */
export function kindOfDifference({ at, left, right }: Difference): string {
  const withoutPlace = (ending: string) => ending.replace(/ at .*/s, '');
  const ending = `${withoutPlace(left)}, ${withoutPlace(right)}`;
  return KINDS.find((kind) => at.startsWith(kind)) ?? ending;
}

/** Compares a model's outcome (left) with a kernel's (right). */
export function compareWithKernel(model: Outcome, kernel: KernelOutcome): Comparison {
  const { ending } = model;
  switch (kernel.kind) {
    case 'unsupported':
      return inconclusive(kernel.reason);
    case 'rejected':
      return inconclusive(`the kernel refuses program ${kernel.program} (errno ${kernel.errno})`);
    case 'refused':
      return inconclusive(`the kernel refuses ${kernel.what} (errno ${kernel.errno})`);
    case 'failed':
      // What a model runs on with for ever may well hang a kernel.
      if (ending.kind === 'out_of_fuel') return inconclusive('both did not end');
      return differ('kernel', describeEnding(ending), `the kernel failed: ${kernel.failure}`);
    case 'exit':
      break;
  }
  if (ending.kind === 'out_of_fuel') return inconclusive('the model ran out of fuel');
  if (ending.kind === 'unsupported') return inconclusive(`the model lacks ${ending.reason}`);
  if (ending.kind === 'trap') return differ('ending', describeEnding(ending), 'exit');
  const difference = differExit(model, ending.r0, kernel);
  return difference === undefined ? { verdict: 'equal' } : { verdict: 'differ', difference };
}

function differExit(model: Outcome, r0: bigint, kernel: KernelExit): Difference | undefined {
  const low = Number(BigInt.asUintN(32, r0));
  if (low !== kernel.retval) {
    return { at: 'r0, 32 bits', left: hex(low), right: hex(kernel.retval) };
  }
  return (
    differBytes('packet', model.packet, kernel.packet) ??
    first(model.maps, (map, i) => differMap(`map ${i}`, inOrder(map), inOrder(kernel.maps[i]!))) ??
    first(model.schedule, (errno, i) => {
      const theirs = kernel.schedule[i];
      if (errno === theirs) return undefined;
      return { at: `schedule entry ${i}`, left: String(errno), right: String(theirs) };
    })
  );
}

const hex = (value: number) => `0x${value.toString(16)}`;

function first<T>(
  items: readonly T[],
  compare: (item: T, index: number) => Difference | undefined,
): Difference | undefined {
  for (let i = 0; i < items.length; i++) {
    const difference = compare(items[i]!, i);
    if (difference) return difference;
  }
  return undefined;
}

/** A hash map's entries by key, without its free slots: where they lie is the kernel's own. */
function inOrder(map: MapContents): MapContents {
  if (map.type !== 'hash') return map;
  const taken = map.slots.filter((slot) => slot !== null);
  return { type: 'hash', slots: taken.sort((a, b) => Buffer.compare(a.key, b.key)) };
}
