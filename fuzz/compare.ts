// The first difference between two outcomes of one scenario.

import type { Ending, Hop, MapContents, Objects, Outcome } from '../model/scenario/outcome.ts';

/** Where two outcomes part, in words: `r0`, `maps.1.slots.2`; and what each says. */
export interface Difference {
  readonly at: string;
  readonly left: string;
  readonly right: string;
}

const hex = (value: bigint) => `0x${value.toString(16)}`;

/** An ending in words. */
export function describeEnding(ending: Ending): string {
  const at = 'at' in ending ? ` at program ${ending.at.program} slot ${ending.at.pc}` : '';
  switch (ending.kind) {
    case 'exit':
      return 'exit';
    case 'trap':
      return `trap ${ending.trap}${at}`;
    case 'unsupported':
      return `unsupported ${ending.reason}${at}`;
    case 'out_of_fuel':
      return `out of fuel${at}`;
  }
}

function describeHop(hop: Hop | undefined): string {
  if (hop === undefined) return 'none';
  const { at, step, map, index, result, target } = hop;
  return `${result} at program ${at.program} slot ${at.pc}, step ${step}, map ${map}, index ${hex(index)}, target ${target}`;
}

function differ(at: string, left: string | number, right: string | number): Difference | undefined {
  return left === right ? undefined : { at, left: String(left), right: String(right) };
}

/** Where two runs of bytes part, or undefined. */
export function differBytes(
  at: string,
  left: Uint8Array,
  right: Uint8Array,
): Difference | undefined {
  if (left.length !== right.length) return differ(`${at} length`, left.length, right.length);
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== right[i]) return differ(`${at} byte ${i}`, left[i]!, right[i]!);
  }
  return undefined;
}

function differHops(left: Outcome, right: Outcome): Difference | undefined {
  const count = Math.max(left.hops.length, right.hops.length);
  for (let i = 0; i < count; i++) {
    const a = left.hops[i];
    const b = right.hops[i];
    // Spelling hops out costs more than comparing them.
    if (a && b && sameHop(a, b)) continue;
    return differ(`hop ${i}`, describeHop(a), describeHop(b));
  }
  return undefined;
}

function sameHop(a: Hop, b: Hop): boolean {
  return (
    a.at.program === b.at.program &&
    a.at.pc === b.at.pc &&
    a.step === b.step &&
    a.map === b.map &&
    a.index === b.index &&
    a.result === b.result &&
    a.target === b.target
  );
}

type Slot = { readonly key: Uint8Array; readonly value: Uint8Array } | null;

function differSlot(at: string, left: Slot, right: Slot): Difference | undefined {
  if (left === null || right === null) {
    return differ(at, left === null ? 'free' : 'taken', right === null ? 'free' : 'taken');
  }
  return (
    differBytes(`${at} key`, left.key, right.key) ??
    differBytes(`${at} value`, left.value, right.value)
  );
}

/** Where the contents of two maps part, or undefined. */
export function differMap(
  at: string,
  left: MapContents,
  right: MapContents,
): Difference | undefined {
  if (left.type === 'array' && right.type === 'array') {
    return first(left.values, (value, i) =>
      differBytes(`${at} value ${i}`, value, right.values[i]!),
    );
  }
  if (left.type === 'hash' && right.type === 'hash') {
    return first(left.slots, (slot, i) => differSlot(`${at} slot ${i}`, slot, right.slots[i]!));
  }
  if (left.type === 'prog_array' && right.type === 'prog_array') {
    return first(left.slots, (slot, i) => differ(`${at} slot ${i}`, slot, right.slots[i]!));
  }
  return differ(`${at} type`, left.type, right.type);
}

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

function differEnding(left: Ending, right: Ending): Difference | undefined {
  if (left.kind === 'exit' && right.kind === 'exit') {
    return left.r0 === right.r0 ? undefined : differ('r0', hex(left.r0), hex(right.r0));
  }
  return differ('ending', describeEnding(left), describeEnding(right));
}

/** Members in order, by their names. */
function differMembers<T extends object>(at: string, left: T, right: T): Difference | undefined {
  return first(Object.keys(left) as (keyof T & string)[], (member) =>
    differ(`${at} ${member}`, String(left[member]), String(right[member])),
  );
}

function differObjects(left: Objects, right: Objects): Difference | undefined {
  return (
    first(left.programs, (program, i) =>
      differMembers(`program ${i}`, program, right.programs[i]!),
    ) ??
    first(left.progArrays, (array, i) => {
      const other = right.progArrays[i]!;
      return array === null || other === null
        ? differ(`map ${i}`, String(array), String(other))
        : differMembers(`map ${i}`, array, other);
    })
  );
}

/** @returns the first difference, or undefined when the outcomes are equal to the bit. */
export function compareOutcomes(left: Outcome, right: Outcome): Difference | undefined {
  return (
    differEnding(left.ending, right.ending) ??
    differ('steps', left.steps, right.steps) ??
    differ('tail calls', left.tailCalls, right.tailCalls) ??
    differHops(left, right) ??
    differBytes('context', left.context, right.context) ??
    differBytes('packet', left.packet, right.packet) ??
    differ('live frames', left.stack.length, right.stack.length) ??
    first(left.stack, (frame, i) => differBytes(`frame ${i}`, frame, right.stack[i]!)) ??
    first(left.maps, (map, i) => differMap(`map ${i}`, map, right.maps[i]!)) ??
    first(left.schedule, (errno, i) =>
      differ(`schedule entry ${i}`, String(errno), String(right.schedule[i])),
    ) ??
    differObjects(left.objects, right.objects)
  );
}
