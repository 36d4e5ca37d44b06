// Bytes and integers as a scenario file spells them.

import { quote } from './words.ts';

/** What reading gives: a value, or why there is none and, in texts, at which character (from 0). */
export type Reading<T> =
  | { readonly value: T }
  | { readonly problem: string; readonly index?: number };

const isSpace = (character: string) => /\s/.test(character);

/** Reads pairs of hex digits; white space may stand between bytes. */
export function readHex(text: string): Reading<Uint8Array> {
  const bytes: number[] = [];
  for (let index = 0; index < text.length; ) {
    if (isSpace(text[index]!)) {
      index++;
      continue;
    }
    for (const at of [index, index + 1]) {
      const character = text[at] ?? ' ';
      if (/[0-9a-f]/i.test(character)) continue;
      if (isSpace(character)) {
        return {
          problem: `a byte takes two hex digits; '${text[index]}' at position ${index + 1} stands alone`,
          index,
        };
      }
      return {
        problem: `${quote(character)} at position ${at + 1} is not a hex digit`,
        index: at,
      };
    }
    bytes.push(Number.parseInt(text.slice(index, index + 2), 16));
    index += 2;
  }
  return { value: Uint8Array.from(bytes) };
}

/** `00 0f a1`: lower case, one space between bytes. */
export function formatHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** `1 byte`, `4 bytes`. */
export function countBytes(count: number): string {
  return `${count} ${count === 1 ? 'byte' : 'bytes'}`;
}

/** The widest integer that a key or a value can be given as, in bytes. */
export const INTEGER_BYTES_MAX = 8;

/** An integer as little-endian bytes, signed or unsigned: whatever fits. */
export function integerBytes(value: bigint, size: number): Reading<Uint8Array> {
  if (size > INTEGER_BYTES_MAX) {
    return { problem: `an integer has at most 8 bytes; write all ${size} bytes in hex` };
  }
  const bits = BigInt(size * 8);
  if (value >= 1n << bits || value < -(1n << (bits - 1n))) {
    return { problem: `${value} does not fit into ${countBytes(size)}` };
  }
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return { value: bytes.slice(0, size) };
}

/** Little-endian, unsigned; the inverse of `integerBytes`. */
export function integerFromBytes(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Reads a hexadecimal integer with a sign, which YAML itself takes for text. */
export function readHexInteger(text: string): bigint | undefined {
  const match = /^([-+]?)(0x[0-9a-f]+)$/i.exec(text);
  if (match === null) return undefined;
  return match[1] === '-' ? -BigInt(match[2]!) : BigInt(match[2]!);
}
