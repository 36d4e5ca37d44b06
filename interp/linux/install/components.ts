// What a guest is made of: this project's own programs, QEMU where the system has none, and kernels.

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { InputError, InternalError } from '../../../model/errors.ts';
import type { Manifest } from './cache.ts';
import { cpioArchive, type ArchiveEntry } from './cpio.ts';
import { runTool, type ToolRun } from './tools.ts';
import { compareByNumbers, type LinuxVersion, VERSIONS } from './versions.ts';

export interface Component {
  /** Its folder in the cache. */
  readonly name: string;
  /** What it is made from, as far as that is known beforehand. */
  readonly from: string;
  /** What is being made, for people. */
  readonly what: string;
  make(folder: string, cache: string, context: ToolRun): Promise<Manifest['about']>;
}

const PROGRAMS = {
  init: ['init.c', 'wire.c', 'case.c', 'elements.c', 'runs.c', 'btf.c'],
  launch: ['launch.c'],
} as const;
const HEADERS = ['wire.h', 'case.h', 'btf.h'];

/** The sources of the guest's programs: they ship beside the compiled code. */
export function sourceFolder(): string {
  const here = import.meta.url;
  const folder = fileURLToPath(
    new URL(here.endsWith('.ts') ? '../guest/' : '../../../../interp/linux/guest/', here),
  );
  if (!existsSync(join(folder, PROGRAMS.init[0]))) {
    throw new InternalError(`the guest's sources are missing: ${folder}`);
  }
  return folder;
}

function sourcesHash(): string {
  const hash = createHash('sha256');
  const folder = sourceFolder();
  for (const name of [...PROGRAMS.init, ...PROGRAMS.launch, ...HEADERS]) {
    hash.update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

export function guestComponent(): Component {
  return {
    name: 'guest',
    from: sourcesHash(),
    what: 'the guest’s init and the launcher, with gcc',
    async make(folder, _cache, context) {
      const sources = sourceFolder();
      for (const [program, files] of Object.entries(PROGRAMS)) {
        await runTool(
          'gcc',
          [
            ...['-std=gnu11', '-O2', '-Wall', '-static', '-pthread', '-o', join(folder, program)],
            ...files.map((file) => join(sources, file)),
          ],
          { ...context, remedy: 'run apt-get install gcc libc6-dev' },
        );
      }
      const version = await runTool('gcc', ['--version'], context);
      return { gcc: version.split('\n')[0] ?? '' };
    },
  };
}

const APT_REMEDY = 'check the network, and run apt-get update as root';

/** Downloads packages into a folder and unpacks them there, without installing anything. */
async function unpackPackages(
  packages: readonly string[],
  folder: string,
  context: ToolRun,
): Promise<void> {
  const debs = join(folder, 'debs');
  mkdirSync(debs, { recursive: true });
  await runTool('apt-get', ['-q', 'download', ...packages], {
    ...context,
    folder: debs,
    remedy: APT_REMEDY,
  });
  for (const deb of readdirSync(debs)) {
    await runTool('dpkg', ['-x', join(debs, deb), folder], {
      ...context,
      remedy: 'the download may have broken off: try again',
    });
  }
  rmSync(debs, { recursive: true });
}

/** QEMU and the libraries that this system lacks, unpacked without root. */
export function qemuComponent(): Component {
  return {
    name: 'qemu',
    from: 'qemu-system-x86 1',
    what: 'QEMU and the libraries that are missing here, from Debian packages',
    async make(folder, _cache, context) {
      const plan = await runTool(
        'apt-get',
        ['-s', '-q', 'install', '--no-install-recommends', 'qemu-system-x86', 'seabios'],
        { ...context, remedy: APT_REMEDY },
      );
      const packages = [...plan.matchAll(/^Inst (\S+) (?:\[\S+\] )?\((\S+)/gm)].map(
        ([, name, version]) => `${name}=${version}`,
      );
      if (packages.length === 0) {
        throw new InputError(
          'apt-get has QEMU installed already, but it is not on PATH: add its folder, or reinstall qemu-system-x86',
        );
      }
      await unpackPackages(packages, folder, context);
      for (const unneeded of ['usr/share/doc', 'usr/share/man', 'usr/share/locale']) {
        rmSync(join(folder, unneeded), { recursive: true, force: true });
      }
      const qemu = packages.find((name) => name.startsWith('qemu-system-x86=')) ?? '';
      return { package: qemu, packages: String(packages.length) };
    },
  };
}

/** Where QEMU's libraries are inside of the component. */
export const QEMU_LIBRARIES = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'];
export const QEMU_BINARY = 'usr/bin/qemu-system-x86_64';

/** The modules of the channel, in the order in which they need each other; guest/init.c loads them. */
const MODULES = [
  'virtio_ring',
  'virtio',
  'virtio_pci_legacy_dev',
  'virtio_pci_modern_dev',
  'virtio_pci',
  'virtio_console',
];

export function kernelComponent(version: LinuxVersion): Component {
  return {
    name: `kernel-${version}`,
    from: sourcesHash(),
    what: `Linux ${version} from its Debian package, with an initial RAM disk`,
    async make(folder, cache, context) {
      const name = await newestPackage(version, context);
      const unpacked = join(folder, 'unpacked');
      await unpackPackages([name], unpacked, context);
      const image = find(join(unpacked, 'boot'), /^vmlinuz-/, name);
      renameSync(join(unpacked, 'boot', image), join(folder, 'vmlinuz'));
      const init = readFileSync(join(cache, 'guest', 'init'));
      const modules = await channelModules(unpacked, context);
      writeFileSync(join(folder, 'initrd.gz'), initialRamDisk(init, modules));
      rmSync(unpacked, { recursive: true });
      return { package: name, release: image.slice('vmlinuz-'.length) };
    },
  };
}

async function newestPackage(version: LinuxVersion, context: ToolRun): Promise<string> {
  const listed = await runTool(
    'apt-cache',
    ['search', '--names-only', `^linux-image-${version.replace('.', '\\.')}`],
    context,
  );
  const names = listed
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => VERSIONS[version].packages.test(name))
    .sort(compareByNumbers);
  const newest = names.at(-1);
  if (newest !== undefined) return newest;
  throw new InputError(
    `apt knows no cloud kernel of Linux ${version}; run apt-get update as root (Debian 12 with its security and updates archives has both kernels)`,
  );
}

function find(folder: string, pattern: RegExp, packageName: string): string {
  const found = existsSync(folder)
    ? readdirSync(folder).find((name) => pattern.test(name))
    : undefined;
  if (found !== undefined) return found;
  throw new InputError(`${packageName} holds no ${pattern.source}: try again`);
}

/** Those of the channel's modules that the kernel does not have built in, unpacked. */
async function channelModules(unpacked: string, context: ToolRun): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
  for (const module of MODULES) {
    const file = files.find(
      (path) => path.endsWith(`/${module}.ko`) || path.endsWith(`/${module}.ko.xz`),
    );
    if (file === undefined) continue;
    const path = join(unpacked, file);
    if (path.endsWith('.xz')) await runTool('xz', ['-d', path], context);
    const bytes = readFileSync(path.replace(/\.xz$/, ''));
    entries.push({ name: `modules/${module}.ko`, bytes });
  }
  return entries;
}

function initialRamDisk(init: Uint8Array, modules: readonly ArchiveEntry[]): Uint8Array {
  return gzipSync(
    cpioArchive([
      { name: 'dev' },
      { name: 'modules' },
      { name: 'init', bytes: init, executable: true },
      ...modules,
    ]),
  );
}
