// The instruction table: every row of RFC 9669 and of Linux's additions, generated from the operations.
// Syntax only: what an instruction does is written in interp/ and, independently, in smt/.

import { invariant } from '../errors.ts';
import {
  ATOMIC,
  BINARY_ALU,
  BYTE_SWAP,
  BYTES,
  CALL_CODE,
  CALL_KIND,
  CLASS,
  CONDITIONAL_JUMP,
  type ConformanceGroup,
  END_CODE,
  EXIT_CODE,
  JA_CODE,
  JCOND_CODE,
  LD_IMM64_KIND,
  MODE,
  MOV_CODE,
  MOVSX,
  NEG_CODE,
  ORDERED,
  SIZE,
  type Size,
  SOURCE,
  type Source,
  type Width,
} from './operations.ts';
import type { FieldRules, Form, Row, RowName } from './row.ts';

type NewRow = Omit<Row, 'id'>;

const WIDTHS = [64, 32] as const;
const SOURCES = ['K', 'X'] as const;
const SIZES = ['B', 'H', 'W', 'DW'] as const;
const SUBWORDS = ['B', 'H', 'W'] as const;

function entries<T extends object>(table: T): [keyof T & string, T[keyof T]][] {
  return Object.entries(table) as [keyof T & string, T[keyof T]][];
}

const aluClass = (width: Width) => (width === 64 ? CLASS.ALU64 : CLASS.ALU);
const jumpClass = (width: Width) => (width === 64 ? CLASS.JMP : CLASS.JMP32);
const baseGroup = (width: Width): ConformanceGroup => (width === 64 ? 'base64' : 'base32');
const sizeWidth = (size: Size): Width => (size === 'DW' ? 64 : 32);
/** Registers are spelt r0 to r10, and w0 to w10 where an operation is 32 bits wide. */
const r = (field: 'dst' | 'src', width: Width) => (width === 64 ? `{${field}}` : `{${field}32}`);
const suiteSuffix = (width: Width) => (width === 64 ? '' : '32');
const unsignedType = (size: Size) => `u${BYTES[size] * 8}`;
const at = (field: 'dst' | 'src') => `({${field}} {offset})`;

/** An instruction with a K and an X form: the operand that is not used is reserved. */
function operandFields(source: Source, offset: FieldRules['offset']): FieldRules {
  return source === 'K'
    ? { dst: 'register', src: 0, offset, imm: 'any' }
    : { dst: 'register', src: 'register', offset, imm: 0 };
}

function* aluRows(): Generator<NewRow> {
  for (const [op, { code, offset, sign, suite, group, cpu }] of entries(BINARY_ALU)) {
    for (const width of WIDTHS) {
      for (const source of SOURCES) {
        const operand = source === 'K' ? '{imm}' : r('src', width);
        yield {
          name: `${op}${width}`,
          form: source,
          opcode: aluClass(width) | SOURCE[source] | (code << 4),
          fields: operandFields(source, offset),
          operation: { family: 'alu', op, width, source },
          group: group === 'divmul' ? `divmul${width}` : baseGroup(width),
          cpu,
          source: 'RFC 9669 §4.1',
          kernel: `${r('dst', width)} ${sign} ${operand}`,
          suite: `${suite}${suiteSuffix(width)} {dst}, ${source === 'K' ? '{imm}' : '{src}'}`,
        };
      }
    }
  }
}

function* unaryRows(): Generator<NewRow> {
  for (const width of WIDTHS) {
    yield {
      name: `NEG${width}`,
      form: 'N',
      opcode: aluClass(width) | SOURCE.K | (NEG_CODE << 4),
      fields: { dst: 'register', src: 0, offset: 0, imm: 0 },
      operation: { family: 'neg', width },
      group: baseGroup(width),
      cpu: 1,
      source: 'RFC 9669 §4.1',
      kernel: `${r('dst', width)} = -${r('dst', width)}`,
      suite: `neg${suiteSuffix(width)} {dst}`,
    };
  }
  for (const [op, { bits, width }] of entries(MOVSX)) {
    yield {
      name: op,
      form: 'N',
      opcode: aluClass(width) | SOURCE.X | (MOV_CODE << 4),
      fields: { dst: 'register', src: 'register', offset: bits, imm: 0 },
      operation: { family: 'movsx', op },
      group: baseGroup(width),
      cpu: 4,
      source: 'RFC 9669 §4.1',
      kernel: `${r('dst', width)} = (s${bits})${r('src', width)}`,
      suite: `movsx${bits}${width} {dst}, {src}`,
    };
  }
  for (const [op, { class: name, source, bits, text, suite, cpu }] of entries(BYTE_SWAP)) {
    yield {
      name: op,
      form: 'N',
      opcode: CLASS[name] | SOURCE[source] | (END_CODE << 4),
      fields: { dst: 'register', src: 0, offset: 0, imm: bits },
      operation: { family: 'swap', op },
      group: bits === 64 || name === 'ALU64' ? 'base64' : 'base32',
      cpu,
      source: 'RFC 9669 §4.2',
      kernel: `{dst} = ${text} {dst}`,
      suite: `${suite} {dst}`,
    };
  }
}

function* conditionalJumpRows(): Generator<NewRow> {
  for (const [op, { code, sign, suite, cpu }] of entries(CONDITIONAL_JUMP)) {
    for (const width of WIDTHS) {
      for (const source of SOURCES) {
        const operand = source === 'K' ? '{imm}' : r('src', width);
        yield {
          name: `${op}${width}`,
          form: source,
          opcode: jumpClass(width) | SOURCE[source] | (code << 4),
          fields: operandFields(source, 'any'),
          operation: { family: 'jump', op, width, source },
          group: baseGroup(width),
          cpu: width === 32 ? 3 : cpu,
          source: 'RFC 9669 §4.3',
          kernel: `if ${r('dst', width)} ${sign} ${operand} goto {target}`,
          suite: `${suite}${suiteSuffix(width)} {dst}, ${source === 'K' ? '{imm}' : '{src}'}, {target}`,
        };
      }
    }
  }
}

function* controlRows(): Generator<NewRow> {
  const unused = { dst: 0, src: 0, offset: 0, imm: 0 } as const;
  const rfc = { form: 'N', group: 'base32', source: 'RFC 9669 §4.3' } as const;
  yield {
    ...rfc,
    name: 'JA',
    opcode: CLASS.JMP | (JA_CODE << 4),
    fields: { ...unused, offset: 'any' },
    operation: { family: 'ja', width: 64 },
    cpu: 1,
    kernel: 'goto {target}',
    suite: 'ja {target}',
  };
  yield {
    ...rfc,
    name: 'JA32',
    opcode: CLASS.JMP32 | (JA_CODE << 4),
    fields: { ...unused, imm: 'any' },
    operation: { family: 'ja', width: 32 },
    cpu: 4,
    kernel: 'gotol {target32}',
    suite: 'ja32 {target32}',
  };
  yield {
    ...rfc,
    name: 'MAY_GOTO',
    opcode: CLASS.JMP | (JCOND_CODE << 4),
    fields: { ...unused, offset: 'any' },
    operation: { family: 'may_goto' },
    group: 'linux',
    cpu: 4,
    source: 'Linux 6.9',
    kernel: 'may_goto {target}',
    suite: 'may_goto {target}',
  };
  const callText = {
    CALL_HELPER: { kernel: 'call {helper}', suite: 'call {helper}' },
    CALL_LOCAL: { kernel: 'call {function}', suite: 'call local {function}' },
    CALL_BTF: { kernel: 'call kfunc#{imm}', suite: 'call runtime {imm}' },
  } as const;
  for (const [op, src] of entries(CALL_KIND)) {
    yield {
      ...rfc,
      name: op,
      opcode: CLASS.JMP | (CALL_CODE << 4),
      fields: { ...unused, src, imm: 'any' },
      operation: { family: 'call', op },
      cpu: op === 'CALL_HELPER' ? 1 : 3,
      source: 'RFC 9669 §4.3.1',
      ...callText[op],
    };
  }
  yield {
    ...rfc,
    name: 'EXIT',
    opcode: CLASS.JMP | (EXIT_CODE << 4),
    fields: unused,
    operation: { family: 'exit' },
    cpu: 1,
    kernel: 'exit',
    suite: 'exit',
  };
}

function* memoryRows(): Generator<NewRow> {
  const common = { form: 'N', source: 'RFC 9669 §5.2' } as const;
  for (const size of SIZES) {
    const type = unsignedType(size);
    const group = baseGroup(sizeWidth(size));
    const suffix = size.toLowerCase();
    yield {
      ...common,
      name: `LDX${size}`,
      opcode: CLASS.LDX | SIZE[size] | MODE.MEM,
      fields: { dst: 'register', src: 'register', offset: 'any', imm: 0 },
      operation: { family: 'ldx', size, signed: false },
      group,
      cpu: 1,
      kernel: `{dst} = *(${type} *)${at('src')}`,
      suite: `ldx${suffix} {dst}, [{src}{offset}]`,
    };
    yield {
      ...common,
      name: `ST${size}`,
      opcode: CLASS.ST | SIZE[size] | MODE.MEM,
      fields: { dst: 'register', src: 0, offset: 'any', imm: 'any' },
      operation: { family: 'st', size },
      group,
      cpu: 4,
      kernel: `*(${type} *)${at('dst')} = {imm}`,
      suite: `st${suffix} [{dst}{offset}], {imm}`,
    };
    yield {
      ...common,
      name: `STX${size}`,
      opcode: CLASS.STX | SIZE[size] | MODE.MEM,
      fields: { dst: 'register', src: 'register', offset: 'any', imm: 0 },
      operation: { family: 'stx', size },
      group,
      cpu: 1,
      kernel: `*(${type} *)${at('dst')} = {src}`,
      suite: `stx${suffix} [{dst}{offset}], {src}`,
    };
  }
  for (const size of SUBWORDS) {
    yield {
      ...common,
      name: `LDXS${size}`,
      opcode: CLASS.LDX | SIZE[size] | MODE.MEMSX,
      fields: { dst: 'register', src: 'register', offset: 'any', imm: 0 },
      operation: { family: 'ldx', size, signed: true },
      group: 'base64',
      cpu: 4,
      kernel: `{dst} = *(s${BYTES[size] * 8} *)${at('src')}`,
      suite: `ldxs${size.toLowerCase()} {dst}, [{src}{offset}]`,
    };
  }
}

/** The kernel spells plain atomics as locked assignments and fetching ones as functions. */
function atomicKernelText(op: keyof typeof ATOMIC, width: Width): string {
  const signs = { ADD: '+=', OR: '|=', AND: '&=', XOR: '^=' } as const;
  const pointer = `(u${width} *)`;
  const src = r('src', width);
  if (op === 'ADD' || op === 'OR' || op === 'AND' || op === 'XOR') {
    return `lock *${pointer}${at('dst')} ${signs[op]} ${src}`;
  }
  const prefix = width === 64 ? 'atomic64' : 'atomic';
  const r0 = width === 64 ? 'r0' : 'w0';
  if (op === 'CMPXCHG') return `${r0} = ${prefix}_cmpxchg(${pointer}${at('dst')}, ${r0}, ${src})`;
  return `${src} = ${prefix}_${op.toLowerCase()}(${pointer}${at('dst')}, ${src})`;
}

function* atomicRows(): Generator<NewRow> {
  for (const [op, { imm, cpu }] of entries(ATOMIC)) {
    for (const width of WIDTHS) {
      const mnemonic = op.toLowerCase().replace('fetch_', 'fetch ');
      yield {
        name: `ATOMIC_${op}${width}`,
        form: 'N',
        opcode: CLASS.STX | (width === 64 ? SIZE.DW : SIZE.W) | MODE.ATOMIC,
        fields: { dst: 'register', src: 'register', offset: 'any', imm },
        operation: { family: 'atomic', op, width },
        group: `atomic${width}`,
        cpu,
        source: 'RFC 9669 §5.3',
        kernel: atomicKernelText(op, width),
        suite: `lock ${mnemonic}${suiteSuffix(width)} [{dst}{offset}], {src}`,
      };
    }
  }
  for (const [op, imm] of entries(ORDERED)) {
    for (const size of SIZES) {
      const type = unsignedType(size);
      const load = op === 'LOAD_ACQ';
      yield {
        name: `${op}_${size}`,
        form: 'N',
        opcode: CLASS.STX | SIZE[size] | MODE.ATOMIC,
        fields: { dst: 'register', src: 'register', offset: 'any', imm },
        operation: { family: 'ordered', op, size },
        group: 'linux',
        cpu: 4,
        source: 'Linux 6.15',
        kernel: load
          ? `{dst} = load_acquire((${type} *)${at('src')})`
          : `store_release((${type} *)${at('dst')}, {src})`,
        suite: load
          ? `load_acq${size.toLowerCase()} {dst}, [{src}{offset}]`
          : `store_rel${size.toLowerCase()} [{dst}{offset}], {src}`,
      };
    }
  }
}

function* ldRows(): Generator<NewRow> {
  for (const [op, { src, nextImm, text, suite }] of entries(LD_IMM64_KIND)) {
    yield {
      name: op,
      form: 'N',
      opcode: CLASS.LD | SIZE.DW | MODE.IMM,
      fields: { dst: 'register', src, offset: 0, imm: 'any', nextImm: nextImm ? 'any' : 0 },
      operation: { family: 'ld_imm64', op },
      group: 'base64',
      cpu: 1,
      source: 'RFC 9669 §5.4',
      kernel: `{dst} = ${text}`,
      suite,
    };
  }
  for (const mode of ['ABS', 'IND'] as const) {
    for (const size of SUBWORDS) {
      yield {
        name: `LD_${mode}_${size}`,
        form: 'N',
        opcode: CLASS.LD | SIZE[size] | MODE[mode],
        fields: { dst: 0, src: mode === 'IND' ? 'register' : 0, offset: 0, imm: 'any' },
        operation: { family: 'packet', mode, size },
        group: 'packet',
        cpu: 1,
        source: 'RFC 9669 §5.5',
        kernel: `r0 = *(${unsignedType(size)} *)skb[${mode === 'IND' ? '{src} {plus_imm}' : '{imm}'}]`,
        suite: `ld${mode.toLowerCase()}${size.toLowerCase()} ${mode === 'IND' ? '{src}, {imm}' : '{imm}'}`,
      };
    }
  }
}

/** Every row, in table order; `ROWS[row.id] === row`. */
export const ROWS: readonly Row[] = [
  ...aluRows(),
  ...unaryRows(),
  ...conditionalJumpRows(),
  ...controlRows(),
  ...memoryRows(),
  ...atomicRows(),
  ...ldRows(),
].map((row, id) => ({ ...row, id }));

/** Whether an instruction takes two slots (RFC 9669 §3.2, the wide encoding). */
export function isWide(row: Row): boolean {
  return row.fields.nextImm !== undefined;
}

const rowsByKey = new Map(ROWS.map((row) => [`${row.name}/${row.form}`, row]));

/** The row of a name and operand form; an instruction with one form needs none. */
export function rowNamed(name: RowName, form: Form = 'N'): Row {
  const row = rowsByKey.get(`${name}/${form}`);
  invariant(row !== undefined, `there is no row ${name}/${form}`);
  return row;
}

/** `ADD64/K`: names one row. */
export function rowKey(row: Row): string {
  return row.form === 'N' ? row.name : `${row.name}/${row.form}`;
}
