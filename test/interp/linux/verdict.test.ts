// Verdicts of kernels, without one: logs as 6.12 was seen to write them, and replies made by hand.

import { describe, expect, test } from 'vitest';
import type { CaseResult } from '../../../interp/linux/pool.ts';
import { requestOf, type VerdictRequest, verdictsOf } from '../../../interp/linux/verdict.ts';
import { statisticsOf, verdictOf } from '../../../interp/linux/verdict-log.ts';
import { ERRNO } from '../../../model/maps/errno.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import type { MapDefinition } from '../../../model/scenario/scenario.ts';

const ENDING = `verification time 130 usec
stack depth 0+8
processed 12 insns (limit 1000000) max_states_per_insn 1 total_states 2 peak_states 3 mark_read 4
`;

describe('a log', () => {
  test('ends with statistics', () => {
    expect(statisticsOf(ENDING)).toEqual({
      ...{ processed: 12, maxStatesPerInstruction: 1, totalStates: 2, peakStates: 3, markRead: 4 },
      stackDepths: [0, 8],
    });
  });

  test('without statistics counts nothing', () => {
    expect(statisticsOf('')).toMatchObject({ processed: 0, stackDepths: [] });
  });

  test('says why a program is refused, and where', () => {
    const log = `0: R1=ctx() R10=fp0
0: (b7) r0 = 0                        ; R0_w=0
1: (79) r0 = *(u64 *)(r1 +0)
invalid bpf_context access off=0 size=8
${ENDING}`;
    expect(verdictOf(ERRNO.EACCES, log)).toMatchObject({
      ...{ kind: 'rejected', errno: 'EACCES', pc: 1 },
      message: 'invalid bpf_context access off=0 size=8',
    });
  });

  test.each([
    ['jump out of range from insn 1 to 7', 1],
    ['unreachable insn 2', 2],
    ['infinite loop detected at insn 3\ncur state: R0=0 R10=fp0\nold state: R0=0 R10=fp0', 3],
    ['last insn is not an exit or jmp', undefined],
  ])('names the instruction itself: %s', (message, pc) => {
    const verdict = verdictOf(ERRNO.EINVAL, `func#0 @0\n${message}\n${ENDING}`);
    expect(verdict).toMatchObject({ kind: 'rejected', message: message.split('\n')[0] });
    expect(verdict.kind === 'rejected' && verdict.pc).toBe(pc);
  });

  test('that says nothing against a program has neither message nor place', () => {
    const verdict = verdictOf(ERRNO.EINVAL, `func#0 @0\n0: (95) exit\n${ENDING}`);
    expect(verdict).toMatchObject({ kind: 'rejected', errno: 'EINVAL', message: '' });
    expect(verdict).not.toHaveProperty('pc');
  });

  test('is kept without the time that it took', () => {
    expect(verdictOf(0, ENDING).log).toBe(ENDING.split('\n').slice(1).join('\n'));
  });

  test('of an error that has no name here is a bug', () => {
    expect(() => verdictOf(4095, ENDING)).toThrow('error number 4095');
  });
});

const u32 = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
const load = (errno: number, log: string) => [
  ...u32(errno),
  ...u32(log.length),
  ...new TextEncoder().encode(log),
];
const reply = (...parts: readonly number[][]): CaseResult => ({
  reply: Uint8Array.from([...u32(0), ...parts.flat()]),
});

/** An engine that answers batches in turn, and keeps what it was asked. */
function engineOf(...batches: readonly (readonly CaseResult[])[]) {
  const asked: (readonly Uint8Array[])[] = [];
  return {
    ...{ jit: true, asked },
    cases: async (cases: readonly Uint8Array[]) => {
      asked.push(cases);
      return [...batches[asked.length - 1]!];
    },
  };
}

const PROGRAM = { type: 'xdp', bytecode: new Uint8Array(16), functions: [0] } as const;
const ONE: VerdictRequest = { maps: [], programs: [PROGRAM], logLevel: 2 };
const ARRAY: MapDefinition = {
  ...{ name: 'm', type: 'array', keySize: 4, valueSize: 8, maxEntries: 1, entries: [] },
};

describe('an engine', () => {
  test('is asked once for all requests', async () => {
    const engine = engineOf([
      reply(u32(0), load(0, ENDING), load(ERRNO.EACCES, `R0 !read_ok\n${ENDING}`)),
      reply(load(0, ENDING)),
    ]);
    const requests = [{ ...ONE, maps: [ARRAY], programs: [PROGRAM, PROGRAM] }, ONE];
    const verdicts = await verdictsOf(engine, requests);
    expect(verdicts.map((all) => all.map(({ kind }) => kind))).toEqual([
      ['accepted', 'rejected'],
      ['accepted'],
    ]);
    expect(engine.asked).toHaveLength(1);
  });

  test('is asked again without a log where the log did not fit', async () => {
    const engine = engineOf(
      [reply(load(0, ENDING)), reply(load(ERRNO.ENOSPC, '0: (95) exit\n'))],
      [reply(load(0, ENDING))],
    );
    const [, again] = await verdictsOf(engine, [ONE, ONE]);
    expect(again![0]).toMatchObject({
      ...{ kind: 'accepted', log: '0: (95) exit\n' },
      statistics: { processed: 12 },
    });
    expect(engine.asked.map(({ length }) => length)).toEqual([2, 1]);
  });

  test('that fails, or refuses a map, gives no verdict', async () => {
    const engine = engineOf([
      { failure: { kind: 'hang', console: '' } },
      reply(u32(ERRNO.E2BIG), load(ERRNO.EBADF, '')),
    ]);
    const verdicts = await verdictsOf(engine, [ONE, { ...ONE, maps: [ARRAY] }]);
    expect(verdicts.flat()).toEqual([
      { kind: 'unsupported', reason: 'the guest failed: hang' },
      { kind: 'unsupported', reason: 'the kernel refuses the map m: E2BIG' },
    ]);
  });

  test('is not asked about what does not fit in a case', async () => {
    const engine = engineOf([]);
    const functions = Array.from({ length: 321 }, (_, slot) => slot);
    const [verdicts] = await verdictsOf(engine, [
      { ...ONE, programs: [{ ...PROGRAM, functions }] },
    ]);
    expect(verdicts![0]).toMatchObject({
      kind: 'unsupported',
      reason: expect.stringContaining('320 functions'),
    });
    expect(engine.asked).toEqual([[]]);
  });
});

describe('a scenario', () => {
  const scenario = (program: string, type = 'xdp') =>
    parseScenario(`{ tailproof: 1, type: ${type}, programs: { entry: ${program} } }`);
  const options = { logLevel: 1 } as const;

  test('is a request with its attributes', () => {
    const request = requestOf(
      scenario('{ asm: exit, attributes: { xdp_has_frags: true, expected_attach_type: 37 } }'),
      options,
    );
    expect(request).toMatchObject({
      programs: [{ type: 'xdp', functions: [0], flags: 32, expectedAttachType: 37 }],
      logLevel: 1,
    });
  });

  test.each([
    ['a raw program', scenario('exit', 'raw'), 'Linux has no program type raw'],
    [
      'an attribute that comes from an attachment',
      scenario('{ asm: exit, attributes: { cgroup_storage: 1 } }'),
      'entry has cgroupStorage, which no load here can have',
    ],
  ])('is none with %s', (_, refused, reason) => {
    expect(requestOf(refused, options)).toEqual({ unsupported: reason });
  });
});
