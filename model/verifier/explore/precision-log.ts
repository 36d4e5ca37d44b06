// What log level 2 tells of tracing precision back.

import type { Instruction } from '../../isa/instruction.ts';
import { instructionText } from '../log/instruction.ts';
import type { Frame } from '../state/frame.ts';
import type { Verification } from '../verification.ts';
import type { BacktrackState } from './backtrack-state.ts';

const LEVEL = 2;

export function logSegment(
  v: Verification,
  bt: BacktrackState,
  lastPc: number,
  firstPc: number,
  nextPc: number,
): void {
  if (v.log.level < LEVEL) return;
  v.log.line(
    `mark_precise: frame${bt.frame}: last_idx ${lastPc} first_idx ${firstPc} subseq_idx ${nextPc} `,
  );
}

export function logInstruction(
  v: Verification,
  bt: BacktrackState,
  pc: number,
  instruction: Instruction,
): void {
  if (v.log.level < LEVEL) return;
  const asked = askedText(bt, bt.frame);
  v.log.line(
    `mark_precise: frame${bt.frame}: ${asked} before ${pc}: ${instructionText(instruction)}`,
  );
}

export function logParent(v: Verification, bt: BacktrackState, frame: Frame): void {
  if (v.log.level < LEVEL) return;
  const asked = askedText(bt, frame.number);
  v.log.line(`mark_precise: frame${frame.number}: parent state ${asked}: ${v.log.frame(frame)}`);
}

export function logPropagated(v: Verification, frame: number, asked: readonly string[]): void {
  if (v.log.level < LEVEL || asked.length === 0) return;
  v.log.line(`frame ${frame}: propagating ${asked.join(',')}`);
}

export function logFallback(v: Verification): void {
  if (v.log.level < LEVEL) return;
  const frame = v.state.frames.length - 1;
  v.log.line(`mark_precise: frame${frame}: falling back to forcing all scalars precise`);
}

export function logForced(v: Verification, frame: number, place: string): void {
  if (v.log.level < LEVEL) return;
  v.log.line(`force_precise: frame${frame}: forcing ${place} to be precise`);
}

/** `regs=r1,r2 stack=-8` */
function askedText(bt: BacktrackState, frame: number): string {
  const mask = bt.registersOf(frame);
  const registers: string[] = [];
  for (let r = 0; mask >>> r !== 0; r++) if (((mask >>> r) & 1) !== 0) registers.push(`r${r}`);
  const slots = bt.slotsOf(frame).map((slot) => -8 * (slot + 1));
  return `regs=${registers.join(',')} stack=${slots.join(',')}`;
}
