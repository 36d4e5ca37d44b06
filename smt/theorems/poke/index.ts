// The theorems about direct tail calls of x86-64 and how they are patched.

import type { Theorem } from '../theorem.ts';
import { LINEARISABLE_THEOREMS } from './linearisable.ts';
import { NEVER_TORN_THEOREMS } from './never-torn.ts';

export const POKE_THEOREMS: readonly Theorem[] = [...NEVER_TORN_THEOREMS, ...LINEARISABLE_THEOREMS];
