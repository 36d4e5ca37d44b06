// The theorems about programs and prog arrays as objects of the kernel.

import type { Theorem } from '../theorem.ts';
import { CHAIN, TAKES_OVER } from './chain.ts';
import { COMPATIBILITY } from './compatibility.ts';
import { CYCLES } from './cycles.ts';
import { EXTENSION } from './extension.ts';
import { LIFETIME, PINNED } from './lifetime.ts';
import { REFERENCES } from './references.ts';

export const OBJECT_THEOREMS: readonly Theorem[] = [
  CHAIN,
  COMPATIBILITY,
  CYCLES,
  EXTENSION,
  LIFETIME,
  PINNED,
  REFERENCES,
  TAKES_OVER,
];
