// Writes scenarios as files that people can read and `parseScenario` reads back to an equal scenario. Defaults
// are left out, and the same scenario gives the same bytes.

import { disassemble } from '../isa/text/disassemble.ts';
import { isInCatalogue } from '../profiles/catalogue.ts';
import type { Profile } from '../profiles/profile.ts';
import { integerFromBytes } from './bytes.ts';
import { contextOverrides } from './context.ts';
import { DEFAULT_FUEL, defaultUninitialised } from './create.ts';
import { MAY_GOTO_BUDGET } from './environment.ts';
import { ATTRIBUTE_KEYS, operationKey } from './keys.ts';
import {
  type Expectation,
  type MapDefinition,
  type NamedProgram,
  operationMap,
  operationProgram,
  type ProgramAttributes,
  type Scenario,
  type ScheduleEntry,
  type UserOperation,
  type ValueMap,
} from './scenario.ts';
import { FORMAT } from './schema.ts';
import { integerText, layOut, nameText, type Tree } from './yaml-text.ts';

type Pair = readonly [key: string, value: Tree];

export interface FormatOptions {
  /** Comments at the top, each on a line of its own or several. */
  readonly comments?: readonly string[];
}

/**
 * The text of a scenario file with this scenario. A profile that is not one of the catalogue's is written by its
 * name with a comment that says so: the file cannot be read back without that profile.
 */
export function formatScenario(scenario: Scenario, { comments = [] }: FormatOptions = {}): string {
  const { profile, type, maps, schedule, expect } = scenario;
  const run = runPairs(scenario);
  const pairs: Pair[] = [
    ['tailproof', String(FORMAT)],
    // Written though it may be the default, which moves on with Linux; what a file means should not.
    ['profile', nameText(profile.name)],
    ['type', type],
    ...given('maps', maps.length === 0 ? undefined : mapsTree(scenario)),
    ['programs', programsTree(scenario)],
    ...given('run', run.length === 0 ? undefined : { pairs: run }),
    ...given('schedule', schedule.length === 0 ? undefined : scheduleTree(scenario)),
    ...given('expect', expect && { pairs: expectPairs(scenario, expect) }),
  ];
  const notes = isInCatalogue(profile) ? comments : [...comments, ownProfileNote(profile)];
  return commentText(notes) + layOut(pairs, new Set(['maps', 'programs', 'schedule']));
}

function ownProfileNote({ name, from }: Profile): string {
  const base = from === undefined ? '' : `, made from ${from}`;
  return `${name} is a profile of a user's own${base}; scenario files name profiles of the catalogue only`;
}

function given(key: string, value: Tree | undefined): Pair[] {
  return value === undefined ? [] : [[key, value]];
}

/** Comments may quote anything; what would end or break a comment line is taken out. */
function commentText(comments: readonly string[]): string {
  return comments
    .flatMap((comment) => comment.split(/\r\n|[\n\r\u2028\u2029\u0085]/))
    .map((line) => `# ${line.replace(/[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]/g, '?')}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

function programName({ programs }: Scenario, index: number): string {
  return nameText(programs[index]!.name);
}

function mapsTree(scenario: Scenario): Tree {
  return {
    pairs: scenario.maps.map((map) => [nameText(map.name), { pairs: mapPairs(scenario, map) }]),
  };
}

function mapPairs(scenario: Scenario, map: MapDefinition): Pair[] {
  const { type, maxEntries, entries } = map;
  const sizes: Pair[] =
    map.type === 'prog_array'
      ? []
      : [
          ['key_size', String(map.keySize)],
          ['value_size', String(map.valueSize)],
        ];
  return [
    ['type', type],
    ...sizes,
    ['max_entries', String(maxEntries)],
    ...given('entries', entries.length === 0 ? undefined : initialEntries(scenario, map)),
  ];
}

function initialEntries(scenario: Scenario, map: MapDefinition): Tree {
  if (map.type !== 'prog_array') return entriesTree(map, map.entries);
  return {
    pairs: map.entries.map(({ index, program }) => [String(index), programName(scenario, program)]),
  };
}

/** Arrays by index, hash maps by the bytes of their keys. */
function entriesTree({ type }: ValueMap, entries: ValueMap['entries']): Tree {
  if (type === 'array') {
    return {
      pairs: entries.map(({ key, value }) => [String(integerFromBytes(key)), { bytes: value }]),
    };
  }
  return {
    list: entries.map(({ key, value }) => ({
      pairs: [
        ['key', { bytes: key }],
        ['value', { bytes: value }],
      ],
    })),
  };
}

function programsTree({ programs, maps }: Scenario): Tree {
  return {
    pairs: programs.map((named) => {
      const text = disassemble(named.program, { mapName: (fd) => maps[fd]?.name });
      const lines = { lines: text.trimEnd().split('\n') };
      const objects = objectPairs(named, programs);
      const tree: Tree = objects.length === 0 ? lines : { pairs: [['asm', lines], ...objects] };
      return [nameText(named.name), tree];
    }),
  };
}

/** What is said of a program besides its code. */
function objectPairs(
  { attributes, traced, replaces }: NamedProgram,
  programs: Scenario['programs'],
): Pair[] {
  return [
    ...given('attributes', attributes && { pairs: attributePairs(attributes) }),
    ...given('traced', traced === undefined ? undefined : String(traced)),
    ...given(
      'replaces',
      replaces && {
        pairs: [
          ['program', nameText(programs[replaces.program]!.name)],
          ['function', String(replaces.slot)],
        ],
      },
    ),
  ];
}

function attributePairs(attributes: Partial<ProgramAttributes>): Pair[] {
  const keys = Object.entries(ATTRIBUTE_KEYS) as [keyof ProgramAttributes, string][];
  return keys.flatMap(([attribute, key]) => {
    const value = attributes[attribute];
    return value === undefined ? [] : [[key, String(value)] as const];
  });
}

function runPairs(scenario: Scenario): Pair[] {
  const { run, type } = scenario;
  const unless = (usual: boolean, text: string) => (usual ? undefined : text);
  return [
    ...given('program', unless(run.program === 0, programName(scenario, run.program))),
    ...given('packet', run.packet?.length ? { bytes: run.packet } : undefined),
    ...given('context', contextTree(scenario)),
    ...given('registers', registersTree(scenario)),
    ...given('fuel', unless(run.fuel === DEFAULT_FUEL, String(run.fuel))),
    ...given('seed', unless(run.seed === 0, String(run.seed))),
    ...given(
      'uninitialised',
      unless(run.uninitialised === defaultUninitialised(type), run.uninitialised),
    ),
    ...given('may_goto', unless(run.mayGoto === MAY_GOTO_BUDGET, String(run.mayGoto))),
    ...given('helpers', unless(run.helpers === 'linux', run.helpers)),
  ];
}

function contextTree({ type, run }: Scenario): Tree | undefined {
  const { context, packet } = run;
  if (type === 'raw') return context.length === 0 ? undefined : { bytes: context };
  const fields = Object.entries(contextOverrides(type, packet ?? new Uint8Array(), context));
  if (fields.length === 0) return undefined;
  return { pairs: fields.map(([field, value]) => [field, String(value)]) };
}

function registersTree({ run }: Scenario): Tree | undefined {
  if (run.registers.size === 0) return undefined;
  const registers = [...run.registers].sort(([a], [b]) => a - b);
  return { pairs: registers.map(([register, value]) => [`r${register}`, integerText(value)]) };
}

function scheduleTree(scenario: Scenario): Tree {
  return { list: scenario.schedule.map((entry) => ({ pairs: entryPairs(scenario, entry) })) };
}

function entryPairs(scenario: Scenario, entry: ScheduleEntry): Pair[] {
  const { before, withPrevious } = entry;
  const time: Pair = 'step' in before ? ['step', String(before.step)] : ['hop', String(before.hop)];
  return [
    ['before', { pairs: [time] }],
    ...operationPairs(scenario, entry),
    ...given('with_previous', withPrevious ? 'true' : undefined),
  ];
}

function operationPairs(scenario: Scenario, entry: UserOperation): Pair[] {
  const map = operationMap(entry);
  const object =
    map === undefined
      ? programName(scenario, operationProgram(entry)!)
      : nameText(scenario.maps[map]!.name);
  const number = (key: string, value: number | undefined) =>
    given(key, value === undefined ? undefined : String(value));
  const of: Pair = [operationKey(entry), object];
  switch (entry.op) {
    case 'update':
      return [
        of,
        ...number('index', entry.index),
        ['program', programName(scenario, entry.program)],
        ...number('flags', entry.flags),
      ];
    case 'delete':
      return [of, ...number('index', entry.index)];
    case 'create':
      return [
        of,
        ...number('key_size', entry.keySize),
        ...number('value_size', entry.valueSize),
        ...number('map_flags', entry.flags),
      ];
    default:
      return [of];
  }
}

function expectPairs(scenario: Scenario, expect: Expectation): Pair[] {
  const { exit, trap, outOfFuel, tailCalls, maps } = expect;
  return [
    ...given('exit', exit === undefined ? undefined : integerText(exit)),
    ...given('trap', trap),
    ...given('out_of_fuel', outOfFuel ? 'true' : undefined),
    ...given('tail_calls', tailCalls === undefined ? undefined : String(tailCalls)),
    ...given('maps', maps && { pairs: maps.map((expected) => expectedMap(scenario, expected)) }),
  ];
}

function expectedMap(
  scenario: Scenario,
  { map, entries }: NonNullable<Expectation['maps']>[number],
): Pair {
  const definition = scenario.maps[map] as ValueMap;
  return [nameText(definition.name), entriesTree(definition, entries)];
}
