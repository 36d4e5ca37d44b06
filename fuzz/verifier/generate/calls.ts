// Statements that call: maps, tail calls, functions with pointers as arguments; and how functions end.

import { immediate } from '../../generate/words.ts';
import { boundedScalar, unknown } from './bounds.ts';
import {
  between,
  CONTEXT,
  type Draft,
  FRAME_POINTER,
  type Known,
  type PendingFunction,
  SCALAR,
  sizeOf,
  UNSET,
} from './draft.ts';
import { writtenStack } from './memory.ts';
import { CALL_KEPT } from './registers.ts';
import { type Body, loadConstant } from './scalars.ts';

const LOOKUP = 1;
const UPDATE = 2;
const DELETE = 3;
const TAIL_CALL = 12;
/** Functions of a greater depth do not call on. */
const FUNCTION_DEPTH_MAX = 3;

function loadMap(draft: Draft, register: number, map: number): void {
  const row = draft.rng.chance(1, 4) ? 'LD_MAP_IDX' : 'LD_MAP_FD';
  draft.code.emit(row, 'N', { dst: register, imm: map });
}

/** Points a register at so many bytes that a helper may read. */
function bytesFor(draft: Draft, register: number, size: number): void {
  const { code, rng } = draft;
  const found = rng.chance(1, 4) ? draft.pointer(size, 'value', 'packet', 'stack') : -1;
  if (found >= 0 && found > register) {
    code.emit('MOV64', 'X', { dst: register, src: found });
    return;
  }
  const { base } = writtenStack(draft, size);
  code.emit('MOV64', 'X', { dst: register, src: FRAME_POINTER });
  code.emit('ADD64', 'K', { dst: register, imm: draft.nudge(base, 8) });
  draft.set(register, UNSET);
}

/** lookup, update or delete; what a lookup finds is checked, kept, and used by `body`. */
export function mapHelper(draft: Draft, body: Body): void {
  const { rng, code, surroundings } = draft;
  const map = draft.errs() ? draft.mapOf('prog_array') : draft.mapOf('array', 'hash');
  const definition = surroundings.maps[map]!;
  const { keySize, valueSize } =
    definition.type === 'prog_array' ? { keySize: 4, valueSize: 4 } : definition;
  bytesFor(draft, 2, keySize);
  const helper = rng.pick([LOOKUP, LOOKUP, LOOKUP, UPDATE, DELETE]);
  if (helper === UPDATE) {
    bytesFor(draft, 3, valueSize);
    code.emit('MOV64', 'K', { dst: 4, imm: rng.int(0, 3) });
  }
  loadMap(draft, 1, map);
  code.emit('CALL_HELPER', 'N', {
    imm: draft.errs() ? rng.pick([0, 4, 5, 6, 7, 12, 9999]) : helper,
  });
  draft.clobber(helper === LOOKUP ? UNSET : SCALAR);
  if (helper === LOOKUP) useValue(draft, valueSize, body);
}

/** The null check of a lookup's result in its shapes: before or after it is copied or spilled. */
function useValue(draft: Draft, size: number, body: Body): void {
  const { rng, code } = draft;
  const kept = CALL_KEPT.filter((register) => !draft.reserved.has(register));
  const nullable: Known = { kind: 'value', size, nullable: true };
  const value: Known = { kind: 'value', size, nullable: false };
  const keep = kept.length > 0 && rng.chance(1, 2) ? rng.pick(kept) : 0;
  const tested = keep > 0 && rng.chance(1, 2) ? keep : 0;
  if (keep > 0) code.emit('MOV64', 'X', { dst: keep, src: 0 });
  const spilled = rng.chance(1, 5) ? draft.slot() : 0;
  if (spilled < 0) {
    code.emit('STXDW', 'N', { dst: FRAME_POINTER, src: 0, offset: spilled });
    draft.slots.set(spilled, nullable);
  }
  const absent = code.label();
  const unchecked = draft.errs();
  if (!unchecked && rng.chance(1, 4)) {
    const on = code.label();
    code.jump('JNE64', 'K', on, { dst: tested, imm: 0 });
    code.jump('JA', 'N', absent);
    code.place(on);
  } else if (!unchecked) {
    code.jump('JEQ64', 'K', absent, { dst: tested, imm: draft.errs() ? 1 : 0 });
  }
  draft.branch(() => {
    draft.set(0, value);
    if (keep > 0) draft.set(keep, value);
    if (spilled < 0) draft.slots.set(spilled, value);
    body();
    draft.forget('value');
  });
  code.place(absent);
  draft.set(0, UNSET);
  if (keep > 0) draft.set(keep, UNSET);
  draft.slots.delete(spilled);
}

/** The address of an array's first value, without a call. */
export function directValue(draft: Draft, body: Body): void {
  const { rng, code, surroundings } = draft;
  const map = draft.errs() ? draft.mapOf('hash', 'prog_array', 'array') : oneEntry(draft);
  const definition = surroundings.maps[map];
  const [dst] = draft.spare(1) ?? [];
  if (definition === undefined || dst === undefined) return loadConstant(draft);
  const size = 'valueSize' in definition ? definition.valueSize : 4;
  const at = rng.chance(1, 2) ? 0 : rng.int(0, size - 1);
  const row = rng.chance(1, 2) ? 'LD_MAP_VALUE_FD' : 'LD_MAP_VALUE_IDX';
  code.emit(row, 'N', { dst, imm: map, nextImm: draft.errs() ? size : at });
  draft.set(dst, { kind: 'value', size: size - at, nullable: false });
  draft.branch(body);
  draft.set(dst, UNSET);
}

/** An array of one entry, by index, or -1. */
function oneEntry({ surroundings: { maps } }: Draft): number {
  return maps.findIndex((map) => map.type === 'array' && map.maxEntries === 1);
}

/** A tail call by a constant or a computed index; packet pointers may be used after it, by mistake. */
export function tailCall(draft: Draft): void {
  const { rng, code } = draft;
  const map = draft.errs() ? draft.mapOf('array', 'hash') : draft.mapOf('prog_array');
  const { maxEntries } = draft.surroundings.maps[map]!;
  switch (rng.int(0, 5)) {
    case 0:
      unknown(draft, 3);
      break;
    case 1:
      boundAt3(draft, maxEntries);
      break;
    case 2:
      code.emit('LD_IMM64', 'N', { dst: 3, imm: rng.int(0, maxEntries), nextImm: rng.int(0, 1) });
      break;
    default:
      code.emit(rng.chance(1, 5) ? 'MOV32' : 'MOV64', 'K', { dst: 3, imm: rng.int(0, maxEntries) });
  }
  if (!draft.errs()) code.emit('MOV64', 'X', { dst: 1, src: CONTEXT });
  loadMap(draft, 2, map);
  code.emit('CALL_HELPER', 'N', { imm: TAIL_CALL });
  draft.clobber(UNSET);
  // Since 6.13, and in 6.12 as it is shipped, packet pointers do not outlive the call.
  if (!draft.errs()) draft.forget('packet');
}

function boundAt3(draft: Draft, maxEntries: number): void {
  const bounded = boundedScalar(draft, maxEntries, [1, 2, CONTEXT]);
  draft.code.emit(
    'MOV64',
    bounded === undefined ? 'K' : 'X',
    bounded === undefined ? { dst: 3 } : { dst: 3, src: bounded.register },
  );
}

/** Clock or random number, which any program may have. */
export function plainHelper(draft: Draft): void {
  draft.code.emit('CALL_HELPER', 'N', { imm: draft.rng.pick([5, 7]) });
  draft.clobber(SCALAR);
}

/** A call of a function that is written later: numbers and pointers in R2 to R5, what is known of them with it. */
export function localCall(draft: Draft): void {
  const { rng, code } = draft;
  if (draft.depth >= FUNCTION_DEPTH_MAX || (!draft.surroundings.privileged && !draft.errs())) {
    return plainHelper(draft);
  }
  const deeper = draft.pending.filter(({ depth }) => depth > draft.depth);
  const again = deeper.length > 0 && rng.chance(1, 2) ? rng.pick(deeper) : undefined;
  const callee = again ?? drawFunction(draft);
  if (again === undefined) draft.pending.push(callee);
  callee.parameters.forEach((known, index) => {
    argument(draft, 2 + index, known);
  });
  if (!draft.errs()) code.emit('MOV64', 'X', { dst: 1, src: CONTEXT });
  code.reach('CALL_LOCAL', callee.label);
  draft.clobber(rng.chance(9, 10) ? SCALAR : UNSET);
  // A callee may tail-call, or write through its pointers.
  draft.forget('packet');
  for (const [offset, known] of draft.slots)
    if (known.kind === 'scalar') draft.slots.set(offset, SCALAR);
}

function drawFunction(draft: Draft): PendingFunction {
  const { rng } = draft;
  const parameters = Array.from({ length: rng.int(0, 2) }, (): Known => {
    switch (rng.int(0, 2)) {
      case 0:
        return SCALAR;
      case 1:
        return between(0, rng.pick([3, 7, 15]));
      default:
        return { kind: 'stack', size: 8 * rng.int(1, 2) };
    }
  });
  return { label: draft.code.label(), depth: draft.depth + 1, parameters };
}

/** Puts what a parameter wants into its register. */
function argument(draft: Draft, register: number, known: Known): void {
  const { code } = draft;
  if (known.kind === 'stack') {
    const { base } = writtenStack(draft, sizeOf(known));
    code.emit('MOV64', 'X', { dst: register, src: FRAME_POINTER });
    code.emit('ADD64', 'K', { dst: register, imm: base });
  } else {
    unknown(draft, register);
    const most = known.kind === 'scalar' ? known.max : undefined;
    if (most !== undefined)
      code.emit('AND64', 'K', { dst: register, imm: draft.nudge(most, most + 1) });
  }
  draft.set(register, UNSET);
}

/** Leaves the function early, past a condition. */
export function earlyExit(draft: Draft): void {
  const { rng, code } = draft;
  const on = code.label();
  const name = rng.pick(['JNE64', 'JGT64', 'JSLT64', 'JSET64', 'JEQ32'] as const);
  code.jump(name, 'K', on, { dst: draft.scalar(), imm: immediate(rng) });
  draft.branch(() => leave(draft));
  code.place(on);
}

/** Exits, with a number in R0 but for mistakes. */
export function leave(draft: Draft): void {
  const { code } = draft;
  if (draft.held[0]!.kind !== 'scalar' && !draft.errs()) {
    draft.set(0, UNSET);
    code.emit('MOV64', 'X', { dst: 0, src: draft.scalar() });
  }
  code.emit('EXIT', 'N');
}
