// BPF_MAP_TYPE_PROG_ARRAY as user space sees it: Linux 6.12, reference linux-tail-calls.md §2.1 and §2.2.

import { type Answer, ERRNO, type Errno, failure, type Status, success } from './errno.ts';

/** A slot that holds no program. Other slots hold the index of a program. */
export const EMPTY_SLOT = -1;

/** Slots as an engine or a map keeps them; both kinds of arrays will do. */
export type ProgSlots = Int32Array | number[];

/** Flags of BPF_MAP_CREATE (uapi/linux/bpf.h). */
export const CREATE_FLAGS = {
  NUMA_NODE: 1 << 2,
  RDONLY: 1 << 3,
  WRONLY: 1 << 4,
  RDONLY_PROG: 1 << 7,
  WRONLY_PROG: 1 << 8,
  MMAPABLE: 1 << 10,
  PRESERVE_ELEMS: 1 << 11,
  INNER_MAP: 1 << 12,
} as const;

/** What is left for a prog array: the others are for other kinds of arrays, or are program access flags. */
const PROG_ARRAY_FLAGS = CREATE_FLAGS.NUMA_NODE | CREATE_FLAGS.RDONLY | CREATE_FLAGS.WRONLY;
const USER_ACCESS = CREATE_FLAGS.RDONLY | CREATE_FLAGS.WRONLY;

/** Reference §2.1. Every refusal is EINVAL, so their order cannot be seen. */
export function checkProgArrayCreate(attributes: {
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags?: number;
}): Status {
  const { keySize, valueSize, maxEntries, flags = 0 } = attributes;
  if (valueSize !== 4) return ERRNO.EINVAL;
  if (maxEntries === 0 || keySize !== 4) return ERRNO.EINVAL;
  if ((flags & ~PROG_ARRAY_FLAGS) !== 0) return ERRNO.EINVAL;
  if ((flags & USER_ACCESS) === USER_ACCESS) return ERRNO.EINVAL;
  return 0;
}

/**
 * Puts a program into a slot. `program` may be an error number that resolving it gave: the kernel
 * takes the file descriptor only after it has checked the index.
 */
export function progArrayUpdate(
  slots: ProgSlots,
  index: number,
  program: number | { readonly errno: Errno },
): Status {
  if (index >= slots.length) return ERRNO.E2BIG;
  if (typeof program !== 'number') return program.errno;
  slots[index] = program;
  return 0;
}

/** Empties a slot. */
export function progArrayDelete(slots: ProgSlots, index: number): Status {
  if (index >= slots.length) return ERRNO.E2BIG;
  if (slots[index] === EMPTY_SLOT) return ERRNO.ENOENT;
  slots[index] = EMPTY_SLOT;
  return 0;
}

/** The program in a slot; beyond the last slot there is none either. */
export function progArrayLookup(slots: ProgSlots, index: number): Answer<number> {
  const program = slots[index] ?? EMPTY_SLOT;
  return program === EMPTY_SLOT ? failure(ERRNO.ENOENT) : success(program);
}
