// Registers are 64-bit words that are also seen as two 32-bit halves: loads, stores and address checks
// work on halves as plain numbers, which V8 handles without allocating.

const littleEndianHost = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Place of a register's low half behind `2 * register` in the halves; the high half is the other one. */
export const LOW = littleEndianHost ? 0 : 1;
export const HIGH = 1 - LOW;

/** Sets a register from its halves; only the low 32 bits of each count. */
export function setHalves(halves: Uint32Array, register: number, low: number, high: number): void {
  halves[2 * register + LOW] = low;
  halves[2 * register + HIGH] = high;
}
