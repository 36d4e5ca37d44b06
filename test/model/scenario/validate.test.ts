import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../model/isa/program.ts';
import { assemble } from '../../../model/isa/text/assemble.ts';
import { createScenario, type ScenarioInput } from '../../../model/scenario/create.ts';
import type { MapDefinition, Scenario } from '../../../model/scenario/scenario.ts';
import { validateScenario } from '../../../model/scenario/validate.ts';
import { anyScenario } from './generate.ts';

const PROGRAM = createProgram(assemble('r0 = 0\nexit').instructions);
const programs = [{ name: 'p', program: PROGRAM }];
const JMP: MapDefinition = { name: 'jmp', type: 'prog_array', maxEntries: 2, entries: [] };
const HASH: MapDefinition = {
  name: 'h',
  type: 'hash',
  keySize: 1,
  valueSize: 1,
  maxEntries: 1,
  entries: [],
};

function complaintOf(input: Partial<ScenarioInput>): string {
  try {
    createScenario({ programs, ...input });
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

test('generated scenarios are valid', () => {
  fc.assert(
    fc.property(anyScenario, (scenario) => {
      validateScenario(scenario);
    }),
    { seed: 1, numRuns: 200 },
  );
});

describe('scenarios that were built in memory are checked too', () => {
  const byte = Uint8Array.of(1);
  const cases: [string, Partial<ScenarioInput>, string][] = [
    ['no program', { programs: [] }, 'programs: a scenario needs a program'],
    [
      'two programs of one name',
      { programs: [...programs, ...programs] },
      'programs.p: there are two of this name',
    ],
    [
      'more programs than have addresses',
      { programs: Array.from({ length: 193 }, (_, n) => ({ name: `p${n}`, program: PROGRAM })) },
      'programs: there are 193; at most 192',
    ],
    [
      'a name that no file can hold',
      { maps: [{ ...JMP, name: 'a b' }] },
      'maps.a b: a name starts with a letter or _, goes on with letters, digits, _, . and -, and has at most 63 of them',
    ],
    [
      'a program that is not there',
      { maps: [{ ...JMP, entries: [{ index: 0, program: 1 }] }] },
      'maps.jmp.entries.0.value: there is no such program',
    ],
    [
      'a fraction of a slot',
      { maps: [{ ...JMP, entries: [{ index: 0.5, program: 0 }] }] },
      'maps.jmp.entries.0.key: 0.5 is not from 0 to 4294967295',
    ],
    [
      'a key of a wrong size',
      { maps: [{ ...HASH, entries: [{ key: new Uint8Array(2), value: byte }] }] },
      'maps.h.entries.0.key: the key has 2 bytes; key_size is 1',
    ],
    ['a program to run', { run: { program: 1 } }, 'run.program: 1 is not from 0 to 0'],
    ['no fuel', { run: { fuel: Number.NaN } }, 'run.fuel: NaN is not from 0 to 2147483647'],
    ['a negative seed', { run: { seed: -1 } }, 'run.seed: -1 is not from 0 to 4294967295'],
    [
      'a negative register',
      { run: { registers: new Map([[1, -1n]]) } },
      'run.registers.r1: -1 is not unsigned 64 bits',
    ],
    [
      'r10',
      { run: { registers: new Map([[10, 0n]]) } },
      'run.registers.r10: 10 is not from 0 to 9',
    ],
    [
      'registers of another type',
      { type: 'xdp', run: { registers: new Map([[1, 0n]]) } },
      'run.registers: type xdp sets its registers itself',
    ],
    ['a packet for raw', { run: { packet: byte } }, 'run.packet: type raw has no packet'],
    [
      'a context that the packet does not give',
      { type: 'xdp', run: { context: new Uint8Array(24) } },
      'run.context: the bytes are no context of type xdp and this packet',
    ],
    [
      'a long raw context',
      { run: { context: new Uint8Array(57_345) } },
      'run.context: 57345 bytes; at most 57344',
    ],
    [
      'a schedule without its map',
      { schedule: [{ before: { step: 0 }, op: 'delete', map: 0, index: 0 }] },
      'schedule.0.delete: there is no such map; prog arrays: none',
    ],
    [
      'a scheduled program that is not there',
      {
        maps: [JMP],
        schedule: [{ before: { hop: 0 }, op: 'update', map: 0, index: 9, program: 3 }],
      },
      'schedule.0.program: 3 is not from 0 to 0',
    ],
    [
      'a negative step',
      { maps: [JMP], schedule: [{ before: { step: -1 }, op: 'delete', map: 0, index: 0 }] },
      'schedule.0.before.step: -1 is not from 0 to 2147483647',
    ],
    [
      'two endings',
      { expect: { exit: 0n, outOfFuel: true } },
      'expect: a run ends in one way only',
    ],
    ['a signed exit', { expect: { exit: -1n } }, 'expect.exit: -1 is not unsigned 64 bits'],
    [
      'an unknown trap',
      { expect: { trap: 'oops' } },
      'expect.trap: there is no such trap; there are: out_of_bounds, bad_address, bad_call, call_depth, uninitialised_read',
    ],
    ['no ending', { expect: { outOfFuel: false } }, 'expect.out_of_fuel: expected true'],
    [
      'a map twice',
      {
        maps: [HASH],
        expect: {
          maps: [
            { map: 0, entries: [] },
            { map: 0, entries: [] },
          ],
        },
      },
      'expect.maps.h: the map is there twice',
    ],
    ['an unknown profile', { profile: 'linux-1' }, 'profile: there is no profile'],
  ];
  test.each(cases)('%s', (_, input, message) => {
    expect(complaintOf(input)).toContain(message);
  });

  test('a scheduled index may be out of range: that gives E2BIG when it is applied', () => {
    const entry = { before: { hop: 0 }, op: 'delete', map: 0, index: 2 ** 32 - 1 } as const;
    expect(complaintOf({ maps: [JMP], schedule: [entry] })).toBe('none');
  });
});

test('an edited scenario is checked as a whole', () => {
  const scenario: Scenario = createScenario({ programs });
  expect(() => validateScenario({ ...scenario, type: 'xdp' })).toThrow(
    'run.packet: type xdp needs a packet',
  );
});
