import { describe, expect, test } from 'vitest';
import { formatHex } from '../../../model/scenario/bytes.ts';
import { XDP_MD } from '../../../model/scenario/context.ts';
import { parseScenario, parseScenarioFile } from '../../../model/scenario/read.ts';
import type { ValueMap } from '../../../model/scenario/scenario.ts';

const PROGRAM = 'programs:\n  entry: |\n    r0 = 0\n    exit\n';
const raw = (rest: string) => parseScenario(`tailproof: 1\ntype: raw\n${PROGRAM}${rest}`);
const xdp = (rest: string) => parseScenario(`tailproof: 1\ntype: xdp\n${PROGRAM}${rest}`);

const DESIGN_EXAMPLE = `tailproof: 1
profile: linux-6.12/x86_64
type: sched_cls
maps:
  jmp:   { type: prog_array, max_entries: 3, entries: { 0: leaf } }
  count: { type: array, key_size: 4, value_size: 8, max_entries: 1 }
programs:
  entry: |
    r2 = map[jmp]
    r3 = 1
    call bpf_tail_call
    r0 = 3
    exit
  leaf: |
    r0 = 7
    exit
run: { program: entry, packet: "00 01 02 03" }
schedule:
  - { before: { hop: 0 }, update: jmp, index: 1, program: leaf }
  - { before: { step: 40 }, delete: jmp, index: 1 }
expect: { exit: 7, tail_calls: 1 }
`;

test('the example of the design', () => {
  const scenario = parseScenario(DESIGN_EXAMPLE);
  expect(scenario.profile.name).toBe('linux-6.12/x86_64');
  expect(scenario.type).toBe('sched_cls');
  expect(scenario.maps).toEqual([
    { name: 'jmp', type: 'prog_array', maxEntries: 3, entries: [{ index: 0, program: 1 }] },
    { name: 'count', type: 'array', keySize: 4, valueSize: 8, maxEntries: 1, entries: [] },
  ]);
  expect(scenario.programs.map(({ name }) => name)).toEqual(['entry', 'leaf']);
  expect(scenario.programs[0]?.program.code.map((slot) => slot?.row.name)).toEqual([
    'LD_MAP_FD',
    undefined,
    'MOV64',
    'CALL_HELPER',
    'MOV64',
    'EXIT',
  ]);
  expect(scenario.run).toMatchObject({ program: 0, packet: Uint8Array.of(0, 1, 2, 3) });
  expect(scenario.run.context).toHaveLength(192);
  expect(scenario.schedule).toEqual([
    { before: { hop: 0 }, map: 0, index: 1, op: 'update', program: 1 },
    { before: { step: 40 }, map: 0, index: 1, op: 'delete' },
  ]);
  expect(scenario.expect).toEqual({ exit: 7n, tailCalls: 1 });
});

describe('defaults', () => {
  test('of a raw run', () => {
    expect(raw('')).toMatchObject({
      profile: { name: 'linux-6.12/x86_64' },
      maps: [],
      schedule: [],
      run: { program: 0, fuel: 1_000_000, seed: 0, uninitialised: 'ignore', helpers: 'linux' },
    });
    expect(raw('').run.mayGoto).toBe(8_388_608);
    expect(raw('').run.context).toHaveLength(0);
    expect(raw('').run).not.toHaveProperty('packet');
    expect(raw('')).not.toHaveProperty('expect');
  });

  test('of a run on a packet', () => {
    expect(xdp('').run).toMatchObject({ packet: new Uint8Array(), uninitialised: 'trap' });
    expect(xdp('').run.context).toHaveLength(24);
  });
});

describe('inputs of a run', () => {
  test('everything at once', () => {
    const { run } = raw(
      'run: { program: entry, context: "0A ff", registers: { r3: -1, r0: 0x10 }, fuel: 0,' +
        ' seed: 4294967295, uninitialised: trap, may_goto: 5, helpers: bpf_conformance }',
    );
    expect(run).toEqual({
      program: 0,
      context: Uint8Array.of(0x0a, 0xff),
      registers: new Map([
        [3, 0xffff_ffff_ffff_ffffn],
        [0, 16n],
      ]),
      fuel: 0,
      seed: 0xffff_ffff,
      uninitialised: 'trap',
      mayGoto: 5,
      helpers: 'bpf_conformance',
    });
  });

  test.each([
    ['0xfedcba9876543210', 0xfedc_ba98_7654_3210n],
    ['18446744073709551615', 0xffff_ffff_ffff_ffffn],
    ['-9223372036854775808', 0x8000_0000_0000_0000n],
    ['-0x10', 0xffff_ffff_ffff_fff0n],
    ['"-0x10"', 0xffff_ffff_ffff_fff0n],
    ['9007199254740993', 9_007_199_254_740_993n],
  ])('a 64-bit integer survives: %s', (text, value) => {
    expect(raw(`run: { registers: { r1: ${text} } }`).run.registers.get(1)).toBe(value);
    expect(raw(`expect: { exit: ${text} }`).expect?.exit).toBe(value);
  });

  test.each([
    ['"00 01 02"', '00 01 02'],
    ['"000102"', '00 01 02'],
    ['000102', '00 01 02'],
    ['10', '10'],
    ['1e10', '1e 10'],
    ['""', ''],
    ['|\n    00 01\n    02', '00 01 02'],
  ])('packet bytes are read as they are written: %s', (text, bytes) => {
    expect(formatHex(xdp(`run:\n  packet: ${text}\n`).run.packet!)).toBe(bytes);
  });

  test('context fields are set, those of the packet follow it', () => {
    const { context } = xdp('run: { packet: "00 00", context: { rx_queue_index: 7 } }').run;
    const field = (offset: number) => new DataView(context.buffer).getUint32(offset, true);
    expect(field(XDP_MD.rx_queue_index)).toBe(7);
    expect(field(XDP_MD.data_end) - field(XDP_MD.data)).toBe(2);
  });
});

describe('maps', () => {
  const mapOf = (body: string) => raw(`maps:\n  m: ${body}\n`).maps[0] as ValueMap;
  const entriesOf = (map: ValueMap) =>
    map.entries.map(({ key, value }) => `${formatHex(key)} = ${formatHex(value)}`);

  test('array entries by index, as integers or bytes', () => {
    const map = mapOf(
      '{ type: array, value_size: 4, max_entries: 4, entries: { 0: 1, 2: -2, 0x3: 0x10, 1: "0a 0b 0c 0d" } }',
    );
    expect(map.keySize).toBe(4);
    expect(entriesOf(map)).toEqual([
      '00 00 00 00 = 01 00 00 00',
      '02 00 00 00 = fe ff ff ff',
      '03 00 00 00 = 10 00 00 00',
      '01 00 00 00 = 0a 0b 0c 0d',
    ]);
  });

  test('hash entries keep the order of the file, listed or not', () => {
    const sizes = 'type: hash, key_size: 2, value_size: 8, max_entries: 4';
    expect(entriesOf(mapOf(`{ ${sizes}, entries: { 2: 1, 1: 2, "10 00": 3 } }`))).toEqual([
      '02 00 = 01 00 00 00 00 00 00 00',
      '01 00 = 02 00 00 00 00 00 00 00',
      '10 00 = 03 00 00 00 00 00 00 00',
    ]);
    const listed = mapOf(
      `{ ${sizes}, entries: [{ key: "00 01", value: -0x1 }, { value: 5, key: 0 }] }`,
    );
    expect(entriesOf(listed)).toEqual([
      '00 01 = ff ff ff ff ff ff ff ff',
      '00 00 = 05 00 00 00 00 00 00 00',
    ]);
  });

  test('expected contents', () => {
    const scenario = raw(
      'maps:\n  m: { type: array, value_size: 2, max_entries: 2 }\nexpect: { maps: { m: { 1: 258 } } }',
    );
    expect(scenario.expect?.maps).toEqual([
      { map: 0, entries: [{ key: Uint8Array.of(1, 0, 0, 0), value: Uint8Array.of(2, 1) }] },
    ]);
  });
});

describe('programs', () => {
  test('as bytecode', () => {
    const text =
      'tailproof: 1\ntype: raw\nprograms: { p: { bytes: "b700000007000000 9500000000000000" } }\n';
    const { code } = parseScenario(text).programs[0]!.program;
    expect(code.map((slot) => [slot?.row.name, slot?.imm])).toEqual([
      ['MOV64', 7],
      ['EXIT', 0],
    ]);
  });

  test('as assembly under asm, and in one line', () => {
    const text = 'tailproof: 1\ntype: raw\nprograms:\n  a: { asm: exit }\n  b: exit\n';
    const [a, b] = parseScenario(text).programs;
    expect(a?.program).toEqual(b?.program);
  });

  test('the address of a value reaches to the last byte of the last value', () => {
    const program = 'programs:\n  p: |\n    r0 = map[m][0]+10\n    exit\n';
    const maps = 'maps: { m: { type: array, value_size: 3, max_entries: 2 } }\n';
    expect(() => parseScenario(`tailproof: 1\ntype: raw\n${maps}${program}`)).not.toThrow();
  });

  test('a refusing profile still runs either kind of call alone', () => {
    const head = 'tailproof: 1\nprofile: linux-6.12/interp\ntype: xdp\nprograms:\n';
    const programs =
      '  a: |\n    call sub\n    exit\n    sub:\n    exit\n  b: |\n    call bpf_tail_call\n    exit\n';
    expect(() => parseScenario(head + programs)).not.toThrow();
  });
});

describe('runs', () => {
  const text = `tailproof: 1
type: xdp
maps: { jmp: { type: prog_array, max_entries: 1 } }
programs: { p: exit, q: exit }
runs:
  - { name: first, packet: "01", expect: { exit: 1 } }
  - name: second packet
    program: q
    schedule: [{ before: { step: 0 }, update: jmp, index: 0, program: p }]
    expect: { trap: uninitialised_read }
  - { name: third, expect: { out_of_fuel: true }, fuel: 0 }
`;

  test('share programs and maps, and have all else of their own', () => {
    const { scenarios } = parseScenarioFile(text);
    expect(scenarios.map(({ name }) => name)).toEqual(['first', 'second packet', 'third']);
    const [first, second, third] = scenarios.map(({ scenario }) => scenario);
    expect(first?.programs).toBe(second?.programs);
    expect(first).toMatchObject({ run: { program: 0 }, schedule: [], expect: { exit: 1n } });
    expect(second).toMatchObject({ run: { program: 1 }, expect: { trap: 'uninitialised_read' } });
    expect(second?.schedule).toHaveLength(1);
    expect(third).toMatchObject({ run: { fuel: 0 }, expect: { outOfFuel: true } });
  });

  test('a file with one run calls it run', () => {
    const { scenarios } = parseScenarioFile('tailproof: 1\ntype: raw\nprograms: { p: exit }\n');
    expect(scenarios.map(({ name }) => name)).toEqual(['run']);
  });
});

test('anchors spare repetition', () => {
  const text = `tailproof: 1
type: xdp
programs: { p: &p exit, q: *p }
`;
  expect(parseScenario(text).programs.map(({ name }) => name)).toEqual(['p', 'q']);
});
