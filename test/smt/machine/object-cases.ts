// Runs in which programs and prog arrays live and die, with what docs/semantics.md says of them by hand.

import { profileNamed } from '../../../model/profiles/catalogue.ts';
import {
  COMPAT_KEYS,
  type ObjectKnobs,
  type TailCallKnobs,
} from '../../../model/profiles/profile.ts';
import type { Outcome, ProgArrayObject, ProgramObject } from '../../../model/scenario/outcome.ts';
import type {
  FunctionPlace,
  MapDefinition,
  ProgramAttributes,
  Scenario,
  ScheduleEntry,
  UserOperation,
} from '../../../model/scenario/scenario.ts';
import {
  call,
  callLocal,
  exit,
  imm64,
  insn,
  mapFd,
  mov,
  movx,
  progArray,
  type Setup,
  scenarioOf,
  tailCall,
} from '../../engines/build.ts';
import { ending } from '../../engines/cases/case.ts';

export interface ObjectSetup extends Omit<Setup, 'profile'> {
  /** By program. */
  readonly attributes?: Readonly<Record<number, Partial<ProgramAttributes>>>;
  readonly replaces?: Readonly<Record<number, FunctionPlace>>;
  readonly traced?: readonly number[];
  readonly tailCall?: Partial<TailCallKnobs>;
  readonly objects?: Partial<ObjectKnobs>;
}

const BASE = profileNamed('linux-6.12/x86_64');

export function objectScenario(setup: ObjectSetup): Scenario {
  const { attributes = {}, replaces = {}, traced = [] } = setup;
  const tail: TailCallKnobs = {
    ...BASE.tailCall,
    propagation: 'reference',
    trampoline: 'preserves',
    countSlot: 'rounded',
    directKey: 'checked',
    ...setup.tailCall,
  };
  const objects: ObjectKnobs = {
    compatKeys: COMPAT_KEYS,
    ownerLocked: true,
    clearedOn: 'last_user',
    freed: 'grace_period',
    freezeNeeds: 'unfrozen',
    ...setup.objects,
  };
  const scenario = scenarioOf({ ...setup, profile: { ...BASE, tailCall: tail, objects } });
  const programs = scenario.programs.map((program, number) => {
    const [own, place] = [attributes[number], replaces[number]];
    return {
      ...program,
      ...(own === undefined ? {} : { attributes: own }),
      ...(place === undefined ? {} : { replaces: place }),
      traced: traced.includes(number),
    };
  });
  return { ...scenario, programs };
}

interface ObjectCase {
  readonly name: string;
  readonly setup: ObjectSetup;
  readonly look: (outcome: Outcome) => unknown;
  readonly gives: unknown;
}

const before =
  (time: ScheduleEntry['before']) =>
  (...operations: readonly (UserOperation & { withPrevious?: boolean })[]): ScheduleEntry[] =>
    operations.map((operation) => ({ ...operation, before: time }));
const atStart = before({ step: 0 });

const update = (map: number, index: number, program: number) =>
  ({ op: 'update', map, index, program }) as const;
const remove = (map: number, index: number) => ({ op: 'delete', map, index }) as const;
const onArray = (op: 'freeze' | 'inner' | 'pin' | 'unpin' | 'close_map', map = 0) => ({ op, map });
const onProgram = (op: 'close_program' | 'load' | 'attach' | 'detach', program: number) => ({
  op,
  program,
});
const create = (more: { keySize?: number; valueSize?: number; flags?: number } = {}) =>
  ({ op: 'create', map: 0, ...more }) as const;

const schedule = ({ schedule: results }: Outcome) => results;
const programsLeft = ({ objects }: Outcome) =>
  objects.programs.map(({ state, refs }: ProgramObject) => `${state} ${refs}`);
const arrayText = (array: ProgArrayObject | null) => {
  if (array === null) return null;
  const { state, users, refs, frozen, owner } = array;
  return `${state} ${users}/${refs} owner ${owner}${frozen ? ' frozen' : ''}`;
};
const arraysLeft = ({ objects }: Outcome) => objects.progArrays.map(arrayText);
const slotsOf = ({ maps }: Outcome) =>
  maps.map((map) => (map.type === 'prog_array' ? map.slots : null));
const endings = (outcome: Outcome) => ending(outcome);
const all =
  (...looks: readonly ((outcome: Outcome) => unknown)[]) =>
  (outcome: Outcome) =>
    looks.map((look) => look(outcome));

/** Exits with a number. */
const exits = (r0: number) => [mov(0, r0), exit];
/** Calls the program of a slot, and exits with 1 where that fails. */
const jumps = (map = 0, index = 0) => [...tailCall(map, index), ...exits(1)];
const xdp = { type: 'xdp' } as const;

const START: readonly ObjectCase[] = [
  {
    name: 'what is there at the start stays',
    setup: { maps: [progArray(2, { 0: 1 })], programs: [jumps(), exits(7)] },
    look: all(endings, programsLeft, arraysLeft),
    gives: [7n, ['loaded 1', 'loaded 2'], ['live 1/2 owner 0']],
  },
  {
    name: 'the first program that uses an array is its owner, else the first in it',
    setup: {
      maps: [progArray(1, { 0: 2 }), progArray(1), progArray(2, { 1: 2, 0: 1 })],
      programs: [
        exits(0),
        [mapFd(2, 0), insn('LD_MAP_IDX', { dst: 2, imm: 0 }), ...exits(0)],
        exits(0),
      ],
    },
    look: all(programsLeft, arraysLeft),
    gives: [
      ['loaded 1', 'loaded 2', 'loaded 3'],
      ['live 1/2 owner 1', 'live 1/1 owner -1', 'live 1/1 owner 1'],
    ],
  },
  {
    name: 'an extension holds its target',
    setup: { programs: [exits(1), exits(2)], replaces: { 1: { program: 0, slot: 0 } } },
    look: programsLeft,
    gives: ['loaded 2', 'loaded 1'],
  },
  {
    name: 'what is created and loaded is absent before, and stays so where that is never reached',
    setup: {
      maps: [progArray(2)],
      programs: [exits(1), exits(2)],
      schedule: before({ step: 9 })(create(), onProgram('load', 1)),
    },
    look: all(schedule, programsLeft, arraysLeft, slotsOf),
    gives: [[null, null], ['loaded 1', 'absent 0'], ['absent 0/0 owner -1'], [[-1, -1]]],
  },
  {
    name: 'maps with values are no objects',
    setup: {
      maps: [
        { name: 'a', type: 'array', keySize: 4, valueSize: 4, maxEntries: 1, entries: [] },
        progArray(1),
      ],
      programs: [exits(0)],
    },
    look: arraysLeft,
    gives: [null, 'live 1/1 owner -1'],
  },
];

const OPERATIONS: readonly ObjectCase[] = [
  {
    name: 'frozen, pinned, closed, freed',
    setup: {
      maps: [progArray(2, { 0: 1 })],
      programs: [exits(0), exits(7)],
      schedule: atStart(
        update(0, 2, 1),
        remove(0, 1),
        onArray('unpin'),
        onArray('freeze'),
        update(0, 9, 1),
        remove(0, 9),
        onArray('freeze'),
        onArray('inner'),
        onArray('pin'),
        onArray('pin'),
        onArray('close_map'),
        onArray('close_map'),
        update(0, 1, 1),
        onArray('unpin'),
        onArray('unpin'),
        onArray('freeze'),
        onArray('inner'),
        onArray('pin'),
        update(0, 0, 1),
        remove(0, 0),
      ),
    },
    look: all(schedule, programsLeft, arraysLeft, slotsOf),
    gives: [
      [7, 2, 2, 0, 1, 1, 16, 524, 0, 17, 0, 9, 1, 0, 2, 9, 9, 9, 9, 9],
      ['loaded 1', 'loaded 1'],
      ['freed 0/0 owner -1'],
      [[-1, -1]],
    ],
  },
  {
    name: 'a frozen array at the end',
    setup: { maps: [progArray(1)], programs: [exits(0)], schedule: atStart(onArray('freeze')) },
    look: arraysLeft,
    gives: ['live 1/1 owner -1 frozen'],
  },
  {
    name: 'an update asks for flags',
    setup: {
      maps: [progArray(1)],
      programs: [exits(0)],
      schedule: atStart({ ...update(0, 0, 0), flags: 1 }, { ...update(0, 0, 0), flags: 0 }),
    },
    look: all(schedule, programsLeft, arraysLeft),
    gives: [[22, 0], ['loaded 2'], ['live 1/1 owner 0']],
  },
  {
    name: 'an array is created once',
    setup: {
      maps: [progArray(2)],
      programs: [exits(0)],
      schedule: atStart(
        update(0, 0, 0),
        onArray('close_map'),
        create({ keySize: 8 }),
        create({ valueSize: 8 }),
        create({ flags: 24 }),
        create({ flags: 1 }),
        create({ flags: 12 }),
        create({ keySize: 8 }),
        update(0, 0, 0),
        remove(0, 0),
        onArray('close_map'),
        create(),
      ),
    },
    look: all(schedule, arraysLeft),
    gives: [[9, 9, 22, 22, 22, 22, 0, 17, 1, 1, 0, 17], ['freed 0/0 owner -1']],
  },
  {
    name: 'a program is loaded once, and leaves when nothing holds it',
    setup: {
      maps: [progArray(2)],
      programs: [exits(0), exits(7)],
      schedule: atStart(
        update(0, 0, 1),
        onProgram('close_program', 1),
        onProgram('load', 1),
        onProgram('load', 1),
        update(0, 0, 1),
        update(0, 0, 1),
        onProgram('close_program', 1),
        onProgram('close_program', 1),
        update(0, 1, 1),
        remove(0, 0),
        onProgram('load', 1),
      ),
    },
    look: all(schedule, programsLeft, slotsOf),
    gives: [[9, 9, 0, 17, 0, 0, 0, 9, 9, 0, 17], ['loaded 1', 'freed 0'], [[-1, -1]]],
  },
  {
    name: 'an update takes the place of another',
    setup: {
      maps: [progArray(2, { 0: 1, 1: 1 })],
      programs: [exits(0), exits(7), exits(8)],
      schedule: atStart(update(0, 0, 2)),
    },
    look: all(programsLeft, slotsOf),
    gives: [['loaded 1', 'loaded 2', 'loaded 2'], [[2, 1]]],
  },
  {
    name: 'a program needs its arrays',
    setup: {
      maps: [progArray(1), progArray(1)],
      programs: [exits(0), [mapFd(2, 1), mapFd(2, 0), ...exits(0)]],
      schedule: atStart(onArray('close_map', 1), onProgram('load', 1)),
    },
    look: all(schedule, programsLeft, arraysLeft),
    gives: [
      [0, 9],
      ['loaded 1', 'absent 0'],
      ['live 1/1 owner -1', 'freed 0/0 owner -1'],
    ],
  },
];

const LIVES: readonly ObjectCase[] = [
  {
    name: 'a pin keeps the slots',
    setup: {
      maps: [progArray(1, { 0: 1 })],
      programs: [exits(0), exits(7)],
      schedule: atStart(onArray('pin'), onArray('close_map')),
    },
    look: all(programsLeft, arraysLeft, slotsOf),
    gives: [['loaded 1', 'loaded 2'], ['live 1/1 owner 1'], [[1]]],
  },
  {
    name: 'unless the descriptor empties them',
    setup: {
      maps: [progArray(1, { 0: 1 })],
      programs: [exits(0), exits(7)],
      objects: { clearedOn: 'descriptor' },
      schedule: atStart(onArray('pin'), onArray('close_map'), remove(0, 0)),
    },
    look: all(schedule, programsLeft, arraysLeft, slotsOf),
    gives: [[0, 0, 2], ['loaded 1', 'loaded 1'], ['live 1/1 owner 1'], [[-1]]],
  },
  {
    name: 'a program keeps an array without users: its slots are empty',
    setup: {
      maps: [progArray(1, { 0: 1 })],
      programs: [jumps(), exits(7)],
      schedule: before({ hop: 0 })(onArray('close_map')),
    },
    look: all(endings, programsLeft, arraysLeft),
    gives: [1n, ['loaded 1', 'loaded 1'], ['live 0/1 owner 0']],
  },
  {
    name: 'a cycle of array and program ends with the users',
    setup: {
      maps: [progArray(1, { 0: 0 })],
      programs: [jumps()],
      fuel: 20,
      schedule: before({ step: 4 })(onProgram('close_program', 0), onArray('close_map')),
    },
    look: all(endings, programsLeft, arraysLeft),
    gives: [1n, ['freed 0'], ['freed 0/0 owner -1']],
  },
  {
    name: 'a run without its descriptor goes on',
    setup: {
      programs: [exits(3)],
      objects: { freed: 'at_once' },
      schedule: atStart(onProgram('close_program', 0)),
    },
    look: all(endings, programsLeft),
    gives: [3n, ['freed 0']],
  },
  ...(['grace_period', 'at_once'] as const).map((freed) => ({
    name: `a program that is removed while it runs: ${freed}`,
    setup: {
      maps: [progArray(1, { 0: 1 })],
      programs: [jumps(), [mov(1, 1), ...exits(7)]],
      objects: { freed },
      schedule: before({ step: 4 })(onProgram('close_program', 1), remove(0, 0)),
    },
    look: all(endings, schedule, programsLeft),
    gives: [freed === 'at_once' ? 'use_after_free 1:1' : 7n, [0, 0], ['loaded 1', 'freed 0']],
  })),
  {
    name: 'a freed program traps before an unset register, and after the entries before its hop',
    setup: {
      maps: [progArray(1, { 0: 1 })],
      programs: [jumps(), [insn('JA', { offset: 0 }), call(12), exit]],
      uninitialised: 'trap',
      objects: { freed: 'at_once' },
      schedule: [
        ...before({ step: 4 })(onProgram('close_program', 1), remove(0, 0)),
        ...before({ hop: 1 })(update(0, 0, 0)),
      ],
    },
    look: all(endings, schedule),
    gives: ['use_after_free 1:1', [0, 0, 0]],
  },
  {
    name: 'a hop whose entries free the program that makes it',
    setup: {
      maps: [progArray(1, { 0: 1 })],
      programs: [jumps(), jumps()],
      objects: { freed: 'at_once' },
      schedule: before({ hop: 1 })(remove(0, 0), onProgram('close_program', 1)),
    },
    look: all(endings, schedule, ({ hops }) => hops.length, arraysLeft),
    gives: ['use_after_free 1:3', [0, 0], 1, ['live 1/2 owner 0']],
  },
  {
    name: 'the slots of a freed array are empty for whoever still has its handle',
    setup: {
      maps: [progArray(1, { 0: 1 })],
      programs: [[imm64(2, 0xffff_8880_0000_0000n), mov(3, 0), call(12), ...exits(2)], exits(7)],
      schedule: atStart(onArray('close_map')),
    },
    look: all(endings, arraysLeft, ({ hops }) => hops.map(({ result }) => result)),
    gives: [2n, ['freed 0/0 owner -1'], ['empty']],
  },
];

const OWNERS: readonly ObjectCase[] = [
  {
    name: 'a program of another type is refused',
    setup: {
      maps: [progArray(2)],
      programs: [exits(0), exits(1), exits(2)],
      attributes: { 2: xdp },
      schedule: atStart(update(0, 0, 1), update(0, 1, 2), update(0, 1, 0)),
    },
    look: all(schedule, arraysLeft),
    gives: [[0, 22, 0], ['live 1/1 owner 1']],
  },
  {
    name: 'the owner counts also when it is freed',
    setup: {
      maps: [progArray(1)],
      programs: [exits(0), exits(1)],
      attributes: { 1: xdp },
      objects: { freed: 'at_once' },
      schedule: atStart(
        onProgram('load', 1),
        update(0, 0, 1),
        remove(0, 0),
        onProgram('close_program', 1),
        update(0, 0, 0),
      ),
    },
    look: all(schedule, programsLeft, arraysLeft),
    gives: [[0, 0, 0, 0, 22], ['loaded 1', 'freed 0'], ['live 1/1 owner 1']],
  },
  {
    name: 'a load that fails owns the arrays before',
    setup: {
      maps: [progArray(1), progArray(1)],
      programs: [[mapFd(2, 0), ...exits(0)], [mapFd(2, 1), mapFd(2, 0), ...exits(0)], exits(0)],
      attributes: { 1: xdp },
      schedule: atStart(onProgram('load', 1), update(1, 0, 2)),
    },
    look: all(schedule, programsLeft, arraysLeft),
    gives: [
      [22, 22],
      ['loaded 1', 'absent 0', 'loaded 1'],
      ['live 1/2 owner 0', 'live 1/1 owner 1'],
    ],
  },
  {
    name: 'a program that overrides returns is refused where it uses an array, and owns nothing',
    setup: {
      maps: [progArray(1)],
      programs: [exits(0), [mapFd(2, 0), ...exits(0)], exits(0)],
      attributes: { 1: { kprobeOverride: true }, 2: { kprobeOverride: true } },
      schedule: atStart(onProgram('load', 1), onProgram('load', 2), update(0, 0, 2)),
    },
    look: all(schedule, arraysLeft),
    gives: [[22, 0, 22], ['live 1/1 owner -1']],
  },
  ...[true, false].map((ownerLocked) => ({
    name: `two updates at the same time, owners ${ownerLocked ? '' : 'not '}locked`,
    setup: {
      maps: [progArray(2)],
      programs: [exits(0), exits(1), exits(2)],
      attributes: { 2: xdp },
      objects: { ownerLocked },
      schedule: atStart(
        update(0, 0, 1),
        { ...update(0, 1, 2), withPrevious: true },
        { ...update(0, 0, 0), withPrevious: true },
        update(0, 0, 0),
      ),
    },
    look: all(schedule, arraysLeft, slotsOf),
    // The third sees what was there before the second, which is the first program.
    gives: ownerLocked
      ? [[0, 22, 0, 0], ['live 1/1 owner 1'], [[0, -1]]]
      : [[0, 0, 0, 22], ['live 1/1 owner 2'], [[0, 2]]],
  })),
  ...[true, false].map((ownerLocked) => ({
    name: `two loads at the same time, owners ${ownerLocked ? '' : 'not '}locked`,
    setup: {
      maps: [progArray(2)],
      programs: [exits(0), [mapFd(2, 0), ...exits(0)], [mapFd(2, 0), ...exits(0)]],
      attributes: { 2: xdp },
      objects: { ownerLocked },
      schedule: atStart(onProgram('load', 1), { ...onProgram('load', 2), withPrevious: true }),
    },
    look: all(schedule, arraysLeft),
    gives: ownerLocked ? [[0, 22], ['live 1/2 owner 1']] : [[0, 0], ['live 1/3 owner 2']],
  })),
  {
    name: 'an incompatible program traps where it would be taken, and counts nothing',
    setup: {
      maps: [progArray(2, { 0: 1 })],
      programs: [[...tailCall(0, 1), ...jumps()], exits(7)],
      attributes: { 1: { sleepable: true } },
      objects: { compatKeys: ['type'] },
    },
    look: all(endings, ({ hops, tailCalls }) => [hops.map(({ result }) => result), tailCalls]),
    gives: ['incompatible_program 0:7', [['empty'], 0]],
  },
  {
    name: "it is the run's program that counts",
    setup: {
      maps: [progArray(2, { 0: 1, 1: 2 })],
      programs: [jumps(), jumps(0, 1), exits(7)],
      attributes: { 0: { cgroupStorage: 5 }, 2: { cgroupStorage: 5 } },
      objects: { compatKeys: ['type'] },
    },
    look: endings,
    gives: 7n,
  },
];

/** The function of slot 2 exits with 5, the caller with what it got. */
const CALLS = [callLocal(1), exit, ...exits(5)];
const PLACE = { program: 0, slot: 2 };

const EXTENSIONS: readonly ObjectCase[] = [
  {
    name: 'an extension is entered while it is attached',
    setup: {
      programs: [
        [
          callLocal(4),
          movx(6, 0),
          callLocal(2),
          insn('ADD64', { dst: 0, src: 6 }),
          exit,
          ...exits(5),
        ],
        exits(9),
      ],
      replaces: { 1: { program: 0, slot: 5 } },
      schedule: [
        ...atStart(onProgram('attach', 0), onProgram('attach', 1), onProgram('attach', 1)),
        ...before({ step: 4 })(onProgram('detach', 1), onProgram('detach', 1)),
      ],
    },
    look: all(endings, schedule, programsLeft),
    gives: [14n, [22, 0, 16, 0, 2], ['loaded 2', 'loaded 1']],
  },
  {
    name: 'of another function it is not',
    setup: {
      programs: [CALLS, exits(9)],
      replaces: { 1: { program: 0, slot: 0 } },
      schedule: atStart(onProgram('attach', 1)),
    },
    look: all(endings, programsLeft),
    gives: [5n, ['loaded 2', 'loaded 2']],
  },
  {
    name: 'two extensions of one function, one after the other',
    setup: {
      programs: [CALLS, exits(9), exits(8)],
      replaces: { 1: PLACE, 2: PLACE },
      schedule: atStart(
        onProgram('attach', 1),
        onProgram('attach', 2),
        onProgram('detach', 1),
        onProgram('attach', 2),
      ),
    },
    look: all(endings, schedule, programsLeft),
    gives: [8n, [0, 16, 0, 0], ['loaded 3', 'loaded 1', 'loaded 2']],
  },
  {
    name: 'neither in an array nor what is in one, under the key',
    setup: {
      maps: [progArray(2)],
      programs: [CALLS, exits(9)],
      replaces: { 1: PLACE },
      schedule: atStart(
        update(0, 0, 1),
        update(0, 0, 0),
        onProgram('attach', 1),
        remove(0, 0),
        onProgram('attach', 1),
        update(0, 0, 0),
      ),
    },
    look: all(schedule, arraysLeft),
    gives: [[22, 0, 16, 0, 0, 16], ['live 1/1 owner 0']],
  },
  {
    name: 'both, without the key',
    setup: {
      maps: [progArray(2)],
      programs: [CALLS, exits(9)],
      replaces: { 1: PLACE },
      objects: { compatKeys: ['type'] },
      schedule: atStart(update(0, 0, 1), update(0, 1, 0), onProgram('attach', 1), update(0, 0, 0)),
    },
    look: all(schedule, arraysLeft, programsLeft),
    gives: [[0, 0, 0, 0], ['live 1/1 owner 1'], ['loaded 4', 'loaded 2']],
  },
  {
    name: 'an update that fails for an extension owns the array',
    setup: {
      maps: [progArray(2)],
      programs: [CALLS, exits(9), exits(1)],
      attributes: { 2: xdp },
      replaces: { 1: PLACE },
      schedule: atStart(onProgram('attach', 1), update(0, 0, 0), update(0, 0, 2)),
    },
    look: all(schedule, arraysLeft),
    gives: [[0, 16, 22], ['live 1/1 owner 0']],
  },
  {
    name: 'an extension needs its target, and gives it back',
    setup: {
      programs: [exits(0), exits(1), exits(2), exits(3)],
      replaces: { 2: { program: 1, slot: 0 }, 3: { program: 1, slot: 0 } },
      schedule: atStart(
        onProgram('load', 2),
        onProgram('close_program', 1),
        onProgram('load', 3),
        onProgram('close_program', 2),
        onProgram('attach', 2),
        onProgram('detach', 2),
      ),
    },
    look: all(schedule, programsLeft),
    gives: [
      [0, 0, 9, 0, 9, 9],
      ['loaded 1', 'freed 0', 'freed 0', 'absent 0'],
    ],
  },
  {
    name: 'freed at once it takes its target along',
    setup: {
      programs: [exits(0), exits(1), exits(2)],
      replaces: { 2: { program: 1, slot: 0 } },
      objects: { freed: 'at_once' },
      schedule: atStart(onProgram('close_program', 1), onProgram('close_program', 2)),
    },
    look: programsLeft,
    gives: ['loaded 1', 'freed 0', 'freed 0'],
  },
  {
    name: 'attached it stays, without a descriptor',
    setup: {
      programs: [CALLS, exits(9)],
      replaces: { 1: PLACE },
      schedule: atStart(
        onProgram('attach', 1),
        onProgram('close_program', 1),
        onProgram('detach', 1),
      ),
    },
    look: all(endings, schedule, programsLeft),
    gives: [9n, [0, 0, 9], ['loaded 2', 'loaded 1']],
  },
  {
    name: 'detached and closed at once while it runs',
    setup: {
      programs: [CALLS, exits(9)],
      replaces: { 1: PLACE },
      objects: { freed: 'at_once' },
      schedule: [
        ...atStart(onProgram('attach', 1)),
        ...before({ step: 2 })(onProgram('detach', 1), onProgram('close_program', 1)),
      ],
    },
    look: all(endings, ({ stack }) => stack.length),
    gives: ['use_after_free 1:1', 2],
  },
  {
    name: 'its exit reads R0, as that of a program',
    setup: {
      programs: [[callLocal(2), ...exits(5), exit], [exit]],
      replaces: { 1: { program: 0, slot: 3 } },
      uninitialised: 'trap',
      schedule: atStart(onProgram('attach', 1)),
    },
    look: endings,
    gives: 'uninitialised_read 1:0',
  },
  ...[true, false].map((isAttached) => ({
    name: `its frame is the first of a program, after eight frames: ${isAttached ? '' : 'not '}attached`,
    setup: {
      programs: [
        [
          mov(1, 6),
          callLocal(1),
          exit,
          // Calls itself until it is in the eighth frame, and there the function that is replaced.
          insn('JEQ64', { dst: 1, imm: 0, offset: 3 }),
          insn('SUB64', { dst: 1, imm: 1 }),
          callLocal(-3),
          exit,
          callLocal(1),
          exit,
          ...exits(5),
        ],
        exits(9),
      ],
      replaces: { 1: { program: 0, slot: 9 } },
      schedule: isAttached ? atStart(onProgram('attach', 1)) : [],
    },
    look: endings,
    gives: isAttached ? 9n : 'call_depth 0:7',
  })),
];

/** Calls the function of slot 8, then the tail call of slot 0; exits with what failed. */
const TWO_HOPS = [
  callLocal(7),
  movx(6, 0),
  ...tailCall(0, 0),
  mov(0, 100),
  exit,
  // The function: its own tail call, or 50.
  ...tailCall(0, 0),
  mov(0, 50),
  exit,
];
const COUNTED = (more: Partial<ObjectSetup>): ObjectSetup => ({
  maps: [progArray(1, { 0: 1 })],
  programs: [TWO_HOPS, exits(7)],
  ...more,
  tailCall: { limit: 1, ...more.tailCall },
});
const results = ({ hops }: Outcome) => hops.map(({ result }) => result);

const COUNTERS: readonly ObjectCase[] = [
  {
    name: 'one counter for caller and callee',
    setup: COUNTED({}),
    look: all(endings, results),
    gives: [100n, ['taken', 'exhausted']],
  },
  ...(['reference', 'value', 'writeback'] as const).map((propagation) => ({
    name: `a trampoline loses the count: ${propagation}`,
    setup: COUNTED({ traced: [0], tailCall: { trampoline: 'resets', propagation } }),
    look: all(endings, results),
    gives: [7n, ['taken', 'taken']],
  })),
  {
    name: 'only that of a traced program',
    setup: COUNTED({ traced: [1], tailCall: { trampoline: 'resets' } }),
    look: results,
    gives: ['taken', 'exhausted'],
  },
  {
    name: 'or it does not lose it',
    setup: COUNTED({ traced: [0] }),
    look: results,
    gives: ['taken', 'exhausted'],
  },
  {
    name: 'what an extension calls counts on the counter of the extension',
    setup: COUNTED({
      programs: [TWO_HOPS, exits(7), TWO_HOPS],
      replaces: { 2: { program: 0, slot: 8 } },
      schedule: atStart(onProgram('attach', 2)),
    }),
    look: all(endings, results),
    gives: [7n, ['taken', 'exhausted', 'taken']],
  },
  ...[-4, -8, -3].map((offset) => ({
    name: `a stack of ${-offset} bytes`,
    setup: COUNTED({
      programs: [[insn('STB', { dst: 10, offset, imm: 1 }), ...TWO_HOPS], exits(7)],
      tailCall: {
        countSlot: 'unrounded',
        burns: { outOfRange: false, exhausted: true, empty: false },
      },
    }),
    look: results,
    gives: offset === -8 ? ['taken', 'exhausted'] : ['exhausted', 'taken'],
  })),
  {
    name: 'the stack of the function that calls, by all kinds of access',
    setup: COUNTED({
      programs: [
        [
          callLocal(1),
          exit,
          // The second function calls the third; its stack is 12 bytes, by a load.
          insn('STDW', { dst: 10, offset: -8, imm: 0 }),
          insn('LDXW', { dst: 2, src: 10, offset: -12 }),
          callLocal(1),
          exit,
          ...jumps(),
        ],
        exits(7),
      ],
      tailCall: { countSlot: 'unrounded' },
    }),
    look: results,
    gives: ['exhausted'],
  },
  {
    name: 'an extension counts on its own',
    setup: COUNTED({
      programs: [TWO_HOPS, exits(7), jumps()],
      replaces: { 2: { program: 0, slot: 8 } },
      schedule: atStart(onProgram('attach', 2)),
    }),
    look: all(endings, results, ({ hops }) => hops.map(({ at }) => at.program)),
    gives: [7n, ['taken', 'taken'], [2, 0]],
  },
  {
    name: 'an extension of a traced program from a stack of 4 bytes starts at 0',
    setup: COUNTED({
      programs: [[insn('STW', { dst: 10, offset: -4, imm: 1 }), ...TWO_HOPS], exits(7), jumps()],
      replaces: { 2: { program: 0, slot: 9 } },
      tailCall: { countSlot: 'unrounded' },
      schedule: atStart(onProgram('attach', 2)),
    }),
    look: results,
    gives: ['taken', 'taken'],
  },
];

const five: MapDefinition = progArray(5, { 0: 1 });
const direct = (
  name: string,
  code: ObjectSetup['programs'][number],
  gives: unknown,
  more: Partial<ObjectSetup> = {},
): ObjectCase => ({
  name,
  setup: {
    maps: [five],
    programs: [[...code, mov(0, 1), exit], exits(7)],
    tailCall: { directKey: 'tnum_range' },
    ...more,
  },
  look: endings,
  gives,
});

const DIRECT: readonly ObjectCase[] = [
  direct('a constant index beyond the array', tailCall(0, 5), 'out_of_bounds 0:3'),
  direct('the last that the mask covers', tailCall(0, 7), 'out_of_bounds 0:3'),
  direct('past the mask', tailCall(0, 8), 1n),
  direct('in range', tailCall(0, 0), 7n),
  direct('negative', tailCall(0, -1), 1n),
  direct('checked', tailCall(0, 5), 1n, { tailCall: { directKey: 'checked' } }),
  direct('it comes before the check of the count', tailCall(0, 5), 'out_of_bounds 0:3', {
    tailCall: { directKey: 'tnum_range', limit: 0 },
  }),
  direct(
    'by MOV32',
    [mapFd(2, 0), insn('MOV32', { dst: 3, imm: 6 }), call(12)],
    'out_of_bounds 0:3',
  ),
  direct('by LD_IMM64', [imm64(3, 6n), mapFd(2, 0), call(12)], 'out_of_bounds 0:4'),
  direct('64 bits of a constant', [imm64(3, 2n ** 32n + 6n), mapFd(2, 0), call(12)], 1n, {
    tailCall: { directKey: 'tnum_range', indexBits: 64 },
  }),
  direct(
    'other instructions between',
    [mov(3, 6), mov(5, 1), mapFd(2, 0), call(12)],
    'out_of_bounds 0:4',
  ),
  direct('by a copy', [mov(4, 6), movx(3, 4), mapFd(2, 0), call(12)], 1n),
  direct(
    'changed after',
    [mov(3, 5), insn('ADD64', { dst: 3, imm: 1 }), mapFd(2, 0), call(12)],
    1n,
  ),
  direct('a jump between', [mov(3, 6), insn('JA', { offset: 0 }), mapFd(2, 0), call(12)], 1n),
  direct(
    'a jump target between',
    [
      mov(4, 0),
      insn('JEQ64', { dst: 4, imm: 0, offset: 1 }),
      mov(3, 6),
      mapFd(2, 0),
      mov(3, 6),
      call(12),
    ],
    'out_of_bounds 0:6',
  ),
  direct(
    'a jump to the call',
    [mapFd(2, 0), mov(3, 6), insn('JEQ64', { dst: 3, imm: 6, offset: 1 }), mov(3, 6), call(12)],
    1n,
  ),
  direct(
    'an atomic that fetches into the index',
    [
      insn('STDW', { dst: 10, offset: -8, imm: 6 }),
      mov(3, 6),
      mapFd(2, 0),
      insn('ATOMIC_FETCH_ADD64', { dst: 10, src: 3, offset: -8 }),
      call(12),
    ],
    1n,
  ),
];

export const OBJECT_CASES: Readonly<Record<string, readonly ObjectCase[]>> = {
  'at the start': START,
  operations: OPERATIONS,
  'lives and deaths': LIVES,
  ownership: OWNERS,
  extensions: EXTENSIONS,
  counters: COUNTERS,
  'direct jumps': DIRECT,
};
