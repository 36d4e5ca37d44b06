// Calls of helpers and functions, tail calls, exits. Verdicts, messages and logs were observed on 6.12.117 and, where it
// is said, on 6.1.192.

import { describe, expect, it } from 'vitest';
import { VERIFIER_RULES } from '../../../../model/verifier/rules.ts';
import type { Subject } from '../../../../model/verifier/subject.ts';
import type { Accepted } from '../../../../model/verifier/verdict.ts';
import { type VerifyOptions, verify } from '../../../../model/verifier/verify.ts';
import { subjectOf, UNPRIVILEGED } from '../subjects.ts';

type Case = Partial<Subject> & Pick<VerifyOptions, 'rules' | 'logLevel'>;

function run(text: string, { rules = 'linux-6.12', logLevel = 0, ...subject }: Case = {}) {
  return verify(subjectOf(text, subject), { rules, logLevel });
}

/** `EACCES R0 !read_ok`, `unsupported: helper bpf_trace_printk#6` or `accepted`. */
function check(text: string, options: Case = {}): string {
  const verdict = run(text, options);
  if (verdict.kind === 'rejected') return `${verdict.errno} ${verdict.message}`;
  return verdict.kind === 'unsupported' ? `unsupported: ${verdict.reason}` : 'accepted';
}

const ON_6_1 = { rules: 'linux-6.1' } as const;
const KEY = '*(u32 *)(r10 -4) = 0; r2 = r10; r2 += -4';
const MEMORY =
  'expected=fp, pkt, pkt_meta, map_key, map_value, mem, ringbuf_mem, buf, trusted_ptr_';

describe('helpers', () => {
  it.each([
    [
      0,
      'EINVAL program of this type cannot use helper bpf_unspec#0',
      'EINVAL unknown func bpf_unspec#0',
    ],
    [5, 'accepted', 'accepted'],
    [
      9,
      'EINVAL program of this type cannot use helper bpf_skb_store_bytes#9',
      'EINVAL unknown func bpf_skb_store_bytes#9',
    ],
    [
      8,
      'unsupported: helper bpf_get_smp_processor_id#8',
      'unsupported: helper bpf_get_smp_processor_id#8',
    ],
    [211, 'unsupported: helper bpf_cgrp_storage_delete#211', 'EINVAL invalid func unknown#211'],
    [212, 'EINVAL invalid func unknown#212', 'EINVAL invalid func unknown#212'],
    [-10, 'EINVAL invalid func unknown#-10', 'EINVAL invalid func unknown#-10'],
  ])('are those of the kernel and the type: %d', (id, verdict, verdict61) => {
    expect(check(`call ${id}; exit`)).toBe(verdict);
    expect(check(`call ${id}; exit`, ON_6_1)).toBe(verdict61);
  });

  it('are fewer without privileges', () => {
    const filter = { type: 'socket_filter' } as const;
    expect(check('call 6; exit', filter)).toBe('unsupported: helper bpf_trace_printk#6');
    expect(check('call 6; exit', UNPRIVILEGED)).toBe(
      'EINVAL program of this type cannot use helper bpf_trace_printk#6',
    );
  });

  it.each([
    ['r1 = 1; r2 = r10; call bpf_map_lookup_elem; exit', 'R1 type=scalar expected=map_ptr'],
    ['r2 = r10; call bpf_map_lookup_elem; exit', 'R1 type=ctx expected=map_ptr'],
    [
      'r1 = map[one][0]+0; r2 = r10; call bpf_map_lookup_elem; exit',
      'R1 type=map_value expected=map_ptr',
    ],
    ['r1 = *(u32 *)(r1 +0); call bpf_map_lookup_elem; exit', 'R1 type=pkt expected=map_ptr'],
    ['r1 = map[hash]; call bpf_map_lookup_elem; exit', 'R2 !read_ok'],
    ['r1 = map[hash]; r2 = 0; call bpf_map_lookup_elem; exit', `R2 type=scalar ${MEMORY}`],
    ['r2 = r1; r1 = map[hash]; call bpf_map_lookup_elem; exit', `R2 type=ctx ${MEMORY}`],
    [
      'r2 = *(u32 *)(r1 +4); r1 = map[hash]; call bpf_map_lookup_elem; exit',
      `R2 type=pkt_end ${MEMORY}`,
    ],
    [
      `r1 = map[hash]; ${KEY}; call bpf_map_lookup_elem; r1 = map[hash]; r2 = r0; call bpf_map_lookup_elem; exit`,
      `R2 type=map_value_or_null ${MEMORY}`,
    ],
    [
      'r6 = *(u32 *)(r1 +0); r1 = map[hash]; r2 = r6; call bpf_map_lookup_elem; exit',
      'R2 offset is outside of the packet',
    ],
    [`r1 = map[hash]; ${KEY}; call bpf_map_update_elem; exit`, 'R3 !read_ok'],
    [`r1 = map[hash]; ${KEY}; r3 = r10; r3 += -8; call bpf_map_update_elem; exit`, 'R4 !read_ok'],
  ])('refuse arguments of another type: %s', (text, message) => {
    expect(check(text)).toMatch(`EACCES ${message}`);
  });

  it('list fewer types on 6.1', () => {
    expect(check('r1 = map[hash]; r2 = 0; call bpf_map_lookup_elem; exit', ON_6_1)).toBe(
      'EACCES R2 type=scalar expected=fp, pkt, pkt_meta, map_key, map_value',
    );
  });

  it('read as many bytes as the map says', () => {
    const text = (depth: number) =>
      `*(u64 *)(r10 -16) = 0; *(u64 *)(r10 -8) = 0; r1 = map[hash]; r2 = r10; r2 += -4; r3 = r10; r3 += ${depth}; r4 = 0; call bpf_map_update_elem; exit`;
    expect(check(text(-8))).toBe('accepted');
    expect(check(text(-4))).toBe('EINVAL invalid indirect access to stack R3 off=-4 size=8');
  });

  it('take keys in the packet', () => {
    const text =
      'r6 = *(u32 *)(r1 +0); r7 = *(u32 *)(r1 +4); r0 = 0; r1 = r6; r1 += 4; if r1 > r7 goto l; r1 = map[hash]; r2 = r6; call bpf_map_lookup_elem; l: r0 = 0; exit';
    expect(check(text)).toBe('accepted');
  });

  it('are given pointers as numbers by privileged programs only', () => {
    const text = `*(u64 *)(r10 -8) = 0; r1 = map[hash]; r2 = r10; r2 += -4; r3 = r10; r3 += -8; r4 = r10; call bpf_map_update_elem; exit`;
    expect(check(text)).toBe('accepted');
    expect(check(text, UNPRIVILEGED)).toBe('EACCES R4 leaks addr into helper function');
  });

  it.each([
    [
      `r1 = map[jmp]; ${KEY}; call bpf_map_lookup_elem; exit`,
      'cannot pass map_type 3 into func bpf_map_lookup_elem#1',
    ],
    [
      `r1 = map[jmp]; ${KEY}; call bpf_map_delete_elem; exit`,
      'cannot pass map_type 3 into func bpf_map_delete_elem#3',
    ],
    [
      'r2 = map[many]; r3 = 0; call bpf_tail_call; r0 = 0; exit',
      'kernel subsystem misconfigured verifier',
    ],
    [
      'r2 = map[hash]; r3 = 0; call bpf_tail_call; r0 = 0; exit',
      'kernel subsystem misconfigured verifier',
    ],
  ])('refuse maps that they do not work on: %s', (text, message) => {
    expect(check(text)).toBe(`EINVAL ${message}`);
    expect(check(text, ON_6_1)).toBe(`EINVAL ${message}`);
  });

  it('give a value or null, unlike any other', () => {
    const text = `r1 = map[hash]; ${KEY}; call bpf_map_lookup_elem; r6 = r0; r1 = map[many]; ${KEY}; call bpf_map_lookup_elem; r0 = 0; exit`;
    const { log } = run(text, { logLevel: 2 }) as Accepted;
    expect(log).toContain('; R0_w=map_value_or_null(id=1,map=hash,ks=4,vs=8)');
    expect(log).toContain('; R0=map_value_or_null(id=2,map=many,ks=4,vs=8)');
  });

  it.each([1, 2, 3, 4, 5])('leave nothing in r%d', (register) => {
    const text = `r1 = 1; r2 = 2; r3 = 3; r4 = 4; r5 = 5; call bpf_ktime_get_ns; r0 += r${register}; exit`;
    expect(check(text)).toBe(`EACCES R${register} !read_ok`);
  });

  it('leave r6 to r9 and the stack', () => {
    const text =
      'r6 = 6; *(u64 *)(r10 -8) = r6; call bpf_get_prandom_u32; r0 += r6; r1 = *(u64 *)(r10 -8); r0 += r1; exit';
    expect(check(text)).toBe('accepted');
  });
});

describe('tail calls', () => {
  it.each([
    ['r1 = r10; r2 = map[jmp]; r3 = 0; call bpf_tail_call', 'R1 type=fp expected=ctx'],
    ['r1 = 0; r2 = map[jmp]; r3 = 0; call bpf_tail_call', 'R1 type=scalar expected=ctx'],
    [
      'r1 += 4; r2 = map[jmp]; r3 = 0; call bpf_tail_call',
      'dereference of modified ctx ptr R1 off=4 disallowed',
    ],
    [
      'r1 += -4; r2 = map[jmp]; r3 = 0; call bpf_tail_call',
      'negative offset ctx ptr R1 off=-4 disallowed',
    ],
    [
      'r3 = *(u32 *)(r1 +12); r3 &= 7; r1 += r3; r2 = map[jmp]; call bpf_tail_call',
      'variable ctx access var_off=(0x0; 0x7) disallowed',
    ],
    [
      'r1 = *(u32 *)(r1 +0); r2 = map[jmp]; r3 = 0; call bpf_tail_call',
      'helper access to the packet is not allowed',
    ],
    ['call bpf_tail_call', 'R2 !read_ok'],
    ['r2 = 1; r3 = 0; call bpf_tail_call', 'R2 type=scalar expected=map_ptr'],
    [
      'r2 = *(u32 *)(r1 +0); r3 = 0; call bpf_tail_call',
      'helper access to the packet is not allowed',
    ],
    ['r2 = map[jmp]; call bpf_tail_call', 'R3 !read_ok'],
  ])('take the context, a prog array and a number: %s', (text, message) => {
    expect(check(`${text}; r0 = 0; exit`)).toBe(`EACCES ${message}`);
    expect(check(`${text}; r0 = 0; exit`, ON_6_1)).toBe(`EACCES ${message}`);
  });

  it('take any pointer as index from privileged programs only', () => {
    const text = 'r2 = map[jmp]; r3 = r10; call bpf_tail_call; r0 = 0; exit';
    expect(check(text)).toBe('accepted');
    expect(check(text, UNPRIVILEGED)).toBe('EACCES R3 leaks addr into helper function');
  });

  it.each([0, 1, 2, 3, 4, 5])('that fail leave nothing in r%d', (register) => {
    const text = `r0 = 0; r4 = 4; r5 = 5; r2 = map[jmp]; r3 = 7; call bpf_tail_call; r0 = r${register}; exit`;
    expect(check(text)).toBe(`EACCES R${register} !read_ok`);
  });

  const checked =
    'r6 = *(u32 *)(r1 +0); r7 = *(u32 *)(r1 +4); r8 = r6; r8 += 8; if r8 > r7 goto l;';
  const packet = `${checked} r2 = map[jmp]; r3 = 2; call bpf_tail_call; r0 = *(u8 *)(r6 +0); l: r0 = 0; exit`;
  const inFunction = `${checked} call f; r0 = *(u8 *)(r6 +0); l: r0 = 0; exit; f: r2 = map[jmp]; r3 = 2; call bpf_tail_call; r0 = 0; exit`;

  it.each([packet, inFunction])('leave no packet pointer on 6.12, CVE-2024-58237: %s', (text) => {
    expect(check(text)).toBe("EACCES R6 invalid mem access 'scalar'");
    expect(check(text, ON_6_1)).toBe('accepted');
  });

  it('leave no packet pointer on the stack', () => {
    const text = `${checked} *(u64 *)(r10 -8) = r6; r2 = map[jmp]; r3 = 2; call bpf_tail_call; r6 = *(u64 *)(r10 -8); r0 = *(u8 *)(r6 +0); l: r0 = 0; exit`;
    expect(check(text)).toBe("EACCES R6 invalid mem access 'scalar'");
  });

  describe('that return to the caller (6.19)', () => {
    const rules = {
      ...VERIFIER_RULES['linux-6.12'],
      tailCallPackets: 'fork',
      tailCallReturns: true,
    } as const;

    it('may have changed the packet', () => {
      expect(check(inFunction, { rules })).toBe("EACCES R6 invalid mem access 'scalar'");
    });

    it('in the entry leave packet pointers, as the call failed', () => {
      expect(check(packet, { rules })).toBe('accepted');
    });

    it('give any number', () => {
      const text =
        'call f; if r0 != 7 goto l; r0 = 0; exit; l: r0 = *(u8 *)(r0 +0); exit; f: r2 = map[jmp]; r3 = 2; call bpf_tail_call; r0 = 7; exit';
      expect(check(text, { rules })).toBe("EACCES R0 invalid mem access 'scalar'");
      expect(check(text)).toBe('accepted');
    });
  });

  it('need a context in their function', () => {
    const text = 'r1 = 5; call f; exit; f: r2 = map[jmp]; r3 = 0; call bpf_tail_call; r0 = 0; exit';
    expect(check(text)).toBe('EACCES R1 type=scalar expected=ctx');
  });

  it('beside functions need the JIT', () => {
    const text =
      'r6 = r1; call f; r1 = r6; r2 = map[jmp]; r3 = 0; call bpf_tail_call; r0 = 0; exit; f: r0 = 0; exit';
    expect(check(text)).toBe('accepted');
    expect(check(text, { jited: false })).toBe(
      'EINVAL tail_calls are not allowed in non-JITed programs with bpf-to-bpf calls',
    );
    const alone = 'r2 = map[jmp]; r3 = 0; call bpf_tail_call; r0 = 0; exit';
    expect(check(alone, { jited: false })).toBe('accepted');
  });

  const twoMaps =
    'r7 = *(u32 *)(r1 +0); r2 = map[jmp]; if r7 == 0 goto l; r2 = map[other]; l: r3 = 1; call bpf_tail_call; r0 = 0; exit';

  it('with one of two maps need privileges', () => {
    expect(check(twoMaps, { type: 'sched_cls' })).toBe('accepted');
    expect(check(twoMaps, UNPRIVILEGED)).toBe('EINVAL tail_call abusing map_ptr');
  });

  describe('are made direct', () => {
    const direct = (text: string, options: Case = {}) =>
      (run(text, { type: 'sched_cls', ...options }) as Accepted).tailCalls;
    const constant = (index: string) =>
      `r2 = map[jmp]; r3 = ${index}; call bpf_tail_call; r0 = 0; exit`;

    it('where the index is one constant', () => {
      expect(direct(constant('3'))).toEqual([{ pc: 3, map: 0, index: 3 }]);
    });

    // Each is `max_entries` or more, as 64 bits: CVE-2022-2905 was about a bound of another kind.
    it.each(['4', '7', '-1', '0x100000000 ll'])('not where it is out of range: %s', (index) => {
      expect(direct(constant(index))).toEqual([]);
    });

    it('not where paths differ in it, or one does not know it', () => {
      const differing =
        'r7 = *(u32 *)(r1 +0); r2 = map[jmp]; r3 = 1; if r7 == 0 goto l; r3 = 2; l: call bpf_tail_call; r0 = 0; exit';
      expect(direct(differing)).toEqual([]);
      expect(direct(differing.replace('r3 = 2;', 'r3 = r7;'))).toEqual([]);
      expect(direct(differing.replace('r3 = 2;', 'r3 = 1;'))).toEqual([
        { pc: 6, map: 0, index: 1 },
      ]);
    });

    it('not where paths differ in the map', () => {
      expect(direct(twoMaps)).toEqual([]);
    });

    it('not without privileges, nor by interpreters', () => {
      expect(direct(constant('1'), UNPRIVILEGED)).toEqual([]);
      expect(direct(constant('1'), { jited: false })).toEqual([]);
    });
  });
});

describe('local calls', () => {
  it('give r1 to r5, and no other register', () => {
    expect(
      check(
        'r5 = 5; r4 = 4; r3 = 3; r2 = 2; call f; r0 += 1; exit; f: r0 = r5; r0 += r4; r0 += r3; r0 += r2; exit',
      ),
    ).toBe('accepted');
    expect(check('call f; exit; f: r0 = r2; exit')).toBe('EACCES R2 !read_ok');
    expect(check('r6 = 1; call f; exit; f: r0 = r6; exit')).toBe('EACCES R6 !read_ok');
    expect(check('r0 = 1; call f; exit; f: r6 = r0; exit')).toBe('EACCES R0 !read_ok');
  });

  it('leave the caller r6 to r9, and nothing in r1 to r5', () => {
    expect(check('r6 = 1; call f; r0 += r6; exit; f: r0 = 1; r6 = r10; exit')).toBe('accepted');
    expect(check('r2 = 1; call f; r0 += r2; exit; f: r0 = 1; exit')).toBe('EACCES R2 !read_ok');
  });

  it('return r0, which may be anything but a pointer to a stack', () => {
    expect(check('call f; r0 = 0; exit; f: r1 = 3; exit')).toBe('accepted');
    expect(check('call f; exit; f: r1 = 3; exit')).toBe('EACCES R0 !read_ok');
    expect(check('call f; r0 = *(u32 *)(r0 +12); exit; f: r0 = r1; exit')).toBe('accepted');
    const stack = 'EINVAL cannot return stack pointer to the caller';
    expect(check('call f; r0 = 0; exit; f: r0 = r10; exit')).toBe(stack);
    expect(check('r1 = r10; call f; r0 = 0; exit; f: r0 = r1; exit')).toBe(stack);
  });

  it("have a stack of their own, and may be given the caller's", () => {
    const text =
      '*(u64 *)(r10 -8) = 5; r6 = 7; r1 = r10; r1 += -8; call f; r0 = *(u64 *)(r10 -8); r0 += r6; exit; f: r6 = *(u64 *)(r1 +0); r6 += 1; *(u64 *)(r1 +0) = r6; *(u64 *)(r10 -8) = 0; r0 = 0; exit';
    const { log } = run(text, { logLevel: 2 }) as Accepted;
    expect(log).toContain('; R0_w=6 R10=fp0 fp-8=6');
  });

  /** The entry, and `count` functions that each call the next. */
  const chain = (count: number) => {
    const names = Array.from({ length: count }, (_, index) => `f${index}`);
    const bodies = names.map((name, index) =>
      index + 1 < count ? `${name}: call f${index + 1}; exit` : `${name}: r0 = 0; exit`,
    );
    return `call f0; exit; ${bodies.join('; ')}`;
  };

  it('are up to 8 frames, the entry included', () => {
    expect(check(chain(7))).toBe('accepted');
    expect(check(chain(8))).toBe('E2BIG the call stack of 9 frames is too deep');
    expect(check('r0 = 0; call f; exit; f: call f; exit')).toBe(
      'E2BIG the call stack of 9 frames is too deep',
    );
  });

  it('that no path makes count for the frames, too', () => {
    const text = chain(8).replace(
      'f5: call f6',
      'f5: r0 = 0; if r0 == 0 goto l; call f6; l: r0 = 0',
    );
    expect(check(text)).toBe('E2BIG the call stack of 8 frames is too deep !');
  });

  it('are told of in the log', () => {
    const text =
      'r6 = 1; r1 = 5; r2 = r10; r3 = 7; call f; r0 += r6; exit; f: r0 = r1; r6 = 3; exit';
    expect((run(text, { logLevel: 2 }) as Accepted).log).toBe(CALL_LOG);
  });

  it('leave out of the statistics what no path goes through', () => {
    const text =
      'r0 = 0; if r0 == 0 goto l; call f; l: exit; f: *(u64 *)(r10 -8) = 0; r0 = 0; exit';
    expect((run(text) as Accepted).statistics.stackDepths).toEqual([0]);
  });
});

const CALL_LOG = `func#0 @0
func#1 @7
0: R1=ctx() R10=fp0
0: (b7) r6 = 1                        ; R6_w=1
1: (b7) r1 = 5                        ; R1_w=5
2: (bf) r2 = r10                      ; R2_w=fp0 R10=fp0
3: (b7) r3 = 7                        ; R3_w=7
4: (85) call pc+2
caller:
 R6_w=1 R10=fp0
callee:
 frame1: R1_w=5 R2_w=fp[0]0 R3_w=7 R10=fp0
7: frame1: R1_w=5 R2_w=fp[0]0 R3_w=7 R10=fp0
7: (bf) r0 = r1                       ; frame1: R0_w=5 R1_w=5
8: (b7) r6 = 3                        ; frame1: R6_w=3
9: (95) exit
returning from callee:
 frame1: R0_w=5 R1_w=5 R2_w=fp[0]0 R3_w=7 R6_w=3 R10=fp0
to caller at 5:
 R0_w=5 R6_w=1 R10=fp0

from 9 to 5: R0=5 R6=1 R10=fp0
5: (0f) r0 += r6                      ; R0_w=6 R6=1
6: (95) exit
stack depth 0+0
processed 10 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1
`;

describe('exits', () => {
  it('return a number', () => {
    expect(check('exit')).toBe('EACCES R0 !read_ok');
    expect(check('r0 = -1; exit', { type: 'sched_cls' })).toBe('accepted');
    expect(check('call bpf_get_prandom_u32; exit')).toBe('accepted');
  });

  it('return pointers of privileged programs only', () => {
    expect(check('r0 = r10; exit')).toBe('accepted');
    expect(check('r0 = r10; exit', UNPRIVILEGED)).toBe('EACCES R0 leaks addr as return value');
    const lookup = `r1 = map[hash]; ${KEY}; call bpf_map_lookup_elem; exit`;
    expect(check(lookup, UNPRIVILEGED)).toBe('EACCES R0 leaks addr as return value');
  });
});
