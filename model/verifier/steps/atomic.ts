// Atomic operations on memory (RFC 9669 §5.3), and ordered accesses (Linux 6.15), which are encoded as such.

import type { Instruction } from '../../isa/instruction.ts';
import { type AtomicOp, BYTES } from '../../isa/operations.ts';
import type { Transfer, TransferPart } from '../parts.ts';
import type { Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';
import { operationOf } from './operation.ts';

export interface AtomicPart {
  /** Whether memory that a pointer leads to is not for atomic operations. */
  isRefused(pointer: Register): boolean;
  /** The register that is given what the memory held; -1 for none. @param src the instruction's. */
  fetchInto(op: AtomicOp, src: number): number;
}

export const ATOMIC_PART: AtomicPart = {
  isRefused: ({ type }) => type === 'ctx' || type === 'pkt' || type === 'pkt_meta',

  fetchInto: (op, src) => {
    if (op === 'CMPXCHG') return 0;
    return op === 'XCHG' || op.startsWith('FETCH_') ? src : -1;
  },
};

const ATOMIC = { atomic: true } as const;

/** The registers that are read, and none that holds an address without privileges. */
function useOperands(v: Verification, op: AtomicOp, dst: number, src: number): void {
  v.use(src);
  v.use(dst);
  if (op === 'CMPXCHG') {
    v.use(0);
    v.parts.leaks.checkStored(v, 0, 'mem');
  }
  v.parts.leaks.checkStored(v, src, 'mem');
}

/** @param accesses as refusals say it. @param pointer as it was before the instruction. */
function checkPointer(
  v: Verification,
  accesses: 'loads from' | 'stores into',
  register: number,
  pointer: Register,
): void {
  if (!v.parts.atomic.isRefused(pointer)) return;
  v.reject('EACCES', `BPF_ATOMIC ${accesses} R${register} ${pointer.type} is not allowed`);
}

const atomic: Transfer = (v, instruction) => {
  const { op, width } = operationOf(instruction, 'atomic');
  const { dst, src, offset } = instruction;
  useOperands(v, op, dst, src);
  checkPointer(v, 'stores into', dst, v.frame.registers[dst]!);
  const fetched = v.parts.atomic.fetchInto(op, src);
  // Before the memory is looked at, as in the kernel: an address in that register is lost.
  if (fetched >= 0) v.define(fetched, v.unknownScalar);
  const { memory } = v.parts;
  const size = width / 8;
  memory.access(v, dst, offset, size, 'read', -1, ATOMIC);
  if (fetched >= 0) memory.access(v, dst, offset, size, 'read', fetched, ATOMIC);
  memory.access(v, dst, offset, size, 'write', -1, ATOMIC);
  return v.pc + 1;
};

/**
 * Loads and stores, aligned, and through no pointers that atomic operations refuse. 6.19.14 asks for the pointer's type when
 * the load has replaced it, so that it accepts `r1 = load_acquire((u32 *)(r1 + 0))` of a context (docs/findings.md).
 */
const ordered: Transfer = (v, instruction) => {
  if (!v.rules.orderedAccesses) refuseUnknown(v, instruction);
  const { op, size } = operationOf(instruction, 'ordered');
  const { dst, src, offset } = instruction;
  const { memory } = v.parts;
  const source = v.use(src);
  if (op === 'LOAD_ACQ') {
    v.checkWritable(dst);
    memory.access(v, src, offset, BYTES[size], 'read', dst, ATOMIC);
    checkPointer(v, 'loads from', src, source);
  } else {
    const pointer = v.use(dst);
    memory.access(v, dst, offset, BYTES[size], 'write', src, ATOMIC);
    checkPointer(v, 'stores into', dst, pointer);
  }
  return v.pc + 1;
};

function refuseUnknown(v: Verification, { imm }: Instruction): never {
  const opcode = imm.toString(16).padStart(2, '0');
  return v.reject('EINVAL', `BPF_ATOMIC uses invalid atomic opcode ${opcode}`);
}

export const ATOMIC_TRANSFERS = { atomic, ordered } as const satisfies Partial<TransferPart>;
