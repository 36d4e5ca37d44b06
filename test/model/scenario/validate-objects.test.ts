// Scenarios built in memory that are wrong in what they say of objects, and those that only look wrong.

import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../model/isa/program.ts';
import { assemble } from '../../../model/isa/text/assemble.ts';
import { createScenario, type ScenarioInput } from '../../../model/scenario/create.ts';
import type {
  MapDefinition,
  NamedProgram,
  ScheduleEntry,
} from '../../../model/scenario/scenario.ts';
import { validateInstructions } from '../../../model/scenario/validate-instructions.ts';

const code = (text: string) =>
  createProgram(assemble(text, { mapFd: (name) => Number(name.slice(1)) }).instructions);
const CALLER = code('call sub\nexit\nsub:\nr0 = 0\nexit');
const LEAF = code('r0 = 0\nexit');
const USER = code('r2 = map[m0]\nr0 = 0\nexit');
const TAKES_ADDRESS = code('r1 = subprog[sub]\nr0 = 0\nexit\nsub:\nr0 = 0\nexit');

const named = (name: string, program = LEAF, more: Partial<NamedProgram> = {}): NamedProgram => ({
  name,
  program,
  ...more,
});
const array = (name: string, entries: [index: number, program: number][] = []): MapDefinition => ({
  name,
  type: 'prog_array',
  maxEntries: 4,
  entries: entries.map(([index, program]) => ({ index, program })),
});
const at = (step: number, operation: object) =>
  ({ before: { step }, ...operation }) as unknown as ScheduleEntry;

function complaintOf(input: ScenarioInput): string {
  try {
    createScenario(input);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

const P = [named('p'), named('q')];
const M = [array('jmp')];

describe('refused', () => {
  test.each<[string, ScenarioInput, string]>([
    [
      'a storage that is no number of 32 bits',
      { programs: [named('p', LEAF, { attributes: { cgroupStorage: 2 ** 32 } })] },
      'programs.p.attributes.cgroup_storage: 4294967296 is not from 0 to 4294967295',
    ],
    [
      'an attach type with a fraction',
      { programs: [named('p', LEAF, { attributes: { expectedAttachType: 0.5 } })] },
      'programs.p.attributes.expected_attach_type: 0.5 is not from 0 to 4294967295',
    ],
    [
      'an extension of nothing',
      { programs: [named('p'), named('x', LEAF, { replaces: { program: 2, slot: 1 } })] },
      'programs.x.replaces.program: 2 is not from 0 to 1',
    ],
    [
      'a function that only has its address taken',
      {
        programs: [
          named('p', TAKES_ADDRESS),
          named('x', LEAF, { replaces: { program: 0, slot: 4 } }),
        ],
      },
      'programs.x.replaces.function: no function starts at slot 4; p calls no functions',
    ],
    [
      'an extension of a program that is loaded later',
      {
        programs: [
          named('p'),
          named('late', CALLER),
          named('x', LEAF, { replaces: { program: 1, slot: 2 } }),
        ],
        schedule: [at(0, { op: 'load', program: 1 })],
      },
      'programs.x.replaces.program: x cannot be loaded (EBADF): late must be there before it',
    ],
    [
      'a program that is not there',
      { programs: P, schedule: [at(0, { op: 'attach', program: 2 })] },
      'schedule.0.attach: 2 is not from 0 to 1',
    ],
    [
      'a map that is not there',
      { programs: P, maps: M, schedule: [at(0, { op: 'close_map', map: 1 })] },
      'schedule.0.close: there is no such map; prog arrays: jmp',
    ],
    [
      'a map with the name of a program, closed',
      { programs: P, maps: [array('q')], schedule: [at(0, { op: 'close_program', program: 1 })] },
      'schedule.0.close: q is both a map and a program; give one of them another name',
    ],
    [
      'flags of more than 32 bits',
      { programs: P, maps: M, schedule: [at(0, { op: 'create', map: 0, flags: 2 ** 32 })] },
      'schedule.0.map_flags: 4294967296 is not from 0 to 4294967295',
    ],
    [
      'a freeze with the one before',
      {
        programs: P,
        maps: M,
        schedule: [
          at(0, { op: 'pin', map: 0 }),
          at(0, { op: 'freeze', map: 0, withPrevious: true }),
        ],
      },
      'schedule.1.with_previous: freeze takes no with_previous',
    ],
    [
      'a load with the one before, which there is not',
      { programs: P, schedule: [at(0, { op: 'load', program: 1, withPrevious: true })] },
      'schedule.0.with_previous: there is no entry before this one',
    ],
    [
      'an array that is created when its user is there',
      {
        programs: [named('p'), named('user', USER)],
        maps: M,
        schedule: [at(0, { op: 'create', map: 0 })],
      },
      'programs.user.0: the schedule creates jmp; a program that uses it must be loaded after that',
    ],
    [
      'an initial entry that is bound to a device',
      {
        profile: 'linux-6.7/interp',
        programs: [named('p', LEAF, { attributes: { devBound: true } })],
        maps: [array('jmp', [[3, 0]])],
      },
      'maps.jmp.entries.0.value: p cannot be put into jmp (EINVAL): linux-6.7/interp looks at type, jited, kprobe_override, xdp_has_frags, dev_bound',
    ],
  ])('%s', (_, input, message) => {
    expect(complaintOf(input)).toBe(message);
  });
});

describe('not refused: what user space does wrong when the run is on', () => {
  test.each<[string, ScenarioInput]>([
    [
      'incompatible programs that are inserted later',
      {
        programs: [named('p'), named('q', LEAF, { attributes: { jited: false } })],
        maps: [array('jmp', [[0, 0]])],
        schedule: [at(0, { op: 'update', map: 0, index: 1, program: 1 })],
      },
    ],
    [
      'a program loaded before the array that it uses is created',
      {
        programs: [named('p'), named('user', USER)],
        maps: M,
        schedule: [at(0, { op: 'load', program: 1 }), at(1, { op: 'create', map: 0 })],
      },
    ],
    [
      'a key of 8 bytes, flags, an index out of range',
      {
        programs: P,
        maps: [array('jmp'), array('late')],
        schedule: [
          at(0, { op: 'create', map: 1, keySize: 8, flags: 2 ** 32 - 1 }),
          at(0, { op: 'update', map: 0, index: 4, program: 0, flags: 7 }),
        ],
      },
    ],
    [
      'an extension attached twice, detached thrice',
      {
        programs: [named('p', CALLER), named('x', LEAF, { replaces: { program: 0, slot: 2 } })],
        schedule: ['attach', 'attach', 'detach', 'detach', 'detach'].map((op) =>
          at(0, { op, program: 1 }),
        ),
      },
    ],
    [
      'a program that no profile takes into an array, outside of arrays',
      { programs: [named('p', LEAF, { attributes: { kprobeOverride: true, devBound: true } })] },
    ],
    [
      'a map with the name of a program, which is not closed',
      { programs: P, maps: [array('q')], schedule: [at(0, { op: 'pin', map: 0 })] },
    ],
  ])('%s', (_, input) => {
    expect(complaintOf(input)).toBe('none');
  });
});

test('whether a start fails is the profile’s to say', () => {
  const programs = [named('p'), named('q', LEAF, { attributes: { sleepable: true } })];
  const maps = [
    array('jmp', [
      [0, 0],
      [1, 1],
    ]),
  ];
  expect(complaintOf({ profile: 'linux-6.19/x86_64', programs, maps })).toBe('none');
  expect(complaintOf({ profile: 'linux-7.0/x86_64', programs, maps })).toMatch(
    /^maps\.jmp\.entries\.1\.value: q cannot be put into jmp \(EINVAL\): /,
  );
});

test('instructions are looked at only where somebody asks', () => {
  const program = code('may_goto out\nout:\nr0 = 0\nexit');
  const scenario = createScenario({ profile: 'linux-6.7/interp', programs: [named('p', program)] });
  expect(() => validateInstructions(scenario)).toThrow(
    "programs.p.0: 'may_goto pc+0' came with linux-6.9; linux-6.7/interp has the instructions of linux-6.7",
  );
  const later = createScenario({ profile: 'linux-6.12/interp', programs: [named('p', program)] });
  expect(() => validateInstructions(later)).not.toThrow();
});
