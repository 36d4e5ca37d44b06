// In what the input of a path differs from the scenario that it was found from.

import { formatHex } from '../../model/scenario/bytes.ts';
import { contextOverrides } from '../../model/scenario/context.ts';
import type { Scenario, ValueMap } from '../../model/scenario/scenario.ts';
import { valueText } from './maps.ts';
import { bytes, word } from './text.ts';

/** Lines that say what to change in a scenario to get another one's input; empty when there is nothing. */
export function inputLines(original: Scenario, found: Scenario): string[] {
  return [
    ...registerLines(original, found),
    ...packetLines(original, found),
    ...contextLines(original, found),
    ...mapLines(original, found),
  ];
}

function registerLines(original: Scenario, found: Scenario): string[] {
  return [...found.run.registers]
    .filter(([register, value]) => original.run.registers.get(register) !== value)
    .sort(([a], [b]) => a - b)
    .map(([register, value]) => `r${register} = ${word(value)}`);
}

function packetLines(original: Scenario, found: Scenario): string[] {
  const packet = found.run.packet ?? new Uint8Array();
  const before = original.run.packet ?? new Uint8Array();
  return formatHex(packet) === formatHex(before)
    ? []
    : [`packet ${formatHex(packet) || '(empty)'}`];
}

function contextLines(original: Scenario, found: Scenario): string[] {
  if (found.type === 'raw') {
    const { context } = found.run;
    return formatHex(context) === formatHex(original.run.context)
      ? []
      : [`context ${formatHex(context)}`];
  }
  const { type } = found;
  const fieldsOf = ({ run }: Scenario) =>
    contextOverrides(type, run.packet ?? new Uint8Array(), run.context);
  const before = fieldsOf(original);
  return Object.entries(fieldsOf(found))
    .filter(([field, value]) => before[field] !== value)
    .map(([field, value]) => `context ${field} = ${value}`);
}

function mapLines(original: Scenario, found: Scenario): string[] {
  return found.maps.flatMap((map, i) => {
    if (map.type === 'prog_array') return [];
    const before = valuesOf(original.maps[i] as ValueMap);
    return map.entries
      .filter(({ key, value }) => before.get(formatHex(key)) !== formatHex(value))
      .map(({ key, value }) => `map ${map.name}[${bytes(key)}] = ${valueText(value)}`);
  });
}

function valuesOf(map: ValueMap): Map<string, string> {
  return new Map(map.entries.map(({ key, value }) => [formatHex(key), formatHex(value)]));
}
