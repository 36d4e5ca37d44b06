// All hand cases by family, used as they are and to see that planted faults are noticed.

import { CALL_CASES } from './calls.ts';
import type { Case } from './case.ts';
import { COUNTER_START_CASES } from './counter-starts.ts';
import { DIRECT_JUMP_CASES } from './direct-jumps.ts';
import { EXTENSION_CASES } from './extensions.ts';
import { ALU_CASES, JUMP_CASES, MEMORY_CASES } from './instructions.ts';
import { MAP_CASES } from './maps.ts';
import { OBJECT_CASES } from './objects.ts';
import { OWNERSHIP_CASES } from './ownership.ts';
import { TAIL_CALL_KNOB_CASES } from './tail-call-knobs.ts';
import { TAIL_CALL_CASES } from './tail-calls.ts';
import { USER_SPACE_CASES } from './user-space.ts';

export const FAMILIES: Readonly<Record<string, readonly Case[]>> = {
  arithmetic: ALU_CASES,
  jumps: JUMP_CASES,
  memory: MEMORY_CASES,
  calls: CALL_CASES,
  maps: MAP_CASES,
  'tail calls': TAIL_CALL_CASES,
  'knobs of profiles': TAIL_CALL_KNOB_CASES,
  'counters that start': COUNTER_START_CASES,
  'direct jumps': DIRECT_JUMP_CASES,
  objects: OBJECT_CASES,
  ownership: OWNERSHIP_CASES,
  extensions: EXTENSION_CASES,
  'user space': USER_SPACE_CASES,
};
