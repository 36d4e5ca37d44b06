// Which ids of an old state stand for which of a current one (`bpf_idmap`).

import type { IdMap } from '../parts.ts';
import type { Register } from '../state/register.ts';

/** Above all ids that registers get, which count from 1. */
const FIRST_FRESH = 2 ** 40;

/** A one-to-one relation that grows as ids are compared. There are few, so it is searched in order. */
export class PairedIds implements IdMap {
  private readonly old: number[] = [];
  private readonly current: number[] = [];
  private count = 0;
  private freshIds = 0;

  /** Forgets all pairs. */
  clear(): void {
    this.count = 0;
    this.freshIds = 0;
  }

  match(old: number, current: number): boolean {
    if (old === 0 || current === 0) return old === current;
    for (let i = 0; i < this.count; i++) {
      if (this.old[i] === old) return this.current[i] === current;
      if (this.current[i] === current) return false;
    }
    this.old[this.count] = old;
    this.current[this.count] = current;
    this.count++;
    return true;
  }

  fresh(): number {
    return FIRST_FRESH + this.freshIds++;
  }
}

/** A register's id, told apart from the id of those it differs from by a constant. */
export function linkId({ id, addsConstant }: Register): number {
  return addsConstant ? -id : id;
}

/**
 * Whether the links of an old scalar hold of the current one (`check_scalar_ids`). One that was on its own
 * asks nothing. A current one on its own is unlike any other, so that two of them cannot pass for linked ones.
 */
export function matchScalarIds(ids: IdMap, old: Register, current: Register): boolean {
  if (old.id === 0) return true;
  if (old.addsConstant !== current.addsConstant) return false;
  if (old.addsConstant && old.off !== current.off) return false;
  if (!ids.match(linkId(old), current.id === 0 ? ids.fresh() : linkId(current))) return false;
  // What the constant is added to has to be the same too.
  return !old.addsConstant || ids.match(old.id, current.id);
}
