import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../model/isa/program.ts';
import { assemble } from '../../../model/isa/text/assemble.ts';
import { createScenario } from '../../../model/scenario/create.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import { formatScenario } from '../../../model/scenario/write.ts';
import { anyScenario } from './generate.ts';

const SEED = 20260727;

describe('what was written', () => {
  test('reads back to an equal scenario', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        expect(parseScenario(formatScenario(scenario))).toEqual(scenario);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('is the same to the byte after reading and writing again', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const text = formatScenario(scenario);
        expect(formatScenario(parseScenario(text))).toBe(text);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  test('may carry any comment', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ unit: 'binary' }),
            fc.constantFrom('a\r\nb: 1', '\u0085x: 1', '\u2028y'),
          ),
        ),
        (comments) => {
          const scenario = createScenario({ programs: [{ name: 'p', program: PROGRAM }] });
          expect(parseScenario(formatScenario(scenario, { comments }))).toEqual(scenario);
        },
      ),
      { seed: SEED },
    );
  });
});

const PROGRAM = createProgram(
  assemble('r2 = 1\nif r2 != 0 goto out\nr0 = 0\nout:\nexit').instructions,
);

const GOLDEN = `# Found by a test.
# Two
# lines
tailproof: 1
profile: linux-6.1/x86_64
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 3, entries: { 2: entry } }
  "null":
    type: hash
    key_size: 2
    value_size: 36
    max_entries: 2
    entries:
      - key: "01 02"
        value: |
          ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab
          ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab
          ab ab ab ab
  count: { type: array, key_size: 4, value_size: 2, max_entries: 2, entries: { 1: "07 00" } }
programs:
  entry: |2
      r2 = 1
      if r2 != 0 goto l3
      r0 = 0
    l3:
      exit
  "true": |
    r0 = 7
    exit
run:
  program: "true"
  packet: "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
  context: { mark: 9 }
  fuel: 100
  seed: 3
schedule:
  - { before: { hop: 0 }, update: jmp, index: 1, program: "true" }
expect: { exit: -1, tail_calls: 1, maps: { count: {} } }
`;

test('a file that shows everything', () => {
  const scenario = createScenario({
    profile: 'linux-6.1/x86_64',
    type: 'sched_cls',
    maps: [
      { name: 'jmp', type: 'prog_array', maxEntries: 3, entries: [{ index: 2, program: 0 }] },
      {
        name: 'null',
        type: 'hash',
        keySize: 2,
        valueSize: 36,
        maxEntries: 2,
        entries: [{ key: Uint8Array.of(1, 2), value: new Uint8Array(36).fill(0xab) }],
      },
      {
        name: 'count',
        type: 'array',
        keySize: 4,
        valueSize: 2,
        maxEntries: 2,
        entries: [{ key: Uint8Array.of(1, 0, 0, 0), value: Uint8Array.of(7, 0) }],
      },
    ],
    programs: [
      { name: 'entry', program: PROGRAM },
      { name: 'true', program: createProgram(assemble('r0 = 7\nexit').instructions) },
    ],
    run: { program: 1, packet: new Uint8Array(20), context: { mark: 9 }, fuel: 100, seed: 3 },
    schedule: [{ before: { hop: 0 }, op: 'update', map: 0, index: 1, program: 1 }],
    expect: { exit: 0xffff_ffff_ffff_ffffn, tailCalls: 1, maps: [{ map: 2, entries: [] }] },
  });
  expect(formatScenario(scenario, { comments: ['Found by a test.', 'Two\nlines'] })).toBe(GOLDEN);
});

test('what is drawn has every operation, attributes and extensions', () => {
  const seen = new Map<string, number>();
  const note = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  for (const { programs, schedule } of fc.sample(anyScenario, { seed: SEED, numRuns: 1000 })) {
    for (const { attributes, traced, replaces } of programs) {
      if (attributes !== undefined) note('attributes');
      if (traced !== undefined) note('traced');
      if (replaces !== undefined) note('replaces');
    }
    for (const { op, withPrevious } of schedule) note(withPrevious ? `${op} with previous` : op);
  }
  const operations = ['update', 'delete', 'freeze', 'create', 'inner', 'pin', 'unpin'];
  const others = ['close_map', 'close_program', 'load', 'attach', 'detach'];
  const pairs = ['update with previous', 'load with previous'];
  for (const what of ['attributes', 'traced', 'replaces', ...operations, ...others, ...pairs]) {
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(5);
  }
});

const OBJECTS = `tailproof: 1
profile: linux-6.12/x86_64
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 2 }
  late: { type: prog_array, max_entries: 1 }
programs:
  main:
    asm: |2
        call l2
        exit
      l2:
        r0 = 1
        exit
    traced: true
  ext:
    asm: |
      r0 = 2
      exit
    attributes:
      type: xdp
      jited: false
      xdp_has_frags: true
      expected_attach_type: 1
      attach_func_proto: 2
      sleepable: true
      cgroup_storage: 3
      kprobe_override: true
      dev_bound: true
    replaces: { program: main, function: 2 }
  late_user: |
    r2 = map[late]
    r0 = 0
    exit
schedule:
  - { before: { step: 0 }, update: jmp, index: 0, program: main, flags: 1 }
  - { before: { step: 0 }, update: jmp, index: 1, program: main, with_previous: true }
  - { before: { step: 1 }, delete: jmp, index: 1 }
  - { before: { step: 1 }, freeze: jmp }
  - { before: { step: 1 }, create: late, key_size: 4, value_size: 4, map_flags: 8 }
  - { before: { step: 1 }, inner: jmp }
  - { before: { step: 1 }, pin: jmp }
  - { before: { step: 1 }, unpin: jmp }
  - { before: { step: 1 }, close: jmp }
  - { before: { step: 1 }, close: ext }
  - { before: { hop: 2 }, load: late_user }
  - { before: { hop: 2 }, attach: ext }
  - { before: { hop: 2 }, detach: ext }
`;

test('a file that shows all of objects', () => {
  const scenario = parseScenario(OBJECTS);
  expect(scenario.programs[0]).toMatchObject({ traced: true });
  expect(scenario.programs[1]).toMatchObject({
    attributes: {
      type: 'xdp',
      jited: false,
      xdpHasFrags: true,
      expectedAttachType: 1,
      attachFuncProto: 2,
      sleepable: true,
      cgroupStorage: 3,
      kprobeOverride: true,
      devBound: true,
    },
    replaces: { program: 0, slot: 2 },
  });
  expect(scenario.schedule).toEqual([
    { before: { step: 0 }, op: 'update', map: 0, index: 0, program: 0, flags: 1 },
    { before: { step: 0 }, op: 'update', map: 0, index: 1, program: 0, withPrevious: true },
    { before: { step: 1 }, op: 'delete', map: 0, index: 1 },
    { before: { step: 1 }, op: 'freeze', map: 0 },
    { before: { step: 1 }, op: 'create', map: 1, keySize: 4, valueSize: 4, flags: 8 },
    { before: { step: 1 }, op: 'inner', map: 0 },
    { before: { step: 1 }, op: 'pin', map: 0 },
    { before: { step: 1 }, op: 'unpin', map: 0 },
    { before: { step: 1 }, op: 'close_map', map: 0 },
    { before: { step: 1 }, op: 'close_program', program: 1 },
    { before: { hop: 2 }, op: 'load', program: 2 },
    { before: { hop: 2 }, op: 'attach', program: 1 },
    { before: { hop: 2 }, op: 'detach', program: 1 },
  ]);
  expect(formatScenario(scenario)).toBe(OBJECTS);
});
