// The kernels that can be installed, and what an engine's name says: `linux:6.12`, `linux:6.1/interp`.

import { InputError } from '../../../model/errors.ts';

interface Version {
  /** Debian's packages of this kernel for clouds; the newest is taken. */
  readonly packages: RegExp;
}

export const VERSIONS = {
  '6.1': { packages: /^linux-image-6\.1\.\d+-\d+-cloud-amd64$/ },
  '6.12': { packages: /^linux-image-6\.12\.\d+\+deb\d+-cloud-amd64$/ },
} as const satisfies Readonly<Record<string, Version>>;

export type LinuxVersion = keyof typeof VERSIONS;
export const VERSION_NAMES = Object.keys(VERSIONS) as LinuxVersion[];

/** @throws InputError naming those that there are. */
export function linuxVersion(name: string): LinuxVersion {
  if (name in VERSIONS) return name as LinuxVersion;
  throw new InputError(
    `there is no Linux ${JSON.stringify(name)} to install; there are ${VERSION_NAMES.join(' and ')}`,
  );
}

/** A kernel, and whether programs are compiled or interpreted on it. */
export interface LinuxTarget {
  /** As users name it. */
  readonly name: string;
  readonly version: LinuxVersion;
  readonly jit: boolean;
  /** The profile of the catalogue that says how tail calls behave there. */
  readonly profile: string;
}

const NAME = /^linux:([^/]*)(\/interp)?$/;

export function isLinuxName(name: string): boolean {
  return name.startsWith('linux:');
}

/** @throws InputError for a name that is no kernel's. */
export function linuxTarget(name: string): LinuxTarget {
  const found = NAME.exec(name);
  if (found === null) {
    throw new InputError(
      `there is no engine ${JSON.stringify(name)}; kernels are ${TARGET_NAMES.join(', ')}`,
    );
  }
  const version = linuxVersion(found[1]!);
  const jit = found[2] === undefined;
  return { name, version, jit, profile: `linux-${version}/${jit ? 'x86_64' : 'interp'}` };
}

/** All engines of this kind. */
export const TARGET_NAMES: readonly string[] = VERSION_NAMES.flatMap((version) => [
  `linux:${version}`,
  `linux:${version}/interp`,
]);

/** Orders package names by the numbers in them: 6.12.9 before 6.12.117. */
export function compareByNumbers(a: string, b: string): number {
  const numbers = (name: string) => (name.match(/\d+/g) ?? []).map(Number);
  const left = numbers(a);
  const right = numbers(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
