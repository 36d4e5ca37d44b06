// The shape of a scenario file, by zod: which keys there are and what each takes. What needs to know other
// parts of the file (names, sizes, limits of maps) is left to read.ts and validate.ts.

import type { z } from 'zod';
import { PROGRAM_TYPES } from './context.ts';
import { OPERATION_KEYS, type OperationKey } from './keys.ts';
import { COUNT_MAX, U32_MAX } from './limits.ts';
import { TRAP_KINDS } from './outcome.ts';
import {
  bytes,
  choice,
  entries,
  formatVersion,
  integer,
  leaf,
  list,
  mappingOr,
  named,
  object,
  present,
  readInteger,
  rule,
  text,
  toggle,
  word,
  yes,
} from './shape.ts';

export const FORMAT = 1;
const MAP_TYPES = ['array', 'hash', 'prog_array'] as const;

const map = object({
  type: choice(MAP_TYPES),
  key_size: integer(0, U32_MAX).optional(),
  value_size: integer(0, U32_MAX).optional(),
  max_entries: integer(0, U32_MAX),
  entries: entries.optional(),
});

const u32 = integer(0, U32_MAX);

const attributes = object({
  type: choice(PROGRAM_TYPES).optional(),
  jited: toggle.optional(),
  xdp_has_frags: toggle.optional(),
  expected_attach_type: u32.optional(),
  attach_func_proto: u32.optional(),
  sleepable: toggle.optional(),
  cgroup_storage: u32.optional(),
  kprobe_override: toggle.optional(),
  dev_bound: toggle.optional(),
});

/** A function of a program: a label of its text, or the slot where it starts. */
const functionName = leaf<string | number>('a label or a slot', (value) => {
  const slot = readInteger(value);
  if (slot === undefined) return typeof value === 'string' ? { value } : undefined;
  return slot >= 0n && slot <= BigInt(U32_MAX)
    ? { value: Number(slot) }
    : { problem: `${slot} is not from 0 to ${U32_MAX}` };
});

const programObject = rule(
  object({
    asm: text.optional(),
    bytes: bytes.optional(),
    attributes: attributes.optional(),
    traced: toggle.optional(),
    replaces: object({ program: text, function: functionName }).optional(),
  }),
  (value) =>
    present(value, ['asm', 'bytes']).length === 1
      ? undefined
      : { reason: 'a program is either asm or bytes' },
);
const programText = leaf<ProgramInFile>('a program', (value) =>
  typeof value === 'string' ? { value: { asm: value } } : undefined,
);
const program = mappingOr(programObject, programText);

/** Raw contexts are bytes, the others fields by name. */
const context = mappingOr(named(integer(0, U32_MAX)), bytes);

const REGISTERS = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9'] as const;
const registers = object(
  Object.fromEntries(REGISTERS.map((register) => [register, word.optional()])),
);

const runShape = {
  program: text.optional(),
  packet: bytes.optional(),
  context: context.optional(),
  registers: registers.optional(),
  fuel: integer(0, COUNT_MAX).optional(),
  seed: integer(0, U32_MAX).optional(),
  uninitialised: choice(['ignore', 'trap']).optional(),
  may_goto: integer(0, COUNT_MAX).optional(),
  helpers: choice(['linux', 'bpf_conformance']).optional(),
};

const time = rule(
  object({ step: integer(0, COUNT_MAX).optional(), hop: integer(0, COUNT_MAX).optional() }),
  (value) =>
    present(value, ['step', 'hop']).length === 1
      ? undefined
      : { reason: 'expected either step or hop' },
);

const OPERATIONS = Object.keys(OPERATION_KEYS) as OperationKey[];

const operands = {
  index: u32.optional(),
  program: text.optional(),
  flags: u32.optional(),
  key_size: u32.optional(),
  value_size: u32.optional(),
  map_flags: u32.optional(),
  with_previous: yes.optional(),
};

const operations = {
  update: text.optional(),
  delete: text.optional(),
  freeze: text.optional(),
  create: text.optional(),
  inner: text.optional(),
  pin: text.optional(),
  unpin: text.optional(),
  close: text.optional(),
  load: text.optional(),
  attach: text.optional(),
  detach: text.optional(),
} satisfies Record<OperationKey, unknown>;

const scheduleEntry = rule(object({ before: time, ...operations, ...operands }), (value) => {
  const [operation, second] = present(value, OPERATIONS) as OperationKey[];
  if (operation === undefined) return { reason: `expected one of ${OPERATIONS.join(', ')}` };
  if (second !== undefined) {
    return { reason: `an entry does one thing, not both ${operation} and ${second}`, key: second };
  }
  const { needs, may } = OPERATION_KEYS[operation];
  const missing = needs.find((key) => present(value, [key]).length === 0);
  if (missing !== undefined) return { reason: 'is missing', key: missing };
  const takes: readonly string[] = [...needs, ...may];
  const extra = present(value, Object.keys(operands)).find((key) => !takes.includes(key));
  return extra === undefined ? undefined : { reason: `${operation} takes no ${extra}`, key: extra };
});

const expectation = rule(
  object({
    exit: word.optional(),
    trap: choice(TRAP_KINDS).optional(),
    out_of_fuel: yes.optional(),
    tail_calls: integer(0, COUNT_MAX).optional(),
    maps: named(entries).optional(),
  }),
  (value) => {
    const endings = present(value, ['exit', 'trap', 'out_of_fuel']);
    if (endings.length < 2) return undefined;
    return { reason: `a run ends in one way, not by ${endings.join(' and ')}` };
  },
);

const runFrame = { schedule: list(scheduleEntry).optional(), expect: expectation.optional() };
const run = object(runShape);
const namedRun = object({ name: text, ...runShape, ...runFrame });

export const scenarioFile = rule(
  object({
    tailproof: formatVersion(FORMAT),
    profile: text.optional(),
    type: choice(PROGRAM_TYPES),
    maps: named(map).optional(),
    programs: named(program),
    run: run.optional(),
    runs: list(namedRun).optional(),
    ...runFrame,
  }),
  (value) => {
    const [lone] = present(value, ['run', 'schedule', 'expect']);
    if (value.runs === undefined || lone === undefined) return undefined;
    return { reason: 'the file has runs, each with its own; this belongs into them', key: lone };
  },
);

export type ScenarioFile = z.output<typeof scenarioFile>;
export type MapInFile = z.output<typeof map>;
export type ProgramInFile = z.output<typeof programObject>;
export type AttributesInFile = z.output<typeof attributes>;
export type RunInFile = z.output<typeof run>;
export type ScheduleEntryInFile = z.output<typeof scheduleEntry>;
export type ExpectationInFile = z.output<typeof expectation>;
