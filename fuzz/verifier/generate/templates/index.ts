// All templates.

import { CALLS } from './calls.ts';
import { CONTROL } from './control.ts';
import { PACKETS } from './packets.ts';
import { POINTERS } from './pointers.ts';
import { STACK } from './stack.ts';
import type { Template } from './template.ts';
import { UNPRIVILEGED } from './unprivileged.ts';

export const TEMPLATES: readonly Template[] = [
  ...POINTERS,
  ...PACKETS,
  ...STACK,
  ...CALLS,
  ...CONTROL,
  ...UNPRIVILEGED,
];
