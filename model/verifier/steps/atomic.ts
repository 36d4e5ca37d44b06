// Atomic operations on memory (RFC 9669 §5.3).

import type { AtomicOp } from '../../isa/operations.ts';
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

const atomic: Transfer = (v, instruction) => {
  const { op, width } = operationOf(instruction, 'atomic');
  const { dst, src, offset } = instruction;
  useOperands(v, op, dst, src);
  const pointer = v.frame.registers[dst]!;
  if (v.parts.atomic.isRefused(pointer)) {
    v.reject('EACCES', `BPF_ATOMIC stores into R${dst} ${pointer.type} is not allowed`);
  }
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

/** Load-acquire and store-release are younger than any version that is modelled. */
const ordered: Transfer = (v, { imm }) =>
  v.reject('EINVAL', `BPF_ATOMIC uses invalid atomic opcode ${imm.toString(16).padStart(2, '0')}`);

export const ATOMIC_TRANSFERS = { atomic, ordered } as const satisfies Partial<TransferPart>;
