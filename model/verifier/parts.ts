// What the verifier consists of: tables of small functions that call each other through `Verification.parts`. So a
// variant (a historical bug, a planted fault) replaces one function, and everything built on it follows.

import type { Instruction } from '../isa/instruction.ts';
import type { Operation } from '../isa/row.ts';
import type { AlignmentPart } from './access/alignment.ts';
import type { ContextPart } from './access/context.ts';
import type { LeaksPart } from './access/leaks.ts';
import type { LoadedPart } from './access/loaded.ts';
import type { RegionPart } from './access/region.ts';
import type { SlotsPart } from './access/slots.ts';
import type { StackBoundsPart } from './access/stack-bounds.ts';
import type { StackRangePart } from './access/stack-range.ts';
import type { StackReadPart } from './access/stack-read.ts';
import type { StackWritePart } from './access/stack-write.ts';
import type { BacktrackState } from './explore/backtrack-state.ts';
import type { Checkpoint } from './explore/exploration.ts';
import type { SpeculationPart } from './explore/speculation.ts';
import type { FlowPart } from './flow/flow.ts';
import type { HelperPart } from './helpers/helpers.ts';
import type { Frame } from './state/frame.ts';
import type { Register } from './state/register.ts';
import type { StackSlot } from './state/slot.ts';
import type { State, Step } from './state/state.ts';
import type { AluPart } from './steps/alu.ts';
import type { AtomicPart } from './steps/atomic.ts';
import type { BoundsCheckPart } from './steps/bounds-check.ts';
import type { ExitPart } from './steps/exit.ts';
import type { JumpPart } from './steps/jump.ts';
import type { LinkedPart } from './steps/linked.ts';
import type { PointerTypesPart } from './steps/load-store.ts';
import type { LocalCallPart } from './steps/local-call.ts';
import type { MayGotoPart } from './steps/may-goto.ts';
import type { MovPart } from './steps/mov.ts';
import type { NullPart } from './steps/null.ts';
import type { PacketLoadPart } from './steps/packet-load.ts';
import type { PacketRangePart } from './steps/packet-range.ts';
import type { PointerPart } from './steps/pointer.ts';
import type { SanitizerPart } from './steps/sanitize.ts';
import type { TailCallPart } from './steps/tail-call.ts';
import type { UnaryPart } from './steps/unary.ts';
import type { Verification } from './verification.ts';

/** Paths: which states are gone through. */
export interface ExplorePart {
  /** Goes through all paths. */
  explore(v: Verification): void;
  /** A state at `pc` to come back to (`push_stack`), a copy of the current one. Refuses when too many wait. */
  pushBranch(v: Verification, pc: number): State;
}

export interface CheckpointPart {
  /**
   * The current path comes to a prune point. Keeps the state there, if that is worth it.
   * @returns whether an earlier state covers this one, so that the path need not be followed (`is_state_visited`).
   */
  visit(v: Verification): boolean;
  /** Whether the current state is kept in any case. */
  isForced(v: Verification): boolean;
  /** Whether enough was gone through since the last checkpoint for another. */
  isSpaced(v: Verification): boolean;
  /** Whether too little was, in a loop. */
  isCrowded(v: Verification): boolean;
  /** Whether a checkpoint at the current instruction covers the current state. */
  isHit(v: Verification, checkpoint: Checkpoint): boolean;
  /** Whether a checkpoint covers states too rarely to be compared with again. */
  isUseless(v: Verification, checkpoint: Checkpoint): boolean;
  /** Refuses a path that comes back to an earlier state of its own. */
  refuseEndlessLoop(v: Verification, earlier: State): void;
  /** Takes registers and slots out of a state that nobody read. */
  clean(v: Verification, state: State): void;
}

/**
 * How alike states have to be. `no`: what the old one's continuation did not read, and scalars whose value it did not
 * depend on, count for nothing. `range`: all counts. `yes`: and nothing may have become narrower.
 */
export type Exactness = 'no' | 'range' | 'yes';

/** Whether everything that a current state can lead to was seen from an old one. */
export interface PrunePart {
  /** `states_equal` */
  covers(v: Verification, old: State, current: State, exactly: Exactness): boolean;
  coversFrame(v: Verification, old: Frame, current: Frame, ids: IdMap, exactly: Exactness): boolean;
  coversRegister(
    v: Verification,
    old: Register,
    current: Register,
    ids: IdMap,
    exactly: Exactness,
  ): boolean;
  /** @param current undefined where the current stack does not reach so far. */
  coversSlot(
    v: Verification,
    old: StackSlot,
    current: StackSlot | undefined,
    ids: IdMap,
    exactly: Exactness,
  ): boolean;
}

/** Which id of an old state stands for which of a current one (`check_ids`). */
export interface IdMap {
  /** Whether the two can stand for each other, from now on if not before. */
  match(old: number, current: number): boolean;
  /** An id of a current register that has none: unlike all others. */
  fresh(): number;
}

export interface LivenessPart {
  /** A register of a frame is read: whoever wrote it last, and checkpoints between, learn of it (`mark_reg_read`). */
  readRegister(v: Verification, frame: number, register: number): void;
  readSlot(v: Verification, frame: number, slot: number): void;
  /** What was read after `old` counts as read after the current state, which it covers. */
  propagate(v: Verification, old: State): void;
  /** A local call: the callee's frame is made, the caller's registers are not clobbered yet. */
  enterFrame(caller: Frame, callee: Frame): void;
  /** A return: the caller's r0 is the callee's from now on. */
  leaveFrame(callee: Frame, caller: Frame): void;
}

/** What had to be precise before an instruction, by what had to be after it. @returns false where that cannot be said. */
export type Backtrack = (
  v: Verification,
  bt: BacktrackState,
  instruction: Instruction,
  step: Step | undefined,
  pc: number,
  nextPc: number,
) => boolean;

export type BacktrackPart = Readonly<Record<Operation['family'], Backtrack>>;

export interface PrecisionPart {
  /** Safety hangs on a scalar in a register of the running function: marks it and where it came from (`mark_chain_precision`). */
  markRegister(v: Verification, register: number): void;
  /** What had to be precise in `old` has to be in the current state, which it covers. */
  propagate(v: Verification, old: State): void;
  /** No scalar of a state counts as precise until something depends on it. */
  forget(v: Verification, state: State): void;
  /** Traces what is asked for back to a state's checkpoint. @returns false where an instruction is not understood. */
  traceSegment(
    v: Verification,
    bt: BacktrackState,
    state: State,
    lastPc: number,
    nextPc: number,
  ): boolean;
}

/** What an instruction of one family does. @returns where the path goes on; `PATH_ENDS` where it does not. */
export type Transfer = (v: Verification, instruction: Instruction) => number;
export const PATH_ENDS = -1;

export type TransferPart = Readonly<Record<Operation['family'], Transfer>>;

export type Access = 'read' | 'write';

export interface MemoryPart {
  /**
   * An access of `size` bytes at `register` + `offset` (`check_mem_access`).
   * @param value the register whose number is stored, or the one that is loaded; -1 where it is none of them.
   * @param options.signed a load that extends the sign. @param options.atomic a part of an atomic operation.
   */
  access(
    v: Verification,
    register: number,
    offset: number,
    size: number,
    access: Access,
    value: number,
    options?: { readonly signed?: boolean; readonly atomic?: boolean },
  ): void;
  /** `size` bytes that a helper is given to read through a register (`check_helper_mem_access`). */
  helperAccess(v: Verification, register: number, size: number, access: Access): void;
}

/** One rule each, of pointers, helpers, returns: owned by the step files, here so that variants can reach them. */
export interface Parts {
  readonly flow: FlowPart;
  readonly explore: ExplorePart;
  readonly checkpoints: CheckpointPart;
  readonly prune: PrunePart;
  readonly speculation: SpeculationPart;
  readonly liveness: LivenessPart;
  readonly precision: PrecisionPart;
  readonly backtrack: BacktrackPart;
  readonly transfer: TransferPart;
  readonly alu: AluPart;
  readonly mov: MovPart;
  readonly unary: UnaryPart;
  readonly boundsCheck: BoundsCheckPart;
  readonly linked: LinkedPart;
  readonly pointers: PointerPart;
  readonly sanitizer: SanitizerPart;
  readonly jump: JumpPart;
  readonly mayGoto: MayGotoPart;
  readonly nullness: NullPart;
  readonly packetRange: PacketRangePart;
  readonly memory: MemoryPart;
  readonly alignment: AlignmentPart;
  readonly leaks: LeaksPart;
  readonly region: RegionPart;
  readonly context: ContextPart;
  readonly loaded: LoadedPart;
  readonly slots: SlotsPart;
  readonly stackBounds: StackBoundsPart;
  readonly stackRange: StackRangePart;
  readonly stackRead: StackReadPart;
  readonly stackWrite: StackWritePart;
  readonly pointerTypes: PointerTypesPart;
  readonly atomic: AtomicPart;
  readonly packetLoad: PacketLoadPart;
  readonly helpers: HelperPart;
  readonly tailCall: TailCallPart;
  readonly localCall: LocalCallPart;
  readonly exit: ExitPart;
}
