// The public face of smt/semantics.

export {
  type BinaryMeaning,
  type ImmediateUse,
  lowHalf,
  type Result32Meaning,
  type Result32Op,
  type UnaryMeaning,
} from './alu.ts';
export type {
  Clobber,
  ClobberUse,
  ConditionMeaning,
  CounterPassing,
  MayGotoMeaning,
  TargetMeaning,
  TargetUse,
} from './control.ts';
export type { MapMeaning } from './maps.ts';
export type {
  AddressMeaning,
  AtomicEffect,
  AtomicMeaning,
  ConstantMeaning,
  ConstantParts,
  ExtensionMeaning,
  JoinMeaning,
  PacketMeaning,
  PacketSize,
  SplitMeaning,
  StoreMeaning,
} from './memory.ts';
export { type ReadsMeaning, type ReadsTable, registersRead } from './reads.ts';
export { SEMANTICS, type Semantics } from './semantics.ts';
export {
  type TailCallKnobs,
  type TailCallMeaning,
  type TailCallState,
  type TailCallStep,
  tailCallStep,
} from './tail-call.ts';
