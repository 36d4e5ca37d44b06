// States to try operators on: any well-formed ones with edges everywhere, and those that a verifier reaches, which
// are what some operators and branches make of unknown registers and constants.

import { ALU_OPERATIONS } from '../../../../model/domain/arithmetic.ts';
import { COMPARISONS } from '../../../../model/domain/branches.ts';
import type { Domain } from '../../../../model/domain/domain.ts';
import type { RegState } from '../../../../model/domain/state.ts';

/** Numbers in [0, below). */
export type Draw = (below: number) => number;

/** Small, fast and the same everywhere (mulberry32). */
export function drawFrom(seed: number): Draw {
  let a = seed;
  return (below) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const EDGES = [0n, 1n, 2n, 31n, 32n, 33n, 63n, 64n, 0x7fn, 0x80n, 0xffn, 0xffffn, 0x10000n].concat([
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x8000_0000_0000_0000n,
]);

export function drawWord(draw: Draw, width: number): bigint {
  const random = (BigInt(draw(2 ** 32)) << 32n) | BigInt(draw(2 ** 32));
  const edge = EDGES[draw(EDGES.length)]! + BigInt(draw(3) - 1);
  const kinds = [random, random >> BigInt(draw(64)), edge, -edge, -(random >> BigInt(draw(64)))];
  return BigInt.asUintN(width, kinds[draw(kinds.length)]!);
}

/** A state around a word: each part holds the word, and knows more or less. */
export function drawState(d: Domain<bigint, boolean>, draw: Draw): RegState<bigint> {
  const { wide, half, low } = d.algebra;
  const x = drawWord(draw, wide.width);
  const mask = [0n, wide.ones, drawWord(draw, 64), drawWord(draw, 64) & drawWord(draw, 64)];
  const unknown = wide.and(mask[draw(mask.length)]!, wide.ones);
  const around = (bits: typeof wide, word: bigint) => {
    const least = (a: bigint, b: bigint) => (a < b ? a : b);
    const most = (a: bigint, b: bigint) => (a > b ? a : b);
    const signed = (a: bigint) => BigInt.asIntN(bits.width, a);
    const other = () => (draw(4) === 0 ? word : drawWord(draw, bits.width));
    const open = draw(3) === 0;
    const s = [signed(other()), signed(other())] as const;
    return {
      umin: open ? 0n : least(word, other()),
      umax: open ? bits.ones : most(word, other()),
      smin: draw(3) === 0 ? bits.signedMin : bits.of(least(signed(word), s[0])),
      smax: draw(3) === 0 ? bits.signedMax : bits.of(most(signed(word), s[1])),
    };
  };
  const state = {
    varOff: { value: x & ~unknown, mask: unknown },
    r64: draw(4) === 0 ? d.range.unbounded : around(wide, x),
    r32: draw(4) === 0 ? d.range32.unbounded : around(half, low(x)),
  };
  return [state, d.sync(state), d.constant(x), d.unknown][[0, 0, 1, 1, 1, 2, 3][draw(7)]!]!;
}

/** A state that a program of a few instructions and branches leads to. */
export function reachableState(d: Domain<bigint, boolean>, draw: Draw): RegState<bigint> {
  const constant = () => d.constant(drawWord(draw, d.algebra.wide.width));
  let state = d.unknown;
  for (let n = draw(5); n > 0; n--) {
    const width = draw(2) === 0 ? 32 : 64;
    if (draw(2) === 0) {
      const op = ALU_OPERATIONS[draw(9)]!;
      const isShift = op === 'lsh' || op === 'rsh' || op === 'arsh';
      const operand = isShift ? d.constant(BigInt(draw(width))) : constant();
      state = d.alu(op, width, state, operand);
    } else {
      const op = COMPARISONS[draw(COMPARISONS.length)]!;
      const operand = constant();
      const { taken, notTaken } = d.branchTaken(op, width, state, operand);
      const way = taken || (!notTaken && draw(2) === 0);
      state = d.refine(op, width, way, state, operand)[0];
    }
  }
  return state;
}
