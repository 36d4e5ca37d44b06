// Statements on numbers: arithmetic of every kind, conditions, loops.

import { BINARY_ALU, BYTE_SWAP } from '../../../model/isa/operations.ts';
import {
  BINARY_OPS,
  DIVISIONS,
  JUMP_OPS,
  MOVSX_OPS,
  SHIFTS,
  SWAP_OPS,
  WIDTHS,
} from '../../generate/operations.ts';
import { immediate } from '../../generate/words.ts';
import { bound, boundedScalar, unknown } from './bounds.ts';
import { between, type Draft, FRAME_POINTER, type Known, SCALAR, UNSET } from './draft.ts';
import { CALL_KEPT } from './registers.ts';

export type Body = () => void;

/** Sign-extending moves and loads, signed division, gotol, byte swaps without a condition. */
const CPU_V4 = 4;

export function binaryAlu(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const op = rng.pick(
    BINARY_OPS.filter((name) => BINARY_ALU[name].cpu <= surroundings.dialect.cpu),
  );
  const width = rng.pick(WIDTHS);
  const dst = op === 'MOV' ? draft.target() : draft.changeable();
  const before = draft.held[dst]!;
  if (rng.chance(1, 2)) {
    const imm = operand(draft, op, width);
    code.emit(`${op}${width}`, 'K', { dst, imm });
    draft.set(dst, op === 'ADD' && width === '64' ? shifted(before, imm) : SCALAR);
  } else {
    code.emit(`${op}${width}`, 'X', { dst, src: draft.scalar() });
    draft.set(dst, SCALAR);
  }
}

/** What is known of a number to which a constant is added. */
function shifted(known: Known, by: number): Known {
  if (known.kind !== 'scalar' || known.min === undefined || known.max === undefined) return SCALAR;
  const [min, max] = [known.min + by, known.max + by];
  return min >= -0x8000_0000 && max <= 0x7fff_ffff ? between(min, max) : SCALAR;
}

/** Shifts within the width, no division by 0, but for mistakes. */
function operand(draft: Draft, op: string, width: '64' | '32'): number {
  const { rng } = draft;
  if (SHIFTS.has(op)) return draft.errs() ? Number(width) : rng.int(0, Number(width) - 1);
  if (DIVISIONS.has(op)) return draft.errs() ? 0 : immediate(rng) || 1;
  return immediate(rng);
}

export function unaryAlu(draft: Draft): void {
  const { rng, code, surroundings } = draft;
  const { cpu } = surroundings.dialect;
  const kind = rng.int(0, 2);
  if (kind === 0) {
    const dst = draft.changeable();
    code.emit(`NEG${rng.pick(WIDTHS)}`, 'N', { dst });
    draft.set(dst, SCALAR);
  } else if (kind === 1 && cpu >= CPU_V4) {
    const src = draft.scalar();
    const dst = draft.target();
    code.emit(rng.pick(MOVSX_OPS), 'N', { dst, src });
    draft.set(dst, SCALAR);
  } else {
    const dst = draft.changeable();
    code.emit(rng.pick(SWAP_OPS.filter((name) => BYTE_SWAP[name].cpu <= cpu)), 'N', { dst });
    draft.set(dst, SCALAR);
  }
}

export function loadConstant(draft: Draft): void {
  draft.constant(draft.target());
}

export function boundNumber(draft: Draft): void {
  const register = draft.changeable();
  if (draft.rng.chance(1, 2)) unknown(draft, register);
  bound(draft, register, draft.rng.pick([0, 1, 3, 7, 8, 15, 63, 64, 255, 4095]));
}

/** A copy of a register, which shares its id from then on. */
export function copy(draft: Draft): void {
  const { rng, code } = draft;
  const src = draft.scalar();
  const dst = draft.target();
  code.emit(rng.chance(2, 3) ? 'MOV64' : 'MOV32', 'X', { dst, src });
  if (src !== FRAME_POINTER) draft.set(dst, SCALAR);
}

/** All comparisons, with constants and registers; the sides go on apart, and join. */
export function conditional(draft: Draft, body: Body): void {
  const { rng, code, surroundings } = draft;
  const name = `${rng.pick(JUMP_OPS)}${rng.pick(WIDTHS)}` as const;
  const dst = draft.scalar();
  const otherwise = code.label();
  if (rng.chance(2, 3)) code.jump(name, 'K', otherwise, { dst, imm: immediate(rng) });
  else code.jump(name, 'X', otherwise, { dst, src: draft.scalar() });
  draft.branch(body);
  if (rng.chance(1, 2)) {
    code.place(otherwise);
    return;
  }
  const end = code.label();
  if (surroundings.dialect.cpu >= CPU_V4 && rng.chance(1, 4)) code.reach('JA32', end);
  else code.jump('JA', 'N', end);
  code.place(otherwise);
  draft.branch(body);
  code.place(end);
}

/** -1 or 0 by a shift of the sign, and a mask of it: a number that has two values. */
export function signMask(draft: Draft): void {
  const { rng, code } = draft;
  const dst = draft.changeable();
  const wide = rng.chance(1, 2);
  const imm = rng.pick([8, 16, 42, 0x7fff_ffff]);
  code.emit(wide ? 'ARSH64' : 'ARSH32', 'K', { dst, imm: wide ? 63 : 31 });
  code.emit(`${rng.pick(['AND', 'OR'] as const)}${wide ? '64' : '32'}`, 'K', { dst, imm });
  draft.set(dst, SCALAR);
}

/** Two copies, the one compared with the other or with a constant: what is learnt goes to both. */
export function linked(draft: Draft, body: Body): void {
  const { rng, code } = draft;
  const registers = draft.spare(2);
  if (registers === undefined) return binaryAlu(draft);
  const [first, second] = registers as [number, number];
  unknown(draft, first);
  code.emit(rng.chance(3, 4) ? 'MOV64' : 'MOV32', 'X', { dst: second, src: first });
  if (rng.chance(1, 2)) {
    const sign = rng.chance(1, 4) ? 'SUB' : 'ADD';
    code.emit(`${sign}${rng.pick(WIDTHS)}`, 'K', { dst: second, imm: rng.pick([1, 8, 100, -1]) });
  }
  draft.set(second, SCALAR);
  const otherwise = code.label();
  const name = `${rng.pick(JUMP_OPS)}${rng.pick(WIDTHS)}` as const;
  code.jump(name, 'K', otherwise, { dst: rng.pick(registers), imm: rng.pick([0, 7, 64, 1000]) });
  draft.branch(body);
  code.place(otherwise);
}

const LOOPS_MAX = 2;
const ROUNDS_MAX = 6;

/** A loop over a counter: up or down, with every kind of condition; the verifier goes through all of its rounds. */
export function loop(draft: Draft, body: Body): void {
  const { rng, code, reserved, surroundings } = draft;
  const counters = CALL_KEPT.filter(
    (register) => !reserved.has(register) && /unset|scalar/.test(draft.held[register]!.kind),
  );
  if (draft.loops >= LOOPS_MAX || counters.length === 0) return binaryAlu(draft);
  const counter = rng.pick(counters);
  const rounds = rng.int(1, draft.loops === 0 ? ROUNDS_MAX : 2);
  const down = rng.chance(1, 2);
  const top = code.label();
  code.emit('MOV64', 'K', { dst: counter, imm: down ? rounds : 0 });
  // A bound that hangs on the input: more paths.
  const limit = !down && rng.chance(1, 3) ? boundedScalar(draft, ROUNDS_MAX, [counter]) : undefined;
  draft.set(counter, between(0, rounds));
  const kept = [counter, ...(limit === undefined ? [] : [limit.register])];
  settle(draft, kept);
  draft.reserved = new Set([...reserved, ...kept]);
  draft.loops++;
  code.place(top);
  draft.branch(body);
  draft.loops--;
  draft.reserved = reserved;
  // Left out, the loop never ends.
  if (!draft.errs()) code.emit(down ? 'SUB64' : 'ADD64', 'K', { dst: counter, imm: 1 });
  if (limit !== undefined) code.jump('JLT64', 'X', top, { dst: counter, src: limit.register });
  else if (down)
    code.jump(rng.pick(['JNE64', 'JSGT64', 'JNE32'] as const), 'K', top, { dst: counter, imm: 0 });
  else
    code.jump(rng.pick(['JLT64', 'JNE64', 'JLT32', 'JSLT64'] as const), 'K', top, {
      dst: counter,
      imm: rounds,
    });
  draft.set(counter, surroundings.privileged ? SCALAR : UNSET);
}

/** What a round starts with is what the one before left: all but registers that keep what they hold is forgotten. */
function settle(draft: Draft, kept: readonly number[]): void {
  draft.held = draft.held.map((known, register) => {
    if (kept.includes(register) || draft.reserved.has(register)) return known;
    if (known.kind === 'scalar' && CALL_KEPT.includes(register as 7)) return SCALAR;
    return UNSET;
  });
  for (const [offset, known] of draft.slots) {
    if (known.kind === 'scalar') draft.slots.set(offset, SCALAR);
    else draft.slots.delete(offset);
  }
}

/** A loop that nothing but may_goto ends. */
export function mayGotoLoop(draft: Draft, body: Body): void {
  const { code, reserved, surroundings } = draft;
  if (!surroundings.dialect.mayGoto || draft.loops > 0) return binaryAlu(draft);
  const top = code.label();
  const out = code.label();
  settle(draft, []);
  const kept = CALL_KEPT.filter((register) => draft.held[register]!.kind === 'scalar');
  draft.reserved = new Set([...reserved, ...kept]);
  draft.loops += LOOPS_MAX;
  code.place(top);
  if (!draft.errs()) code.jump('MAY_GOTO', 'N', out);
  draft.branch(body);
  draft.loops -= LOOPS_MAX;
  draft.reserved = reserved;
  code.jump('JA', 'N', top);
  code.place(out);
}
