// Which helpers each type of program has, by number: observed, each called once, on 6.1.192 and 6.12.117.

import { invariant } from '../../errors.ts';
import type { Subject } from '../subject.ts';

/** Who loads a program, as far as helpers depend on it. */
type Loader = 'socket_filter' | 'socket_filter without privileges' | 'sched_cls' | 'xdp';

export type HelperNumbers = Readonly<Record<Loader, ReadonlySet<number>>>;

/** `1-3 5`: 1, 2, 3 and 5. */
function numbers(ranges: string): ReadonlySet<number> {
  const all = ranges.split(' ').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    invariant(first !== undefined && last !== undefined, 'a range has a first number');
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return new Set(all);
}

// biome-ignore format: table
export const HELPERS_6_12: HelperNumbers = {
  socket_filter: numbers('1-3 5-8 12 14 25-26 35 42 46-47 68 80 87-89 93-94 105-106 112-115 118 120 123 125 130-134 136-140 149 153-154 158 160 164-165 169-172 175 177-178 181-182 194-203 208-211'),
  'socket_filter without privileges': numbers('1-3 5 7-8 12 14 25-26 42 46-47 68 87-89 105-106 120 125 130-134 160 182 195 208'),
  sched_cls: numbers('1-3 5-14 17-21 23-26 28-35 38-43 46-48 50 66 68-69 79-80 83-89 93-100 105-108 110 112-115 118 120 123-125 130-140 149 151-155 158 160 163-165 169-172 175 177-178 181-182 192 194-211'),
  xdp: numbers('1-3 5-8 12 14 23 25 28 35 42 44 51 54 65 69 80 84-89 93-94 99-100 105-106 110 112-115 118 120 123 125 130-134 136-140 149 153-154 158 160 163-165 169-172 175 177-178 181-182 188-190 194-211'),
};

// biome-ignore format: table
export const HELPERS_6_1: HelperNumbers = {
  socket_filter: numbers('1-3 5-8 12 25-26 35 42 46-47 68 87-89 93-94 105-106 112-115 118 125 130-134 136-140 149 153-154 158 160 164-165 169-172 175 177-178 181-182 194-203 208-209'),
  'socket_filter without privileges': numbers('1-3 5 7-8 12 25-26 42 46-47 68 87-89 105-106 125 130-134 160 182 195 208'),
  sched_cls: numbers('1-3 5-13 17-21 23-26 28-35 38-43 46-48 50 66 68-69 79 83-89 93-100 105-108 110 112-115 118 124-125 130-140 149 151-155 158 160 163-165 169-172 175 177-178 181-182 192 194-209'),
  xdp: numbers('1-3 5-8 12 23 25 28 35 42 44 51 54 65 69 84-89 93-94 99-100 105-106 110 112-115 118 125 130-134 136-140 149 153-154 158 160 163-165 169-172 175 177-178 181-182 188-190 194-209'),
};

/** Whether a program of this type has a helper. */
export function hasHelper(
  helpers: HelperNumbers,
  { type, privileged }: Subject,
  id: number,
): boolean {
  if (type === 'raw') return false;
  if (!privileged && type === 'socket_filter') {
    return helpers['socket_filter without privileges'].has(id);
  }
  return helpers[type].has(id);
}
