// Statements on registers and memory that a verifier accepts.

import { BINARY_ALU, BYTE_SWAP, BYTES, type Size } from '../../../model/isa/operations.ts';
import { contextFields } from '../../../model/scenario/context.ts';
import { CB_FIELDS, SK_BUFF_FIELDS, XDP_FIELDS } from '../context-fields.ts';
import {
  ATOMIC_OPS,
  BINARY_OPS,
  DIVISIONS,
  JUMP_OPS,
  MOVSX_OPS,
  SHIFTS,
  SIZES,
  SUBWORDS,
  SWAP_OPS,
  WIDTHS,
} from '../operations.ts';
import { immediate } from '../words.ts';
import { CONTEXT, type Draft, FRAME_POINTER } from './draft.ts';

const CPU_OF_SIGNED_LOADS = 4;

export function binaryAlu(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const ops = BINARY_OPS.filter((name) => BINARY_ALU[name].cpu <= surroundings.dialect.cpu);
  const op = rng.pick(ops);
  const width = rng.pick(WIDTHS);
  const dst = op === 'MOV' ? draft.target() : draft.changeable();
  if (rng.chance(1, 2)) code.emit(`${op}${width}`, 'K', { dst, imm: operand(draft, op, width) });
  else code.emit(`${op}${width}`, 'X', { dst, src: draft.scalar() });
  draft.set(dst, 'scalar');
}

/** An immediate that the verifier takes: shifts within the width, no division by 0. */
function operand({ rng }: Draft, op: string, width: '64' | '32'): number {
  if (SHIFTS.has(op)) return rng.int(0, Number(width) - 1);
  const imm = immediate(rng);
  return DIVISIONS.has(op) && imm === 0 ? 1 : imm;
}

export function unaryAlu(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const { cpu } = surroundings.dialect;
  const kind = rng.int(0, 2);
  if (kind === 0) {
    code.emit(`NEG${rng.pick(WIDTHS)}`, 'N', { dst: draft.changeable() });
  } else if (kind === 1 && cpu >= CPU_OF_SIGNED_LOADS) {
    const src = draft.scalar();
    const dst = draft.target();
    code.emit(rng.pick(MOVSX_OPS), 'N', { dst, src });
    draft.set(dst, 'scalar');
  } else {
    const swaps = SWAP_OPS.filter((name) => BYTE_SWAP[name].cpu <= cpu);
    code.emit(rng.pick(swaps), 'N', { dst: draft.changeable() });
  }
}

export function loadConstant(draft: Draft): void {
  draft.constant(draft.target());
}

/** Where an access of a size may go: a pointer with room for it, else a stack slot. */
function place(draft: Draft, size: Size, aligned = false): { base: number; offset: number } {
  const { rng } = draft;
  const bytes = BYTES[size];
  const base = rng.chance(1, 2) ? draft.pointer(bytes, aligned) : -1;
  const held = base < 0 ? undefined : draft.held[base];
  if (typeof held !== 'object') {
    return { base: FRAME_POINTER, offset: draft.slot() + bytes * rng.int(0, 8 / bytes - 1) };
  }
  const room = held.size - bytes;
  return {
    base,
    offset: aligned ? bytes * rng.int(0, Math.floor(room / bytes)) : rng.int(0, room),
  };
}

export function store(draft: Draft): void {
  const { rng, code } = draft;
  const size = rng.pick(SIZES);
  const src = draft.scalar();
  const { base, offset } = place(draft, size);
  if (rng.chance(1, 3)) code.emit(`ST${size}`, 'N', { dst: base, offset, imm: immediate(rng) });
  else code.emit(`STX${size}`, 'N', { dst: base, src, offset });
}

export function load(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const dst = draft.target();
  if (surroundings.dialect.cpu >= CPU_OF_SIGNED_LOADS && rng.chance(1, 3)) {
    const size = rng.pick(SUBWORDS);
    const { base, offset } = place(draft, size);
    code.emit(`LDXS${size}`, 'N', { dst, src: base, offset });
  } else {
    const size = rng.pick(SIZES);
    const { base, offset } = place(draft, size);
    code.emit(`LDX${size}`, 'N', { dst, src: base, offset });
  }
  draft.set(dst, 'scalar');
}

export function atomic(draft: Draft): void {
  const { rng, code } = draft;
  const op = rng.pick(ATOMIC_OPS);
  const width = rng.pick(WIDTHS);
  const size = width === '64' ? 'DW' : 'W';
  // R0 is compared with, and may be a loop's or a pointer's.
  if (op === 'CMPXCHG' && (typeof draft.held[0] === 'object' || draft.reserved.has(0))) return;
  if (op === 'CMPXCHG' && draft.held[0] !== 'scalar') draft.constant(0);
  const fetches = op.startsWith('FETCH') || op === 'XCHG';
  const src = fetches ? draft.changeable() : draft.scalar();
  const { base, offset } = place(draft, size, true);
  if (op === 'CMPXCHG' && rng.chance(1, 2)) {
    code.emit(`LDX${size}`, 'N', { dst: 0, src: base, offset });
  }
  code.emit(`ATOMIC_${op}${width}`, 'N', { dst: base, src, offset });
}

/** Fields that a program of each type may read, and that a test run leaves as the scenario has them. */
const READABLE = {
  socket_filter: [...SK_BUFF_FIELDS, 'napi_id'],
  sched_cls: [...SK_BUFF_FIELDS, 'tc_classid', 'napi_id', 'gso_segs', 'gso_size'],
  xdp: XDP_FIELDS,
} as const;
const WRITABLE = {
  socket_filter: CB_FIELDS,
  sched_cls: ['mark', 'priority', ...CB_FIELDS],
  xdp: [],
} as const;

export function readContext(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const dst = draft.target();
  const field = rng.pick<string>(READABLE[surroundings.type]);
  code.emit('LDXW', 'N', { dst, src: CONTEXT, offset: contextFields(surroundings.type)[field]! });
  draft.set(dst, 'scalar');
}

export function writeContext(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const fields: readonly string[] = WRITABLE[surroundings.type];
  if (fields.length === 0) return readContext(draft);
  const offset = contextFields(surroundings.type)[rng.pick(fields)]!;
  code.emit('STXW', 'N', { dst: CONTEXT, src: draft.scalar(), offset });
}

/** A packet pointer, by a checked length and now and then a bounded variable offset, and what is done with it. */
export function packetPointer(draft: Draft, body: () => void): void {
  const { rng, code, surroundings } = draft;
  const { data, data_end: dataEnd } = contextFields(surroundings.type);
  const registers = draft.spare(3);
  if (surroundings.type === 'socket_filter' || registers === undefined) return loadConstant(draft);
  const [pointer, end, limit] = registers as [number, number, number];
  const size = rng.int(1, 24);
  const variable = rng.chance(1, 3) ? draft.scalar() : -1;
  code.emit('LDXW', 'N', { dst: end, src: CONTEXT, offset: dataEnd! });
  if (variable >= 0 && variable !== end && variable !== pointer) {
    code.emit('MOV64', 'X', { dst: limit, src: variable });
    code.emit('AND64', 'K', { dst: limit, imm: 7 });
    code.emit('LDXW', 'N', { dst: pointer, src: CONTEXT, offset: data! });
    code.emit('ADD64', 'X', { dst: pointer, src: limit });
  } else {
    code.emit('LDXW', 'N', { dst: pointer, src: CONTEXT, offset: data! });
  }
  code.emit('MOV64', 'X', { dst: limit, src: pointer });
  code.emit('ADD64', 'K', { dst: limit, imm: size });
  for (const register of registers) draft.set(register, 'unset');
  const out = code.label();
  code.jump('JGT64', 'X', out, { dst: limit, src: end });
  draft.branch(() => {
    draft.set(pointer, { size, aligned: false });
    body();
    draft.set(pointer, 'unset');
  });
  code.place(out);
}

/** LD_ABS and LD_IND, mostly within the packet; beyond it they leave the function. */
export function packetLoad(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  if (surroundings.type === 'xdp') return loadConstant(draft);
  const { packetBytes } = surroundings;
  const size = rng.pick(SUBWORDS);
  const within = Math.max(0, packetBytes - 12);
  const imm = rng.chance(9, 10) ? rng.int(0, within) : rng.int(0, packetBytes + 2);
  if (rng.chance(1, 2)) {
    code.emit(`LD_ABS_${size}`, 'N', { imm });
  } else {
    const src = draft.changeable();
    code.emit('AND64', 'K', { dst: src, imm: 7 });
    code.emit(`LD_IND_${size}`, 'N', { src, imm });
  }
  draft.clobber();
  draft.set(0, 'scalar');
}

/** A register with only the low half of another, or only the upper: 32 and 64 bits then tell different things. */
function half(draft: Draft, register: number): number {
  const { code, rng } = draft;
  const part = draft.changeable();
  if (part === register) return part;
  if (rng.chance(1, 2)) {
    code.emit('MOV32', 'X', { dst: part, src: register });
  } else {
    code.emit('MOV64', 'X', { dst: part, src: register });
    code.emit('RSH64', 'K', { dst: part, imm: 32 });
    code.emit('LSH64', 'K', { dst: part, imm: 32 });
  }
  return part;
}

/** A divisor whose halves differ in being 0. */
export function division(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const ops = (['DIV', 'MOD', 'SDIV', 'SMOD'] as const).filter(
    (name) => BINARY_ALU[name].cpu <= surroundings.dialect.cpu,
  );
  const dst = draft.changeable();
  const src = draft.target();
  const nextImm = rng.pick([0, 1, -0x8000_0000, -1]);
  code.emit('LD_IMM64', 'N', { dst: src, imm: rng.pick([0, 0, -1]), nextImm });
  draft.set(src, 'scalar');
  code.emit(`${rng.pick(ops)}${rng.pick(WIDTHS)}`, 'X', { dst, src });
}

export function conditional(draft: Draft, body: () => void): void {
  const { rng, code } = draft;
  const name = `${rng.pick(JUMP_OPS)}${rng.pick(WIDTHS)}` as const;
  const dst = draft.scalar();
  const otherwise = code.label();
  if (rng.chance(1, 4)) code.jump(name, 'X', otherwise, { dst, src: half(draft, dst) });
  else if (rng.chance(1, 2)) code.jump(name, 'K', otherwise, { dst, imm: immediate(rng) });
  else code.jump(name, 'X', otherwise, { dst, src: draft.scalar() });
  draft.branch(body);
  if (rng.chance(1, 3)) {
    const end = code.label();
    if (draft.surroundings.dialect.cpu >= CPU_OF_SIGNED_LOADS && rng.chance(1, 2)) {
      code.reach('JA32', end);
    } else {
      code.jump('JA', 'N', end);
    }
    code.place(otherwise);
    draft.branch(body);
    code.place(end);
  } else {
    code.place(otherwise);
  }
}

const LOOPS_MAX = 1;
/** Registers that calls keep. */
const KEPT = [7, 8, 9];

/** A loop that counts a register down; may_goto may leave it, and never does with so few rounds. */
export function loop(draft: Draft, body: () => void): void {
  const { rng, code, surroundings, reserved } = draft;
  const counters = KEPT.filter(
    (register) => !reserved.has(register) && typeof draft.held[register] === 'string',
  );
  if (draft.loops >= LOOPS_MAX || counters.length === 0) return binaryAlu(draft);
  const counter = rng.pick(counters);
  const top = code.label();
  const out = code.label();
  code.emit('MOV64', 'K', { dst: counter, imm: rng.int(1, 3) });
  draft.set(counter, 'scalar');
  // A round starts with what the one before left: only registers that it leaves alone may be relied on.
  const kept = KEPT.filter((register) => draft.held[register] === 'scalar');
  for (let register = 0; register < FRAME_POINTER; register++) {
    if (!kept.includes(register)) draft.set(register, 'unset');
  }
  draft.reserved = new Set([...reserved, ...kept]);
  draft.loops++;
  code.place(top);
  draft.branch(body);
  draft.loops--;
  draft.reserved = reserved;
  code.emit('SUB64', 'K', { dst: counter, imm: 1 });
  if (surroundings.dialect.mayGoto && rng.chance(1, 3)) code.jump('MAY_GOTO', 'N', out);
  code.jump('JNE64', 'K', top, { dst: counter, imm: 0 });
  code.place(out);
}
