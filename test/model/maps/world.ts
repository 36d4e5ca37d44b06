// Worlds of programs and prog arrays for tests: programs by what they use, not by what they compute.

import { createProgram } from '../../../model/isa/program.ts';
import { assemble } from '../../../model/isa/text/assemble.ts';
import { errnoName, ObjectWorld } from '../../../model/maps/index.ts';
import { profileNamed } from '../../../model/profiles/catalogue.ts';
import type { CompatKey, ObjectKnobs } from '../../../model/profiles/profile.ts';
import type {
  MapDefinition,
  NamedProgram,
  ProgArray,
  Scenario,
  ScheduleEntry,
  UserOperation,
} from '../../../model/scenario/scenario.ts';

export const KNOBS: ObjectKnobs = {
  compatKeys: ['type', 'jited'],
  ownerLocked: true,
  clearedOn: 'last_user',
  freed: 'grace_period',
  freezeNeeds: 'unfrozen',
};

export interface ProgramSetup extends Pick<NamedProgram, 'attributes' | 'replaces'> {
  /** Prog arrays, in order of first use. */
  readonly uses?: readonly number[];
  readonly tailCalls?: boolean;
}

export interface WorldSetup {
  readonly programs: readonly ProgramSetup[];
  readonly maps?: readonly MapDefinition[];
  /** Keys in place of the default ones. */
  readonly keys?: readonly CompatKey[];
  readonly knobs?: Partial<ObjectKnobs>;
  readonly run?: number;
  /** Loaded or created while the run is on. */
  readonly later?: { readonly programs?: readonly number[]; readonly maps?: readonly number[] };
  /** Whether some operation of the test is simultaneous with another. */
  readonly races?: boolean;
}

export function progArray(
  maxEntries: number,
  slots: Readonly<Record<number, number>> = {},
): ProgArray {
  const entries = Object.entries(slots);
  return {
    name: 'jmp',
    type: 'prog_array',
    maxEntries,
    entries: entries.map(([index, program]) => ({ index: Number(index), program })),
  };
}

function programOf({ uses = [], tailCalls = false, ...rest }: ProgramSetup, index: number) {
  const text = [
    ...uses.flatMap((map) => [`r2 = map[${map}]`, `r3 = map[${map}]`]),
    ...(tailCalls ? ['call 12'] : []),
    'exit',
  ].join('\n');
  const mapFd = (name: string) => Number(name);
  const { instructions } = assemble(text, { mapFd });
  return { name: `p${index}`, program: createProgram(instructions), ...rest };
}

export function scenarioOfWorld(setup: WorldSetup): Scenario {
  const { programs, maps = [progArray(3)], keys, knobs, run = 0, later = {}, races } = setup;
  const before = { step: 0 };
  const schedule: ScheduleEntry[] = [
    ...(later.programs ?? []).map((program) => ({ before, op: 'load' as const, program })),
    ...(later.maps ?? []).map((map) => ({ before, op: 'create' as const, map })),
    ...(races ? [{ before, op: 'delete' as const, map: 0, index: 0, withPrevious: true }] : []),
  ];
  const compatKeys = keys ?? KNOBS.compatKeys;
  return {
    profile: {
      ...profileNamed('linux-6.12/x86_64'),
      objects: { ...KNOBS, compatKeys, ...knobs },
    },
    type: 'sched_cls',
    maps,
    programs: programs.map(programOf),
    run: {
      program: run,
      context: new Uint8Array(192),
      packet: new Uint8Array(),
      registers: new Map(),
      fuel: 10,
      seed: 0,
      uninitialised: 'ignore',
      mayGoto: 8,
      helpers: 'linux',
    },
    schedule,
  };
}

export interface TestWorld {
  readonly world: ObjectWorld;
  /** Programs that were freed, in order. */
  readonly freed: number[];
  /** Applies an operation. @returns the error's name, or 0. */
  readonly apply: (operation: UserOperation & { readonly withPrevious?: boolean }) => string | 0;
  readonly refs: (program: number) => number;
  readonly array: (map?: number) => Readonly<Record<'users' | 'refs' | 'owner', number>>;
  readonly slots: (map?: number) => readonly number[];
}

/** A world whose run has started. */
export function worldOf(setup: WorldSetup): TestWorld {
  const freed: number[] = [];
  const world = new ObjectWorld(scenarioOfWorld(setup), undefined, (program) =>
    freed.push(program),
  );
  const problem = world.start();
  if (problem !== undefined) throw new Error(JSON.stringify(problem));
  return {
    world,
    freed,
    apply: (operation) => {
      const errno = world.apply(operation);
      return errno === 0 ? 0 : errnoName(errno);
    },
    refs: (program) => world.programs[program]!.refs,
    array: (map = 0) => {
      const { users, refs, owner } = world.arrays[map]!;
      return { users, refs, owner };
    },
    slots: (map = 0) => world.arrays[map]!.slots,
  };
}
