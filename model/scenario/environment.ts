// What surrounds a run and must be the same for every engine: addresses, poison, clock and random numbers.
// Described in docs/semantics.md; chosen here once so that outcomes compare to the bit.

import { InputError } from '../errors.ts';

/** Regions are kept apart by windows; a window is a whole number of pages. */
export const PAGE_BYTES = 0x1_0000;
/** Where in its window a region starts, so that small underflows stay in the window. */
export const WINDOW_LEAD = 0x1000;

export const STACK_BYTES = 512;
/** Linux's MAX_CALL_FRAMES: of one program, from its entry on, at the start or by a tail call. */
export const FRAME_LIMIT = 8;
/** All frames of a run: 33 tail calls, each from the deepest frame, leave room for 8 + 33 * 7. */
export const STACK_FRAMES = 240;
const CONTEXT_WINDOW = 0x0002_0000;
const PACKET_WINDOW = 0x0004_0000;
/** 240 windows of one page end where the maps' windows start. */
const STACK_WINDOWS = 0x0010_0000;
const MAP_WINDOWS = 0x0100_0000;

/** The first byte of a stack frame; r10 is `STACK_BYTES` above. */
export function frameBase(frame: number): number {
  return STACK_WINDOWS + frame * PAGE_BYTES + WINDOW_LEAD;
}
export const CONTEXT_BASE = CONTEXT_WINDOW + WINDOW_LEAD;
export const PACKET_BASE = PACKET_WINDOW + WINDOW_LEAD;
/** Context and packet each fit in one window. */
export const CONTEXT_BYTES_MAX = PAGE_BYTES - 2 * WINDOW_LEAD;
export const PACKET_BYTES_MAX = PAGE_BYTES - 2 * WINDOW_LEAD;
/** All map values together; keeps every window below 2^32. */
export const MAP_BYTES_MAX = 64 * 1024 * 1024;

/** Bytes from one value of a map to the next: value_size rounded up to 8, as in the kernel. */
export function valueStride(valueSize: number): number {
  return (valueSize + 7) & ~7;
}

/** A run of addresses: `[windowStart, windowEnd)` belongs to the region `[base, base + bytes)`. */
export interface Region {
  readonly base: number;
  readonly bytes: number;
  readonly windowStart: number;
  readonly windowEnd: number;
}

function region(windowStart: number, bytes: number): Region {
  const pages = Math.ceil((bytes + 2 * WINDOW_LEAD) / PAGE_BYTES);
  return {
    base: windowStart + WINDOW_LEAD,
    bytes,
    windowStart,
    windowEnd: windowStart + pages * PAGE_BYTES,
  };
}

export function frameRegion(frame: number): Region {
  return region(STACK_WINDOWS + frame * PAGE_BYTES, STACK_BYTES);
}
export function contextRegion(bytes: number): Region {
  return region(CONTEXT_WINDOW, bytes);
}
export function packetRegion(bytes: number): Region {
  return region(PACKET_WINDOW, bytes);
}

/** Regions of the maps' values, in map order; maps without values of their own (prog arrays) have none. */
export function mapRegions(
  maps: readonly { readonly valueBytes: number }[],
): (Region | undefined)[] {
  let next = MAP_WINDOWS;
  let total = 0;
  return maps.map(({ valueBytes }) => {
    if (valueBytes === 0) return undefined;
    total += valueBytes;
    if (total > MAP_BYTES_MAX) {
      throw new InputError(`the maps' values take more than ${MAP_BYTES_MAX} bytes`, {
        at: 'maps',
      });
    }
    const values = region(next, valueBytes);
    next = values.windowEnd;
    return values;
  });
}

const MAP_HANDLES = 0xffff_8880_0000_0000n;
/** The pointer that stands for the n-th map; it lies in no window. */
export function mapHandle(map: number): bigint {
  return MAP_HANDLES + BigInt(map) * 0x100n;
}
/** The map that a handle stands for, or -1. */
export function mapOfHandle(value: bigint, mapCount: number): number {
  const distance = value - MAP_HANDLES;
  if (distance < 0n || distance % 0x100n !== 0n) return -1;
  const map = distance / 0x100n;
  return map < BigInt(mapCount) ? Number(map) : -1;
}

const CODE = 0xffff_ffff_a000_0000n;
/** Programs keep to their own addresses: so many bytes each, and so many programs up to 2^64. */
export const PROGRAM_BYTES_MAX = 0x80_0000;
export const PROGRAMS_MAX = 192;

/** The address that stands for a slot of a program (LD_IMM64 code_addr). */
export function codeAddress(program: number, slot: number): bigint {
  return CODE + BigInt(program) * BigInt(PROGRAM_BYTES_MAX) + BigInt(slot) * 8n;
}

const REGISTER_POISON = Array.from({ length: 11 }, (_, n) => 0xbad0_bad0_bad0_bad0n + BigInt(n));
/** What an unset register holds. */
export function poisonRegister(register: number): bigint {
  return REGISTER_POISON[register]!;
}
/** What an unset stack byte holds. */
export const POISON_BYTE = 0xb5;

/** Linux's BPF_MAX_LOOPS: how often a may_goto falls through by default. */
export const MAY_GOTO_BUDGET = 8_388_608;

/** A 32-bit mix of seed and counter (the finaliser of MurmurHash3 over both). */
function mix(seed: number, n: number): number {
  let x = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(n + 1, 0xc2b2_ae35);
  x = Math.imul(x ^ (x >>> 16), 0x85eb_ca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2_ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The clock at the n-th call of bpf_ktime_get_ns, in nanoseconds; it never goes back. */
export function clockNs(seed: number, n: number): bigint {
  return 1_000_000_000n + BigInt(mix(seed, -2)) + BigInt(n) * 1000n;
}

/** The n-th random number of bpf_get_prandom_u32: unsigned 32 bits. */
export function prandomU32(seed: number, n: number): number {
  return mix(seed, n);
}
