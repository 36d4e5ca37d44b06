// The public face of smt/semantics.

export {
  type BinaryMeaning,
  type ImmediateUse,
  lowHalf,
  type Result32Meaning,
  type Result32Op,
  type UnaryMeaning,
} from './alu.ts';
export {
  type Association,
  COMPATIBILITY,
  type CompatibilityMeaning,
  type KeyMeaning,
  type Meeting,
  meet,
  type OwnerTerms,
  type ProgramFacts,
  type ProgramTerms,
  programTerms,
  programVariables,
} from './compatibility.ts';
export type {
  Clobber,
  ClobberUse,
  ConditionMeaning,
  CounterPassing,
  MayGotoMeaning,
  TargetMeaning,
  TargetUse,
} from './control.ts';
export {
  type CallSite,
  COUNTER_START,
  type CounterStartMeaning,
  DIRECT_JUMP,
  type DirectJumpMeaning,
} from './local-call.ts';
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
export {
  ARRAY_EVENTS,
  type ArrayEffect,
  type ArrayEvent,
  type ArrayTerms,
  arrayVariables,
  OBJECTS,
  type ObjectMeaning,
  PROGRAM_EVENTS,
  type ProgramEffect,
  type ProgramEvent,
  type ProgramObjectTerms,
  programObjectVariables,
} from './objects.ts';
export { type ReadsMeaning, type ReadsTable, registersRead } from './reads.ts';
export { SEMANTICS, type Semantics } from './semantics.ts';
export {
  type TailCallKnobs,
  type TailCallMeaning,
  type TailCallState,
  type TailCallStep,
  tailCallStep,
} from './tail-call.ts';
export {
  loadLooks,
  USER_SPACE,
  type UserOp,
  type UserSpaceMeaning,
  type UserStates,
  updateLooks,
} from './user-space.ts';
