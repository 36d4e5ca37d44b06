// Numbers of the verifier's log, as 6.12 spells them: small ones in decimal, others in hexadecimal.

import type { RegState } from '../../domain/index.ts';

const S16_MIN = -0x8000n;
const S16_MAX = 0x7fffn;
const U16_MAX = 0xffffn;

const hex = (value: bigint) => `0x${BigInt.asUintN(64, value).toString(16)}`;

const isShort = (value: bigint) => value >= S16_MIN && value <= S16_MAX;

/** A signed number: `-100`, `0xfffffffffffeee90`. @param value any 64 bits. */
export function signedText(value: bigint): string {
  const signed = BigInt.asIntN(64, value);
  return isShort(signed) ? `${signed}` : hex(value);
}

/** An unsigned number: `40000`, `0x11170`. */
export function unsignedText(value: bigint): string {
  return value <= U16_MAX ? `${value}` : hex(value);
}

/** A bound that says something. */
interface Bound {
  readonly name: string;
  /** What bounds with one value share: 32-bit ones that are not short are told without their sign. */
  readonly value: bigint;
}

/** The bounds that say more than the width does, in the order of the log. */
function boundsOf({ r64, r32 }: RegState<bigint>): Bound[] {
  const all: (Bound & { readonly says: boolean })[] = [
    { name: 'smin', value: BigInt.asIntN(64, r64.smin), says: r64.smin !== 1n << 63n },
    { name: 'smax', value: BigInt.asIntN(64, r64.smax), says: r64.smax !== (1n << 63n) - 1n },
    { name: 'umin', value: r64.umin, says: r64.umin !== 0n },
    { name: 'umax', value: r64.umax, says: r64.umax !== (1n << 64n) - 1n },
    { name: 'smin32', value: half(r32.smin), says: r32.smin !== 1n << 31n },
    { name: 'smax32', value: half(r32.smax), says: r32.smax !== (1n << 31n) - 1n },
    { name: 'umin32', value: r32.umin, says: r32.umin !== 0n },
    { name: 'umax32', value: r32.umax, says: r32.umax !== (1n << 32n) - 1n },
  ];
  return all.filter(({ says }) => says);
}

function half(value: bigint): bigint {
  const signed = BigInt.asIntN(32, value);
  return isShort(signed) ? signed : BigInt.asUintN(32, value);
}

/** `smin=smin32=0`, `smax=umax=smax32=umax32=255`: bounds of one value stand together, where the first of them is. */
export function boundsText(scalar: RegState<bigint>): string[] {
  const groups: { readonly value: bigint; readonly isLeast: boolean; readonly names: string[] }[] =
    [];
  for (const { name, value } of boundsOf(scalar)) {
    // Least bounds do not stand with greatest ones.
    const isLeast = name.includes('min');
    const group = groups.find((g) => g.value === value && g.isLeast === isLeast);
    if (group === undefined) groups.push({ value, isLeast, names: [name] });
    else group.names.push(name);
  }
  return groups.map(({ value, names }) => {
    const text = names[0]!.startsWith('s') ? signedText(value) : unsignedText(value);
    return `${names.join('=')}=${text}`;
  });
}

/** `var_off=(0x0; 0xff)`; nothing where no bit is known. */
export function varOffText({ varOff: { value, mask } }: RegState<bigint>): string[] {
  return mask === (1n << 64n) - 1n ? [] : [`var_off=(${hex(value)}; ${hex(mask)})`];
}
