// Planted faults in the SMT meaning: the errors of operations of user space.

import {
  and,
  type BoolTerm,
  bv,
  bvuge,
  distinct,
  eq,
  FALSE,
  ite,
  not,
  or,
  type Semantics,
  TRUE,
} from '../../../smt/index.ts';
import type { Fault } from '../fault.ts';
import { fault } from './plant.ts';

type UserSpace = Semantics['userSpace'];
type Op = keyof UserSpace;

function operation<Name extends Op>(
  op: Name,
  name: string,
  summary: string,
  wrong: (right: UserSpace[Name]) => UserSpace[Name],
): Fault {
  return fault(
    'object',
    `${op.replaceAll('_', '-')}-${name}`,
    summary,
    (s) => ({ ...s, userSpace: { ...s.userSpace, [op]: wrong(s.userSpace[op]) } }),
    { singleInstruction: false },
  );
}

const [EPERM, E2BIG, EBADF, EBUSY, EINVAL] = [1n, 7n, 9n, 16n, 22n];

/** An error that comes first where it applies. */
const early = (applies: BoolTerm, errno: bigint, right: ReturnType<UserSpace['inner']>) =>
  ite(applies, bv(64, errno), right);

export const USER_SPACE_FAULTS: readonly Fault[] = [
  operation(
    'update',
    'frozen-first',
    'update: EPERM comes before EBADF',
    (right) => (state, k) => early(or(state.frozen, state.readOnly), EPERM, right(state, k)),
  ),
  operation(
    'update',
    'range-first',
    'update: E2BIG comes before all others',
    (right) => (state, k) => early(bvuge(state.index, state.maxEntries), E2BIG, right(state, k)),
  ),
  operation(
    'update',
    'flags-before-frozen',
    'update: EINVAL for flags comes before EPERM',
    (right) => (state, k) =>
      early(and(state.reachable, distinct(state.flags, bv(32, 0n))), EINVAL, right(state, k)),
  ),
  operation(
    'update',
    'program-before-range',
    'update: EBADF for the program comes before E2BIG',
    (right) => (state, k) => {
      const errno = right(state, k);
      return ite(and(eq(errno, bv(64, E2BIG)), not(state.held)), bv(64, EBADF), errno);
    },
  ),
  operation(
    'update',
    'busy-before-owner',
    'update: EBUSY comes before EINVAL',
    (right) => (state, k) => {
      const errno = right({ ...state, compatible: TRUE }, k);
      const busy = eq(errno, bv(64, EBUSY));
      return ite(busy, errno, right(state, k));
    },
  ),
  operation(
    'update',
    'busy-without-key',
    'update: EBUSY whatever the keys',
    (right) => (state, k) => right(state, { ...k, compatKeys: [...k.compatKeys, 'extension'] }),
  ),
  operation(
    'update',
    'last-plus-one',
    'update: index max_entries is in range',
    (right) => (state, k) =>
      right(
        { ...state, index: ite(eq(state.index, state.maxEntries), bv(64, 0n), state.index) },
        k,
      ),
  ),
  operation(
    'delete',
    'of-frozen',
    'a frozen array can be emptied',
    (right) => (state, k) => right({ ...state, frozen: FALSE }, k),
  ),
  operation(
    'freeze',
    'twice',
    'a frozen array can be frozen',
    (right) => (state, k) => right({ ...state, frozen: FALSE }, k),
  ),
  operation(
    'create',
    'key-size-ignored',
    'create: any key_size',
    (right) => (state, k) => right({ ...state, keySize: bv(32, 4n) }, k),
  ),
  operation(
    'create',
    'flags-ignored',
    'create: any flags',
    (right) => (state, k) => right({ ...state, flags: bv(32, 0n) }, k),
  ),
  operation(
    'pin',
    'twice',
    'an array can be pinned twice',
    (right) => (state, k) => right({ ...state, pinned: FALSE }, k),
  ),
  operation(
    'unpin',
    'of-unpinned',
    'what is not pinned can be unpinned',
    (right) => (_, k) => right({ pinned: TRUE }, k),
  ),
  operation(
    'close_map',
    'twice',
    'a descriptor can be closed twice',
    (right) => (_, k) => right({ descriptor: TRUE }, k),
  ),
  operation(
    'load',
    'without-target',
    'load: the target need not be held',
    (right) => (state, k) => right({ ...state, targetHeld: TRUE }, k),
  ),
  operation(
    'attach',
    'kind-before-held',
    'attach: EINVAL comes before EBADF',
    (right) => (state, k) => early(not(state.extension), EINVAL, right(state, k)),
  ),
  operation(
    'attach',
    'into-slot',
    'attach: a target in a slot is no matter',
    (right) => (state, k) => right({ ...state, targetInSlot: FALSE }, k),
  ),
  operation(
    'attach',
    'on-top',
    'attach: two on one function',
    (right) => (state, k) => right({ ...state, replaced: FALSE }, k),
  ),
  operation(
    'detach',
    'of-detached',
    'what is not attached can be detached',
    (right) => (state, k) => right({ ...state, attached: TRUE }, k),
  ),
];
