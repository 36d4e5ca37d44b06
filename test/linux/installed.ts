// Whether kernels are there to be tested with; without them tests are skipped, with the reason.

import process from 'node:process';
import {
  createLinuxEngines,
  diagnose,
  type LinuxEngines,
  type LinuxOptions,
  TARGET_NAMES,
} from '../../interp/linux/index.ts';

const missing = diagnose(process.env).filter(({ state }) => state !== 'ready');

/** Why tests with kernels cannot run, or undefined. */
export const NOT_INSTALLED: string | undefined =
  missing.length === 0
    ? undefined
    : `${missing.map(({ what, detail }) => `${what}: ${detail}`).join('; ')}: run tailproof linux install`;

if (NOT_INSTALLED !== undefined) {
  process.stderr.write(`tests with kernels are skipped: ${NOT_INSTALLED}\n`);
}

/** All four engines; none where kernels are missing, because the body of a skipped group runs all the same. */
export function installedEngines(options: LinuxOptions): LinuxEngines {
  if (NOT_INSTALLED === undefined) return createLinuxEngines(TARGET_NAMES, process.env, options);
  return { engines: [], close: async () => {} };
}
