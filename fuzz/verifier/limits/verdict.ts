// The verifier's word on a witness.

import { type Verdict, type VerifyOptions, verify } from '../../../model/verifier/index.ts';
import { subjectOf } from '../../../model/verifier/load.ts';
import type { Witness } from './limit.ts';

/** The first program that is not accepted decides; else the first program. */
export function verdictOn({ scenario, privileged }: Witness, options: VerifyOptions = {}): Verdict {
  const verdicts = scenario.programs.map((_, program) =>
    verify(subjectOf(scenario, program, { privileged }), options),
  );
  return verdicts.find(({ kind }) => kind !== 'accepted') ?? verdicts[0]!;
}
