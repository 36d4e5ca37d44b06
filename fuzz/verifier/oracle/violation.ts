// The whole oracle at once: what a scenario does to the promise of a verifier. For shrinking, replaying, museums.

import type { Machine } from '../../../interp/index.ts';
import type { CodePlace } from '../../../model/scenario/outcome.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import type { Verdict } from '../../../model/verifier/index.ts';
import { judge, uncertified, type Violation } from './judge.ts';
import { acceptedOnly, type Kept, loadPrograms } from './load.ts';
import type { TestedVerifier } from './tested.ts';

/** What a verifier says of a scenario's programs, and the promise that a run of the accepted ones breaks. */
export interface Examination {
  readonly verdicts: readonly Verdict[];
  /** Absent where none is broken, or the program that is entered is not accepted. */
  readonly violation?: Violation;
}

/** Verifies all programs and runs the scenario with the accepted ones. */
export function examine(
  tested: TestedVerifier,
  machine: Machine,
  scenario: Scenario,
  privileged: boolean,
): Examination {
  let verdicts: readonly Verdict[] = [];
  try {
    const loaded = loadPrograms(tested, scenario, privileged);
    verdicts = loaded.verdicts;
    const violation =
      uncertified(loaded.certificates) ?? run(tested, machine, acceptedOnly(scenario, loaded));
    return violation === undefined ? { verdicts } : { verdicts, violation };
  } catch (error) {
    return { verdicts, violation: failure(error) };
  }
}

function run(
  tested: TestedVerifier,
  machine: Machine,
  kept: Kept | undefined,
): Violation | undefined {
  if (kept === undefined) return undefined;
  return judge(machine, kept.scenario, kept.certificates, tested).violation;
}

/** An error of ours that a run came to, which is a finding and not the end of a campaign. */
export function failure(error: unknown): Violation {
  return { kind: 'failed', error: error instanceof Error ? error.message : String(error) };
}

/** A violation in a line. */
export function violationText(scenario: Scenario, violation: Violation): string {
  const place = ({ program, pc }: CodePlace) => `${scenario.programs[program]?.name}:${pc}`;
  switch (violation.kind) {
    case 'trap':
      return `an accepted program traps: ${violation.trap} at ${place(violation.at)}`;
    case 'outside': {
      const { at, outside } = violation;
      if (outside === undefined)
        return `a run comes to ${place(at)}, where the verifier has no state`;
      const { what, frame, value, why } = outside;
      return `at ${place(at)} no state holds the run: ${what} of frame ${frame}, 0x${value.toString(16)}, ${why}`;
    }
    case 'stack': {
      const { at, bytes, tailCalls, allowed } = violation;
      const calls = `${tailCalls} tail call${tailCalls === 1 ? '' : 's'}`;
      return `at ${place(at)} ${bytes} bytes of stack are in use after ${calls}; the rules leave ${allowed}`;
    }
    case 'uncertified': {
      const name = scenario.programs[violation.program]?.name;
      return `the certificate of ${name} does not check: ${violation.problem}`;
    }
    case 'failed':
      return `failed: ${violation.error}`;
  }
}
