// Every planted fault of the SMT meaning, one entry each.

import type { Fault } from '../fault.ts';
import { COUNTER_FAULTS } from './counters.ts';
import { INSTRUCTION_FAULTS } from './instructions.ts';
import { MEMORY_FAULTS } from './memory.ts';
import { OBJECT_FAULTS } from './objects.ts';
import { TAIL_CALL_FAULTS } from './tail-calls.ts';
import { USER_SPACE_FAULTS } from './user-space.ts';

export const FAULTS: readonly Fault[] = [
  ...INSTRUCTION_FAULTS,
  ...MEMORY_FAULTS,
  ...TAIL_CALL_FAULTS,
  ...COUNTER_FAULTS,
  ...OBJECT_FAULTS,
  ...USER_SPACE_FAULTS,
];
