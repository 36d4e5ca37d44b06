// LDX, ST, STX (RFC 9669 §5.2).

import { BYTES } from '../../isa/operations.ts';
import type { Transfer, TransferPart } from '../parts.ts';
import type { RegisterType } from '../state/register.ts';
import type { Verification } from '../verification.ts';
import { operationOf } from './operation.ts';

export interface PointerTypesPart {
  /** Whether one instruction may go through pointers of both types: the kernel rewrites accesses to the context. */
  mayMix(a: RegisterType, b: RegisterType): boolean;
  /** Refuses an instruction that other paths came to with another kind of pointer (`save_aux_ptr_type`). */
  check(v: Verification, type: RegisterType): void;
}

export const POINTER_TYPES_PART: PointerTypesPart = {
  mayMix: (a, b) => a === b || (a !== 'ctx' && b !== 'ctx'),

  check: (v, type) => {
    const before = v.pointerTypes[v.pc];
    if (before === undefined) {
      v.pointerTypes[v.pc] = type;
    } else if (!v.parts.pointerTypes.mayMix(before, type)) {
      v.reject('EINVAL', 'same insn cannot be used with different pointers');
    }
  },
};

const SIGNED = { signed: true } as const;

const load: Transfer = (v, instruction) => {
  const { size, signed } = operationOf(instruction, 'ldx');
  const { dst, src, offset } = instruction;
  const { type } = v.use(src);
  v.checkWritable(dst);
  v.parts.memory.access(v, src, offset, BYTES[size], 'read', dst, signed ? SIGNED : undefined);
  v.parts.pointerTypes.check(v, type);
  return v.pc + 1;
};

const storeImmediate: Transfer = (v, instruction) => {
  const { size } = operationOf(instruction, 'st');
  const { dst, offset } = instruction;
  const { type } = v.use(dst);
  if (type === 'ctx' && !v.rules.storesImmediatesToContext) {
    v.reject('EACCES', `BPF_ST stores into R${dst} ctx is not allowed`);
  }
  v.parts.memory.access(v, dst, offset, BYTES[size], 'write', -1);
  v.parts.pointerTypes.check(v, type);
  return v.pc + 1;
};

const storeRegister: Transfer = (v, instruction) => {
  const { size } = operationOf(instruction, 'stx');
  const { dst, src, offset } = instruction;
  v.use(src);
  const { type } = v.use(dst);
  v.parts.memory.access(v, dst, offset, BYTES[size], 'write', src);
  v.parts.pointerTypes.check(v, type);
  return v.pc + 1;
};

export const LOAD_STORE_TRANSFERS = {
  ldx: load,
  st: storeImmediate,
  stx: storeRegister,
} as const satisfies Partial<TransferPart>;
