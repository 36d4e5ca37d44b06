// What a run did to its maps: final contents against initial ones, by key.

import { formatHex, integerFromBytes } from '../../model/scenario/bytes.ts';
import type { MapContents, Outcome } from '../../model/scenario/outcome.ts';
import type { MapDefinition, Scenario } from '../../model/scenario/scenario.ts';
import { programName } from './code-place.ts';
import { table } from './table.ts';
import { bytes, hex } from './text.ts';

export interface MapChange {
  readonly map: string;
  /** Arrays: the index; hash maps: the key in hex. */
  readonly key: string;
  /** Absent: there was nothing. */
  readonly before?: string;
  /** Absent: there is nothing any more. */
  readonly after?: string;
}

type Contents = ReadonlyMap<string, string>;

/** Values of up to 8 bytes are read as numbers. */
const NUMBER_BYTES_MAX = 8;
const LINE_MAX = 80;
/** Below this, hex says nothing new. */
const FIRST_HEX = 10n;

export function valueText(value: Uint8Array): string {
  if (value.length > NUMBER_BYTES_MAX) return bytes(value);
  const number = integerFromBytes(value);
  return number < FIRST_HEX ? `${number}` : `${number} (${hex(number)})`;
}

function initialContents(scenario: Scenario, map: MapDefinition): Contents {
  if (map.type === 'prog_array') {
    return new Map(
      map.entries.map(({ index, program }) => [String(index), programName(scenario, program)]),
    );
  }
  const given = map.entries.map(({ key, value }): [string, string] => [
    map.type === 'array' ? String(integerFromBytes(key)) : formatHex(key),
    valueText(value),
  ]);
  if (map.type === 'hash') return new Map(given);
  const zero = valueText(new Uint8Array(map.valueSize));
  const zeros = Array.from({ length: map.maxEntries }, (_, i): [string, string] => [
    String(i),
    zero,
  ]);
  return new Map([...zeros, ...given]);
}

function finalContents(scenario: Scenario, map: MapContents): Contents {
  switch (map.type) {
    case 'prog_array':
      return new Map(
        map.slots.flatMap((program, index) =>
          program < 0 ? [] : [[String(index), programName(scenario, program)] as const],
        ),
      );
    case 'array':
      return new Map(map.values.map((value, index) => [String(index), valueText(value)]));
    case 'hash':
      return new Map(
        map.slots.flatMap((slot) =>
          slot === null ? [] : [[formatHex(slot.key), valueText(slot.value)] as const],
        ),
      );
  }
}

/** Every key whose value is another one than at the start. */
export function mapChanges(scenario: Scenario, outcome: Outcome): MapChange[] {
  return scenario.maps.flatMap((map, number) => {
    const before = initialContents(scenario, map);
    const after = finalContents(scenario, outcome.maps[number]!);
    const keys = [...new Set([...before.keys(), ...after.keys()])];
    return keys
      .filter((key) => before.get(key) !== after.get(key))
      .map((key) => changeOf(map.name, key, before.get(key), after.get(key)));
  });
}

function changeOf(
  map: string,
  key: string,
  before: string | undefined,
  after: string | undefined,
): MapChange {
  return {
    map,
    key,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

/** `count[0]  0 → 1`; a long key has a line of its own. */
export function changeLines(changes: readonly MapChange[]): string[] {
  const cells = changes.map(({ map, key, before, after }) => [
    `${map}[${key}]`,
    `${before ?? '(none)'} → ${after ?? '(deleted)'}`,
  ]);
  const wide = cells.some(([name = '', change = '']) => name.length + change.length > LINE_MAX);
  return wide ? cells.flatMap(([name = '', change = '']) => [name, `  ${change}`]) : table(cells);
}
