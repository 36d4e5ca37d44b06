// The scalar wing of the museum: historical bugs of the verifier's domain, to be found again.

import { SCALAR_BUGS } from './bugs.ts';
import { find, isMended, type ScalarBug, type ScalarFinding } from './hunt.ts';

export {
  find as findProgram,
  MOVES,
  type ScalarBug,
  type ScalarFinding,
  type Suspect,
} from './hunt.ts';

/** One exhibit: a variant that its theorem refutes, a program that shows it, and the version that is mended. */
export interface ScalarExhibit extends ScalarBug {
  /** The same for the same seed. @returns undefined when no program that was drawn shows the bug */
  readonly find: (seed?: number) => ScalarFinding | undefined;
  /** Whether the mended version holds what the program gives. */
  readonly isMended: (finding: ScalarFinding) => boolean;
}

export const SCALAR_MUSEUM: readonly ScalarExhibit[] = SCALAR_BUGS.map((bug) => ({
  ...bug,
  find: (seed) => find(bug, seed),
  isMended: (finding) => isMended(bug, finding),
}));
