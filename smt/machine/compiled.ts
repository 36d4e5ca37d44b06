// A Semantics as JavaScript: terms over formal variables, each compiled once and kept with the Semantics.

import { invariant, type Total } from '../../model/errors.ts';
import type { Instruction } from '../../model/isa/instruction.ts';
import type { AtomicOp, Size, Width } from '../../model/isa/operations.ts';
import type { ObjectKnobs, Propagation } from '../../model/profiles/profile.ts';
import { HOP_RESULTS, type HopResult } from '../../model/scenario/outcome.ts';
import { lowHalf, type Result32Op } from '../semantics/alu.ts';
import type { Clobber, ClobberUse } from '../semantics/control.ts';
import type { PacketSize } from '../semantics/memory.ts';
import type { Semantics } from '../semantics/semantics.ts';
import type { TailCallKnobs } from '../semantics/tail-call.ts';
import { bv, bvVar, compileTerm, eq, FALSE, freeVariables, ite } from '../terms/index.ts';
import { createCodecs } from './codec.ts';
import { type CompiledObjects, compileObjects } from './compiled-objects.ts';

export type Fn1 = (a: bigint) => bigint;
export type Fn2 = (a: bigint, b: bigint) => bigint;
export type Fn3 = (a: bigint, b: bigint, c: bigint) => bigint;
export type Test2 = (a: bigint, b: bigint) => boolean;

export interface CompiledAtomic {
  /** old (as wide as the operation), src, R0: the new memory value. */
  readonly memory: Fn3;
  /** Where the old value goes. */
  readonly register: 'src' | 'r0' | undefined;
  readonly result: Fn3;
}

export interface CompiledTailCall {
  /** R3 to the index. */
  readonly index: Fn1;
  /** index, max_entries, counter, 1 where the slot is empty. */
  readonly result: (index: bigint, maxEntries: bigint, counter: bigint, empty: bigint) => HopResult;
  readonly counter: Total<HopResult, Fn1>;
  /** Constant index, max_entries: whether the call reads beyond the array; undefined where none does. */
  readonly outOfBounds: Test2 | undefined;
  readonly counterStart: CompiledCounterStart;
}

export interface CompiledCounterStart {
  /** 1 where the function called is replaced, 1 where the program is traced, bytes of stack of the caller. */
  readonly starts: (replaced: bigint, traced: bigint, stackBytes: bigint) => boolean;
  readonly start: Fn3;
  /** Whether the bytes of stack make a difference. */
  readonly looksAtStack: boolean;
}

/** A set of registers with the bit mask of it. */
export interface CompiledClobber extends Clobber {
  readonly mask: number;
}

// The formal variables of all rows.
const DST = bvVar('dst', 64);
const SRC = bvVar('src', 64);
const R0 = bvVar('r0', 64);
const PC = bvVar('pc', 64);
const OFFSET = bvVar('offset', 16);
const IMM = bvVar('imm', 32);
const NEXT_IMM = bvVar('next_imm', 32);
const OPERAND32 = bvVar('operand32', 32);
const A = bvVar('a', 64);
const B = bvVar('b', 64);
const C = bvVar('c', 64);
const HANDLE = bvVar('handle', 64);
const FIRST_VALUE = bvVar('first_value', 64);
const CODE = bvVar('code', 64);
const EMPTY = bvVar('empty', 1);
const FULL = bvVar('full', 1);
const REPLACED = bvVar('replaced', 1);
const TRACED = bvVar('traced', 1);
const STACK_BYTES = bvVar('stack_bytes', 64);

const flag = (t: typeof EMPTY) => eq(t, bv(1, 1n));

interface Cache<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

/** Remembers a function's results by its argument. */
function memoize<K, V>(
  compute: (key: K) => V,
  known: Cache<K, V> = new Map<K, V>(),
): (key: K) => V {
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = compute(key);
      known.set(key, value);
    }
    return value;
  };
}

export function registerMask(registers: readonly number[]): number {
  return registers.reduce((mask, register) => mask | (1 << register), 0);
}

export type Compiled = ReturnType<typeof compile>;

/** The compiled form of a Semantics; the same object for the same Semantics. */
export const compiledSemantics: (semantics: Semantics) => Compiled = memoize(
  compile,
  new WeakMap<Semantics, Compiled>(),
);

function compile(semantics: Semantics) {
  const objectsByValue = new Map<string, CompiledObjects>();
  return {
    semantics,
    codecs: createCodecs(semantics),
    ...compileAlu(semantics),
    ...compileControl(semantics),
    ...compileMemory(semantics),
    ...compileMaps(semantics),
    tailCall: memoize(
      (knobs: TailCallKnobs) => compileTailCall(semantics, knobs),
      new WeakMap<TailCallKnobs, CompiledTailCall>(),
    ),
    objects: memoize(
      // Profiles differ in few ways here, and many have the same knobs.
      (knobs: ObjectKnobs) =>
        memoize(() => compileObjects(semantics, knobs), objectsByValue)(JSON.stringify(knobs)),
      new WeakMap<ObjectKnobs, CompiledObjects>(),
    ),
  };
}

/** One compiled function for each row, made when the row is first met. */
function perRow<F>(compute: (instruction: Instruction) => F): (instruction: Instruction) => F {
  const known: (F | undefined)[] = [];
  return (instruction) => (known[instruction.row.id] ??= compute(instruction));
}

function compileAlu(semantics: Semantics) {
  const widened = (op: Result32Op, value: ReturnType<typeof lowHalf>) =>
    semantics.result32[op](value, DST);
  return {
    /** dst (64 bits) and operand: src (64 bits) in X forms, the operand at its width in K forms. */
    alu: perRow<Fn2>(({ row: { operation } }) => {
      invariant(operation.family === 'alu', 'alu row');
      const { op, width, source } = operation;
      if (width === 64) return compileTerm([DST, SRC], semantics.alu64[op](DST, SRC));
      const operand = source === 'X' ? lowHalf(SRC) : OPERAND32;
      const value = semantics.alu32[op](lowHalf(DST), operand);
      return compileTerm([DST, source === 'X' ? SRC : OPERAND32], widened(op, value));
    }),
    /** The register before (64 bits), and the source (64 bits). */
    unary: perRow<Fn2>(({ row: { operation } }) => {
      switch (operation.family) {
        case 'neg': {
          if (operation.width === 64) return compileTerm([DST, SRC], semantics.neg[64](DST));
          return compileTerm([DST, SRC], widened('NEG', semantics.neg[32](lowHalf(DST))));
        }
        case 'movsx': {
          const value = semantics.movsx[operation.op](SRC);
          const narrow = operation.op === 'MOVSX8_32' || operation.op === 'MOVSX16_32';
          return compileTerm(
            [DST, SRC],
            narrow ? widened(operation.op as Result32Op, value) : value,
          );
        }
        default:
          invariant(operation.family === 'swap', 'unary row');
          return compileTerm([DST, SRC], semantics.swap[operation.op](DST));
      }
    }),
    /** The raw imm (unsigned 32 bits) as an operand. */
    immediate: memoize((use: keyof Semantics['immediate']) =>
      compileTerm([IMM], semantics.immediate[use](IMM)),
    ),
  };
}

function compileControl(semantics: Semantics) {
  const clobber = (use: ClobberUse): CompiledClobber => ({
    ...semantics.clobbers[use],
    mask: registerMask(semantics.clobbers[use].registers),
  });
  return {
    /** dst (64 bits) and operand, as for `alu`. */
    condition: perRow<Test2>(({ row: { operation } }) => {
      invariant(operation.family === 'jump', 'jump row');
      const { op, width, source } = operation;
      if (width === 64) return compileTerm([DST, SRC], semantics.jump64[op](DST, SRC));
      const operand = source === 'X' ? lowHalf(SRC) : OPERAND32;
      const taken = semantics.jump32[op](lowHalf(DST), operand);
      return compileTerm([DST, source === 'X' ? SRC : OPERAND32], taken);
    }),
    /** pc, raw offset (unsigned 16 bits), raw imm (unsigned 32 bits). */
    target: memoize((use: keyof Semantics['target']) =>
      compileTerm([PC, OFFSET, IMM], semantics.target[use](PC, OFFSET, IMM)),
    ),
    mayGotoJumps: compileTerm([A], semantics.mayGoto.jumps(A)),
    mayGotoBudget: compileTerm([A], semantics.mayGoto.budget(A)),
    clobbers: {
      call: clobber('call'),
      return: clobber('return'),
      helper: clobber('helper'),
      packet: clobber('packet'),
      tail_call_failed: clobber('tail_call_failed'),
      tail_call_taken: clobber('tail_call_taken'),
    } satisfies Total<ClobberUse, CompiledClobber>,
    savedRegisters: semantics.savedRegisters,
    savedMask: registerMask(semantics.savedRegisters),
    counterPassing: memoize((propagation: Propagation) => {
      const passing = semantics.counterPassing[propagation];
      return {
        enter: compileTerm([A], passing.enter(A)),
        leave: compileTerm([A, B], passing.leave(A, B)),
      };
    }),
  };
}

function compileMemory(semantics: Semantics) {
  const value = (size: Size) => bvVar(`value${size}`, { B: 8, H: 16, W: 32, DW: 64 }[size]);
  return {
    /** base (64 bits), raw offset (unsigned 16 bits). */
    address: compileTerm([DST, OFFSET], semantics.address(DST, OFFSET)),
    /** The value of the size to the register. */
    load: perRow<Fn1>(({ row: { operation } }) => {
      const raw = value((operation as { size: Size }).size);
      if (operation.family === 'ordered') {
        return compileTerm([raw], semantics.ordered.LOAD_ACQ[operation.size](raw));
      }
      invariant(operation.family === 'ldx', 'load row');
      const { size, signed } = operation;
      return compileTerm(
        [raw],
        signed && size !== 'DW' ? semantics.loadSigned[size](raw) : semantics.load[size](raw),
      );
    }),
    /** src (64 bits), or the raw imm (unsigned 32 bits), to the value of the size. */
    store: perRow<Fn1>(({ row: { operation } }) => {
      switch (operation.family) {
        case 'st':
          return compileTerm([IMM], semantics.storeImmediate[operation.size](IMM));
        case 'stx':
          return compileTerm([SRC], semantics.store[operation.size](SRC));
        default:
          invariant(operation.family === 'ordered', 'store row');
          return compileTerm([SRC], semantics.ordered.STORE_REL[operation.size](SRC));
      }
    }),
    atomic: memoize((key: `${AtomicOp}${Width}`): CompiledAtomic => {
      const old = bvVar(`old${key.slice(-2)}`, key.endsWith('64') ? 64 : 32);
      const { memory, result } = semantics.atomic[key](old, SRC, R0);
      return {
        memory: compileTerm([old, SRC, R0], memory),
        register: result?.register,
        result: compileTerm([old, SRC, R0], result?.value ?? SRC),
      };
    }),
    /** imm, next_imm (raw), handle, first value, code address; undefined where it is unsupported. */
    constant: memoize((op: keyof Semantics['constant']) => {
      const meaning = semantics.constant[op];
      if (meaning === 'unsupported') return 'unsupported' as const;
      const parts = {
        imm: IMM,
        nextImm: NEXT_IMM,
        handle: HANDLE,
        firstValue: FIRST_VALUE,
        code: CODE,
      };
      return compileTerm([IMM, NEXT_IMM, HANDLE, FIRST_VALUE, CODE], meaning(parts));
    }),
    /** src (64 bits), raw imm (unsigned 32 bits). */
    packetOffset: memoize((mode: 'ABS' | 'IND') =>
      compileTerm([SRC, IMM], semantics.packet.offset[mode](SRC, IMM)),
    ),
    /** offset and length (unsigned 32 bits each). */
    packetInside: memoize((bytes: number) =>
      compileTerm([OPERAND32, IMM], semantics.packet.inside(OPERAND32, bytes, IMM)),
    ),
    /** The cells in packet order. */
    packetValue: memoize((size: PacketSize) => {
      const cells = Array.from({ length: { B: 1, H: 2, W: 4 }[size] }, (_, i) => bvVar(`b${i}`, 8));
      return compileTerm(cells, semantics.packet.value[size](cells));
    }),
  };
}

function compileMaps({ maps }: Semantics) {
  return {
    valueAddress: compileTerm([A, B, C], maps.valueAddress(A, B, C)),
    arrayLookup: compileTerm([A, B], maps.arrayLookup(A, B)),
    arrayUpdate: compileTerm([A, B, C], maps.arrayUpdate(A, B, C)),
    arrayDelete: compileTerm([], maps.arrayDelete()),
    /** flags, 1 where the key is present, 1 where no slot is free. */
    hashUpdate: compileTerm([A, EMPTY, FULL], maps.hashUpdate(A, flag(EMPTY), flag(FULL))),
    hashDelete: compileTerm([EMPTY], maps.hashDelete(flag(EMPTY))),
  };
}

function compileTailCall(semantics: Semantics, knobs: TailCallKnobs): CompiledTailCall {
  const { tailCall, directJump } = semantics;
  const state = { index: A, maxEntries: B, counter: C, slotEmpty: flag(EMPTY) };
  const results = tailCall.results(state, knobs);
  const number = (result: HopResult) => bv(8, BigInt(HOP_RESULTS.indexOf(result)));
  const none = bv(8, 0xffn);
  const code = HOP_RESULTS.reduceRight<ReturnType<typeof bvVar> | typeof none>(
    (rest, result) => ite(results[result], number(result), rest) as typeof none,
    none,
  );
  const result = compileTerm([A, B, C, EMPTY], code);
  const counter = (of: HopResult) => compileTerm([C], tailCall.counter[of](C, knobs));
  const outOfBounds = directJump.outOfBounds(A, B, knobs);
  const isNever = outOfBounds === FALSE;
  return {
    index: compileTerm([A], tailCall.index(A, knobs)),
    result: (index, maxEntries, count, empty) => {
      const hop = HOP_RESULTS[Number(result(index, maxEntries, count, empty))];
      invariant(hop !== undefined, 'a tail call has a result');
      return hop;
    },
    counter: {
      taken: counter('taken'),
      empty: counter('empty'),
      out_of_range: counter('out_of_range'),
      exhausted: counter('exhausted'),
    },
    outOfBounds: isNever ? undefined : compileTerm([A, B], outOfBounds),
    counterStart: compileCounterStart(semantics, knobs),
  };
}

function compileCounterStart(
  { counterStart }: Semantics,
  knobs: TailCallKnobs,
): CompiledCounterStart {
  const params = [REPLACED, TRACED, STACK_BYTES];
  const site = { replaced: flag(REPLACED), traced: flag(TRACED), stackBytes: STACK_BYTES };
  const [starts, start] = [counterStart.starts(site, knobs), counterStart.start(site, knobs)];
  return {
    starts: compileTerm(params, starts),
    start: compileTerm(params, start),
    looksAtStack: freeVariables(starts, start).some((variable) => variable === STACK_BYTES),
  };
}
