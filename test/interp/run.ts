// Runs of the interpreter for tests: programs as text, one prog array.

import { createMachine } from '../../interp/index.ts';
import { createProgram } from '../../model/isa/program.ts';
import { assemble } from '../../model/isa/text/assemble.ts';
import { profileNamed } from '../../model/profiles/catalogue.ts';
import type { ObjectKnobs, Profile, TailCallKnobs } from '../../model/profiles/profile.ts';
import { createScenario } from '../../model/scenario/create.ts';
import type { Outcome } from '../../model/scenario/outcome.ts';
import type {
  MapDefinition,
  NamedProgram,
  RunSetup,
  ScheduleEntry,
} from '../../model/scenario/scenario.ts';

export interface ProgramSetup extends Omit<NamedProgram, 'name' | 'program'> {
  readonly text: string;
}

export interface Setup {
  readonly programs: readonly (string | ProgramSetup)[];
  /** Slots of the prog array `jmp`. */
  readonly slots?: readonly number[];
  readonly knobs?: Partial<TailCallKnobs>;
  readonly objects?: Partial<ObjectKnobs>;
  readonly schedule?: readonly ScheduleEntry[];
  readonly run?: Partial<RunSetup>;
}

const machine = createMachine();
const BASE = profileNamed('linux-6.12/x86_64');

function profileOf({ knobs, objects }: Setup): Profile {
  return {
    ...BASE,
    tailCall: {
      ...BASE.tailCall,
      trampoline: 'preserves',
      countSlot: 'rounded',
      directKey: 'checked',
      ...knobs,
    },
    objects: {
      compatKeys: [],
      ownerLocked: true,
      clearedOn: 'last_user',
      freed: 'grace_period',
      freezeNeeds: 'unfrozen',
      ...objects,
    },
  };
}

export function run(setup: Setup): Outcome {
  const { programs, slots = [-1], schedule = [], run: input = {} } = setup;
  const maps: MapDefinition[] = [
    {
      name: 'jmp',
      type: 'prog_array',
      maxEntries: slots.length,
      entries: slots.flatMap((program, index) => (program < 0 ? [] : [{ index, program }])),
    },
  ];
  const scenario = createScenario({
    profile: profileOf(setup),
    maps,
    programs: programs.map((program, index) => {
      const { text, ...rest } = typeof program === 'string' ? { text: program } : program;
      const { instructions } = assemble(text, { mapFd: () => 0, spelling: 'kernel' });
      return { name: `p${index}`, program: createProgram(instructions), ...rest };
    }),
    run: input,
    schedule,
  });
  return machine.run(scenario);
}

export const results = ({ hops }: Outcome) => hops.map(({ result }) => result);
/** A tail call through a slot. */
export const TO = (index: number) => `r2 = map[jmp]\nr3 = ${index}\ncall 12`;
export const LEAF = 'r0 = 7\nexit';
