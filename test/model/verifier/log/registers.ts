// Registers of recorded logs as the verifier's own.

import {
  frameOf,
  type RegisterState,
  type SlotState,
} from '../../../../interp/linux/log/register.ts';
import type { ScalarState } from '../../../../interp/linux/log/scalar.ts';
import type { MapDefinition } from '../../../../model/scenario/scenario.ts';
import { type Scalar, scalarDomain } from '../../../../model/verifier/scalars.ts';
import { Frame } from '../../../../model/verifier/state/frame.ts';
import { Register, type RegisterType } from '../../../../model/verifier/state/register.ts';
import {
  BYTE,
  type ByteKind,
  INVALID_SLOT,
  StackSlot,
  uniform,
  withBytes,
} from '../../../../model/verifier/state/slot.ts';

const DOMAIN = scalarDomain('linux-6.12');
const word = (value: bigint) => BigInt.asUintN(64, value);
const half = (value: bigint) => BigInt.asUintN(32, value);

function scalarFrom(state: ScalarState): Scalar {
  return DOMAIN.stateOf({
    varOff: state.varOff,
    r64: {
      ...{ umin: state.umin, umax: state.umax },
      ...{ smin: word(state.smin), smax: word(state.smax) },
    },
    r32: {
      ...{ umin: state.u32min, umax: state.u32max },
      ...{ smin: half(state.s32min), smax: half(state.s32max) },
    },
  });
}

const NOT_INIT = new Register('not_init', DOMAIN.unknown);

/** @param text of the register, which names its map. @param frame in whose listing it stands. */
export function registerFrom(
  state: RegisterState,
  text: string,
  frame: number,
  maps: readonly MapDefinition[],
): Register {
  if (state.kind === 'scalar') {
    const { id = 0, delta = 0n, precise } = state;
    const value = scalarFrom(state);
    return new Register('scalar', value, Number(delta), id, delta !== 0n, 0, -1, 0, precise);
  }
  const name = /\bmap=(\w+)/.exec(text)?.[1];
  return new Register(
    state.to as RegisterType,
    scalarFrom(state.variable),
    Number(state.offset),
    state.id ?? 0,
    false,
    state.range ?? 0,
    maps.findIndex((map) => map.name === name),
    state.frame ?? frame,
  );
}

const KINDS: Readonly<Record<string, ByteKind>> = {
  '?': BYTE.invalid,
  m: BYTE.misc,
  '0': BYTE.zero,
};

function slotFrom(
  state: SlotState,
  text: string,
  frame: number,
  maps: readonly MapDefinition[],
): StackSlot {
  if (state.kind !== 'bytes') {
    return new StackSlot(uniform(BYTE.spill), registerFrom(state, text, frame, maps));
  }
  let bytes = uniform(BYTE.spill);
  [...state.bytes].forEach((letter, i) => {
    bytes = withBytes(bytes, 7 - i, 8 - i, KINDS[letter]!);
  });
  const { spilled } = state;
  return new StackSlot(bytes, spilled && registerFrom(spilled, text, frame, maps));
}

const CELL = /(?:R(\d+)|fp(-\d+))(_[rw]+)?=((?:[^\s(]|\([^()]*(?:\([^()]*\)[^()]*)*\))*)/g;

/** The frame of a line, in which all that the line tells is scratched. */
export function frameFrom(line: string, maps: readonly MapDefinition[]): Frame {
  const parsed = frameOf(line, false);
  const frame = new Frame(parsed.frame, 0, -1, Array<Register>(11).fill(NOT_INIT));
  for (const [, register, slot, live = '', text] of line.matchAll(CELL)) {
    const isRegister = register !== undefined;
    const number = isRegister ? Number(register) : -Number(slot) / 8 - 1;
    if (isRegister) {
      const state = parsed.registers.get(number)!;
      frame.setRegister(number, registerFrom(state, text!, parsed.frame, maps));
    } else {
      const state = parsed.stack.get(Number(slot))!;
      frame.setSlot(number, slotFrom(state, text!, parsed.frame, maps));
    }
    for (const [letter, marks] of [['r', frame.read] as const, ['w', frame.written] as const]) {
      if (!live.includes(letter)) continue;
      if (isRegister) marks.registers |= 1 << number;
      else marks.slots.add(number);
    }
  }
  for (let slot = 0; slot < frame.slots.length; slot++) frame.slots[slot] ??= INVALID_SLOT;
  return frame;
}
