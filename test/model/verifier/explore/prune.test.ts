// Which registers and slots cover which others, and how ids are paired.

import { describe, expect, it, test } from 'vitest';
import { PairedIds } from '../../../../model/verifier/explore/ids.ts';
import { Frame } from '../../../../model/verifier/state/frame.ts';
import { Register, type RegisterFields } from '../../../../model/verifier/state/register.ts';
import {
  BYTE,
  type ByteKind,
  StackSlot,
  uniform,
  withBytes,
} from '../../../../model/verifier/state/slot.ts';
import { State } from '../../../../model/verifier/state/state.ts';
import { createVerification } from '../../../../model/verifier/verify.ts';
import { subjectOf, UNPRIVILEGED } from '../subjects.ts';

const v = createVerification(subjectOf('r0 = 0; exit'));
const unprivileged = createVerification(subjectOf('r0 = 0; exit', UNPRIVILEGED));
const linux61 = createVerification(subjectOf('r0 = 0; exit'), { rules: 'linux-6.1' });
const { domain } = v;

const notInit = v.notInit;
const unknown = new Register('scalar', domain.unknown);
const any = unknown.with({ precise: true });
const number = (value: bigint, fields: Partial<RegisterFields> = {}) =>
  new Register('scalar', domain.constant(value)).with({ precise: true, ...fields });
const upTo = (max: number) =>
  any.with({ value: domain.alu('and', 64, domain.unknown, domain.immediate(max)) });
const pointer = (type: Register['type'], fields: Partial<RegisterFields> = {}) =>
  new Register(type, domain.constant(0n)).with(fields);

type Exactly = 'no' | 'range' | 'yes';
const covers = (old: Register, now: Register, exactly: Exactly = 'no', verifier = v) =>
  verifier.parts.prune.coversRegister(verifier, old, now, new PairedIds(), exactly);

describe('a register covers another', () => {
  const pkt = (fields: Partial<RegisterFields>) => pointer('pkt', { range: 8, ...fields });
  const value = (fields: Partial<RegisterFields>) => pointer('map_value', { map: 1, ...fields });
  const nullable = (fields: Partial<RegisterFields>) =>
    pointer('map_value_or_null', { map: 1, id: 1, ...fields });
  test.each<[string, boolean, Register, Register, Exactly?]>([
    ['that is not set, anything', true, notInit, pkt({})],
    ['that is not set, only its like where all counts', false, notInit, number(1n), 'range'],
    ['nothing that is not set', false, any, notInit],
    ['an imprecise number, any number', true, number(5n, { precise: false }), number(7n)],
    ['but not where all counts', false, number(5n, { precise: false }), number(7n), 'range'],
    ['a precise number, itself', true, number(5n), number(5n, { precise: false })],
    ['and no other', false, number(5n), number(7n)],
    ['a range, what lies in it', true, upTo(7), number(7n)],
    ['a range, nothing beyond', false, upTo(7), number(8n)],
    ['a number, no range', false, number(7n), upTo(7)],
    ['a range, what lies in it, where all counts', true, upTo(7), number(7n), 'range'],
    ['a range, only itself where nothing may be narrower', false, upTo(7), number(7n), 'yes'],
    ['no pointer', false, unknown, pointer('ctx')],
    ['more bytes of the packet', true, pkt({}), pkt({ range: 9 })],
    ['not fewer', false, pkt({}), pkt({ range: 7 })],
    ['no other offset into the packet', false, pkt({}), pkt({ off: 1 })],
    ['a packet pointer of an id, one of an id', true, pkt({ id: 1 }), pkt({ id: 7 })],
    ['a packet pointer of an id, none of none', false, pkt({ id: 1 }), pkt({})],
    ['beyond the end, only that', false, pkt({ range: -1 }), pkt({ range: 8 })],
    ['the value of the same map', true, value({}), value({})],
    ['no value of another map', false, value({}), value({ map: 2 })],
    ['no other offset into a value', false, value({ off: 4 }), value({})],
    [
      'a narrower offset into a value',
      true,
      value({ value: upTo(7).value }),
      value({ value: upTo(3).value }),
    ],
    ['what may be null, what may be', true, nullable({}), nullable({ id: 9 })],
    ['what may be null, nothing else', false, nullable({}), value({})],
    ['the same place of the stack', true, pointer('fp', { off: -8 }), pointer('fp', { off: -8 })],
    ['no other place', false, pointer('fp', { off: -8 }), pointer('fp', { off: -16 })],
    ["no other function's stack", false, pointer('fp'), pointer('fp', { frame: 1 })],
    ['the same map', true, pointer('map_ptr', { map: 1 }), pointer('map_ptr', { map: 1 })],
    ['no other map', false, pointer('map_ptr', { map: 1 }), pointer('map_ptr', { map: 0 })],
  ])('%s: %s', (_what, expected, old, now, exactly) => {
    expect(covers(old, now, exactly)).toBe(expected);
  });

  it('by its number always, without privileges', () => {
    const imprecise = number(5n, { precise: false });
    expect(covers(imprecise, number(7n), 'no', unprivileged)).toBe(false);
  });

  it('only by the same number, once pointers moved by unknown ones', () => {
    const verifier = createVerification(subjectOf('r0 = 0; exit', UNPRIVILEGED));
    verifier.comparesScalarsExactly = true;
    expect(covers(upTo(7), number(7n), 'no', verifier)).toBe(false);
    expect(covers(upTo(7), upTo(7), 'no', verifier)).toBe(true);
  });

  it('without their ids in 6.1', () => {
    expect(covers(number(5n, { id: 1 }), number(5n), 'no', linux61)).toBe(true);
    const shifted = pointer('map_value', { map: 1, value: upTo(3).value });
    const wider = shifted.with({ value: upTo(7).value });
    expect(covers(wider, shifted, 'no', linux61)).toBe(false);
  });
});

describe('links of scalars', () => {
  const both = (old: readonly Register[], now: readonly Register[]) => {
    const ids = new PairedIds();
    return old.every((register, i) =>
      v.parts.prune.coversRegister(v, register, now[i]!, ids, 'no'),
    );
  };
  const linked = (id: number, off?: number) =>
    any.with({ id, ...(off === undefined ? {} : { off, addsConstant: true }) });
  test.each<[string, boolean, Register[], Register[]]>([
    ['are kept', true, [linked(1), linked(1)], [linked(7), linked(7)]],
    ['must not be missing', false, [linked(1), linked(1)], [linked(7), linked(8)]],
    ['must not be missing on both sides', false, [linked(1), linked(1)], [any, any]],
    ['may be there and not asked for', true, [any, any], [linked(7), linked(7)]],
    ['must not join two', false, [linked(1), linked(2)], [linked(7), linked(7)]],
    ['have the same constants', true, [linked(1), linked(1, 4)], [linked(7), linked(7, 4)]],
    ['have no other constants', false, [linked(1), linked(1, 4)], [linked(7), linked(7, 5)]],
    ['are to the same number', false, [linked(1), linked(1, 4)], [linked(7), linked(8, 4)]],
    ['with a constant are not those without', false, [linked(1, 4)], [linked(7)]],
    ['without a constant are not those with one', false, [linked(1)], [linked(7, 4)]],
  ])('%s: %s', (_what, expected, old, now) => {
    expect(both(old, now)).toBe(expected);
  });
});

describe('a slot covers another', () => {
  const KINDS = [BYTE.invalid, BYTE.misc, BYTE.zero] as const;
  const slot = (...kinds: ByteKind[]) =>
    new StackSlot(kinds.reduce<number>((bytes, kind, at) => withBytes(bytes, at, at + 1, kind), 0));
  const half = (low: ByteKind, high: ByteKind) => slot(low, low, low, low, high, high, high, high);
  const full = (register: Register) => new StackSlot(uniform(BYTE.spill), register);
  const coversSlot = (old: StackSlot, now: StackSlot | undefined, verifier = v) =>
    verifier.parts.prune.coversSlot(verifier, old, now, new PairedIds(), 'no');

  it('where each byte does, with privileges', () => {
    for (const a of KINDS)
      for (const b of KINDS)
        for (const c of KINDS)
          for (const d of KINDS) {
            const covered = (old: ByteKind, now: ByteKind) =>
              old !== BYTE.zero || now === BYTE.zero;
            expect(coversSlot(half(a, b), half(c, d))).toBe(covered(a, c) && covered(b, d));
          }
  });

  it('where each byte does, without', () => {
    for (const a of KINDS)
      for (const b of KINDS)
        for (const c of KINDS)
          for (const d of KINDS) {
            const covered = (old: ByteKind, now: ByteKind) =>
              old === BYTE.invalid || old === now || (old === BYTE.misc && now === BYTE.zero);
            expect(coversSlot(half(a, b), half(c, d), unprivileged)).toBe(
              covered(a, c) && covered(b, d),
            );
          }
  });

  test.each<[string, boolean, StackSlot, StackSlot | undefined]>([
    ['unset bytes, a stack that is shorter', true, slot(), undefined],
    ['zeros, no stack that is shorter', false, new StackSlot(uniform(BYTE.zero)), undefined],
    ['what is known of neither', true, full(unknown), new StackSlot(uniform(BYTE.misc))],
    ['a number, no bytes', false, full(number(5n)), new StackSlot(uniform(BYTE.misc))],
    ['bytes, a number', true, new StackSlot(uniform(BYTE.misc)), full(number(5n))],
    ['a pointer, itself', true, full(pointer('ctx')), full(pointer('ctx'))],
    ['a pointer, no number', false, full(pointer('ctx')), full(number(5n))],
    ['a pointer, no bytes', false, full(pointer('ctx')), new StackSlot(uniform(BYTE.misc))],
    ['zeros, no stored zero', false, new StackSlot(uniform(BYTE.zero)), full(number(0n))],
    [
      'four bytes of a number, of a number that it covers',
      true,
      new StackSlot(withBytes(0, 0, 4, BYTE.spill), upTo(7)),
      new StackSlot(withBytes(0, 0, 4, BYTE.spill), number(7n)),
    ],
    [
      'four bytes of a number, of no other',
      false,
      new StackSlot(withBytes(0, 0, 4, BYTE.spill), upTo(7)),
      new StackSlot(withBytes(0, 0, 4, BYTE.spill), number(8n)),
    ],
  ])('%s: %s', (_what, expected, old, now) => {
    expect(coversSlot(old, now)).toBe(expected);
  });

  it('that nothing is known of, as a number only since 6.9', () => {
    expect(coversSlot(full(unknown), new StackSlot(uniform(BYTE.misc)), linux61)).toBe(false);
  });
});

describe('a state covers another', () => {
  const state = (...frames: Frame[]) => new State(frames);
  const frame = (callSite: number, ...values: Register[]) => {
    const registers = new Array<Register>(11).fill(notInit);
    values.forEach((register, r) => {
      registers[r] = register;
    });
    const made = new Frame(callSite < 0 ? 0 : 1, 0, callSite, registers);
    made.read.registers = 0x3ff;
    return made;
  };
  const coversState = (old: State, now: State, exactly: Exactly = 'no') =>
    v.parts.prune.covers(v, old, now, exactly);

  it('but for registers that nobody read', () => {
    const old = state(frame(-1, number(1n), number(2n)));
    const now = state(frame(-1, number(1n), number(3n)));
    expect(coversState(old, now)).toBe(false);
    old.frame.read.registers = 1;
    expect(coversState(old, now)).toBe(true);
    expect(coversState(old, now, 'range')).toBe(false);
  });

  it('of the same calls only', () => {
    const main = () => frame(-1);
    expect(coversState(state(main(), frame(4)), state(main(), frame(4)))).toBe(true);
    expect(coversState(state(main(), frame(4)), state(main(), frame(5)))).toBe(false);
    expect(coversState(state(main(), frame(4)), state(main()))).toBe(false);
  });

  it('with the same links across frames', () => {
    const linked = (id: number) => any.with({ id });
    const old = state(frame(-1, linked(1)), frame(4, linked(1)));
    expect(coversState(old, state(frame(-1, linked(7)), frame(4, linked(7))))).toBe(true);
    expect(coversState(old, state(frame(-1, linked(7)), frame(4, linked(8))))).toBe(false);
  });
});
