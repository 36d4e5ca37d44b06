// The verifier that a campaign tests: rules of a version, perhaps with a planted fault.

import {
  PARTS,
  type Parts,
  VERIFIER_RULES,
  type VerifierRules,
  type VerifierVersion,
} from '../../../model/verifier/index.ts';
import { type ScalarDomain, scalarDomain } from '../../../model/verifier/scalars.ts';
import type { StackLimits } from '../limits/stack-after.ts';

/** What verdicts come from. */
export interface TestedVerifier {
  readonly rules: VerifierRules;
  readonly parts: Parts;
  readonly domain: ScalarDomain;
  /** Those of the version, whatever is changed: what its runs are promised. Absent where callers have no limit. */
  readonly stack?: StackLimits;
  /** Keeps a state wherever states are compared, so that more paths are pruned (BPF_F_TEST_STATE_FREQ). */
  readonly keepsAllStates?: boolean;
}

/** What is changed in a verifier: a historical bug, a planted fault. */
export interface Change {
  readonly rules?: (rules: VerifierRules) => VerifierRules;
  readonly parts?: (parts: Parts) => Parts;
}

/**
 * Instructions that one verification may go through in a campaign. Few programs that are drawn need more, and those
 * are endless; the real limit has a witness of its own (docs/limits.md).
 */
const PROCESSED_MAX = 20_000;

/** The verifier of a version, changed or not. */
export function testedVerifier(version: VerifierVersion, change: Change = {}): TestedVerifier {
  const base = VERIFIER_RULES[version];
  const limited = { ...base, limits: { ...base.limits, processed: PROCESSED_MAX } };
  const rules = change.rules?.(limited) ?? limited;
  return {
    rules,
    parts: change.parts?.(PARTS) ?? PARTS,
    domain: scalarDomain(rules.domain),
    ...stackLimits(base),
  };
}

/** Programs are loaded for a compiler (`load.ts`). */
function stackLimits({ limits, stackRounding }: VerifierRules): Pick<TestedVerifier, 'stack'> {
  const { stack: chain, tailCallerStack: callers } = limits;
  if (callers === 'none') return {};
  return { stack: { chain, callers, granule: stackRounding.jited } };
}
