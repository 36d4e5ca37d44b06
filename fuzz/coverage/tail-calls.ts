// Coverage of attempted tail calls: result × hop × the last write to the array. Which cells a profile can never
// meet is stated here as a function; the theorem `tail-call/hops` proves each of its clauses.

import type { Profile } from '../../model/profiles/profile.ts';
import {
  HOP_RESULTS,
  type Hop,
  type HopResult,
  type Outcome,
} from '../../model/scenario/outcome.ts';
import type { Scenario, ScheduleEntry } from '../../model/scenario/scenario.ts';

/**
 * The last write (a successful update or delete) to a prog array before a tail call: none, before an earlier hop,
 * since, or since to the slot that the low 32 bits of the index name.
 */
export const WRITER_POSITIONS = ['none', 'earlier', 'since', 'same slot'] as const;
export type WriterPosition = (typeof WRITER_POSITIONS)[number];

/** Hops 0 to 34 apart, later ones together. */
export const HOP_CLASSES = 36;
const LAST_CLASS = HOP_CLASSES - 1;

export interface TailCallCell {
  readonly result: HopResult;
  /** The last one stands for all from there on. */
  readonly hop: number;
  readonly writer: WriterPosition;
}

/** Every cell, in the order in which they are counted. */
export const TAIL_CALL_CELLS: readonly TailCallCell[] = HOP_RESULTS.flatMap((result) =>
  Array.from({ length: HOP_CLASSES }, (_, hop) => hop).flatMap((hop) =>
    WRITER_POSITIONS.map((writer) => ({ result, hop, writer })),
  ),
);

/** `exhausted at hop 35 and later, since` */
export function cellName({ result, hop, writer }: TailCallCell): string {
  const place = hop === LAST_CLASS ? `hop ${hop} and later` : `hop ${hop}`;
  return `${result} at ${place}, ${writer}`;
}

/** Why no run under a profile meets a cell. */
export const UNREACHABLE_REASONS = {
  /** A write is `earlier` if an attempt lies between it and this one; before hop 0 there is none. */
  'first hop': 'nothing is earlier than hop 0',
  /**
   * A counter starts at 0 and goes up by at most one in an attempt, so that it is at most h at hop h; `exhausted` needs
   * that it is at least `limit`. Where `countSlot` is unrounded, a local call may start one at 2^32 - 1; a program in
   * which that counter meets a tail call has both kinds of calls, which `propagation: rejected` refuses.
   */
  'below the limit': 'fewer attempts than the limit, and every counter starts at 0',
  /**
   * A write that succeeded was to an index below max_entries. It is the low half of R3, which is the whole index where
   * `indexBits` is 32 and nothing is masked: so the check of the range passes, whatever the order.
   */
  'in range': 'an index of 32 bits that a write has named is in range',
  /** `count` fails for every counter, and the first check that fails gives the result. */
  'no limit': 'with a limit of 0, no check after the count is made',
} as const;
export type UnreachableReason = keyof typeof UNREACHABLE_REASONS;

/** Which results a limit of 0 leaves, since the check of the count fails always. */
function isAfterCount({ order, indexMasked }: Profile['tailCall'], result: HopResult): boolean {
  const count = order.indexOf('count');
  switch (result) {
    case 'taken':
      return true;
    case 'empty':
      return count < order.indexOf('slot');
    case 'out_of_range':
      return count < order.indexOf('index') && !indexMasked;
    case 'exhausted':
      return false;
  }
}

/**
 * Why no run of any scenario under a profile meets a cell, or undefined where one may. The clauses are independent of
 * each other; a cell has the reason of the first that holds.
 */
export function unreachableReason(
  { tailCall }: Profile,
  { result, hop, writer }: TailCallCell,
): UnreachableReason | undefined {
  const { limit, indexBits, indexMasked, countSlot, propagation } = tailCall;
  if (writer === 'earlier' && hop === 0) return 'first hop';
  // The last class has hops beyond every limit.
  const startsAtZero = countSlot === 'rounded' || propagation === 'rejected';
  if (result === 'exhausted' && hop < Math.min(limit, LAST_CLASS) && startsAtZero)
    return 'below the limit';
  if (result === 'out_of_range' && writer === 'same slot' && indexBits === 32 && !indexMasked)
    return 'in range';
  // A counter of 2^32 - 1 is at the limit too.
  if (limit === 0 && isAfterCount(tailCall, result)) return 'no limit';
  return undefined;
}

/** Whether a schedule entry was applied before an attempt. */
function isBefore({ before }: ScheduleEntry, hop: Hop, index: number): boolean {
  return 'step' in before ? before.step <= hop.step : before.hop <= index;
}

/** Index into `WRITER_POSITIONS`. */
function writerPosition({ schedule }: Scenario, outcome: Outcome, hop: Hop, index: number): number {
  if (schedule.length === 0) return 0;
  const previous = index > 0 ? outcome.hops[index - 1] : undefined;
  let slot = -1;
  let position = 0;
  for (let i = 0; i < schedule.length; i++) {
    const entry = schedule[i]!;
    if (outcome.schedule[i] !== 0 || (entry.op !== 'update' && entry.op !== 'delete')) continue;
    if (entry.map !== hop.map || !isBefore(entry, hop, index)) continue;
    if (previous !== undefined && isBefore(entry, previous, index - 1)) {
      position = Math.max(position, 1);
      continue;
    }
    if (slot < 0) slot = Number(BigInt.asUintN(32, hop.index));
    if (entry.index === slot) return 3;
    position = 2;
  }
  return position;
}

/** Index into `TAIL_CALL_CELLS` of an attempt. */
export function cellOf(scenario: Scenario, outcome: Outcome, index: number): number {
  const hop = outcome.hops[index]!;
  const result = HOP_RESULTS.indexOf(hop.result);
  const hopClass = Math.min(index, LAST_CLASS);
  const writer = writerPosition(scenario, outcome, hop, index);
  return (result * HOP_CLASSES + hopClass) * WRITER_POSITIONS.length + writer;
}

const unreachableOf = new WeakMap<Profile, readonly (UnreachableReason | undefined)[]>();

/** `unreachableReason` of every cell, worked out once for a profile. */
export function unreachableCells(profile: Profile): readonly (UnreachableReason | undefined)[] {
  let reasons = unreachableOf.get(profile);
  if (reasons === undefined) {
    reasons = TAIL_CALL_CELLS.map((cell) => unreachableReason(profile, cell));
    unreachableOf.set(profile, reasons);
  }
  return reasons;
}
