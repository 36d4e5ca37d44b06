// Registers and stack slots of the verifier's log, for the spellings of Linux 6.1 and 6.12:
// `R1=ctx(off=0,imm=0)`, `R1=ctx()`, `R3_w=P0`, `R2_w=fp-32`, `fp-8_w=scalar(id=2,…)`.

import { constant, numberOf, type ScalarState, scalarOf } from './scalar.ts';

export interface ScalarRegister extends ScalarState {
  readonly kind: 'scalar';
  /** Registers with the same id hold the same number. */
  readonly id?: number;
  /** By how much more than the others of its id. */
  readonly delta?: bigint;
  readonly precise: boolean;
}

/** A pointer, without its address: that is the kernel's own. */
export interface PointerRegister {
  readonly kind: 'pointer';
  /** `ctx`, `fp`, `pkt`, `pkt_end`, `map_ptr`, `map_value`, `map_value_or_null`, … */
  readonly to: string;
  /** The constant part of its offset. */
  readonly offset: bigint;
  /** The variable part; of a pointer without one it is 0. */
  readonly variable: ScalarState;
  readonly id?: number;
  /** Bytes of a packet that were checked; below 0 for a pointer at its end or beyond. */
  readonly range?: number;
  readonly keySize?: number;
  readonly valueSize?: number;
  /** Of a pointer to the stack of a caller: that frame's number. */
  readonly frame?: number;
}

export type RegisterState = ScalarRegister | PointerRegister;

/**
 * What 8 bytes of the stack hold: a spilled register, or a character for each byte (`0`, `m`, `?`) from the highest
 * address down. Where a register was stored in fewer bytes, these are at the lowest addresses.
 */
export type SlotState =
  | RegisterState
  | { readonly kind: 'bytes'; readonly bytes: string; readonly spilled?: RegisterState };

/** One frame, or what has changed of it. */
export interface FrameState {
  readonly frame: number;
  /** By number. */
  readonly registers: ReadonlyMap<number, RegisterState>;
  /** By offset from r10. */
  readonly stack: ReadonlyMap<number, SlotState>;
}

const NUMBER = /^-?(0x[0-9a-f]+|\d+)$/;
const FRAME_POINTER = /^fp(?:\[(\d+)\])?(-?\d+)$/;
const CALLED = /^(P?)([a-z_]+)(?:\[(\d+)\])?\((.*)\)$/s;

/** Splits at commas that are not in parentheses, then at `=`: names first, the value last. */
function fieldsOf(text: string): string[][] {
  return text === '' ? [] : text.split(/,(?![^(]*\))/).map((field) => field.split('='));
}

function fieldNamed(fields: readonly (readonly string[])[], name: string): string | undefined {
  return fields.find((field) => field.slice(0, -1).includes(name))?.at(-1);
}

const smallNumber = (text: string | undefined) => (text === undefined ? undefined : Number(text));

/** Also -1 and -2, of a pointer at or beyond the packet's end, which 6.12 prints as 64 bits without a sign. */
function rangeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(BigInt.asIntN(64, numberOf(text)));
}

/** Fields that only older kernels print where they are 0. */
function isOlder(fields: readonly (readonly string[])[]): boolean {
  return fields.some(
    ([name]) => name === 'imm' || name?.startsWith('s32_') || name?.startsWith('u32_'),
  );
}

/** @returns undefined for what is no register, like the bytes of a stack slot. */
export function registerOf(text: string, older: boolean): RegisterState | undefined {
  const precise = text.startsWith('P');
  const plain = precise ? text.slice(1) : text;
  if (NUMBER.test(plain)) return { kind: 'scalar', precise, ...constant(numberOf(plain)) };
  const frame = FRAME_POINTER.exec(text);
  if (frame !== null) return inFrame(pointer('fp', BigInt(frame[2]!), constant(0n), []), frame[1]);
  const called = CALLED.exec(text);
  if (called === null) return undefined;
  const [, , name, frameNumber, inside] = called;
  const fields = fieldsOf(inside!);
  if (name === 'scalar') return scalarRegister(fields, precise, older);
  // An offset that varies has bounds; else nothing but names of sizes.
  const varies = fields.some(
    (field) => field.includes('var_off') || field.some((part) => /^[us]m(in|ax)/.test(part)),
  );
  const variable = varies ? scalarOf(fields, older || isOlder(fields)) : constant(0n);
  const offset = numberOf(fieldNamed(fields, 'off') ?? '0');
  return inFrame(pointer(name!, offset, variable, fields), frameNumber);
}

function inFrame(register: PointerRegister, frame: string | undefined): PointerRegister {
  return frame === undefined ? register : { ...register, frame: Number(frame) };
}

const BYTES = /^[m0?]{8}$/;
/** Bytes above a register of 1, 2 or 4. */
const PART = /^([m0?]{7}|[m0?]{6}|[m0?]{4})(?=.)(.*)$/s;

function slotOf(text: string, older: boolean): SlotState {
  if (BYTES.test(text)) return { kind: 'bytes', bytes: text };
  const part = PART.exec(text);
  const spilled = part === null ? undefined : registerOf(part[2]!, older);
  if (spilled !== undefined) return { kind: 'bytes', bytes: part![1]!, spilled };
  return registerOf(text, older) ?? { kind: 'bytes', bytes: text };
}

function scalarRegister(
  fields: readonly (readonly string[])[],
  precise: boolean,
  older: boolean,
): ScalarRegister {
  const [id, delta] = (fieldNamed(fields, 'id') ?? '').split('+');
  return {
    kind: 'scalar',
    precise,
    ...scalarOf(fields, older),
    ...(id ? { id: Number(id) } : {}),
    ...(delta ? { delta: BigInt(delta) } : {}),
  };
}

function pointer(
  to: string,
  offset: bigint,
  variable: ScalarState,
  fields: readonly (readonly string[])[],
): PointerRegister {
  const id = smallNumber(fieldNamed(fields, 'id'));
  const range = rangeOf(fieldNamed(fields, 'r'));
  const keySize = smallNumber(fieldNamed(fields, 'ks'));
  const valueSize = smallNumber(fieldNamed(fields, 'vs'));
  return {
    ...{ kind: 'pointer' as const, to, offset, variable },
    ...(id === undefined ? {} : { id }),
    ...(range === undefined ? {} : { range }),
    ...(keySize === undefined ? {} : { keySize }),
    ...(valueSize === undefined ? {} : { valueSize }),
  };
}

/** `R3_w=…` or `fp-8=…`, up to the next of them: values have spaces in parentheses only. */
const CELL =
  /(?:^|\s)(?:R(\d+)|fp(-\d+))(?:_[rwD]+)?=((?:[^\s(]|\([^()]*(?:\([^()]*\)[^()]*)*\))*)/g;
const FRAME = /^\s*frame(\d+):/;

/** A frame as a line has it. @param older of a kernel like 6.1. */
export function frameOf(text: string, older: boolean): FrameState {
  const registers = new Map<number, RegisterState>();
  const stack = new Map<number, SlotState>();
  for (const [, register, slot, value] of text.matchAll(CELL)) {
    if (slot !== undefined) {
      stack.set(Number(slot), slotOf(value!, older));
      continue;
    }
    const state = registerOf(value!, older);
    if (state !== undefined) registers.set(Number(register), state);
  }
  return { frame: Number(FRAME.exec(text)?.[1] ?? 0), registers, stack };
}
