// Real kernels: they do what the model says, they differ where that is known, and nothing that happens to a guest
// loses a result or leaves a process behind.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { createCampaignModel } from './model.ts';
import { compareWithKernel } from '../../fuzz/kernel/compare.ts';
import { runKernelCampaign, scenarioForKernel } from '../../fuzz/kernel/campaign.ts';
import { differences, factsMarkdown, observeFacts } from '../../fuzz/kernel/facts/report.ts';
import { TARGET_NAMES } from '../../interp/linux/index.ts';
import { parseVerifierLog, statesBefore } from '../../interp/linux/log/parse.ts';
import { profileNamed } from '../../model/profiles/catalogue.ts';
import { parseScenario } from '../../model/scenario/read.ts';
import { temporaryDirectory } from '../cli/temporary.ts';
import { installedEngines, NOT_INSTALLED } from './installed.ts';

const ROOT = join(import.meta.dirname, '../..');
const known = (name: string) =>
  parseScenario(readFileSync(join(import.meta.dirname, 'known', `${name}.yaml`), 'utf8'));

describe.skipIf(NOT_INSTALLED !== undefined)('kernels', () => {
  const linux = installedEngines({ guests: 1, silenceMs: 10_000 });
  const engine = (name: string) => linux.engines.find((one) => one.name === name)!;
  const model = createCampaignModel();
  afterAll(() => linux.close());

  test.each(TARGET_NAMES)('%s does what the model says', async (name) => {
    const kernel = engine(name);
    const options = { models: [model], kernels: [kernel], seed: 3, runs: 200, lanes: 1 };
    const report = await runKernelCampaign(options);
    expect(report.findings.map(({ text }) => text)).toEqual([]);
    // At least 70 % are to be accepted.
    expect(report.kernels[0]!.compared).toBeGreaterThan(140);
  });

  test('a fault in the model is found, and made small', async () => {
    const faulty = createCampaignModel('interp/xor32-keeps-upper-half');
    const options = { models: [faulty], kernels: [engine('linux:6.12')], seed: 5, runs: 300 };
    const { findings } = await runKernelCampaign({ ...options, lanes: 1, findingsMax: 1 });
    expect(findings).toHaveLength(1);
    expect(findings[0]!.instructions).toBeLessThan(15);
  });

  test('facts are what the profiles say, and what docs/linux-facts.md says', async () => {
    const tables = await observeFacts(linux.engines);
    expect(differences(tables)).toEqual([]);
    const page = readFileSync(join(ROOT, 'docs/linux-facts.md'), 'utf8');
    expect(factsMarkdown(tables)).toBe(page);
  });

  test.each([
    ['success-path', 'linux:6.12', 1],
    ['success-path', 'linux:6.1', 1],
    ['signed-fill', 'linux:6.12', 2],
  ] as const)('known difference: %s on %s', async (name, kernelName, retval) => {
    const kernel = engine(kernelName);
    const scenario = { ...known(name), profile: profileNamed(kernel.profile) };
    const [outcome] = await kernel.run([scenario]);
    expect(outcome).toMatchObject({ kind: 'exit', retval });
    expect(compareWithKernel(model.run(scenario), outcome!).verdict).toBe('differ');
  });

  test.each(['linux:6.12', 'linux:6.1'])('mended: array-update-flags on %s', async (kernelName) => {
    const kernel = engine(kernelName);
    const scenario = { ...known('array-update-flags'), profile: profileNamed(kernel.profile) };
    const [outcome] = await kernel.run([scenario]);
    expect(outcome).toMatchObject({ kind: 'exit', retval: 0xffff_ffef });
    expect(compareWithKernel(model.run(scenario), outcome!).verdict).toBe('equal');
  });

  test('known difference: the interpreter’s stack; a panic is recorded, and the rest is run', async () => {
    const kernel = engine('linux:6.12/interp');
    const fine = { ...known('array-update-flags'), profile: profileNamed(kernel.profile) };
    const outcomes = await kernel.run([fine, known('interpreter-stack'), fine]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['exit', 'failed', 'exit']);
    expect(outcomes[1]).toMatchObject({
      failure: 'panic',
      console: expect.stringContaining('panic'),
    });
    expect(kernel.incidents.at(-1)).toMatchObject({ repeated: true });
  });

  test('a program that does not end hangs its guest, and no other case', async () => {
    const kernel = engine('linux:6.1');
    const endless = parseScenario(`tailproof: 1
profile: linux-6.1/x86_64
type: xdp
maps: { jmp: { type: prog_array, max_entries: 1, entries: { 0: entry } } }
programs:
  entry: |
    r6 = r1
    call tail
    r1 = r6
    call tail
    r0 = 1
    exit
    tail:
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 0
    exit
run: { packet: "${'00 '.repeat(14)}" }
`);
    const fine = { ...known('array-update-flags'), profile: profileNamed(kernel.profile) };
    const outcomes = await kernel.run([endless, fine]);
    expect(outcomes[0]).toMatchObject({ kind: 'failed', failure: 'hang' });
    expect(outcomes[1]).toMatchObject({ kind: 'exit' });
  });

  test.each(['linux:6.1', 'linux:6.12'])(
    'the log of %s has a state for each instruction',
    async (name) => {
      const kernel = engine(name);
      const { caseOf } = await import('../../interp/linux/scenario-case.ts');
      const { ReplyReader } = await import('../../interp/linux/wire.ts');
      for (let run = 0; run < 20; run++) {
        const { maps, ...scenario } = scenarioForKernel(3, run, kernel);
        const empty = maps.map((map) => ({ ...map, entries: [] }));
        const settings = { jit: true, logLevel: 2, logMax: 1 << 24 } as const;
        const [result] = await kernel.cases([caseOf({ ...scenario, maps: empty }, settings)]);
        expect(result).toHaveProperty('reply');
        const reader = new ReplyReader('reply' in result! ? result.reply : new Uint8Array());
        for (let status = 0; status < 1 + maps.length; status++) expect(reader.status()).toBe(0);
        expect(reader.status()).toBe(0);
        const log = parseVerifierLog(reader.log());
        // A way that ends where the verifier has been before counts as an instruction too.
        const pruned = log.events.filter((event) => event.kind === 'pruned').length;
        expect(statesBefore(log).length + pruned).toBe(log.processed);
        // Every instruction has the context's register or what took its place.
        for (const { registers } of statesBefore(log)) expect(registers.has(10)).toBe(true);
      }
    },
  );
});

/** A process that starts a guest and prints its process id, then sleeps. */
const KEEPER = `
import { Guest } from '${ROOT}/dist/interp/linux/guest.js';
import { guestFiles } from '${ROOT}/dist/interp/linux/index.js';
const guest = await Guest.start(guestFiles('6.12', process.env));
console.log(guest.pid);
setInterval(() => {}, 1000);
`;

const gone = async (pid: number) => {
  for (let tries = 0; tries < 100 && existsSync(`/proc/${pid}`); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return !existsSync(`/proc/${pid}`);
};

describe.skipIf(NOT_INSTALLED !== undefined)('a guest', () => {
  test.each(['SIGKILL', 'SIGTERM'] as const)('ends with its host that gets %s', async (signal) => {
    const file = join(temporaryDirectory(), 'keeper.mjs');
    writeFileSync(file, KEEPER);
    const host = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => {
      host.stdout.once('data', (text: Buffer) => resolve(Number(text.toString())));
    });
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    host.kill(signal);
    expect(await gone(pid)).toBe(true);
  });

  test('that is killed loses no result', async () => {
    const { Guest } = await import('../../interp/linux/guest.ts');
    const { guestFiles } = await import('../../interp/linux/index.ts');
    const { GuestPool } = await import('../../interp/linux/pool.ts');
    const { caseOf } = await import('../../interp/linux/scenario-case.ts');
    const guests: { pid: number | undefined }[] = [];
    const pool = new GuestPool(
      async () => {
        const guest = await Guest.start(guestFiles('6.12', process.env));
        guests.push(guest);
        return guest;
      },
      { guests: 1 },
    );
    const one = caseOf(known('success-path'), { jit: true });
    await pool.run([one]);
    const running = pool.run(Array.from({ length: 400 }, () => one));
    setTimeout(() => process.kill(guests[0]!.pid!, 'SIGKILL'), 50);
    const results = await running;
    expect(results.filter((result) => 'reply' in result)).toHaveLength(400);
    expect(pool.incidents).toHaveLength(1);
    await pool.close();
    for (const { pid } of guests) expect(await gone(pid!)).toBe(true);
  });
});

describe.skipIf(NOT_INSTALLED !== undefined)('the command', () => {
  const cli = (args: readonly string[], cwd: string) =>
    spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args], { cwd, stdio: 'pipe' });
  const ended = (child: ReturnType<typeof cli>) => {
    let out = '';
    child.stdout.on('data', (text: Buffer) => {
      out += text;
    });
    return new Promise<{ code: number | null; out: string }>((resolve) => {
      child.once('close', (code) => resolve({ code, out }));
    });
  };

  test('fuzz ends cleanly at Ctrl-C', async () => {
    let asked = false;
    const child = cli(
      ['fuzz', '--engines', 'interp,linux:6.12', '--seed', '1', '--json'],
      temporaryDirectory(),
    );
    child.stdout.on('data', (text: Buffer) => {
      // Once: a second one ends the process at once.
      if (!asked && text.includes('"progress"')) asked = child.kill('SIGINT');
    });
    const { code, out } = await ended(child);
    expect(code).toBe(130);
    expect(out).toContain('"ended":"aborted"');
  });

  test('fuzz loses no finding when its disk is full', async () => {
    const folder = temporaryDirectory();
    const args = [
      'fuzz',
      '--engines',
      'interp,linux:6.12',
      '--seed',
      '5',
      '--runs',
      '300',
      '--fault',
      'interp/xor32-keeps-upper-half',
    ];
    // No file may grow at all: what a full disk does to every write.
    const line = `ulimit -f 0; exec "$0" "$@"`;
    const child = spawn(
      'bash',
      ['-c', line, process.execPath, join(ROOT, 'dist/cli/main.js'), ...args],
      {
        cwd: folder,
        stdio: 'pipe',
      },
    );
    const { code, out } = await ended(child);
    expect(code).toBe(2);
    expect(out).toContain('tailproof: 1');
    expect(out).toContain('# found by: tailproof fuzz');
  });
});
