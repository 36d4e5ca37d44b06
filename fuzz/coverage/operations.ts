// Coverage of what user space does: each operation with each result that docs/semantics.md, User space, gives it.

import { ERRNO, errnoName } from '../../model/maps/errno.ts';
import type { UserOperation } from '../../model/scenario/scenario.ts';

export type OperationName = UserOperation['op'];

const { EPERM, ENOENT, E2BIG, EBADF, EBUSY, EEXIST, EINVAL, ENOTSUPP } = ERRNO;

/**
 * What each operation can give in a scenario; 0 is success. EEXIST of `create` and `load` is left out: a scenario
 * creates an array, and loads a program, at most once (docs/scenario.md).
 */
// biome-ignore format: table
const RESULTS: Readonly<Record<OperationName, readonly number[]>> = {
  update: [0, EBADF, EPERM, EINVAL, E2BIG, EBUSY],
  delete: [0, EBADF, EPERM, E2BIG, ENOENT],
  freeze: [0, EBADF, EPERM, EBUSY],
  create: [0, EINVAL],
  inner: [EBADF, ENOTSUPP],
  pin: [0, EBADF, EEXIST],
  unpin: [0, ENOENT],
  close_map: [0, EBADF],
  close_program: [0, EBADF],
  load: [0, EBADF, EINVAL],
  attach: [0, EBADF, EINVAL, EBUSY],
  detach: [0, EBADF, ENOENT],
};

export const OPERATIONS = Object.keys(RESULTS) as OperationName[];

/** Every operation with every result, in the order in which they are counted. */
export const OPERATION_CELLS: readonly {
  readonly op: OperationName;
  readonly errno: number;
}[] = OPERATIONS.flatMap((op) => RESULTS[op].map((errno) => ({ op, errno })));

const cellNumbers = new Map(
  OPERATIONS.map((op) => [
    op,
    new Map(
      RESULTS[op].map((errno) => [
        errno,
        OPERATION_CELLS.findIndex((cell) => cell.op === op && cell.errno === errno),
      ]),
    ),
  ]),
);

/** Index into `OPERATION_CELLS`; undefined for a result that the operation cannot have. */
export function operationCell(op: OperationName, errno: number): number | undefined {
  return cellNumbers.get(op)?.get(errno);
}

/** `update EBADF`, `pin done` */
export function operationResultName(op: OperationName, errno: number): string {
  return `${op} ${errno === 0 ? 'done' : errnoName(errno)}`;
}
