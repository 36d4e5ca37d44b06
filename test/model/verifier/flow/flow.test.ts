// The structure of programs. Verdicts and messages were observed on 6.12.117 and, where it is said, 6.1.192.

import { describe, expect, it } from 'vitest';
import { FLOW } from '../../../../model/verifier/flow/facts.ts';
import { FLOW_PART } from '../../../../model/verifier/flow/flow.ts';
import { Log } from '../../../../model/verifier/log/log.ts';
import type { Parts } from '../../../../model/verifier/parts.ts';
import { VERIFIER_RULES, type VerifierVersion } from '../../../../model/verifier/rules.ts';
import { scalarDomain } from '../../../../model/verifier/scalars.ts';
import type { Subject } from '../../../../model/verifier/subject.ts';
import { NotModelled, Rejection, Verification } from '../../../../model/verifier/verification.ts';
import { arrays, subjectOf, UNPRIVILEGED } from '../subjects.ts';

const EMPTY_PROGRAM = { code: [], functions: [0] };
const PARTS = { flow: FLOW_PART } as unknown as Parts;

function verificationOf(subject: Subject, version: VerifierVersion = 'linux-6.12'): Verification {
  const rules = VERIFIER_RULES[version];
  return new Verification(subject, rules, scalarDomain(rules.domain), PARTS, new Log(2));
}

/** `EINVAL unreachable insn 2`, the reason why a program is not modelled, or `fine`. */
function verdictOf(subject: Subject, version?: VerifierVersion): string {
  const v = verificationOf(subject, version);
  try {
    FLOW_PART.checkSize(v);
    v.flow = FLOW_PART.facts(v);
    return 'fine';
  } catch (error) {
    if (error instanceof Rejection) return `${error.errno} ${error.message}`.trim();
    if (error instanceof NotModelled) return `unsupported: ${error.reason}`;
    throw error;
  }
}

const check = (text: string, options: Partial<Subject> = {}, version?: VerifierVersion) =>
  verdictOf(subjectOf(text, options), version);

const unprivileged = (text: string) => check(text, UNPRIVILEGED);

function repeated(line: string, count: number): string {
  return `${line}\n`.repeat(count);
}

describe('size', () => {
  it('is from one instruction on', () => {
    expect(verdictOf({ ...subjectOf('exit'), program: EMPTY_PROGRAM })).toBe('E2BIG');
  });

  it.each([
    [4095, 'fine'],
    [4096, 'E2BIG'],
  ])('without privileges is up to 4096: %d and an exit', (count, verdict) => {
    expect(unprivileged(`${repeated('r0 = 0', count)}exit`)).toBe(verdict);
  });

  it.each([
    [999_999, 'fine'],
    [1_000_000, 'E2BIG'],
  ])('with privileges is up to a million: %d and an exit', (count, verdict) => {
    const [r0, exit] = subjectOf('r0 = 0; exit').program.code;
    const program = { code: [...new Array(count).fill(r0), exit], functions: [0] };
    expect(verdictOf({ ...subjectOf('exit'), program })).toBe(verdict);
  });

  it('counts a wide instruction twice', () => {
    expect(unprivileged(`${repeated('r1 = 5 ll', 2047)}r0 = 0\nexit`)).toBe('fine');
    expect(unprivileged(`${repeated('r1 = 5 ll', 2048)}exit`)).toBe('E2BIG');
  });

  it('is found before the type', () => {
    expect(check('r0 = 0; exit', { type: 'xdp', privileged: false })).toBe('EPERM');
    const long = `${repeated('r0 = 0', 4096)}exit`;
    expect(check(long, { type: 'xdp', privileged: false })).toBe('E2BIG');
  });
});

describe('jumps', () => {
  it.each([
    ['r0 = 1; if r0 == 1 goto +10; exit', 'EINVAL jump out of range from insn 1 to 12'],
    ['r0 = 1; if r0 == 1 goto -10; exit', 'EINVAL jump out of range from insn 1 to -8'],
    ['r0 = 1; if r0 == 1 goto +1; exit', 'EINVAL jump out of range from insn 1 to 3'],
    ['r0 = 1; if r0 == 1 goto +0; exit', 'fine'],
    ['r0 = 0; gotol +1; exit', 'EINVAL jump out of range from insn 1 to 3'],
    ['r0 = 0; gotol +0; exit', 'fine'],
    ['r0 = 0; may_goto +1; exit', 'EINVAL jump out of range from insn 1 to 3'],
    // Into another function, and back out of it.
    [
      'r0 = 1; if r0 == 1 goto l; call f; exit; f: r0 = 1; l: r0 = 2; exit',
      'EINVAL jump out of range from insn 1 to 5',
    ],
    ['r0 = 1; call f; l: exit; f: r0 = 1; goto l', 'EINVAL jump out of range from insn 4 to 2'],
  ])('stay in their function: %s', (text, verdict) => {
    expect(check(text)).toBe(verdict);
  });

  it.each([
    ['r0 = 1', 'EINVAL last insn is not an exit or jmp'],
    ['r0 = 0; may_goto -2', 'EINVAL last insn is not an exit or jmp'],
    ['r0 = 0; r1 = 1 ll', 'EINVAL last insn is not an exit or jmp'],
    ['r0 = 0; call f; f: r0 = 1; exit', 'EINVAL last insn is not an exit or jmp'],
    ['call f; exit; f: r0 = 1; call g; g: r0 = 0; exit', 'EINVAL last insn is not an exit or jmp'],
    ['r0 = 0; l: exit; goto l', 'EINVAL unreachable insn 2'],
    ['r0 = 0; if r0 == 1 goto m; l: exit; m: goto l', 'fine'],
  ])('or an exit end each function: %s', (text, verdict) => {
    expect(check(text)).toBe(verdict);
  });

  it('are told of in the order of the slots', () => {
    const text = 'r0 = 1; if r0 == 1 goto +10; goto +9; exit; r0 = 0';
    expect(check(text)).toBe('EINVAL jump out of range from insn 1 to 12');
    expect(check('r0 = 0; goto +1; call f; f: exit; l: exit')).toBe(
      'EINVAL jump out of range from insn 1 to 3',
    );
  });
});

describe('functions', () => {
  /** Main calls each of `count` functions. */
  const calls = (count: number) => {
    const names = Array.from({ length: count }, (_, index) => `f${index}`);
    const main = names.map((name) => `call ${name}`).join('\n');
    return `${main}\nr0 = 0\nexit\n${names.map((name) => `${name}: r0 = 1\nexit`).join('\n')}`;
  };

  it.each([
    [255, 'fine'],
    [256, 'E2BIG too many subprograms'],
  ])('are up to 256, the entry included: %d beside it', (count, verdict) => {
    expect(check(calls(count))).toBe(verdict);
    expect(check(calls(count), {}, 'linux-6.1')).toBe(verdict);
  });

  it.each(['+5', '-5'])('start inside of the program: call %s', (target) => {
    const { instructions } = { instructions: subjectOf('call f; exit; f: exit').program.code };
    const imm = Number(target);
    const code = [{ ...instructions[0]!, imm }, ...instructions.slice(1)];
    const program = { code, functions: [0] };
    expect(verdictOf({ ...subjectOf('exit'), program })).toBe('EINVAL call to invalid destination');
  });

  it('need privileges', () => {
    const message =
      'EPERM loading/calling other bpf or kernel functions are allowed for CAP_BPF and CAP_SYS_ADMIN';
    expect(unprivileged('call f; exit; f: r0 = 1; exit')).toBe(message);
    expect(unprivileged('call kfunc#1234; exit')).toBe(message);
  });

  it('of the kernel, and their addresses, are not modelled', () => {
    expect(check('call kfunc#1234; exit')).toBe('unsupported: kernel function with BTF id 1234');
    expect(check('r1 = subprog[+1]; r0 = 0; exit')).toMatch(/^unsupported: the address/);
  });

  it.each([
    [true, 'fine'],
    [false, 'EINVAL tail_call is not allowed in subprogs without BTF'],
  ])('that tail-call need BTF: %s', (btf, verdict) => {
    const text = 'call f; exit; f: r2 = map[jmp]; r3 = 0; call bpf_tail_call; r0 = 0; exit';
    expect(check(text, { btf })).toBe(verdict);
  });

  it.each([
    [true, 'fine'],
    [false, 'EINVAL LD_ABS is not allowed in subprogs without BTF'],
  ])('that load by LD_ABS need BTF: %s', (btf, verdict) => {
    const text = 'call f; exit; f: r6 = r1; r0 = *(u8 *)skb[0]; exit';
    expect(check(text, { btf })).toBe(verdict);
  });

  it('may tail-call in the entry without BTF', () => {
    const text =
      'r6 = r1; call f; r1 = r6; r2 = map[jmp]; r3 = 0; call bpf_tail_call; exit; f: r0 = 1; exit';
    expect(check(text, { btf: false })).toBe('fine');
  });

  it('are listed in the log', () => {
    const v = verificationOf(subjectOf('call f; exit; f: r0 = 1; exit'));
    v.flow = FLOW_PART.facts(v);
    expect(v.log.text).toBe('func#0 @0\nfunc#1 @2\n');
    expect(v.flow.subprograms.map(({ start, end }) => [start, end])).toEqual([
      [0, 2],
      [2, 4],
    ]);
    expect([...v.flow.functionOf]).toEqual([0, 0, 1, 1]);
  });
});

describe('reachability', () => {
  it.each([
    ['r0 = 1; exit; r0 = 2; exit', 'EINVAL unreachable insn 2'],
    ['r0 = 0; exit; call f; exit; f: r0 = 1; exit', 'EINVAL unreachable insn 2'],
    ['r0 = 0; gotol +1; r0 = 5; exit', 'EINVAL unreachable insn 2'],
    ['if r1 == 1 goto +1; r0 = 1 ll; exit', 'EINVAL jump into the middle of ldimm64 insn 1'],
    ['r0 = 0; goto +1; r0 = 1 ll; exit', 'EINVAL unreachable insn 2'],
    [
      'r0 = 0; if r0 == 1 goto +1; goto +1; r0 = 1 ll; exit',
      'EINVAL jump into the middle of ldimm64 insn 3',
    ],
  ])('%s', (text, verdict) => {
    expect(check(text)).toBe(verdict);
  });

  it('goes through a million jumps', () => {
    const [jump, exit] = subjectOf('if r1 == 0 goto +0; exit').program.code;
    const program = { code: [...new Array(999_999).fill(jump), exit], functions: [0] };
    expect(verdictOf({ ...subjectOf('exit'), program })).toBe('fine');
  });
});

describe('back edges', () => {
  it.each([
    ['r0 = 1; l: r0 += 1; if r0 < 10 goto l; exit', 'back-edge from insn 2 to 1'],
    ['r0 = 1; l: goto l; exit', 'back-edge from insn 1 to 1'],
    ['r0 = 1; l: r0 = 2; goto l; exit', 'back-edge from insn 2 to 1'],
    [
      'r0 = 1; if r0 == 1 goto b; r0 = 2; a: r0 = 3; goto c; b: r0 = 4; goto a; c: if r0 == 1 goto b; exit',
      'back-edge from insn 6 to 3',
    ],
  ])('need privileges: %s', (text, message) => {
    expect(unprivileged(text)).toBe(`EINVAL ${message}`);
  });

  it('that meet again are none', () => {
    expect(unprivileged('r0 = 1; if r1 == 0 goto l; r0 = 2; l: exit')).toBe('fine');
  });

  const fallingThrough = 'r0 = 0; goto b; a: r0 += 1; b: if r0 < 10 goto a; exit';
  const jumping = 'r0 = 0; goto b; a: if r0 == 5 goto c; b: if r0 < 10 goto a; c: exit';
  const afterCall =
    'r6 = 0; goto b; a: call f; b: r6 += 1; if r6 < 10 goto a; r0 = 0; exit; f: r0 = 1; exit';
  const recursion = 'r0 = 0; call f; exit; f: call f; exit';
  const mutual = 'r0 = 0; call f; exit; f: r0 = 1; call g; exit; g: r0 = 2; call f; exit';

  it.each([fallingThrough, jumping, afterCall, recursion, mutual])(
    'of privileged programs are any on 6.12: %s',
    (text) => {
      expect(check(text)).toBe('fine');
    },
  );

  it.each([
    [fallingThrough, 'EINVAL back-edge from insn 2 to 3'],
    [jumping, 'fine'],
    [afterCall, 'EINVAL back-edge from insn 2 to 3'],
    [recursion, 'EINVAL back-edge from insn 3 to 3'],
    [mutual, 'EINVAL back-edge from insn 7 to 3'],
    ['r0 = 0; a: if r0 > 10 goto c; r0 += 1; goto a; c: exit', 'fine'],
  ])('of privileged programs are those of jumps on 6.1: %s', (text, verdict) => {
    expect(check(text, {}, 'linux-6.1')).toBe(verdict);
  });
});

describe('maps', () => {
  const loads = (count: number) =>
    Array.from({ length: count }, (_, index) => `r1 = map[m${index}]`).join('\n');

  it.each([
    [64, 'fine', 'fine'],
    [65, 'E2BIG The total number of maps per program has reached the limit of 64', 'E2BIG'],
  ])('are up to 64: %d', (count, verdict, verdict61) => {
    const text = `${loads(count)}\nr0 = 0\nexit`;
    expect(check(text, { maps: arrays(count) })).toBe(verdict);
    expect(check(text, { maps: arrays(count) }, 'linux-6.1')).toBe(verdict61);
  });

  it('are counted once each', () => {
    expect(check(`${loads(64)}\n${loads(64)}\nr0 = 0\nexit`, { maps: arrays(64) })).toBe('fine');
  });

  it('are counted before offsets are looked at; on 6.1 after', () => {
    const text = `${loads(64)}\nr1 = map[m64][0]+99\nr0 = 0\nexit`;
    expect(check(text, { maps: arrays(65) })).toMatch(/^E2BIG The total number/);
    expect(check(text, { maps: arrays(65) }, 'linux-6.1')).toBe(
      'EINVAL invalid access to map value pointer, value_size=8 off=99',
    );
  });

  it('are counted after jumps and before reachability', () => {
    const maps = arrays(65);
    expect(check(`${loads(65)}\nr0 = 0\nexit\nr0 = 3`, { maps })).toMatch(/^EINVAL last insn/);
    expect(check(`r0 = 0\nexit\n${loads(65)}\nexit`, { maps })).toMatch(/^E2BIG/);
  });

  it.each([
    ['one][0]+7', 'fine'],
    ['one][0]+8', 'EINVAL invalid access to map value pointer, value_size=8 off=8'],
    ['many][0]+0', 'ENOTSUPP invalid access to map value pointer, value_size=8 off=0'],
    ['hash][0]+0', 'EINVAL no direct value access support for this map type'],
    ['jmp][0]+0', 'EINVAL no direct value access support for this map type'],
    ['hash][0]+536870912', 'EINVAL direct value offset of 536870912 is not allowed'],
    ['one][0]+536870911', 'EINVAL invalid access to map value pointer, value_size=8 off=536870911'],
    ['one][0]+-1', 'EINVAL direct value offset of 4294967295 is not allowed'],
  ])('have values to point to: %s', (reference, verdict) => {
    expect(check(`r1 = map[${reference}; r0 = 0; exit`)).toBe(verdict);
  });

  it('that there are not are refused', () => {
    const [load, ...rest] = subjectOf('r1 = map[hash]; r0 = 0; exit').program.code;
    const program = { code: [{ ...load!, imm: 99 }, ...rest], functions: [0] };
    expect(verdictOf({ ...subjectOf('exit'), program })).toBe(
      'EBADF fd 99 is not pointing to valid bpf_map',
    );
  });
});

describe('opcodes', () => {
  it.each([
    ['r0 = *(s8 *)(r10 -8); exit', 'fine', 'EINVAL BPF_LDX uses reserved fields'],
    ['r0 = 0; r0 = bswap16 r0; exit', 'fine', 'EINVAL unknown opcode d7'],
    ['r0 = 0; may_goto +0; exit', 'fine', 'EINVAL unknown opcode e5'],
    ['r0 = 0; gotol +0; exit', 'fine', 'fine'],
    ['r0 = 0; r0 = be16 r0; exit', 'fine', 'fine'],
    [
      'r0 = load_acquire((u8 *)(r10 -8)); exit',
      'EINVAL unknown opcode d3',
      'EINVAL unknown opcode d3',
    ],
    ['r0 = load_acquire((u64 *)(r10 -8)); exit', 'fine', 'fine'],
  ])('are those of the kernel: %s', (text, verdict, verdict61) => {
    expect(check(text)).toBe(verdict);
    expect(check(text, {}, 'linux-6.1')).toBe(verdict61);
  });

  it('are looked at before reachability', () => {
    expect(check('r0 = 0; exit; r0 = *(s8 *)(r10 -8); exit', {}, 'linux-6.1')).toBe(
      'EINVAL BPF_LDX uses reserved fields',
    );
  });
});

describe('prune points', () => {
  const flagged = (text: string, flag: number) => {
    const v = verificationOf(subjectOf(text));
    return [...FLOW_PART.facts(v).flags].flatMap((flags, pc) => (flags & flag ? [pc] : []));
  };

  // As many as states that BPF_F_TEST_STATE_FREQ keeps.
  it.each([
    ['r0 = 0; r1 = 0; exit', []],
    ['call bpf_ktime_get_ns; r1 = 0; exit', [1]],
    ['r0 = 0; goto +0; r2 = 0; exit', [2]],
    ['r0 = 0; if r1 == 0 goto l; r2 = 0; l: exit', [1, 3]],
    ['r0 = 0; call f; r3 = 2; exit; f: r1 = 2; r0 = 1; exit', [1, 2, 4]],
    ['r0 = 0; may_goto l; r2 = 0; l: exit', [1, 3]],
    ['r0 = 1; r1 = 5 ll; exit', []],
  ])('%s', (text, points) => {
    expect(flagged(text, FLOW.prunePoint)).toEqual(points);
  });

  it('of may_goto are always kept', () => {
    const text = 'r0 = 0; may_goto l; r2 = 0; l: exit';
    expect(flagged(text, FLOW.forcedCheckpoint)).toEqual([1]);
  });

  it('of jumps are where they lead', () => {
    expect(flagged('r0 = 0; if r1 == 0 goto l; r2 = 0; l: exit', FLOW.jumpPoint)).toEqual([3]);
    expect(flagged('call f; exit; f: r0 = 1; exit', FLOW.jumpPoint)).toEqual([1, 2]);
  });
});
