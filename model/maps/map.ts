// Maps as user space sees them: the commands of the bpf system call on an array, a hash map or a prog
// array, with their error numbers and the order in which the kernel finds them. Nothing runs here.

import { assertNever, invariant } from '../errors.ts';
import type { ObjectKnobs } from '../profiles/profile.ts';
import { MAP_BYTES_MAX } from '../scenario/environment.ts';
import {
  type ArrayValues,
  arrayLookup,
  arrayUpdate,
  checkArrayCreate,
  createArray,
  nextIndex,
} from './array.ts';
import { type Answer, ERRNO, type Errno, failure, type Status, success } from './errno.ts';
import { BPF_ANY } from './flags.ts';
import {
  checkHashCreate,
  createHash,
  type HashSlots,
  hashDelete,
  hashLookup,
  hashNextKey,
  hashUpdate,
} from './hash.ts';
import {
  CREATE_FLAGS,
  checkProgArrayCreate,
  EMPTY_SLOT,
  type ProgSlots,
  progArrayDelete,
  progArrayLookup,
  progArrayUpdate,
} from './prog-array.ts';

/** What BPF_MAP_CREATE is asked for: unsigned 32-bit numbers. */
export interface MapAttributes {
  readonly type: 'array' | 'hash' | 'prog_array';
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  /** `CREATE_FLAGS`; modelled for prog arrays only. */
  readonly flags?: number;
}

/** The programs that user space can name: it writes file descriptors and reads ids. */
export interface ProgramHandles {
  /** The program behind a file descriptor, or the error that using it gives. */
  resolve(fd: number): number | { readonly errno: Errno };
  /** The id of a program. */
  idOf(program: number): number;
}

/** `count` programs, whose file descriptors are their indices and whose ids follow on from 1. */
export function numberedPrograms(count: number): ProgramHandles {
  return {
    resolve: (fd) => (fd >= 0 && fd < count ? fd : failure(ERRNO.EBADF)),
    idOf: (program) => program + 1,
  };
}

type Elements =
  | { readonly type: 'array'; readonly elements: ArrayValues }
  | { readonly type: 'hash'; readonly elements: HashSlots }
  | {
      readonly type: 'prog_array';
      readonly elements: ProgSlots;
      readonly programs: ProgramHandles;
    };

/** A map; what it holds is changed by the operations of this module only. */
export type MapState = Elements & {
  readonly attributes: MapAttributes;
  frozen: boolean;
};

function checkCreate(attributes: MapAttributes): Status {
  switch (attributes.type) {
    case 'array':
      return checkArrayCreate(attributes);
    case 'hash':
      return checkHashCreate(attributes);
    case 'prog_array':
      return checkProgArrayCreate(attributes);
    default:
      return assertNever(attributes.type);
  }
}

function createElements(attributes: MapAttributes, programs: ProgramHandles): Elements {
  const { type, valueSize, maxEntries } = attributes;
  switch (type) {
    case 'array':
      return { type, elements: createArray(valueSize, maxEntries) };
    case 'hash':
      return { type, elements: createHash(maxEntries) };
    case 'prog_array':
      return { type, elements: new Int32Array(maxEntries).fill(EMPTY_SLOT), programs };
    default:
      return assertNever(type);
  }
}

/**
 * BPF_MAP_CREATE, by a privileged process. ENOMEM stands for more than `MAP_BYTES_MAX`.
 * `programs` are those that can be put into a prog array.
 */
export function createMap(
  attributes: MapAttributes,
  programs: ProgramHandles = numberedPrograms(0),
): Answer<MapState> {
  const errno = checkCreate(attributes);
  if (errno !== 0) return failure(errno);
  const { type, keySize, valueSize, maxEntries } = attributes;
  const elementBytes = valueSize + (type === 'hash' ? keySize : 0);
  if (elementBytes * maxEntries > MAP_BYTES_MAX) return failure(ERRNO.ENOMEM);
  return success({ ...createElements(attributes, programs), attributes, frozen: false });
}

function u32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
}

function u32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function checkKey(map: MapState, key: Uint8Array): void {
  invariant(key.length === map.attributes.keySize, 'a key has key_size bytes');
}

function writable(map: MapState): boolean {
  return !map.frozen && ((map.attributes.flags ?? 0) & CREATE_FLAGS.RDONLY) === 0;
}

function readable(map: MapState): boolean {
  return ((map.attributes.flags ?? 0) & CREATE_FLAGS.WRONLY) === 0;
}

/** BPF_MAP_UPDATE_ELEM. The value for a prog array is a program's file descriptor, 4 bytes. */
export function update(
  map: MapState,
  key: Uint8Array,
  value: Uint8Array,
  flags: bigint = BPF_ANY,
): Status {
  checkKey(map, key);
  invariant(value.length === map.attributes.valueSize, 'a value has value_size bytes');
  if (!writable(map)) return ERRNO.EPERM;
  switch (map.type) {
    case 'array':
      return arrayUpdate(map.elements, u32(key), value, flags);
    case 'hash':
      return hashUpdate(map.elements, key, value, flags);
    case 'prog_array':
      if (flags !== BPF_ANY) return ERRNO.EINVAL;
      return progArrayUpdate(map.elements, u32(key), map.programs.resolve(u32(value)));
    default:
      return assertNever(map);
  }
}

/** BPF_MAP_DELETE_ELEM. */
export function deleteElement(map: MapState, key: Uint8Array): Status {
  checkKey(map, key);
  if (!writable(map)) return ERRNO.EPERM;
  switch (map.type) {
    case 'array':
      return ERRNO.EINVAL;
    case 'hash':
      return hashDelete(map.elements, key);
    case 'prog_array':
      return progArrayDelete(map.elements, u32(key));
    default:
      return assertNever(map);
  }
}

/** BPF_MAP_LOOKUP_ELEM. A prog array gives the program's id, which is not what was written. */
export function lookup(map: MapState, key: Uint8Array): Answer<Uint8Array> {
  checkKey(map, key);
  if (!readable(map)) return failure(ERRNO.EPERM);
  switch (map.type) {
    case 'array':
      return arrayLookup(map.elements, u32(key));
    case 'hash':
      return hashLookup(map.elements, key);
    case 'prog_array': {
      const program = progArrayLookup(map.elements, u32(key));
      return program.errno === 0 ? success(u32Bytes(map.programs.idOf(program.value))) : program;
    }
    default:
      return assertNever(map);
  }
}

/** BPF_MAP_GET_NEXT_KEY; without a key it asks for the first. */
export function getNextKey(map: MapState, key?: Uint8Array): Answer<Uint8Array> {
  if (key !== undefined) checkKey(map, key);
  if (!readable(map)) return failure(ERRNO.EPERM);
  if (map.type === 'hash') return hashNextKey(map.elements, key);
  const next = nextIndex(map.attributes.maxEntries, key === undefined ? undefined : u32(key));
  return next.errno === 0 ? success(u32Bytes(next.value)) : next;
}

/** BPF_MAP_LOOKUP_AND_DELETE_ELEM, which of these kinds only hash maps have (Linux 5.14). */
export function lookupAndDelete(map: MapState, key: Uint8Array): Answer<Uint8Array> {
  checkKey(map, key);
  if (!writable(map) || !readable(map)) return failure(ERRNO.EPERM);
  if (map.type !== 'hash') return failure(ERRNO.ENOTSUPP);
  const value = hashLookup(map.elements, key);
  hashDelete(map.elements, key);
  return value;
}

/**
 * BPF_MAP_FREEZE: from now on user space can only read.
 * @param needs what the profile's `freezeNeeds` says.
 */
export function freeze(map: MapState, needs: ObjectKnobs['freezeNeeds'] = 'unfrozen'): Status {
  if (needs === 'writable' && !writable(map)) return ERRNO.EPERM;
  if (map.frozen) return ERRNO.EBUSY;
  map.frozen = true;
  return 0;
}
