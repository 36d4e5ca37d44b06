// Registers and stack slots as the log of 6.12 spells them: `R3_w=scalar(id=1,umax=255,…)`, `fp-8=mmmm????`.

import type { MapDefinition } from '../../scenario/scenario.ts';
import type { Frame } from '../state/frame.ts';
import { isPacketPointer, type Register } from '../state/register.ts';
import { BYTE, byteKind, SLOT_SIZE, type StackSlot } from '../state/slot.ts';
import { kernelMapName } from './map-name.ts';
import { boundsText, signedText, unsignedText, varOffText } from './numbers.ts';

type Maps = readonly MapDefinition[];

/** A register as it stands behind `R1=`. @param frame in whose listing it stands. */
export function registerText(register: Register, frame: number, maps: Maps): string {
  return register.type === 'scalar' ? scalarText(register) : pointerText(register, frame, maps);
}

function scalarText(register: Register): string {
  const { value, id, addsConstant, off } = register;
  const precise = register.precise ? 'P' : '';
  if (value.varOff.mask === 0n) return precise + signedText(value.varOff.value);
  const linked = addsConstant ? `id=${id}+${off}` : `id=${id}`;
  const parts = [...(id === 0 ? [] : [linked]), ...boundsText(value), ...varOffText(value)];
  return `${precise}scalar(${parts.join(',')})`;
}

function pointerText(register: Register, frame: number, maps: Maps): string {
  const { type, value, off, id, map } = register;
  const isConstant = value.varOff.mask === 0n;
  const offset = BigInt(off);
  const owner = type === 'fp' && register.frame !== frame ? `[${register.frame}]` : '';
  if (type === 'fp' && isConstant) return `fp${owner}${signedText(offset + value.varOff.value)}`;
  const varying = isConstant
    ? nonzero(value.varOff.value, (number) => `imm=${signedText(number)}`)
    : [...boundsText(value), ...varOffText(value)];
  const parts = [
    ...nonzero(id, (number) => `id=${number}`),
    ...(map < 0 ? [] : mapText(maps[map]!)),
    ...nonzero(offset, (number) => `off=${signedText(number)}`),
    ...(isPacketPointer(register) && type !== 'pkt_end'
      ? [`r=${unsignedText(BigInt.asUintN(64, BigInt(register.range)))}`]
      : []),
    ...varying,
  ];
  return `${type}${owner}(${parts.join(',')})`;
}

function nonzero<T extends number | bigint>(value: T, text: (value: T) => string): string[] {
  return Number(value) === 0 ? [] : [text(value)];
}

function mapText(map: MapDefinition): string[] {
  const { keySize, valueSize } = map.type === 'prog_array' ? PROG_ARRAY : map;
  return [`map=${kernelMapName(map.name)}`, `ks=${keySize}`, `vs=${valueSize}`];
}

/** Its keys are indices, its values file descriptors. */
const PROG_ARRAY = { keySize: 4, valueSize: 4 } as const;

const BYTE_LETTERS: Readonly<Record<number, string>> = {
  [BYTE.invalid]: '?',
  [BYTE.misc]: 'm',
  [BYTE.zero]: '0',
  [BYTE.spill]: '',
};

/** From the highest address to the lowest: a letter for each byte, then the register of which the rest are bytes. */
function slotText({ bytes, spilled }: StackSlot, frame: number, maps: Maps): string {
  let letters = '';
  for (let at = SLOT_SIZE - 1; at >= 0; at--) letters += BYTE_LETTERS[byteKind(bytes, at)];
  return spilled === undefined ? letters : letters + registerText(spilled, frame, maps);
}

/** `_r` was read, `_w` written since the last checkpoint. */
function livenessText(read: boolean, written: boolean): string {
  if (!read && !written) return '';
  return `_${read ? 'r' : ''}${written ? 'w' : ''}`;
}

const isIn = (registers: number, register: number) => ((registers >>> register) & 1) !== 0;

/**
 * A frame as it stands behind `7:`, with a space before each part: all that is known, or what is scratched.
 * Registers that are not set and slots without a valid byte are left out.
 */
export function frameText(frame: Frame, maps: Maps, which: 'all' | 'scratched'): string {
  const { number, registers, slots, read, written, scratched } = frame;
  const all = which === 'all';
  let text = number === 0 ? '' : ` frame${number}:`;
  registers.forEach((register, r) => {
    if (register.type === 'not_init' || !(all || isIn(scratched.registers, r))) return;
    const live = livenessText(isIn(read.registers, r), isIn(written.registers, r));
    text += ` R${r}${live}=${registerText(register, number, maps)}`;
  });
  slots.forEach((slot, s) => {
    if (slot.bytes === 0 || !(all || scratched.slots.has(s))) return;
    const live = livenessText(read.slots.has(s), written.slots.has(s));
    text += ` fp${-SLOT_SIZE * (s + 1)}${live}=${slotText(slot, number, maps)}`;
  });
  return text;
}

const ALL_REGISTERS = 0x7ff;

/** Marks all of a frame as changed. */
export function scratchAll({ scratched }: Frame): void {
  scratched.registers = ALL_REGISTERS;
  scratched.slots.addAll();
}

/** Whether something is marked as changed. */
export function isScratched({ scratched }: Frame): boolean {
  return scratched.registers !== 0 || !scratched.slots.isEmpty;
}
