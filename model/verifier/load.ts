// Loading the programs of a scenario, one after the other: the verifier's word, then that of the prog arrays that
// they use.

import type { ErrnoName } from '../maps/errno.ts';
import { errnoName } from '../maps/errno.ts';
import { ObjectWorld } from '../maps/objects.ts';
import type { Profile } from '../profiles/profile.ts';
import { attributesOf, type Scenario } from '../scenario/scenario.ts';
import { VERIFIER_VERSIONS, type VerifierVersion } from './rules.ts';
import type { Subject } from './subject.ts';
import type { Verdict } from './verdict.ts';
import { type VerifyOptions, verify } from './verify.ts';

export interface LoadOptions extends VerifyOptions {
  /** By default, programs are loaded with all capabilities. */
  readonly privileged?: boolean;
  /** Whether programs are compiled; by default as the profile says. */
  readonly jited?: boolean;
}

/** The verifier of a profile's kernel; undefined for engines and versions whose verifier is not modelled. */
export function verifierVersion({ name }: Profile): VerifierVersion | undefined {
  return VERIFIER_VERSIONS.find((version) => name.startsWith(`${version}/`));
}

/**
 * A program of a scenario as it is given to the verifier. Programs with local functions come with BTF, which
 * only users with privileges can load.
 */
export function subjectOf(
  scenario: Scenario,
  program: number,
  { privileged = true, jited = !scenario.profile.name.includes('/interp') }: LoadOptions = {},
): Subject {
  const attributes = attributesOf(scenario, program);
  return {
    ...{ type: attributes.type, privileged, btf: privileged },
    program: scenario.programs[program]!.program,
    maps: scenario.maps,
    jited: attributes.jited && jited,
  };
}

/**
 * Loads all programs of a scenario in their order, under the verifier of its profile unless options say otherwise.
 * @returns a verdict on each. One that a prog array does not go with is refused with EINVAL and no message, as in
 * docs/semantics.md, Ownership.
 */
export function* loadPrograms(scenario: Scenario, options: LoadOptions = {}): Generator<Verdict> {
  const rules = options.rules ?? verifierVersion(scenario.profile);
  const world = new ObjectWorld(scenario);
  for (const array of world.arrays) if (array !== undefined) world.createArray(array);
  for (const index of scenario.programs.keys()) {
    const missing =
      rules === undefined ? `the verifier of ${scenario.profile.name}` : special(scenario, index);
    if (rules === undefined || missing !== undefined) {
      yield { kind: 'unsupported', reason: `not modelled: ${missing}` };
      continue;
    }
    const verdict = verify(subjectOf(scenario, index, options), { ...options, rules });
    yield verdict.kind === 'accepted' ? owned(verdict, world, index) : verdict;
  }
}

/** Why a program needs more of a verifier than one of its type does. */
function special(scenario: Scenario, program: number): string | undefined {
  if (scenario.programs[program]!.replaces !== undefined) return 'an extension, which needs BTF';
  return attributesOf(scenario, program).sleepable ? 'a sleepable program' : undefined;
}

type Accepted = Extract<Verdict, { readonly kind: 'accepted' }>;

/** What becomes of an accepted program when the prog arrays that it uses look at it. */
function owned(verdict: Accepted, world: ObjectWorld, program: number): Verdict {
  const errno = world.apply({ op: 'load', program });
  if (errno === 0) return verdict;
  const { statistics, log } = verdict;
  return {
    ...{ kind: 'rejected', message: '', statistics, log },
    errno: errnoName(errno) as ErrnoName,
  };
}
