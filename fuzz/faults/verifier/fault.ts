// A planted fault of the verifier: one of its rules, replaced from outside.

import type { Parts } from '../../../model/verifier/index.ts';
import type { Change } from '../../verifier/oracle/tested.ts';

export interface VerifierFault {
  /** `verifier/null-check-frees-another`. */
  readonly name: string;
  /** What is wrong, in one line. */
  readonly summary: string;
  readonly change: Change;
  /** Whether it accepts what must not be, so that runs of accepted programs show it. */
  readonly unsound: boolean;
}

type Rules<Name extends keyof Parts> = Partial<Parts[Name]>;

/** Rules of one part in place of the verifier's. @param replace is given the part as it was. */
export function inPart<Name extends keyof Parts>(
  name: Name,
  replace: (old: Parts[Name]) => Rules<Name>,
): Change {
  return { parts: (parts) => ({ ...parts, [name]: { ...parts[name], ...replace(parts[name]) } }) };
}
