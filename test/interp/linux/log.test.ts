// The verifier's log of both kernels. The lines are what the kernels were seen to print.

import { describe, expect, test } from 'vitest';
import { parseVerifierLog, statesBefore } from '../../../interp/linux/log/parse.ts';
import { frameOf, registerOf } from '../../../interp/linux/log/register.ts';
import { constant, U64_MAX } from '../../../interp/linux/log/scalar.ts';

const S64_MIN = -(2n ** 63n);
const S32_MIN = -(2n ** 31n);
const U32_MAX = 2n ** 32n - 1n;

describe('a scalar', () => {
  test('of Linux 6.12 leaves out what says nothing', () => {
    const text = 'scalar(smin=0,smax=umax=0xffffffff,smin32=-5,var_off=(0x0; 0xffffffff))';
    expect(registerOf(text, false)).toEqual({
      kind: 'scalar',
      precise: false,
      varOff: { value: 0n, mask: 0xffffffffn },
      ...{ umin: 0n, umax: U32_MAX, smin: 0n, smax: U32_MAX },
      ...{ u32min: 0n, u32max: U32_MAX, s32min: -5n, s32max: 2n ** 31n - 1n },
    });
  });

  test('of Linux 6.1 also what is the same: the same number on both kernels', () => {
    const pairs = [
      [
        'scalar(umax=255,var_off=(0x0; 0xff))',
        'scalar(smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))',
      ],
      [
        'scalar(umax=4294967295,var_off=(0x0; 0xffffffff))',
        'scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))',
      ],
      ['scalar()', 'scalar()'],
      [
        'scalar(umin=2147483648,umax=4294967295,var_off=(0x80000000; 0x7fffffff),s32_max=-6,u32_max=-6)',
        'scalar(smin=umin=umin32=0x80000000,smax=umax=0xffffffff,umax32=0xfffffffa,smax32=-6,var_off=(0x80000000; 0x7fffffff))',
      ],
    ] as const;
    for (const [older, newer] of pairs)
      expect(registerOf(older, true)).toEqual(registerOf(newer, false));
  });

  test('of Linux 6.1 with an open sign has no signed bounds of its own', () => {
    expect(registerOf('scalar(umin=17)', true)).toMatchObject({
      umin: 17n,
      umax: U64_MAX,
      smin: S64_MIN,
      s32min: S32_MIN,
    });
  });

  test('may be known, precise, and linked to others', () => {
    expect(registerOf('7', false)).toEqual({ kind: 'scalar', precise: false, ...constant(7n) });
    expect(registerOf('P-1', false)).toMatchObject({ precise: true, umax: U64_MAX, s32min: -1n });
    expect(registerOf('0xfffffffffffffffb', false)).toMatchObject({ smin: -5n });
    expect(registerOf('scalar(id=5+1,umin=1)', false)).toMatchObject({ id: 5, delta: 1n });
  });
});

describe('a pointer', () => {
  test('is the same in both spellings', () => {
    expect(registerOf('ctx(off=0,imm=0)', true)).toEqual(registerOf('ctx()', false));
    expect(registerOf('pkt(off=14,r=14,imm=0)', true)).toEqual(
      registerOf('pkt(off=14,r=14)', false),
    );
    expect(registerOf('map_value_or_null(id=2,off=0,ks=4,vs=16,imm=0)', true)).toMatchObject({
      to: 'map_value_or_null',
      id: 2,
      keySize: 4,
      valueSize: 16,
    });
  });

  test('has a constant and a variable offset', () => {
    const older = 'map_value(off=3,ks=4,vs=16,umax=7,var_off=(0x0; 0x7))';
    const newer =
      'map_value(off=3,ks=4,vs=16,smin=smin32=0,smax=umax=smax32=umax32=7,var_off=(0x0; 0x7))';
    expect(registerOf(older, true)).toEqual(registerOf(newer, false));
    expect(registerOf(newer, false)).toMatchObject({ offset: 3n, variable: { umax: 7n } });
    expect(registerOf('fp-32', false)).toMatchObject({ to: 'fp', offset: -32n });
  });
});

test('a frame has registers and stack slots, with blanks in parentheses', () => {
  const text =
    ' frame1: R0_w=scalar(umin=1,var_off=(0x0; 0x7)) R10=fp0 fp-8_w=scalar(id=2) fp-16=????mmmm fp-24=ctx()';
  const { frame, registers, stack } = frameOf(text, false);
  expect(frame).toBe(1);
  expect([...registers.keys()]).toEqual([0, 10]);
  expect([...stack.keys()]).toEqual([-8, -16, -24]);
  expect(stack.get(-16)).toEqual({ kind: 'bytes', bytes: '????mmmm' });
  expect(stack.get(-24)).toMatchObject({ to: 'ctx' });
});

const LOG_6_12 = `func#0 @0
0: R1=ctx() R10=fp0
0: (18) r2 = 0xff3fc44a022ff400      ; R2_w=map_ptr(ks=4,vs=4)
2: (b7) r3 = 1                       ; R3_w=1
3: (0f) r3 += r3
mark_precise: frame0: last_idx 3 first_idx 0 subseq_idx -1 
4: R3_w=2
4: (85) call bpf_tail_call#12
5:
5: (15) if r6 == 0x0 goto pc+2       ; R6=scalar(umin=1)
6: (b7) r0 = 1                       ; R0_w=1
7: (95) exit

from 5 to 8: R6=0 R10=fp0
8: R6=0 R10=fp0
8: (b7) r0 = 2                       ; R0_w=2
9: (95) exit

from 5 to 8: safe
processed 10 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1
`;

describe('a log', () => {
  const log = parseVerifierLog(LOG_6_12);
  const states = statesBefore(log);

  test('has an event for each instruction, and its statistics', () => {
    const pcs = log.events.flatMap((event) => (event.kind === 'instruction' ? [event.pc] : []));
    expect(pcs).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(log.events).toContainEqual({ kind: 'pruned', pc: 8 });
    expect(log.processed).toBe(pcs.length + 1);
  });

  test('hides addresses, and loses no line', () => {
    const [first] = log.events.filter(({ kind }) => kind === 'instruction');
    expect(first).toMatchObject({ text: '(18) r2 = 0x0' });
    expect(
      log.events
        .filter(({ kind }) => kind === 'message')
        .map((event) => 'text' in event && event.text),
    ).toEqual([
      'func#0 @0',
      'mark_precise: frame0: last_idx 3 first_idx 0 subseq_idx -1 ',
      expect.stringMatching(/^processed 10 insns/),
    ]);
  });

  test('gives the frame before each instruction', () => {
    const registersAt = (pc: number) => states.find((state) => state.pc === pc)!.registers;
    expect([...registersAt(0).keys()]).toEqual([1, 10]);
    expect(registersAt(4).get(3)).toMatchObject({ umax: 2n });
    // A call leaves nothing of R1 to R5; where a branch starts, its own state holds.
    expect([...registersAt(5).keys()]).toEqual([10]);
    expect(registersAt(6).get(6)).toMatchObject({ umin: 1n });
    expect(registersAt(8).get(6)).toMatchObject({ umax: 0n });
  });
});

describe('the stack', () => {
  test('of a caller is told by its frame', () => {
    expect(registerOf('fp[0]-8', false)).toMatchObject({ to: 'fp', offset: -8n, frame: 0 });
    expect(registerOf('fp[1](off=-24,smin=smin32=0,smax=umax=8)', false)).toMatchObject({
      ...{ to: 'fp', offset: -24n, frame: 1 },
      variable: { umax: 8n },
    });
    expect(registerOf('fp-8', false)).not.toHaveProperty('frame');
  });

  test.each([
    ['0000????', { kind: 'bytes', bytes: '0000????' }],
    ['????0', { kind: 'bytes', bytes: '????', spilled: { kind: 'scalar', umax: 0n } }],
    ['00001234', { kind: 'bytes', bytes: '0000', spilled: { umin: 1234n, umax: 1234n } }],
    ['mmmmmmscalar(umax=7)', { kind: 'bytes', bytes: 'mmmmmm', spilled: { umax: 7n } }],
    ['???????scalar()', { kind: 'bytes', bytes: '???????', spilled: { kind: 'scalar' } }],
    ['0', { kind: 'scalar', umax: 0n }],
    ['map_value(ks=4,vs=8)', { kind: 'pointer', to: 'map_value' }],
  ])('holds bytes, and registers in some of them: %s', (text, slot) => {
    expect(frameOf(`fp-8=${text}`, false).stack.get(-8)).toMatchObject(slot);
  });
});

test('a packet pointer at its end or beyond has a range below 0, whichever way it is printed', () => {
  expect(registerOf('pkt(off=14,r=0xfffffffffffffffe)', false)).toMatchObject({ range: -2 });
  expect(registerOf('pkt(off=14,r=-2,imm=0)', true)).toMatchObject({ range: -2 });
});
