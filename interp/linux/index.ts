// Real kernels as engines, and their installation.

export {
  bootOnce,
  createLinuxEngines,
  type LinuxEngine,
  type LinuxEngines,
  type LinuxOptions,
} from './engine.ts';
export type { Failure, FailureKind } from './guest.ts';
export { cacheFolder, type LinuxEnvironment } from './install/cache.ts';
export { type Diagnosis, diagnose, guestFiles, installLinux } from './install/install.ts';
export {
  isLinuxName,
  linuxTarget,
  type LinuxTarget,
  linuxVersion,
  type LinuxVersion,
  TARGET_NAMES,
  VERSION_NAMES,
} from './install/versions.ts';
export type { KernelExit, KernelOutcome } from './kernel-outcome.ts';
export type { Incident } from './pool.ts';
