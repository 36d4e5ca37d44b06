// Makes what is missing or damaged in the cache, and says what a guest can be started from.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../model/errors.ts';
import type { GuestFiles } from '../guest.ts';
import {
  cacheFolder,
  type ComponentState,
  fileProblem,
  inspect,
  type LinuxEnvironment,
  type Manifest,
  replaceComponent,
} from './cache.ts';
import {
  type Component,
  guestComponent,
  kernelComponent,
  QEMU_BINARY,
  QEMU_LIBRARIES,
  qemuComponent,
} from './components.ts';
import { findTool, needTool } from './tools.ts';
import { type LinuxVersion, VERSION_NAMES } from './versions.ts';

export interface InstallEvents {
  /** A component is about to be made, because of what was found instead of it. */
  readonly onMaking?: (component: Component, found: ComponentState | 'outdated') => void;
  readonly onReady?: (component: Component, about: Manifest['about']) => void;
}

const QEMU = 'qemu-system-x86_64';

function componentsFor(versions: readonly LinuxVersion[], env: LinuxEnvironment): Component[] {
  const qemu = findTool(QEMU, env) === undefined ? [qemuComponent()] : [];
  return [guestComponent(), ...qemu, ...versions.map(kernelComponent)];
}

/**
 * Installs kernels and what they need into the cache; what is whole already is left as it is.
 * @throws InputError with the remedy when something is missing, or a download or the disk fails.
 */
export async function installLinux(
  versions: readonly LinuxVersion[],
  env: LinuxEnvironment,
  events: InstallEvents = {},
  signal?: AbortSignal,
): Promise<void> {
  const cache = cacheFolder(env);
  for (const tool of ['apt-get', 'apt-cache', 'dpkg', 'gcc']) needTool(tool, env);
  try {
    mkdirSync(cache, { recursive: true });
  } catch (error) {
    throw fileProblem(error, cache);
  }
  for (const component of componentsFor(versions, env)) {
    const found = inspect(join(cache, component.name), true);
    const ready = found.state === 'ready' && found.manifest.from === component.from;
    if (ready) {
      events.onReady?.(component, found.manifest.about);
      continue;
    }
    events.onMaking?.(component, found.state === 'ready' ? 'outdated' : found);
    const { about } = await replaceComponent(cache, component.name, async (folder) => ({
      from: component.from,
      about: await component.make(folder, cache, {
        env,
        ...(signal === undefined ? {} : { signal }),
      }),
    }));
    events.onReady?.(component, about);
  }
}

/** One line of what `doctor` says. */
export interface Diagnosis {
  readonly what: string;
  readonly state: 'ready' | 'missing' | 'damaged' | 'outdated';
  readonly detail: string;
}

/** What is there and what is missing; reads all files of the cache. */
export function diagnose(env: LinuxEnvironment): Diagnosis[] {
  const cache = cacheFolder(env);
  const system = findTool(QEMU, env);
  const qemu: Diagnosis[] =
    system === undefined ? [] : [{ what: 'qemu', state: 'ready', detail: system }];
  return [
    ...qemu,
    ...componentsFor(VERSION_NAMES, env).map((component) => diagnosis(component, cache)),
  ];
}

function diagnosis({ name, from }: Component, cache: string): Diagnosis {
  const found = inspect(join(cache, name), true);
  switch (found.state) {
    case 'missing':
      return { what: name, state: 'missing', detail: 'not installed' };
    case 'damaged':
      return { what: name, state: 'damaged', detail: found.reason };
    case 'ready':
      return found.manifest.from === from
        ? { what: name, state: 'ready', detail: Object.values(found.manifest.about).join(', ') }
        : { what: name, state: 'outdated', detail: 'made by another version of tailproof' };
  }
}

/** The remedy for a kernel that cannot be used. */
export function installCommand(version: LinuxVersion): string {
  return `run tailproof linux install ${version}`;
}

/**
 * What a guest of a version is started from.
 * @throws InputError with the remedy when it is not installed, damaged, or of another version of tailproof.
 */
export function guestFiles(version: LinuxVersion, env: LinuxEnvironment): GuestFiles {
  const cache = cacheFolder(env);
  const system = findTool(QEMU, env);
  const components = componentsFor([version], env);
  for (const component of components) {
    const found = inspect(join(cache, component.name), false);
    const problem =
      found.state === 'missing'
        ? 'is not installed'
        : found.state === 'damaged'
          ? `is damaged: ${found.reason}`
          : found.manifest.from === component.from
            ? undefined
            : 'was made by another version of tailproof';
    if (problem === undefined) continue;
    throw new InputError(
      `linux:${version}: ${component.name} ${problem}; ${installCommand(version)}`,
      {
        file: cache,
      },
    );
  }
  const own = join(cache, 'qemu');
  const kernel = join(cache, `kernel-${version}`);
  return {
    launcher: join(cache, 'guest', 'launch'),
    kernel: join(kernel, 'vmlinuz'),
    initrd: join(kernel, 'initrd.gz'),
    ...(system === undefined
      ? {
          qemu: join(own, QEMU_BINARY),
          libraries: QEMU_LIBRARIES.map((folder) => join(own, folder)).join(':'),
        }
      : { qemu: system }),
  };
}
