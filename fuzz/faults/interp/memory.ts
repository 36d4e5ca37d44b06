// Planted faults in the interpreter's memory, maps and calls.

import { AddressSpace, OUT_OF_BOUNDS } from '../../../interp/address-space.ts';
import { setHalves } from '../../../interp/registers.ts';
import { RunArray, RunHash } from '../../../interp/run-maps.ts';
import type { Fault } from '../fault.ts';
import { fault, registers } from './plant.ts';

const MEMORY: readonly Fault[] = [
  fault('memory', 'ldxsb-zero-extends', 'LDXSB zero-extends', (s) => ({
    ...s,
    loadSigned: { ...s.loadSigned, B: s.load.B },
  })),
  fault('memory', 'ldxsw-to-32-bits', 'LDXSW clears the upper half', (s) => ({
    ...s,
    loadSigned: { ...s.loadSigned, W: s.load.W },
  })),
  fault('memory', 'ldxh-big-endian', 'LDXH reads big-endian', (s) => ({
    ...s,
    load: {
      ...s.load,
      H: (halves, r, view, at) => setHalves(halves, r, view.getUint16(at, false), 0),
    },
  })),
  fault('memory', 'stxw-stores-a-byte', 'STW and STXW store one byte', (s) => ({
    ...s,
    store: { ...s.store, W: s.store.B },
  })),
  fault('memory', 'stxdw-low-half-twice', 'STXDW stores the low half twice', (s) => ({
    ...s,
    store: { ...s.store, DW: (view, at, lo) => s.store.DW(view, at, lo, lo) },
  })),
  fault('memory', 'load-acquire-w-sign-extends', 'LOAD_ACQ_W sign-extends', (s) => ({
    ...s,
    loadAcquire: { ...s.loadAcquire, W: s.loadSigned.W },
  })),
  fault('memory', 'packet-little-endian', 'LD_ABS_H and LD_IND_H read little-endian', (s) => ({
    ...s,
    packetLoad: { ...s.packetLoad, H: s.load.H },
  })),
  fault(
    'memory',
    'ld-ind-forgets-imm',
    'LD_IND does not add imm',
    (s) => ({
      ...s,
      packetOffset: { ...s.packetOffset, IND: (_imm, src) => Number(BigInt.asIntN(32, src)) },
    }),
    { singleInstruction: false },
  ),
  fault(
    'memory',
    'bounds-ignore-size',
    'only the first byte of an access is checked',
    (s) => ({ ...s, AddressSpace: FirstByteOnly }),
    { singleInstruction: false },
  ),
  fault('memory', 'bounds-one-short', 'the last byte of a region cannot be reached', (s) => ({
    ...s,
    AddressSpace: OneShort,
  })),
];

class FirstByteOnly extends AddressSpace {
  override locateAt(address: number, size: number): number {
    const at = super.locateAt(address, 1);
    // Accesses that would leave the backing buffer as well stay out: a fault must not crash the engine.
    return at >= 0 && at + size > this.bytes.length ? OUT_OF_BOUNDS : at;
  }
}

class OneShort extends AddressSpace {
  override locateAt(address: number, size: number): number {
    const at = super.locateAt(address, size);
    return at >= 0 && super.locateAt(address, size + 1) < 0 ? OUT_OF_BOUNDS : at;
  }
}

const CALLS: readonly Fault[] = [
  registers('call-keeps-r1-r5', 'helpers leave R1 to R5', { clobberedByCall: [] }),
  registers('call-loses-r9', 'local calls do not restore R9', { savedByCall: [6, 7, 8] }),
  registers('callee-sees-r6', "local functions see the caller's R6", {
    unsetAtLocalCall: [0, 7, 8, 9],
  }),
  registers('packet-load-keeps-r5', 'packet loads leave R5', {
    clobberedByPacketLoad: [1, 2, 3, 4],
  }),
  fault(
    'call',
    'local-call-off-by-one',
    'local calls land one slot early',
    (s) => ({ ...s, target: { ...s.target, call: (pc, { imm }) => pc + imm } }),
    { singleInstruction: false },
  ),
  fault('call', 'stx-src-not-read', 'storing an uninitialised register does not trap', (s) => ({
    ...s,
    registersRead: (i) => (i.row.operation.family === 'stx' ? 1 << i.dst : s.registersRead(i)),
  })),
];

const MAPS: readonly Fault[] = [
  fault(
    'map',
    'array-update-noexist',
    'an array update with BPF_NOEXIST succeeds',
    (s) => ({ ...s, RunArray: LaxArray }),
    { singleInstruction: false },
  ),
  fault(
    'map',
    'array-lookup-off-by-one',
    'an array lookup at max_entries finds a value',
    (s) => ({ ...s, RunArray: LongArray }),
    { singleInstruction: false },
  ),
  fault(
    'map',
    'hash-delete-missing',
    'deleting an absent key succeeds',
    (s) => ({ ...s, RunHash: LaxHash }),
    { singleInstruction: false },
  ),
];

class LaxArray extends RunArray {
  override update(key: Uint8Array, value: Uint8Array, flags: bigint): number {
    return super.update(key, value, flags === 1n ? 0n : flags);
  }
}

class LongArray extends RunArray {
  override lookup(key: Uint8Array): number {
    const atEnd =
      key[0] === this.definition.maxEntries && key[1] === 0 && key[2] === 0 && key[3] === 0;
    return atEnd ? this.addressOf(this.definition.maxEntries) : super.lookup(key);
  }
}

class LaxHash extends RunHash {
  override delete(key: Uint8Array): number {
    super.delete(key);
    return 0;
  }
}

export const MEMORY_FAULTS: readonly Fault[] = [...MEMORY, ...CALLS, ...MAPS];
