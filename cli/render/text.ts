// Small pieces of text.

import { formatHex } from '../../model/scenario/bytes.ts';

const MIN_SIGNED = 1n << 63n;
const BYTES_SHOWN = 48;

/** `1 path`, `2 paths`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}

export function hex(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}

/** A 64-bit word: `7 (0x7)`, with its signed reading where that differs. */
export function word(value: bigint): string {
  const signed = value >= MIN_SIGNED ? `, signed ${BigInt.asIntN(64, value)}` : '';
  return `${value} (${hex(value)}${signed})`;
}

/** Hex bytes, cut short when there are many. */
export function bytes(content: Uint8Array): string {
  if (content.length === 0) return '(empty)';
  const shown = formatHex(content.subarray(0, BYTES_SHOWN));
  return content.length > BYTES_SHOWN ? `${shown} … (${content.length} bytes)` : shown;
}

/** The first of many, and how many more there are. */
export function firstFew(items: readonly string[], max: number): string[] {
  return items.length <= max
    ? [...items]
    : [...items.slice(0, max), `… and ${items.length - max} more`];
}

/** The first and the last of many, and how many are between them. */
export function withoutMiddle(items: readonly string[], max: number): string[] {
  if (items.length <= max) return [...items];
  const half = Math.floor((max - 1) / 2);
  const left = items.length - 2 * half;
  return [...items.slice(0, half), `… ${left} more …`, ...items.slice(-half)];
}

/** A text on one line: what would break it or move the cursor is spelt out. */
export function oneLine(text: string): string {
  return text
    .replace(/\s*\r?\n\s*/g, ' ')
    .replace(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1))
    .trim();
}
