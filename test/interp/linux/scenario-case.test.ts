import { describe, expect, test } from 'vitest';
import { differingField } from '../../../interp/linux/kernel-context.ts';
import { caseOf, outcomeOf, unsupportedReason } from '../../../interp/linux/scenario-case.ts';
import type { ProgramType } from '../../../model/scenario/context.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';

const PACKET = '00 00 00 00 00 00 02 00 00 00 00 01 88 00 45 00';

function scenario(
  program: string,
  {
    type = 'sched_cls',
    run = `{ packet: "${PACKET}" }`,
    more = '',
  }: { type?: ProgramType; run?: string; more?: string } = {},
): Scenario {
  return parseScenario(`tailproof: 1
type: ${type}
maps:
  jmp: { type: prog_array, max_entries: 2, entries: { 0: entry } }
  count: { type: array, value_size: 8, max_entries: 1, entries: { 0: 5 } }
programs:
  entry: |
${program.replace(/^/gm, '    ')}
run: ${run}
${more}`);
}

const EXIT = 'r0 = 0\nexit';

describe('a kernel can run', () => {
  test.each([
    ['sched_cls', EXIT],
    ['xdp', EXIT],
    ['socket_filter', EXIT],
  ] as const)('%s', (type, program) => {
    expect(unsupportedReason(scenario(program, { type }))).toBeUndefined();
  });

  test('writes before the run', () => {
    const more = 'schedule: [{ before: { step: 0 }, delete: jmp, index: 0 }]';
    expect(unsupportedReason(scenario(EXIT, { more }))).toBeUndefined();
  });

  test('without a packet, where no program looks at it', () => {
    const run = '{ context: { cb0: 3 } }';
    expect(unsupportedReason(scenario('r0 = *(u32 *)(r1 +48)\nexit', { run }))).toBeUndefined();
  });

  test('a context with fields that a test run takes', () => {
    const run = `{ packet: "${PACKET}", context: { mark: 7, cb4: 1 } }`;
    expect(unsupportedReason(scenario('r0 = *(u32 *)(r1 +8)\nexit', { run }))).toBeUndefined();
  });
});

describe('a kernel cannot run', () => {
  test.each([
    ['a raw program', scenario(EXIT, { type: 'raw', run: '{ fuel: 5 }' }), /no program type raw/],
    ['a short packet', scenario(EXIT, { run: '{ packet: "00" }' }), /at least 14 bytes/],
    [
      'an empty packet whose length is read',
      scenario('r0 = *(u32 *)(r1 +0)\nexit', { run: '{ fuel: 5 }' }),
      /len of the context is 64 in a test run, and a program may read it/,
    ],
    [
      'an empty packet that is loaded from',
      scenario('r6 = r1\nr0 = *(u8 *)skb[0]\nexit', { run: '{ fuel: 5 }' }),
      /takes no empty packet, and entry loads from it/,
    ],
    [
      'a large packet',
      scenario(EXIT, { run: `{ packet: "${'88'.repeat(4000)}" }` }),
      /at most 3520 bytes/,
    ],
    [
      'a write during the run',
      scenario(EXIT, { more: 'schedule: [{ before: { hop: 0 }, delete: jmp, index: 0 }]' }),
      /during the run cannot be placed/,
    ],
    ['its clock', scenario(`call bpf_ktime_get_ns\n${EXIT}`), /bpf_ktime_get_ns.*the kernel's own/],
    ['random numbers', scenario(`call bpf_get_prandom_u32\n${EXIT}`), /the kernel's own/],
    [
      'the address of a value of an array with several entries',
      parseScenario(`tailproof: 1
type: xdp
maps: { values: { type: array, value_size: 8, max_entries: 2 } }
programs: { entry: "r1 = map[values][0]+8\\nr0 = 0\\nexit" }
run: { packet: "${PACKET}" }
`),
      /Linux gives it of arrays of one entry/,
    ],
    [
      'another budget of may_goto',
      scenario('may_goto +1\nr1 = 0\nr0 = 0\nexit', {
        run: `{ packet: "${PACKET}", may_goto: 3 }`,
      }),
      /may_goto, and the kernel's budget is 8388608/,
    ],
    [
      'an IP packet without its header',
      scenario(EXIT, { run: `{ packet: "${PACKET.replace('88 00', '08 00')}" }` }),
      /refuses an IPv4 packet without a whole header/,
    ],
    [
      'another interface',
      scenario('r0 = *(u32 *)(r1 +40)\nexit'),
      /ifindex of the context is 1 in a test run, and a program may read it/,
    ],
    [
      'a length in the place of the protocol',
      scenario('r6 = r1\nr0 = *(u16 *)(r6 +16)\nexit', {
        run: `{ packet: "${PACKET.replace('88 00', '00 02')}" }`,
      }),
      /protocol of the context is 1024 in a test run/,
    ],
  ] as const)('%s', (_name, given, reason) => {
    expect(unsupportedReason(given)).toMatch(reason);
  });

  test('a field that no program reads does not matter', () => {
    const given = scenario('r2 = r10\nr0 = *(u32 *)(r10 -4)\nexit', {
      run: `{ packet: "${PACKET}", context: { hash: 9 } }`,
    });
    expect(differingField(given as Parameters<typeof differingField>[0])).toBeUndefined();
  });
});

describe('a reply', () => {
  /** Results of settings, two maps, one entry, one program, one slot, then `rest`. */
  const reply = (load: readonly number[], ...rest: number[]) =>
    new Uint8Array(new Uint32Array([0, 0, 0, 0, ...load, 0, ...rest]).buffer);
  const given = scenario(EXIT);

  test('of a run', () => {
    const bytes = reply([0, 0], 0, 42, 0, 0, 2, 0, 0xffff_ffff, 0, 1, 6, 0);
    expect(outcomeOf(given, bytes)).toEqual({
      kind: 'exit',
      retval: 42,
      packet: new Uint8Array(),
      maps: [
        { type: 'prog_array', slots: [0, -1] },
        { type: 'array', values: [Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0)] },
      ],
      schedule: [],
    });
  });

  test('of a run without a packet', () => {
    const bytes = reply([0, 0], 0, 42, 4, 0, 0, 2, 0, 0xffff_ffff, 0, 1, 6, 0);
    expect(outcomeOf(scenario(EXIT, { run: '{ fuel: 5 }' }), bytes)).toMatchObject({
      kind: 'exit',
      packet: new Uint8Array(),
    });
  });

  test('of a refused program: whatever else went wrong', () => {
    const bytes = reply([13, 0], 9, 0, 2, 0xffff_ffff, 0xffff_ffff, 0, 1, 6, 0);
    expect(outcomeOf(given, bytes)).toEqual({ kind: 'rejected', program: 0, errno: 13, log: '' });
  });

  test('of a refused run', () => {
    const bytes = reply([0, 0], 22, 0, 2, 0, 0xffff_ffff, 0, 1, 6, 0);
    expect(outcomeOf(given, bytes)).toEqual({ kind: 'refused', what: 'run', errno: 22 });
  });
});

test('a case has BTF only for programs with functions', () => {
  const plain = caseOf(scenario(EXIT), { jit: true });
  const calling = caseOf(scenario(`call f\n${EXIT}\nf:\n${EXIT}`), { jit: true });
  // Three more instructions, and two functions.
  expect(calling.length - plain.length).toBe(3 * 8 + 2 * 4);
});
