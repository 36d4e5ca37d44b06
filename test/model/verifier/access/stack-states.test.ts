// What is known of the stack after stores, and of what is loaded from it. Observed on 6.12.117.

import { describe, expect, it } from 'vitest';
import { outcomeOf, stateAfter, varying } from './programs.ts';

describe('numbers of 8 bytes', () => {
  it.each([
    [
      'r6 = *(u64 *)(r1 + 48); *(u64 *)(r10 - 8) = r6; r7 = *(u64 *)(r10 - 8)',
      'R7_w=scalar(id=1) R10=fp0 fp-8_w=scalar(id=1)',
    ],
    [
      'r6 = *(u8 *)(r1 + 8); *(u64 *)(r10 - 8) = r6; r7 = *(u32 *)(r10 - 8)',
      'R7_w=scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff)) R10=fp0 fp-8_w=scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))',
    ],
    [
      'r6 = *(u8 *)(r1 + 8); *(u64 *)(r10 - 8) = r6; r7 = *(u8 *)(r10 - 8)',
      'R7_w=scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff)) R10=fp0 fp-8_w=scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))',
    ],
    [
      'r6 = *(u64 *)(r1 + 48); *(u64 *)(r10 - 8) = r6; r7 = *(u32 *)(r10 - 8)',
      'R7_w=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8_w=scalar(id=1)',
    ],
    [
      'r6 = *(u16 *)(r1 + 8); *(u64 *)(r10 - 8) = r6; r7 = *(u8 *)(r10 - 8)',
      'R7_w=scalar(smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff)) R10=fp0 fp-8_w=scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=0xffff,var_off=(0x0; 0xffff))',
    ],
    [
      'r6 = *(u8 *)(r1 + 8); *(u64 *)(r10 - 8) = r6; r7 = *(u32 *)(r10 - 4)',
      'R7_w=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8_w=scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))',
    ],
    [
      'r6 = -2; *(u64 *)(r10 - 8) = r6; r7 = *(u32 *)(r10 - 8)',
      'R7_w=0xfffffffe R10=fp0 fp-8_w=-2',
    ],
    ['r6 = -2; *(u64 *)(r10 - 8) = r6; r7 = *(s16 *)(r10 - 8)', 'R7_w=-2 R10=fp0 fp-8_w=-2'],
    ['r6 = 0; *(u64 *)(r10 - 8) = r6; r7 = *(u8 *)(r10 - 3)', 'R7_w=0 R10=fp0 fp-8_w=0'],
  ])('%s: %s', (text, state) => {
    expect(stateAfter(text)).toBe(state);
  });
});

describe('numbers of fewer bytes', () => {
  it.each([
    [
      'r6 = *(u32 *)(r1 + 8); *(u32 *)(r10 - 8) = r6; r7 = *(u32 *)(r10 - 8)',
      'R7_w=scalar(id=1,smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=????scalar(id=1,smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))',
    ],
    [
      'r6 = *(u32 *)(r1 + 8); *(u32 *)(r10 - 8) = r6; r7 = *(u64 *)(r10 - 8)',
      'R7_w=scalar() R10=fp0 fp-8=????scalar(id=1,smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))',
    ],
    [
      'r6 = *(u64 *)(r1 + 48); *(u32 *)(r10 - 8) = r6; r7 = *(u32 *)(r10 - 8)',
      'R7_w=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=????scalar()',
    ],
    [
      'r6 = *(u8 *)(r1 + 8); *(u32 *)(r10 - 8) = r6; r7 = *(u16 *)(r10 - 8)',
      'R7_w=scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff)) R10=fp0 fp-8=????scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))',
    ],
    [
      'r6 = *(u8 *)(r1 + 8); *(u16 *)(r10 - 8) = r6; r7 = *(u16 *)(r10 - 8)',
      'R7_w=scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff)) R10=fp0 fp-8=??????scalar(id=1,smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))',
    ],
    [
      'r6 = *(u8 *)(r1 + 8); *(u32 *)(r10 - 4) = r6; r7 = *(u32 *)(r10 - 4)',
      'R7_w=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=mmmm????',
    ],
    [
      'r6 = *(u8 *)(r1 + 8); *(u32 *)(r10 - 8) = r6; *(u8 *)(r10 - 8) = 1; r7 = *(u32 *)(r10 - 8)',
      'R7_w=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=????mmm1',
    ],
    [
      'r6 = *(u8 *)(r1 + 8); *(u32 *)(r10 - 8) = r6; *(u8 *)(r10 - 2) = 1; r7 = *(u32 *)(r10 - 8)',
      'R7_w=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=?m??mmmm',
    ],
    [
      'r6 = 0; *(u32 *)(r10 - 4) = r6; *(u32 *)(r10 - 8) = r6; r7 = *(u64 *)(r10 - 8)',
      'R7_w=scalar() R10=fp0 fp-8=00000',
    ],
    [
      'r6 = 0; *(u32 *)(r10 - 4) = r6; *(u8 *)(r10 - 8) = r6; r7 = *(u32 *)(r10 - 4)',
      'R7_w=0 R10=fp0 fp-8=0000???0',
    ],
  ])('%s: %s', (text, state) => {
    expect(stateAfter(text)).toBe(state);
  });
});

describe('immediates', () => {
  it.each([
    ['*(u64 *)(r10 - 8) = -1; r7 = *(u64 *)(r10 - 8)', 'R7_w=-1 R10=fp0 fp-8_w=-1'],
    ['*(u64 *)(r10 - 8) = -1; r7 = *(u32 *)(r10 - 8)', 'R7_w=0xffffffff R10=fp0 fp-8_w=-1'],
    ['*(u32 *)(r10 - 8) = 5; r7 = *(u32 *)(r10 - 8)', 'R7_w=5 R10=fp0 fp-8=????5'],
    [
      '*(u32 *)(r10 - 4) = 5; r7 = *(u32 *)(r10 - 4)',
      'R7_w=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=mmmm????',
    ],
    ['*(u32 *)(r10 - 4) = 0; r7 = *(u16 *)(r10 - 2)', 'R7_w=0 R10=fp0 fp-8=0000????'],
    [
      '*(u32 *)(r10 - 8) = 5; *(u32 *)(r10 - 4) = 0; r7 = *(u32 *)(r10 - 4)',
      'R7_w=0 R10=fp0 fp-8=0000mmmm',
    ],
    [
      '*(u64 *)(r10 - 8) = 0; *(u8 *)(r10 - 6) = 0; r7 = *(u64 *)(r10 - 8)',
      'R7_w=scalar() R10=fp0 fp-8_w=mmmmm0mm',
    ],
  ])('%s: %s', (text, state) => {
    expect(stateAfter(text)).toBe(state);
  });
});

describe('bytes that nothing was written to', () => {
  it.each([
    ['r7 = *(u64 *)(r10 - 8)', 'R7_w=scalar() R10=fp0'],
    [
      '*(u8 *)(r10 - 1) = 0; r7 = *(u16 *)(r10 - 2)',
      'R7_w=scalar(smin=smin32=0,smax=umax=smax32=umax32=0xffff,var_off=(0x0; 0xffff)) R10=fp0 fp-8=0???????',
    ],
  ])('%s: %s', (text, state) => {
    expect(stateAfter(text)).toBe(state);
  });
});

describe('offsets that vary', () => {
  it.each([
    [
      `${varying()}r7 = *(u8 *)(r2 + 0)`,
      'R2_w=fp(off=-16,smin=smin32=0,smax=umax=smax32=umax32=8,var_off=(0x0; 0x8)) R7_w=scalar(smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))',
    ],
    [
      `*(u32 *)(r10 - 4) = 0; ${varying(-4, 2)}r7 = *(u8 *)(r2 + 0)`,
      'R2_w=fp(off=-4,smin=smin32=0,smax=umax=smax32=umax32=2,var_off=(0x0; 0x2)) R7_w=0 fp-8=0000????',
    ],
    [
      `*(u64 *)(r10 - 16) = 7; *(u64 *)(r10 - 8) = r1; ${varying()}r7 = *(u64 *)(r2 + 0)`,
      'R2_w=fp(off=-16,smin=smin32=0,smax=umax=smax32=umax32=8,var_off=(0x0; 0x8)) R7_w=scalar() fp-16_w=7',
    ],
    [
      `*(u64 *)(r10 - 16) = 0; ${varying()}*(u64 *)(r2 + 0) = 0; r7 = *(u64 *)(r10 - 16)`,
      'R7_w=0 R10=fp0 fp-16_w=0',
    ],
    [
      `*(u64 *)(r10 - 16) = 0; ${varying()}*(u64 *)(r2 + 0) = 1; r7 = *(u64 *)(r10 - 16)`,
      'R7_w=scalar() R10=fp0 fp-16_w=mmmmmmmm',
    ],
    [
      `*(u32 *)(r10 - 12) = 0; ${varying()}*(u64 *)(r2 + 0) = 0; r7 = *(u32 *)(r10 - 12)`,
      'R7_w=0 R10=fp0 fp-16=0000mmmm',
    ],
    [
      `*(u64 *)(r10 - 16) = r1; ${varying()}*(u8 *)(r2 + 0) = 1; r7 = *(u64 *)(r10 - 16)`,
      'R7_w=scalar() R10=fp0 fp-16_w=mmmmmmmm',
    ],
    [
      `*(u64 *)(r10 - 16) = 9; ${varying(-12, 1)}*(u8 *)(r2 + 0) = 1; r7 = *(u64 *)(r10 - 16)`,
      'R7_w=scalar() R10=fp0 fp-16_w=mmmmmmmm',
    ],
  ])('%s: %s', (text, state) => {
    expect(stateAfter(text)).toBe(state);
  });
});

describe('helpers', () => {
  it.each([
    [
      '*(u64 *)(r10 - 8) = 0; r1 = map[one]; r2 = r10; r2 += -8; call bpf_map_lookup_elem; r7 = *(u64 *)(r10 - 8)',
      'R7_w=scalar() R10=fp0 fp-8_w=mmmmmmmm',
    ],
    [
      '*(u32 *)(r10 - 4) = 0; *(u32 *)(r10 - 8) = 5; r1 = map[one]; r2 = r10; r2 += -4; call bpf_map_lookup_elem; r7 = *(u32 *)(r10 - 8)',
      'R7_w=5 R10=fp0 fp-8=mmmm5',
    ],
    [
      'r1 = map[one]; r2 = r10; r2 += -8; call bpf_map_lookup_elem; r7 = *(u64 *)(r10 - 8)',
      'R7_w=scalar() R10=fp0 fp-8=????mmmm',
    ],
    [
      '*(u64 *)(r10 - 8) = r1; r1 = map[one]; r2 = r10; r2 += -8; call bpf_map_lookup_elem; r7 = *(u64 *)(r10 - 8)',
      'R7_w=scalar() R10=fp0 fp-8_w=mmmmmmmm',
    ],
  ])('%s: %s', (text, state) => {
    expect(stateAfter(text)).toBe(state);
  });
});

describe('atomic operations', () => {
  it.each([
    [
      '*(u64 *)(r10 - 8) = 5; r7 = 1; lock *(u64 *)(r10 - 8) += r7; r7 = *(u64 *)(r10 - 8)',
      'R7_w=scalar() R10=fp0 fp-8_w=mmmmmmmm',
    ],
    [
      '*(u64 *)(r10 - 8) = 5; r7 = 1; r7 = atomic64_fetch_add((u64 *)(r10 - 8), r7)',
      'R7_w=5 R10=fp0 fp-8_w=mmmmmmmm',
    ],
    [
      '*(u64 *)(r10 - 8) = 5; r7 = 1; w7 = atomic_fetch_xor((u32 *)(r10 - 4), w7)',
      'R7_w=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8_w=mmmmmmmm',
    ],
    [
      '*(u64 *)(r10 - 8) = 5; r7 = 1; r7 = atomic64_xchg((u64 *)(r10 - 8), r7)',
      'R7_w=5 R10=fp0 fp-8_w=mmmmmmmm',
    ],
    [
      '*(u64 *)(r10 - 8) = r1; r0 = 1; r7 = 1; r0 = atomic64_cmpxchg((u64 *)(r10 - 8), r0, r7)',
      'R0_w=ctx() R7_w=1 R10=fp0 fp-8_w=mmmmmmmm',
    ],
    [
      '*(u32 *)(r10 - 8) = 5; r0 = 1; r7 = 1; w0 = atomic_cmpxchg((u32 *)(r10 - 8), w0, w7)',
      'R0_w=5 R7_w=1 R10=fp0 fp-8=????mmmm',
    ],
  ])('%s: %s', (text, state) => {
    expect(stateAfter(text)).toBe(state);
  });
});

describe('the stack of a caller', () => {
  it('is listed as the slot of that number of the running function', () => {
    const text =
      '*(u64 *)(r10 - 8) = 7; r2 = r10; call f; exit; f: *(u64 *)(r10 - 8) = 5; *(u64 *)(r2 - 8) = 6';
    expect(stateAfter(text, 1)).toBe('frame1: R2_w=fp[0]0 fp-8_w=5');
  });

  it.each([
    ['6', 'accepted'],
    ['7', "EACCES R0 invalid mem access 'scalar'"],
  ])('is as it was left: %s', (number, outcome) => {
    const caller = `call f; r7 = *(u64 *)(r10 - 8); if r7 == ${number} goto out; r0 = *(u64 *)(r0 + 0); out: exit`;
    const callee = 'f: *(u64 *)(r2 - 8) = 6; r0 = 0; exit';
    const text = `*(u64 *)(r10 - 8) = 7; r2 = r10; ${caller}; ${callee}`;
    expect(outcomeOf(text)).toBe(outcome);
  });
});
