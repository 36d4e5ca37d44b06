// Contexts, offset by offset: programs of one access each were loaded on 6.12.117 and 6.1.192, for all offsets from -8
// to behind the end. Both accept the same (6.1 has no loads with sign extension).

import { describe, expect, it } from 'vitest';
import { contextField } from '../../../../model/verifier/access/context-fields.ts';

/** By kind and size: offsets from which on accesses follow each other, those that give pointers behind their type. */
const OBSERVED: Readonly<Record<ContextType, Readonly<Record<string, string>>>> = {
  socket_filter: {
    'read 1': '0-71 84-87 164-167 176-179',
    'read 2': '0-70 84-86 164-166 176-178',
    'read 4': '0-68 84 164 176',
    'read 8': '48-56; sk 168',
    'signed 1': '0-71 84-87 164-167 176-179',
    'signed 2': '0-70 84-86 164-166 176-178',
    'signed 4': '0-68 84 164 176',
    'write 1': '48-67',
    'write 2': '48-66',
    'write 4': '48-64',
    'write 8': '48-56',
  },
  sched_cls: {
    'read 1': '0-75 84-87 160-167 176-180',
    'read 2': '0-74 84-86 160-166 176-178',
    'read 4': '0-72 84 160-164 176; pkt 76; pkt_end 80; pkt_meta 140',
    'read 8': '48-56 152 184; sk 168',
    'signed 1': '0-75 84-87 160-167 176-180',
    'signed 2': '0-74 84-86 160-166 176-178',
    'signed 4': '0-72 84 160-164 176',
    'write 1': '48-67',
    'write 2': '48-66',
    'write 4': '8-12 32 44-64 72',
    'write 8': '48-56 152',
  },
  xdp: {
    'read 4': 'pkt 0; pkt_end 4; pkt_meta 8; 12-16',
    'signed 4': '12-16',
  },
};

type ContextType = 'socket_filter' | 'sched_cls' | 'xdp';

const SIZES = [1, 2, 4, 8] as const;

function ranges(offsets: readonly number[], size: number): string {
  const texts: string[] = [];
  for (let i = 0; i < offsets.length; ) {
    let last = i;
    while (offsets[last + 1] === offsets[last]! + size) last++;
    texts.push(last > i ? `${offsets[i]}-${offsets[last]}` : `${offsets[i]}`);
    i = last + 1;
  }
  return texts.join(' ');
}

function accepted(type: ContextType, kind: string, size: number): string | undefined {
  const byValue = new Map<string, number[]>();
  for (let offset = -8; offset < 256; offset++) {
    const access = kind === 'write' ? 'write' : 'read';
    const value = contextField(type, access, offset, size, kind === 'signed');
    if (value === undefined) continue;
    const offsets = byValue.get(value) ?? [];
    offsets.push(offset);
    byValue.set(value, offsets);
  }
  const texts = [...byValue].map(([value, offsets]) =>
    value === 'scalar' ? ranges(offsets, size) : `${value} ${ranges(offsets, size)}`,
  );
  return texts.length === 0 ? undefined : texts.join('; ');
}

const CASES = (['socket_filter', 'sched_cls', 'xdp'] as const).flatMap((type) =>
  ['read', 'signed', 'write'].flatMap((kind) =>
    SIZES.filter((size) => kind !== 'signed' || size < 8).map((size) => ({ type, kind, size })),
  ),
);

describe('the context', () => {
  it.each(CASES)('of $type, $kind $size', ({ type, kind, size }) => {
    expect(accepted(type, kind, size)).toBe(OBSERVED[type][`${kind} ${size}`]);
  });
});
