// The interpreter's meaning of the whole table, gathered so that a check can run it with one entry replaced.

import { OBJECT_RULES, ObjectWorld } from '../../model/maps/index.ts';
import { AddressSpace } from '../address-space.ts';
import { registersRead } from '../initialised.ts';
import { RunArray, RunHash } from '../run-maps.ts';
import { alu32, alu64, movsx, neg, swap } from './alu.ts';
import { atomic32, atomic64 } from './atomic.ts';
import { constantIndex, jumpsBeyond } from './direct-jump.ts';
import { jump32, jump64, mayGotoJumps, target } from './jump.ts';
import {
  load,
  loadAcquire,
  loadSigned,
  packetLoad,
  packetOffset,
  store,
  storeRelease,
} from './memory.ts';
import { callCounter, stackReach } from './local-call.ts';
import { imm64, operand } from './operand.ts';
import { countPassed, tailCall, takesOver } from './tail-call.ts';

/** What calls and returns do to registers: docs/semantics.md, Poison, and RFC 9669 §2. */
const registers = {
  /** Poisoned by a helper call and by the return from a local call. */
  clobberedByCall: [1, 2, 3, 4, 5],
  /** Kept for the caller across a local call. */
  savedByCall: [6, 7, 8, 9],
  /** Poisoned when a local function is entered. */
  unsetAtLocalCall: [0, 6, 7, 8, 9],
  clobberedByFailedTailCall: [0, 1, 2, 3, 4, 5],
  unsetAtTailCall: [0, 2, 3, 4, 5, 6, 7, 8, 9],
  clobberedByPacketLoad: [1, 2, 3, 4, 5],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export const SEMANTICS = {
  alu64,
  alu32,
  neg,
  movsx,
  swap,
  operand,
  imm64,
  jump64,
  jump32,
  target,
  mayGotoJumps,
  load,
  loadSigned,
  store,
  loadAcquire,
  storeRelease,
  packetLoad,
  packetOffset,
  atomic64,
  atomic32,
  tailCall,
  takesOver,
  constantIndex,
  jumpsBeyond,
  countPassed,
  callCounter,
  stackReach,
  /** What user space may do, and which programs a prog array takes. */
  objects: OBJECT_RULES,
  /** What is held by what, and until when. */
  ObjectWorld,
  registersRead,
  AddressSpace,
  RunArray,
  RunHash,
  registers: registers as { readonly [K in keyof typeof registers]: readonly number[] },
};

export type Semantics = typeof SEMANTICS;
