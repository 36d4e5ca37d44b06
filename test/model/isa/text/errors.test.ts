// What is said about a wrong text: line, column of the offending token, and a reason that helps.

import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../../model/errors.ts';
import { type AssembleOptions, assemble } from '../../../../model/isa/text/assemble.ts';
import { rejection } from '../rejection.ts';

const MAPS: AssembleOptions = {
  mapFd: (name) => ({ jmp: 1, count: 2 })[name],
  mapNames: ['jmp', 'count'],
};

// biome-ignore format: table
const CASES: readonly [text: string, message: string][] = [
  // Registers.
  ['r11 = 5',                       '1:1: there is no register r11'],
  ['r0 = 0\n  r1 += r99',           '2:9: there is no register r99'],
  ['mov %r11, 1',                   '1:5: there is no register %r11'],
  ['r01 = 5',                       '1:1: there is no register r01'],
  ['mov r0, 1',                     '1:5: expected %r0, found r0'],
  ['r1 = w2',                       '1:6: expected r2, found w2'],
  ['w1 += r2',                      '1:7: expected w2, found r2'],
  ['if w1 == r2 goto +1',           '1:10: expected w2, found r2'],
  ['r1 = be16 r2',                  '1:11: this must be r1 again'],
  ['r1 = -r2',                      '1:7: this must be r1 again'],
  ['r1 = *(u8 *)skb[3]',            '1:1: this register can only be r0'],
  ['r1 = atomic64_cmpxchg((u64 *)(r10 -8), r0, r1)', '1:1: this register can only be r0'],
  ['r1 = atomic64_xchg((u64 *)(r10 -8), r2)', '1:37: this must be r1 again'],
  // Numbers.
  ['w1 = 0x1ffffffff',              '1:6: the immediate 0x1ffffffff does not fit in 32 bits'],
  ['r1 += -2147483649',             '1:7: the immediate -2147483649 does not fit in 32 bits'],
  ['r1 += -0xffffffff',             '1:7: the immediate -0xffffffff does not fit in 32 bits'],
  ['w1 = 4294967295',               '1:6: the immediate 4294967295 does not fit in 32 signed bits'],
  ['mov %r0, 0x100000000',          '1:10: the immediate 0x100000000 does not fit in 32 bits'],
  ['r1 = 0x10000000000000000 ll',   '1:6: the immediate 0x10000000000000000 does not fit in 64 bits'],
  ['lddw %r1, -9223372036854775809', '1:11: the immediate -9223372036854775809 does not fit in 64 bits'],
  ['r1 = *(u32 *)(r1 +40000)',      '1:18: offset 40000 does not fit in 16 bits'],
  ['r1 = *(u32 *)(r1 - 32769)',     '1:18: offset -32769 does not fit in 16 bits'],
  ['ldxb %r0, [%r1+32768]',         '1:15: offset 32768 does not fit in 16 bits'],
  ['goto +32768',                   '1:6: distance 32768 does not fit in 16 bits'],
  ['gotol -2147483649',             '1:7: distance -2147483649 does not fit in 32 bits'],
  ['r1 = 12abc',                    "1:6: '12abc' is not a number"],
  ['r1 = 0x',                       "1:6: '0x' is not a number"],
  ['r2 = map[jmp][0]+4294967296',   '1:18: the offset into the value 4294967296 does not fit in 32 bits'],
  ['r0 = *(u8 *)skb[r7 + 0x100000000]', '1:20: the immediate 0x100000000 does not fit in 32 bits'],
  ['call 4294967296',               '1:6: the immediate 4294967296 does not fit in 32 bits'],
  // Names.
  ['goto foo',                      "1:6: unknown label 'foo'"],
  ['loop:\nif r1 == 0 goto lop',    "2:17: unknown label 'lop'; did you mean 'loop'?"],
  ['call bpf_tial_call',            "1:6: unknown label or helper 'bpf_tial_call'; did you mean 'bpf_tail_call'?"],
  ['call bpf_tail_call#13',         '1:20: bpf_tail_call is helper 12, not 13'],
  ['call bpf_obj_new_impl#31337',   "1:23: 31337 is too great for a helper's number; a kernel function is written kfunc#31337"],
  ['r2 = map[jpm]',                 "1:10: unknown map 'jpm'; did you mean 'jmp'?"],
  ['r2 = map[programs]',            "1:10: unknown map 'programs'; known are 'jmp' or 'count'"],
  ['x:\nexit\nx: exit',             "3:1: label 'x' is already defined in line 1"],
  ['bpf_tail_call: exit',           "1:1: label 'bpf_tail_call' has the name of a helper, which 'call bpf_tail_call' calls"],
  // Shape.
  ['movv %r0, 1',                   "1:1: unknown mnemonic 'movv'; did you mean 'mov', 'mod' or 'mov32'?"],
  ['\n\tgot +1',                    "2:2: unknown mnemonic 'got'; did you mean 'goto'?"],
  ['frobnicate',                    "1:1: unknown mnemonic 'frobnicate'"],
  ['if r1 == 5 gto foo',            "1:12: expected 'goto', but found 'gto'"],
  ['if r1 == 5',                    "1:11: expected 'goto', but the line ends"],
  ['exit 5',                        "1:6: expected the end of the line, but found '5'"],
  ['r1 = 5 lll',                    "1:8: expected the end of the line or 'll', but found 'lll'"],
  ['r1 + 5',                        "1:4: unexpected '+'; did you mean '+='?"],
  ['r1 ? 5',                        "1:4: unexpected '?'"],
  ['r1 =',                          '1:5: the line ends within the instruction'],
  ['[',                             "1:1: an instruction cannot start with '['"],
  ['r0 = *(u24 *)(r1 +0)',          "1:8: unexpected 'u24'; did you mean 'u64'?"],
  ['store_release((u64 *)(r1 +0), r2', "1:33: expected ')', but the line ends"],
  ['lock add [%r10-8]',             "1:18: expected ',', but the line ends"],
  ['r0 = 0; exit',                  "1:7: ';' starts a comment: put the instruction behind it on a line of its own"],
  // Listings.
  ['3: (bf) r1 = 5',                '1:5: the listing says opcode bf, but the text is MOV64 (b7)'],
  ['0: 85 10 00 00 02 00 00 00 call 2', '1:4: the listing says opcode 85 with src 1, but the text is CALL_HELPER (85)'],
];

describe('assembly errors', () => {
  it.each(CASES)('%j', (text, message) => {
    expect(rejection(() => assemble(text, MAPS))).toBe(message);
  });

  it('says where a label is too far away', () => {
    const far = `goto end\n${'r0 = 0\n'.repeat(32768)}end: exit`;
    const message = "1:6: label 'end' is 32768 slots away, which does not fit in 16 bits";
    expect(rejection(() => assemble(far))).toBe(message);
    expect(rejection(() => assemble(far.replace('goto', 'gotol')))).toBe('accepted');
  });

  it('knows no maps where it is not told of any', () => {
    const message = "1:10: unknown map 'jmp': no maps are known here";
    expect(rejection(() => assemble('r2 = map[jmp]'))).toBe(message);
  });

  it.each(['call %r2', 'call r2', 'callx r2'])('does not model %s', (text) => {
    expect(() => assemble(`exit\n${text}`)).toThrow(UnsupportedError);
    expect(() => assemble(`exit\n${text}`)).toThrow(/^2:1: callx, a call through a register/);
  });

  it('refuses the spelling that was not asked for', () => {
    expect(rejection(() => assemble('mov %r0, 1', { spelling: 'kernel' }))).toBe(
      "1:1: unknown mnemonic 'mov'",
    );
    expect(rejection(() => assemble('r0 = 1', { spelling: 'suite' }))).toBe(
      "1:1: an instruction cannot start with 'r0'",
    );
  });
});
