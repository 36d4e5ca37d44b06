// What comparing a packet pointer with the packet's end, or one to metadata with the packet's start, tells.

import {
  type Comparison,
  type Condition,
  conditionOf,
  flippedCondition,
} from '../../domain/index.ts';
import { mapRegisters } from '../state/map-registers.ts';
import {
  AT_PACKET_END,
  BEYOND_PACKET_END,
  isPacketPointer,
  type Register,
} from '../state/register.ts';
import type { State } from '../state/state.ts';
import type { Verification } from '../verification.ts';
import { isConstant } from './scalar.ts';

export interface PacketRangePart {
  /** Which operand is compared with what bounds it; neither where the comparison is of other pointers. */
  bounded(dst: Register, src: Register): 'dst' | 'src' | undefined;
  /** Whether a comparison is decided, because a pointer was found to be at the end or beyond (`is_pkt_ptr_branch_taken`). */
  branchTaken(op: Comparison, dst: Register, src: Register): boolean | undefined;
  /**
   * Bytes that are there where a pointer is below the end, or not above it (`find_good_pkt_pointers`); undefined
   * where nothing is said.
   * @param strict below: one byte more is there.
   */
  bytesBelow(v: Verification, pointer: Register, strict: boolean): number | undefined;
  /** Gives pointers with the origin of `pointer` the bytes. */
  extend(state: State, pointer: Register, bytes: number): void;
  /** The pointer of a register where it is at the end, or beyond (`mark_pkt_end`). */
  atEnd(pointer: Register, beyond: boolean): Register;
}

/** The condition that holds of the bounded operand and the one that bounds it. */
export function boundedCondition(
  op: Comparison,
  taken: boolean,
  bounded: 'dst' | 'src',
): Condition {
  const condition = conditionOf(op, taken);
  return bounded === 'dst' ? condition : flippedCondition(condition);
}

/** Whether a pointer is to the packet's start itself (`reg_is_init_pkt_pointer`). */
function isStart({ type, id, off, value }: Register): boolean {
  return type === 'pkt' && id === 0 && off === 0 && isConstant(value) && value.varOff.value === 0n;
}

function isBoundedBy(pointer: Register, end: Register): boolean {
  return (
    (pointer.type === 'pkt' && end.type === 'pkt_end') ||
    (pointer.type === 'pkt_meta' && isStart(end))
  );
}

function branchTaken(op: Comparison, dst: Register, src: Register): boolean | undefined {
  const isSecond = dst.type === 'pkt_end';
  if (src.type !== 'pkt_end' && !isSecond) return undefined;
  const { range } = src.type === 'pkt_end' ? dst : src;
  if (range !== AT_PACKET_END && range !== BEYOND_PACKET_END) return undefined;
  const condition = boundedCondition(op, true, src.type === 'pkt_end' ? 'dst' : 'src');
  switch (condition) {
    case 'jgt':
    case 'jle':
      return range === BEYOND_PACKET_END ? condition === 'jgt' : undefined;
    case 'jge':
    case 'jlt':
      return condition === 'jge';
    default:
      return undefined;
  }
}

function bytesBelow(
  v: Verification,
  { off, value }: Register,
  strict: boolean,
): number | undefined {
  if (off < 0 || (off === 0 && strict)) return undefined;
  const limit = BigInt(v.rules.limits.packetOffset);
  const { umax } = value.r64;
  // A sum that wraps around would be below the end without being in the packet.
  if (umax > limit || umax + BigInt(off) > limit) return undefined;
  return strict ? off + 1 : off;
}

function extend(state: State, { type, id }: Register, bytes: number): void {
  mapRegisters(state, (register) =>
    register.type === type && register.id === id && register.range < bytes
      ? register.with({ range: bytes })
      : register,
  );
}

function atEnd(pointer: Register, beyond: boolean): Register {
  if (pointer.type !== 'pkt') return pointer;
  return pointer.with({ range: beyond ? BEYOND_PACKET_END : AT_PACKET_END });
}

/**
 * Learns from a comparison in a state where it holds, or does not (`try_match_pkt_pointers`).
 * @param register the bounded operand's, in the running function.
 */
export function learnPacketRange(
  v: Verification,
  state: State,
  register: number,
  condition: Condition,
): void {
  const { bytesBelow, extend, atEnd } = v.parts.packetRange;
  const { frame } = state;
  const pointer = frame.registers[register]!;
  switch (condition) {
    case 'jle':
    case 'jlt': {
      const bytes = bytesBelow(v, pointer, condition === 'jlt');
      if (bytes !== undefined) extend(state, pointer, bytes);
      return;
    }
    case 'jge':
    case 'jgt':
      v.refine(frame, register, atEnd(pointer, condition === 'jgt'));
      return;
    default:
  }
}

/** Whether a comparison is one of those that `learnPacketRange` learns from. */
export function comparesPacketRange(op: Comparison): boolean {
  return op === 'jgt' || op === 'jge' || op === 'jlt' || op === 'jle';
}

export const PACKET_RANGE_PART: PacketRangePart = {
  bounded: (dst, src) => {
    if (!isPacketPointer(dst) || !isPacketPointer(src)) return undefined;
    if (isBoundedBy(dst, src)) return 'dst';
    return isBoundedBy(src, dst) ? 'src' : undefined;
  },
  branchTaken,
  bytesBelow,
  extend,
  atEnd,
};
