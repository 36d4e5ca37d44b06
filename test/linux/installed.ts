// Whether kernels are there to be tested with; without them tests are skipped, with the reason.

import process from 'node:process';
import { diagnose } from '../../interp/linux/index.ts';

const missing = diagnose(process.env).filter(({ state }) => state !== 'ready');

/** Why tests with kernels cannot run, or undefined. */
export const NOT_INSTALLED: string | undefined =
  missing.length === 0
    ? undefined
    : `${missing.map(({ what, detail }) => `${what}: ${detail}`).join('; ')}: run tailproof linux install`;

if (NOT_INSTALLED !== undefined) {
  process.stderr.write(`tests with kernels are skipped: ${NOT_INSTALLED}\n`);
}
