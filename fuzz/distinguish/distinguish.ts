// Tells profiles apart: the smallest scenario on which two of them differ, found by going through a family of
// small scenarios in order of size; or the statement that the family has none.

import { createMachine } from '../../interp/index.ts';
import { behaviourKey, type Profile } from '../../model/profiles/profile.ts';
import type { Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { type Candidate, candidates } from './shapes.ts';

/** What somebody outside of the kernel can see of a run. */
export type Observation = 'refused' | { readonly ending: string; readonly tailCalls: number };

export interface Distinction {
  readonly instructions: number;
  readonly slots: number;
  readonly writes: number;
  /** Under the first profile; the second one runs the same with its own. */
  readonly scenario: Scenario;
  readonly left: Observation;
  readonly right: Observation;
}

export type PairResult =
  | { readonly kind: 'differ'; readonly distinction: Distinction }
  /** All that the engines read of a profile is equal, so every scenario gives the same. */
  | { readonly kind: 'same knobs' }
  /** Nothing in the family tells them apart. */
  | { readonly kind: 'none found'; readonly candidates: number };

export interface Pair {
  readonly left: Profile;
  readonly right: Profile;
  readonly result: PairResult;
}

export interface DistinguishOptions {
  /** Instructions in all programs together. */
  readonly instructionsMax?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: {
    readonly instructions: number;
    readonly open: number;
  }) => void;
}

export const INSTRUCTIONS_MAX = 14;

/** Profiles with equal knobs are one: they run once. */
interface Group {
  readonly profile: Profile;
  readonly knobs: string;
}

function observe(outcome: Outcome): Observation {
  const { ending, tailCalls } = outcome;
  const told =
    ending.kind === 'exit'
      ? `exit ${ending.r0}`
      : ending.kind === 'trap'
        ? `trap ${ending.trap}`
        : ending.kind;
  return { ending: told, tailCalls };
}

function signature(observation: Observation): string {
  return observation === 'refused'
    ? observation
    : `${observation.ending}, ${observation.tailCalls}`;
}

const machine = createMachine();

function observation(candidate: Candidate, profile: Profile): Observation {
  if (candidate.mixesCalls && profile.tailCall.propagation === 'rejected') return 'refused';
  return observe(machine.run(candidate.scenario(profile)));
}

/**
 * Decides all pairs of the profiles, in order. When it is aborted, open pairs are told as `none found` among the
 * candidates that were looked at.
 */
export async function distinguish(
  profiles: readonly Profile[],
  options: DistinguishOptions = {},
): Promise<Pair[]> {
  const groups = groupByKnobs(profiles);
  const found = new Map<string, Distinction>();
  const seen = await search(groups, found, options);
  const groupOf = (profile: Profile) =>
    groups.findIndex(({ knobs }) => knobs === behaviourKey(profile));
  return profiles.flatMap((left, i) =>
    profiles.slice(i + 1).map((right): Pair => {
      const [a, b] = [groupOf(left), groupOf(right)];
      if (a === b) return { left, right, result: { kind: 'same knobs' } };
      const known = found.get(pairKey(Math.min(a, b), Math.max(a, b)));
      if (known === undefined)
        return { left, right, result: { kind: 'none found', candidates: seen } };
      const [first, second] = a < b ? [known.left, known.right] : [known.right, known.left];
      const scenario = { ...known.scenario, profile: left };
      return {
        left,
        right,
        result: { kind: 'differ', distinction: { ...known, scenario, left: first, right: second } },
      };
    }),
  );
}

function groupByKnobs(profiles: readonly Profile[]): Group[] {
  const groups = new Map<string, Group>();
  for (const profile of profiles) {
    const knobs = behaviourKey(profile);
    if (!groups.has(knobs)) groups.set(knobs, { profile, knobs });
  }
  return [...groups.values()];
}

const pairKey = (a: number, b: number) => `${a} ${b}`;

/** Goes through the family until every pair is told apart or the bound is reached. @returns candidates seen. */
async function search(
  groups: readonly Group[],
  found: Map<string, Distinction>,
  { instructionsMax = INSTRUCTIONS_MAX, signal, onProgress }: DistinguishOptions,
): Promise<number> {
  const pairs = (groups.length * (groups.length - 1)) / 2;
  let seen = 0;
  let size = 0;
  for (const candidate of candidates(instructionsMax)) {
    if (found.size === pairs || signal?.aborted) return seen;
    if (candidate.instructions !== size) {
      size = candidate.instructions;
      onProgress?.({ instructions: size, open: pairs - found.size });
    }
    // Lets signals and the terminal have their turn.
    if (seen++ % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    note(candidate, groups, found);
  }
  return seen;
}

function note(
  candidate: Candidate,
  groups: readonly Group[],
  found: Map<string, Distinction>,
): void {
  const seen = groups.map(({ profile }) => observation(candidate, profile));
  const told = seen.map(signature);
  if (told.every((text) => text === told[0])) return;
  const { instructions, slots, writes } = candidate;
  for (let a = 0; a < groups.length; a++) {
    for (let b = a + 1; b < groups.length; b++) {
      if (told[a] === told[b] || found.has(pairKey(a, b))) continue;
      const scenario = candidate.scenario(groups[a]!.profile);
      found.set(pairKey(a, b), {
        instructions,
        slots,
        writes,
        scenario,
        left: seen[a]!,
        right: seen[b]!,
      });
    }
  }
}
