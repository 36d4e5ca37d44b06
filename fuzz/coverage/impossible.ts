// What no run can do, by what is proved of tail calls and by the text on user space. A run that does it shows that
// both engines are wrong alike, or that the statement is.

import type { Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { Difference } from '../compare.ts';
import { operationCell, operationResultName } from './operations.ts';
import {
  cellName,
  cellOf,
  TAIL_CALL_CELLS,
  UNREACHABLE_REASONS,
  unreachableCells,
} from './tail-calls.ts';

const bothDid = (what: string, why: string): Difference => ({
  at: `what is impossible (${why})`,
  left: what,
  right: what,
});

/** @returns what the run did and why it cannot, as a difference whose sides are alike; undefined where all is possible. */
export function impossibleIn(scenario: Scenario, outcome: Outcome): Difference | undefined {
  const reasons = unreachableCells(scenario.profile);
  for (let hop = 0; hop < outcome.hops.length; hop++) {
    const cell = cellOf(scenario, outcome, hop);
    const reason = reasons[cell];
    if (reason === undefined) continue;
    return bothDid(cellName(TAIL_CALL_CELLS[cell]!), UNREACHABLE_REASONS[reason]);
  }
  for (let i = 0; i < scenario.schedule.length; i++) {
    const errno = outcome.schedule[i]!;
    const { op } = scenario.schedule[i]!;
    if (errno === null || operationCell(op, errno) !== undefined) continue;
    return bothDid(operationResultName(op, errno), 'the operation has no such result');
  }
  return undefined;
}
