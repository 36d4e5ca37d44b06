// Whether an outcome is what a scenario's `expect` says.

import { formatHex, integerFromBytes } from '../model/scenario/bytes.ts';
import type { MapContents, Outcome } from '../model/scenario/outcome.ts';
import type { Expectation, Scenario } from '../model/scenario/scenario.ts';
import { valueText } from './render/maps.ts';
import { endingText } from './render/outcome.ts';
import { word } from './render/text.ts';

/** What does not hold, each in words that start with its key; empty when all does. */
export function failedExpectations(scenario: Scenario, outcome: Outcome): string[] {
  const { expect } = scenario;
  if (expect === undefined) return [];
  return [
    ...failedEnding(scenario, expect, outcome),
    ...failedTailCalls(expect, outcome),
    ...failedMaps(scenario, expect, outcome),
  ];
}

function failedEnding(scenario: Scenario, expect: Expectation, { ending }: Outcome): string[] {
  const got = endingText(scenario, ending);
  if (expect.exit !== undefined && !(ending.kind === 'exit' && ending.r0 === expect.exit)) {
    return [`exit: expected ${word(expect.exit)}, got ${got}`];
  }
  if (expect.trap !== undefined && !(ending.kind === 'trap' && ending.trap === expect.trap)) {
    return [`trap: expected ${expect.trap}, got ${got}`];
  }
  if (expect.outOfFuel === true && ending.kind !== 'out_of_fuel') {
    return [`out_of_fuel: expected, got ${got}`];
  }
  return [];
}

function failedTailCalls({ tailCalls }: Expectation, outcome: Outcome): string[] {
  if (tailCalls === undefined || tailCalls === outcome.tailCalls) return [];
  return [`tail_calls: expected ${tailCalls}, got ${outcome.tailCalls}`];
}

function failedMaps(scenario: Scenario, { maps = [] }: Expectation, outcome: Outcome): string[] {
  return maps.flatMap(({ map, entries }) => {
    const definition = scenario.maps[map]!;
    const contents = outcome.maps[map]!;
    const complain = (key: Uint8Array, expected: string, got: string) => {
      const shownKey = definition.type === 'array' ? String(integerFromBytes(key)) : formatHex(key);
      return `maps.${definition.name}[${shownKey}]: expected ${expected}, got ${got}`;
    };
    const wrong = entries.flatMap(({ key, value }) => {
      const got = lookup(contents, key);
      if (got !== undefined && formatHex(got) === formatHex(value)) return [];
      return [complain(key, valueText(value), got === undefined ? 'nothing' : valueText(got))];
    });
    const surplus = unexpectedEntries(contents, entries).map(({ key, value }) =>
      complain(key, 'nothing', valueText(value)),
    );
    return [...wrong, ...surplus];
  });
}

/** What a hash map holds beyond the entries that it is to have; an array always has all of its values. */
function unexpectedEntries(
  contents: MapContents,
  entries: readonly { readonly key: Uint8Array }[],
) {
  if (contents.type !== 'hash') return [];
  const wanted = new Set(entries.map(({ key }) => formatHex(key)));
  return contents.slots.flatMap((slot) =>
    slot === null || wanted.has(formatHex(slot.key)) ? [] : [slot],
  );
}

function lookup(contents: MapContents, key: Uint8Array): Uint8Array | undefined {
  switch (contents.type) {
    case 'array':
      return contents.values[Number(integerFromBytes(key))];
    case 'hash': {
      const wanted = formatHex(key);
      return contents.slots.find((slot) => slot !== null && formatHex(slot.key) === wanted)?.value;
    }
    case 'prog_array':
      return undefined;
  }
}
