// Which load-acquires and store-releases are accepted. Observed on 6.19.14, but for what it accepts by mistake.

import { describe, expect, it } from 'vitest';
import { verify } from '../../../../model/verifier/index.ts';
import { END, LOOKUP, outcomeOf, PACKET } from '../access/programs.ts';
import { subjectOf } from '../subjects.ts';

const VALUE = 'r7 = map[one][0]+0; ';
const SPILLED = '*(u64 *)(r10 - 8) = r1; ';

const OUTCOMES: readonly (readonly [text: string, outcome: string, as?: 'unprivileged'])[] = [
  [`${SPILLED}r2 = load_acquire((u64 *)(r10 - 8)); r0 = *(u32 *)(r2 + 0); exit`, 'accepted'],
  [
    'store_release((u64 *)(r10 - 8), r1); r2 = *(u64 *)(r10 - 8); r0 = *(u32 *)(r2 + 0); exit',
    'accepted',
  ],
  [`${VALUE}w0 = load_acquire((u8 *)(r7 + 3)); exit`, 'accepted'],
  [`${VALUE}r0 = 0; store_release((u64 *)(r7 + 0), r7); exit`, 'accepted'],
  ['*(u64 *)(r10 - 8) = -1; w3 = load_acquire((u16 *)(r10 - 6)); r0 = 0; exit', 'accepted'],
  [
    'r0 = load_acquire((u32 *)(r1 + 0)); exit',
    'EACCES BPF_ATOMIC loads from R1 ctx is not allowed',
  ],
  ['r0 = load_acquire((u8 *)(r1 + 8)); exit', 'EACCES BPF_ATOMIC loads from R1 ctx is not allowed'],
  [
    `r0 = 0; store_release((u32 *)(r1 + 8), r0); exit`,
    'EACCES BPF_ATOMIC stores into R1 ctx is not allowed',
  ],
  [
    `${PACKET}r0 = load_acquire((u32 *)(r2 + 2))${END}`,
    'EACCES BPF_ATOMIC loads from R2 pkt is not allowed',
  ],
  [
    `${PACKET}store_release((u32 *)(r2 + 2), r4)${END}`,
    'EACCES BPF_ATOMIC stores into R2 pkt is not allowed',
  ],
  [
    `${PACKET}r0 = load_acquire((u32 *)(r2 + 0))${END}`,
    'EACCES misaligned packet access off 2+0+0+0 size 4',
  ],
  [
    `${VALUE}w0 = load_acquire((u32 *)(r7 + 2)); exit`,
    'EACCES misaligned value access off 0+0+2 size 4',
  ],
  [
    'r0 = 0; store_release((u32 *)(r10 - 6), r0); exit',
    'EACCES misaligned stack access off 0+0+-6 size 4',
  ],
  [
    'r0 = 0; store_release((u32 *)(r1 + 12345), r0); exit',
    'EACCES misaligned context access off 0+0+12345 size 4',
  ],
  [
    'r0 = load_acquire((u32 *)(r1 + 12344)); exit',
    'EACCES invalid bpf_context access off=12344 size=4',
  ],
  ['store_release((u64 *)(r5 + 8), r4); r0 = 0; exit', 'EACCES R4 !read_ok'],
  ['store_release((u64 *)(r5 + 8), r1); r0 = 0; exit', 'EACCES R5 !read_ok'],
  ['r2 = load_acquire((u64 *)(r5 + 0)); r0 = 0; exit', 'EACCES R5 !read_ok'],
  ['r0 = 0; store_release((u64 *)(r0 + 0), r0); exit', "EACCES R0 invalid mem access 'scalar'"],
  ['r7 = 5; r0 = load_acquire((u64 *)(r7 + 0)); exit', 'EACCES misaligned access off 5+0+0 size 8'],
  ['r10 = load_acquire((u64 *)(r1 + 8)); r0 = 0; exit', 'EACCES frame pointer is read only'],
  [
    `${LOOKUP}r2 = load_acquire((u64 *)(r0 + 8))${END}`,
    'EACCES R0 min value is outside of the allowed memory range',
  ],
  [
    `${VALUE}r0 = 0; store_release((u64 *)(r7 + 0), r7); exit`,
    'EACCES R7 leaks addr into map',
    'unprivileged',
  ],
  [
    'store_release((u64 *)(r1 + 48), r10); r0 = 0; exit',
    'EACCES R10 leaks addr into ctx',
    'unprivileged',
  ],
  [
    `${SPILLED}w0 = load_acquire((u32 *)(r10 - 8)); exit`,
    'EACCES invalid size of register fill',
    'unprivileged',
  ],
];

describe('ordered accesses', () => {
  for (const [text, outcome, as] of OUTCOMES) {
    it(`${text}: ${outcome}`, () => expect(outcomeOf(text, as, 'linux-6.19')).toBe(outcome));
  }

  // docs/findings.md: 6.19.14 accepts these two, 7.3.4 does not.
  it('are not made through a context that the load replaces', () => {
    const refusal = 'EACCES BPF_ATOMIC loads from R1 ctx is not allowed';
    const text = 'r1 = load_acquire((u32 *)(r1 + 0)); r0 = r1; exit';
    expect(outcomeOf(text, undefined, 'linux-6.19')).toBe(refusal);
    expect(outcomeOf(text, 'unprivileged', 'linux-6.19')).toBe(refusal);
  });

  it('keep what is known of a number', () => {
    const text = `r6 = *(u32 *)(r1 + 0); r6 &= 7; store_release((u64 *)(r10 - 16), r6)
      r7 = load_acquire((u64 *)(r10 - 16)); ${VALUE.replace('r7', 'r8')}r8 += r7; r0 = *(u8 *)(r8 + 0); exit`;
    expect(outcomeOf(text, undefined, 'linux-6.19')).toBe('accepted');
  });

  it('are logged as 6.19.14 does, but for marks of liveness', () => {
    const text =
      'r3 = 300; store_release((u8 *)(r10 - 8), r3); w0 = load_acquire((u8 *)(r10 - 8)); exit';
    const verdict = verify(subjectOf(text), { rules: 'linux-6.19', logLevel: 2 });
    const log = verdict.kind === 'accepted' ? verdict.log.replaceAll('_w=', '=') : verdict.kind;
    expect(log.split('\n').slice(3, 5)).toEqual([
      '1: (d3) store_release((u8 *)(r10 -8), r3)     ; R3=300 R10=fp0 fp-8=???????300',
      '2: (d3) r0 = load_acquire((u8 *)(r10 -8))     ; R0=44 R10=fp0 fp-8=???????300',
    ]);
  });
});
