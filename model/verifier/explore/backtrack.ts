// What an instruction says of scalars that have to be precise after it: which ones have to be before it
// (`backtrack_insn`). One small rule a family, for the instruction sets of Linux 6.12.

import { FRAME_POINTER } from '../../isa/program.ts';
import type { Backtrack, BacktrackPart } from '../parts.ts';
import { STACK_POINTER, type Step } from '../state/state.ts';
import type { Verification } from '../verification.ts';
import type { BacktrackState } from './backtrack-state.ts';

/** r1 to r5, as a bit set. */
const ARGUMENTS = 0b111110;

/** `dst` comes from itself and, if there is one, from `src`. */
const binary: Backtrack = (_v, bt, { dst, src, row }) => {
  const { operation } = row;
  if (operation.family !== 'alu' || !bt.hasRegister(dst)) return true;
  if (operation.op === 'MOV') bt.deleteRegister(dst);
  if (operation.source === 'X' && src !== FRAME_POINTER) bt.addRegister(src);
  return true;
};

const moved: Backtrack = (_v, bt, { dst, src }) => {
  if (!bt.hasRegister(dst)) return true;
  bt.deleteRegister(dst);
  bt.addRegister(src);
  return true;
};

/** `dst` comes from itself alone, or nothing does. */
const unchanged: Backtrack = () => true;

/** What is loaded from the stack was stored there; what is loaded from elsewhere is precise from here on. */
function load(v: Verification, bt: BacktrackState, register: number, step?: Step): boolean {
  if (!bt.hasRegister(register)) return true;
  bt.deleteRegister(register);
  const frame = frameOf(v, bt, step);
  if (frame >= 0) bt.addSlot(frame, step!.stackSlot);
  return true;
}

/** The frame of the slot that a step is about, else -1. Without calls there is only the one that is traced. */
function frameOf(v: Verification, bt: BacktrackState, step: Step | undefined): number {
  if (step === undefined || step.stackFrame < 0) return -1;
  return v.rules.pruning.backtracksCalls ? step.stackFrame : bt.frame;
}

/** @param register that is stored; -1 for a constant. @returns false for an address that had to be precise. */
function store(
  v: Verification,
  bt: BacktrackState,
  address: number,
  register: number,
  step?: Step,
): boolean {
  if (bt.hasRegister(address)) return false;
  const frame = frameOf(v, bt, step);
  if (frame < 0 || !bt.hasSlot(frame, step!.stackSlot)) return true;
  bt.deleteSlot(frame, step!.stackSlot);
  if (register >= 0) bt.addRegister(register);
  return true;
}

/** One that fetches loads what was there, into `src` or r0 (CVE-2026-43009 where that is forgotten). */
const atomic: Backtrack = (v, bt, instruction, step) => {
  const { dst, src, row } = instruction;
  const { operation } = row;
  if (operation.family !== 'atomic') return true;
  if (operation.op === 'CMPXCHG') return load(v, bt, 0, step);
  const fetches = operation.op === 'XCHG' || operation.op.startsWith('FETCH_');
  return fetches ? load(v, bt, src, step) : store(v, bt, dst, src, step);
};

/** What two registers' comparison says of one it says of the other: CVE-2023-2163 where that is forgotten. */
const compared: Backtrack = (v, bt, { dst, src, row }, step) => {
  const { operation } = row;
  if (v.rules.pruning.backtracksLinks) shareLinks(bt, step);
  if (operation.family !== 'jump' || operation.source === 'K') return true;
  if (!bt.hasRegister(dst) && !bt.hasRegister(src)) return true;
  if (v.rules.comparisonsPassPrecision) {
    const pointers = step?.stackPointers ?? 0;
    if ((pointers & STACK_POINTER.src) === 0) bt.addRegister(src);
    if ((pointers & STACK_POINTER.dst) === 0) bt.addRegister(dst);
  }
  if (v.rules.pruning.backtracksLinks) shareLinks(bt, step);
  return true;
};

/** Where one of the registers and slots that a comparison tells about must be precise, all must. */
function shareLinks(bt: BacktrackState, step: Step | undefined): void {
  const linked = step?.linked;
  if (linked === undefined) return;
  const isAsked = linked.some(({ kind, frame, number }) =>
    kind === 'register' ? bt.hasRegister(number, frame) : bt.hasSlot(frame, number),
  );
  if (!isAsked) return;
  for (const { kind, frame, number } of linked) {
    if (kind === 'register') bt.addRegister(number, frame);
    else bt.addSlot(frame, number);
  }
}

/**
 * A helper gives r0, and so does what a tail call jumped to, which comes back to the function's caller. A callee's first
 * instruction was given r1 to r5 by its caller.
 */
const called: Backtrack = (v, bt, { row }, _step, pc, nextPc) => {
  const { operation } = row;
  if (operation.family !== 'call') return true;
  if (operation.op !== 'CALL_LOCAL') {
    bt.deleteRegister(0);
    refuseLeftOvers(v, bt.registersOf(bt.frame) & ARGUMENTS);
    if (nextPc !== pc + 1) bt.frame++;
    return true;
  }
  if (!v.rules.pruning.backtracksCalls) return false;
  const registers = bt.registersOf(bt.frame);
  refuseLeftOvers(v, registers & ~ARGUMENTS);
  if (bt.hasSlots()) v.reject('EFAULT', `BUG stack slots ${slotMask(bt)}`);
  for (let r = 1; r <= 5; r++) {
    if (!bt.hasRegister(r)) continue;
    bt.deleteRegister(r);
    bt.addRegister(r, bt.frame - 1);
  }
  bt.frame--;
  return true;
};

/** A function's exit gave its caller r0. */
const returned: Backtrack = (v, bt, _instruction, _step, _pc, nextPc) => {
  if (!v.rules.pruning.backtracksCalls) return false;
  const call = nextPc > 0 ? v.subject.program.code[nextPc - 1] : undefined;
  const isReturn = call?.row.name === 'CALL_LOCAL';
  if (isReturn) refuseLeftOvers(v, bt.registersOf(bt.frame) & ARGUMENTS);
  const givesResult = isReturn && bt.hasRegister(0);
  bt.deleteRegister(0);
  bt.frame++;
  if (givesResult) bt.addRegister(0);
  return true;
};

/** Loads from the packet's bytes into r0, or ends the function where there are none. */
const packetLoad: Backtrack = (_v, bt, _instruction, _step, pc, nextPc) => {
  if (bt.hasRegister(0)) return false;
  if (nextPc !== pc + 1) bt.frame++;
  return true;
};

/** Registers that something before must have set, and nothing did: as 6.12 says it, a bug of the verifier. */
function refuseLeftOvers(v: Verification, registers: number): void {
  if (registers !== 0) v.reject('EFAULT', `BUG regs ${registers.toString(16)}`);
}

function slotMask(bt: BacktrackState): string {
  return bt
    .slotsOf(bt.frame)
    .reduce((mask, slot) => mask | (1n << BigInt(slot)), 0n)
    .toString(16);
}

const constant: Backtrack = (_v, bt, { dst }) => {
  bt.deleteRegister(dst);
  return true;
};

export const BACKTRACK_PART: BacktrackPart = {
  alu: binary,
  neg: unchanged,
  swap: unchanged,
  movsx: moved,
  jump: compared,
  ja: unchanged,
  may_goto: unchanged,
  call: called,
  exit: returned,
  ldx: (v, bt, { dst }, step) => load(v, bt, dst, step),
  st: (v, bt, { dst }, step) => store(v, bt, dst, -1, step),
  stx: (v, bt, { dst, src }, step) => store(v, bt, dst, src, step),
  atomic,
  ordered: (v, bt, { dst, src, row }, step) =>
    row.operation.family === 'ordered' && row.operation.op === 'LOAD_ACQ'
      ? load(v, bt, dst, step)
      : store(v, bt, dst, src, step),
  ld_imm64: constant,
  packet: packetLoad,
};
