// Reads one operand of an instruction: what a placeholder of a template stands for.

import { REGISTER_COUNT } from '../instruction.ts';
import { HELPER_ID_MAX } from './helper-names.ts';
import { didYouMean, listOf } from './nearest.ts';
import {
  fitImmediate,
  fitImmediate64,
  fitNextImmediate,
  fitSigned,
  type Literal,
  readLiteral,
} from './numbers.ts';
import type { Placeholder, Spelling } from './template.ts';
import type { Token } from './tokens.ts';

export type FieldName = 'dst' | 'src' | 'offset' | 'imm' | 'nextImm';

/** A place in the program that is known only when all labels are. */
export interface LabelRef {
  readonly name: string;
  readonly column: number;
  readonly field: 'offset' | 'imm';
}

/** What is wrong with an operand of an instruction that the line is otherwise. */
export interface Complaint {
  readonly kind: 'complaint';
  readonly column: number;
  readonly reason: string;
}

/** An operand that was read. */
export interface Operand {
  /** Tokens taken. */
  readonly length: number;
  readonly fields: { readonly [field in FieldName]?: number };
  readonly label?: LabelRef;
  /** Why the operand is wrong, though it is plain what it was meant to be. */
  readonly complaint?: Complaint;
}

/** What names in the text stand for. */
export interface Names {
  readonly helpers: ReadonlyMap<string, number>;
  readonly mapFd: (name: string) => number | undefined;
  readonly mapNames: readonly string[];
}

/** Reads an operand at a token, or nothing when there is none of its kind. */
export type OperandReader = (
  tokens: readonly Token[],
  at: number,
  names: Names,
) => Operand | undefined;

function made(
  length: number,
  column: number,
  fields: Operand['fields'],
  reason: string | undefined,
): Operand {
  return reason === undefined
    ? { length, fields }
    : { length, fields, complaint: { kind: 'complaint', column, reason } };
}

/** Why a register is not of the wanted kind (`r`, `w` or `%r`). */
function registerComplaint(text: string, wanted: string): string | undefined {
  const number = Number(text.replace(/^\D+/, ''));
  const prefix = text.replace(/\d+$/, '');
  if (number >= REGISTER_COUNT || `${prefix}${number}` !== text || prefix === '%w') {
    return `there is no register ${text}`;
  }
  return prefix === wanted ? undefined : `expected ${wanted}${number}, found ${text}`;
}

function registerReader(field: 'dst' | 'src', prefix: string): OperandReader {
  return (tokens, at) => {
    const token = tokens[at];
    if (token?.kind !== 'register') return undefined;
    const value = Number(token.text.slice(prefix.length));
    if (token.text.startsWith(prefix) && value < REGISTER_COUNT && token.text === prefix + value) {
      return { length: 1, fields: { [field]: value } };
    }
    const wrong = Number(token.text.replace(/^\D+/, ''));
    return made(1, token.column, { [field]: wrong }, registerComplaint(token.text, prefix));
  };
}

/** A register that the instruction does not choose. */
export function fixedRegisterReader(register: string): OperandReader {
  return (tokens, at) => {
    const token = tokens[at];
    if (token?.kind !== 'register') return undefined;
    const reason = token.text === register ? undefined : `this register can only be ${register}`;
    return made(1, token.column, {}, reason);
  };
}

/** An operand that is one number, with a reader of what it means. */
function numberReader(
  signsMax: number,
  fields: (literal: Literal) => { fields: Operand['fields']; complaint?: string | undefined },
): OperandReader {
  return (tokens, at) => {
    const literal = readLiteral(tokens, at, signsMax);
    if (literal === undefined) return undefined;
    const read = fields(literal);
    return made(literal.length, literal.column, read.fields, read.complaint);
  };
}

const readImmediate = numberReader(1, (literal) => {
  const { value, complaint } = fitImmediate(literal);
  return { fields: { imm: value }, complaint };
});

const readNextImmediate = numberReader(1, (literal) => {
  const { value, complaint } = fitNextImmediate(literal);
  return { fields: { nextImm: value }, complaint };
});

const readImmediate64 = numberReader(1, (literal) => {
  const { imm, nextImm, complaint } = fitImmediate64(literal);
  return { fields: { imm, nextImm }, complaint };
});

const readImmediate64Only: OperandReader = (tokens, at, names) => {
  const literal = readLiteral(tokens, at, 1);
  const fitsSigned = literal !== undefined && fitSigned(literal, 32, '').complaint === undefined;
  return fitsSigned ? undefined : readImmediate64(tokens, at, names);
};

/** Signed, the sign being required: without one there is no operand, which stands for 0. */
function displacement(
  tokens: readonly Token[],
  at: number,
  signsMax: number,
): Literal | 'none' | undefined {
  const sign = tokens[at]?.text;
  return sign === '+' || sign === '-' ? readLiteral(tokens, at, signsMax) : 'none';
}

const readOffset: OperandReader = (tokens, at) => {
  const literal = displacement(tokens, at, 1);
  if (literal === 'none') return { length: 0, fields: { offset: 0 } };
  if (literal === undefined) return undefined;
  const { value, complaint } = fitSigned(literal, 16, 'offset');
  return made(literal.length, literal.column, { offset: value }, complaint);
};

const readPlusImmediate: OperandReader = (tokens, at) => {
  const literal = displacement(tokens, at, 2);
  if (literal === 'none') return { length: 0, fields: { imm: 0 } };
  if (literal === undefined) return undefined;
  const { value, complaint } = fitImmediate(literal);
  return made(literal.length, literal.column, { imm: value }, complaint);
};

/** A label, `pc+3`, `+3` or `-3`. */
function targetReader(field: 'offset' | 'imm'): OperandReader {
  const bits = field === 'offset' ? 16 : 32;
  return (tokens, at) => {
    const token = tokens[at];
    const second = tokens[at + 1]?.text;
    const relative = token?.text === 'pc' && (second === '+' || second === '-');
    if (token?.kind === 'word' && !relative) {
      const label = { name: token.text, column: token.column, field };
      return { length: 1, fields: { [field]: 0 }, label };
    }
    const start = relative ? at + 1 : at;
    const literal = displacement(tokens, start, 1);
    if (literal === undefined || literal === 'none') return undefined;
    const { value, complaint } = fitSigned(literal, bits, 'distance');
    const length = start - at + literal.length;
    return made(length, literal.column, { [field]: value }, complaint);
  };
}

const readCodeAddress = targetReader('imm');

/** bpftool adds the program's name to a local call: `pc+2#name`. */
const readFunction: OperandReader = (tokens, at, names) => {
  const target = readCodeAddress(tokens, at, names);
  if (target === undefined || target.label !== undefined) return target;
  const hasName = tokens[at + target.length]?.text === '#';
  return hasName && tokens[at + target.length + 1] !== undefined
    ? { ...target, length: target.length + 2 }
    : target;
};

function helperComplaint(name: string, id: number, known: number | undefined): string | undefined {
  if (known !== undefined && known !== id) return `${name} is helper ${known}, not ${id}`;
  if (known === undefined && id > HELPER_ID_MAX) {
    return `${id} is too great for a helper's number; a kernel function is written kfunc#${id}`;
  }
  return undefined;
}

/** `12`, `bpf_tail_call` or `bpf_tail_call#12`; a name that is unknown is left to labels. */
const readHelper: OperandReader = (tokens, at, names) => {
  const token = tokens[at];
  if (token?.kind !== 'word') return readImmediate(tokens, at, names);
  const known = names.helpers.get(token.text);
  if (tokens[at + 1]?.text !== '#') {
    return known === undefined ? undefined : { length: 1, fields: { imm: known } };
  }
  const literal = readLiteral(tokens, at + 2, 1);
  if (literal === undefined) return undefined;
  const { value, complaint } = fitImmediate(literal);
  const reason = complaint ?? helperComplaint(token.text, value, known);
  return made(2 + literal.length, literal.column, { imm: value }, reason);
};

function unknownMap(name: string, names: Names): string {
  const near = didYouMean(name, names.mapNames);
  if (near !== '') return `unknown map '${name}'${near}`;
  if (names.mapNames.length === 0) return `unknown map '${name}': no maps are known here`;
  return `unknown map '${name}'; known are ${listOf(names.mapNames.map((known) => `'${known}'`))}`;
}

/** Tokens as they stand in the source, any spaces between two of them as one. */
function joined(tokens: readonly Token[]): string {
  return tokens.reduce((text, token, index) => {
    const before = tokens[index - 1];
    const apart = before !== undefined && before.column + before.text.length < token.column;
    return text + (apart ? ' ' : '') + token.text;
  }, '');
}

/** A map's name may hold signs (`my-map`), so it is all the tokens up to the bracket. */
const readMap: OperandReader = (tokens, at, names) => {
  const end = tokens.findIndex((token, index) => index >= at && token.text === ']');
  const first = tokens[at];
  if (end <= at || first === undefined) return undefined;
  const name = joined(tokens.slice(at, end));
  const length = end - at;
  const raw = name.startsWith('fd:') ? readLiteral(tokens, at + 2, 1) : undefined;
  if (raw !== undefined && raw.length === length - 2) {
    const { value, complaint } = fitImmediate(raw);
    return made(length, raw.column, { imm: value }, complaint);
  }
  const fd = names.mapFd(name);
  return made(
    length,
    first.column,
    { imm: fd ?? 0 },
    fd === undefined ? unknownMap(name, names) : undefined,
  );
};

const PREFIX = { kernel: { whole: 'r', half: 'w' }, suite: { whole: '%r', half: '%r' } } as const;
const REGISTERS = {
  dst: { field: 'dst', part: 'whole' },
  dst32: { field: 'dst', part: 'half' },
  src: { field: 'src', part: 'whole' },
  src32: { field: 'src', part: 'half' },
} as const;

interface OtherOperand {
  readonly expected: string;
  readonly read: OperandReader;
}

type RegisterPlaceholder = keyof typeof REGISTERS;

const OTHERS: Readonly<Record<Exclude<Placeholder, RegisterPlaceholder>, OtherOperand>> = {
  imm64_only: { expected: 'a number', read: readImmediate64Only },
  imm: { expected: 'a number', read: readImmediate },
  imm64: { expected: 'a number', read: readImmediate64 },
  next_imm: { expected: 'a number', read: readNextImmediate },
  plus_imm: { expected: '+ and a number', read: readPlusImmediate },
  offset: { expected: '+N or -N', read: readOffset },
  target: { expected: 'a label or +N', read: targetReader('offset') },
  target32: { expected: 'a label or +N', read: targetReader('imm') },
  helper: { expected: 'a helper', read: readHelper },
  function: { expected: 'a label or pc+N', read: readFunction },
  map: { expected: "a map's name", read: readMap },
};

/** The reader of a placeholder, what an error says it expects, and a key that equal readers share. */
export function operandReader(
  placeholder: Placeholder,
  spelling: Spelling,
): OtherOperand & { readonly key: string } {
  if (placeholder in REGISTERS) {
    const { field, part } = REGISTERS[placeholder as RegisterPlaceholder];
    const prefix = PREFIX[spelling][part];
    const expected = `a register (${prefix}0 to ${prefix}10)`;
    return { key: `${field} ${prefix}`, expected, read: registerReader(field, prefix) };
  }
  const other = OTHERS[placeholder as Exclude<Placeholder, RegisterPlaceholder>];
  return { key: placeholder, ...other };
}
