// Bugs of tail calls.

import type { Exhibit } from '../exhibit.ts';
import { COUNTING } from './counting.ts';
import { INDEXING } from './indexing.ts';
import { OBJECTS } from './objects.ts';

export const TAIL_CALL_EXHIBITS: readonly Exhibit[] = [...COUNTING, ...INDEXING, ...OBJECTS];
