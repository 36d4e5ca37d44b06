// Keys and program slots of maps during a symbolic run. Which slots are filled is known on a path; the
// bytes of keys may be terms.

import { invariant } from '../../model/errors.ts';
import type { MapDefinition, Scenario } from '../../model/scenario/scenario.ts';
import { and, type BvTerm, bv, eq } from '../terms/index.ts';
import type { Path } from './path.ts';

const EMPTY = -1;

export class SymbolicMaps {
  readonly definitions: readonly MapDefinition[];
  private readonly path: Path;
  private readonly programs: ReadonlyMap<number, number[]>;
  private readonly keys: ReadonlyMap<number, (readonly BvTerm[] | null)[]>;

  constructor({ maps }: Scenario, path: Path) {
    this.definitions = maps;
    this.path = path;
    const programs = new Map<number, number[]>();
    const keys = new Map<number, (readonly BvTerm[] | null)[]>();
    maps.forEach((definition, map) => {
      if (definition.type === 'prog_array') {
        const slots = new Array<number>(definition.maxEntries).fill(EMPTY);
        for (const { index, program } of definition.entries) slots[index] = program;
        programs.set(map, slots);
      } else if (definition.type === 'hash') {
        const slots = new Array<readonly BvTerm[] | null>(definition.maxEntries).fill(null);
        definition.entries.forEach(({ key }, slot) => {
          slots[slot] = Array.from(key, (byte) => bv(8, BigInt(byte)));
        });
        keys.set(map, slots);
      }
    });
    this.programs = programs;
    this.keys = keys;
  }

  /** The slots of a prog array; writing them writes the map. */
  progArray(map: number): number[] {
    const slots = this.programs.get(map);
    invariant(slots !== undefined, `map ${map} is a prog array`);
    return slots;
  }

  /** The key of each slot of a hash map, null where free. */
  slots(map: number): (readonly BvTerm[] | null)[] {
    const slots = this.keys.get(map);
    invariant(slots !== undefined, `map ${map} is a hash map`);
    return slots;
  }

  /** The slot of a key, or -1: one path for each slot that can hold it, and one for none. */
  findKey(map: number, key: readonly BvTerm[]): number {
    return this.slots(map).findIndex(
      (other) =>
        other !== null &&
        this.path.decide(and(...other.map((byte, i) => eq(byte, key[i] as BvTerm)))),
    );
  }

  /** The lowest free slot, or -1. */
  freeSlot(map: number): number {
    return this.slots(map).indexOf(null);
  }
}
