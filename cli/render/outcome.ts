// An outcome for people, and as JSON with names in place of numbers.

import { errnoName } from '../../model/maps/index.ts';
import { contextFields } from '../../model/scenario/context.ts';
import type { CodePlace, Ending, Hop, MapContents, Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario, ScheduleEntry } from '../../model/scenario/scenario.ts';
import type { Colors } from '../terminal.ts';
import { instructionText, mapName, placeText, programName } from './code-place.ts';
import { changeLines, mapChanges } from './maps.ts';
import { objectLines, objectsJson } from './objects.ts';
import { operationText, timeText } from './schedule.ts';
import { table } from './table.ts';
import { count, firstFew, hex, word } from './text.ts';

const CHANGES_SHOWN = 20;
const BYTES_SHOWN = 8;
const LABEL_WIDTH = 11;

/** How a run ended, on one line. */
export function endingText(scenario: Scenario, ending: Ending): string {
  switch (ending.kind) {
    case 'exit':
      return `exit, r0 = ${word(ending.r0)}`;
    case 'trap':
      return `trap ${ending.trap} in ${placeText(scenario, ending.at)}`;
    case 'out_of_fuel':
      return `out of fuel in ${placeText(scenario, ending.at)}`;
    case 'unsupported':
      return `unsupported: ${ending.reason}, in ${placeText(scenario, ending.at)}`;
  }
}

/** An index as the call gave it: beyond 32 bits in hex. */
function indexText(index: bigint): string {
  return index <= 0xffff_ffffn ? `${index}` : hex(index);
}

/** The slot that a tail call asked for: `jmp[2]`. */
export function slotText(scenario: Scenario, { map, index }: Hop): string {
  return `${mapName(scenario, map)}[${indexText(index)}]`;
}

function hopText(scenario: Scenario, { map, index, result, target }: Hop): string {
  const slot = `${mapName(scenario, map)} ${indexText(index)}`;
  return result === 'taken'
    ? `→[${slot}] ${programName(scenario, target)}`
    : `↛[${slot} ${result.replaceAll('_', ' ')}]`;
}

/** `entry →[jmp 0] vlan ↛[jmp 3 empty]`: taken tail calls and failed ones; repeated ones are counted. */
export function chainText(scenario: Scenario, { hops }: Outcome): string {
  const parts: { text: string; times: number }[] = [];
  for (const hop of hops) {
    const text = hopText(scenario, hop);
    const last = parts.at(-1);
    if (last?.text === text) last.times++;
    else parts.push({ text, times: 1 });
  }
  const written = parts.map(({ text, times }) => (times === 1 ? text : `${text} ×${times}`));
  return [programName(scenario, scenario.run.program), ...firstFew(written, 60)].join(' ');
}

/** What a schedule entry does and when: `before hop 0: jmp[1] = leaf`. */
export function scheduleText(scenario: Scenario, entry: ScheduleEntry): string {
  return `before ${timeText(entry)}: ${operationText(scenario, entry)}`;
}

function scheduleResult(errno: number | null | undefined, colors: Colors): string {
  if (errno === null || errno === undefined) return colors.yellow('never reached');
  return errno === 0 ? 'done' : colors.yellow(errnoName(errno));
}

/** Bytes that the run changed in what it was given. */
function changedBytes(before: Uint8Array, after: Uint8Array): string | undefined {
  const changes: string[] = [];
  const byte = (value: number | undefined) => (value ?? 0).toString(16).padStart(2, '0');
  before.forEach((value, i) => {
    if (value !== after[i]) changes.push(`[${i}] ${byte(value)} → ${byte(after[i])}`);
  });
  if (changes.length === 0) return undefined;
  return `${count(changes.length, 'byte')} changed: ${firstFew(changes, BYTES_SHOWN).join(', ')}`;
}

/** Context fields that the run wrote; of a raw context, bytes. */
function changedContext({ type, run }: Scenario, after: Uint8Array): string | undefined {
  if (type === 'raw') return changedBytes(run.context, after);
  const read = (content: Uint8Array, offset: number) =>
    new DataView(content.buffer, content.byteOffset).getUint32(offset, true);
  const changes = Object.entries(contextFields(type)).flatMap(([field, offset]) => {
    const [old, now] = [read(run.context, offset), read(after, offset)];
    return old === now ? [] : [`${field} ${old} → ${now}`];
  });
  // Bytes between the fields can be written too.
  return changes.length === 0 ? changedBytes(run.context, after) : changes.join(', ');
}

/** The lines that describe an outcome, each with a label in front. */
export function outcomeLines(scenario: Scenario, outcome: Outcome, colors: Colors): string[] {
  const labelled = (label: string, contents: readonly string[]) =>
    contents.map((content, i) => `  ${(i === 0 ? label : '').padEnd(LABEL_WIDTH)}${content}`);
  const changes = changeLines(mapChanges(scenario, outcome));
  const packet = changedBytes(scenario.run.packet ?? new Uint8Array(), outcome.packet);
  const context = changedContext(scenario, outcome.context);
  const schedule = scenario.schedule.map((entry, i) => [
    scheduleText(scenario, entry),
    scheduleResult(outcome.schedule[i], colors),
  ]);
  const calls = outcome.hops.length === 0 ? '' : `, ${count(outcome.tailCalls, 'tail call')} taken`;
  return [
    ...labelled('ending', [endingText(scenario, outcome.ending)]),
    ...labelled('steps', [`${outcome.steps}${calls}`]),
    ...labelled('chain', outcome.hops.length === 0 ? [] : [chainText(scenario, outcome)]),
    ...labelled('maps', firstFew(changes, CHANGES_SHOWN)),
    ...labelled('packet', packet === undefined ? [] : [packet]),
    ...labelled('context', context === undefined ? [] : [context]),
    ...labelled('schedule', table(schedule)),
    ...labelled('objects', objectLines(scenario, outcome)),
  ];
}

/** A line under an outcome with a label of the same width. */
export function labelledLine(label: string, content: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${content}`;
}

function placeJson(scenario: Scenario, at: CodePlace) {
  return {
    program: programName(scenario, at.program),
    pc: at.pc,
    instruction: instructionText(scenario, at),
  };
}

function endingJson(scenario: Scenario, ending: Ending) {
  return 'at' in ending ? { ...ending, at: placeJson(scenario, ending.at) } : ending;
}

function mapJson(scenario: Scenario, map: MapContents) {
  if (map.type !== 'prog_array') return map;
  const slots = map.slots.map((program) => (program < 0 ? null : programName(scenario, program)));
  return { type: map.type, slots };
}

/** The outcome with names of programs and maps; the rest as in the API. */
export function outcomeJson(scenario: Scenario, outcome: Outcome) {
  return {
    ...outcome,
    ending: endingJson(scenario, outcome.ending),
    hops: outcome.hops.map((hop) => ({
      ...hop,
      at: placeJson(scenario, hop.at),
      map: mapName(scenario, hop.map),
      target: hop.target < 0 ? null : programName(scenario, hop.target),
    })),
    maps: Object.fromEntries(
      outcome.maps.map((map, i) => [mapName(scenario, i), mapJson(scenario, map)]),
    ),
    schedule: outcome.schedule.map((errno) =>
      errno === null ? null : errno === 0 ? 'done' : errnoName(errno),
    ),
    objects: objectsJson(scenario, outcome),
  };
}
