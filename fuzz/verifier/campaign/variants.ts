// The verifiers under which a campaign watches what its programs meet: the one that is tested, and others whose rules
// it never goes through, as older versions refuse what newer ones accept.

import type { VerifierVersion } from '../../../model/verifier/index.ts';
import type { Subject } from '../../../model/verifier/subject.ts';
import { type Change, type TestedVerifier, testedVerifier } from '../oracle/tested.ts';

export interface Variant {
  readonly tested: TestedVerifier;
  readonly loading: Pick<Subject, 'jited' | 'btf'>;
}

const JITED = { jited: true, btf: true } as const;

/** Programs with privileges may not read what was not written, as where a run traps on it (`tailproof check`). */
const STRICT: Change = { rules: (rules) => ({ ...rules, readsUninitialisedStack: false }) };

/** Taken in turn, so that each has its share of what is watched. */
export function variantsOf(version: VerifierVersion, change?: Change): readonly Variant[] {
  const tested = testedVerifier(version, change);
  return [
    { tested, loading: JITED },
    { tested, loading: { jited: false, btf: true } },
    { tested, loading: { jited: true, btf: false } },
    { tested, loading: JITED },
    { tested: testedVerifier('linux-6.1'), loading: JITED },
    { tested: testedVerifier('linux-6.12'), loading: JITED },
    { tested: testedVerifier(version, STRICT), loading: JITED },
  ];
}
