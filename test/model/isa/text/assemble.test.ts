// What surrounds instructions: labels, comments, listings, lines; and the disassembler's layout.

import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../../model/isa/program.ts';
import { assemble } from '../../../../model/isa/text/assemble.ts';
import { disassemble, disassembleInstruction } from '../../../../model/isa/text/disassemble.ts';
import { HELPER_IDS, linuxHelperName } from '../../../../model/isa/text/helper-names.ts';
import { rejection } from '../rejection.ts';

const offsetsOf = (text: string, spelling: 'kernel' | 'suite' | 'auto' = 'auto') =>
  assemble(text, { spelling }).instructions.map(({ offset }) => offset);

describe('labels', () => {
  it('stand alone, before an instruction, several at once, and at the end', () => {
    const text = 'start:\n  goto end\na: b: goto start\n.L1_x$: goto .L1_x$\nend:\n';
    const { instructions, labels } = assemble(text);
    expect(instructions.map(({ offset }) => offset)).toEqual([2, -2, -1]);
    expect([...labels]).toEqual([
      ['start', 0],
      ['a', 1],
      ['b', 1],
      ['.L1_x$', 2],
      ['end', 3],
    ]);
  });

  it('count slots, of which a wide instruction has two', () => {
    expect(offsetsOf('goto x\nr1 = 1 ll\nx: goto y\nr1 = 0x100000000\ny: exit')).toEqual([
      2, 0, 2, 0, 0,
    ]);
  });

  it('are in imm where the place is', () => {
    const text = 'call f\ngotol f\nr1 = subprog[f]\nexit\nf: exit';
    expect(assemble(text).instructions.map(({ imm }) => imm)).toEqual([4, 3, 2, 0, 0]);
  });

  it('may be called pc', () => {
    expect(offsetsOf('pc: goto pc\ngoto pc-1')).toEqual([-1, -1]);
  });

  it('include exit, the first one, unless the text defines it or is the kernel’s', () => {
    expect(offsetsOf('ja exit\nja exit\nexit\nexit', 'suite')).toEqual([1, 0, 0, 0]);
    expect(offsetsOf('ja exit\nexit\nexit: exit', 'suite')).toEqual([1, 0, 0]);
    expect(offsetsOf('goto exit\nexit')).toEqual([0, 0]);
    const kernel = () => offsetsOf('goto exit\nexit', 'kernel');
    expect(rejection(kernel)).toBe("1:6: unknown label 'exit'");
    expect(rejection(() => offsetsOf('ja exit', 'suite'))).toBe("1:4: unknown label 'exit'");
  });
});

describe('lines', () => {
  const text = [
    '; a source line',
    '',
    '   0: (b7) r1 = 5   ; R1_w=5',
    '1: r2 = 7 ll # two slots',
    '(bf) r3 = r1',
    'call bpf_tail_call#12 // never comes back',
    'mov %r0, 0',
    '      14:\t95 00 00 00 00 00 00 00\texit\r',
  ].join('\n');

  it('may have the marks of listings and comments, and both spellings', () => {
    expect(disassemble(assemble(text).instructions)).toBe(
      'r1 = 5\nr2 = 0x7 ll\nr3 = r1\ncall bpf_tail_call#12\nr0 = 0\nexit\n',
    );
  });

  it('are reported for each instruction', () => {
    expect(assemble(text).lines).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it("may be llvm-objdump's headers, which are labels", () => {
    const dump = '0000000000000000 <entry>:\n  0: 05 00 ff ff 00 00 00 00 goto -0x1 <entry>\n';
    expect(assemble(dump).labels.get('entry')).toBe(0);
    expect(offsetsOf(dump)).toEqual([-1]);
  });

  it('may hold nothing at all', () => {
    expect(assemble('')).toEqual({ instructions: [], lines: [], labels: new Map() });
  });

  it('may remark what is no instruction', () => {
    expect(offsetsOf('exit ; and exit\nexit ;\nexit # exit')).toHaveLength(3);
  });
});

describe('names', () => {
  it('are those of Linux’s helpers by default', () => {
    expect(HELPER_IDS.get('bpf_map_lookup_elem')).toBe(1);
    expect(HELPER_IDS.get('bpf_tail_call')).toBe(12);
    expect(HELPER_IDS.get('bpf_redirect')).toBe(23);
    expect([linuxHelperName(12), linuxHelperName(0), linuxHelperName(-1)]).toEqual([
      'bpf_tail_call',
      undefined,
      undefined,
    ]);
  });

  it('are the caller’s where the caller has any', () => {
    const { instructions } = assemble('call unwind\nr1 = map[my-map.2]', {
      helpers: new Map([['unwind', 5]]),
      mapFd: (name) => (name === 'my-map.2' ? 33 : undefined),
    });
    expect(instructions.map(({ imm }) => imm)).toEqual([5, 33]);
    const names = { helperName: () => 'unwind', mapName: () => 'my-map.2' };
    expect(disassemble(instructions, names)).toBe('call unwind#5\nr1 = map[my-map.2]\n');
  });

  it('that could not be read back are not written', () => {
    const { instructions } = assemble('call 5\nr1 = map[fd:33]');
    const names = { helperName: () => 'a b', mapName: () => 'x]' };
    expect(disassemble(instructions, names)).toBe('call 5\nr1 = map[fd:33]\n');
  });
});

/** What the disassembler itself writes: one line of each family, by hand. */
const CANONICAL = [
  'r1 s/= -5',
  'w1 s>>= w2',
  'r1 = -r1',
  'w1 = (s8)w2',
  'r1 = bswap32 r1',
  'r1 = 0x1122334455667788 ll',
  'r1 = 0xffffffffffffffff ll',
  'r2 = map[fd:7]',
  'r2 = map[fd:7][0]+4294967295',
  'r2 = btf_id[3]',
  'r2 = subprog[pc+4]',
  'r2 = map_idx[1][0]+4',
  'r0 = *(s16 *)(r1 -4)',
  'r0 = *(u64 *)(r1 +0)',
  '*(u8 *)(r10 -1) = 5',
  '*(u32 *)(r10 -4) = r1',
  'r0 = *(u16 *)skb[12]',
  'r0 = *(u16 *)skb[r7 + 2]',
  'r0 = *(u16 *)skb[r7 + -2]',
  'lock *(u64 *)(r10 -8) |= r1',
  'r1 = atomic64_fetch_add((u64 *)(r10 -8), r1)',
  'w1 = atomic_xchg((u32 *)(r10 -8), w1)',
  'r0 = atomic64_cmpxchg((u64 *)(r10 -8), r0, r1)',
  'r2 = load_acquire((u8 *)(r1 +8))',
  'store_release((u64 *)(r1 +8), r2)',
  'if r1 s>= -5 goto pc+9',
  'if w1 & w2 goto pc-9',
  'goto pc+9',
  'gotol pc-70000',
  'may_goto pc+9',
  'call bpf_tail_call#12',
  'call 212',
  'call pc+9',
  'call kfunc#9001',
  'exit',
];

describe('disassemble', () => {
  it.each(CANONICAL)('writes %s', (line) => {
    expect(disassemble(assemble(line).instructions)).toBe(`${line}\n`);
  });

  const program = createProgram(
    assemble('r1 = 1 ll\nloop: r1 += -1\nif r1 != 0 goto loop\ncall f\nexit\nf: exit').instructions,
  );

  it('names the targets by their slots', () => {
    expect(disassemble(program)).toBe(
      [
        '  r1 = 0x1 ll',
        'l2:',
        '  r1 += -1',
        '  if r1 != 0 goto l2',
        '  call l6',
        '  exit',
        'l6:',
        '  exit',
        '',
      ].join('\n'),
    );
  });

  it('writes distances where it is asked to, in each spelling its own', () => {
    expect(disassemble(program, { labels: false })).toBe(
      'r1 = 0x1 ll\nr1 += -1\nif r1 != 0 goto pc-2\ncall pc+1\nexit\nexit\n',
    );
    expect(disassemble(program, { labels: false, spelling: 'suite' })).toBe(
      'lddw %r1, 0x1\nadd %r1, -1\njne %r1, 0, -2\ncall local +1\nexit\nexit\n',
    );
  });

  it('writes a distance where a jump lands on no instruction', () => {
    const { instructions } = assemble('goto +1\nr1 = 1 ll\ngoto +9\ngoto -9');
    expect(disassemble(instructions)).toBe('goto pc+1\nr1 = 0x1 ll\ngoto pc+9\ngoto pc-9\n');
  });

  it('writes one instruction, with its pc as in a verifier log', () => {
    const [first, , third] = program.code;
    expect(first && disassembleInstruction(first)).toBe('r1 = 0x1 ll');
    expect(third && disassembleInstruction(third, 2)).toBe('2: (07) r1 += -1');
  });

  it('writes nothing for nothing', () => {
    expect(disassemble([])).toBe('');
  });
});
