// Maps while a run is on: array and hash values live in the address space, keys and free slots beside it.
// What bpf_map_*_elem do is docs/semantics.md, Helpers.

import type { ValueMap } from '../model/scenario/scenario.ts';
import type { MapContents } from '../model/scenario/outcome.ts';
import { valueStride } from '../model/scenario/environment.ts';

const ENOENT = 2;
const E2BIG = 7;
const EEXIST = 17;
const EINVAL = 22;
const BPF_NOEXIST = 1n;
const BPF_EXIST = 2n;
const BPF_F_LOCK = 4n;

/** Where a map's values are. */
export interface ValueStore {
  readonly bytes: Uint8Array;
  /** Place of the first value in `bytes`. */
  readonly at: number;
  /** Address of the first value. */
  readonly base: number;
}

/** Operations of a map with values; results are errors as the kernel returns them: 0 or a negative number. */
export interface RunMap {
  readonly definition: ValueMap;
  /** The value's address, or 0. */
  lookup(key: Uint8Array): number;
  update(key: Uint8Array, value: Uint8Array, flags: bigint): number;
  delete(key: Uint8Array): number;
  contents(): MapContents;
}

const INDEX_BYTES = 4;

function readIndex(key: Uint8Array): number {
  return new DataView(key.buffer, key.byteOffset, INDEX_BYTES).getUint32(0, true);
}

abstract class ValueMapBase {
  readonly definition: ValueMap;
  protected readonly store: () => ValueStore;

  constructor(definition: ValueMap, store: () => ValueStore) {
    this.definition = definition;
    this.store = store;
  }

  protected addressOf(slot: number): number {
    return this.store().base + slot * valueStride(this.definition.valueSize);
  }

  protected valueAt(slot: number): Uint8Array {
    const { bytes, at } = this.store();
    const start = at + slot * valueStride(this.definition.valueSize);
    return bytes.subarray(start, start + this.definition.valueSize);
  }
}

export class RunArray extends ValueMapBase implements RunMap {
  lookup(key: Uint8Array): number {
    const index = readIndex(key);
    return index < this.definition.maxEntries ? this.addressOf(index) : 0;
  }

  update(key: Uint8Array, value: Uint8Array, flags: bigint): number {
    const locked = (flags & BPF_F_LOCK) !== 0n;
    const existence = locked ? flags - BPF_F_LOCK : flags;
    if (existence > BPF_EXIST) return -EINVAL;
    const index = readIndex(key);
    if (index >= this.definition.maxEntries) return -E2BIG;
    if (existence === BPF_NOEXIST) return -EEXIST;
    if (locked) return -EINVAL;
    this.valueAt(index).set(value);
    return 0;
  }

  delete(): number {
    return -EINVAL;
  }

  contents(): MapContents {
    const { maxEntries } = this.definition;
    const values = Array.from({ length: maxEntries }, (_, index) => this.valueAt(index).slice());
    return { type: 'array', values };
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}

export class RunHash extends ValueMapBase implements RunMap {
  /** By slot; null is free. */
  private readonly keys: (Uint8Array | null)[] = Array<null>(this.definition.maxEntries).fill(null);

  lookup(key: Uint8Array): number {
    const slot = this.find(key);
    return slot < 0 ? 0 : this.addressOf(slot);
  }

  update(key: Uint8Array, value: Uint8Array, flags: bigint): number {
    if (flags > BPF_EXIST) return -EINVAL;
    const present = this.find(key);
    if (present >= 0) {
      if (flags === BPF_NOEXIST) return -EEXIST;
      this.valueAt(present).set(value);
      return 0;
    }
    if (flags === BPF_EXIST) return -ENOENT;
    const free = this.keys.indexOf(null);
    if (free < 0) return -E2BIG;
    this.keys[free] = key.slice();
    this.valueAt(free).set(value);
    return 0;
  }

  delete(key: Uint8Array): number {
    const slot = this.find(key);
    if (slot < 0) return -ENOENT;
    this.keys[slot] = null;
    return 0;
  }

  contents(): MapContents {
    const slots = this.keys.map((key, slot) =>
      key === null ? null : { key, value: this.valueAt(slot).slice() },
    );
    return { type: 'hash', slots };
  }

  private find(key: Uint8Array): number {
    return this.keys.findIndex((candidate) => candidate !== null && sameBytes(candidate, key));
  }
}
