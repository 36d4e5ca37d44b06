// The installation with tools of our own on PATH: what it makes, what it says when something is wrong, and that
// nothing half-written stays.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LinuxEnvironment } from '../../../interp/linux/install/cache.ts';
import { replaceComponent } from '../../../interp/linux/install/cache.ts';
import { diagnose, guestFiles, installLinux } from '../../../interp/linux/install/install.ts';
import { compareByNumbers, linuxTarget } from '../../../interp/linux/install/versions.ts';

const SYSTEM = ['sh', 'cat', 'mkdir', 'echo', 'touch', 'sleep'];

/** Tools that do what the real ones do, as far as an installation can tell. */
const TOOLS: Readonly<Record<string, string>> = {
  'apt-get': `case "$*" in
  *-s*) echo "Inst qemu-system-x86 (1:7.2 Debian:12 [amd64])"; echo "Inst seabios (1.16 Debian:12 [all])";;
  *) echo deb > package.deb;;
esac`,
  'apt-cache': `echo "linux-image-6.1.0-9-cloud-amd64 - Linux"
echo "linux-image-6.1.0-56-cloud-amd64 - Linux"
echo "linux-image-6.1.0-56-amd64 - Linux"
echo "linux-image-6.12.117+deb12-cloud-amd64 - Linux"`,
  dpkg: `mkdir -p "$3/boot" "$3/usr/bin" "$3/lib/modules/x/kernel"
echo kernel > "$3/boot/vmlinuz-test"; echo qemu > "$3/usr/bin/qemu-system-x86_64"
echo module > "$3/lib/modules/x/kernel/virtio.ko"`,
  gcc: `while [ $# -gt 0 ]; do if [ "$1" = -o ]; then echo program > "$2"; fi; shift; done; echo gcc 1`,
};

let folder: string;
let bin: string;
let env: LinuxEnvironment & { readonly TAILPROOF_LINUX: string };

function tool(name: string, body: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(bin, name), 0o755);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tailproof-test-'));
  bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [name, body] of Object.entries(TOOLS)) tool(name, body);
  // Only what the scripts themselves need is taken from the system, by its full path.
  for (const name of SYSTEM) {
    const found = ['/bin', '/usr/bin']
      .map((path) => join(path, name))
      .find((path) => existsSync(path));
    if (found !== undefined) tool(name, `exec ${found} "$@"`);
  }
  env = { PATH: bin, TAILPROOF_LINUX: join(folder, 'cache') };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const leftovers = () =>
  existsSync(env.TAILPROOF_LINUX)
    ? readdirSync(env.TAILPROOF_LINUX).filter((name) => name.startsWith('.'))
    : [];

describe('an installation', () => {
  test('makes everything once', async () => {
    const made: string[] = [];
    const onMaking = ({ name }: { name: string }) => made.push(name);
    await installLinux(['6.1'], env, { onMaking });
    await installLinux(['6.1', '6.12'], env, { onMaking });
    expect(made).toEqual(['guest', 'qemu', 'kernel-6.1', 'kernel-6.12']);
    expect(diagnose(env).every(({ state }) => state === 'ready')).toBe(true);
    expect(guestFiles('6.12', env).kernel).toBe(
      join(env.TAILPROOF_LINUX, 'kernel-6.12', 'vmlinuz'),
    );
    expect(leftovers()).toEqual([]);
  });

  test('takes the newest package, by its numbers', async () => {
    await installLinux(['6.1'], env);
    const kernel = diagnose(env).find(({ what }) => what === 'kernel-6.1');
    expect(kernel?.detail).toContain('linux-image-6.1.0-56-cloud-amd64');
  });

  test('uses the QEMU of the system where there is one', async () => {
    tool('qemu-system-x86_64', 'exit 0');
    await installLinux(['6.1'], env);
    expect(existsSync(join(env.TAILPROOF_LINUX, 'qemu'))).toBe(false);
    expect(guestFiles('6.1', env).qemu).toBe(join(bin, 'qemu-system-x86_64'));
  });

  test('makes what was damaged again', async () => {
    await installLinux(['6.1'], env);
    truncateSync(join(env.TAILPROOF_LINUX, 'kernel-6.1', 'initrd.gz'), 3);
    expect(() => guestFiles('6.1', env)).toThrow(
      /kernel-6.1 is damaged: initrd.gz has 3 bytes instead of \d+; run tailproof linux install 6.1/,
    );
    const made: unknown[] = [];
    await installLinux(['6.1'], env, { onMaking: ({ name }, found) => made.push([name, found]) });
    expect(made).toMatchObject([['kernel-6.1', { state: 'damaged' }]]);
    expect(() => guestFiles('6.1', env)).not.toThrow();
  });

  test('sees other contents of the same size only when it reads them', async () => {
    await installLinux(['6.1'], env);
    writeFileSync(join(env.TAILPROOF_LINUX, 'kernel-6.1', 'vmlinuz'), 'kernex\n');
    expect(() => guestFiles('6.1', env)).not.toThrow();
    expect(diagnose(env)).toContainEqual({
      what: 'kernel-6.1',
      state: 'damaged',
      detail: 'vmlinuz has other contents',
    });
  });

  test('a folder without a manifest is half-written', async () => {
    await installLinux(['6.1'], env);
    rmSync(join(env.TAILPROOF_LINUX, 'guest', 'manifest.json'));
    expect(() => guestFiles('6.1', env)).toThrow(
      /guest is damaged: its manifest is missing or cut off/,
    );
  });
});

describe('an installation that cannot', () => {
  test.each(['apt-get', 'apt-cache', 'dpkg', 'gcc'])('without %s', async (name) => {
    rmSync(join(bin, name));
    await expect(installLinux(['6.1'], env)).rejects.toThrow(
      new RegExp(`^${name} is not on PATH; .+`),
    );
  });

  test('find the kernel', async () => {
    tool('apt-cache', 'true');
    await expect(installLinux(['6.12'], env)).rejects.toThrow(
      /apt knows no cloud kernel of Linux 6.12; run apt-get update as root/,
    );
    expect(leftovers()).toEqual([]);
  });

  test('finish a download that breaks off', async () => {
    tool('qemu-system-x86_64', 'exit 0');
    tool(
      'apt-get',
      'echo "E: Failed to fetch http://host/x.deb  Connection timed out" >&2; exit 100',
    );
    await expect(installLinux(['6.1'], env)).rejects.toThrow(
      /apt-get -q download .*: E: Failed to fetch .* Connection timed out; check the network/,
    );
    expect(leftovers()).toEqual([]);
    expect(existsSync(join(env.TAILPROOF_LINUX, 'kernel-6.1'))).toBe(false);
  });

  test('unpack a package that is cut off', async () => {
    tool('dpkg', 'echo "dpkg-deb: error: unexpected end of file" >&2; exit 2');
    await expect(installLinux(['6.1'], env)).rejects.toThrow(
      /unexpected end of file; the download may have broken off: try again/,
    );
  });

  test('compile', async () => {
    tool('gcc', 'echo "init.c:1: fatal error: linux/bpf.h: No such file" >&2; exit 1');
    await expect(installLinux(['6.1'], env)).rejects.toThrow(/linux\/bpf.h.*libc6-dev/);
  });

  test('write, because the disk is full', async () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const making = replaceComponent(env.TAILPROOF_LINUX, 'thing', async (folder) => {
      writeFileSync(join(folder, 'half'), 'x');
      throw full;
    });
    await expect(making).rejects.toThrow(/the disk is full; TAILPROOF_LINUX names another folder/);
    expect(readdirSync(env.TAILPROOF_LINUX)).toEqual([]);
  });

  test('use a folder that is a file', async () => {
    writeFileSync(env.TAILPROOF_LINUX, '');
    await expect(installLinux(['6.1'], env)).rejects.toThrow(/a part of the path is no folder/);
  });

  test('go on after Ctrl-C', async () => {
    tool('gcc', 'sleep 30');
    const controller = new AbortController();
    const installing = installLinux(['6.1'], env, {}, controller.signal);
    setTimeout(() => controller.abort(), 100);
    await expect(installing).rejects.toThrow(/abort/i);
    expect(leftovers()).toEqual([]);
  });

  test('know where to keep things', () => {
    expect(() => diagnose({ PATH: bin })).toThrow(/set TAILPROOF_LINUX to a folder/);
  });
});

describe('names', () => {
  test('of engines', () => {
    expect(linuxTarget('linux:6.1/interp')).toEqual({
      name: 'linux:6.1/interp',
      version: '6.1',
      jit: false,
      profile: 'linux-6.1/interp',
    });
    expect(linuxTarget('linux:6.12')).toMatchObject({ jit: true, profile: 'linux-6.12/x86_64' });
    expect(() => linuxTarget('linux:5.4')).toThrow(
      /there is no Linux "5.4" to install; there are 6.1 and 6.12/,
    );
    expect(() => linuxTarget('linux:6.1/jit')).toThrow(/there is no engine "linux:6.1\/jit"/);
  });

  test('of packages are ordered by number', () => {
    const names = ['a-6.12.117', 'a-6.12.9', 'a-6.12.100'];
    expect(names.sort(compareByNumbers)).toEqual(['a-6.12.9', 'a-6.12.100', 'a-6.12.117']);
  });
});

test('a PATH of several folders is searched in order', async () => {
  const path = [join(bin, 'none'), bin].join(delimiter);
  await installLinux(['6.1'], { ...env, PATH: path });
  expect(existsSync(join(env.TAILPROOF_LINUX, 'kernel-6.1'))).toBe(true);
});
