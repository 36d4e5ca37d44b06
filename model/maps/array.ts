// BPF_MAP_TYPE_ARRAY as user space sees it: docs/semantics.md, Helpers; the same errors by system call.

import { type Answer, ERRNO, failure, type Status, success } from './errno.ts';
import { BPF_EXIST, BPF_F_LOCK, BPF_NOEXIST } from './flags.ts';

/** Values by index, all present from the start, first as zero bytes. */
export interface ArrayValues {
  readonly valueSize: number;
  readonly maxEntries: number;
  /** One value after the other, without padding. */
  readonly bytes: Uint8Array;
}

export function checkArrayCreate(attributes: {
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
}): Status {
  const { keySize, valueSize, maxEntries } = attributes;
  return maxEntries === 0 || keySize !== 4 || valueSize === 0 ? ERRNO.EINVAL : 0;
}

export function createArray(valueSize: number, maxEntries: number): ArrayValues {
  return { valueSize, maxEntries, bytes: new Uint8Array(valueSize * maxEntries) };
}

/** No element is ever absent, so BPF_NOEXIST cannot be met. */
export function arrayUpdate(
  array: ArrayValues,
  index: number,
  value: Uint8Array,
  flags: bigint,
): Status {
  const wanted = flags & ~BPF_F_LOCK;
  if (wanted > BPF_EXIST) return ERRNO.EINVAL;
  if (index >= array.maxEntries) return ERRNO.E2BIG;
  if (wanted === BPF_NOEXIST) return ERRNO.EEXIST;
  if (wanted !== flags) return ERRNO.EINVAL;
  array.bytes.set(value, index * array.valueSize);
  return 0;
}

export function arrayLookup(array: ArrayValues, index: number): Answer<Uint8Array> {
  if (index >= array.maxEntries) return failure(ERRNO.ENOENT);
  const start = index * array.valueSize;
  return success(array.bytes.slice(start, start + array.valueSize));
}

/**
 * The index after one: the first for no index and for one that is out of range. Prog arrays answer the
 * same way, whether their slots are filled or empty.
 */
export function nextIndex(maxEntries: number, index: number | undefined): Answer<number> {
  if (index === undefined || index >= maxEntries) return success(0);
  return index === maxEntries - 1 ? failure(ERRNO.ENOENT) : success(index + 1);
}
