// Error numbers of Linux (include/uapi/asm-generic/errno-base.h) that map operations and loads give. They are
// positive here, as in errno(3) and in `Outcome.schedule`; a helper gives the negated number to its program.

export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  E2BIG: 7,
  EBADF: 9,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  EINVAL: 22,
  ENOSPC: 28,
  EOPNOTSUPP: 95,
  /** Internal to the kernel, but user space gets to see it for operations that a map kind lacks. */
  ENOTSUPP: 524,
} as const;

export type ErrnoName = keyof typeof ERRNO;
export type Errno = (typeof ERRNO)[ErrnoName];

/** What an operation gives that only succeeds or fails. */
export type Status = 0 | Errno;

/** What an operation gives that reads something. */
export type Answer<T> = { readonly errno: 0; readonly value: T } | { readonly errno: Errno };

export function success<T>(value: T): Answer<T> {
  return { errno: 0, value };
}

export function failure(errno: Errno): { readonly errno: Errno } {
  return { errno };
}

/** `E2BIG`; the number itself for one that is not in the table. */
export function errnoName(errno: number): string {
  return Object.entries(ERRNO).find(([, number]) => number === errno)?.[0] ?? String(errno);
}
