// What instructions do to words of any even width, from RFC 9669, for the tests of the abstract operators.

import type { AluOperation } from '../../../model/domain/arithmetic.ts';
import type { Comparison } from '../../../model/domain/branches.ts';

const signed = (width: number, x: bigint) => BigInt.asIntN(width, x);
const wrap = (width: number, x: bigint) => BigInt.asUintN(width, x);

function alu(op: AluOperation, w: number, x: bigint, y: bigint): bigint {
  // The mask of counts, also where the width is no power of two.
  const count = y % BigInt(w);
  const [sx, sy] = [signed(w, x), signed(w, y)];
  switch (op) {
    case 'add':
      return wrap(w, x + y);
    case 'sub':
      return wrap(w, x - y);
    case 'mul':
      return wrap(w, x * y);
    case 'and':
      return x & y;
    case 'or':
      return x | y;
    case 'xor':
      return x ^ y;
    case 'lsh':
      return wrap(w, x << count);
    case 'rsh':
      return x >> count;
    case 'arsh':
      return wrap(w, sx >> count);
    case 'div':
      return y === 0n ? 0n : x / y;
    case 'mod':
      return y === 0n ? x : x % y;
    case 'sdiv':
      return y === 0n ? 0n : wrap(w, sx / sy);
    case 'smod':
      return y === 0n ? x : wrap(w, sx % sy);
  }
}

/** The instruction on registers of `bits`, or on their lower halves with zeros above. */
export function concrete(op: AluOperation, width: 32 | 64, bits: number, x: bigint, y: bigint) {
  if (width === 64) return alu(op, bits, x, y);
  const half = bits / 2;
  return alu(op, half, wrap(half, x), wrap(half, y));
}

export function signExtended(from: number, to: number, x: bigint): bigint {
  return wrap(to, signed(from, x));
}

/** Whether the branch is taken. */
export function takes(op: Comparison, width: 32 | 64, bits: number, x: bigint, y: bigint) {
  const w = width === 64 ? bits : bits / 2;
  const [a, b] = [wrap(w, x), wrap(w, y)];
  const [sa, sb] = [signed(w, x), signed(w, y)];
  switch (op) {
    case 'jeq':
      return a === b;
    case 'jne':
      return a !== b;
    case 'jset':
      return (a & b) !== 0n;
    case 'jgt':
      return a > b;
    case 'jge':
      return a >= b;
    case 'jlt':
      return a < b;
    case 'jle':
      return a <= b;
    case 'jsgt':
      return sa > sb;
    case 'jsge':
      return sa >= sb;
    case 'jslt':
      return sa < sb;
    case 'jsle':
      return sa <= sb;
  }
}
