// Real kernels as engines: scenarios in, what the kernel says out.

import { InputError } from '../../model/errors.ts';
import type { TailCallKnobs } from '../../model/profiles/profile.ts';
import { profileNamed } from '../../model/profiles/catalogue.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { type Failure, Guest } from './guest.ts';
import type { LinuxEnvironment } from './install/cache.ts';
import { type Diagnosis, guestFiles } from './install/install.ts';
import { type LinuxTarget, type LinuxVersion, linuxTarget } from './install/versions.ts';
import type { KernelOutcome } from './kernel-outcome.ts';
import { type RaceOutcome, raceCaseOf, raceOutcomeOf, unsupportedRace } from './race-case.ts';
import { GuestPool, type Incident, type PoolOptions } from './pool.ts';
import { type CaseSettings, caseOf, outcomeOf, unsupportedReason } from './scenario-case.ts';

export interface LinuxEngine extends LinuxTarget {
  /** Guests of this kernel that failed. */
  readonly incidents: readonly Incident[];
  /** Runs scenarios, as one batch on one guest. */
  run(scenarios: readonly Scenario[], settings?: LogSettings): Promise<KernelOutcome[]>;
  /**
   * Runs a scenario many times while a second thread makes its schedule's writes over and over, in their order and
   * whatever their time. A guest needs a second processor for writes during a run.
   */
  race(scenario: Scenario, runs: number): Promise<RaceOutcome>;
  /** Sends cases of the caller's own making. */
  readonly cases: GuestPool['run'];
}

export type LogSettings = Pick<CaseSettings, 'logLevel' | 'logMax' | 'unprivileged'>;

export interface LinuxEngines {
  readonly engines: readonly LinuxEngine[];
  /** Ends all guests. */
  close(): Promise<void>;
}

export interface LinuxOptions extends PoolOptions {
  /** Processors of a guest. */
  readonly cpus?: number;
}

/**
 * Engines by name. Those of one kernel share its guests, and nothing boots before it is needed.
 * @throws InputError for a name that is no kernel's, or a kernel that is not installed.
 */
export function createLinuxEngines(
  names: readonly string[],
  env: LinuxEnvironment,
  options: LinuxOptions = {},
): LinuxEngines {
  const pools = new Map<LinuxVersion, GuestPool>();
  const poolOf = (version: LinuxVersion) => {
    const files = guestFiles(version, env);
    const { cpus } = options;
    const start = () => Guest.start(files, cpus === undefined ? {} : { cpus });
    const pool = pools.get(version) ?? new GuestPool(start, options);
    pools.set(version, pool);
    return pool;
  };
  const engines = names.map((name) => {
    const target = linuxTarget(name);
    return engineOn(target, poolOf(target.version));
  });
  return {
    engines,
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

function engineOn(target: LinuxTarget, pool: GuestPool): LinuxEngine {
  const { tailCall } = profileNamed(target.profile);
  return {
    ...target,
    incidents: pool.incidents,
    cases: (cases) => pool.run(cases),
    async race(scenario, runs) {
      const reason = otherProfile(scenario, target, tailCall) ?? unsupportedRace(scenario);
      if (reason !== undefined) return { kind: 'unsupported', reason };
      const [result] = await pool.run([raceCaseOf(scenario, { jit: target.jit }, runs)]);
      return 'reply' in result! ? raceOutcomeOf(scenario, result.reply) : failed(result!.failure);
    },
    async run(scenarios, log = {}) {
      const settings = { ...log, jit: target.jit };
      const reasons = scenarios.map(
        (scenario) => otherProfile(scenario, target, tailCall) ?? unsupportedReason(scenario),
      );
      const runnable = scenarios.filter((_, i) => reasons[i] === undefined);
      const results = await pool.run(runnable.map((scenario) => caseOf(scenario, settings)));
      let next = 0;
      return scenarios.map((scenario, i): KernelOutcome => {
        const reason = reasons[i];
        if (reason !== undefined) return { kind: 'unsupported', reason };
        const result = results[next++]!;
        if ('reply' in result) return outcomeOf(scenario, result.reply);
        return failed(result.failure);
      });
    },
  };
}

const failed = ({ kind, console }: Failure) =>
  ({ kind: 'failed', failure: kind, console }) as const;

/** A kernel behaves as its own profile says, and is compared with that only. */
function otherProfile(
  { profile }: Scenario,
  target: LinuxTarget,
  knobs: TailCallKnobs,
): string | undefined {
  if (JSON.stringify(profile.tailCall) === JSON.stringify(knobs)) return undefined;
  return `the scenario is for ${profile.name}, this kernel is ${target.profile} (see --profile)`;
}

/** Boots a kernel and ends it again: whether it comes up, as one more diagnosis. */
export async function bootOnce(version: LinuxVersion, env: LinuxEnvironment): Promise<Diagnosis> {
  const what = `boot ${version}`;
  try {
    const guest = await Guest.start(guestFiles(version, env));
    await guest.kill();
    return { what, state: 'ready', detail: guest.release };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { what, state: 'damaged', detail: error.message };
  }
}
