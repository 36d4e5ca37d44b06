// Every planted fault of the two meanings.

import type { Fault } from './fault.ts';
import * as interp from './interp/index.ts';
import * as smt from './smt/index.ts';

export const FAULTS: readonly Fault[] = [...interp.FAULTS, ...smt.FAULTS];
