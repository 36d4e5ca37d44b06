// Whether a state that was gone through covers the current one: then nothing new can follow (`states_equal`).

import type { Exactness, IdMap, PrunePart } from '../parts.ts';
import { sameScalar, scalarWithin } from '../scalars.ts';
import type { Frame } from '../state/frame.ts';
import type { Register, RegisterType } from '../state/register.ts';
import { BYTE, byteKind, type SlotBytes, type StackSlot, uniform } from '../state/slot.ts';
import type { State } from '../state/state.ts';
import type { Verification } from '../verification.ts';
import { matchScalarIds } from './ids.ts';
import { coversEarly } from './prune-early.ts';
import { isSame } from './same.ts';

function covers(v: Verification, old: State, current: State, exactly: Exactness): boolean {
  if (old.frames.length !== current.frames.length) return false;
  if (!v.parts.speculation.mayCover(old, current)) return false;
  const { ids } = v.exploration;
  ids.clear();
  for (let i = 0; i < old.frames.length; i++) {
    const [before, now] = [old.frames[i]!, current.frames[i]!];
    if (before.callSite !== now.callSite) return false;
    if (!v.parts.prune.coversFrame(v, before, now, ids, exactly)) return false;
  }
  return true;
}

function coversFrame(
  v: Verification,
  old: Frame,
  current: Frame,
  ids: IdMap,
  exactly: Exactness,
): boolean {
  const { prune } = v.parts;
  const read = exactly === 'no' ? old.read.registers : ~0;
  for (let r = 0; r < old.registers.length; r++) {
    if (((read >>> r) & 1) === 0) continue;
    const [before, now] = [old.registers[r]!, current.registers[r]!];
    if (!prune.coversRegister(v, before, now, ids, exactly)) return false;
  }
  for (let slot = 0; slot < old.slots.length; slot++) {
    if (exactly === 'no' && !old.read.slots.has(slot)) continue;
    const [before, now] = [old.slots[slot]!, current.slots[slot]];
    if (!prune.coversSlot(v, before, now, ids, exactly)) return false;
  }
  return true;
}

function coversRegister(
  v: Verification,
  old: Register,
  current: Register,
  ids: IdMap,
  exactly: Exactness,
): boolean {
  if (old === current && old.id === 0) return true;
  if (exactly === 'yes') return isSame(old, current, ids);
  if (!v.rules.pruning.comparesIds) return coversEarly(v, old, current, ids);
  if (old.type === 'not_init' && exactly === 'no') return true;
  if (old.type !== current.type) return false;
  return COVERS[old.type](v, old, current, ids, exactly);
}

type Covers = (
  v: Verification,
  old: Register,
  current: Register,
  ids: IdMap,
  exactly: Exactness,
) => boolean;

/** Registers of one type, by how much more of the current one may be known. */
const COVERS: Readonly<Record<RegisterType, Covers>> = {
  not_init: () => true,
  scalar: (v, old, current, ids, exactly) => {
    if (v.comparesScalarsExactly) {
      return (
        old.off === current.off &&
        old.map === current.map &&
        sameScalar(old.value, current.value) &&
        matchScalarIds(ids, old, current)
      );
    }
    if (exactly === 'no' && !old.precise && v.subject.privileged) return true;
    if (old.id !== 0 && old.addsConstant !== current.addsConstant) return false;
    return matchScalarIds(ids, old, current) && scalarWithin(v.domain, old.value, current.value);
  },
  map_value: (v, old, current, ids) => coversMapValue(v, old, current, ids),
  map_value_or_null: (v, old, current, ids) => coversMapValue(v, old, current, ids),
  pkt: (v, old, current, ids) => coversPacketPointer(v, old, current, ids),
  pkt_meta: (v, old, current, ids) => coversPacketPointer(v, old, current, ids),
  pkt_end: (_v, old, current, ids) => isSame(old, current, ids),
  fp: (_v, old, current, ids) => isSame(old, current, ids) && old.frame === current.frame,
  ctx: (_v, old, current, ids) => isSame(old, current, ids),
  map_ptr: (_v, old, current, ids) => isSame(old, current, ids),
};

function coversMapValue(v: Verification, old: Register, current: Register, ids: IdMap): boolean {
  return (
    old.off === current.off &&
    old.map === current.map &&
    scalarWithin(v.domain, old.value, current.value) &&
    ids.match(old.id, current.id)
  );
}

/** What was safe with so many bytes checked is safe with more; other offsets could be aligned in another way. */
function coversPacketPointer(v: Verification, old: Register, cur: Register, ids: IdMap): boolean {
  return (
    coversRange(old.range, cur.range) &&
    old.off === cur.off &&
    ids.match(old.id, cur.id) &&
    scalarWithin(v.domain, old.value, cur.value)
  );
}

/** Pointers at the packet's end or beyond decide comparisons: only the same do so alike. */
function coversRange(old: number, current: number): boolean {
  return old < 0 || current < 0 ? old === current : old <= current;
}

function coversSlot(
  v: Verification,
  old: StackSlot,
  current: StackSlot | undefined,
  ids: IdMap,
  exactly: Exactness,
): boolean {
  if (exactly !== 'no' && old.bytes !== current?.bytes) return false;
  if (old === current && old.spilled === undefined) return true;
  const counting = countingBytes(v, old.bytes);
  if (counting === 0) return true;
  if (current === undefined) return false;
  if (v.rules.pruning.comparesSlotsAsScalars) {
    const [before, now] = [scalarOfSlot(v, old), scalarOfSlot(v, current)];
    if (before !== undefined && now !== undefined) {
      return v.parts.prune.coversRegister(v, before, now, ids, exactly);
    }
  }
  if (!coversBytes(old.bytes, current.bytes, counting)) return false;
  if (byteKind(old.bytes, 0) !== BYTE.spill) return true;
  return v.parts.prune.coversRegister(v, old.spilled!, current.spilled!, ids, exactly);
}

/** The lower bit of each byte's kind. */
const LOWER = 0x5555;

/** The bytes that cannot be just anything: the lower bit of each. */
function countingBytes(v: Verification, bytes: SlotBytes): number {
  // Of the kinds, `zero` and `spill` have their upper bit set, `misc` the lower one.
  return (readsUnset(v) ? bytes >>> 1 : bytes | (bytes >>> 1)) & LOWER;
}

function coversBytes(old: SlotBytes, current: SlotBytes, counting: number): boolean {
  const difference = old ^ current;
  const differing = (difference | (difference >>> 1)) & counting;
  // Where any byte was safe, a zero is.
  const narrowed = old & ~(old >>> 1) & ~current & (current >>> 1);
  return (differing & ~narrowed) === 0;
}

/** What 8 bytes read as, where that is a scalar: the one that was stored, or anything. */
function scalarOfSlot(v: Verification, { bytes, spilled }: StackSlot): Register | undefined {
  if (bytes === uniform(BYTE.spill)) return spilled!.type === 'scalar' ? spilled : undefined;
  const isAny = readsUnset(v) ? countingBytes(v, bytes) === 0 : bytes === uniform(BYTE.misc);
  return isAny ? v.exploration.anyScalar : undefined;
}

function readsUnset(v: Verification): boolean {
  return v.rules.readsUninitialisedStack && v.subject.privileged;
}

export const PRUNE_PART: PrunePart = { covers, coversFrame, coversRegister, coversSlot };
