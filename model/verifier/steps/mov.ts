// Moves: copies, halves of copies, sign extensions.

import { invariant } from '../../errors.ts';
import type { Instruction } from '../../isa/instruction.ts';
import { MOVSX, type Source, type Width } from '../../isa/operations.ts';
import type { Transfer } from '../parts.ts';
import type { Scalar } from '../scalars.ts';
import { isPointer, type Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';
import { immediateRegister, resultRegister, scalarRegister } from './scalar.ts';

export interface MovPart {
  /** A whole register is copied. */
  copy(v: Verification, src: number): Register;
  /** The lower half is copied, zeros above. */
  copyWord(v: Verification, src: number): Register;
  /** The lowest bits are copied, and their sign above, to the width. */
  signExtend(v: Verification, src: number, bits: 8 | 16 | 32, width: Width): Register;
  /** The value of an immediate. */
  immediate(v: Verification, width: Width, imm: number): Scalar;
  /** Whether the whole number is its lowest bits: zeros are above them. */
  fits(value: Scalar, bits: number): boolean;
}

/** MOV: of an immediate, a register or its lower half. */
export function move(
  v: Verification,
  { dst, src, imm }: Instruction,
  width: Width,
  source: Source,
): number {
  const { mov } = v.parts;
  if (source === 'K') v.define(dst, scalarRegister(v, mov.immediate(v, width, imm)));
  else defineChecked(v, dst, width === 64 ? mov.copy(v, src) : mov.copyWord(v, src));
  return v.pc + 1;
}

/** MOVSX (Linux 6.6). */
export const movsx: Transfer = (v, { row, dst, src }) => {
  const { operation } = row;
  invariant(operation.family === 'movsx', `${row.name} extends a sign`);
  if (!v.rules.cpuV4) v.reject('EINVAL', 'BPF_MOV uses reserved fields');
  const { bits, width } = MOVSX[operation.op];
  defineChecked(v, dst, v.parts.mov.signExtend(v, src, bits, width));
  return v.pc + 1;
};

function defineChecked(v: Verification, dst: number, result: Register): void {
  const value = v.parts.boundsCheck.withoutContradiction(v, 'alu', result.value);
  v.define(dst, value === result.value ? result : result.with({ value }));
}

/** Gives a number that is copied an id, for both. */
function link(v: Verification, src: number, source: Register): Register {
  const linked = v.parts.linked.identify(v, source);
  if (linked !== source) v.refine(v.frame, src, linked);
  return linked;
}

function copy(v: Verification, src: number): Register {
  const source = v.use(src);
  return source.type === 'scalar' ? link(v, src, source) : source;
}

function copyWord(v: Verification, src: number): Register {
  const { domain, rules } = v;
  const source = v.use(src);
  if (isPointer(source)) return partOfPointer(v, src, 'partial copy of pointer', 32);
  const value = domain.mov(32, source.value);
  if (rules.movesLink === 'words' && v.parts.mov.fits(source.value, 32)) {
    return link(v, src, source).with({ value });
  }
  return v.parts.linked.unlink(source).with({ value });
}

function signExtend(v: Verification, src: number, bits: 8 | 16 | 32, width: Width): Register {
  const source = v.use(src);
  if (isPointer(source)) {
    const problem = width === 64 ? 'sign-extension part of pointer' : 'partial copy of pointer';
    return partOfPointer(v, src, problem, width);
  }
  const value = v.domain.movsx(width, bits, source.value);
  // Without a sign to extend it is a copy.
  if (v.parts.mov.fits(source.value, bits - 1)) return link(v, src, source).with({ value });
  return v.parts.linked.unlink(source).with({ value });
}

/** What is left of a pointer is a number; without privileges none is made of it. */
function partOfPointer(v: Verification, src: number, problem: string, width: Width): Register {
  if (!v.subject.privileged) v.reject('EACCES', `R${src} ${problem}`);
  return resultRegister(v, v.unknownScalar, v.domain.mov(width, v.domain.unknown));
}

export const MOV_PART: MovPart = {
  copy,
  copyWord,
  signExtend,
  immediate: (v, width, imm) =>
    width === 64 || imm >= 0
      ? immediateRegister(v, imm).value
      : v.domain.constant(BigInt(imm >>> 0)),
  fits: (value, bits) => value.fitsBits(bits),
};
