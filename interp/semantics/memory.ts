// Loads, stores (RFC 9669 §5.2), ordered accesses (Linux 6.15) and packet loads (§5.5) on bytes that
// have been found and checked: `at` is a place in the backing view.

import type { Total } from '../../model/errors.ts';
import type { Size } from '../../model/isa/operations.ts';
import { setHalves } from '../registers.ts';

/** Loads into a register. */
export type Load = (halves: Uint32Array, register: number, view: DataView, at: number) => void;
/** Stores a register given as halves. */
export type Store = (view: DataView, at: number, low: number, high: number) => void;

/** MEM: "dst = *(unsigned size *) (src + offset)", zero-extended. */
export const load: Total<Size, Load> = {
  B: (halves, register, view, at) => setHalves(halves, register, view.getUint8(at), 0),
  H: (halves, register, view, at) => setHalves(halves, register, view.getUint16(at, true), 0),
  W: (halves, register, view, at) => setHalves(halves, register, view.getUint32(at, true), 0),
  DW: (halves, register, view, at) =>
    setHalves(halves, register, view.getUint32(at, true), view.getUint32(at + 4, true)),
};

/** The upper half of a sign-extended number: all ones where it is negative. */
const signHalf = (value: number): number => value >> 31;

/** MEMSX: "dst = *(signed size *) (src + offset)", sign-extended to 64 bits. */
export const loadSigned: Total<Exclude<Size, 'DW'>, Load> = {
  B: (halves, register, view, at) => {
    const value = view.getInt8(at);
    setHalves(halves, register, value, signHalf(value));
  },
  H: (halves, register, view, at) => {
    const value = view.getInt16(at, true);
    setHalves(halves, register, value, signHalf(value));
  },
  W: (halves, register, view, at) => {
    const value = view.getInt32(at, true);
    setHalves(halves, register, value, signHalf(value));
  },
};

/** "*(size *) (dst + offset) = src", the low bytes. */
export const store: Total<Size, Store> = {
  B: (view, at, low) => view.setUint8(at, low),
  H: (view, at, low) => view.setUint16(at, low, true),
  W: (view, at, low) => view.setUint32(at, low, true),
  DW: (view, at, low, high) => {
    view.setUint32(at, low, true);
    view.setUint32(at + 4, high, true);
  },
};

/** One run has one thread, so acquire and release order nothing that a plain access would not. */
export const loadAcquire: Total<Size, Load> = { ...load };
export const storeRelease: Total<Size, Store> = { ...store };

/** Packet loads read network byte order. */
export const packetLoad: Total<Exclude<Size, 'DW'>, Load> = {
  B: (halves, register, view, at) => setHalves(halves, register, view.getUint8(at), 0),
  H: (halves, register, view, at) => setHalves(halves, register, view.getUint16(at, false), 0),
  W: (halves, register, view, at) => setHalves(halves, register, view.getUint32(at, false), 0),
};

/** The packet offset of a load: ABS takes imm, IND adds src; the low 32 bits, signed. */
export const packetOffset = {
  ABS: (imm: number, _src: bigint): number => imm,
  IND: (imm: number, src: bigint): number => Number(BigInt.asIntN(32, src + BigInt(imm))),
};
