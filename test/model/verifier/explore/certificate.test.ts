// The second look at accepted programs: it passes where states were pruned soundly, and finds what was accepted
// because states were taken for alike that are not.

import { describe, expect, it, test } from 'vitest';
import {
  certify,
  PARTS,
  type Parts,
  type Subject,
  VERIFIER_RULES,
  type VerifyOptions,
  verify,
} from '../../../../model/verifier/index.ts';
import { subjectOf } from '../subjects.ts';
import { recorded } from './recorded.ts';

const LINUX_6_12 = VERIFIER_RULES['linux-6.12'];

/** The verifier with some functions of one of its parts replaced. */
function replacing<K extends keyof Parts>(part: K, functions: Partial<Parts[K]>): VerifyOptions {
  return { parts: { ...PARTS, [part]: { ...PARTS[part], ...functions } } };
}

const programOf = (text: string): Subject => subjectOf(text, { type: 'sched_cls' });

/** Reads one byte of a value of 8, at an offset in a register. */
const use = (register: string) =>
  `r1 = map[one][0]+0; r1 += ${register}; r0 = *(u8 *)(r1 + 0); r0 = 0; exit`;

/** r7 is safe on the path that is gone through first, and not on the other; r6 says nothing of it. */
const UNSAFE = 'r6 = *(u32 *)(r1 + 0); r0 = 0; r7 = 1; if r6 <= 3 goto +1; goto +1; r7 = 100';
/** A place where states are compared. */
const MEET = 'if r6 > 20 goto +0; r0 = 0';

/** r7 bounds r8 on the path that is gone through first, and not on the other. */
const DIFFERENT_LINKS = `r9 = r1; r6 = *(u32 *)(r9 + 0); r7 = *(u32 *)(r9 + 4); r0 = 0
    if r6 <= 3 goto +2; r8 = r7; goto +1; r8 = *(u32 *)(r9 + 8); ${MEET}
    if r7 <= 6 goto +2; r0 = 0; exit; ${use('r8')}`;

/** A fault, and a program that it lets pass. */
const FAULTS: Readonly<Record<string, readonly [VerifyOptions, string]>> = {
  'precision is not marked': [
    replacing('precision', { markRegister: () => {} }),
    `${UNSAFE}; ${MEET}; ${use('r7')}`,
  ],
  'precision is not handed on where paths meet': [
    replacing('precision', { propagate: () => {} }),
    `r6 = *(u32 *)(r1 + 0); r8 = *(u32 *)(r1 + 16); r9 = *(u32 *)(r1 + 16); r0 = 0; r7 = 1
    if r6 > 3 goto +1; goto c; if r6 > 9 goto +1; goto b; r7 = 100
    b: if r8 > 50 goto +0; r8 = 0; c: if r9 > 50 goto +0; r9 = 0; ${use('r7')}`,
  ],
  'no register is read': [
    replacing('liveness', { readRegister: () => {} }),
    `${UNSAFE}; ${MEET}; ${use('r7')}`,
  ],
  'no slot is read': [
    replacing('liveness', { readSlot: () => {} }),
    `${UNSAFE}; *(u64 *)(r10 - 8) = r7; ${MEET}; r7 = *(u64 *)(r10 - 8); ${use('r7')}`,
  ],
  "an argument is nobody's before the call": [
    replacing('liveness', {
      enterFrame: (caller, callee) => {
        PARTS.liveness.enterFrame(caller, callee);
        callee.written.registers |= 0b111110;
      },
    }),
    `${UNSAFE}; r1 = r7; ${MEET}; call f; exit; f: r7 = r1; ${use('r7')}`,
  ],
  "a result is nobody's before the return": [
    replacing('liveness', {
      leaveFrame: (callee, caller) => {
        PARTS.liveness.leaveFrame(callee, caller);
        caller.written.registers |= 1;
      },
    }),
    `r6 = *(u32 *)(r1 + 0); r1 = r6; call f; r7 = r0; ${use('r7')}
    f: r0 = 1; if r1 <= 3 goto +1; goto +1; r0 = 100; if r1 > 20 goto +0; r2 = 0; exit`,
  ],
  'a comparison passes no precision on (CVE-2023-2163)': [
    { rules: { ...LINUX_6_12, comparisonsPassPrecision: false } },
    `r8 = *(u32 *)(r1 + 4); ${UNSAFE}; ${MEET}; if r8 > r7 goto +6; ${use('r8')}; exit`,
  ],
  'a sum comes from one operand': [
    replacing('backtrack', {
      alu: (v, bt, instruction, ...rest) =>
        PARTS.backtrack.alu(v, bt, { ...instruction, src: instruction.dst }, ...rest),
    }),
    `${UNSAFE}; ${MEET}; r8 = 0; r8 += r7; ${use('r8')}`,
  ],
  'a fill comes from nowhere': [
    replacing('backtrack', {
      ldx: (_v, bt, { dst }) => {
        bt.deleteRegister(dst);
        return true;
      },
    }),
    `${UNSAFE}; *(u64 *)(r10 - 8) = r7; ${MEET}; r7 = *(u64 *)(r10 - 8); ${use('r7')}`,
  ],
  'what a fetch gives comes from nowhere (CVE-2026-43009)': [
    replacing('backtrack', {
      atomic: (_v, bt, { src }) => {
        bt.deleteRegister(src);
        return true;
      },
    }),
    `${UNSAFE}; *(u64 *)(r10 - 8) = r7; r2 = 0; ${MEET}
    r2 = atomic64_fetch_add((u64 *)(r10 - 8), r2); ${use('r2')}`,
  ],
  'a spill comes from nowhere': [
    replacing('backtrack', {
      stx: (_v, bt, _instruction, step) => {
        if (step !== undefined && step.stackFrame >= 0) {
          bt.deleteSlot(step.stackFrame, step.stackSlot);
        }
        return true;
      },
    }),
    `${UNSAFE}; ${MEET}; *(u64 *)(r10 - 8) = r7; r7 = *(u64 *)(r10 - 8); ${use('r7')}`,
  ],
  'an argument comes from nowhere': [
    replacing('backtrack', {
      call: (v, bt, instruction, ...rest) => {
        const isUnderstood = PARTS.backtrack.call(v, bt, instruction, ...rest);
        for (let r = 1; r <= 5; r++) bt.deleteRegister(r);
        return isUnderstood;
      },
    }),
    `${UNSAFE}; r1 = r7; ${MEET}; call f; exit; f: r7 = r1; ${use('r7')}`,
  ],
  'a result comes from nowhere': [
    replacing('backtrack', {
      exit: (v, bt, ...rest) => {
        bt.deleteRegister(0);
        return PARTS.backtrack.exit(v, bt, ...rest);
      },
    }),
    `r6 = *(u32 *)(r1 + 0); r1 = r6; call f; r7 = r0; ${use('r7')}
    f: r0 = 1; if r1 <= 3 goto +1; goto +1; r0 = 100; if r1 > 20 goto +0; r2 = 0; exit`,
  ],
  'linked scalars are not precise together': [
    { rules: { ...LINUX_6_12, pruning: { ...LINUX_6_12.pruning, backtracksLinks: false } } },
    DIFFERENT_LINKS,
  ],
  'ids are not compared (before 6.5)': [{ rules: 'linux-6.1' }, DIFFERENT_LINKS],
  'any slot covers any other': [
    replacing('prune', { coversSlot: () => true }),
    `r6 = *(u32 *)(r1 + 0); r0 = 0; *(u64 *)(r10 - 8) = r1
    if r6 <= 3 goto +1; goto +1; *(u64 *)(r10 - 8) = r6; ${MEET}
    r1 = *(u64 *)(r10 - 8); r0 = *(u32 *)(r1 + 0); r0 = 0; exit`,
  ],
  'states of loops that are not left yet count for what was read so far': [
    replacing('checkpoints', {
      isHit: (v, checkpoint) =>
        checkpoint.state.branches > 0
          ? PARTS.checkpoints.isHit(v, checkpoint)
          : v.parts.prune.covers(v, checkpoint.state, v.state, 'no'),
    }),
    `r9 = r1; r7 = 0; loop: may_goto out; r6 = *(u32 *)(r9 + 0); if r6 > 2 goto a; goto b
    a: r1 = map[one][0]+0; r1 += r7; r8 = 1000; r0 = *(u8 *)(r1 + 0); r7 = r8
    b: goto loop; out: r0 = 0; exit`,
  ],
  'any packet range covers any other': [
    replacing('prune', {
      coversRegister: (v, old, current, ...rest) =>
        (old.type === 'pkt' && current.type === 'pkt') ||
        PARTS.prune.coversRegister(v, old, current, ...rest),
    }),
    `r6 = *(u32 *)(r1 + 0); r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r0 = 0
    r4 = r2; r4 += 8; if r4 > r3 goto a; goto b; a: r5 = 0; b: ${MEET}
    r0 = *(u8 *)(r2 + 0); r0 = 0; exit`,
  ],
};

describe('a second look', () => {
  test.each(recorded().map((record) => [record.name, record] as const))(
    'passes what 6.12 accepts: %s',
    (_name, { subject, keepsAllStates }) => {
      const { verdict, problem } = certify(subject, { keepsAllStates });
      expect(verdict).toEqual(verify(subject, { keepsAllStates }));
      expect(problem).toBeUndefined();
    },
  );

  test.each(Object.entries(FAULTS))('finds that %s', (_name, [fault, program]) => {
    const subject = programOf(program);
    const options = { keepsAllStates: true, ...fault };
    expect(verify(subject, { keepsAllStates: true }).kind).toBe('rejected');
    expect(verify(subject, options).kind).toBe('accepted');
    expect(certify(subject, options).problem).toMatchObject({ kind: 'refused' });
  });

  it('says what holds wherever a run comes', () => {
    const subject = programOf('r0 = 0; r0 += 1; if r0 < 3 goto -2; exit');
    const { statesAt } = certify(subject);
    const values = (pc: number) =>
      statesAt(pc).map(({ frame }) => frame.registers[0]!.value.varOff.value);
    expect(new Set(values(2))).toEqual(new Set([1n, 2n, 3n]));
    expect(values(3)).toEqual([3n]);
    expect(statesAt(4)).toEqual([]);
  });

  it('leaves out what a state stands for already', () => {
    const subject = programOf('r6 = *(u32 *)(r1 + 0); r0 = 0; if r6 > 3 goto +0; exit');
    expect(certify(subject).statesAt(3)).toHaveLength(2);
  });

  it('is given up in the end', () => {
    // Nothing is covered, and there are as many paths as subsets.
    const bits = Array.from({ length: 16 }, (_, n) => `if r6 & ${1 << n} goto +1; r7 += ${1 << n}`);
    const subject = programOf(
      `r6 = *(u32 *)(r1 + 0); r7 = 0; r0 = 0; ${bits.join('; ')}; r7 &= 7; ${use('r7')}`,
    );
    const coversAll = replacing('prune', { covers: () => true });
    const { verdict, problem } = certify(subject, coversAll);
    expect(verdict.kind).toBe('accepted');
    expect(problem).toMatchObject({ kind: 'undecided' });
  });
});
