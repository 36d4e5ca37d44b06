// JSON output: bigints as 0x hex, bytes as hex without spaces, maps as objects.

import { InternalError } from '../../model/errors.ts';
import { hex } from './text.ts';

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [k: string]: Json };

/** A value as plain JSON; keys without a value are left out. */
export function toJson(value: unknown): Json {
  switch (typeof value) {
    case 'bigint':
      return value < 0n ? `-${hex(-value)}` : hex(value);
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : objectToJson(value);
    default:
      throw new InternalError(`a ${typeof value} is no JSON`);
  }
}

function objectToJson(value: object): Json {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(toJson);
  const pairs: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  const entries = [...pairs]
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => [String(key), toJson(member)]);
  return Object.fromEntries(entries);
}

/** A document for people and programs. */
export function jsonDocument(value: unknown): string {
  return `${JSON.stringify(toJson(value), null, 2)}\n`;
}

/** One line of a stream of events. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(toJson(value))}\n`;
}
