// States that are kept to compare later ones with, and when (`is_state_visited`).

import { FRAME_POINTER } from '../../isa/program.ts';
import { FLOW } from '../flow/facts.ts';
import type { CheckpointPart } from '../parts.ts';
import { INVALID_SLOT } from '../state/slot.ts';
import type { State } from '../state/state.ts';
import { Rejection, type Verification } from '../verification.ts';
import { Checkpoint, listOf } from './exploration.ts';
import { recordArrival } from './history.ts';
import { enterLoop, isInOpenLoop, loopEntryOf } from './loops.ts';
import { registersAlike, sameCallSites } from './same.ts';

/** A checkpoint is made after so many jumps and instructions, so that there are not too many. */
const SPACING = { jumps: 2, instructions: 8 } as const;
/** In loops, whose states are rarely of use, after so many. */
const LOOP_SPACING = { jumps: 20, instructions: 100 } as const;
/** A checkpoint is retired once its misses outnumber this times one more than its hits. */
const MISSES_PER_HIT = 3;
const MISSES_PER_HIT_IN_LOOPS = 64;

/**
 * The current path comes to a prune point. Keeps the state there, if that is worth it.
 * @returns whether an earlier state covers this one, so that the path need not be followed.
 */
function visit(v: Verification): boolean {
  const { exploration, pc, parts } = v;
  const list = listOf(v);
  const isForced = parts.checkpoints.isForced(v);
  const insists = isForced && v.rules.pruning.keepsForcedStates;
  let keeps = isForced || parts.checkpoints.isSpaced(v);
  forgetUnread(v, list);
  let count = 0;
  let newer: Checkpoint | undefined;
  for (let c = exploration.lists[list]; c !== undefined; c = c.next) {
    count++;
    if (c.pc !== pc) {
      newer = c;
      continue;
    }
    if (parts.checkpoints.isHit(v, c)) {
      hit(v, c);
      return true;
    }
    if (c.state.branches > 0 && !insists && parts.checkpoints.isCrowded(v)) keeps = false;
    if (keeps) c.misses++;
    if (parts.checkpoints.isUseless(v, c)) retire(v, c, newer, list);
    else newer = c;
  }
  exploration.maxStatesPerInstruction = Math.max(exploration.maxStatesPerInstruction, count);
  if (!v.subject.privileged && count > v.rules.limits.states) return false;
  if (keeps) keep(v, list);
  return false;
}

function isForced(v: Verification): boolean {
  const { history } = v.state;
  if (v.keepsAllStates || (v.flow.flags[v.pc]! & FLOW.forcedCheckpoint) !== 0) return true;
  return history !== undefined && history.length > v.rules.pruning.historyMax;
}

/** Jumps and instructions since the last checkpoint of any path. */
function isSpaced({ exploration: x, processed }: Verification): boolean {
  return (
    x.jumps - x.jumpsAtCheckpoint >= SPACING.jumps &&
    processed - x.processedAtCheckpoint >= SPACING.instructions
  );
}

function isCrowded({ exploration: x, processed }: Verification): boolean {
  return (
    x.jumps - x.jumpsAtCheckpoint < LOOP_SPACING.jumps &&
    processed - x.processedAtCheckpoint < LOOP_SPACING.instructions
  );
}

/** A checkpoint from which paths are still under way missed the current state, or covers it in a loop. */
function isHit(v: Verification, checkpoint: Checkpoint): boolean {
  const { state } = checkpoint;
  const { prune, checkpoints } = v.parts;
  if (state.branches > 0) {
    const isMayGoto = v.subject.program.code[v.pc]?.row.operation.family === 'may_goto';
    if (isMayGoto && state.mayGotoDepth !== v.state.mayGotoDepth) {
      if (prune.covers(v, state, v.state, 'range')) {
        enterLoop(v.state, state);
        return true;
      }
    }
    checkpoints.refuseEndlessLoop(v, state);
    return false;
  }
  // What a loop's entry comes to depend on is not known before its paths have ended.
  const isOpen = isInOpenLoop(state);
  if (!prune.covers(v, state, v.state, isOpen ? 'range' : 'no')) return false;
  if (isOpen) enterLoop(v.state, loopEntryOf(state)!);
  return true;
}

/** Nothing has changed since the path was here before. */
function refuseEndlessLoop(v: Verification, earlier: State): void {
  const current = v.state;
  if (earlier.mayGotoDepth !== current.mayGotoDepth || !registersAlike(earlier, current)) return;
  const exactly = v.rules.pruning.comparesLoopsExactly ? 'yes' : 'no';
  if (!v.parts.prune.covers(v, earlier, current, exactly)) return;
  const message = `infinite loop detected at insn ${v.pc}`;
  if (v.log.level > 0) {
    v.log.line(message);
    v.log.line(`cur state:${v.log.frame(current.frame)}`);
    v.log.line(`old state:${v.log.frame(earlier.frame)}`);
  }
  throw new Rejection('EINVAL', message, v.pc);
}

/** The path ends here: what the earlier state's continuation read, and hung on, counts for this path too. */
function hit(v: Verification, checkpoint: Checkpoint): void {
  checkpoint.hits++;
  v.parts.liveness.propagate(v, checkpoint.state);
  if ((v.flow.flags[v.pc]! & FLOW.jumpPoint) !== 0) recordArrival(v);
  v.parts.precision.propagate(v, checkpoint.state);
}

function isUseless(v: Verification, { state, hits, misses }: Checkpoint): boolean {
  const isLoop = (v.flow.flags[v.pc]! & FLOW.forcedCheckpoint) !== 0 && state.branches > 0;
  return misses > (isLoop ? MISSES_PER_HIT_IN_LOOPS : MISSES_PER_HIT) * (hits + 1);
}

function retire(v: Verification, c: Checkpoint, newer: Checkpoint | undefined, list: number): void {
  const { exploration } = v;
  if (newer === undefined) exploration.lists[list] = c.next;
  else newer.next = c.next;
  if (c.isClean && !c.state.isLoopEntry) exploration.peakStates--;
  exploration.retired.push(c);
}

function keep(v: Verification, list: number): void {
  const { exploration: x, state, pc } = v;
  x.totalStates++;
  x.peakStates++;
  x.jumpsAtCheckpoint = x.jumps;
  x.processedAtCheckpoint = v.processed;
  v.parts.precision.forget(v, state);
  const kept = state.copy();
  x.lists[list] = new Checkpoint(kept, pc, x.lists[list]);
  state.parent = kept;
  state.firstPc = pc;
  state.history = undefined;
  state.depth++;
  for (const { written } of state.frames) written.clear();
}

/** Takes what nobody read out of checkpoints whose paths have all ended (`clean_live_states`). */
function forgetUnread(v: Verification, list: number): void {
  for (let c = v.exploration.lists[list]; c !== undefined; c = c.next) {
    if (c.isClean || c.pc !== v.pc || c.state.branches > 0 || isInOpenLoop(c.state)) continue;
    if (!sameCallSites(c.state, v.state)) continue;
    c.isClean = true;
    v.parts.checkpoints.clean(v, c.state);
  }
}

export function clean(v: Verification, state: State): void {
  for (const { registers, slots, read } of state.frames) {
    for (let r = 0; r < FRAME_POINTER; r++) {
      if (((read.registers >>> r) & 1) === 0) registers[r] = v.notInit;
    }
    for (let slot = 0; slot < slots.length; slot++) {
      if (!read.slots.has(slot)) slots[slot] = INVALID_SLOT;
    }
  }
}

export const CHECKPOINT_PART: CheckpointPart = {
  visit,
  isForced,
  isSpaced,
  isCrowded,
  isHit,
  isUseless,
  refuseEndlessLoop,
  clean,
};
