// Statements on memory: stack slots, spills and fills, values, the context, atomics and ordered accesses, offsets that
// vary.

import { BYTES, type Size } from '../../../model/isa/operations.ts';
import { contextFields, type ProgramType } from '../../../model/scenario/context.ts';
import { CB_FIELDS, SK_BUFF_FIELDS, XDP_FIELDS } from '../../generate/context-fields.ts';
import { ATOMIC_OPS, SIZES, SUBWORDS } from '../../generate/operations.ts';
import { immediate } from '../../generate/words.ts';
import { boundedScalar } from './bounds.ts';
import {
  CONTEXT,
  type Draft,
  FRAME_POINTER,
  type Known,
  SCALAR,
  SLOT,
  sizeOf,
  UNSET,
} from './draft.ts';
import { binaryAlu } from './scalars.ts';

const CPU_V4 = 4;

interface Place {
  readonly base: number;
  readonly offset: number;
}

/** A load of any kind from a place that has room for it. @param aligned for stack, which has to be. */
function emitLoad(draft: Draft, size: Size, { base, offset }: Place): number {
  const { rng, code, surroundings } = draft;
  const dst = draft.target();
  const signed = surroundings.dialect.cpu >= CPU_V4 && size !== 'DW' && rng.chance(1, 4);
  code.emit(signed ? `LDXS${size}` : `LDX${size}`, 'N', { dst, src: base, offset });
  draft.set(dst, SCALAR);
  return dst;
}

function emitStore(draft: Draft, size: Size, { base, offset }: Place): void {
  const { rng, code } = draft;
  if (rng.chance(1, 3)) code.emit(`ST${size}`, 'N', { dst: base, offset, imm: immediate(rng) });
  else code.emit(`STX${size}`, 'N', { dst: base, src: draft.scalar(), offset });
}

/** Of 16 signed bits, less what a mistake adds. */
const OFFSET_MAX = 0x7ff0;

/** An access behind a pointer, at its edges more often than between. */
function placeAt(draft: Draft, base: number, size: Size): Place {
  const { rng } = draft;
  const room = Math.min(sizeOf(draft.held[base]!) - BYTES[size], OFFSET_MAX);
  const isStack = draft.held[base]!.kind === 'stack';
  if (isStack)
    return { base, offset: draft.nudge(BYTES[size] * rng.int(0, Math.floor(room / BYTES[size]))) };
  return { base, offset: draft.nudge(rng.chance(1, 2) ? rng.pick([0, room]) : rng.int(0, room)) };
}

/** A load or store behind a pointer that there is, else of a stack slot. */
export function access(draft: Draft): void {
  const { rng } = draft;
  const size = rng.pick(SIZES);
  const base = draft.pointer(BYTES[size], 'value', 'packet', 'stack');
  if (base < 0) return stackAccess(draft);
  const place = placeAt(draft, base, size);
  const readOnly =
    draft.held[base]!.kind === 'packet' && draft.surroundings.type === 'socket_filter';
  if (readOnly || rng.chance(1, 2)) emitLoad(draft, size, place);
  else emitStore(draft, size, place);
}

/** Loads and stores of a part of a stack slot that was written. */
export function stackAccess(draft: Draft): void {
  const { rng } = draft;
  const size = rng.pick(SIZES);
  const slot = draft.writtenSlot();
  const offset = draft.nudge(slot + BYTES[size] * rng.int(0, SLOT / BYTES[size] - 1), SLOT);
  const held = draft.slots.get(slot)!;
  if (rng.chance(1, 2)) {
    emitStore(draft, size, { base: FRAME_POINTER, offset });
    // Without privileges a pointer may not be overwritten in part.
    if (held.kind !== 'scalar' || size === 'DW') draft.slots.set(slot, SCALAR);
  } else if (held.kind === 'scalar') {
    emitLoad(draft, size, { base: FRAME_POINTER, offset });
  } else {
    fill(draft);
  }
}

/** Stores a register on the stack: whole, or the low part of a number. */
export function spill(draft: Draft): void {
  const { rng, code, held } = draft;
  const pointers = held.flatMap((known, register) =>
    /unset|scalar/.test(known.kind) ? [] : [register],
  );
  const offset = draft.slot();
  if (rng.chance(1, 2) && pointers.length > 0) {
    const src = rng.pick(pointers);
    code.emit(draft.errs() ? 'STXW' : 'STXDW', 'N', {
      dst: FRAME_POINTER,
      src,
      offset: draft.nudge(offset, 4),
    });
    draft.slots.set(offset, held[src]!);
    return;
  }
  const src = draft.scalar();
  const size = rng.pick(SIZES);
  if (size !== 'DW' && !draft.slots.has(offset)) {
    code.emit('STDW', 'N', { dst: FRAME_POINTER, offset, imm: rng.pick([0, 0, -1]) });
  }
  code.emit(`STX${size}`, 'N', { dst: FRAME_POINTER, src, offset });
  draft.slots.set(offset, size === 'DW' && src !== FRAME_POINTER ? (held[src] ?? SCALAR) : SCALAR);
}

/** Loads a slot whole: what was stored comes back with all that is known of it. */
export function fill(draft: Draft): void {
  const { code } = draft;
  const offset = draft.writtenSlot();
  const dst = draft.target();
  code.emit('LDXDW', 'N', { dst, src: FRAME_POINTER, offset: draft.nudge(offset, SLOT) });
  draft.set(dst, draft.slots.get(offset) ?? UNSET);
}

/** A pointer to written stack in a register. */
export function stackPointer(draft: Draft): void {
  const { rng, code } = draft;
  const slots = rng.int(1, 4);
  const dst = draft.target();
  const { base, size } = writtenStack(draft, slots * SLOT);
  code.emit('MOV64', 'X', { dst, src: FRAME_POINTER });
  code.emit('ADD64', 'K', { dst, imm: base });
  draft.set(dst, { kind: 'stack', size });
}

/** Writes neighbouring slots. @returns the offset of the lowest, and the bytes from there. */
export function writtenStack(draft: Draft, bytes: number): { base: number; size: number } {
  const { rng, code } = draft;
  const size = Math.min(Math.ceil(bytes / SLOT) * SLOT, draft.stackDepth);
  const base = -SLOT * rng.int(size / SLOT, draft.stackDepth / SLOT);
  const missed = draft.errs() ? rng.int(0, size / SLOT - 1) : -1;
  for (let at = 0; at < size; at += SLOT) {
    if (at === missed * SLOT) continue;
    code.emit('STDW', 'N', { dst: FRAME_POINTER, offset: base + at, imm: rng.pick([0, 0, 1, -1]) });
    draft.slots.set(base + at, SCALAR);
  }
  return { base, size };
}

/** The stack at an offset that varies. */
export function variableStack(draft: Draft): void {
  const { rng, code } = draft;
  const { base, size } = writtenStack(draft, SLOT * rng.int(1, 4));
  const by = boundedScalar(draft, size - 1);
  const [pointer] = draft.spare(1, by === undefined ? [] : [by.register]) ?? [];
  if (by === undefined || pointer === undefined) return stackAccess(draft);
  code.emit('MOV64', 'X', { dst: pointer, src: FRAME_POINTER });
  code.emit('ADD64', 'K', { dst: pointer, imm: base });
  code.emit('ADD64', 'X', { dst: pointer, src: by.register });
  draft.set(pointer, UNSET);
  const fits = SIZES.filter((size_) => by.max + BYTES[size_] <= size);
  const width = draft.errs() ? 'DW' : fits.includes('B') ? 'B' : rng.pick(SIZES);
  const offset = draft.nudge(0, size - by.max);
  if (rng.chance(1, 2)) code.emit(`LDX${width}`, 'N', { dst: pointer, src: pointer, offset });
  else code.emit(`ST${width}`, 'N', { dst: pointer, offset, imm: rng.int(0, 1) });
}

/** A pointer to a value or packet to which a bounded number is added, in all the ways there are. */
export function variableOffset(draft: Draft): void {
  const { rng, code } = draft;
  const size = rng.pick(SIZES);
  const base = draft.pointer(BYTES[size] + 1, 'value');
  if (base < 0) return variableStack(draft);
  const room = sizeOf(draft.held[base]!) - BYTES[size];
  const constant = rng.chance(1, 2) ? rng.int(0, room) : 0;
  const by = boundedScalar(draft, room - constant, [base]);
  const [dst] = draft.spare(1, by === undefined ? [] : [by.register]) ?? [];
  if (by === undefined || dst === undefined) return access(draft);
  draft.set(dst, UNSET);
  let offset = constant;
  switch (rng.int(0, 3)) {
    case 0:
      // A number plus a pointer is a pointer too.
      code.emit('MOV64', 'X', { dst, src: by.register });
      code.emit('ADD64', 'X', { dst, src: base });
      break;
    case 1:
      code.emit('MOV64', 'X', { dst, src: base });
      code.emit('ADD64', 'K', { dst, imm: constant + by.max });
      code.emit('SUB64', 'X', { dst, src: by.register });
      offset = 0;
      break;
    default:
      code.emit('MOV64', 'X', { dst, src: base });
      code.emit('ADD64', 'X', { dst, src: by.register });
  }
  const place = { base: dst, offset: draft.nudge(offset) };
  if (rng.chance(1, 2)) emitLoad(draft, size, place);
  else code.emit(`ST${size}`, 'N', { dst, offset: place.offset, imm: immediate(rng) });
}

/** Arithmetic on a pointer: a constant that is within, and seldom an operation that there is not. */
export function pointerArithmetic(draft: Draft): void {
  const { rng, code } = draft;
  const base = draft.pointer(2, 'value', 'packet', 'stack');
  const [dst] = draft.spare(1) ?? [];
  if (base < 0 || dst === undefined) return stackPointer(draft);
  const known = draft.held[base]!;
  const by = rng.int(0, sizeOf(known) - 1);
  if (draft.errs()) {
    const op = rng.pick([
      'AND64',
      'MUL64',
      'OR64',
      'XOR64',
      'LSH64',
      'SUB32',
      'ADD32',
      'NEG64',
    ] as const);
    code.emit('MOV64', 'X', { dst, src: base });
    code.emit(op, op === 'NEG64' ? 'N' : 'K', op === 'NEG64' ? { dst } : { dst, imm: 8 });
    draft.set(dst, UNSET);
    return;
  }
  code.emit('MOV64', 'X', { dst, src: base });
  if (rng.chance(1, 3)) code.emit('SUB64', 'K', { dst, imm: 0 - by });
  else code.emit('ADD64', 'K', { dst, imm: by });
  const aligned = known.kind === 'stack' ? by % SLOT === 0 : true;
  draft.set(dst, aligned ? moved(known, by) : UNSET);
}

function moved(known: Known, by: number): Known {
  return 'size' in known ? { ...known, size: known.size - by } : UNSET;
}

export function atomic(draft: Draft): void {
  const { rng, code } = draft;
  const op = rng.pick(ATOMIC_OPS);
  const width = rng.pick(['64', '32'] as const);
  const size = width === '64' ? 8 : 4;
  if (op === 'CMPXCHG') {
    if (draft.held[0]!.kind !== 'scalar' && !draft.errs()) draft.constant(0);
  }
  const fetches = op.startsWith('FETCH') || op === 'XCHG';
  const src = fetches ? draft.changeable() : draft.scalar();
  const { base, offset } = alignedPlace(draft, size);
  code.emit(`ATOMIC_${op}${width}`, 'N', { dst: base, src, offset: draft.nudge(offset, 4) });
  if (fetches) draft.set(src, SCALAR);
  if (op === 'CMPXCHG') draft.set(0, SCALAR);
}

/** Bytes of a value, or of a slot whose number is lost; by mistake of the context. */
function alignedPlace(draft: Draft, size: number): { base: number; offset: number } {
  const { rng } = draft;
  const value = rng.chance(1, 2) ? draft.pointer(size, 'value') : -1;
  if (draft.errs()) return { base: CONTEXT, offset: 48 };
  if (value >= 0) return { base: value, offset: 0 };
  const slot = draft.writtenSlot('scalar');
  draft.slots.set(slot, SCALAR);
  return { base: FRAME_POINTER, offset: slot + size * rng.int(0, SLOT / size - 1) };
}

/** A load-acquire or a store-release. */
export function ordered(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  if (!surroundings.dialect.ordered) return access(draft);
  const size = rng.pick(SIZES);
  const place = alignedPlace(draft, BYTES[size]);
  const offset = draft.nudge(place.offset, 4);
  if (rng.chance(1, 2)) {
    code.emit(`STORE_REL_${size}`, 'N', { dst: place.base, src: draft.scalar(), offset });
    return;
  }
  const dst = draft.changeable();
  code.emit(`LOAD_ACQ_${size}`, 'N', { dst, src: place.base, offset });
  draft.set(dst, SCALAR);
}

interface ContextAccess {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

const SK_BUFF_READ = [...SK_BUFF_FIELDS, 'napi_id', 'gso_segs', 'gso_size'] as const;
const CONTEXT_ACCESS: Readonly<Record<Exclude<ProgramType, 'raw'>, ContextAccess>> = {
  socket_filter: { read: SK_BUFF_READ, write: CB_FIELDS },
  sched_cls: {
    read: [...SK_BUFF_READ, 'tc_classid'],
    write: ['mark', 'priority', 'tc_index', 'tc_classid', 'queue_mapping', ...CB_FIELDS],
  },
  xdp: { read: XDP_FIELDS, write: [] },
};

/** A field of the context: whole, a part of it, another type's, or none. */
export function contextAccess(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const { type } = surroundings;
  const fields = contextFields(type);
  const { read, write } = CONTEXT_ACCESS[type];
  const writes = write.length > 0 && rng.chance(1, 3);
  const name = rng.pick(writes ? write : read);
  const field = fields[draft.errs() ? rng.pick(Object.keys(fields)) : name]!;
  const offset = draft.nudge(field, rng.pick([1, 2, 4]));
  if (writes) {
    const size = draft.errs() ? rng.pick(SIZES) : 'W';
    if (rng.chance(1, 3))
      code.emit(`ST${size}`, 'N', { dst: CONTEXT, offset, imm: immediate(rng) });
    else code.emit(`STX${size}`, 'N', { dst: CONTEXT, src: draft.scalar(), offset });
    return;
  }
  const narrow = type !== 'xdp' && rng.chance(1, 4);
  const size = draft.errs() ? rng.pick(SIZES) : narrow ? rng.pick(SUBWORDS) : 'W';
  emitLoad(draft, size, { base: CONTEXT, offset });
}

/** A load or store through a register that is no pointer to memory. */
export function wrongBase(draft: Draft): void {
  const { rng, code } = draft;
  if (!draft.errs()) return binaryAlu(draft);
  const base = rng.int(0, FRAME_POINTER - 1);
  const place = { base, offset: rng.pick([0, 8, -8]) };
  if (rng.chance(1, 2)) emitLoad(draft, rng.pick(SIZES), place);
  else code.emit('STDW', 'N', { dst: base, offset: place.offset, imm: 0 });
}
