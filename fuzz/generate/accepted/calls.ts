// Statements that call, as a verifier accepts them: maps, tail calls, local functions.

import type { ValueMap } from '../../../model/scenario/scenario.ts';
import { immediate, word64 } from '../words.ts';
import { CONTEXT, type Draft, FRAME_POINTER } from './draft.ts';
import { loadConstant } from './statements.ts';

/** Deeper functions do not call on. */
const FUNCTION_DEPTH_MAX = 2;
const LOOKUP = 1;
const UPDATE = 2;
const DELETE = 3;
const TAIL_CALL = 12;

function loadMap(draft: Draft, register: number, map: number): void {
  draft.code.emit(draft.rng.chance(1, 3) ? 'LD_MAP_IDX' : 'LD_MAP_FD', 'N', {
    dst: register,
    imm: map,
  });
}

/** Wrong in any case, some for more than one reason: BPF_F_LOCK (4) is the last of them. */
const WRONG_FLAGS = [3, 4, 5, 6, 7, 8, -1];

/** Below the slots that statements use: a key and a value, which calls read. */
const KEY_OFFSET = -64;
const VALUE_OFFSET = -80;
const HIDING_OFFSET = -88;

function bytesAt(
  draft: Draft,
  register: number,
  offset: number,
  size: number,
  small: boolean,
): void {
  const { rng, code } = draft;
  for (let at = 0; at < size; at += 8) {
    const imm = small ? (at === 0 ? rng.int(0, 3) : 0) : immediate(rng);
    code.emit('STDW', 'N', { dst: FRAME_POINTER, offset: offset + at, imm });
  }
  code.emit('MOV64', 'X', { dst: register, src: FRAME_POINTER });
  code.emit('ADD64', 'K', { dst: register, imm: offset });
}

/** lookup, update or delete; the value that a lookup finds is used by `body`. */
export function mapHelper(draft: Draft, body: () => void): void {
  const { rng, code, surroundings } = draft;
  const map = draft.mapOf('array', 'hash');
  const definition = surroundings.maps[map];
  if (definition === undefined || definition.type === 'prog_array') return loadConstant(draft);
  bytesAt(draft, 2, KEY_OFFSET, definition.keySize, true);
  const helper = rng.pick([LOOKUP, LOOKUP, UPDATE, DELETE]);
  if (helper === UPDATE) {
    bytesAt(draft, 3, VALUE_OFFSET, definition.valueSize, false);
    code.emit('MOV64', 'K', {
      dst: 4,
      imm: rng.chance(3, 4) ? rng.int(0, 2) : rng.pick(WRONG_FLAGS),
    });
  }
  loadMap(draft, 1, map);
  code.emit('CALL_HELPER', 'N', { imm: helper });
  draft.clobber();
  if (helper === LOOKUP) return useValue(draft, definition, body);
  // The kernel puts another element in the place of the one that a pointer leads to.
  draft.forgetPointers();
  if (surroundings.dialect.intErrors) signExtendInt(draft);
  draft.set(0, 'scalar');
}

/** Makes the low half of R0, an int, the 64 bits that later kernels return. */
function signExtendInt({ code }: Draft): void {
  code.emit('LSH64', 'K', { dst: 0, imm: 32 });
  code.emit('ARSH64', 'K', { dst: 0, imm: 32 });
}

function useValue(draft: Draft, { valueSize }: ValueMap, body: () => void): void {
  const { rng, code } = draft;
  const absent = code.label();
  code.jump('JEQ64', 'K', absent, { dst: 0, imm: 0 });
  draft.branch(() => {
    const keep = rng.pick([7, 8, 9]);
    const value = { size: valueSize, aligned: true } as const;
    if (!draft.reserved.has(keep)) {
      code.emit('MOV64', 'X', { dst: keep, src: 0 });
      draft.set(keep, value);
    } else {
      draft.set(0, value);
    }
    body();
    // What is left of the pointer must not be taken for a number.
    draft.forgetPointers();
  });
  code.emit('MOV64', 'K', { dst: 0, imm: rng.int(0, 1) });
  code.place(absent);
  draft.set(0, 'unset');
}

/** A pointer to the value of an array map of one entry, without a call. */
export function directValue(draft: Draft, body: () => void): void {
  const { rng, code, surroundings } = draft;
  const map = draft.mapOf('array');
  const definition = surroundings.maps[map];
  const registers = draft.spare(1);
  if (definition?.type !== 'array' || definition.maxEntries !== 1 || registers === undefined) {
    return loadConstant(draft);
  }
  const dst = registers[0]!;
  const offset = rng.int(0, definition.valueSize - 1);
  const row = rng.chance(1, 2) ? 'LD_MAP_VALUE_FD' : 'LD_MAP_VALUE_IDX';
  code.emit(row, 'N', { dst, imm: map, nextImm: offset });
  draft.set(dst, { size: definition.valueSize - offset, aligned: offset % 8 === 0 });
  draft.branch(body);
  draft.set(dst, 'unset');
}

export function tailCall(draft: Draft): void {
  const { code, surroundings } = draft;
  const map = draft.tailCalls ? draft.mapOf('prog_array') : -1;
  const array = surroundings.maps[map];
  if (array === undefined) return loadConstant(draft);
  index(draft, array.maxEntries);
  code.emit('MOV64', 'X', { dst: 1, src: CONTEXT });
  loadMap(draft, 2, map);
  code.emit('CALL_HELPER', 'N', { imm: TAIL_CALL });
  draft.clobber();
  // Since 6.13, and in 6.12 as it is shipped, packet pointers do not outlive the call.
  draft.forgetPointers();
}

/** R3: a constant, a word whose low half is in range, or something computed. */
function index(draft: Draft, maxEntries: number): void {
  const { rng, code } = draft;
  const inRange = rng.int(0, maxEntries - 1);
  switch (rng.int(0, 9)) {
    case 0:
      code.emit('LD_IMM64', 'N', { dst: 3, imm: inRange, nextImm: rng.int(-1, 2) });
      break;
    case 1:
      code.emit('MOV64', 'K', {
        dst: 3,
        imm: rng.pick([maxEntries, maxEntries + 1, -1, 0x7fff_ffff]),
      });
      break;
    case 2:
    case 3:
      code.emit('MOV64', 'X', { dst: 3, src: draft.scalar() });
      if (rng.chance(2, 3)) code.emit('AND64', 'K', { dst: 3, imm: 3 });
      break;
    default:
      code.emit('MOV64', 'K', { dst: 3, imm: inRange });
  }
}

/** A call of a function that is written later: the context in R1, a number in R2. */
export function localCall(draft: Draft): void {
  const { rng, code } = draft;
  if (!draft.localCalls || draft.depth >= FUNCTION_DEPTH_MAX) return loadConstant(draft);
  code.emit('MOV64', 'X', { dst: 2, src: draft.scalar() });
  code.emit('MOV64', 'X', { dst: 1, src: CONTEXT });
  const deeper = draft.pending.filter(({ depth }) => depth > draft.depth);
  if (deeper.length > 0 && rng.chance(1, 2)) {
    code.reach('CALL_LOCAL', rng.pick(deeper).label);
  } else {
    const label = code.label();
    draft.pending.push({ label, depth: draft.depth + 1 });
    code.reach('CALL_LOCAL', label);
  }
  draft.clobber();
  draft.forgetPointers();
  const { trustsFallThrough, callsWithTailCalls } = draft.surroundings.dialect;
  if (trustsFallThrough && callsWithTailCalls) hideFromVerifier(draft);
  draft.set(0, 'scalar');
}

/** R0 through an atomic on the stack, after which the verifier knows nothing of it. */
function hideFromVerifier({ code }: Draft): void {
  code.emit('STXDW', 'N', { dst: FRAME_POINTER, src: 0, offset: HIDING_OFFSET });
  code.emit('MOV64', 'K', { dst: 1, imm: 0 });
  code.emit('ATOMIC_ADD64', 'N', { dst: FRAME_POINTER, src: 1, offset: HIDING_OFFSET });
  code.emit('LDXDW', 'N', { dst: 0, src: FRAME_POINTER, offset: HIDING_OFFSET });
}

/** Leaves the function early, past a condition. */
export function earlyExit(draft: Draft): void {
  const { rng, code } = draft;
  const on = code.label();
  code.jump(rng.pick(['JNE64', 'JGT64', 'JSLT64', 'JSET64'] as const), 'K', on, {
    dst: draft.scalar(),
    imm: immediate(rng),
  });
  draft.branch(() => leave(draft));
  code.place(on);
}

/** Exits with a number in R0, after it has shown what registers and stack hold: R0 alone shows 32 bits. */
export function leave(draft: Draft): void {
  const { code, rng } = draft;
  if (draft.held[0] !== 'scalar') code.emit('MOV64', 'X', { dst: 0, src: numberFor0(draft) });
  else if (rng.chance(1, 8))
    code.emit('XOR64', 'K', { dst: 0, imm: Number(word64(rng) & 0x7fffn) });
  show(draft);
  code.emit('EXIT', 'N');
}

/** Adds numbers to the first value of the first map, all 64 bits of them. */
function show(draft: Draft): void {
  const { code } = draft;
  const [pointer, loaded] = SHOWING;
  code.emit('LD_MAP_VALUE_FD', 'N', { dst: pointer, imm: 0, nextImm: 0 });
  for (const register of SHOWN) {
    if (draft.held[register] !== 'scalar') continue;
    code.emit('ATOMIC_ADD64', 'N', { dst: pointer, src: register, offset: 0 });
  }
  for (let slot = 1; slot <= draft.slots; slot++) {
    code.emit('LDXDW', 'N', { dst: loaded, src: FRAME_POINTER, offset: -8 * slot });
    code.emit('ATOMIC_ADD64', 'N', { dst: pointer, src: loaded, offset: 0 });
  }
}

/** Registers that an exit leaves without use, and those that are looked at. */
const SHOWING = [1, 2] as const;
const SHOWN = [0, 3, 4, 5, 7, 8, 9];

function numberFor0(draft: Draft): number {
  draft.set(0, 'unset');
  return draft.scalar();
}
