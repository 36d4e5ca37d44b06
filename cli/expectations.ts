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
    return entries.flatMap(({ key, value }) => {
      const got = lookup(contents, key);
      if (got !== undefined && formatHex(got) === formatHex(value)) return [];
      const shownKey = definition.type === 'array' ? String(integerFromBytes(key)) : formatHex(key);
      const shown = got === undefined ? 'nothing' : valueText(got);
      return [`maps.${definition.name}[${shownKey}]: expected ${valueText(value)}, got ${shown}`];
    });
  });
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
