// Guests that do not come up, with scripts in the place of QEMU.

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Guest } from '../../../interp/linux/guest.ts';
import { temporaryDirectory } from '../../cli/temporary.ts';

function script(folder: string, name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Starts a "guest" whose QEMU is a script. */
async function boot(qemu: string, bootMs = 5000): Promise<Guest> {
  const folder = temporaryDirectory();
  return await Guest.start(
    {
      qemu: script(folder, 'qemu', qemu),
      launcher: script(folder, 'launch', 'shift; exec "$@"'),
      kernel: '/vmlinuz',
      initrd: '/initrd',
    },
    { bootMs },
  );
}

const GREETING = String.raw`printf '\012\000\000\000\003\000\000\0006.12.0' >&3`;

describe('a guest', () => {
  test('that greets is there', async () => {
    const guest = await boot(`${GREETING}\nexec sleep 60`);
    expect({ release: guest.release, alive: guest.alive }).toEqual({
      release: '6.12.0',
      alive: true,
    });
    await guest.kill();
    expect(guest.alive).toBe(false);
  });

  test('that dies at boot: with the end of its console', async () => {
    await expect(boot('echo VFS: cannot open root device; exit 1')).rejects.toThrow(
      /the guest ended while it booted; it said: VFS: cannot open root device; tailproof linux doctor/,
    );
  });

  test('that panics at boot', async () => {
    await expect(boot('echo "Kernel panic - not syncing: no init"')).rejects.toThrow(
      /the guest panicked while it booted/,
    );
  });

  test('that says nothing', async () => {
    await expect(boot('exec sleep 60', 300)).rejects.toThrow(/did not come up within 0 s/);
  });

  test('that speaks another version of the protocol', async () => {
    const other = GREETING.replace(String.raw`\003`, String.raw`\002`);
    await expect(boot(`${other}\nexec sleep 60`)).rejects.toThrow(/speaks version 2/);
  });

  test('that sends what are no frames', async () => {
    const guest = await boot(
      String.raw`${GREETING}; read x <&3; printf '\377\377\377\377garbage' >&3; exec sleep 60`,
    );
    const asked = guest.exchange([new TextEncoder().encode('\n')], 5000);
    await expect(asked).rejects.toThrow(/the guest failed: ended/);
    await guest.kill();
  });

  test('that hangs on a case, and what it had answered before', async () => {
    const guest = await boot(
      String.raw`${GREETING}; read x <&3; printf '\001\000\000\000A' >&3; exec sleep 60`,
    );
    const asked = guest.exchange([new TextEncoder().encode('\n'), Uint8Array.of(1)], 300);
    await expect(asked).rejects.toMatchObject({
      failure: { kind: 'hang' },
      replies: [Buffer.from('A')],
    });
    await guest.kill();
  });

  test('whose launcher is not there', async () => {
    const files = { qemu: '/none', launcher: '/none/launch', kernel: '/k', initrd: '/i' };
    await expect(Guest.start(files)).rejects.toThrow(/cannot start \/none\/launch/);
  });
});
