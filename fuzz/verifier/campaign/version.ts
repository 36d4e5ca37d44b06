// Whose promise is tested by default.

import type { VerifierVersion } from '../../../model/verifier/index.ts';

/**
 * The newest rules: what 6.12 promises does not hold where a tail call in a function succeeds (docs/verifier.md).
 */
export const SOUND_VERSION: VerifierVersion = 'linux-6.19';
