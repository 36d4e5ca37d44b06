// Kernels on the command line, where there are none.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tailproof } from './fake-terminal.ts';
import { temporaryDirectory } from './temporary.ts';

const SCENARIO = `tailproof: 1
type: xdp
programs: { entry: "r0 = 2\\nexit" }
run: { packet: "${'00 '.repeat(14)}" }
`;

/** A cache folder without anything in it, and no tools. */
function nothing() {
  const folder = temporaryDirectory({ 'one.yaml': SCENARIO });
  return {
    folder,
    file: join(folder, 'one.yaml'),
    env: { TAILPROOF_LINUX: join(folder, 'cache'), PATH: '' },
  };
}

describe('a kernel that is not installed', () => {
  test('for run', async () => {
    const { file, env } = nothing();
    const { code, err } = await tailproof(['run', '--engines', 'interp,linux:6.12', file], { env });
    expect(code).toBe(2);
    expect(err).toMatch(/linux:6.12: guest is not installed; run tailproof linux install 6.12\n$/);
  });

  test('for fuzz', async () => {
    const { folder, env } = nothing();
    const out = join(folder, 'findings');
    const { code, err } = await tailproof(
      ['fuzz', '--engines', 'interp,linux:6.1/interp', '--seed', '1', '--runs', '1', '--out', out],
      { env },
    );
    expect(code).toBe(2);
    expect(err).toContain('run tailproof linux install 6.1');
  });

  test('for facts', async () => {
    const { env } = nothing();
    const { code, err } = await tailproof(['linux', 'facts', 'linux:6.1'], { env });
    expect(code).toBe(2);
    expect(err).toContain('run tailproof linux install 6.1');
  });

  test('doctor says so', async () => {
    const { env } = nothing();
    const { code, out } = await tailproof(['linux', 'doctor'], { env });
    expect(code).toBe(3);
    expect(out).toMatch(/kernel-6.12 +missing +not installed\n/);
    const json = await tailproof(['linux', 'doctor', '--json'], { env });
    expect(JSON.parse(json.out)).toMatchObject({ ready: false });
  });

  test('install needs its tools', async () => {
    const { env } = nothing();
    const { code, err } = await tailproof(['linux', 'install'], { env });
    expect(code).toBe(2);
    expect(err).toMatch(/^tailproof: apt-get is not on PATH; kernels come from Debian packages/);
  });
});

describe('engines that there are not', () => {
  test.each([
    ['interp,vm', /--engines: there is no engine "vm"; there are interp, smt, linux:6.1,/],
    ['interp,linux:5.4', /there is no Linux "5.4" to install; there are 6.1 and 6.12/],
    ['linux:6.12', /a kernel is compared with a model: name interp or smt too/],
  ])('%s', async (list, message) => {
    const { file, env } = nothing();
    const { code, err } = await tailproof(['run', '--engines', list, file], { env });
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  test('a version that there is not', async () => {
    const { env } = nothing();
    const { code, err } = await tailproof(['linux', 'install', '6.6'], { env });
    expect(code).toBe(2);
    expect(err).toContain('there is no Linux "6.6" to install; there are 6.1 and 6.12');
  });

  test('--engine and --engines exclude each other', async () => {
    const { file } = nothing();
    const { code } = await tailproof(['run', '--engine', 'smt', '--engines', 'interp', file]);
    expect(code).toBe(2);
  });
});

test('--engines with models only is what --engine is', async () => {
  const { file, env } = nothing();
  const { code, out } = await tailproof(['run', '--engines', 'interp,smt', file], { env });
  expect(code).toBe(0);
  expect(out).toContain('interp and smt agree to the bit');
});
