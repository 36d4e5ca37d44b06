// What the verifier promises of the programs of a run: nothing that it accepts traps.

import type { Scenario } from '../model/scenario/scenario.ts';
import { DEFAULT_VERIFIER, VERIFIER_RULES } from '../model/verifier/index.ts';
import { loadPrograms, verifierVersion } from '../model/verifier/load.ts';

/** Of all programs of the scenario; raw programs have no verifier. */
export type VerifierPromise =
  | { readonly kind: 'accepted'; readonly verifier: string }
  | {
      readonly kind: 'rejected' | 'undecided';
      readonly verifier: string;
      readonly program: string;
      readonly reason: string;
    };

/** The first program that is not accepted decides. @returns undefined where the run's type has no verifier. */
export function promiseOf(scenario: Scenario): VerifierPromise | undefined {
  if (scenario.type === 'raw') return undefined;
  const verifier = verifierVersion(scenario.profile) ?? DEFAULT_VERIFIER;
  // A run that traps where unset stack is read asks for a verifier that refuses it.
  const strict = scenario.run.uninitialised === 'trap' ? { readsUninitialisedStack: false } : {};
  const rules = { ...VERIFIER_RULES[verifier], ...strict };
  let index = 0;
  for (const verdict of loadPrograms(scenario, { rules })) {
    const program = scenario.programs[index++]!.name;
    if (verdict.kind === 'unsupported') {
      return { kind: 'undecided', verifier, program, reason: verdict.reason };
    }
    if (verdict.kind === 'rejected') {
      const reason = verdict.message === '' ? verdict.errno : verdict.message;
      return { kind: 'rejected', verifier, program, reason };
    }
  }
  return { kind: 'accepted', verifier };
}
