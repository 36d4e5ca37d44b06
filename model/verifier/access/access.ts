// Accesses to memory, by what the pointer points to.

import { tnumText } from '../log/tnum.ts';
import type { Access, MemoryPart } from '../parts.ts';
import type { Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';
import { packetRegister } from './context.ts';
import { unknownLoad } from './loaded.ts';
import { accessMapPointer } from './map-pointer.ts';

/** One access: see `MemoryPart.access`. `offset` is from where the pointer's register points to at least. */
type Accessor = (
  v: Verification,
  register: number,
  offset: number,
  size: number,
  access: Access,
  value: number,
  signed: boolean,
) => void;

/** A number of which nothing is known is loaded, if anything is. */
function loadUnknown(v: Verification, value: number, size: number, signed: boolean): void {
  if (value >= 0) v.define(value, unknownLoad(v, size, signed));
}

const accessValue: Accessor = (v, register, offset, size, access, value, signed) => {
  if (access === 'write') v.parts.leaks.checkStored(v, value, 'map');
  v.parts.region.checkValue(v, register, offset, size);
  if (access === 'read') loadUnknown(v, value, size, signed);
};

// Program types that have packet pointers may write through them.
const accessPacket: Accessor = (v, register, offset, size, access, value, signed) => {
  if (access === 'write') v.parts.leaks.checkStored(v, value, 'packet');
  v.parts.region.checkPacket(v, register, offset, size);
  if (access === 'read') loadUnknown(v, value, size, signed);
};

const accessContext: Accessor = (v, register, offset, size, access, value, signed) => {
  if (access === 'write') v.parts.leaks.checkStored(v, value, 'ctx');
  const field = v.parts.context.access(v, register, offset, size, access, signed);
  if (access === 'write' || value < 0) return;
  if (field === 'scalar') loadUnknown(v, value, size, signed);
  else if (field === 'sk') v.unsupported('pointers to sockets (the context field sk)');
  else v.define(value, packetRegister(v, field));
};

/** The lowest bytes of what was stored, extended. */
function extended(v: Verification, stored: Register, size: number, signed: boolean): Register {
  if (size === 8) return stored;
  return stored.with({ value: v.parts.loaded.extend(v, stored.value, size, signed) });
}

const accessStack: Accessor = (v, register, offset, size, access, value, signed) => {
  const range = v.parts.stackBounds.check(v, register, offset, size, access);
  if (access === 'write') {
    v.parts.stackWrite.write(v, register, range, size, value);
    return;
  }
  if (value < 0 && range.varies) {
    const varOff = tnumText(v.rules, v.frame.registers[register]!.value.varOff);
    v.reject(
      'EACCES',
      `variable offset stack pointer cannot be passed into helper function; var_off=${varOff} off=${offset} size=${size}`,
    );
  }
  const stored = v.parts.stackRead.read(v, register, range, size, value >= 0, signed);
  if (stored === undefined) loadUnknown(v, value, size, signed);
  else v.define(value, extended(v, stored, size, signed));
};

const ACCESSORS: Partial<Record<Register['type'], Accessor>> = {
  map_value: accessValue,
  ctx: accessContext,
  fp: accessStack,
  pkt: accessPacket,
  pkt_meta: accessPacket,
  map_ptr: (v, register, offset, _size, access, value) =>
    accessMapPointer(v, register, offset, access, value),
};

export const MEMORY_PART: MemoryPart = {
  access: (v, register, offset, size, access, value, options = {}) => {
    const pointer = v.frame.registers[register]!;
    v.parts.alignment.check(v, pointer, offset, size, options.atomic === true);
    const accessor = ACCESSORS[pointer.type];
    if (accessor === undefined) {
      return v.reject('EACCES', `R${register} invalid mem access '${pointer.type}'`);
    }
    accessor(v, register, pointer.off + offset, size, access, value, options.signed === true);
  },

  helperAccess: (v, register, size) => {
    const { type, off } = v.frame.registers[register]!;
    if (type === 'map_value') {
      v.parts.region.checkValue(v, register, off, size);
    } else if (type === 'pkt' || type === 'pkt_meta') {
      v.parts.region.checkPacket(v, register, off, size);
    } else if (type === 'fp') {
      const range = v.parts.stackBounds.check(v, register, off, size, 'helper');
      v.parts.stackRange.check(v, register, range, size, 'helper');
    } else {
      v.reject('EACCES', `R${register} type=${type} expected=fp`);
    }
  },
};
