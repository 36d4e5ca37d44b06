// The theorems about the design that was rejected; docs/split-design.md tells them as the answer to the thread.

import type { Theorem } from '../theorem.ts';
import { AGREEMENT } from './agree.ts';
import { COMPUTED_GOTO } from './computed-goto.ts';
import { HAZARDS } from './hazards.ts';
import { REPAIRS } from './repairs.ts';

export const SPLIT_THEOREMS: readonly Theorem[] = [
  ...AGREEMENT,
  ...HAZARDS,
  ...REPAIRS,
  ...COMPUTED_GOTO,
];
