// BPF_MAP_TYPE_HASH as user space sees it: docs/semantics.md, Helpers. The kernel's order of elements
// depends on a random seed; here it is the order of the slots.

import { type Answer, ERRNO, failure, type Status, success } from './errno.ts';
import { BPF_EXIST, BPF_NOEXIST } from './flags.ts';

export interface HashSlots {
  readonly maxEntries: number;
  /** By slot; a free one is null. Slots past the end were never used. */
  readonly slots: ({ readonly key: Uint8Array; readonly value: Uint8Array } | null)[];
  /** The slot of each key that is present, by the key's bytes. */
  readonly slotOfKey: Map<string, number>;
  /** No slot below this one is free. */
  firstFree: number;
}

export function checkHashCreate(attributes: {
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
}): Status {
  const { keySize, valueSize, maxEntries } = attributes;
  return maxEntries === 0 || keySize === 0 || valueSize === 0 ? ERRNO.EINVAL : 0;
}

export function createHash(maxEntries: number): HashSlots {
  return { maxEntries, slots: [], slotOfKey: new Map(), firstFree: 0 };
}

/** Keys are equal when their bytes are. */
function identity(key: Uint8Array): string {
  return key.join();
}

function takeLowestFreeSlot(hash: HashSlots): number | undefined {
  let slot = hash.firstFree;
  while (slot < hash.slots.length && hash.slots[slot] !== null) slot++;
  hash.firstFree = slot;
  return slot < hash.maxEntries ? slot : undefined;
}

export function hashUpdate(
  hash: HashSlots,
  key: Uint8Array,
  value: Uint8Array,
  flags: bigint,
): Status {
  if (flags > BPF_EXIST) return ERRNO.EINVAL;
  const present = hash.slotOfKey.get(identity(key));
  if (present !== undefined && flags === BPF_NOEXIST) return ERRNO.EEXIST;
  if (present === undefined && flags === BPF_EXIST) return ERRNO.ENOENT;
  const slot = present ?? takeLowestFreeSlot(hash);
  if (slot === undefined) return ERRNO.E2BIG;
  hash.slots[slot] = { key: key.slice(), value: value.slice() };
  hash.slotOfKey.set(identity(key), slot);
  return 0;
}

export function hashDelete(hash: HashSlots, key: Uint8Array): Status {
  const slot = hash.slotOfKey.get(identity(key));
  if (slot === undefined) return ERRNO.ENOENT;
  hash.slots[slot] = null;
  hash.slotOfKey.delete(identity(key));
  hash.firstFree = Math.min(hash.firstFree, slot);
  return 0;
}

export function hashLookup(hash: HashSlots, key: Uint8Array): Answer<Uint8Array> {
  const element = hash.slots[hash.slotOfKey.get(identity(key)) ?? -1];
  return element ? success(element.value.slice()) : failure(ERRNO.ENOENT);
}

/** The first element for no key and for an absent one, else the one in the next slot that is not free. */
export function hashNextKey(hash: HashSlots, key: Uint8Array | undefined): Answer<Uint8Array> {
  const slot = key === undefined ? undefined : hash.slotOfKey.get(identity(key));
  const next = hash.slots.slice((slot ?? -1) + 1).find((element) => element !== null);
  return next ? success(next.key.slice()) : failure(ERRNO.ENOENT);
}
