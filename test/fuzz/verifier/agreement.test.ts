// How verdicts and logs of a model and of a kernel are compared.

import { describe, expect, it } from 'vitest';
import { compareVerdicts } from '../../../fuzz/verifier/agreement/compare.ts';
import { loggedStates, runnable, runWithin } from '../../../fuzz/verifier/agreement/containment.ts';
import { compareStates } from '../../../fuzz/verifier/agreement/states.ts';
import { createMachine } from '../../../interp/index.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import { type Verdict, verify } from '../../../model/verifier/index.ts';

const SCENARIO = parseScenario(`tailproof: 1
type: xdp
programs:
  entry: |
    r2 = *(u32 *)(r1 + 12)
    if r2 > 7 goto out
    r2 += 1
    out:
    r0 = 0
    exit
run: { packet: "${'00 '.repeat(14)}", context: { ingress_ifindex: 5 } }
`);
const PROGRAM = SCENARIO.programs[0]!.program;

const subject = {
  ...{ program: PROGRAM, type: SCENARIO.type, maps: SCENARIO.maps },
  ...{ privileged: true, jited: true, btf: true },
};
const ACCEPTED = verify(subject, { logLevel: 2 });
const LOG = ACCEPTED.kind === 'accepted' ? ACCEPTED.log : '';

const statistics = {
  ...{ processed: 1, maxStatesPerInstruction: 0, totalStates: 0, peakStates: 0, markRead: 0 },
  stackDepths: [],
};
const rejected = (errno: 'EACCES' | 'EINVAL', message: string): Verdict => ({
  ...{ kind: 'rejected', errno, message, statistics, log: '' },
});

describe('states', () => {
  it('of one log agree with themselves', () => {
    const { instructions, equal, first } = compareStates(LOG, LOG);
    expect(instructions).toBeGreaterThan(5);
    expect({ equal, first }).toEqual({ equal: instructions, first: undefined });
  });

  it('differ where a bound differs, and are named by the instruction before', () => {
    const other = LOG.replace(/umax32=7/, 'umax32=6');
    expect(other).not.toBe(LOG);
    const { instructions, equal, first } = compareStates(other, LOG);
    expect(equal).toBeLessThan(instructions);
    expect(first).toMatchObject({ pc: 2, visit: 0, what: 'R2', after: 1 });
  });

  it('differ where the model goes through an instruction less often', () => {
    const cut = LOG.slice(0, LOG.indexOf('from 1 to 3'));
    expect(compareStates(cut, LOG).first).toMatchObject({ pc: 3, visit: 1, what: 'visits' });
  });

  it('ignore the addresses and ids that a kernel gives', () => {
    const other = LOG.replace('R1=ctx()', 'R1=ctx()  ');
    expect(compareStates(other, LOG).first).toBeUndefined();
  });
});

describe('verdicts', () => {
  it('agree in their kind, their error number, their message', () => {
    const one = rejected('EACCES', 'R2 !read_ok');
    expect(compareVerdicts(PROGRAM, one, one)).toEqual({
      ...{ kind: 'compared', verdict: true, errno: true, message: true },
    });
    expect(compareVerdicts(PROGRAM, one, rejected('EACCES', 'R3 !read_ok'))).toMatchObject({
      ...{ errno: true, message: false },
      difference: {
        kind: 'message',
        name: 'model EACCES R# !read_ok, kernel EACCES R# !read_ok',
      },
    });
    expect(compareVerdicts(PROGRAM, one, rejected('EINVAL', 'div by zero'))).toMatchObject({
      ...{ verdict: true, errno: false, message: false },
    });
    expect(compareVerdicts(PROGRAM, ACCEPTED, one)).toMatchObject({
      verdict: false,
      difference: { kind: 'verdict', name: 'model accepted, kernel EACCES R# !read_ok' },
    });
  });

  it('are no agreement where one side decides nothing', () => {
    const unsupported: Verdict = { kind: 'unsupported', reason: 'helper bpf_foo#200' };
    const left = { kind: 'left', reason: 'model: helper bpf_foo#200' };
    expect(compareVerdicts(PROGRAM, unsupported, ACCEPTED)).toEqual(left);
    expect(compareVerdicts(PROGRAM, unsupported, unsupported).kind).toBe('left');
  });

  it('put states that differ in a class by the instruction before', () => {
    if (ACCEPTED.kind !== 'accepted') throw new Error('the program is to be accepted');
    const model = { ...ACCEPTED, log: LOG.replace(/umax32=7/, 'umax32=6') };
    expect(compareVerdicts(PROGRAM, model, ACCEPTED)).toMatchObject({
      difference: { kind: 'states', name: 'numbers after JGT64/K' },
    });
  });
});

describe('a run', () => {
  const machine = createMachine();

  it('lies in the states of its log', () => {
    expect(runWithin(machine, SCENARIO, [loggedStates(LOG)])).toEqual({ steps: 5 });
  });

  it('is outside of states that are too narrow', () => {
    const narrow = LOG.replace(/umax32=7,var_off=\(0x0; 0x7\)/g, 'umax32=3,var_off=(0x0; 0x3)');
    const { outside } = runWithin(machine, SCENARIO, [loggedStates(narrow)]);
    expect(outside).toMatchObject({ program: 0, pc: 2 });
  });

  it('is outside where the log has no state at all', () => {
    const cut = LOG.slice(0, LOG.indexOf('2: (07)'));
    expect(runWithin(machine, SCENARIO, [loggedStates(cut)]).outside).toMatchObject({ pc: 2 });
  });

  it('is not held against a log with paths that were pruned', () => {
    expect(loggedStates(`${LOG}\n3: safe\n`)).toBeUndefined();
  });

  it('does nothing in programs that were refused', () => {
    const { programs } = runnable(SCENARIO, [false]);
    expect(programs[0]!.program.code).toHaveLength(2);
  });
});
