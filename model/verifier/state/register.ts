// What is known of one register. Registers are immutable and shared between states.

import type { Scalar } from '../scalars.ts';

/** `bpf_reg_type`, as far as it is modelled. */
export type RegisterType =
  | 'not_init'
  | 'scalar'
  | 'ctx'
  | 'map_ptr'
  | 'map_value'
  | 'map_value_or_null'
  | 'fp'
  | 'pkt'
  | 'pkt_meta'
  | 'pkt_end';

/** AT_PKT_END: a pointer that is at the packet's end, or beyond it. */
export const AT_PACKET_END = -1;
/** BEYOND_PKT_END: a pointer that is beyond the packet's end. */
export const BEYOND_PACKET_END = -2;

export class Register {
  readonly type: RegisterType;
  /** Scalars: the number. Pointers: the part of the offset that varies, the constant 0 where none does. */
  readonly value: Scalar;
  /** Pointers: the constant part of the offset, signed 32 bits. Scalars: how much more than others of their id. */
  readonly off: number;
  /** Scalars: those with one id are the same number, but for `off`. Packet and nullable pointers: checked together. 0 for none. */
  readonly id: number;
  /** Scalars with an id: whether `off` counts (BPF_ADD_CONST). */
  readonly addsConstant: boolean;
  /**
   * Packet pointers: bytes from the pointer's origin (`off` and `value` not added) that were checked to be there;
   * or `AT_PACKET_END`, `BEYOND_PACKET_END`: the pointer itself is there.
   */
  readonly range: number;
  /** Pointers to maps and their values, and those that turned out to be null: the map's number, else -1. */
  readonly map: number;
  /** Pointers to the stack: whose frame. */
  readonly frame: number;
  /** Scalars: whether safety hangs on the exact value. */
  readonly precise: boolean;

  constructor(
    type: RegisterType,
    value: Scalar,
    off = 0,
    id = 0,
    addsConstant = false,
    range = 0,
    map = -1,
    frame = 0,
    precise = false,
  ) {
    this.type = type;
    this.value = value;
    this.off = off;
    this.id = id;
    this.addsConstant = addsConstant;
    this.range = range;
    this.map = map;
    this.frame = frame;
    this.precise = precise;
  }

  /** The same with some fields changed. */
  with(changes: Partial<RegisterFields>): Register {
    return new Register(
      changes.type ?? this.type,
      changes.value ?? this.value,
      changes.off ?? this.off,
      changes.id ?? this.id,
      changes.addsConstant ?? this.addsConstant,
      changes.range ?? this.range,
      changes.map ?? this.map,
      changes.frame ?? this.frame,
      changes.precise ?? this.precise,
    );
  }
}

/** What a register holds, without what can be done with it. */
export type RegisterFields = Omit<Register, 'with'>;

export function isPointer({ type }: Register): boolean {
  return type !== 'scalar' && type !== 'not_init';
}

/** Pointers into packets, which a helper that changes packets makes useless. */
export function isPacketPointer({ type }: Register): boolean {
  return type === 'pkt' || type === 'pkt_meta' || type === 'pkt_end';
}
