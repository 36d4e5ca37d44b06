// How a fault is planted in the interpreter's meaning.

import type { Semantics } from '../../../interp/index.ts';
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
    name: `interp/${name}`,
    kind,
    summary,
    singleInstruction,
    drawnProfiles,
    engine: 'interp',
    plant,
  };
}

export function registers(
  name: string,
  summary: string,
  wrong: Partial<Semantics['registers']>,
): Fault {
  return fault('call', name, summary, (s) => ({ ...s, registers: { ...s.registers, ...wrong } }), {
    singleInstruction: false,
  });
}
