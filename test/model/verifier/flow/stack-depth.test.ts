// The stack of chains of calls, and what rewriting a program finds. Verdicts were observed on 6.12.117 and 6.1.192, with
// and without the JIT.

import { describe, expect, it } from 'vitest';
import { FLOW_PART } from '../../../../model/verifier/flow/flow.ts';
import { Log } from '../../../../model/verifier/log/log.ts';
import type { Parts } from '../../../../model/verifier/parts.ts';
import { VERIFIER_RULES, type VerifierVersion } from '../../../../model/verifier/rules.ts';
import { scalarDomain } from '../../../../model/verifier/scalars.ts';
import type { Subject } from '../../../../model/verifier/subject.ts';
import { Rejection, Verification } from '../../../../model/verifier/verification.ts';
import { subjectOf } from '../subjects.ts';

const PARTS = { flow: FLOW_PART } as unknown as Parts;

interface Run {
  readonly version?: VerifierVersion;
  readonly jited?: boolean;
  /** Bytes of stack of each function. */
  readonly depths?: readonly number[];
  /** Slots that no path went through. */
  readonly unseen?: readonly number[];
}

function afterPaths(text: string, { version = 'linux-6.12', jited = true, ...run }: Run): Outcome {
  const subject: Subject = subjectOf(text, { jited });
  const rules = VERIFIER_RULES[version];
  const v = new Verification(subject, rules, scalarDomain(rules.domain), PARTS, new Log(0));
  v.flow = FLOW_PART.facts(v);
  v.seen.fill(1);
  for (const pc of run.unseen ?? []) v.seen[pc] = 0;
  v.stackDepths.push(...(run.depths ?? []));
  try {
    FLOW_PART.checkStackDepth(v);
    return { verdict: 'fine', depths: v.keptStackDepths };
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    expect(error.pc).toBeUndefined();
    return { verdict: `${error.errno} ${error.message}` };
  }
}

interface Outcome {
  readonly verdict: string;
  readonly depths?: readonly number[] | undefined;
}

const verdict = (text: string, run: Run = {}) => afterPaths(text, run).verdict;

const TWO = 'call f; exit; f: r0 = 0; exit';
const THREE = 'call f; exit; f: call g; exit; g: r0 = 0; exit';
const TAIL = 'r2 = map[jmp]; r3 = 0; call bpf_tail_call; r0 = 0; exit';

describe('combined stack', () => {
  it.each([
    ['linux-6.12', true, [256, 256], 'fine'],
    ['linux-6.12', true, [512, 0], 'fine'],
    ['linux-6.12', true, [257, 240], 'fine'],
    ['linux-6.12', true, [264, 256], 'EACCES combined stack size of 2 calls is 528. Too large'],
    ['linux-6.12', false, [264, 256], 'EACCES combined stack size of 2 calls is 544. Too large'],
    ['linux-6.1', true, [264, 256], 'EACCES combined stack size of 2 calls is 544. Too large'],
    // A function that uses none takes 32 bytes, but for the JIT of 6.12.
    ['linux-6.1', true, [504, 0], 'EACCES combined stack size of 2 calls is 544. Too large'],
    ['linux-6.12', false, [504, 0], 'EACCES combined stack size of 2 calls is 544. Too large'],
    ['linux-6.12', true, [504, 0], 'fine'],
  ] as const)('is at most 512 bytes: %s, JIT %s, %j', (version, jited, depths, expected) => {
    expect(verdict(TWO, { version, jited, depths })).toBe(expected);
  });

  it('is that of the deepest chain', () => {
    expect(verdict(THREE, { depths: [264, 8, 240] })).toBe(
      'EACCES combined stack size of 3 calls is 528. Too large',
    );
    const both = 'call f; call g; exit; f: r0 = 0; exit; g: r0 = 0; exit';
    expect(verdict(both, { depths: [256, 256, 256] })).toBe('fine');
  });

  it('is that of calls that no path goes through, too', () => {
    const depths = [504, 16];
    expect(verdict(TWO, { depths, unseen: [2, 3] })).toMatch(/^EACCES combined/);
  });

  it('is found in time where many calls make many chains', () => {
    const names = ['f', 'g', 'h', 'i', 'j', 'k', 'l'];
    const body = (callee: string | undefined) =>
      `${callee === undefined ? 'r0 = 0' : `call ${callee}\n`.repeat(200)}\nexit`;
    const functions = names.map((name, index) => `${name}: ${body(names[index + 1])}`);
    expect(verdict(`${body('f')}\n${functions.join('\n')}`)).toBe('fine');
  });
});

describe('frames', () => {
  /** A chain of `count` functions, each of which calls the next. */
  const chain = (count: number) => {
    const names = Array.from({ length: count }, (_, index) => `f${index}`);
    const bodies = names.map((name, index) =>
      index + 1 < count ? `${name}: call f${index + 1}\nexit` : `${name}: r0 = 0\nexit`,
    );
    return bodies.join('\n');
  };

  it.each([
    [8, 'fine'],
    [9, 'E2BIG the call stack of 8 frames is too deep !'],
  ])('are at most 8 in a chain, the entry included: %d', (count, expected) => {
    expect(verdict(chain(count))).toBe(expected);
  });

  it('are too many in a recursion', () => {
    expect(verdict('r0 = 0; call f; exit; f: call f; exit')).toBe(
      'E2BIG the call stack of 8 frames is too deep !',
    );
  });
});

describe('tail calls below other functions', () => {
  it.each([
    ['linux-6.12', 240, 'fine'],
    [
      'linux-6.12',
      241,
      'EACCES tail_calls are not allowed when call stack of previous frames is 256 bytes. Too large',
    ],
    ['linux-6.1', 224, 'fine'],
    [
      'linux-6.1',
      240,
      'EACCES tail_calls are not allowed when call stack of previous frames is 256 bytes. Too large',
    ],
  ] as const)('need less than 256 bytes above: %s, %d', (version, depth, expected) => {
    const text = `call f; exit; f: ${TAIL}`;
    expect(verdict(text, { version, depths: [depth, 400 - depth] })).toBe(expected);
  });

  it('count all callers', () => {
    const text = `call f; exit; f: call g; exit; g: ${TAIL}`;
    expect(verdict(text, { depths: [128, 128, 0] })).toMatch(/is 256 bytes/);
    expect(verdict(text, { depths: [128, 112, 0] })).toBe('fine');
  });

  it('do not count their own function, and not in the entry', () => {
    expect(verdict(`call f; exit; f: ${TAIL}`, { depths: [8, 400] })).toBe('fine');
    const entry = `r6 = r1; call f; r1 = r6; ${TAIL}; f: r0 = 0; exit`;
    expect(verdict(entry, { depths: [400, 8] })).toBe('fine');
  });

  it('are found before what the function itself takes', () => {
    expect(verdict(`call f; exit; f: ${TAIL}`, { depths: [256, 400] })).toMatch(
      /^EACCES tail_calls/,
    );
  });
});

describe('interpreted programs', () => {
  const NOT_JITED = 'EINVAL tail_calls are not allowed in non-JITed programs with bpf-to-bpf calls';
  /** Slots 2 to 5 of the entry, or 4 to 7 of the function, are skipped. */
  const inEntry = `call f; if r0 == 0 goto l; r2 = map[jmp]; call bpf_tail_call; l: r0 = 0; exit; f: r0 = 0; exit`;
  const inFunction = `call f; r0 = 0; exit; f: r0 = 0; if r0 == 0 goto l; r2 = map[jmp]; call bpf_tail_call; l: r0 = 0; exit`;
  const dead = [2, 3, 4];

  it.each([
    ['linux-6.12', inEntry, dead, NOT_JITED],
    ['linux-6.1', inEntry, dead, 'fine'],
    ['linux-6.12', inFunction, [5, 6, 7], NOT_JITED],
    ['linux-6.1', inFunction, [5, 6, 7], NOT_JITED],
  ] as const)(
    'have no tail calls beside functions, on %s: %s',
    (version, text, unseen, expected) => {
      expect(verdict(text, { version, jited: false, unseen })).toBe(expected);
      expect(verdict(text, { version, jited: true, unseen })).toBe('fine');
    },
  );

  it('may have functions that no path goes through', () => {
    const text = `r0 = 0; if r0 == 0 goto l; call f; l: exit; f: ${TAIL}`;
    const unseen = [2, 4, 5, 6, 7, 8, 9];
    expect(afterPaths(text, { jited: false, unseen, depths: [0, 0] })).toEqual({
      verdict: 'fine',
      depths: [0],
    });
  });
});

describe('stack of what is left', () => {
  it('has 8 bytes more for functions with a may_goto', () => {
    const text = 'call f; r0 = 0; exit; f: r0 = 0; may_goto l; r0 = 1; l: exit';
    expect(afterPaths(text, { depths: [16, 256] }).depths).toEqual([16, 264]);
    expect(afterPaths(text, { depths: [16, 256], unseen: [4] }).depths).toEqual([16, 256]);
  });

  it('may be more than 512 bytes so', () => {
    const text = 'r0 = 0; may_goto l; r0 = 1; l: exit';
    expect(afterPaths(text, { depths: [512] })).toEqual({ verdict: 'fine', depths: [520] });
  });
});
