// How a fault is planted in the SMT meaning.

import { type BvTerm, bv, bvmul, type Semantics } from '../../../smt/index.ts';
import type { Fault, FaultKind } from '../fault.ts';

export type Plant = (semantics: Semantics) => Semantics;

/** What else is known of a fault. */
export interface PlantOptions {
  /** By default it is. */
  readonly singleInstruction?: boolean;
  readonly drawnProfiles?: boolean;
}

export function fault(
  kind: FaultKind,
  name: string,
  summary: string,
  plant: Plant,
  { singleInstruction = true, drawnProfiles = false }: PlantOptions = {},
): Fault {
  return {
    name: `smt/${name}`,
    kind,
    summary,
    singleInstruction,
    drawnProfiles,
    engine: 'smt',
    plant,
  };
}

/** 0 - d, spelt without the builder that would be right. */
export function negated(d: BvTerm): BvTerm {
  return bvmul(d, bv(d.sort.width, (1n << BigInt(d.sort.width)) - 1n));
}
