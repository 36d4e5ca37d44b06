// Faults in what the verifier makes of memory: bounds of map values, packets and the stack, what slots hold.

import { StackSlot } from '../../../model/verifier/state/slot.ts';
import { inPart, type VerifierFault } from './fault.ts';

export const MEMORY_FAULTS: readonly VerifierFault[] = [
  {
    name: 'verifier/region-one-more',
    summary: 'an access may end one byte behind a map value or a packet',
    unsound: true,
    change: inPart('region', ({ isWithin }) => ({
      isWithin: (offset, size, length) => isWithin(offset, size, length + 1),
    })),
  },
  {
    name: 'verifier/region-size-forgotten',
    summary: 'the size of an access does not count, only where it begins',
    unsound: true,
    change: inPart('region', ({ isWithin }) => ({
      isWithin: (offset, _size, length) => isWithin(offset, 1, length),
    })),
  },
  {
    name: 'verifier/region-negative',
    summary: 'accesses before a map value or a packet are let through',
    unsound: true,
    change: inPart('region', () => ({
      isNegative: () => false,
      isWithin: (offset, size, length) => offset + size <= length,
    })),
  },
  {
    name: 'verifier/value-least-only',
    summary: 'of an offset that varies, only the least is checked',
    unsound: true,
    change: inPart('region', ({ checkValue, checkPacket }) => ({
      checkPacket,
      checkValue: (v, register, offset, size) => {
        const { value } = v.frame.registers[register]!;
        if (value.varOff.mask === 0n) checkValue(v, register, offset, size);
        else if (BigInt.asIntN(64, value.r64.smin) < 0n) checkValue(v, register, offset, size);
      },
    })),
  },
  {
    name: 'verifier/packet-unchecked',
    summary: 'packets are read without a check',
    unsound: true,
    change: inPart('region', () => ({ checkPacket: () => {} })),
  },
  {
    name: 'verifier/stack-above-frame',
    summary: 'accesses may end 8 bytes above the frame',
    unsound: true,
    change: inPart('stackBounds', ({ isAbove }) => ({ isAbove: (end) => isAbove(end - 8) })),
  },
  {
    name: 'verifier/stack-below-frame',
    summary: 'the stack of a function is 8 bytes larger',
    unsound: true,
    change: inPart('stackBounds', ({ lowest }) => ({
      lowest: (v, frame, access) => lowest(v, frame, access) - 8,
    })),
  },
  {
    name: 'verifier/partial-spill-is-whole',
    summary: 'a store of part of a register fills the slot with all of it',
    unsound: true,
    change: inPart('slots', ({ spill }) => ({
      spill: (v, slot, _size, register) => spill(v, slot, 8, register),
    })),
  },
  {
    name: 'verifier/overwritten-spill-kept',
    summary: 'a stored register is still there when some of its bytes are overwritten',
    unsound: true,
    change: inPart('slots', () => ({ scrub: (slot) => slot })),
  },
  {
    name: 'verifier/data-not-written',
    summary: 'a store that is no spill leaves the slot as it was known',
    unsound: true,
    change: inPart('slots', () => ({ data: (_v, slot) => slot })),
  },
  {
    name: 'verifier/data-is-zero',
    summary: 'what is stored as data is taken for 0',
    unsound: true,
    change: inPart('slots', ({ data }) => ({
      data: (v, slot, from, end) => data(v, slot, from, end, 2),
    })),
  },
  {
    name: 'verifier/beside-spill-kept',
    summary: 'a spill of a part leaves bytes beside it as those of the register before',
    unsound: true,
    change: inPart('slots', () => ({ besideSpill: (_v, kind) => kind })),
  },
  {
    name: 'verifier/fill-from-middle',
    summary: 'a load from the middle of a stored number gives its lowest bytes',
    unsound: true,
    change: inPart('stackRead', () => ({
      fillsPart: (_v, _at, size, stored) => size <= stored,
    })),
  },
  {
    name: 'verifier/fill-more-than-stored',
    summary: 'a load of more than was stored gives what was stored',
    unsound: true,
    change: inPart('stackRead', () => ({ fillsPart: (_v, at) => at === 0 })),
  },
  {
    name: 'verifier/fill-keeps-link',
    summary: 'a part of a stored number keeps the link to the whole',
    unsound: true,
    change: inPart('stackRead', () => ({ linkPart: (_v, spilled) => spilled })),
  },
  {
    name: 'verifier/spill-keeps-link',
    summary: 'a number of which a part is stored keeps the link to the whole',
    unsound: true,
    change: inPart('stackWrite', () => ({
      linkSpilled: (v, register) => {
        const linked = v.parts.linked.identify(v, v.frame.registers[register]!);
        v.refine(v.frame, register, linked);
        return linked;
      },
    })),
  },
  {
    name: 'verifier/variable-store-forgotten',
    summary: 'a store at an offset that varies leaves the slots as they were',
    unsound: true,
    change: inPart('stackWrite', () => ({ mergeByte: () => 'any' })),
  },
  {
    name: 'verifier/variable-store-keeps-zero',
    summary: 'bytes that a store at an offset that varies may hit stay 0',
    unsound: true,
    change: inPart('stackWrite', ({ mergeByte }) => ({
      mergeByte: (v, frame, at) => mergeByte(v, frame, at, true),
    })),
  },
  {
    name: 'verifier/unset-stack-readable',
    summary: 'programs without privileges may read stack that nothing was written to',
    unsound: true,
    change: inPart('stackRange', ({ isReadable }) => ({
      isReadable: (v, kind) => kind === 0 || isReadable(v, kind),
    })),
  },
  {
    name: 'verifier/variable-load-is-zero',
    summary: 'a load at an offset that varies gives 0 where one byte may be 0',
    unsound: true,
    change: inPart('stackRead', ({ read, zero }) => ({
      read: (v, register, range, size, wanted, signed) => {
        const found = read(v, register, range, size, wanted, signed);
        return range.varies ? zero(v) : found;
      },
    })),
  },
  {
    name: 'verifier/load-extends-nothing',
    summary: 'a load of a part of a number gives all of it',
    unsound: true,
    change: inPart('loaded', () => ({ extend: (_v, value) => value })),
  },
  {
    name: 'verifier/signed-load-is-unsigned',
    summary: 'a load with sign extension is tracked without',
    unsound: true,
    change: inPart('loaded', ({ extend }) => ({
      extend: (v, value, size) => extend(v, value, size, false),
    })),
  },
  {
    name: 'verifier/context-size-one-more',
    summary: 'fields of the context are found for accesses of any size',
    unsound: true,
    change: inPart('context', ({ field }) => ({
      field: (type, access, offset, _size, signed) => field(type, access, offset & ~3, 4, signed),
    })),
  },
  {
    name: 'verifier/context-moved',
    summary: 'pointers to the context that were moved are followed as if they were not',
    unsound: true,
    change: inPart('context', () => ({ checkPointer: () => {} })),
  },
  {
    name: 'verifier/misaligned-stack',
    summary: 'pointers to the stack need not be aligned (CVE-2017-17856)',
    unsound: true,
    change: inPart('alignment', () => ({ isAligned: () => true, check: () => {} })),
  },
  {
    name: 'verifier/stored-pointer-leaks',
    summary: 'programs without privileges may store pointers where they can be read',
    unsound: false,
    change: inPart('leaks', () => ({ checkStored: () => {} })),
  },
  {
    name: 'verifier/cmpxchg-into-src',
    summary: 'compare-and-exchange is taken to fetch into its source',
    unsound: true,
    change: inPart('atomic', ({ fetchInto }) => ({
      fetchInto: (op, src) => (op === 'CMPXCHG' ? src : fetchInto(op, src)),
    })),
  },
  {
    name: 'verifier/fetch-forgotten',
    summary: 'an atomic operation that fetches leaves its source as it was',
    unsound: true,
    change: inPart('atomic', ({ fetchInto }) => ({
      fetchInto: (op, src) => (op === 'CMPXCHG' ? fetchInto(op, src) : -1),
    })),
  },
  {
    name: 'verifier/packet-load-clobbers-nothing',
    summary: 'LD_ABS and LD_IND leave R1 to R5',
    unsound: true,
    change: inPart('packetLoad', () => ({ clobber: () => {} })),
  },
  {
    name: 'verifier/packet-load-never-fails',
    summary: 'a load from beyond the packet does not end a function (CVE-2026-53090)',
    unsound: true,
    change: inPart('packetLoad', () => ({ failure: (v) => v.pc + 1 })),
  },
  {
    name: 'verifier/spilled-copy-mixes',
    summary: 'the bytes of a spill are those of the register that was there before',
    unsound: true,
    change: inPart('slots', ({ spill }) => ({
      spill: (v, slot, size, register) =>
        slot.spilled === undefined
          ? spill(v, slot, size, register)
          : new StackSlot(spill(v, slot, size, register).bytes, slot.spilled),
    })),
  },
  {
    name: 'verifier/signed-fill-keeps-id',
    summary: 'a fill that extends a sign keeps the id of the number that was spilled (6.12, 6.19)',
    unsound: true,
    change: { rules: (rules) => ({ ...rules, signedFillsKeepId: true }) },
  },
];
