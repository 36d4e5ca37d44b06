// Statements on registers and memory. Each writes a few instructions that a run can get through, and now and
// then one that it cannot.

import { BINARY_ALU, BYTES, type Size } from '../../model/isa/operations.ts';
import { contextFields } from '../../model/scenario/context.ts';
import { STACK_BYTES } from '../../model/scenario/environment.ts';
import { type Draft, FRAME_POINTER, type Held, SCALAR } from './draft.ts';
import {
  ATOMIC_OPS,
  BINARY_OPS,
  JUMP_OPS,
  MOVSX_OPS,
  SIZES,
  SUBWORDS,
  SWAP_OPS,
  WIDTHS,
} from './operations.ts';
import { immediate } from './words.ts';

/** Named by what is never run. */
const SPARE = 5;

/** Two-operand arithmetic, any row. */
export function binaryAlu(draft: Draft): void {
  const { rng, code } = draft;
  const op = rng.pick(BINARY_OPS);
  const width = rng.pick(WIDTHS);
  const dst = op === 'MOV' ? draft.target() : draft.changeableScalar();
  if (rng.chance(1, 2)) {
    code.emit(`${op}${width}`, 'K', { dst, imm: immediate(rng) });
  } else {
    const src = draft.scalar();
    if (BINARY_ALU[op].group === 'divmul' && op !== 'MUL' && rng.chance(1, 3)) divisor(draft, src);
    code.emit(`${op}${width}`, 'X', { dst, src });
  }
  draft.set(dst, SCALAR);
}

/** Loads one of the divisors that matter: 0, 0 in the low half only, -1. */
function divisor({ code, rng, reserved }: Draft, register: number): void {
  if (reserved.has(register)) return;
  const [imm, nextImm] = rng.pick([
    [0, 0],
    [0, 1],
    [0, -0x8000_0000],
    [-1, 0],
    [-1, -1],
  ] as const);
  code.emit('LD_IMM64', 'N', { dst: register, imm, nextImm });
}

/** NEG, sign-extending moves and byte swaps. */
export function unaryAlu(draft: Draft): void {
  const { rng, code } = draft;
  switch (rng.int(0, 2)) {
    case 0:
      code.emit(`NEG${rng.pick(WIDTHS)}`, 'N', { dst: draft.changeableScalar() });
      break;
    case 1: {
      const src = draft.scalar();
      const dst = draft.target();
      code.emit(rng.pick(MOVSX_OPS), 'N', { dst, src });
      draft.set(dst, SCALAR);
      break;
    }
    default:
      code.emit(rng.pick(SWAP_OPS), 'N', { dst: draft.changeableScalar() });
  }
}

export function loadConstant(draft: Draft): void {
  draft.constant(draft.target());
}

/** Memory that an access can go to: a base register and the offsets at which `size` bytes are inside. */
interface Place {
  readonly base: number;
  readonly first: number;
  readonly end: number;
}

function placeOf(draft: Draft): Place {
  const base = draft.rng.chance(1, 2) ? -1 : draft.pickRegister(isUsablePointer);
  const held = base < 0 ? undefined : draft.held[base];
  return held?.kind === 'pointer'
    ? { base, first: 0, end: held.size }
    : { base: FRAME_POINTER, first: -STACK_BYTES, end: 0 };
}

const isUsablePointer = (held: Held) => held.kind === 'pointer' && held.size > 0;

/** An offset inside of a place, mostly; else around its ends. */
function offsetIn(draft: Draft, place: Place, size: number): number {
  const { rng } = draft;
  if (place.end - place.first < size || rng.chance(1, 40)) {
    return rng.pick([place.first, place.end]) + rng.int(-9, 9);
  }
  return rng.int(place.first, place.end - size);
}

/** The offset of a stack slot or any other place, for an access that writes. */
function writePlace(draft: Draft, size: Size): { base: number; offset: number } {
  const place = placeOf(draft);
  if (place.base !== FRAME_POINTER) {
    return { base: place.base, offset: offsetIn(draft, place, BYTES[size]) };
  }
  const offset = draft.stackSlot();
  if (size === 'DW') draft.markWritten(offset);
  return {
    base: FRAME_POINTER,
    offset: draft.rng.chance(1, 40) ? offset + draft.rng.int(-600, 600) : offset,
  };
}

/** The same for an access that reads what is there. */
function readPlace(draft: Draft, size: Size): { base: number; offset: number } {
  const place = placeOf(draft);
  if (place.base === FRAME_POINTER) {
    return { base: FRAME_POINTER, offset: draft.writtenSlot() + draft.rng.int(0, 8 - BYTES[size]) };
  }
  return { base: place.base, offset: offsetIn(draft, place, BYTES[size]) };
}

/**
 * Now and then a function touches its stack below what others use mostly, at a depth that may be no multiple of 8. How
 * it does so, and whether that is ever run, does not matter.
 */
export function oddStack(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  if (!rng.chance(1, surroundings.oddStackOneIn)) return;
  const over = code.label();
  code.jump('JA', 'N', over);
  const offset = rng.chance(1, 3) ? -8 * rng.int(7, 13) : -rng.int(49, 110);
  const size = rng.pick(SUBWORDS);
  // By another register it does not count as the function's stack.
  const base = rng.chance(1, 4) ? SPARE : FRAME_POINTER;
  switch (rng.int(0, 3)) {
    case 0:
      code.emit(`STX${size}`, 'N', { dst: base, src: 1, offset });
      break;
    case 1:
      code.emit(`LDX${size}`, 'N', { dst: SPARE, src: base, offset });
      break;
    case 2:
      code.emit('ATOMIC_ADD32', 'N', { dst: base, src: 1, offset });
      break;
    default:
      code.emit(`ST${size}`, 'N', { dst: base, offset, imm: immediate(rng) });
  }
  code.place(over);
}

export function store(draft: Draft): void {
  const { rng, code } = draft;
  const size = rng.pick(SIZES);
  const src = draft.scalar();
  const { base, offset } = writePlace(draft, size);
  switch (rng.int(0, 4)) {
    case 0:
      code.emit(`STORE_REL_${size}`, 'N', { dst: base, src, offset });
      break;
    case 1:
    case 2:
      code.emit(`ST${size}`, 'N', { dst: base, offset, imm: immediate(rng) });
      break;
    default:
      code.emit(`STX${size}`, 'N', { dst: base, src, offset });
  }
}

export function load(draft: Draft): void {
  const { rng, code } = draft;
  const dst = draft.target();
  switch (rng.int(0, 4)) {
    case 0: {
      const size = rng.pick(SIZES);
      const { base, offset } = readPlace(draft, size);
      code.emit(`LOAD_ACQ_${size}`, 'N', { dst, src: base, offset });
      break;
    }
    case 1: {
      const size = rng.pick(SUBWORDS);
      const { base, offset } = readPlace(draft, size);
      code.emit(`LDXS${size}`, 'N', { dst, src: base, offset });
      break;
    }
    default: {
      const size = rng.pick(SIZES);
      const { base, offset } = readPlace(draft, size);
      code.emit(`LDX${size}`, 'N', { dst, src: base, offset });
    }
  }
  draft.set(dst, SCALAR);
}

export function atomic(draft: Draft): void {
  const { rng, code } = draft;
  const op = rng.pick(ATOMIC_OPS);
  const width = rng.pick(WIDTHS);
  if (op === 'CMPXCHG' && draft.held[0]!.kind !== 'scalar') draft.constant(0);
  const fetches = op !== 'CMPXCHG' && (op.startsWith('FETCH') || op === 'XCHG');
  const src = fetches ? draft.changeableScalar() : draft.scalar();
  const { base, offset } = readPlace(draft, width === '64' ? 'DW' : 'W');
  if (op === 'CMPXCHG' && rng.chance(1, 2)) {
    // Half of the exchanges should succeed: compare with what is there, or with more than the width.
    const size = width === '64' || rng.chance(1, 3) ? 'DW' : 'W';
    code.emit(`LDX${size}`, 'N', { dst: 0, src: base, offset });
  }
  code.emit(`ATOMIC_${op}${width}`, 'N', { dst: base, src, offset });
  if (op === 'CMPXCHG') draft.set(0, SCALAR);
}

/** A pointer into the packet, with the usual length check or without. */
export function packetPointer(draft: Draft, skip: () => void): void {
  const { rng, code, surroundings } = draft;
  const fields = contextFields(surroundings.type);
  const { data, data_end: dataEnd } = fields;
  const src = draft.contextRegister();
  if (data === undefined || dataEnd === undefined || src < 0) return loadConstant(draft);
  const dst = draft.target();
  const spare = (...taken: number[]) =>
    draft.pickRegister(
      (held, register) =>
        held.kind !== 'pointer' && !taken.includes(register) && !draft.reserved.has(register),
    );
  const end = spare(src, dst);
  const limit = spare(src, dst, end);
  if (dst === src || end < 0 || limit < 0) return loadConstant(draft);
  code.emit('LDXW', 'N', { dst, src, offset: data });
  if (rng.chance(1, 8)) {
    draft.set(dst, { kind: 'pointer', to: 'packet', size: surroundings.packetBytes });
    return;
  }
  const size = rng.int(1, 24);
  code.emit('LDXW', 'N', { dst: end, src, offset: dataEnd });
  code.emit('MOV64', 'X', { dst: limit, src: dst });
  code.emit('ADD64', 'K', { dst: limit, imm: size });
  draft.set(end, SCALAR);
  draft.set(limit, SCALAR);
  const out = code.label();
  code.jump('JGT64', 'X', out, { dst: limit, src: end });
  draft.set(dst, SCALAR);
  draft.branch(() => {
    draft.set(dst, { kind: 'pointer', to: 'packet', size });
    skip();
  });
  code.place(out);
}

/** A packet load by LD_ABS or LD_IND, which needs the context in r6. */
export function packetLoad(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const r6 = draft.held[6]!;
  if (r6.kind !== 'pointer' || r6.to !== 'context') {
    if (rng.chance(19, 20)) return loadConstant(draft);
    if (r6.kind === 'unset') draft.constant(6);
  }
  const bytes = surroundings.type === 'raw' ? surroundings.contextBytes : surroundings.packetBytes;
  const offset = rng.chance(7, 8) && bytes > 4 ? rng.int(0, bytes - 4) : rng.int(-2, bytes + 2);
  const size = rng.pick(SUBWORDS);
  const victim = draft.victim([1, 2, 3, 4, 5]);
  if (rng.chance(1, 2)) {
    code.emit(`LD_ABS_${size}`, 'N', { imm: offset });
  } else {
    const src = draft.changeableScalar();
    if (rng.chance(3, 4)) code.emit('AND64', 'K', { dst: src, imm: 7 });
    code.emit(`LD_IND_${size}`, 'N', { src, imm: Math.max(0, offset - 7) });
  }
  draft.clobber([1, 2, 3, 4, 5], victim);
  draft.set(0, SCALAR);
}

/** A register with only the low half of another, or only the upper one: 32 and 64 bits then tell different things. */
function twin(draft: Draft, register: number): number {
  const { code, rng } = draft;
  const half = draft.changeableScalar();
  if (half === register) return half;
  if (rng.chance(1, 2)) {
    code.emit('MOV32', 'X', { dst: half, src: register });
  } else {
    code.emit('MOV64', 'X', { dst: half, src: register });
    code.emit('RSH64', 'K', { dst: half, imm: 32 });
    code.emit('LSH64', 'K', { dst: half, imm: 32 });
  }
  return half;
}

/** A conditional jump over statements, with an else part or without. */
export function conditional(draft: Draft, body: () => void): void {
  const { rng, code } = draft;
  const name = `${rng.pick(JUMP_OPS)}${rng.pick(WIDTHS)}` as const;
  const dst = draft.scalar();
  const otherwise = code.label();
  if (rng.chance(1, 5)) code.jump(name, 'X', otherwise, { dst, src: twin(draft, dst) });
  else if (rng.chance(1, 2)) code.jump(name, 'K', otherwise, { dst, imm: immediate(rng) });
  else code.jump(name, 'X', otherwise, { dst, src: draft.scalar() });
  draft.branch(body);
  if (rng.chance(1, 3)) {
    const end = code.label();
    code.jump('JA', 'N', end);
    code.place(otherwise);
    draft.branch(body);
    code.place(end);
  } else {
    code.place(otherwise);
  }
}

/** An unconditional jump, near or long, over statements that are never reached that way. */
export function unconditional(draft: Draft, body: () => void): void {
  const { rng, code } = draft;
  const over = code.label();
  if (rng.chance(1, 2)) code.jump('JA', 'N', over);
  else code.reach('JA32', over);
  if (rng.chance(1, 2)) draft.branch(body);
  code.place(over);
}

/** A loop that counts a register down, or one that ends when may_goto's budget does. */
export function loop(draft: Draft, body: () => void): void {
  const { rng, code } = draft;
  // Registers that calls keep.
  const counters = [7, 8, 9].filter((register) => !draft.reserved.has(register));
  const counter = counters.length > 0 && rng.chance(2, 3) ? rng.pick(counters) : -1;
  const top = code.label();
  const out = code.label();
  if (counter >= 0) {
    code.emit('MOV64', 'K', { dst: counter, imm: rng.int(1, 5) });
    draft.set(counter, SCALAR);
    draft.reserved.add(counter);
  }
  code.place(top);
  draft.branch(body);
  if (counter >= 0) {
    code.emit('SUB64', 'K', { dst: counter, imm: 1 });
    code.jump('JNE64', 'K', top, { dst: counter, imm: 0 });
    draft.reserved.delete(counter);
  } else {
    code.jump('MAY_GOTO', 'N', out);
    code.jump('JA', 'N', top);
  }
  code.place(out);
}
