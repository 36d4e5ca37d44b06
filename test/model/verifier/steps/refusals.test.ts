// What arithmetic, moves and jumps are refused for. Messages and error numbers were observed on Linux 6.12.117.

import { describe, expect, test } from 'vitest';
import { VERIFIER_RULES, verify } from '../../../../model/verifier/index.ts';
import type { Subject } from '../../../../model/verifier/subject.ts';
import { subjectOf, UNPRIVILEGED } from '../subjects.ts';
import { MAPS } from './recorded.ts';

const PRIVILEGED: Partial<Subject> = { type: 'sched_cls', maps: MAPS };
const USER: Partial<Subject> = { ...UNPRIVILEGED, maps: MAPS };
const END = 'r0 = 0; exit';
const LOOKUP = '*(u32 *)(r10 - 4) = 0; r2 = r10; r2 += -4; r1 = map[h]; call bpf_map_lookup_elem';
const NUMBER = 'r3 = *(u32 *)(r1 + 0)';

function refusal(text: string, options: Partial<Subject>, rules?: 'linux-6.1'): string {
  const verdict = verify(
    subjectOf(`${text}; ${END}`, options),
    rules === undefined ? {} : { rules },
  );
  return verdict.kind === 'rejected' ? `${verdict.errno} ${verdict.message}` : verdict.kind;
}

describe('operands', () => {
  test.each([
    ['r2 += 5', 'EACCES R2 !read_ok'],
    ['r2 = 1; r2 += r3', 'EACCES R3 !read_ok'],
    ['r2 += r3', 'EACCES R3 !read_ok'],
    ['if r2 > r3 goto +0', 'EACCES R2 !read_ok'],
    ['r2 = 5; r2 /= 0', 'EINVAL div by zero'],
    ['r2 = 5; w2 %= 0', 'EINVAL div by zero'],
    ['r2 /= 0', 'EACCES R2 !read_ok'],
    ['r2 = 5; r2 <<= 64', 'EINVAL invalid shift 64'],
    ['r2 = 5; r2 <<= 63', 'accepted'],
    ['r2 = 5; w2 >>= 32', 'EINVAL invalid shift 32'],
    ['r2 = 5; w2 >>= 31', 'accepted'],
    ['r2 = 5; r2 s>>= -1', 'EINVAL invalid shift -1'],
    ['r1 = btf_id[1]', 'unsupported'],
    ['may_goto +0', 'EINVAL invalid may_goto off 0 imm 0'],
    ['may_goto +1; r2 = 0', 'accepted'],
  ])('%s: %s', (text, expected) => {
    expect(refusal(text, PRIVILEGED)).toBe(expected);
  });
});

describe('arithmetic on pointers', () => {
  test.each([
    ['r2 = r10; r2 &= 5', 'EACCES R2 bitwise operator &= on pointer prohibited'],
    ['r2 = r10; r2 *= 5', 'EACCES R2 pointer arithmetic with *= operator prohibited'],
    ['r2 = r10; r2 s/= 5', 'EACCES R2 pointer arithmetic with /= operator prohibited'],
    ['r2 = r10; r3 = 5; r2 <<= r3', 'EACCES R2 pointer arithmetic with <<= operator prohibited'],
    ['r2 = 5; r2 *= r10', 'EACCES R2 pointer arithmetic with *= operator prohibited'],
    ['r2 = r10; r2 ^= r2', 'EACCES R2 pointer ^= pointer prohibited'],
    ['r2 = r10; r2 += r1', 'EACCES R2 pointer += pointer prohibited'],
    ['r2 = r10; r2 -= r1', 'accepted'],
    ['r2 = r10; w2 += 5', 'EACCES R2 32-bit pointer arithmetic prohibited'],
    ['r2 = r10; w2 -= 5', 'accepted'],
    ['r2 = r10; r2 -= 5', 'EACCES R2 subtraction from stack pointer prohibited'],
    ['r2 = 5; r2 -= r10', 'EACCES R2 tried to subtract pointer from scalar'],
    ['r2 = map[m]; r2 += 0', 'accepted'],
    ['r2 = map[m]; r2 += 1', 'EACCES R2 pointer arithmetic on map_ptr prohibited'],
    ['r2 = map[m]; r2 -= 0', 'EACCES R2 pointer arithmetic on map_ptr prohibited'],
    ['r2 = *(u32 *)(r1 + 80); r2 += 0', 'EACCES R2 pointer arithmetic on pkt_end prohibited'],
    [
      `${LOOKUP}; r0 += 0`,
      'EACCES R0 pointer arithmetic on map_value_or_null prohibited, null-check it first',
    ],
    [`${LOOKUP}; w0 -= 4`, 'accepted'],
  ])('%s: %s', (text, expected) => {
    expect(refusal(text, PRIVILEGED)).toBe(expected);
  });

  test('is not refused where pointers may be null by kernels with CVE-2022-23222', () => {
    const rules = { ...VERIFIER_RULES['linux-6.12'], refusesNullableArithmetic: false };
    const text = `${LOOKUP}; r0 += 1; if r0 != 0 goto +1; r1 = r0; ${END}`;
    const verdict = verify(subjectOf(text, PRIVILEGED), { rules, logLevel: 2 });
    // Where the lookup fails it is 1.
    expect(verdict).toMatchObject({ kind: 'accepted', log: expect.stringContaining('R1=0') });
  });
});

describe('offsets of pointers', () => {
  test.each([
    ['r1 += 0x20000000', 'EINVAL math between ctx pointer and 536870912 is not allowed'],
    ['r1 += -0x20000000', 'EINVAL math between ctx pointer and -536870912 is not allowed'],
    ['r1 -= 0x20000000', 'EINVAL math between ctx pointer and 536870912 is not allowed'],
    ['r1 += 0x1fffffff', 'accepted'],
    ['r1 += 0x1fffffff; r1 += 1', 'EINVAL ctx pointer offset 536870912 is not allowed'],
    [
      `${NUMBER}; r3 <<= 32; r1 += r3`,
      'EINVAL math between ctx pointer and register with unbounded min value is not allowed',
    ],
    [
      `${NUMBER}; r3 += -0x20000000; r1 += r3`,
      'EINVAL value -536870912 makes ctx pointer be out of bounds',
    ],
    [
      `${NUMBER}; r3 &= 255; r3 += 0x10000000; r1 += r3; r1 += r3`,
      'EINVAL value 536870912 makes ctx pointer be out of bounds',
    ],
    [`${NUMBER}; r3 &= 255; r3 += 0x10000000; r1 += r3`, 'accepted'],
  ])('%s: %s', (text, expected) => {
    expect(refusal(text, PRIVILEGED)).toBe(expected);
  });
});

describe('without privileges', () => {
  const value = 'r1 = map[m][0]+4';
  const masked = 'pointer arithmetic with it prohibited for !root';
  const mapRange =
    'EACCES R1 pointer arithmetic of map value goes out of range, prohibited for !root';
  test.each([
    ['r2 = r10; r2 = -r2', 'EACCES R2 pointer arithmetic prohibited'],
    ['r2 = r10; r2 = be16 r2', 'EACCES R2 pointer arithmetic prohibited'],
    ['r2 = r10; w2 = w2', 'EACCES R2 partial copy of pointer'],
    ['r2 = r10; r2 = (s8)r2', 'EACCES R2 sign-extension part of pointer'],
    ['r2 = r10; w2 = (s8)w2', 'EACCES R2 partial copy of pointer'],
    ['r2 = r10; r2 -= r1', 'EACCES R2 pointer -= pointer prohibited'],
    ['r2 = r10; w2 -= 5', 'EACCES R2 32-bit pointer arithmetic prohibited'],
    [
      'r2 = r10; r2 += -513',
      'EACCES R2 stack pointer arithmetic goes out of range, prohibited for !root; off=-513',
    ],
    ['r2 = r10; r2 += -512', 'accepted'],
    [
      'r2 = r10; r2 += 0',
      'EACCES R2 stack pointer arithmetic goes out of range, prohibited for !root; off=0',
    ],
    [
      `${NUMBER}; r3 &= 7; r2 = r10; r2 += -16; r2 += r3`,
      'EACCES R2 variable stack access prohibited for !root, var_off=(0x0; 0x7) off=-16',
    ],
    ['r1 += 8', 'accepted'],
    ['r2 = 8; r1 += r2', `EACCES R1 has pointer with unsupported alu operation, ${masked}`],
    ['r2 = 8; r2 += r1', `EACCES R2 has pointer with unsupported alu operation, ${masked}`],
    [`${value}; r1 += 3`, 'accepted'],
    [`${value}; r1 += 4`, mapRange],
    [`${value}; r1 += -4`, 'accepted'],
    [`${value}; r1 += -5`, mapRange],
    [`${NUMBER}; r3 &= 3; ${value}; r1 -= r3`, mapRange],
    [
      `${NUMBER}; r3 &= 7; r3 -= 3; ${value}; r1 += r3`,
      `EACCES R3 has unknown scalar with mixed signed bounds, ${masked}`,
    ],
    [
      `${NUMBER}; r3 &= 7; r3 -= 3; ${value}; r3 += r1`,
      `EACCES R1 has unknown scalar with mixed signed bounds, ${masked}`,
    ],
    [
      'r2 = r10; r2 += -512; r3 = 8; r2 += r3',
      `EACCES R2 tried to add beyond pointer bounds, ${masked}`,
    ],
    [
      `${NUMBER}; if r3 > 5 goto +4; r4 = map[m][0]+0; r5 = 1; goto +2; r4 = 5; r5 = 6; r4 += r5`,
      `EACCES R4 tried to add from different maps, paths or scalars, ${masked}`,
    ],
    ['if r1 == 0 goto +0', 'EACCES R1 pointer comparison prohibited'],
    ['if r1 == r10 goto +0', 'EACCES R10 pointer comparison prohibited'],
    ['r2 = 0; if r10 == r2 goto +0', 'EACCES R10 pointer comparison prohibited'],
    [`${LOOKUP}; if w0 == 0 goto +0`, 'EACCES R0 pointer comparison prohibited'],
    [`${LOOKUP}; if r0 == 0 goto +0`, 'accepted'],
  ])('%s: %s', (text, expected) => {
    expect(refusal(text, USER)).toBe(expected);
  });
});

// Observed on Linux 6.1.192.
describe('Linux 6.1', () => {
  test.each([
    ['r2 = 5; r2 = (s8)r2', 'EINVAL BPF_MOV uses reserved fields'],
    ['r2 = 5; r2 s/= 3', 'EINVAL BPF_ALU uses reserved fields'],
  ])('%s: %s', (text, expected) => {
    expect(refusal(text, PRIVILEGED, 'linux-6.1')).toBe(expected);
  });

  test('decides comparisons of maps with 0 as late as those of other pointers', () => {
    const text = 'r4 = map[m]; if r4 == 0 goto +0';
    expect(refusal(text, USER, 'linux-6.1')).toBe('EACCES R4 pointer comparison prohibited');
    expect(refusal(text, USER)).toBe('accepted');
  });
});
