// Scenario files whose programs, runs, schedules or expectations are wrong, each with the message that it must give.

import {
  type BadFile,
  HEAD,
  PROGRAMS,
  JMP,
  COUNT,
  program,
  run,
  rawRun,
  schedule,
  expectation,
} from './bad-file-parts.ts';

export const BAD_CONTENTS: readonly BadFile[] = [
  // Programs.
  {
    what: 'an unknown instruction',
    text: program('r0 = 0', 'r1 ?= 4', 'exit'),
    message: "f.yaml:8:8: programs.entry: unexpected '?'",
  },
  {
    what: 'an unknown label',
    text: program('goto lop', 'loop:', 'exit'),
    message: "f.yaml:7:10: programs.entry: unknown label 'lop'; did you mean 'loop'?",
  },
  {
    what: 'an unknown map in assembly',
    text: program('r2 = map[jpm]', 'exit'),
    message: "f.yaml:7:14: programs.entry: unknown map 'jpm'; did you mean 'jmp'?",
  },
  {
    what: 'a map number of no map',
    text: program('r2 = map_idx[3]', 'exit'),
    message: 'f.yaml:7:5: programs.entry: there is no map with number 3; by number there are: jmp',
  },
  {
    what: 'a value of a prog array',
    text: program('r2 = map[jmp][0]+0', 'exit'),
    message:
      'f.yaml:7:5: programs.entry: the address of a value needs an array, but jmp is of type prog_array',
  },
  {
    what: 'an offset beyond the values',
    text: `${HEAD}${COUNT}programs:\n  entry: |\n\n    r0 = 0\n    r2 = map[count][0]+12\n    exit\n`,
    message:
      'f.yaml:9:5: programs.entry: offset 12 is outside of the values of count, which have 12 bytes',
  },
  {
    what: 'no exit',
    text: program('r0 = 0'),
    message: 'f.yaml:7:5: programs.entry: the last instruction is neither an exit nor a jump',
  },
  {
    what: 'a jump out of the program',
    text: program('r0 = 0', '  goto pc+5', 'exit'),
    message: 'f.yaml:8:7: programs.entry: jump out of range from slot 1 to 7',
  },
  {
    what: 'r10 written',
    text: program('r10 = 0', 'exit'),
    message: 'f.yaml:7:5: programs.entry: MOV64 writes r10, the frame pointer, which is read-only',
  },
  {
    what: 'an empty program',
    text: `${HEAD}programs: { entry: "" }\n`,
    message: 'f.yaml:3:20: programs.entry: the program has no instructions',
  },
  {
    what: 'an error in quoted assembly',
    text: `${HEAD}programs: { entry: "exot" }\n`,
    message: "f.yaml:3:21: programs.entry: unknown mnemonic 'exot'; did you mean 'exit'?",
  },
  {
    what: 'an error in folded assembly',
    text: `${HEAD}programs:\n  entry: >\n    r0 = 0\n    exit\n`,
    message: "f.yaml:4:10: programs.entry: expected the end of the line or 'll', but found 'exit'",
  },
  {
    what: 'an error under asm',
    text: `${HEAD}programs:\n  entry:\n    asm: |2\n        r0 = 0\n        exot\n`,
    message: "f.yaml:7:9: programs.entry.asm: unknown mnemonic 'exot'; did you mean 'exit'?",
  },
  {
    what: 'both asm and bytes',
    text: `${HEAD}programs: { entry: { asm: exit, bytes: "95" } }\n`,
    message: 'f.yaml:3:13: programs.entry: a program is either asm or bytes',
  },
  {
    what: 'bytecode of a wrong length',
    text: `${HEAD}programs: { entry: { bytes: "95 00 00" } }\n`,
    message:
      'f.yaml:3:29: programs.entry.bytes: bytecode is 3 bytes long, which is not a multiple of 8',
  },
  {
    what: 'bytecode that is reserved',
    text: `${HEAD}programs: { entry: { bytes: "b7 00 00 00 00 00 00 00 95 00 01 00 00 00 00 00" } }\n`,
    message:
      'f.yaml:3:29: programs.entry.bytes: slot 1: offset is 0x1, but EXIT reserves it: it must be 0',
  },
  {
    what: 'local calls and tail calls where they are refused',
    text: `${HEAD}profile: linux-6.12/interp\nprograms:\n  entry: |\n    r3 = 0\n    call sub\n    call bpf_tail_call\n    exit\n    sub:\n    exit\n`,
    message:
      'f.yaml:8:5: programs.entry: linux-6.12/interp refuses a program with both local calls and tail calls',
  },
  // Runs.
  {
    what: 'an unknown program to run',
    text: run('{ program: main }'),
    message: "f.yaml:7:17: run.program: there is no program 'main'; there are: entry",
  },
  {
    what: 'an odd number of digits',
    text: run('{ packet: "00 1" }'),
    message: "f.yaml:7:20: run.packet: a byte takes two hex digits; '1' at position 4 stands alone",
  },
  {
    what: 'a character that is no digit',
    text: run('{ packet: "00 0x 11" }'),
    message: "f.yaml:7:21: run.packet: 'x' at position 5 is not a hex digit",
  },
  {
    what: 'a wrong digit in a block of bytes',
    text: run('\n  packet: |\n    00 01\n    02 q3'),
    message: "f.yaml:10:8: run.packet: 'q' at position 10 is not a hex digit",
  },
  {
    what: 'no packet after the colon',
    text: run('{ packet: }'),
    message: "f.yaml:7:16: run.packet: expected hex bytes such as '00 0f', but this is nothing",
  },
  {
    what: 'a packet that is too long',
    text: run(`{ packet: "${'00'.repeat(57345)}" }`),
    message: 'f.yaml:7:16: run.packet: 57345 bytes; at most 57344',
  },
  {
    what: 'a packet for raw',
    text: rawRun('{ packet: "00" }'),
    message: 'f.yaml:7:8: run.packet: type raw has no packet; its bytes are the context',
  },
  {
    what: 'registers for another type',
    text: run('{ registers: { r1: 0 } }'),
    message:
      'f.yaml:7:8: run.registers: only type raw sets registers; type sched_cls starts with r1, the context',
  },
  {
    what: 'r10 set',
    text: rawRun('{ registers: { r10: 0 } }'),
    message: "f.yaml:7:21: run.registers.r10: unknown key; did you mean 'r0'?",
  },
  {
    what: 'a register of 65 bits',
    text: rawRun('{ registers: { r1: 0x10000000000000000 } }'),
    message:
      'f.yaml:7:25: run.registers.r1: 18446744073709551616 is not from -9223372036854775808 to 18446744073709551615',
  },
  {
    what: 'fuel that is no number',
    text: run('{ fuel: "12" }'),
    message: "f.yaml:7:14: run.fuel: expected an integer, but this is the text '12'",
  },
  {
    what: 'too much fuel',
    text: run('{ fuel: 2147483648 }'),
    message: 'f.yaml:7:14: run.fuel: 2147483648 is not from 0 to 2147483647',
  },
  {
    what: 'an unknown field',
    text: run('{ context: { prority: 1 } }'),
    message:
      "f.yaml:7:19: run.context.prority: type sched_cls has no such field; did you mean 'priority'?",
  },
  {
    what: 'a field of the packet',
    text: run('{ context: { len: 1 } }'),
    message: 'f.yaml:7:19: run.context.len: the packet decides len',
  },
  {
    what: 'context bytes for another type',
    text: run('{ context: "00" }'),
    message:
      'f.yaml:7:17: run.context: a context of type sched_cls is given as fields and their values',
  },
  {
    what: 'context fields for raw',
    text: rawRun('{ context: { mark: 1 } }'),
    message: 'f.yaml:7:17: run.context: a context of type raw is given as hex bytes',
  },
  {
    what: 'an unknown policy',
    text: run('{ uninitialised: Trap }'),
    message: "f.yaml:7:23: run.uninitialised: there is no 'Trap' here; did you mean 'trap'?",
  },
  // Schedule and expectation.
  {
    what: 'an unknown map in the schedule',
    text: schedule('{ before: { hop: 0 }, delete: jpm, index: 0 }'),
    message: "f.yaml:10:35: schedule.0.delete: there is no map 'jpm'; there are: jmp",
  },
  {
    what: 'both times',
    text: schedule('{ before: { hop: 0, step: 1 }, delete: jmp, index: 0 }'),
    message: 'f.yaml:10:7: schedule.0.before: expected either step or hop',
  },
  {
    what: 'an update without a program',
    text: schedule('{ before: { hop: 0 }, update: jmp, index: 0 }'),
    message: 'f.yaml:10:5: schedule.0.program: is missing',
  },
  {
    what: 'a delete with a program',
    text: schedule('{ before: { hop: 0 }, delete: jmp, index: 0, program: entry }'),
    message: 'f.yaml:10:50: schedule.0.program: delete takes no program',
  },
  {
    what: 'a negative index',
    text: schedule('{ before: { hop: 0 }, delete: jmp, index: -1 }'),
    message: 'f.yaml:10:47: schedule.0.index: -1 is not from 0 to 4294967295',
  },
  {
    what: 'a schedule for an array',
    text: `${HEAD}${COUNT}${PROGRAMS}schedule:\n  - { before: { step: 0 }, delete: count, index: 0 }\n`,
    message: 'f.yaml:10:36: schedule.0.delete: count is of type array; prog arrays: none',
  },
  {
    what: 'two endings',
    text: expectation('{ exit: 0, trap: bad_call }'),
    message: 'f.yaml:9:1: expect: a run ends in one way, not by exit and trap',
  },
  {
    what: 'an unknown trap',
    text: expectation('{ trap: bad_addres }'),
    message: "f.yaml:9:17: expect.trap: there is no 'bad_addres' here; did you mean 'bad_address'?",
  },
  {
    what: 'out_of_fuel: false',
    text: expectation('{ out_of_fuel: false }'),
    message: 'f.yaml:9:24: expect.out_of_fuel: expected true, but this is false',
  },
  {
    what: 'an unknown map in expect',
    text: expectation('{ maps: { m: { 0: 1 } } }'),
    message: "f.yaml:9:22: expect.maps.m: there is no map 'm'; there are: count",
  },
  {
    what: 'a short value in expect',
    text: expectation('{ maps: { count: { 0: "00" } } }'),
    message: 'f.yaml:9:31: expect.maps.count.0: the value has 1 byte here; value_size is 4',
  },
  {
    what: 'a prog array in expect',
    text: `${HEAD}${JMP}${PROGRAMS}expect: { maps: { jmp: { 0: 1 } } }\n`,
    message:
      'f.yaml:9:24: expect.maps.jmp: only user space changes a prog array; expect arrays and hash maps',
  },
];
