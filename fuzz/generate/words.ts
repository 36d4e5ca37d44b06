// Words that are likely to show a fault: around powers of two and sign boundaries, else anything.

import type { Rng } from './rng.ts';

function around(center: bigint): bigint[] {
  return [center - 1n, center, center + 1n].map((value) => BigInt.asUintN(64, value));
}

/** Unsigned 64-bit words at the edges of 8, 16, 32 and 64 bits, signed and unsigned. */
export const EDGE_WORDS: readonly bigint[] = [
  ...new Set([
    ...[0n, 1n << 7n, 1n << 8n, 1n << 15n, 1n << 16n, 1n << 31n, 1n << 32n, 1n << 63n].flatMap(
      around,
    ),
    ...[-(1n << 7n), -(1n << 15n), -(1n << 31n), -(1n << 32n)].flatMap(around),
    0xffff_ffff_0000_0000n,
    0x8000_0000_8000_0000n,
    0x5555_5555_aaaa_aaaan,
    0x0123_4567_89ab_cdefn,
  ]),
];

/** An unsigned 64-bit word. */
export function word64(rng: Rng): bigint {
  switch (rng.int(0, 3)) {
    case 0:
    case 1:
      return rng.pick(EDGE_WORDS);
    case 2:
      return BigInt(rng.int(0, 64));
    default:
      return (BigInt(rng.int(0, 0xffff_ffff)) << 32n) | BigInt(rng.int(0, 0xffff_ffff));
  }
}

/** A signed 32-bit immediate. */
export function immediate(rng: Rng): number {
  switch (rng.int(0, 3)) {
    case 0:
      return Number(BigInt.asIntN(32, rng.pick(EDGE_WORDS)));
    case 1:
    case 2:
      return rng.int(-2, 64);
    default:
      return rng.int(-0x8000_0000, 0x7fff_ffff);
  }
}
