// RFC 9669 §5 as terms: addresses, loads, stores, atomics, constants, packet loads. A memory cell is a
// bit-vector of 8 bits; `BYTES_TO_VALUE` and `VALUE_TO_BYTES` put them in order.

import type { Total } from '../../model/errors.ts';
import type { AtomicOp, LdImm64Op, Size, Width } from '../../model/isa/operations.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bv,
  bvadd,
  bvand,
  bvor,
  bvsge,
  bvule,
  bvxor,
  concat,
  eq,
  extract,
  ite,
  signExtend,
  zeroExtend,
} from '../terms/index.ts';

/** "(dst + offset)": 64-bit base and 16-bit signed offset to a 64-bit address. */
export type AddressMeaning = (base: BvTerm, offset: BvTerm) => BvTerm;
export const ADDRESS: AddressMeaning = (base, offset) => bvadd(base, signExtend(48, offset));

/** The cells in address order to the value that they hold. */
export type JoinMeaning = (bytes: readonly BvTerm[]) => BvTerm;
/** A value to its cells in address order. */
export type SplitMeaning = (value: BvTerm) => readonly BvTerm[];

/** Little-endian: each further cell is more significant. */
const littleEndian: JoinMeaning = (bytes) => bytes.reduce((low, byte) => concat(byte, low));
const cells = (count: number): SplitMeaning => {
  const positions = Array.from({ length: count }, (_, i) => 8 * i);
  return (value) => positions.map((lo) => extract(lo + 7, lo, value));
};

export const BYTES_TO_VALUE: Total<Size, JoinMeaning> = {
  B: littleEndian,
  H: littleEndian,
  W: littleEndian,
  DW: littleEndian,
};
export const VALUE_TO_BYTES: Total<Size, SplitMeaning> = {
  B: cells(1),
  H: cells(2),
  W: cells(4),
  DW: cells(8),
};

/** The value of a size to a 64-bit register. */
export type ExtensionMeaning = (value: BvTerm) => BvTerm;
const unsigned: ExtensionMeaning = (value) => zeroExtend(64 - value.sort.width, value);
const signed: ExtensionMeaning = (value) => signExtend(64 - value.sort.width, value);

/** §5.2: "dst = *(unsigned size *) (src + offset)". */
export const LOAD: Total<Size, ExtensionMeaning> = {
  B: unsigned,
  H: unsigned,
  W: unsigned,
  DW: unsigned,
};
/** §5.2, MEMSX: "dst = *(signed size *) (src + offset)". */
export const LOAD_SIGNED: Total<Exclude<Size, 'DW'>, ExtensionMeaning> = {
  B: signed,
  H: signed,
  W: signed,
};
/** Linux 6.15, load-acquire: zero-extends as LDX does. */
export const LOAD_ACQUIRE: Total<Size, ExtensionMeaning> = { ...LOAD };

/** A 64-bit register, or a 32-bit imm, to the value of the size that is stored. */
export type StoreMeaning = (operand: BvTerm) => BvTerm;

/** §5.1: "*(size *) (dst + offset) = src": the low bits of the register. */
export const STORE: Total<Size, StoreMeaning> = {
  B: (src) => extract(7, 0, src),
  H: (src) => extract(15, 0, src),
  W: (src) => extract(31, 0, src),
  DW: (src) => src,
};
/** Linux 6.15, store-release: as STX. */
export const STORE_RELEASE: Total<Size, StoreMeaning> = { ...STORE };
/** §5.1: "*(size *) (dst + offset) = imm", a signed 32-bit number. */
export const STORE_IMMEDIATE: Total<Size, StoreMeaning> = {
  B: (imm) => extract(7, 0, imm),
  H: (imm) => extract(15, 0, imm),
  W: (imm) => imm,
  DW: (imm) => signExtend(32, imm),
};

export interface AtomicEffect {
  /** The new memory value, as wide as the operation. */
  readonly memory: BvTerm;
  /** The 64-bit register that takes the old value, where one does. */
  readonly result?: { readonly register: 'src' | 'r0'; readonly value: BvTerm };
}

/** The old memory value (as wide as the operation), and the 64-bit registers src and R0. */
export type AtomicMeaning = (old: BvTerm, src: BvTerm, r0: BvTerm) => AtomicEffect;

const plain =
  (combine: (old: BvTerm, operand: BvTerm) => BvTerm): AtomicMeaning =>
  (old, src) => ({ memory: combine(old, extract(old.sort.width - 1, 0, src)) });

/** "the operation also overwrites src with the value that was in memory before it was modified". */
const fetching =
  (combine: (old: BvTerm, operand: BvTerm) => BvTerm): AtomicMeaning =>
  (old, src, r0) => ({
    ...plain(combine)(old, src, r0),
    result: { register: 'src', value: unsigned(old) },
  });

/** "atomically exchanges src with the value addressed by dst + offset". */
const exchange = fetching((_old, operand) => operand);

/**
 * "atomically compares the value addressed by dst + offset with R0. If they match, the value ... is
 * replaced with src. In either case, the value that was at dst + offset before the operation is
 * zero-extended and loaded back to R0."
 */
const compareExchange: AtomicMeaning = (old, src, r0) => {
  const low = (t: BvTerm) => extract(old.sort.width - 1, 0, t);
  return {
    memory: ite(eq(old, low(r0)), low(src), old),
    result: { register: 'r0', value: unsigned(old) },
  };
};

export const ATOMICS: Total<`${AtomicOp}${Width}`, AtomicMeaning> = {
  ADD32: plain(bvadd),
  ADD64: plain(bvadd),
  OR32: plain(bvor),
  OR64: plain(bvor),
  AND32: plain(bvand),
  AND64: plain(bvand),
  XOR32: plain(bvxor),
  XOR64: plain(bvxor),
  FETCH_ADD32: fetching(bvadd),
  FETCH_ADD64: fetching(bvadd),
  FETCH_OR32: fetching(bvor),
  FETCH_OR64: fetching(bvor),
  FETCH_AND32: fetching(bvand),
  FETCH_AND64: fetching(bvand),
  FETCH_XOR32: fetching(bvxor),
  FETCH_XOR64: fetching(bvxor),
  XCHG32: exchange,
  XCHG64: exchange,
  CMPXCHG32: compareExchange,
  CMPXCHG64: compareExchange,
};

/** What an LD_IMM64 can be made of: the 32-bit fields, and 64-bit addresses that imm names. */
export interface ConstantParts {
  readonly imm: BvTerm;
  readonly nextImm: BvTerm;
  /** map_by_fd(imm), map_by_idx(imm): the handle of that map. */
  readonly handle: BvTerm;
  /** map_val(handle): the address of its first value. */
  readonly firstValue: BvTerm;
  /** code_addr(imm). */
  readonly code: BvTerm;
}

export type ConstantMeaning = (parts: ConstantParts) => BvTerm;

const valueAt: ConstantMeaning = ({ firstValue, nextImm }) =>
  bvadd(firstValue, signExtend(32, nextImm));

/**
 * §5.4: "dst = (next_imm << 32) | imm", "dst = map_by_fd(imm)",
 * "dst = map_val(map_by_fd(imm)) + next_imm", "dst = code_addr(imm)"; var_addr is not modelled.
 */
export const CONSTANTS: Total<LdImm64Op, ConstantMeaning | 'unsupported'> = {
  LD_IMM64: ({ imm, nextImm }) => concat(nextImm, imm),
  LD_MAP_FD: ({ handle }) => handle,
  LD_MAP_VALUE_FD: valueAt,
  LD_VAR_ADDR: 'unsupported',
  LD_CODE_ADDR: ({ code }) => code,
  LD_MAP_IDX: ({ handle }) => handle,
  LD_MAP_VALUE_IDX: valueAt,
};

export type PacketSize = Exclude<Size, 'DW'>;

export interface PacketMeaning {
  /** The 32-bit offset, a signed number, from the 64-bit src (unused in ABS) and the 32-bit imm. */
  readonly offset: Total<'ABS' | 'IND', (src: BvTerm, imm: BvTerm) => BvTerm>;
  /** Whether `bytes` cells from the 32-bit offset lie in a packet of the 32-bit length. */
  readonly inside: (offset: BvTerm, bytes: number, length: BvTerm) => BoolTerm;
  /** The cells in packet order to R0: "network byte order read as a number, zero-extended". */
  readonly value: Total<PacketSize, JoinMeaning>;
}

const bigEndian: JoinMeaning = (bytes) => bytes.reduce((high, byte) => concat(high, byte));
const networkOrder: JoinMeaning = (bytes) => unsigned(bigEndian(bytes));

/** §5.5 leaves it to the platform; docs/semantics.md, Packet loads. Wide enough that no sum wraps. */
export const PACKET: PacketMeaning = {
  offset: {
    ABS: (_src, imm) => imm,
    IND: (src, imm) => extract(31, 0, bvadd(src, signExtend(32, imm))),
  },
  inside: (offset, bytes, length) =>
    and(
      bvsge(offset, bv(32, 0n)),
      bvule(bvadd(zeroExtend(1, offset), bv(33, BigInt(bytes))), zeroExtend(1, length)),
    ),
  value: { B: networkOrder, H: networkOrder, W: networkOrder },
};
