// Which lines a log has, and when. Expected texts are what Linux 6.12 was seen to print.

import { describe, expect, test } from 'vitest';
import { assemble } from '../../../../model/isa/text/assemble.ts';
import { Log } from '../../../../model/verifier/log/log.ts';
import { kernelMapName } from '../../../../model/verifier/log/map-name.ts';
import { State } from '../../../../model/verifier/state/state.ts';
import type { Statistics } from '../../../../model/verifier/verdict.ts';
import { frameFrom } from './registers.ts';

const instruction = (text: string) => assemble(text).instructions[0]!;

/** A state of one frame, of which nothing is to be told. */
function stateOf(text: string): State {
  const frame = frameFrom(text, []);
  frame.scratched.clear();
  return new State([frame]);
}

const STATISTICS: Statistics = {
  ...{ processed: 5, maxStatesPerInstruction: 0, totalStates: 1, peakStates: 1, markRead: 2 },
  stackDepths: [0, 8],
};

describe('a path', () => {
  test('starts with its state, and what changed stands behind the instruction', () => {
    const log = new Log(2);
    const state = stateOf('R1=ctx() R10=fp0');
    log.functions([0, 4]);
    log.start(state);
    log.instruction(state, 0, instruction('r6 = *(u32 *)(r1 + 0)'));
    state.frame.written.registers = 1 << 6;
    state.frame.setRegister(6, frameFrom('R6=7', []).registers[6]!);
    log.instruction(state, 1, instruction('exit'));
    expect(log.text).toBe(
      [
        'func#0 @0',
        'func#1 @4',
        '0: R1=ctx() R10=fp0',
        '0: (61) r6 = *(u32 *)(r1 +0)          ; R6_w=7',
        '1: (95) exit',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['r0 = 1', '3: (b7) r0 = 1                        ; R1=ctx()'],
    ['lock *(u64 *)(r1 +0) += r8', '3: (db) lock *(u64 *)(r1 +0) += r8    ; R1=ctx()'],
    [
      'r8 = atomic64_fetch_add((u64 *)(r1 +0), r8)',
      '3: (db) r8 = atomic64_fetch_add((u64 *)(r1 +0), r8)   ; R1=ctx()',
    ],
    [
      'r0 = atomic64_cmpxchg((u64 *)(r1 +0), r0, r8)',
      '3: (db) r0 = atomic64_cmpxchg((u64 *)(r1 +0), r0, r8)         ; R1=ctx()',
    ],
  ])('has its states in columns: %s', (text, line) => {
    const log = new Log(2);
    const state = stateOf('R1=ctx() R10=fp0');
    log.instruction(state, 3, instruction(text));
    state.frame.scratched.registers = 1 << 1;
    log.changes(state, 3);
    expect(log.text).toBe(`${line}\n`);
  });

  test('tells what changed on a line of its own where other lines came between', () => {
    const log = new Log(2);
    const state = stateOf('R0_w=4');
    log.instruction(state, 8, instruction('if r0 == 4 goto +1'));
    log.line('mark_precise: frame0: last_idx 8 first_idx 7 subseq_idx -1 ');
    state.frame.scratched.registers = 1;
    log.changes(state, 8);
    expect(log.text.split('\n')[2]).toBe('8: R0_w=4');
  });

  test('that waited is told from where', () => {
    const log = new Log(2);
    const state = stateOf('R0=1 R10=fp0');
    log.resume(state, 4, 0);
    log.instruction(state, 7, instruction('exit'));
    log.resume(state, 3, 0);
    log.pruned(state, 7);
    log.pruned(state, 9);
    expect(log.text).toBe(
      [
        ...['', 'from 4 to 7: R0=1 R10=fp0', '7: R0=1 R10=fp0', '7: (95) exit'],
        ...['', 'from 3 to 7: safe', '', 'from 3 to 9: safe', ''],
      ].join('\n'),
    );
  });

  test('that ends before a known state, and does not start at a branch', () => {
    const log = new Log(2);
    log.pruned(stateOf('R10=fp0'), 31);
    expect(log.text).toBe('31: safe\n');
  });
});

describe('a call', () => {
  const callee = () => frameFrom('frame1: R1=ctx() R10=fp0', []);

  test('shows both frames, and the callee all that it has', () => {
    const log = new Log(2);
    const state = stateOf('R6_w=ctx() R10=fp0 fp-8_w=5');
    const frame = callee();
    log.call(state.frame, frame);
    state.frames.push(frame);
    log.instruction(state, 9, instruction('r0 = 1'));
    expect(log.text).toBe(
      [
        ...['caller:', ' R6_w=ctx() R10=fp0 fp-8_w=5', 'callee:', ' frame1: R1=ctx() R10=fp0'],
        ...['9: frame1: R1=ctx() R10=fp0', '9: (b7) r0 = 1', ''],
      ].join('\n'),
    );
  });

  test('returns', () => {
    const log = new Log(2);
    const state = stateOf('R0_w=1 R10=fp0');
    const left = callee();
    left.scratched.clear();
    log.exit(4);
    log.return(left, state.frame, 1);
    log.instruction(state, 1, instruction('exit'));
    expect(log.text).toBe(
      [
        ...['returning from callee:', ' frame1: R1=ctx() R10=fp0', 'to caller at 1:'],
        ...[' R0_w=1 R10=fp0', '', 'from 4 to 1: R0_w=1 R10=fp0', '1: (95) exit', ''],
      ].join('\n'),
    );
  });
});

test('a function that ends without an exit leaves what it changed to be told', () => {
  const log = new Log(2);
  const state = stateOf('R0_w=0 R10=fp0');
  const left = frameFrom('frame1: R0_w=0 R6_w=ctx() R10=fp0', []);
  left.scratched.clear();
  left.scratched.registers = 1;
  log.return(left, state.frame, 5);
  log.instruction(state, 5, instruction('exit'));
  expect(log.text.split('\n').slice(3)).toEqual([
    ' R0_w=0 R10=fp0',
    '5: R0_w=0',
    '5: (95) exit',
    '',
  ]);
});

describe('level 1', () => {
  test('forgets paths that were found safe', () => {
    const log = new Log(1);
    const state = stateOf('R6=7 R10=fp0');
    log.functions([0]);
    log.instruction(state, 2, instruction('if r6 > 5 goto +4'));
    const { position } = log;
    state.frame.scratched.registers = 1 << 6;
    log.changes(state, 2);
    log.instruction(state, 3, instruction('exit'));
    log.resume(state, 2, position);
    log.instruction(state, 7, instruction('r0 = r9'));
    // The kernel puts its log back to before the space that it had written over the end of the line.
    expect(log.text).toBe('2: (25) if r6 > 0x5 goto pc+4 7: R6=7 R10=fp0\n7: (bf) r0 = r9\n');
  });

  test('has only statistics when the program is accepted', () => {
    const log = new Log(1);
    log.line('0: (95) exit');
    log.finish(STATISTICS, 1_000_000, true);
    expect(log.text).toBe(
      'stack depth 0+8\nprocessed 5 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 2\n',
    );
  });

  test('keeps the path that is refused', () => {
    const log = new Log(1);
    log.line('R0 !read_ok');
    log.finish(STATISTICS, 1_000_000, false);
    expect(log.text.startsWith('R0 !read_ok\nstack depth 0+8\n')).toBe(true);
  });
});

test('level 0 has nothing', () => {
  const log = new Log(0);
  const state = stateOf('R1=ctx() R10=fp0');
  log.functions([0]);
  log.start(state);
  log.instruction(state, 0, instruction('exit'));
  log.call(state.frame, state.frame);
  log.exit(0);
  log.return(state.frame, state.frame, 1);
  log.pruned(state, 3);
  log.line('R0 !read_ok');
  log.finish(STATISTICS, 1_000_000, false);
  expect(log.text).toBe('');
});

test.each([
  ['jmp', 'jmp'],
  ['counters.of-all_flows', 'counters.of_all'],
])('the kernel knows the map %s as %s', (name, kernelName) => {
  expect(kernelMapName(name)).toBe(kernelName);
});
