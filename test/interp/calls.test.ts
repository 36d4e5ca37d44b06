// docs/semantics.md on the machine: Direct jumps, Local calls that start a counter.

import { describe, expect, test } from 'vitest';
import type { TailCallKnobs } from '../../model/profiles/profile.ts';
import { LEAF, results, run, type Setup, TO } from './run.ts';

describe('direct jumps', () => {
  const endingOf = (text: string, slots = 3, knobs: Partial<TailCallKnobs> = {}) =>
    run({
      programs: [`${text}\nr0 = 1\nexit`],
      slots: Array<number>(slots).fill(-1),
      knobs: { directKey: 'tnum_range', ...knobs },
      run: { registers: new Map([[8, 3n]]), context: new Uint8Array(4) },
    }).ending;
  const TRAP = { kind: 'trap', trap: 'out_of_bounds' };
  const FELL = { kind: 'exit', r0: 1n };

  test.each([
    ['the slot beyond three', 'r2 = map[jmp]\nr3 = 3\ncall 12', 3],
    ['32 bits', 'r2 = map[jmp]\nw3 = 3\ncall 12', 3],
    ['a wide constant', 'r3 = 3 ll\nr2 = map[jmp]\ncall 12', 3],
    ['the last that the mask allows', 'r2 = map[jmp]\nr3 = 7\ncall 12', 5],
    ['other instructions in between', 'r3 = 3\nr2 = map[jmp]\nr4 += r3\ncall 12', 3],
    ['a jump target that writes R3', 'goto +0\nr3 = 3\nr2 = map[jmp]\ncall 12', 3],
  ])('traps: %s', (_, text, slots) => {
    expect(endingOf(text, slots)).toMatchObject(TRAP);
    expect(endingOf(text, slots, { directKey: 'checked' })).toEqual(FELL);
    expect(endingOf(text, slots, { indexMasked: true })).toMatchObject(TRAP);
  });

  test.each([
    ['an index in range', 'r2 = map[jmp]\nr3 = 2\ncall 12', 3],
    ['more than the mask', 'r2 = map[jmp]\nr3 = 4\ncall 12', 3],
    ['a power of two', 'r2 = map[jmp]\nr3 = 4\ncall 12', 4],
    ['one slot', 'r2 = map[jmp]\nr3 = 1\ncall 12', 1],
    ['sign-extended', 'r2 = map[jmp]\nr3 = -1\ncall 12', 3],
    ['64 bits are compared', 'r3 = 0x100000003 ll\nr2 = map[jmp]\ncall 12', 3],
    ['a register', 'r2 = map[jmp]\nr3 = r8\ncall 12', 3],
    ['computed', 'r2 = map[jmp]\nr3 = 2\nr3 += 1\ncall 12', 3],
    ['the call is a jump target', 'r2 = map[jmp]\nr3 = 3\ngoto +0\ncall 12', 3],
    [
      'a jump target in between',
      'r2 = map[jmp]\nif r8 == 9 goto l\nr3 = 3\nl:\nr4 = 0\ncall 12',
      3,
    ],
    ['a jump in between', 'r2 = map[jmp]\nr3 = 3\nif r3 == 9 goto -4\ncall 12', 3],
    ['a may_goto in between', 'r2 = map[jmp]\nr3 = 3\nmay_goto -4\ncall 12', 3],
    ['a packet load in between', 'r6 = r1\nr3 = 3\nr0 = *(u8 *)skb[0]\nr2 = map[jmp]\ncall 12', 3],
  ])('does not trap: %s', (_, text, slots) => {
    expect(endingOf(text, slots)).toEqual(FELL);
  });

  test('a function that a local call enters', () => {
    const fallsInto = 'call f\nr3 = 3\nf:\nr2 = map[jmp]\ncall 12\nr0 = 1\nexit';
    const { ending, hops } = run({
      programs: [fallsInto],
      slots: [-1, -1, -1],
      knobs: { directKey: 'tnum_range' },
      run: { registers: new Map([[3, 0n]]) },
    });
    expect(ending).toEqual({ kind: 'exit', r0: 1n });
    expect(hops.map(({ index }) => index)).toEqual([0n, 3n]);
  });

  test('comes after the map argument and uninitialised registers', () => {
    const knobs: Partial<TailCallKnobs> = { directKey: 'tnum_range' };
    const text = 'r2 = 0\nr3 = 3\ncall 12\nexit';
    expect(run({ programs: [text], slots: [-1, -1, -1], knobs }).ending).toMatchObject({
      trap: 'bad_call',
    });
    const unset = `r1 = r5\n${text}`;
    const outcome = run({ programs: [unset], knobs, run: { uninitialised: 'trap' } });
    expect(outcome.ending).toMatchObject({ trap: 'uninitialised_read' });
  });
});

describe('counters of local calls', () => {
  const PROPAGATIONS = ['reference', 'value', 'writeback'] as const;
  const CALLER = `call f\ncall f\ncall f\nr0 = 0\nexit\nf:\n${TO(0)}\nr0 = 1\nexit`;

  test.each([
    ['reference', ['taken', 'taken', 'exhausted']],
    ['value', ['taken', 'taken', 'taken']],
    ['writeback', ['taken', 'taken', 'exhausted']],
  ] as const)('%s: without a trampoline', (propagation, expected) => {
    const setup: Setup = {
      programs: [{ text: CALLER, traced: true }, LEAF],
      slots: [1],
      knobs: { limit: 2, propagation },
    };
    expect(results(run(setup))).toEqual(expected);
    const untraced = { ...setup, programs: [CALLER, LEAF] };
    const knobs = { limit: 2, propagation, trampoline: 'resets' } as const;
    expect(results(run({ ...untraced, knobs }))).toEqual(expected);
  });

  test.each(PROPAGATIONS)('%s: a trampoline resets', (propagation) => {
    const outcome = run({
      programs: [{ text: CALLER, traced: true }, LEAF],
      slots: [1],
      knobs: { limit: 2, propagation, trampoline: 'resets' },
    });
    expect(results(outcome)).toEqual(['taken', 'taken', 'taken']);
  });

  // The caller has used up one of two before, and again uses one after the call.
  const KEEPS = `${TO(1)}\ncall f\n${TO(1)}\n${TO(1)}\nr0 = 0\nexit\nf:\n${TO(1)}\n${TO(1)}\nr0 = 1\nexit`;

  test.each(PROPAGATIONS)('%s: the caller has its own count back', (propagation) => {
    const knobs = {
      limit: 2,
      propagation,
      burns: { outOfRange: false, exhausted: false, empty: true },
    };
    const own = run({
      programs: [{ text: KEEPS, traced: true }],
      knobs: { ...knobs, trampoline: 'resets' },
      slots: [-1, -1],
    });
    expect(results(own)).toEqual(['empty', 'empty', 'empty', 'empty', 'exhausted']);
    const shared = run({ programs: [KEEPS], knobs, slots: [-1, -1] });
    expect(results(shared)).toEqual(
      propagation === 'value'
        ? ['empty', 'empty', 'exhausted', 'empty', 'exhausted']
        : ['empty', 'empty', 'exhausted', 'exhausted', 'exhausted'],
    );
  });

  test.each([
    ['no stack', '', false],
    ['8 bytes', '*(u64 *)(r10 -8) = 0', false],
    ['4 bytes', '*(u32 *)(r10 -4) = 0', true],
    ['12 bytes, 8 of them first', '*(u64 *)(r10 -8) = 0\n*(u32 *)(r10 -12) = 0', true],
    ['a load', 'r0 = *(u8 *)(r10 -1)', true],
    ['an atomic', '*(u64 *)(r10 -8) = 0\nr4 = 1\nlock *(u32 *)(r10 -12) += r4', true],
    ['a store of a register', '*(u8 *)(r10 -3) = r1', true],
    ['another base', 'r4 = r10\n*(u32 *)(r4 -4) = 0', false],
  ])('unrounded: %s', (_, stack, lost) => {
    for (const propagation of PROPAGATIONS) {
      const outcome = run({
        programs: [`${stack}\n${CALLER}`, LEAF],
        slots: [1],
        knobs: { limit: 3, propagation, countSlot: 'unrounded' },
      });
      const result = lost ? 'exhausted' : 'taken';
      expect(results(outcome)).toEqual([result, result, result]);
    }
  });

  test('unrounded: what counts is the stack of the function that calls', () => {
    const text = `call f\nr0 = 0\nexit\nf:\n*(u32 *)(r10 -4) = 0\ncall g\n${TO(0)}\nr0 = 0\nexit\ng:\n${TO(0)}\nr0 = 0\nexit`;
    const outcome = run({
      programs: [text, LEAF],
      slots: [1],
      knobs: { limit: 3, countSlot: 'unrounded' },
    });
    expect(results(outcome)).toEqual(['exhausted', 'taken']);
  });
});
