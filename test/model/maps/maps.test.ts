import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BPF_ANY,
  BPF_EXIST,
  BPF_NOEXIST,
  CREATE_FLAGS,
  createMap,
  deleteElement,
  EMPTY_SLOT,
  ERRNO,
  errnoName,
  freeze,
  getNextKey,
  lookup,
  lookupAndDelete,
  type MapAttributes,
  type MapState,
  numberedPrograms,
  progArrayDelete,
  progArrayLookup,
  progArrayUpdate,
  update,
} from '../../../model/maps/index.ts';

const PROG_ARRAY: MapAttributes = { type: 'prog_array', keySize: 4, valueSize: 4, maxEntries: 3 };
const ARRAY: MapAttributes = { type: 'array', keySize: 4, valueSize: 2, maxEntries: 3 };
const HASH: MapAttributes = { type: 'hash', keySize: 1, valueSize: 1, maxEntries: 2 };

function make(attributes: MapAttributes): MapState {
  const answer = createMap(attributes, numberedPrograms(2));
  if (answer.errno !== 0) throw new Error(errnoName(answer.errno));
  return answer.value;
}

const u32 = (value: number) => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
};
const { EPERM, ENOENT, E2BIG, EBADF, EBUSY, EEXIST, EINVAL, ENOMEM, ENOTSUPP } = ERRNO;
const found = (...bytes: number[]) => ({ errno: 0, value: Uint8Array.from(bytes) });

describe('create', () => {
  test.each<[string, MapAttributes, number]>([
    ['a prog array with wide values', { ...PROG_ARRAY, valueSize: 8 }, EINVAL],
    ['a prog array with wide keys', { ...PROG_ARRAY, keySize: 8 }, EINVAL],
    ['a prog array without slots', { ...PROG_ARRAY, maxEntries: 0 }, EINVAL],
    [
      'a prog array that programs cannot write',
      { ...PROG_ARRAY, flags: CREATE_FLAGS.RDONLY_PROG },
      EINVAL,
    ],
    [
      'a prog array that programs cannot read',
      { ...PROG_ARRAY, flags: CREATE_FLAGS.WRONLY_PROG },
      EINVAL,
    ],
    ['a prog array to map into memory', { ...PROG_ARRAY, flags: CREATE_FLAGS.MMAPABLE }, EINVAL],
    ['a prog array as an inner map', { ...PROG_ARRAY, flags: CREATE_FLAGS.INNER_MAP }, EINVAL],
    ['a prog array of perf events', { ...PROG_ARRAY, flags: CREATE_FLAGS.PRESERVE_ELEMS }, EINVAL],
    [
      'a prog array neither to read nor to write',
      { ...PROG_ARRAY, flags: CREATE_FLAGS.RDONLY | CREATE_FLAGS.WRONLY },
      EINVAL,
    ],
    ['a prog array with an unknown flag', { ...PROG_ARRAY, flags: 1 << 30 }, EINVAL],
    ['a prog array on a NUMA node', { ...PROG_ARRAY, flags: CREATE_FLAGS.NUMA_NODE }, 0],
    ['a prog array beyond memory', { ...PROG_ARRAY, maxEntries: 2 ** 32 - 1 }, ENOMEM],
    ['an array with wide keys', { ...ARRAY, keySize: 8 }, EINVAL],
    ['an array without values', { ...ARRAY, valueSize: 0 }, EINVAL],
    ['an array without elements', { ...ARRAY, maxEntries: 0 }, EINVAL],
    ['a hash map without keys', { ...HASH, keySize: 0 }, EINVAL],
    ['a hash map without values', { ...HASH, valueSize: 0 }, EINVAL],
    ['a hash map without elements', { ...HASH, maxEntries: 0 }, EINVAL],
    ['a hash map', HASH, 0],
  ])('%s', (_, attributes, errno) => {
    expect(createMap(attributes).errno).toBe(errno);
  });
});

describe('prog arrays', () => {
  test('errors of an update are found in this order', () => {
    const map = make(PROG_ARRAY);
    const [beyond, inside, badFd] = [u32(3), u32(0), u32(99)];
    freeze(map);
    expect(update(map, beyond, badFd, BPF_NOEXIST)).toBe(EPERM);
    map.frozen = false;
    expect(update(map, beyond, badFd, BPF_NOEXIST)).toBe(EINVAL);
    expect(update(map, beyond, badFd, BPF_EXIST)).toBe(EINVAL);
    expect(update(map, beyond, badFd, BPF_ANY)).toBe(E2BIG);
    expect(update(map, inside, badFd, BPF_ANY)).toBe(EBADF);
    expect(lookup(map, inside)).toEqual({ errno: ENOENT });
    expect(update(map, inside, u32(1), BPF_ANY)).toBe(0);
  });

  test('what is read is the id of what was written', () => {
    const map = make(PROG_ARRAY);
    update(map, u32(2), u32(1));
    expect(lookup(map, u32(2))).toEqual(found(2, 0, 0, 0));
    expect(lookup(map, u32(1))).toEqual({ errno: ENOENT });
    expect(lookup(map, u32(2 ** 32 - 1))).toEqual({ errno: ENOENT });
  });

  test('errors of a delete are found in this order', () => {
    const map = make(PROG_ARRAY);
    expect(deleteElement(map, u32(3))).toBe(E2BIG);
    expect(deleteElement(map, u32(0))).toBe(ENOENT);
    update(map, u32(0), u32(0));
    freeze(map);
    expect(deleteElement(map, u32(3))).toBe(EPERM);
    map.frozen = false;
    expect(deleteElement(map, u32(0))).toBe(0);
    expect(deleteElement(map, u32(0))).toBe(ENOENT);
  });

  test('the next key does not depend on what the slots hold', () => {
    const map = make(PROG_ARRAY);
    expect(getNextKey(map)).toEqual(found(0, 0, 0, 0));
    expect(getNextKey(map, u32(0))).toEqual(found(1, 0, 0, 0));
    expect(getNextKey(map, u32(2))).toEqual({ errno: ENOENT });
    expect(getNextKey(map, u32(3))).toEqual(found(0, 0, 0, 0));
  });

  test('lookup_and_delete is not supported, and a frozen map says so first', () => {
    const map = make(PROG_ARRAY);
    expect(lookupAndDelete(map, u32(0))).toEqual({ errno: ENOTSUPP });
    freeze(map);
    expect(lookupAndDelete(map, u32(0))).toEqual({ errno: EPERM });
  });

  test('read-only and write-only descriptors', () => {
    const readOnly = make({ ...PROG_ARRAY, flags: CREATE_FLAGS.RDONLY });
    expect(update(readOnly, u32(0), u32(0))).toBe(EPERM);
    expect(deleteElement(readOnly, u32(0))).toBe(EPERM);
    expect(lookup(readOnly, u32(0))).toEqual({ errno: ENOENT });
    const writeOnly = make({ ...PROG_ARRAY, flags: CREATE_FLAGS.WRONLY });
    expect(update(writeOnly, u32(0), u32(0))).toBe(0);
    expect(lookup(writeOnly, u32(0))).toEqual({ errno: EPERM });
    expect(getNextKey(writeOnly)).toEqual({ errno: EPERM });
  });

  test.each([
    ['numbers', [5, EMPTY_SLOT]] as const,
    ['an Int32Array', Int32Array.of(5, EMPTY_SLOT)] as const,
  ])('slots of an engine: %s', (_, initial) => {
    const slots = initial instanceof Int32Array ? initial : [...initial];
    expect(progArrayDelete(slots, 2)).toBe(E2BIG);
    expect(progArrayDelete(slots, 1)).toBe(ENOENT);
    expect(progArrayUpdate(slots, 2 ** 32 - 1, 0)).toBe(E2BIG);
    expect(progArrayUpdate(slots, 1, 0)).toBe(0);
    expect(progArrayDelete(slots, 0)).toBe(0);
    expect([...slots]).toEqual([EMPTY_SLOT, 0]);
    expect(progArrayLookup(slots, 1)).toEqual({ errno: 0, value: 0 });
  });
});

describe('arrays', () => {
  test('errors of an update are found in this order', () => {
    const map = make(ARRAY);
    const value = Uint8Array.of(1, 2);
    freeze(map);
    expect(update(map, u32(3), value, 3n)).toBe(EPERM);
    map.frozen = false;
    expect(update(map, u32(3), value, 3n)).toBe(EINVAL);
    expect(update(map, u32(3), value, 2n ** 63n)).toBe(EINVAL);
    expect(update(map, u32(3), value, BPF_NOEXIST)).toBe(E2BIG);
    expect(update(map, u32(2), value, BPF_NOEXIST)).toBe(EEXIST);
    expect(lookup(map, u32(2))).toEqual(found(0, 0));
    expect(update(map, u32(2), value, BPF_EXIST)).toBe(0);
    expect(lookup(map, u32(2))).toEqual(found(1, 2));
    expect(lookup(map, u32(1))).toEqual(found(0, 0));
  });

  test('elements cannot be deleted, and there are none beyond the last', () => {
    const map = make(ARRAY);
    expect(deleteElement(map, u32(0))).toBe(EINVAL);
    expect(lookup(map, u32(3))).toEqual({ errno: ENOENT });
    expect(lookupAndDelete(map, u32(0))).toEqual({ errno: ENOTSUPP });
    expect(getNextKey(map, u32(1))).toEqual(found(2, 0, 0, 0));
  });
});

describe('hash maps', () => {
  const key = (n: number) => Uint8Array.of(n);

  test('errors of an update are found in this order', () => {
    const map = make(HASH);
    expect(update(map, key(1), key(1), 4n)).toBe(EINVAL);
    expect(update(map, key(1), key(1), BPF_EXIST)).toBe(ENOENT);
    expect(update(map, key(1), key(1), BPF_NOEXIST)).toBe(0);
    expect(update(map, key(1), key(2), BPF_NOEXIST)).toBe(EEXIST);
    expect(update(map, key(2), key(2))).toBe(0);
    expect(update(map, key(3), key(3), BPF_EXIST)).toBe(ENOENT);
    expect(update(map, key(3), key(3))).toBe(E2BIG);
    expect(update(map, key(1), key(9), BPF_EXIST)).toBe(0);
    expect(lookup(map, key(1))).toEqual(found(9));
  });

  test('a new element takes the lowest free slot', () => {
    const map = make({ ...HASH, maxEntries: 3 });
    for (const n of [1, 2, 3]) update(map, key(n), key(n));
    expect(deleteElement(map, key(2))).toBe(0);
    expect(deleteElement(map, key(2))).toBe(ENOENT);
    expect(deleteElement(map, key(1))).toBe(0);
    update(map, key(4), key(4));
    expect(getNextKey(map)).toEqual(found(4));
    expect(getNextKey(map, key(4))).toEqual(found(3));
    expect(getNextKey(map, key(3))).toEqual({ errno: ENOENT });
    expect(getNextKey(map, key(99))).toEqual(found(4));
  });

  test('an element can be taken out', () => {
    const map = make(HASH);
    update(map, key(1), key(7));
    expect(lookupAndDelete(map, key(1))).toEqual(found(7));
    expect(lookupAndDelete(map, key(1))).toEqual({ errno: ENOENT });
    expect(getNextKey(map)).toEqual({ errno: ENOENT });
  });

  test('behaves as a map of JavaScript with room for so many', () => {
    const operation = fc.tuple(
      fc.constantFrom('update', 'delete'),
      fc.nat(4),
      fc.nat(255),
      fc.constantFrom(BPF_ANY, BPF_NOEXIST, BPF_EXIST),
    );
    fc.assert(
      fc.property(fc.array(operation), (operations) => {
        const map = make(HASH);
        const model = new Map<number, number>();
        for (const [op, n, value, flags] of operations) {
          if (op === 'delete') {
            expect(deleteElement(map, key(n))).toBe(model.delete(n) ? 0 : ENOENT);
            continue;
          }
          const refused =
            (model.has(n) && flags === BPF_NOEXIST) ||
            (!model.has(n) && (flags === BPF_EXIST || model.size === HASH.maxEntries));
          expect(update(map, key(n), key(value), flags) === 0).toBe(!refused);
          if (!refused) model.set(n, value);
        }
        for (const n of [0, 1, 2, 3, 4]) {
          const value = model.get(n);
          expect(lookup(map, key(n))).toEqual(
            value === undefined ? { errno: ENOENT } : found(value),
          );
        }
      }),
      { seed: 7 },
    );
  });
});

test('a map can be frozen once, and is still read', () => {
  const map = make(ARRAY);
  expect(freeze(map)).toBe(0);
  expect(freeze(map)).toBe(EBUSY);
  expect(lookup(map, u32(0))).toEqual(found(0, 0));
});

test('where it must be writable, neither one that is frozen nor one with BPF_F_RDONLY', () => {
  const map = make(PROG_ARRAY);
  expect(freeze(map, 'writable')).toBe(0);
  expect(freeze(map, 'writable')).toBe(EPERM);
  const readOnly = { ...PROG_ARRAY, flags: CREATE_FLAGS.RDONLY };
  expect(freeze(make(readOnly), 'writable')).toBe(EPERM);
  expect(freeze(make(readOnly))).toBe(0);
});

test('what is read does not change with the map', () => {
  const map = make(HASH);
  update(map, Uint8Array.of(1), Uint8Array.of(1));
  const before = lookup(map, Uint8Array.of(1));
  update(map, Uint8Array.of(1), Uint8Array.of(2));
  expect(before).toEqual(found(1));
});

test('errors have names', () => {
  expect([E2BIG, ENOTSUPP, 5].map(errnoName)).toEqual(['E2BIG', 'ENOTSUPP', '5']);
});
