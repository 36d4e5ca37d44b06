// What a helper's arguments must be (`check_func_arg`).

import type { MapDefinition } from '../../scenario/scenario.ts';
import type { RegisterType } from '../state/register.ts';
import type { Verification } from '../verification.ts';
import type { ArgumentType, HelperPrototype } from './prototypes.ts';

export interface ArgumentPart {
  /** A number; pointers only with privileges, because they tell addresses. */
  checkAnything(v: Verification, register: number): void;
  /** A packet pointer, of a helper that cannot take one. */
  checkPacketAccess(v: Verification, prototype: HelperPrototype, register: number): void;
  /** A register whose type must be one of these. @param expected how refusals list them. */
  checkType(
    v: Verification,
    register: number,
    types: readonly RegisterType[],
    expected: string,
  ): void;
  /** A pointer that must be what it was at first (`__check_ptr_off_reg`). */
  checkUnmodified(v: Verification, register: number): void;
}

export const ARGUMENT_PART: ArgumentPart = {
  checkAnything: (v, register) => {
    if (v.subject.privileged || v.frame.registers[register]!.type === 'scalar') return;
    v.reject('EACCES', `R${register} leaks addr into helper function`);
  },
  checkPacketAccess: (v, { packetAccess }, register) => {
    const { type } = v.frame.registers[register]!;
    if (packetAccess || (type !== 'pkt' && type !== 'pkt_meta')) return;
    v.reject('EACCES', 'helper access to the packet is not allowed');
  },
  checkType: (v, register, types, expected) => {
    const { type } = v.frame.registers[register]!;
    if (types.includes(type)) return;
    v.reject('EACCES', `R${register} type=${type} expected=${expected}`);
  },
  checkUnmodified: (v, register) => {
    const { type, off, value } = v.frame.registers[register]!;
    const pointer = `${type} ptr R${register} off=${off} disallowed`;
    if (off < 0) v.reject('EACCES', `negative offset ${pointer}`);
    if (off !== 0) v.reject('EACCES', `dereference of modified ${pointer}`);
    if (value.varOff.mask !== 0n || value.varOff.value !== 0n) {
      const { value: bits, mask } = value.varOff;
      const varOff = `(0x${bits.toString(16)}; 0x${mask.toString(16)})`;
      v.reject('EACCES', `variable ${type} access var_off=${varOff} disallowed`);
    }
  },
};

/** What may hold a key or a value. */
const MEMORY: readonly RegisterType[] = ['fp', 'pkt', 'pkt_meta', 'map_value'];

/** A prog array's keys are indices, its values file descriptors; bytes. */
const PROG_ARRAY = { keySize: 4, valueSize: 4 } as const;

/** Bytes of a key or a value that a helper reads. */
function sizeOf(map: MapDefinition, type: 'map_key' | 'map_value'): number {
  const { keySize, valueSize } = map.type === 'prog_array' ? PROG_ARRAY : map;
  return type === 'map_key' ? keySize : valueSize;
}

/**
 * Checks the arguments of a call in the order of their registers.
 * @returns the number of the map that was passed, -1 for none.
 */
export function checkArguments(v: Verification, prototype: HelperPrototype): number {
  const { takes } = prototype;
  let map = -1;
  for (let index = 0; index < takes.length; index++) {
    map = checkArgument(v, prototype, takes[index]!, index + 1, map);
  }
  return map;
}

/** @param map the one passed before. @returns that, or the one passed here. */
function checkArgument(
  v: Verification,
  prototype: HelperPrototype,
  type: ArgumentType,
  register: number,
  map: number,
): number {
  const { helpers: rules, memory } = v.parts;
  const value = v.use(register);
  if (type === 'anything') {
    rules.checkAnything(v, register);
    return map;
  }
  rules.checkPacketAccess(v, prototype, register);
  switch (type) {
    case 'ctx':
      rules.checkType(v, register, ['ctx'], 'ctx');
      rules.checkUnmodified(v, register);
      return map;
    case 'map_ptr':
      rules.checkType(v, register, ['map_ptr'], 'map_ptr');
      rules.checkUnmodified(v, register);
      return value.map;
    default:
      rules.checkType(v, register, MEMORY, v.rules.memoryTypes);
      memory.helperAccess(v, register, sizeOf(v.subject.maps[map]!, type), 'read');
      return map;
  }
}
