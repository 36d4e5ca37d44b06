// Faults in what the verifier makes of pointers: their arithmetic, null checks, what is known of packets.

import { inPart, type VerifierFault } from './fault.ts';
import { nullableIds } from './null-types.ts';

export const POINTER_FAULTS: readonly VerifierFault[] = [
  {
    name: 'verifier/null-check-of-another',
    summary: 'a null check settles all pointers that may be null, whatever their id',
    unsound: true,
    change: inPart('nullness', ({ settle }) => ({
      settle: (v, state, id, isNull) => {
        for (const other of nullableIds(state)) if (other !== id) settle(v, state, other, false);
        settle(v, state, id, isNull);
      },
    })),
  },
  {
    name: 'verifier/null-check-reversed',
    summary: 'the side of a null check where the pointer is null has the pointer',
    unsound: true,
    change: inPart('nullness', ({ settle }) => ({
      settle: (v, state, id, isNull) => settle(v, state, id, !isNull),
    })),
  },
  {
    name: 'verifier/null-check-not-needed',
    summary: 'pointers that may be null are taken for not null in comparisons',
    unsound: true,
    change: inPart('nullness', () => ({ isNotNull: () => true })),
  },
  {
    name: 'verifier/arithmetic-on-null',
    summary: 'arithmetic on pointers that may be null is let through (CVE-2022-23222)',
    unsound: true,
    change: { rules: (rules) => ({ ...rules, refusesNullableArithmetic: false }) },
  },
  {
    name: 'verifier/constant-offset-lost',
    summary: 'a constant that is added to a pointer is forgotten',
    unsound: true,
    change: inPart('pointers', ({ add }) => ({
      add: (v, sum) => (sum.number.value.varOff.mask === 0n ? sum.pointer : add(v, sum)),
    })),
  },
  {
    name: 'verifier/pointer-sub-adds',
    summary: 'a number that is subtracted from a pointer is added',
    unsound: true,
    change: inPart('pointers', ({ add }) => ({ subtract: (v, sum) => add(v, sum) })),
  },
  {
    name: 'verifier/varying-offset-replaces',
    summary: 'a varying number takes the place of what varied before',
    unsound: true,
    change: inPart('pointers', ({ vary }) => ({
      vary: (v, sum) => vary(v, sum, sum.number.value),
    })),
  },
  {
    name: 'verifier/packet-keeps-range',
    summary: 'a packet pointer that a varying number was added to keeps what was checked',
    unsound: true,
    change: inPart('pointers', () => ({ rangeOf: ({ pointer }) => pointer.range })),
  },
  {
    name: 'verifier/packet-keeps-id',
    summary: 'a packet pointer that a varying number was added to keeps its origin',
    unsound: true,
    change: inPart('pointers', ({ vary }) => ({
      vary: (v, sum, value) => vary(v, sum, value).with({ id: sum.pointer.id }),
    })),
  },
  {
    name: 'verifier/pointer-alu32',
    summary: '32-bit arithmetic on pointers gives pointers',
    unsound: true,
    change: inPart('pointers', () => ({ becomesScalar: () => false })),
  },
  {
    name: 'verifier/pointer-bitwise',
    summary: 'bitwise operators on pointers are let through as sums',
    unsound: true,
    change: inPart('pointers', ({ add, subtract }) => ({
      checkOperation: () => {},
      subtract: (v, sum) => (sum.op === 'SUB' ? subtract(v, sum) : add(v, sum)),
    })),
  },
  {
    name: 'verifier/packet-end-arithmetic',
    summary: 'there is arithmetic on pointers to the end of packets and on maps',
    unsound: true,
    change: inPart('pointers', () => ({ checkType: () => {} })),
  },
  {
    name: 'verifier/offset-unbounded',
    summary: 'offsets of pointers may be as large as they like',
    unsound: false,
    change: inPart('pointers', () => ({ checkOffset: () => {} })),
  },
  {
    name: 'verifier/packet-range-too-large',
    summary: 'a packet pointer that is not above the end has a byte more behind it',
    unsound: true,
    change: inPart('packetRange', ({ bytesBelow }) => ({
      bytesBelow: (v, pointer) => bytesBelow(v, pointer, true),
    })),
  },
  {
    name: 'verifier/packet-range-of-all',
    summary: 'a check of one packet pointer counts for all, whatever their origin',
    unsound: true,
    change: inPart('packetRange', ({ extend }) => ({
      extend: (state, pointer, bytes) => {
        const ids = new Set(state.frames.flatMap(({ registers }) => registers.map(({ id }) => id)));
        for (const id of ids) extend(state, pointer.with({ id }), bytes);
      },
    })),
  },
  {
    name: 'verifier/packet-range-of-meta',
    summary: 'a check of a packet pointer counts for pointers to its metadata, too',
    unsound: true,
    change: inPart('packetRange', ({ extend }) => ({
      extend: (state, pointer, bytes) => {
        extend(state, pointer, bytes);
        extend(state, pointer.with({ type: 'pkt_meta' }), bytes);
        extend(state, pointer.with({ type: 'pkt' }), bytes);
      },
    })),
  },
  {
    name: 'verifier/packet-bound-swapped',
    summary: 'the operands of a comparison with the end of the packet are mixed up',
    unsound: true,
    change: inPart('packetRange', ({ bounded }) => ({
      bounded: (dst, src) => {
        const found = bounded(dst, src);
        return found === undefined || dst.type !== 'pkt_end' ? found : 'dst';
      },
      bytesBelow: (_v, pointer) => pointer.off,
    })),
  },
  {
    name: 'verifier/packet-at-end-is-beyond',
    summary: 'a packet pointer that may be at the end is taken for one beyond it',
    unsound: true,
    change: inPart('packetRange', ({ atEnd }) => ({
      atEnd: (pointer) => atEnd(pointer, true),
    })),
  },
  {
    name: 'verifier/packet-offset-unlimited',
    summary: 'packet pointers may have offsets beyond 0xffff',
    unsound: false,
    change: {
      rules: (rules) => ({ ...rules, limits: { ...rules.limits, packetOffset: 1 << 29 } }),
    },
  },
];
