// What user space gets back from its operations, as terms: docs/semantics.md, User space. Error numbers are
// 64 bits and not negated; 0 means that the operation is done.

import type { ObjectKnobs } from '../../model/profiles/profile.ts';
import type { UserOperation } from '../../model/scenario/scenario.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bool,
  bv,
  bvand,
  bvuge,
  distinct,
  eq,
  FALSE,
  ite,
  not,
  or,
  TRUE,
} from '../terms/index.ts';

const EPERM = 1n;
const ENOENT = 2n;
const E2BIG = 7n;
const EBADF = 9n;
const EBUSY = 16n;
const EEXIST = 17n;
const EINVAL = 22n;
const ENOTSUPP = 524n;

const BPF_F_NUMA_NODE = 4n;
const BPF_F_RDONLY = 8n;
const BPF_F_WRONLY = 16n;

/** What each operation looks at. */
export interface UserStates {
  readonly update: {
    readonly reachable: BoolTerm;
    readonly frozen: BoolTerm;
    readonly readOnly: BoolTerm;
    /** 32 bits. */
    readonly flags: BvTerm;
    /** 64 bits, as max_entries. */
    readonly index: BvTerm;
    readonly maxEntries: BvTerm;
    readonly held: BoolTerm;
    /** As `meet` gives it for an insertion. */
    readonly compatible: BoolTerm;
    /** Whether an extension is attached to a function of the program. */
    readonly extended: BoolTerm;
  };
  readonly delete: {
    readonly reachable: BoolTerm;
    readonly frozen: BoolTerm;
    readonly readOnly: BoolTerm;
    /** 64 bits, as max_entries. */
    readonly index: BvTerm;
    readonly maxEntries: BvTerm;
    /** Whether the slot is empty; any value where the index is out of range. */
    readonly empty: BoolTerm;
  };
  readonly freeze: {
    readonly reachable: BoolTerm;
    readonly frozen: BoolTerm;
    readonly readOnly: BoolTerm;
  };
  readonly create: {
    readonly absent: BoolTerm;
    /** 32 bits each. */
    readonly keySize: BvTerm;
    readonly valueSize: BvTerm;
    readonly flags: BvTerm;
  };
  readonly inner: { readonly reachable: BoolTerm };
  readonly pin: { readonly reachable: BoolTerm; readonly pinned: BoolTerm };
  readonly unpin: { readonly pinned: BoolTerm };
  readonly close_map: { readonly descriptor: BoolTerm };
  readonly close_program: { readonly held: BoolTerm };
  readonly load: {
    readonly absent: BoolTerm;
    /** Whether all arrays that it uses are reachable. */
    readonly arraysReachable: BoolTerm;
    readonly extension: BoolTerm;
    /** Whether the target of an extension is held. */
    readonly targetHeld: BoolTerm;
    /** With all arrays that it uses, as `meet` gives it for a load. */
    readonly compatible: BoolTerm;
  };
  readonly attach: {
    readonly held: BoolTerm;
    readonly extension: BoolTerm;
    /** Whether an extension is attached to the same function. */
    readonly replaced: BoolTerm;
    /** Whether its target is in a slot of any array. */
    readonly targetInSlot: BoolTerm;
  };
  readonly detach: { readonly held: BoolTerm; readonly attached: BoolTerm };
}

export type UserOp = UserOperation['op'];

type Knobs = Pick<ObjectKnobs, 'compatKeys' | 'freezeNeeds'>;

/** The error number of each operation. */
export type UserSpaceMeaning = {
  readonly [Op in UserOp]-?: (state: UserStates[Op], knobs: Knobs) => BvTerm;
};

type Rule = readonly [BoolTerm, bigint];
/** The first error that applies, else 0. */
const firstOf = (...rules: readonly Rule[]): BvTerm =>
  rules.reduceRight<BvTerm>(
    (rest, [condition, errno]) => ite(condition, bv(64, errno), rest),
    bv(64, 0n),
  );

const underExtensionKey = ({ compatKeys }: Knobs) => bool(compatKeys.includes('extension'));
const n32 = (value: bigint) => bv(32, value);
const allOf = (flags: BvTerm, bits: bigint) => eq(bvand(flags, n32(bits)), n32(bits));
const anyBut = (flags: BvTerm, bits: bigint) =>
  distinct(bvand(flags, n32(0xffff_ffffn ^ bits)), n32(0n));

/** docs/semantics.md, User space: the table. */
export const USER_SPACE: UserSpaceMeaning = {
  update: (state, knobs) =>
    firstOf(
      [not(state.reachable), EBADF],
      [or(state.frozen, state.readOnly), EPERM],
      [distinct(state.flags, n32(0n)), EINVAL],
      [bvuge(state.index, state.maxEntries), E2BIG],
      [not(state.held), EBADF],
      [not(state.compatible), EINVAL],
      [and(underExtensionKey(knobs), state.extended), EBUSY],
    ),
  delete: ({ reachable, frozen, readOnly, index, maxEntries, empty }) =>
    firstOf(
      [not(reachable), EBADF],
      [or(frozen, readOnly), EPERM],
      [bvuge(index, maxEntries), E2BIG],
      [empty, ENOENT],
    ),
  freeze: ({ reachable, frozen, readOnly }, { freezeNeeds }) =>
    firstOf(
      [not(reachable), EBADF],
      freezeNeeds === 'writable' ? [or(frozen, readOnly), EPERM] : [frozen, EBUSY],
    ),
  create: ({ absent, keySize, valueSize, flags }) =>
    firstOf(
      [not(absent), EEXIST],
      [distinct(valueSize, n32(4n)), EINVAL],
      [distinct(keySize, n32(4n)), EINVAL],
      [anyBut(flags, BPF_F_NUMA_NODE | BPF_F_RDONLY | BPF_F_WRONLY), EINVAL],
      [allOf(flags, BPF_F_RDONLY | BPF_F_WRONLY), EINVAL],
    ),
  inner: ({ reachable }) => firstOf([not(reachable), EBADF], [TRUE, ENOTSUPP]),
  pin: ({ reachable, pinned }) => firstOf([not(reachable), EBADF], [pinned, EEXIST]),
  unpin: ({ pinned }) => firstOf([not(pinned), ENOENT]),
  close_map: ({ descriptor }) => firstOf([not(descriptor), EBADF]),
  close_program: ({ held }) => firstOf([not(held), EBADF]),
  load: ({ absent, arraysReachable, extension, targetHeld, compatible }) =>
    firstOf(
      [not(absent), EEXIST],
      [not(arraysReachable), EBADF],
      [and(extension, not(targetHeld)), EBADF],
      [not(compatible), EINVAL],
    ),
  attach: ({ held, extension, replaced, targetInSlot }, knobs) =>
    firstOf(
      [not(held), EBADF],
      [not(extension), EINVAL],
      [replaced, EBUSY],
      [and(underExtensionKey(knobs), targetInSlot), EBUSY],
    ),
  detach: ({ held, attached }) => firstOf([not(held), EBADF], [not(attached), ENOENT]),
};

/** Whether an update comes as far as to look at the owner: then the program may become it. */
export function updateLooks(
  state: Omit<UserStates['update'], 'compatible' | 'extended'>,
  knobs: Knobs,
  meaning: UserSpaceMeaning = USER_SPACE,
): BoolTerm {
  const errno = meaning.update({ ...state, compatible: TRUE, extended: FALSE }, knobs);
  return eq(errno, bv(64, 0n));
}

/** Whether a load comes as far as to look at the owners of the arrays that it uses, one after the other. */
export function loadLooks(
  state: Omit<UserStates['load'], 'compatible'>,
  knobs: Knobs,
  meaning: UserSpaceMeaning = USER_SPACE,
): BoolTerm {
  return eq(meaning.load({ ...state, compatible: TRUE }, knobs), bv(64, 0n));
}
