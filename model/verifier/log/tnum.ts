// Tnums in refusals.

import type { Tnum } from '../../domain/index.ts';
import type { VerifierRules } from '../rules.ts';
import { unsignedText } from './numbers.ts';

/** `(0x0; 0xff)`; a known number as such from 6.10 on (`tnum_strn`). */
export function tnumText(
  { spellsKnownTnums }: VerifierRules,
  { value, mask }: Tnum<bigint>,
): string {
  if (mask === 0n && spellsKnownTnums) return unsignedText(value);
  return `(0x${value.toString(16)}; 0x${mask.toString(16)})`;
}
