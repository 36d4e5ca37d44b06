// tailproof verify: verdicts for people and programs; kernels only where they are missing.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tailproof } from './fake-terminal.ts';
import { temporaryDirectory } from './temporary.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');

const TWO = `tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 3 }
programs:
  good: |
    r2 = map[jmp]
    r3 = 1
    call bpf_tail_call
    r0 = 3
    exit
  bad: |
    # reads a pointer's bytes
    r0 = 0
    r0 = *(u64 *)(r1 + 0)
    exit
`;

/** Writes one file and verifies it. @param argv behind the file. */
async function verify(text: string, argv: readonly string[] = []) {
  const folder = temporaryDirectory({ 'f.yaml': text });
  const { code, out, err } = await tailproof(['verify', join(folder, 'f.yaml'), ...argv]);
  return { code, err, out: out.replaceAll(`${folder}/`, '') };
}

const program = (asm: string, type = 'xdp') =>
  `tailproof: 1\ntype: ${type}\nprograms:\n  entry: |\n${asm.replace(/^/gm, '    ')}\n`;

describe('verdicts', () => {
  test('name the line of the assembly', async () => {
    const { code, out } = await verify(TWO);
    expect(code).toBe(1);
    expect(out).toBe(`f.yaml good  accepted by model
  work       5 instructions gone through, stack 0

f.yaml bad  rejected with EACCES by model
  message    invalid bpf_context access off=0 size=8
  at         f.yaml:15: r0 = *(u64 *)(r1 + 0)  (slot 1)
  work       2 instructions gone through, stack 0

2 programs: 1 accepted, 1 rejected
`);
  });

  test('are 0 where all programs are accepted', async () => {
    const { code, out } = await verify(TWO, ['--program', 'good']);
    expect(code).toBe(0);
    expect(out).toMatch(/\n1 program: 1 accepted\n$/);
  });

  test.each([
    ['jump out of range from insn 0 to 6', 'f.yaml:5: goto +5  (slot 0)', program('goto +5')],
    ['unreachable insn 1', 'f.yaml:6: r0 = 1  (slot 1)', program('exit\nr0 = 1\nexit')],
    ['frame pointer is read only', 'f.yaml:5: r10 = 0  (slot 0)', program('r10 = 0\nexit')],
  ])('are given on what no engine would run: %s', async (message, at, text) => {
    const { code, out } = await verify(text);
    expect(code).toBe(1);
    expect(out).toContain(`message    ${message}\n  at         ${at}\n`);
  });

  test('that prog arrays give have no message', async () => {
    const other = `
  other:
    attributes: { type: xdp }
    asm: "r1 = map[jmp]\\nr0 = 0\\nexit"
`;
    const { code, out } = await verify(TWO.replace(/ {2}bad:[\s\S]*/, other.slice(1)));
    expect(code).toBe(1);
    expect(out).toContain('f.yaml other  rejected with EINVAL by model\n  message    none\n');
  });

  test('depend on privileges', async () => {
    const leak = program('r0 = r10\nexit', 'socket_filter');
    expect(await verify(leak)).toMatchObject({ code: 0 });
    const { code, out } = await verify(leak, ['--unprivileged']);
    expect(code).toBe(1);
    expect(out).toContain('message    R0 leaks addr as return value\n');
  });

  test.each([
    ['a type that Linux does not have', program('exit', 'raw'), 'programs of type raw'],
    [
      'a kernel whose verifier is not modelled',
      `profile: linux-5.4/x86_64\n${program('r0 = 0\nexit')}`,
      'not modelled: the verifier of linux-5.4/x86_64',
    ],
    ['a helper', program('call bpf_get_smp_processor_id\nexit'), 'bpf_get_smp_processor_id'],
  ])('are not given on %s', async (_, text, reason) => {
    const { code, out } = await verify(text);
    expect(code).toBe(3);
    expect(out).toContain('not decided by model\n  reason     ');
    expect(out).toContain(reason);
  });
});

describe('the log', () => {
  test('of level 1 is the path that is refused', async () => {
    const { out } = await verify(TWO, ['--program', 'bad', '--log', '1']);
    expect(out).toContain(`
0: R1=ctx() R10=fp0
0: (b7) r0 = 0                        ; R0_w=0
1: (79) r0 = *(u64 *)(r1 +0)
invalid bpf_context access off=0 size=8
stack depth 0
processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`);
  });

  test('of level 2 has every state', async () => {
    const { out } = await verify(TWO, ['--program', 'good', '--log', '2']);
    expect(out).toContain('func#0 @0\n0: R1=ctx() R10=fp0\n0: (18) r2 = 0x0 ');
    expect(out).toContain('; R2_w=map_ptr(map=jmp,ks=4,vs=4)\n');
  });
});

describe('--json', () => {
  test('is one document', async () => {
    const { code, out } = await verify(TWO, ['--json', '--log', '1']);
    expect(code).toBe(1);
    const { engine, programs } = JSON.parse(out);
    expect(engine).toBe('model');
    expect(programs).toMatchObject([
      { file: 'f.yaml', program: 'good', kind: 'accepted', statistics: { processed: 5 } },
      {
        ...{ program: 'bad', kind: 'rejected', errno: 'EACCES', pc: 1, line: 15 },
        source: 'r0 = *(u64 *)(r1 + 0)',
        log: expect.stringContaining('invalid bpf_context access'),
      },
    ]);
  });

  test('has no log where none is asked for', async () => {
    const { programs } = JSON.parse((await verify(TWO, ['--json'])).out);
    expect(programs[0]).not.toHaveProperty('log');
  });
});

describe('files', () => {
  test('of a directory are its scenarios', async () => {
    const { out } = await tailproof(['verify', '--json', EXAMPLES]);
    const { programs } = JSON.parse(out) as { programs: { file: string }[] };
    const files = readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml'));
    expect(new Set(programs.map(({ file }) => file)).size).toBe(files.length);
  });

  test('of bytecode have no lines', async () => {
    const bytes = '79 10 00 00 00 00 00 00  95 00 00 00 00 00 00 00';
    const { code, out } = await verify(
      `{ tailproof: 1, type: xdp, programs: { entry: { bytes: "${bytes}" } } }`,
    );
    expect(code).toBe(1);
    expect(out).not.toContain('  at ');
  });

  test('come from standard input too', async () => {
    const { code, out } = await tailproof(['verify', '-'], { stdin: TWO });
    expect(code).toBe(1);
    expect(out).toContain('at         <stdin>:15: r0 = ');
  });

  test.each([
    ['a directory without scenarios', ['@'], '@: there is no scenario file in it'],
    ['no such program', ['@/f.yaml', '--program', 'god'], "there is no program 'god'"],
    ['no such engine', ['@/f.yaml', '--engine', 'vm'], 'there is no engine "vm"; there are model'],
    ['no such kernel', ['@/f.yaml', '--compare', 'linux:5.4'], 'there is no Linux "5.4"'],
  ])('%s: wrong input', async (what, argv, message) => {
    const folder = temporaryDirectory(what.startsWith('a directory') ? {} : { 'f.yaml': TWO });
    const at = (text: string) => text.replaceAll('@', folder);
    const { code, out, err } = await tailproof(['verify', ...argv.map(at)]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(at(message));
  });
});

describe('--compare', () => {
  test('of an engine with itself finds nothing', async () => {
    const { code, out } = await verify(TWO, ['--compare', 'model']);
    expect(code).toBe(0);
    expect(out).toMatch(/states +the same, in the order of the log\n/);
    expect(out).toMatch(/\n2 programs: 2 with the same verdict\n$/);
  });

  test('with a kernel that is not installed says how to install it', async () => {
    const folder = temporaryDirectory({ 'f.yaml': TWO });
    const env = { TAILPROOF_LINUX: join(folder, 'cache'), PATH: '' };
    for (const option of ['--compare', '--engine']) {
      const argv = ['verify', join(folder, 'f.yaml'), option, 'linux:6.12'];
      const { code, err } = await tailproof(argv, { env });
      expect(code).toBe(2);
      expect(err).toContain('run tailproof linux install 6.12');
    }
  });
});
