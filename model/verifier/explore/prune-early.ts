// Whether registers cover each other in kernels that did not compare the ids of scalars (before 6.5).

import type { IdMap } from '../parts.ts';
import { scalarWithin } from '../scalars.ts';
import type { Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';
import { linkId } from './ids.ts';
import { sameFields } from './same.ts';

/** `regsafe` of 6.1. */
export function coversEarly(
  v: Verification,
  old: Register,
  current: Register,
  ids: IdMap,
): boolean {
  const isEqual = sameFields(old, current) && linkId(old) === linkId(current);
  if (old.type === 'fp') return isEqual && old.frame === current.frame;
  if (isEqual || old.type === 'not_init') return true;
  if (old.type !== current.type) return false;
  switch (old.type) {
    case 'scalar':
      if (v.comparesScalarsExactly) return false;
      if (!old.precise && v.subject.privileged) return true;
      return scalarWithin(v.domain, old.value, current.value);
    case 'map_value':
      return sameFields(old, current);
    case 'map_value_or_null':
      return sameFields(old, current) && ids.match(old.id, current.id);
    case 'pkt':
    case 'pkt_meta':
      return coversEarlyPacketPointer(v, old, current, ids);
    default:
      return false;
  }
}

function coversEarlyPacketPointer(
  v: Verification,
  old: Register,
  current: Register,
  ids: IdMap,
): boolean {
  const hasRange =
    old.range < 0 || current.range < 0 ? old.range === current.range : old.range <= current.range;
  if (!hasRange || old.off !== current.off) return false;
  if (old.id !== 0 && !ids.match(old.id, current.id)) return false;
  return scalarWithin(v.domain, old.value, current.value);
}
