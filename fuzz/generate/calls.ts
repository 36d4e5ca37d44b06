// Statements that call: helpers, maps, tail calls, local functions, and what is not modelled.

import type { ValueMap } from '../../model/scenario/scenario.ts';
import { type Draft, FRAME_POINTER, SCALAR, UNSET } from './draft.ts';
import { immediate } from './words.ts';

const CALL_CLOBBERS = [1, 2, 3, 4, 5];
/** Deeper generated functions do not call on; recursion is drawn separately. */
const FUNCTION_DEPTH_MAX = 3;

function callHelper(draft: Draft, id: number, victim = -1): void {
  draft.code.emit('CALL_HELPER', 'N', { imm: id });
  draft.clobber(CALL_CLOBBERS, victim);
  draft.set(0, SCALAR);
}

/** Clock, random number, and rarely a helper that is not modelled. */
export function plainHelper(draft: Draft): void {
  const victim = draft.victim(CALL_CLOBBERS);
  const id = draft.rng.chance(1, 100) ? draft.rng.pick([4, 6, 99]) : draft.rng.pick([5, 7]);
  callHelper(draft, id, victim);
}

/** Points a register at bytes on the stack that are written just before; small keys, so that they meet. */
function bytesOnStack(draft: Draft, register: number, size: number, small: boolean): void {
  const { rng, code } = draft;
  const slots = Math.ceil(size / 8);
  const offset = draft.stackSlot() - 8 * (slots - 1);
  const base = Math.max(offset, -512);
  for (let slot = 0; slot < slots; slot++) {
    const imm = small ? (slot === 0 ? rng.int(0, 3) : 0) : immediate(rng);
    code.emit('STDW', 'N', { dst: FRAME_POINTER, offset: base + 8 * slot, imm });
    draft.markWritten(base + 8 * slot);
  }
  code.emit('MOV64', 'X', { dst: register, src: FRAME_POINTER });
  code.emit('ADD64', 'K', { dst: register, imm: base });
}

function loadMap(draft: Draft, register: number, map: number): void {
  draft.code.emit(draft.rng.chance(1, 3) ? 'LD_MAP_IDX' : 'LD_MAP_FD', 'N', {
    dst: register,
    imm: map,
  });
  draft.set(register, SCALAR);
}

/** lookup, update or delete; the value that a lookup finds is used by `body`. */
export function mapHelper(draft: Draft, body: () => void): void {
  const { rng, code, surroundings } = draft;
  const map = rng.chance(1, 60) ? draft.mapOf('prog_array') : draft.mapOf('array', 'hash');
  if (map < 0) return plainHelper(draft);
  const definition = surroundings.maps[map]!;
  if (definition.type === 'prog_array') {
    bytesOnStack(draft, 2, 4, true);
    loadMap(draft, 1, map);
    callHelper(draft, 1);
    return;
  }
  bytesOnStack(draft, 2, definition.keySize, true);
  switch (rng.int(0, 3)) {
    case 0:
      bytesOnStack(draft, 3, definition.valueSize, false);
      code.emit('MOV64', 'K', { dst: 4, imm: rng.chance(3, 4) ? rng.int(0, 2) : rng.int(-1, 5) });
      loadMap(draft, 1, map);
      callHelper(draft, 2);
      break;
    case 1:
      loadMap(draft, 1, map);
      callHelper(draft, 3);
      break;
    default:
      loadMap(draft, 1, map);
      callHelper(draft, 1);
      useValue(draft, definition, body);
  }
}

/** After a lookup: the null check, and what is done with the value. */
function useValue(draft: Draft, { valueSize }: ValueMap, body: () => void): void {
  const { rng, code } = draft;
  const value = { kind: 'pointer', to: 'value', size: valueSize } as const;
  if (rng.chance(1, 20)) {
    draft.set(0, value);
    return;
  }
  const absent = code.label();
  code.jump('JEQ64', 'K', absent, { dst: 0, imm: 0 });
  draft.branch(() => {
    draft.set(0, value);
    const keep = rng.pick([7, 8, 9]);
    if (rng.chance(1, 2) && !draft.reserved.has(keep)) {
      code.emit('MOV64', 'X', { dst: keep, src: 0 });
      draft.set(keep, value);
    }
    body();
  });
  draft.set(0, SCALAR);
  code.place(absent);
}

/** A pointer to the first value of an array map, without a call. */
export function directValue(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const map = draft.mapOf('array');
  const definition = surroundings.maps[map];
  if (definition === undefined || definition.type === 'prog_array') return plainHelper(draft);
  const dst = draft.target();
  const offset = rng.int(0, definition.valueSize - 1);
  const row = rng.chance(1, 2) ? 'LD_MAP_VALUE_FD' : 'LD_MAP_VALUE_IDX';
  code.emit(row, 'N', { dst, imm: map, nextImm: offset });
  draft.set(dst, { kind: 'pointer', to: 'value', size: definition.valueSize - offset });
}

/** A tail call: mostly with the context and an index in range, and what follows when it fails. */
export function tailCall(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const map = draft.mapOf('prog_array');
  const array = surroundings.maps[map];
  if (array === undefined) return plainHelper(draft);
  index(draft, array.maxEntries);
  const context = draft.contextRegister();
  if (context >= 0) code.emit('MOV64', 'X', { dst: 1, src: context });
  else if (draft.held[1]!.kind === 'unset')
    code.emit('MOV64', 'K', { dst: 1, imm: immediate(rng) });
  loadMap(draft, 2, rng.chance(1, 80) ? draft.mapOf() : map);
  const victim = draft.victim([0, 4, 5]);
  code.emit('CALL_HELPER', 'N', { imm: 12 });
  draft.clobber([0, 1, 2, 3, 4, 5], victim);
}

/** R3: a constant, a word whose low half is in range, or something computed. */
function index(draft: Draft, maxEntries: number): void {
  const { rng, code } = draft;
  const inRange = rng.int(0, maxEntries - 1);
  const { eyesIndices } = draft.surroundings;
  const skip = code.label();
  const jumped = rng.chance(1, eyesIndices ? 4 : 16);
  const toConstant = rng.chance(1, 2);
  // A jump past a constant, or to it: what the eye makes of it is not what runs.
  if (jumped) {
    if (draft.held[3]!.kind === 'unset') draft.constant(3);
    code.jump('JEQ64', 'K', skip, { dst: draft.scalar(), imm: immediate(rng) });
    if (toConstant) code.place(skip);
  }
  switch (eyesIndices && rng.chance(1, 4) ? 1 : rng.int(0, 9)) {
    case 0:
      code.emit('LD_IMM64', 'N', { dst: 3, imm: inRange, nextImm: rng.int(-1, 2) });
      break;
    case 1:
      outOfRange(draft, maxEntries);
      break;
    case 2:
    case 3:
      code.emit('MOV64', 'X', { dst: 3, src: draft.scalar() });
      if (rng.chance(2, 3)) code.emit('AND64', 'K', { dst: 3, imm: 3 });
      break;
    default:
      code.emit(rng.chance(1, 6) ? 'MOV32' : 'MOV64', 'K', { dst: 3, imm: inRange });
  }
  if (jumped && !toConstant) code.place(skip);
  draft.set(3, SCALAR);
}

/** A constant index beyond the array, near or far: up to the next power of two it looks like one in range. */
function outOfRange({ rng, code }: Draft, maxEntries: number): void {
  const imm = rng.pick([maxEntries, maxEntries, maxEntries + 1, maxEntries + 2, -1, 0x7fff_ffff]);
  if (rng.chance(1, 4)) code.emit('LD_IMM64', 'N', { dst: 3, imm, nextImm: rng.int(0, 1) });
  else code.emit(rng.chance(1, 3) ? 'MOV32' : 'MOV64', 'K', { dst: 3, imm });
}

/** A call of a function that is written later; rarely of one that is being written (recursion). */
export function localCall(draft: Draft): void {
  const { rng, code } = draft;
  if (draft.depth >= FUNCTION_DEPTH_MAX) return plainHelper(draft);
  const r6 = draft.held[6]!;
  if (r6.kind === 'pointer' && r6.to === 'context') code.emit('MOV64', 'X', { dst: 1, src: 6 });
  else if (draft.held[1]!.kind === 'unset')
    code.emit('MOV64', 'K', { dst: 1, imm: immediate(rng) });
  code.emit('MOV64', 'X', { dst: 2, src: draft.scalar() });
  const deeper = draft.pending.filter(({ depth }) => depth > draft.depth);
  if (deeper.length > 0 && rng.chance(1, 2)) {
    code.reach('CALL_LOCAL', rng.pick(deeper).label);
  } else {
    const label = code.label();
    draft.pending.push({ label, depth: draft.depth + 1 });
    code.reach('CALL_LOCAL', label);
  }
  draft.clobber(CALL_CLOBBERS);
  draft.set(0, SCALAR);
}

/** The address of a function, as a number. */
export function codeAddress(draft: Draft): void {
  const dst = draft.target();
  const { pending, code } = draft;
  if (pending.length === 0) return draft.constant(dst);
  code.reach('LD_CODE_ADDR', draft.rng.pick(pending).label, { dst });
  draft.set(dst, SCALAR);
}

/** Rows that no engine models yet; a run that reaches one ends there. */
export function unmodelled(draft: Draft): void {
  const { rng, code } = draft;
  if (!rng.chance(1, 15)) return plainHelper(draft);
  if (rng.chance(1, 2)) {
    code.emit('CALL_BTF', 'N', { imm: rng.int(1, 1000) });
    draft.clobber(CALL_CLOBBERS);
  } else {
    const dst = draft.target();
    code.emit('LD_VAR_ADDR', 'N', { dst, imm: rng.int(1, 1000) });
    draft.set(dst, UNSET);
  }
}

/** Leaves the function early, past a condition. */
export function earlyExit(draft: Draft): void {
  const { rng, code } = draft;
  const on = code.label();
  code.jump(rng.pick(['JNE64', 'JGT64', 'JSLT64', 'JSET64'] as const), 'K', on, {
    dst: draft.scalar(),
    imm: immediate(rng),
  });
  leave(draft);
  code.place(on);
}

/** Exits with a number in r0. */
export function leave(draft: Draft): void {
  const { code } = draft;
  if (draft.held[0]!.kind === 'unset') code.emit('MOV64', 'X', { dst: 0, src: draft.scalar() });
  code.emit('EXIT', 'N');
}
