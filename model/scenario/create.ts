// Builds scenarios from what matters about them; all else gets the defaults of the scenario file.

import { DEFAULT_PROFILE, profileNamed } from '../profiles/catalogue.ts';
import type { Profile } from '../profiles/profile.ts';
import { buildContext, type ProgramType } from './context.ts';
import { MAY_GOTO_BUDGET } from './environment.ts';
import type { Problem } from './problem.ts';
import type { ProgramChecks } from './programs.ts';
import type {
  Expectation,
  MapDefinition,
  NamedProgram,
  RunSetup,
  Scenario,
  ScheduleEntry,
  UninitialisedPolicy,
} from './scenario.ts';
import { validateScenario } from './validate.ts';

/** Steps of a run that says nothing about fuel. */
export const DEFAULT_FUEL = 1_000_000;

/** Raw programs are tests of single instructions; the others are held to what a verifier demands. */
export function defaultUninitialised(type: ProgramType): UninitialisedPolicy {
  return type === 'raw' ? 'ignore' : 'trap';
}

export interface RunInput extends Omit<Partial<RunSetup>, 'context'> {
  /** Type raw: the bytes. Other types: the fields that the packet does not decide. */
  readonly context?: Uint8Array | Readonly<Record<string, number>>;
}

export interface ScenarioInput {
  /** By default `DEFAULT_PROFILE`. */
  readonly profile?: Profile | string;
  /** By default `raw`. */
  readonly type?: ProgramType;
  readonly maps?: readonly MapDefinition[];
  readonly programs: readonly NamedProgram[];
  /** By default the first program, on an empty packet or without a context. */
  readonly run?: RunInput;
  readonly schedule?: readonly ScheduleEntry[];
  readonly expect?: Expectation;
}

/** Fills in the defaults and checks the result. @throws InputError with the path of what is wrong. */
export function createScenario(
  input: ScenarioInput,
  problem?: Problem,
  checks: ProgramChecks = 'checked',
): Scenario {
  const { profile = DEFAULT_PROFILE, type = 'raw', maps = [], programs, run = {} } = input;
  const scenario: Scenario = {
    profile: typeof profile === 'string' ? profileNamed(profile) : profile,
    type,
    maps,
    programs,
    run: createRun(type, run),
    schedule: input.schedule ?? [],
    ...(input.expect === undefined ? {} : { expect: input.expect }),
  };
  validateScenario(scenario, problem, checks);
  return scenario;
}

function createRun(type: ProgramType, input: RunInput): RunSetup {
  const packet = input.packet ?? (type === 'raw' ? undefined : new Uint8Array());
  return {
    program: input.program ?? 0,
    context: createContext(type, input.context, packet),
    ...(packet === undefined ? {} : { packet }),
    registers: input.registers ?? new Map(),
    fuel: input.fuel ?? DEFAULT_FUEL,
    seed: input.seed ?? 0,
    uninitialised: input.uninitialised ?? defaultUninitialised(type),
    mayGoto: input.mayGoto ?? MAY_GOTO_BUDGET,
    helpers: input.helpers ?? 'linux',
  };
}

function createContext(
  type: ProgramType,
  context: RunInput['context'],
  packet: Uint8Array | undefined,
): Uint8Array {
  if (context instanceof Uint8Array) return context;
  return type === 'raw'
    ? new Uint8Array()
    : buildContext(type, packet ?? new Uint8Array(), context);
}
