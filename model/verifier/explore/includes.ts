// Whether all that a state stands for, another one stands for too. Written apart from what prunes paths (prune.ts),
// which it serves to check: it knows no liveness, no precision and no kernel's habits.

import { type Scalar, scalarWithin } from '../scalars.ts';
import type { Frame } from '../state/frame.ts';
import type { Register } from '../state/register.ts';
import { BYTE, byteKind, SLOT_SIZE, type StackSlot, uniform } from '../state/slot.ts';
import type { State } from '../state/state.ts';
import type { Verification } from '../verification.ts';

/** Which current link each old one has turned into. Old links that became one only say more. */
type Links = Map<number, string>;

/** @param old registers that are not set and invalid bytes stand for anything. */
export function includes(v: Verification, old: State, current: State): boolean {
  if (old.frames.length !== current.frames.length) return false;
  const links: Links = new Map();
  return old.frames.every((frame, number) => {
    const now = current.frames[number]!;
    return frame.callSite === now.callSite && includesFrame(v, frame, now, links);
  });
}

function includesFrame(v: Verification, old: Frame, current: Frame, links: Links): boolean {
  return (
    old.registers.every((register, r) =>
      includesRegister(v, register, current.registers[r]!, links),
    ) && old.slots.every((slot, s) => includesSlot(v, slot, current.slot(s), links))
  );
}

function includesRegister(v: Verification, old: Register, now: Register, links: Links): boolean {
  if (old.type === 'not_init') return true;
  if (old.type !== now.type || !scalarWithin(v.domain, old.value, now.value)) return false;
  switch (old.type) {
    case 'scalar':
      return keepsLink(old, now, links);
    case 'pkt':
    case 'pkt_meta':
      return old.off === now.off && includesRange(old, now) && keepsLink(old, now, links);
    case 'map_value_or_null':
      return old.off === now.off && old.map === now.map && keepsLink(old, now, links);
    default:
      return old.off === now.off && old.map === now.map && old.frame === now.frame;
  }
}

/** Pointers at the packet's end or beyond it have a range that is no number of bytes. */
function includesRange({ range: old }: Register, { range: now }: Register): boolean {
  return old < 0 || now < 0 ? old === now : old <= now;
}

/** What shared a link still shares one: an id, or being the same known number. */
function keepsLink(old: Register, now: Register, links: Links): boolean {
  if (old.id === 0) return true;
  const link = linkOf(old, now);
  const before = links.get(old.id);
  if (link === undefined || before !== undefined) return before === link && link !== undefined;
  links.set(old.id, link);
  return true;
}

/** What identifies the number that linked registers differ from by their constants; undefined for none. */
function linkOf(old: Register, now: Register): string | undefined {
  if (old.type !== 'scalar') return `id ${now.id}`;
  const difference = old.addsConstant ? BigInt(old.off) : 0n;
  const { value, mask } = now.value.varOff;
  if (mask === 0n) return `constant ${BigInt.asUintN(64, value - difference)}`;
  if (now.id === 0) return undefined;
  return `id ${now.id} ${(now.addsConstant ? BigInt(now.off) : 0n) - difference}`;
}

function includesSlot(v: Verification, old: StackSlot, now: StackSlot, links: Links): boolean {
  if (old.spilled !== undefined && old.bytes === uniform(BYTE.spill)) {
    return includesRegister(v, old.spilled, loadedFrom(v, now), links);
  }
  for (let at = 0; at < SLOT_SIZE; at++) {
    if (!includesByte(v, old, now, at)) return false;
  }
  if (old.spilled === undefined) return true;
  return now.spilled !== undefined && includesRegister(v, old.spilled, now.spilled, links);
}

function includesByte(v: Verification, old: StackSlot, now: StackSlot, at: number): boolean {
  const [before, current] = [byteKind(old.bytes, at), byteKind(now.bytes, at)];
  if (before === BYTE.invalid) return true;
  if (before !== BYTE.misc) return before === current;
  if (readsUnset(v)) return true;
  // Without privileges, bytes that were not written or hold a pointer may not be read.
  return current !== BYTE.invalid && (current !== BYTE.spill || now.spilled?.type === 'scalar');
}

/** What a load of all 8 bytes gives. */
function loadedFrom(v: Verification, { bytes, spilled }: StackSlot): Register {
  if (bytes === uniform(BYTE.spill)) return spilled!;
  if (bytes === uniform(BYTE.zero)) return v.unknownScalar.with({ value: zero(v) });
  for (let at = 0; at < SLOT_SIZE; at++) {
    const kind = byteKind(bytes, at);
    if (kind === BYTE.spill && spilled?.type !== 'scalar') return v.notInit;
    if (kind === BYTE.invalid && !readsUnset(v)) return v.notInit;
  }
  return v.unknownScalar;
}

function zero(v: Verification): Scalar {
  return v.domain.constant(0n);
}

function readsUnset(v: Verification): boolean {
  return v.rules.readsUninitialisedStack && v.subject.privileged;
}
