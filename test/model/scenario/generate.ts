// Random scenarios for tests of the reader and the writer: valid, varied, and meaningless to run.

import fc from 'fast-check';
import { createProgram, decodeProgram, type Program } from '../../../model/isa/program.ts';
import { slotsFromBytes } from '../../../model/isa/instruction.ts';
import { assemble } from '../../../model/isa/text/assemble.ts';
import { listProfiles } from '../../../model/profiles/catalogue.ts';
import { contextFields, PACKET_FIELDS, PROGRAM_TYPES } from '../../../model/scenario/context.ts';
import { createScenario, type ScenarioInput } from '../../../model/scenario/create.ts';
import { TRAP_KINDS } from '../../../model/scenario/outcome.ts';
import type {
  Expectation,
  MapDefinition,
  Scenario,
  ValueMap,
} from '../../../model/scenario/scenario.ts';
import { scheduleOf, variants, withObjects } from './generate-objects.ts';

const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/),
  fc.constantFrom('null', 'true', 'False', 'no', 'r1', 'y', 'x'.repeat(63)),
);
const bytes = (min: number, max = min) => fc.uint8Array({ minLength: min, maxLength: max });

const BODIES = [
  'r0 = 0\nexit',
  'r0 = r1\nif r0 == 5 goto end\nr0 += -7\nend:\nexit',
  'loop:\nr0 = 0x123456789abcdef ll\nw0 s>>= w1\nmay_goto loop\ngoto loop',
  'call sub\nexit\nsub:\n*(u32 *)(r10 - 4) = r1\nr0 = *(s8 *)(r10 - 4)\nexit',
  'lock *(u64 *)(r10 - 8) += r1\nr0 = bswap16 r0\nexit',
  'call bpf_get_prandom_u32\nexit',
];
const TAIL_CALL = 'r2 = map[NAME]\nr3 = 0\ncall bpf_tail_call\nr0 = 3\nexit';
const BYTECODE = Uint8Array.from([
  0xb7, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x95, 0, 0, 0, 0, 0, 0, 0,
]);

function programOf(maps: readonly MapDefinition[]): fc.Arbitrary<Program> {
  const progArrays = maps.filter(({ type }) => type === 'prog_array').map((map) => map.name);
  const arrays = maps.filter(({ type }) => type === 'array').map((map) => map.name);
  const texts = [
    ...BODIES,
    ...progArrays.map((map) => TAIL_CALL.replace('NAME', map)),
    ...arrays.map((map) => `r1 = map[${map}][0]+0\nr0 = 0\nexit`),
  ];
  const mapNames = maps.map((map) => map.name);
  const mapFd = (wanted: string) => mapNames.indexOf(wanted);
  return fc.oneof(
    fc.constantFrom(...texts).map((text) => createProgram(assemble(text, { mapFd }).instructions)),
    fc.constant(decodeProgram(slotsFromBytes(BYTECODE))),
  );
}

function entriesOf(keySize: number, valueSize: number, max: number) {
  return fc.uniqueArray(fc.record({ key: bytes(keySize), value: bytes(valueSize) }), {
    maxLength: Math.min(max, 4),
    selector: ({ key }) => key.join(),
  });
}

function indexEntries(valueSize: number, max: number) {
  return fc
    .uniqueArray(fc.tuple(fc.nat(max - 1), bytes(valueSize)), { selector: ([index]) => index })
    .map((list) => list.map(([index, value]) => ({ key: Uint8Array.of(index, 0, 0, 0), value })));
}

function mapOf(named: string, programCount: number): fc.Arbitrary<MapDefinition> {
  const size = fc.constantFrom(1, 2, 3, 4, 8, 17, 40);
  const max = fc.integer({ min: 1, max: 5 });
  const array = fc.tuple(size, max).chain(([valueSize, maxEntries]) =>
    indexEntries(valueSize, maxEntries).map(
      (entries): MapDefinition => ({
        name: named,
        type: 'array',
        keySize: 4,
        valueSize,
        maxEntries,
        entries,
      }),
    ),
  );
  const hash = fc.tuple(size, size, max).chain(([keySize, valueSize, maxEntries]) =>
    entriesOf(keySize, valueSize, maxEntries).map(
      (entries): MapDefinition => ({
        name: named,
        type: 'hash',
        keySize,
        valueSize,
        maxEntries,
        entries,
      }),
    ),
  );
  const progArray = max.chain((maxEntries) =>
    fc
      .oneof(
        // Only an array that holds nothing at the start can be created later.
        fc.constant([]),
        fc.uniqueArray(
          fc.record({ index: fc.nat(maxEntries - 1), program: fc.nat(programCount - 1) }),
          { selector: ({ index }) => index },
        ),
      )
      .map((entries): MapDefinition => ({ name: named, type: 'prog_array', maxEntries, entries })),
  );
  return fc.oneof(array, hash, progArray);
}

function runOf(type: Scenario['type'], programCount: number) {
  const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const fields = Object.keys(contextFields(type)).filter((field) => !PACKET_FIELDS.has(field));
  const common = {
    program: fc.nat(programCount - 1),
    fuel: fc.constantFrom(0, 5, 1_000_000, 2 ** 31 - 1),
    seed: fc.constantFrom(0, 1, 2 ** 32 - 1),
    uninitialised: fc.constantFrom('ignore' as const, 'trap' as const),
    mayGoto: fc.constantFrom(0, 8_388_608),
    helpers: fc.constantFrom('linux' as const, 'bpf_conformance' as const),
  };
  if (type === 'raw') {
    const registers = fc
      .array(fc.tuple(fc.nat(9), fc.oneof(u64, fc.constantFrom(0n, 2n ** 64n - 1n))))
      .map((list) => new Map(list));
    return fc.record({ ...common, context: bytes(0, 50), registers }, { requiredKeys: [] });
  }
  const context = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...fields), fc.nat(2 ** 32 - 1)), {
      selector: ([field]) => field,
      maxLength: 4,
    })
    .map((list) => Object.fromEntries(list));
  return fc.record({ ...common, packet: bytes(0, 80), context }, { requiredKeys: [] });
}

function expectOf(maps: readonly MapDefinition[]): fc.Arbitrary<Expectation> {
  const valueMaps = maps.flatMap((map, index) =>
    map.type === 'prog_array' ? [] : [[index, map] as [number, ValueMap]],
  );
  const contents = fc.tuple(
    ...valueMaps.map(([map, { type, keySize, valueSize, maxEntries }]) =>
      (type === 'array'
        ? indexEntries(valueSize, maxEntries)
        : entriesOf(keySize, valueSize, maxEntries)
      ).map((entries) => ({ map, entries })),
    ),
  );
  const rest = { tailCalls: fc.nat(40), maps: contents };
  const optional = { requiredKeys: [] as never[] };
  return fc.oneof(
    fc.record({ ...rest, exit: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }, optional),
    fc.record({ ...rest, trap: fc.constantFrom(...TRAP_KINDS) }, optional),
    fc.record({ ...rest, outOfFuel: fc.constant(true) }, optional),
  );
}

function firstValid(inputs: readonly ScenarioInput[]): Scenario {
  const [input, ...others] = inputs;
  try {
    return createScenario(input!);
  } catch (error) {
    if (others.length === 0) throw error;
    return firstValid(others);
  }
}

/** Valid scenarios of every type, with everything that a file can say. */
export const anyScenario: fc.Arbitrary<Scenario> = fc
  .tuple(
    fc.constantFrom(...PROGRAM_TYPES),
    fc.constantFrom(...listProfiles()),
    fc.uniqueArray(name, { maxLength: 4 }),
    fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
  )
  .chain(([type, profile, mapNames, programNames]) =>
    fc.tuple(...mapNames.map((named) => mapOf(named, programNames.length))).chain((maps) =>
      fc
        .record(
          {
            programs: fc
              .tuple(
                ...programNames.map((named) =>
                  programOf(maps).map((program) => ({ name: named, program })),
                ),
              )
              .chain(withObjects),
            run: runOf(type, programNames.length),
            schedule: scheduleOf(maps, programNames.length),
            expect: expectOf(maps),
          },
          { requiredKeys: ['programs', 'run', 'schedule'] },
        )
        .map((rest) =>
          firstValid(variants(rest).map((each) => ({ type, profile, maps, ...each }))),
        ),
    ),
  );
