// Registers that hold the same number, or numbers that differ by a constant: what a branch tells of one is true of
// the others. They share an id; `off` says by how much each is greater (BPF_ADD_CONST, Linux 6.11).

import { FRAME_POINTER } from '../../isa/program.ts';
import type { Frame } from '../state/frame.ts';
import type { Register } from '../state/register.ts';
import { StackSlot } from '../state/slot.ts';
import type { LinkedPlace, State } from '../state/state.ts';
import type { Verification } from '../verification.ts';
import { constantIn, isConstant } from './scalar.ts';

export interface LinkedPart {
  /** A number that is copied, with an id that original and copy share (`assign_scalar_id_before_mov`). */
  identify(v: Verification, source: Register): Register;
  /** The same number without a link to others. */
  unlink(register: Register): Register;
  /** What addition of `addend` makes of the link of `dst`: `sum` with it, or without one. */
  linkSum(v: Verification, dst: Register, addend: Register, sum: Register): Register;
  /**
   * Where the numbers linked to one of the operands of a comparison are (`collect_linked_regs`). Those that are too
   * many lose their link.
   */
  collect(v: Verification, ids: readonly number[]): readonly LinkedPlace[];
  /** Makes the places that are linked to a number of the running function know what it knows (`sync_linked_regs`). */
  learn(v: Verification, state: State, register: number, places: readonly LinkedPlace[]): void;
  /** What is known of a number that is linked to a known one. */
  linkedValue(v: Verification, known: Register, linked: Register): Register;
}

/** The greatest constant that links can differ by; sums of offsets must not overflow 32 bits. */
const GREATEST_DELTA = 0x7fff_ffffn;

const UNLINKED = { id: 0, off: 0, addsConstant: false } as const;

function identify(v: Verification, source: Register): Register {
  const isFree = source.id === 0 || source.addsConstant;
  if (!isFree) return source;
  if (v.rules.movesLink !== 'constants' && isConstant(source.value)) {
    return v.parts.linked.unlink(source);
  }
  return source.with({ ...UNLINKED, id: v.nextId() });
}

function unlink(register: Register): Register {
  return register.id === 0 && register.off === 0 ? register : register.with(UNLINKED);
}

function linkSum(v: Verification, dst: Register, addend: Register, sum: Register): Register {
  if (!v.rules.linkedDeltas || !v.subject.privileged) return sum;
  if (dst.id === 0 || dst.addsConstant || !isConstant(addend.value)) return sum;
  const delta = constantIn(64, addend.value);
  if (delta > GREATEST_DELTA) return sum;
  return sum.with({ id: dst.id, off: Number(delta), addsConstant: true });
}

function collect(v: Verification, ids: readonly number[]): readonly LinkedPlace[] {
  const places: LinkedPlace[] = [];
  for (const id of ids) collectId(v, id, places);
  return places;
}

function collectId(v: Verification, id: number, places: LinkedPlace[]): void {
  const { frames } = v.state;
  const limit = v.rules.limits.linkedRegisters;
  for (let f = frames.length - 1; f >= 0; f--) {
    const { registers, slots } = frames[f]!;
    for (let r = 0; r < FRAME_POINTER; r++) {
      const register = registers[r]!;
      if (register.type !== 'scalar' || register.id !== id) continue;
      if (places.length < limit) places.push({ frame: f, kind: 'register', number: r });
      else registers[r] = v.parts.linked.unlink(register);
    }
    for (let s = 0; s < slots.length; s++) {
      const { bytes, spilled } = slots[s]!;
      if (spilled?.type !== 'scalar' || spilled.id !== id) continue;
      if (places.length < limit) places.push({ frame: f, kind: 'slot', number: s });
      else slots[s] = new StackSlot(bytes, v.parts.linked.unlink(spilled));
    }
  }
}

function learn(
  v: Verification,
  state: State,
  register: number,
  places: readonly LinkedPlace[],
): void {
  const running = state.frames.length - 1;
  const known = state.frame.registers[register]!;
  for (const { frame: at, kind, number } of places) {
    const frame = state.frames[at]!;
    if (kind === 'slot') learnSlot(v, frame, number, known);
    else if (at !== running || number !== register) learnRegister(v, frame, number, known);
  }
}

function isLinked(a: Register, b: Register): boolean {
  return b.type === 'scalar' && a.id === b.id;
}

function learnRegister(v: Verification, frame: Frame, register: number, known: Register): void {
  const linked = frame.registers[register]!;
  if (isLinked(known, linked)) {
    v.refine(frame, register, v.parts.linked.linkedValue(v, known, linked));
  }
}

function learnSlot(v: Verification, frame: Frame, slot: number, known: Register): void {
  const { bytes, spilled } = frame.slots[slot]!;
  if (spilled !== undefined && isLinked(known, spilled)) {
    frame.slots[slot] = new StackSlot(bytes, v.parts.linked.linkedValue(v, known, spilled));
  }
}

function linkedValue(v: Verification, known: Register, linked: Register): Register {
  if ((!linked.addsConstant && !known.addsConstant) || linked.off === known.off) return known;
  const { domain } = v;
  const delta = BigInt.asUintN(64, BigInt(linked.off - known.off));
  // Not reduced: the kernel adds, and leaves it at that.
  const value = domain.sum(known.value, domain.constant(delta));
  return linked.with({ value, precise: known.precise });
}

export const LINKED_PART: LinkedPart = {
  identify,
  unlink,
  linkSum,
  collect,
  learn,
  linkedValue,
};
