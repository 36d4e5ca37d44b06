// Scenarios built by hand from decoded instructions, for tests of the SMT engine.

import { invariant } from '../../model/errors.ts';
import type { Instruction } from '../../model/isa/instruction.ts';
import { createProgram } from '../../model/isa/program.ts';
import type { Form, RowName } from '../../model/isa/row.ts';
import { assemble } from '../../model/isa/text/assemble.ts';
import { ROWS } from '../../model/isa/table.ts';
import { profileNamed } from '../../model/profiles/catalogue.ts';
import type { Profile } from '../../model/profiles/profile.ts';
import { buildContext, type ProgramType } from '../../model/scenario/context.ts';
import type {
  FunctionPlace,
  MapDefinition,
  NamedProgram,
  ProgramAttributes,
  Scenario,
  ScheduleEntry,
} from '../../model/scenario/scenario.ts';

type Fields = Partial<Omit<Instruction, 'row'>>;

/** An instruction by row name; the form is K or X where `src` or `imm` tell, else N. */
export function insn(name: RowName, fields: Fields = {}): Instruction {
  const form: Form = fields.src === undefined ? 'K' : 'X';
  const rows = ROWS.filter((row) => row.name === name);
  const row = rows.find((candidate) => candidate.form === form) ?? rows[0];
  invariant(row !== undefined, `row ${name}`);
  const fixed = (rule: 'register' | 'any' | number) => (typeof rule === 'number' ? rule : 0);
  return {
    row,
    dst: fixed(row.fields.dst),
    src: fixed(row.fields.src),
    offset: fixed(row.fields.offset),
    imm: fixed(row.fields.imm),
    nextImm: 0,
    ...fields,
  };
}

export const mov = (dst: number, imm: number) => insn('MOV64', { dst, imm });
export const movx = (dst: number, src: number) => insn('MOV64', { dst, src });
export const exit = insn('EXIT');
export const call = (imm: number) => insn('CALL_HELPER', { imm });
export const callLocal = (imm: number) => insn('CALL_LOCAL', { imm });
export const mapFd = (dst: number, imm: number) => insn('LD_MAP_FD', { dst, imm });
export const imm64 = (dst: number, value: bigint) =>
  insn('LD_IMM64', {
    dst,
    imm: Number(BigInt.asIntN(32, value)),
    nextImm: Number(BigInt.asIntN(32, value >> 32n)),
  });
/** Loads the array, the index, and calls bpf_tail_call; four slots. */
export const tailCall = (map: number, index: number) => [mapFd(2, map), mov(3, index), call(12)];

/** Instructions from lines of assembly; `jmp` is map 0. */
export function code(...lines: readonly string[]): readonly Instruction[] {
  const text = lines.join('\n');
  return assemble(text, { mapFd: (name) => (name === 'jmp' ? 0 : undefined) }).instructions;
}

export interface Setup {
  readonly profile?: Profile;
  readonly type?: ProgramType;
  readonly maps?: readonly MapDefinition[];
  readonly programs: readonly (readonly Instruction[])[];
  /** By program. */
  readonly attributes?: Readonly<Record<number, Partial<ProgramAttributes>>>;
  readonly traced?: readonly number[];
  /** By program: what it replaces. */
  readonly replaces?: Readonly<Record<number, FunctionPlace>>;
  readonly schedule?: readonly ScheduleEntry[];
  readonly context?: Uint8Array;
  readonly packet?: Uint8Array;
  readonly registers?: Readonly<Record<number, bigint>>;
  readonly fuel?: number;
  readonly uninitialised?: 'ignore' | 'trap';
  readonly mayGoto?: number;
  readonly helpers?: 'linux' | 'bpf_conformance';
  readonly program?: number;
}

function namedProgram(setup: Setup, code: readonly Instruction[], i: number): NamedProgram {
  const attributes = setup.attributes?.[i];
  const replaces = setup.replaces?.[i];
  return {
    name: `p${i}`,
    program: createProgram(code),
    ...(attributes && { attributes }),
    ...(setup.traced?.includes(i) && { traced: true }),
    ...(replaces && { replaces }),
  };
}

export function scenarioOf(setup: Setup): Scenario {
  const type = setup.type ?? 'raw';
  const packet = setup.packet ?? new Uint8Array(0);
  const context =
    setup.context ?? (type === 'raw' ? new Uint8Array(0) : buildContext(type, packet));
  const registers = Object.entries(setup.registers ?? {}).map(
    ([register, value]) => [Number(register), value] as const,
  );
  return {
    profile: setup.profile ?? profileNamed('linux-6.12/x86_64'),
    type,
    maps: setup.maps ?? [],
    programs: setup.programs.map((code, i) => namedProgram(setup, code, i)),
    run: {
      program: setup.program ?? 0,
      context,
      ...(type === 'raw' ? {} : { packet }),
      registers: new Map(registers),
      fuel: setup.fuel ?? 10_000,
      seed: 1,
      uninitialised: setup.uninitialised ?? 'ignore',
      mayGoto: setup.mayGoto ?? 8,
      helpers: setup.helpers ?? 'linux',
    },
    schedule: setup.schedule ?? [],
  };
}

export const progArray = (
  maxEntries: number,
  slots: Readonly<Record<number, number>> = {},
  name = 'jmp',
): MapDefinition => ({
  name,
  type: 'prog_array',
  maxEntries,
  entries: Object.entries(slots).map(([index, program]) => ({ index: Number(index), program })),
});

export const valueMap = (
  type: 'array' | 'hash',
  maxEntries: number,
  valueSize: number,
  entries: readonly (readonly [key: number, value: readonly number[]])[] = [],
  keySize = 4,
): MapDefinition => ({
  name: type,
  type,
  keySize,
  valueSize,
  maxEntries,
  entries: entries.map(([key, value]) => ({
    key: Uint8Array.from({ length: keySize }, (_, i) => (i < 4 ? (key >>> (8 * i)) & 255 : 0)),
    value: Uint8Array.from(value),
  })),
});
