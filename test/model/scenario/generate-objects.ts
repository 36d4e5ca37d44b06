// Random attributes, extensions and operations of user space, for tests of the reader and the writer. Not all that
// is drawn makes a valid scenario; `variants` says what is left when it does not.

import fc from 'fast-check';
import type { Program } from '../../../model/isa/program.ts';
import { PROGRAM_TYPES } from '../../../model/scenario/context.ts';
import type {
  MapDefinition,
  NamedProgram,
  ProgramAttributes,
  ScheduleEntry,
  UserOperation,
} from '../../../model/scenario/scenario.ts';

const u32 = fc.constantFrom(0, 1, 7, 2 ** 32 - 1);
const optional = { requiredKeys: [] as never[] };

const attributes: fc.Arbitrary<Partial<ProgramAttributes>> = fc.record(
  {
    type: fc.constantFrom(...PROGRAM_TYPES),
    jited: fc.boolean(),
    xdpHasFrags: fc.boolean(),
    expectedAttachType: u32,
    attachFuncProto: u32,
    sleepable: fc.boolean(),
    cgroupStorage: u32,
    kprobeOverride: fc.boolean(),
    devBound: fc.boolean(),
  },
  optional,
);

/** Functions that an extension can take the place of: where the program's own local calls lead. */
function calledSlots({ code }: Program): number[] {
  return code.flatMap((instruction, pc) =>
    instruction?.row.name === 'CALL_LOCAL' ? [pc + 1 + instruction.imm] : [],
  );
}

/** Says something of each program: nothing, the same of all, or something else of each. */
export function withObjects(plain: readonly NamedProgram[]): fc.Arbitrary<NamedProgram[]> {
  const attributesOfAll = fc.oneof(
    fc.constant(plain.map(() => undefined)),
    attributes.map((shared) => plain.map(() => shared)),
    fc.tuple(...plain.map(() => fc.option(attributes, { nil: undefined }))),
  );
  const replacesOf = (index: number) => {
    const places = plain
      .slice(0, index)
      .flatMap(({ program }, target) =>
        calledSlots(program).map((slot) => ({ program: target, slot })),
      );
    return places.length === 0
      ? fc.constant(undefined)
      : fc.option(fc.constantFrom(...places), { nil: undefined });
  };
  return fc
    .tuple(
      attributesOfAll,
      fc.tuple(...plain.map((_, index) => replacesOf(index))),
      fc.tuple(...plain.map(() => fc.option(fc.boolean(), { nil: undefined, freq: 2 }))),
    )
    .map(([ofAll, replaces, traced]) =>
      plain.map((named, i) => ({
        ...named,
        ...(ofAll[i] === undefined ? {} : { attributes: ofAll[i] }),
        ...(replaces[i] === undefined ? {} : { replaces: replaces[i] }),
        ...(traced[i] === undefined ? {} : { traced: traced[i] }),
      })),
    );
}

interface Operands {
  readonly map: fc.Arbitrary<number>;
  readonly program: fc.Arbitrary<number>;
  /** Arrays that hold nothing at the start, and programs that are in none: they may be absent. */
  readonly lateMap: fc.Arbitrary<number>;
  readonly lateProgram: fc.Arbitrary<number>;
}

function operationOf({ map, program, lateMap, lateProgram }: Operands) {
  const place = { map, index: u32 };
  const op = <const T extends UserOperation['op']>(...names: readonly T[]) =>
    fc.constantFrom(...names);
  const update = fc.record(
    { ...place, op: op('update'), program, flags: u32 },
    { requiredKeys: ['map', 'index', 'op', 'program'] },
  );
  const load = fc.record({ op: op('load'), program: lateProgram });
  const other = fc.oneof(
    fc.record({ ...place, op: op('delete') }),
    fc.record({ map, op: op('freeze', 'inner', 'pin', 'unpin', 'close_map') }),
    fc.record({ op: op('close_program', 'attach', 'detach'), program }),
  );
  const create = fc.record(
    { map: lateMap, op: op('create'), keySize: u32, valueSize: u32, flags: u32 },
    { requiredKeys: ['map', 'op'] },
  );
  return {
    any: fc.oneof<fc.Arbitrary<UserOperation>[]>(update, load, create, other, other),
    second: fc.oneof(update, load),
  };
}

/** Operations, some of them in pairs of which the second is done with the first. */
export function scheduleOf(maps: readonly MapDefinition[], programCount: number) {
  const progArrays = maps.flatMap(({ type }, index) => (type === 'prog_array' ? [index] : []));
  if (progArrays.length === 0) return fc.constant<ScheduleEntry[]>([]);
  const initial = maps.flatMap((map) => (map.type === 'prog_array' ? map.entries : []));
  const empty = progArrays.filter((map) => maps[map]!.entries.length === 0);
  const free = [...Array(programCount).keys()].filter(
    (number) => !initial.some(({ program }) => program === number),
  );
  const { any, second } = operationOf({
    map: fc.constantFrom(...progArrays),
    program: fc.nat(programCount - 1),
    lateMap: fc.constantFrom(...(empty.length > 0 ? empty : progArrays)),
    lateProgram: fc.constantFrom(...(free.length > 0 ? free : [0])),
  });
  const before = fc.oneof(fc.record({ step: fc.nat(99) }), fc.record({ hop: fc.nat(99) }));
  const group = fc
    .tuple(before, any, fc.option(second, { nil: undefined }))
    .map(([time, first, next]): ScheduleEntry[] => [
      { before: time, ...first },
      ...(next === undefined ? [] : [{ before: time, ...next, withPrevious: true }]),
    ]);
  return fc.array(group, { maxLength: 3 }).map((groups) => groups.flat());
}

interface Parts {
  readonly programs: readonly NamedProgram[];
  readonly schedule: readonly ScheduleEntry[];
}

/** What was drawn, then less and less of it; the last is always valid. */
export function variants<T extends Parts>(parts: T): T[] {
  const plain = parts.programs.map(({ name, program }) => ({ name, program }));
  const present = parts.schedule.flatMap((entry): ScheduleEntry[] => {
    const { withPrevious: _, ...alone } = entry;
    return entry.op === 'create' || entry.op === 'load' ? [] : [alone];
  });
  const writes = parts.schedule.flatMap((entry): ScheduleEntry[] => {
    const { withPrevious: _, ...alone } = entry;
    return entry.op === 'update' || entry.op === 'delete' ? [alone] : [];
  });
  return [
    parts,
    { ...parts, programs: plain },
    { ...parts, schedule: present },
    { ...parts, programs: plain, schedule: present },
    { ...parts, programs: plain, schedule: writes },
  ];
}
