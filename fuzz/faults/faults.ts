// Every planted fault of the two meanings.

import type { Fault } from './fault.ts';
import { INTERP_FAULTS } from './interp-faults.ts';
import { SMT_FAULTS } from './smt-faults.ts';

export const FAULTS: readonly Fault[] = [...INTERP_FAULTS, ...SMT_FAULTS];
