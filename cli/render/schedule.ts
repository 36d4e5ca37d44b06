// What user space does in a schedule, in words.

import { operationKey } from '../../model/scenario/keys.ts';
import {
  operationMap,
  operationProgram,
  type Scenario,
  type ScheduleEntry,
  type UserOperation,
} from '../../model/scenario/scenario.ts';
import { mapName, programName } from './code-place.ts';
import { hex } from './text.ts';

/** `jmp[1] = leaf`, `create jmp, value_size 8`, `close leaf`. */
export function operationText(scenario: Scenario, operation: UserOperation): string {
  const name = objectName(scenario, operation);
  switch (operation.op) {
    case 'update': {
      const program = programName(scenario, operation.program);
      return `${name}[${operation.index}] = ${program}${flagsText('flags', operation.flags)}`;
    }
    case 'delete':
      return `delete ${name}[${operation.index}]`;
    case 'create':
      return [
        `create ${name}`,
        ...(operation.keySize === undefined ? [] : [`, key_size ${operation.keySize}`]),
        ...(operation.valueSize === undefined ? [] : [`, value_size ${operation.valueSize}`]),
        flagsText('map_flags', operation.flags),
      ].join('');
    case 'inner':
      return `put ${name} into a map of maps`;
    default:
      return `${operationKey(operation)} ${name}`;
  }
}

function objectName(scenario: Scenario, operation: UserOperation): string {
  const map = operationMap(operation);
  return map === undefined
    ? programName(scenario, operationProgram(operation)!)
    : mapName(scenario, map);
}

function flagsText(name: string, flags: number | undefined): string {
  return flags === undefined ? '' : `, ${name} ${hex(flags)}`;
}

/** When an entry is applied: `step 4`, `hop 0`. */
export function timeText({ before, withPrevious }: ScheduleEntry): string {
  const time = 'step' in before ? `step ${before.step}` : `hop ${before.hop}`;
  return withPrevious ? `${time}, with the one before` : time;
}
