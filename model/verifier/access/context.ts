// Accesses to the context: at constant offsets, to the fields that the program type has.

import { tnumText } from '../log/tnum.ts';
import type { Access } from '../parts.ts';
import { Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';
import { contextField, type FieldValue } from './context-fields.ts';

export interface ContextPart {
  /** What is at an offset; undefined where the access is not allowed. See `contextField`. */
  field: typeof contextField;
  /** Refuses a pointer that was moved (`check_ptr_off_reg`), for accesses and for helpers that are given a context. */
  checkPointer(v: Verification, register: number): void;
  /** Refuses an access that is not allowed (`check_ctx_access`). @returns what a load gives. */
  access(
    v: Verification,
    register: number,
    offset: number,
    size: number,
    access: Access,
    signed: boolean,
  ): FieldValue;
}

export const CONTEXT_PART: ContextPart = {
  field: contextField,

  checkPointer: (v, register) => {
    const { type, off, value } = v.frame.registers[register]!;
    if (off < 0) {
      v.reject('EACCES', `negative offset ${type} ptr R${register} off=${off} disallowed`);
    }
    if (off !== 0) {
      v.reject('EACCES', `dereference of modified ${type} ptr R${register} off=${off} disallowed`);
    }
    if (!value.isZero) {
      const text = tnumText(v.rules, value.varOff);
      v.reject('EACCES', `variable ${type} access var_off=${text} disallowed`);
    }
  },

  access: (v, register, offset, size, access, signed) => {
    v.parts.context.checkPointer(v, register);
    const { type } = v.subject;
    if (type === 'raw') return v.unsupported('programs of type raw');
    const field = v.parts.context.field(type, access, offset, size, signed);
    if (field === undefined) {
      return v.reject('EACCES', `invalid bpf_context access off=${offset} size=${size}`);
    }
    return field;
  },
};

/** The pointer that a load of a field gives. */
export function packetRegister(v: Verification, value: 'pkt' | 'pkt_meta' | 'pkt_end'): Register {
  return new Register(value, v.domain.constant(0n));
}
