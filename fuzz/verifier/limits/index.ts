// The limits of the verifier and of tail calls: the rows of the table.

import { InputError } from '../../../model/errors.ts';
import { didYouMean } from '../../../model/isa/text/nearest.ts';
import type { LimitRow } from './limit.ts';
import { CALL_ROWS } from './rows/calls.ts';
import { MAPS } from './rows/maps.ts';
import { OFFSET_ROWS } from './rows/offsets.ts';
import { PACKET_ROWS } from './rows/packets.ts';
import { SIZE_ROWS } from './rows/size.ts';
import { STACK_ROWS } from './rows/stack.ts';
import { STATES } from './rows/states.ts';
import { TAIL_CALL_ROWS } from './rows/tail-calls.ts';

export {
  type ExamineOptions,
  examine,
  examineRow,
  type LimitEvent,
  type LimitReport,
  saidText,
  type TheoremsReport,
} from './examine.ts';
export type { LimitRow, Refusal, SmallScale, Witness } from './limit.ts';
export { checkSmallScale, type SmallScaleReport } from './small-scale.ts';
export { verdictOn } from './verdict.ts';

export const LIMIT_ROWS: readonly LimitRow[] = [
  ...SIZE_ROWS,
  STATES,
  ...CALL_ROWS,
  ...STACK_ROWS,
  ...OFFSET_ROWS,
  ...PACKET_ROWS,
  MAPS,
  ...TAIL_CALL_ROWS,
];

/** The rows of these names, in the order of the table; all without a name. @throws InputError for others. */
export function chooseLimits(names: readonly string[]): readonly LimitRow[] {
  if (names.length === 0) return LIMIT_ROWS;
  const known = LIMIT_ROWS.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new InputError(`no limit is named '${name}'${didYouMean(name, known)}`);
  }
  return LIMIT_ROWS.filter(({ name }) => names.includes(name));
}
