// All that instructions mean, in one value. There are no switches for faults: a planted fault is a copy
// with one entry replaced from outside.

import type { Total } from '../../model/errors.ts';
import type {
  BinaryAluOp,
  ByteSwapOp,
  ConditionalJumpOp,
  LdImm64Op,
  MovsxOp,
  OrderedOp,
  Size,
} from '../../model/isa/operations.ts';
import type { Propagation } from '../../model/profiles/profile.ts';
import {
  ALU32,
  ALU64,
  type BinaryMeaning,
  IMMEDIATE,
  type ImmediateUse,
  MOVSX_VALUE,
  NEG,
  RESULT32,
  type Result32Meaning,
  type Result32Op,
  SWAP,
  type UnaryMeaning,
} from './alu.ts';
import { COMPATIBILITY, type CompatibilityMeaning } from './compatibility.ts';
import {
  CLOBBERS,
  type Clobber,
  type ClobberUse,
  COUNTER_PASSING,
  type ConditionMeaning,
  type CounterPassing,
  JUMP32,
  JUMP64,
  MAY_GOTO,
  type MayGotoMeaning,
  SAVED_REGISTERS,
  TARGET,
  type TargetMeaning,
  type TargetUse,
} from './control.ts';
import {
  COUNTER_START,
  type CounterStartMeaning,
  DIRECT_JUMP,
  type DirectJumpMeaning,
} from './local-call.ts';
import { MAPS, type MapMeaning } from './maps.ts';
import {
  ADDRESS,
  type AddressMeaning,
  ATOMICS,
  type AtomicMeaning,
  BYTES_TO_VALUE,
  CONSTANTS,
  type ConstantMeaning,
  type ExtensionMeaning,
  type JoinMeaning,
  LOAD,
  LOAD_ACQUIRE,
  LOAD_SIGNED,
  PACKET,
  type PacketMeaning,
  type SplitMeaning,
  STORE,
  STORE_IMMEDIATE,
  STORE_RELEASE,
  type StoreMeaning,
  VALUE_TO_BYTES,
} from './memory.ts';
import { OBJECTS, type ObjectMeaning } from './objects.ts';
import { READS, type ReadsTable } from './reads.ts';
import { TAIL_CALL, type TailCallMeaning } from './tail-call.ts';
import { USER_SPACE, type UserSpaceMeaning } from './user-space.ts';

export interface Semantics {
  readonly alu64: Total<BinaryAluOp, BinaryMeaning>;
  readonly alu32: Total<BinaryAluOp, BinaryMeaning>;
  readonly neg: Total<32 | 64, UnaryMeaning>;
  readonly movsx: Total<MovsxOp, UnaryMeaning>;
  readonly swap: Total<ByteSwapOp, UnaryMeaning>;
  /** What a 32-bit result does to its 64-bit register. */
  readonly result32: Total<Result32Op, Result32Meaning>;
  /** What a K form's imm is as an operand. */
  readonly immediate: Total<ImmediateUse, UnaryMeaning>;
  readonly jump64: Total<ConditionalJumpOp, ConditionMeaning>;
  readonly jump32: Total<ConditionalJumpOp, ConditionMeaning>;
  readonly target: Total<TargetUse, TargetMeaning>;
  readonly mayGoto: MayGotoMeaning;
  readonly address: AddressMeaning;
  readonly bytesToValue: Total<Size, JoinMeaning>;
  readonly valueToBytes: Total<Size, SplitMeaning>;
  readonly load: Total<Size, ExtensionMeaning>;
  readonly loadSigned: Total<Exclude<Size, 'DW'>, ExtensionMeaning>;
  readonly store: Total<Size, StoreMeaning>;
  readonly storeImmediate: Total<Size, StoreMeaning>;
  readonly atomic: Total<keyof typeof ATOMICS, AtomicMeaning>;
  /** Loads give a 64-bit register from a value; stores a value from a 64-bit register. */
  readonly ordered: Total<OrderedOp, Total<Size, ExtensionMeaning | StoreMeaning>>;
  readonly constant: Total<LdImm64Op, ConstantMeaning | 'unsupported'>;
  readonly packet: PacketMeaning;
  readonly clobbers: Total<ClobberUse, Clobber>;
  /** The registers that a local call keeps for its caller. */
  readonly savedRegisters: readonly number[];
  readonly counterPassing: Total<Propagation, CounterPassing>;
  /** Local calls that leave the caller's counter alone. */
  readonly counterStart: CounterStartMeaning;
  readonly tailCall: TailCallMeaning;
  readonly directJump: DirectJumpMeaning;
  readonly maps: MapMeaning;
  readonly compatibility: CompatibilityMeaning;
  readonly objects: ObjectMeaning;
  readonly userSpace: UserSpaceMeaning;
  readonly reads: ReadsTable;
}

/** What RFC 9669 and docs/semantics.md say. */
export const SEMANTICS: Semantics = {
  alu64: ALU64,
  alu32: ALU32,
  neg: NEG,
  movsx: MOVSX_VALUE,
  swap: SWAP,
  result32: RESULT32,
  immediate: IMMEDIATE,
  jump64: JUMP64,
  jump32: JUMP32,
  target: TARGET,
  mayGoto: MAY_GOTO,
  address: ADDRESS,
  bytesToValue: BYTES_TO_VALUE,
  valueToBytes: VALUE_TO_BYTES,
  load: LOAD,
  loadSigned: LOAD_SIGNED,
  store: STORE,
  storeImmediate: STORE_IMMEDIATE,
  atomic: ATOMICS,
  ordered: { LOAD_ACQ: LOAD_ACQUIRE, STORE_REL: STORE_RELEASE },
  constant: CONSTANTS,
  packet: PACKET,
  clobbers: CLOBBERS,
  savedRegisters: SAVED_REGISTERS,
  counterPassing: COUNTER_PASSING,
  counterStart: COUNTER_START,
  tailCall: TAIL_CALL,
  directJump: DIRECT_JUMP,
  maps: MAPS,
  compatibility: COMPATIBILITY,
  objects: OBJECTS,
  userSpace: USER_SPACE,
  reads: READS,
};
