// Values in a byte buffer, in the byte order that a Semantics gives. The terms decide: where they are
// the bytes of the value from the least significant up, that is one DataView access, and else each
// byte goes through its compiled term.

import type { Total } from '../../model/errors.ts';
import { BYTES, type Size } from '../../model/isa/operations.ts';
import type { Semantics } from '../semantics/semantics.ts';
import { type BvTerm, bvVar, compileTerm, concat, extract } from '../terms/index.ts';

/** Reads and writes values of one size, as unsigned bigints. */
export interface Codec {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => bigint;
  readonly write: (view: DataView, at: number, value: bigint) => void;
}

export type Codecs = Total<Size, Codec>;

const SMALL = Array.from({ length: 256 }, (_, byte) => BigInt(byte));

const NATIVE_READ: Total<Size, Codec['read']> = {
  B: (view, at) => SMALL[view.getUint8(at)] as bigint,
  H: (view, at) => BigInt(view.getUint16(at, true)),
  W: (view, at) => BigInt(view.getUint32(at, true)),
  DW: (view, at) => view.getBigUint64(at, true),
};

const NATIVE_WRITE: Total<Size, Codec['write']> = {
  B: (view, at, value) => view.setUint8(at, Number(value)),
  H: (view, at, value) => view.setUint16(at, Number(value), true),
  W: (view, at, value) => view.setUint32(at, Number(value), true),
  DW: (view, at, value) => view.setBigUint64(at, value, true),
};

/** The codec of a size. Formal bytes are b0 (lowest address) up; the formal value is v. */
function createCodec(semantics: Semantics, size: Size): Codec {
  const bytes = BYTES[size];
  const cells = Array.from({ length: bytes }, (_, i) => bvVar(`b${i}`, 8));
  const value = bvVar(`v${bytes}`, 8 * bytes);
  const joined = semantics.bytesToValue[size](cells);
  const split = semantics.valueToBytes[size](value);
  return {
    bytes,
    read: isNativeJoin(cells, joined) ? NATIVE_READ[size] : compiledRead(cells, joined),
    write: isNativeSplit(value, split) ? NATIVE_WRITE[size] : compiledWrite(value, split),
  };
}

// Equal terms are one object, so that identity decides.
function isNativeJoin(cells: readonly BvTerm[], joined: BvTerm): boolean {
  return joined === cells.reduce((low, cell) => concat(cell, low));
}

function isNativeSplit(value: BvTerm, split: readonly BvTerm[]): boolean {
  return split.every((byte, i) => byte === extract(8 * i + 7, 8 * i, value));
}

function compiledRead(cells: readonly BvTerm[], joined: BvTerm): Codec['read'] {
  const join = compileTerm(cells, joined);
  return (view, at) => join(...cells.map((_, i) => SMALL[view.getUint8(at + i)] as bigint));
}

function compiledWrite(value: BvTerm, split: readonly BvTerm[]): Codec['write'] {
  const bytes = split.map((byte) => compileTerm([value], byte));
  return (view, at, stored) => {
    bytes.forEach((byte, i) => {
      view.setUint8(at + i, Number(byte(stored)));
    });
  };
}

export function createCodecs(semantics: Semantics): Codecs {
  return {
    B: createCodec(semantics, 'B'),
    H: createCodec(semantics, 'H'),
    W: createCodec(semantics, 'W'),
    DW: createCodec(semantics, 'DW'),
  };
}
