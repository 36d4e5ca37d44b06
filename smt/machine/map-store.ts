// The contents of maps during a concrete run. Values are in the memory; keys and program slots are here.

import { invariant } from '../../model/errors.ts';
import type { MapContents } from '../../model/scenario/outcome.ts';
import type { MapDefinition, Scenario } from '../../model/scenario/scenario.ts';
import type { Memory } from './memory.ts';

const EMPTY = -1;
const NO_SLOTS: readonly (Uint8Array | null)[] = [];

export class MapStore {
  definitions: readonly MapDefinition[] = [];
  private readonly memory: Memory;
  /** By map: the program of each slot. */
  private programs: (number[] | undefined)[] = [];
  /** By map: the key of each slot of a hash map, null where free. */
  private keys: (Uint8Array | null)[][] = [];

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** The initial contents; the memory is laid out already. */
  reset(scenario: Scenario): void {
    this.definitions = scenario.maps;
    this.programs = [];
    this.keys = [];
    scenario.maps.forEach((definition, map) => {
      if (definition.type === 'prog_array') {
        const slots = new Array<number>(definition.maxEntries).fill(EMPTY);
        for (const { index, program } of definition.entries) slots[index] = program;
        this.programs[map] = slots;
        return;
      }
      if (definition.type === 'hash') {
        this.keys[map] = new Array<Uint8Array | null>(definition.maxEntries).fill(null);
      }
      definition.entries.forEach(({ key, value }, position) => {
        const keys = this.keys[map];
        const slot = keys === undefined ? arrayIndex(key) : position;
        if (keys !== undefined) keys[slot] = key;
        this.memory.bytes.set(value, this.memory.valuePlace(map, slot));
      });
    });
  }

  /** The slots of a prog array; writing them writes the map. */
  progArray(map: number): number[] {
    const slots = this.programs[map];
    invariant(slots !== undefined, `map ${map} is a prog array`);
    return slots;
  }

  private slots(map: number): readonly (Uint8Array | null)[] {
    return this.keys[map] ?? NO_SLOTS;
  }

  /** The slot of the key whose bytes stand at a place of the memory, or -1. */
  findKey(map: number, place: number): number {
    const { bytes } = this.memory;
    return this.slots(map).findIndex(
      (key) => key?.every((byte, i) => byte === bytes[place + i]) ?? false,
    );
  }

  /** The lowest free slot, or -1. */
  freeSlot(map: number): number {
    return this.slots(map).indexOf(null);
  }

  /** Puts a key, from a place of the memory, into a slot. */
  fill(map: number, slot: number, place: number, keySize: number): void {
    (this.keys[map] as (Uint8Array | null)[])[slot] = this.memory.bytes.slice(
      place,
      place + keySize,
    );
  }

  /** Makes a slot free; its value stays. */
  free(map: number, slot: number): void {
    (this.keys[map] as (Uint8Array | null)[])[slot] = null;
  }

  /** Copies of all contents. */
  contents(): MapContents[] {
    return this.definitions.map((definition, map) => this.contentsOf(definition, map));
  }

  private contentsOf(definition: MapDefinition, map: number): MapContents {
    if (definition.type === 'prog_array') {
      return { type: 'prog_array', slots: [...this.progArray(map)] };
    }
    if (definition.type === 'array') {
      const indices = Array.from({ length: definition.maxEntries }, (_, index) => index);
      return { type: 'array', values: indices.map((index) => this.memory.value(map, index)) };
    }
    const slots = this.slots(map).map((key, slot) =>
      key === null ? null : { key: key.slice(), value: this.memory.value(map, slot) },
    );
    return { type: 'hash', slots };
  }
}

/** The 4-byte little-endian index that an array's key is. */
export function arrayIndex(key: Uint8Array): number {
  return key.reduceRight((index, byte) => index * 256 + byte, 0);
}
