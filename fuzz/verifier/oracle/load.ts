// Loads a scenario's programs through a verifier, and leaves out those that it refuses.

import type { MapDefinition, Scenario, ScheduleEntry } from '../../../model/scenario/scenario.ts';
import {
  type Certificate,
  certify,
  type Subject,
  type Verdict,
} from '../../../model/verifier/index.ts';
import type { TestedVerifier } from './tested.ts';

/** By program. */
export interface Loaded {
  readonly verdicts: readonly Verdict[];
  /** Undefined for those that are not accepted, and those whose second look was given up. */
  readonly certificates: readonly (Certificate | undefined)[];
}

/** Whether the second look at a program was given up: nothing is said of it then. */
function isOpen({ problem }: Certificate): boolean {
  return problem?.kind === 'undecided';
}

/** A program of a scenario as it is loaded: compiled, with BTF. */
export function subjectOf(scenario: Scenario, program: number, privileged: boolean): Subject {
  return {
    program: scenario.programs[program]!.program,
    type: scenario.type,
    maps: scenario.maps,
    privileged,
    jited: true,
    btf: true,
  };
}

/** Verifies every program of a scenario. */
export function loadPrograms(
  tested: TestedVerifier,
  scenario: Scenario,
  privileged: boolean,
): Loaded {
  const certificates = scenario.programs.map((_, program) =>
    certify(subjectOf(scenario, program, privileged), tested),
  );
  return {
    verdicts: certificates.map(({ verdict }) => verdict),
    certificates: certificates.map((certificate) =>
      certificate.verdict.kind === 'accepted' && !isOpen(certificate) ? certificate : undefined,
    ),
  };
}

/** A scenario without some programs, and what is kept of lists by program. */
export interface Kept {
  readonly scenario: Scenario;
  readonly certificates: readonly (Certificate | undefined)[];
}

/** The scenario with those programs alone that are accepted; undefined where the one that it enters is not. */
export function acceptedOnly(scenario: Scenario, { certificates }: Loaded): Kept | undefined {
  const { programs, run } = scenario;
  if (certificates[run.program] === undefined) return undefined;
  if (certificates.every((certificate) => certificate !== undefined)) {
    return { scenario, certificates };
  }
  const numbers: (number | undefined)[] = [];
  let next = 0;
  for (const certificate of certificates) {
    numbers.push(certificate === undefined ? undefined : next++);
  }
  const isKept = (_: unknown, program: number) => numbers[program] !== undefined;
  return {
    scenario: {
      ...scenario,
      programs: programs.filter(isKept),
      maps: scenario.maps.map((map) => withNumbers(map, numbers)),
      run: { ...run, program: numbers[run.program]! },
      schedule: scenario.schedule.flatMap((entry) => renumbered(entry, numbers)),
    },
    certificates: certificates.filter(isKept),
  };
}

function withNumbers(map: MapDefinition, numbers: readonly (number | undefined)[]): MapDefinition {
  if (map.type !== 'prog_array') return map;
  const entries = map.entries.flatMap(({ index, program }) => {
    const number = numbers[program];
    return number === undefined ? [] : [{ index, program: number }];
  });
  return { ...map, entries };
}

function renumbered(
  entry: ScheduleEntry,
  numbers: readonly (number | undefined)[],
): ScheduleEntry[] {
  if (!('program' in entry)) return [entry];
  const number = numbers[entry.program];
  return number === undefined ? [] : [{ ...entry, program: number }];
}
