// The maps of a scenario file and entries of maps wherever they stand: sizes, keys and values.

import type { InputError } from '../errors.ts';
import { countBytes, integerBytes, type Reading, readHex, readHexInteger } from './bytes.ts';
import { U32_MAX } from './limits.ts';
import type { Path } from './problem.ts';
import type { MapDefinition, ProgArray, ValueMap } from './scenario.ts';
import type { MapInFile } from './schema.ts';
import type { Entries, Entry } from './shape.ts';
import { validateMap } from './validate.ts';
import { listNames, quote } from './words.ts';
import { type Key, keyText, Plain, type SourceDocument } from './yaml.ts';

/** The place of a name among the known ones. @throws InputError that lists them. */
export function numberOf(
  kind: 'map' | 'program',
  name: string,
  known: readonly string[],
  problem: (reason: string) => InputError,
): number {
  const number = known.indexOf(name);
  if (number >= 0) return number;
  throw problem(`there is no ${kind} ${quote(name)}; there are: ${listNames(known)}`);
}

/** Reads the maps in file order. */
export function readMaps(
  maps: Readonly<Record<string, MapInFile>>,
  programNames: readonly string[],
  document: SourceDocument,
): MapDefinition[] {
  return Object.entries(maps).map(([name, map]) => {
    const path = ['maps', name];
    const empty = map.type === 'prog_array' ? progArray(name, map, document) : valueMap(name, map);
    if (empty === undefined) throw document.error([...path, missingSize(map)], 'is missing');
    validateMap(empty, (where, reason) => document.error(where, reason));
    const entriesPath = [...path, 'entries'];
    const entries = map.entries ?? [];
    return empty.type === 'prog_array'
      ? { ...empty, entries: readSlots(entries, programNames, document, entriesPath) }
      : { ...empty, entries: readEntries(entries, empty, document, entriesPath) };
  });
}

function missingSize({ type, key_size }: MapInFile): string {
  return type === 'hash' && key_size === undefined ? 'key_size' : 'value_size';
}

function progArray(name: string, map: MapInFile, document: SourceDocument): ProgArray {
  for (const size of ['key_size', 'value_size'] as const) {
    const bytes = map[size] ?? 4;
    if (bytes === 4) continue;
    throw document.error(['maps', name, size], `in a prog array this is 4, not ${bytes}`);
  }
  return { name, type: 'prog_array', maxEntries: map.max_entries, entries: [] };
}

function valueMap(name: string, map: MapInFile): ValueMap | undefined {
  const type = map.type === 'hash' ? 'hash' : 'array';
  const keySize = map.key_size ?? (type === 'array' ? 4 : undefined);
  const { value_size: valueSize, max_entries: maxEntries } = map;
  if (keySize === undefined || valueSize === undefined) return undefined;
  return { name, type, keySize, valueSize, maxEntries, entries: [] };
}

/** The error for something wrong with an entry, or its key or value, of the entries at a path. */
export function entryError(
  document: SourceDocument,
  path: Path,
  entry: Entry,
  reason: string,
  part?: string | number,
  index?: number,
): InputError {
  const spot = index === undefined ? {} : { index };
  const at = [...path, ...entry.path];
  if (!entry.listed) return document.error(at, reason, { ...spot, key: part === 'key' });
  return document.error(part === undefined ? at : [...at, part], reason, spot);
}

/** Reads keys and values of an array or a hash map. @throws InputError at the one that is wrong. */
export function readEntries(
  entries: Entries,
  map: Pick<ValueMap, 'keySize' | 'valueSize'>,
  document: SourceDocument,
  path: Path,
): ValueMap['entries'] {
  const sizes = { key: map.keySize, value: map.valueSize };
  return entries.map((entry) => {
    const read = (part: 'key' | 'value') => {
      const reading = readContent(entry[part], sizes[part], part);
      if ('value' in reading) return reading.value;
      throw entryError(document, path, entry, reading.problem, part, reading.index);
    };
    return { key: read('key'), value: read('value') };
  });
}

/** A key or a value: an integer, or all of its bytes in hex. */
function readContent(content: Key, size: number, part: string): Reading<Uint8Array> {
  if (content instanceof Plain) {
    if (typeof content.value !== 'bigint') {
      return {
        problem: `expected an integer or hex bytes in quotes, but this is ${content.text || 'nothing'}`,
      };
    }
    if (/^[-+]?0\d/.test(content.text)) {
      return {
        problem: `${content.text} may be hex or decimal: quote hex bytes, leave out zeros before a number`,
      };
    }
    return integerBytes(content.value, size);
  }
  const integer = readHexInteger(content);
  if (integer !== undefined) return integerBytes(integer, size);
  const reading = readHex(content);
  if (!('value' in reading) || reading.value.length === size) return reading;
  return {
    problem: `the ${part} has ${countBytes(reading.value.length)} here; ${part}_size is ${size}`,
  };
}

function readSlots(
  entries: Entries,
  programNames: readonly string[],
  document: SourceDocument,
  path: Path,
): ProgArray['entries'] {
  return entries.map((entry) => {
    const { key, value } = entry;
    const index = key instanceof Plain && typeof key.value === 'bigint' ? Number(key.value) : -1;
    if (index < 0 || index > U32_MAX) {
      const reason = `expected an index from 0 to ${U32_MAX}, but this is ${quote(keyText(key))}`;
      throw entryError(document, path, entry, reason, 'key');
    }
    const problem = (reason: string) => entryError(document, path, entry, reason, 'value');
    return { index, program: numberOf('program', keyText(value), programNames, problem) };
  });
}
