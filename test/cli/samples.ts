// Scenario files that several tests run.

/** A tail call that is taken, one into an empty slot, a map that is written, and a schedule of every kind. */
export const HOPS = `tailproof: 1
profile: linux-6.12/x86_64
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 3, entries: { 0: middle } }
  count: { type: array, key_size: 4, value_size: 8, max_entries: 2 }
programs:
  entry: |
    r6 = r1
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 3
    exit
  middle: |
    r6 = r1
    r1 = map[count][0]+8
    r2 = 41
    *(u64 *)(r1 +0) = r2
    r1 = r6
    r2 = map[jmp]
    r3 = 1
    call bpf_tail_call
    r0 = 7
    exit
run: { program: entry, packet: "00 01 02 03" }
schedule:
  - { before: { hop: 0 }, update: jmp, index: 2, program: middle }
  - { before: { hop: 1 }, delete: jmp, index: 1 }
  - { before: { step: 4000 }, delete: jmp, index: 0 }
expect: { exit: 7, tail_calls: 1, maps: { count: { 1: 41 } } }
`;

/** A raw program that sorts its register r1 into two exits and a trap. */
export const BRANCHES = `tailproof: 1
type: raw
programs:
  entry: |
    if r1 == 5 goto five
    if r1 == 6 goto six
    r0 = 0
    exit
    five:
    r0 = 1
    exit
    six:
    r0 = *(u64 *)(r1 +0)
    exit
run: { registers: { r1: 1 } }
`;

/** Calls a helper that is not modelled. */
export const UNSUPPORTED = `tailproof: 1
type: raw
programs:
  entry: |
    call 999
    exit
`;

/** Goes round until it is out of fuel. */
export const ENDLESS = `tailproof: 1
type: raw
programs:
  entry: |
    again: goto again
run: { fuel: 10 }
`;

/** Every operation of user space, an extension, a program that is freed and one that is loaded late. */
export const OBJECTS = `tailproof: 1
profile: linux-5.10/x86_64
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 2, entries: { 0: leaf } }
  late: { type: prog_array, max_entries: 1 }
programs:
  entry: |
    r6 = r1
    call stub
    r1 = r6
    r2 = map[jmp]
    r3 = 1
    call bpf_tail_call
    r0 = 3
    exit
    stub:
    r0 = 0
    exit
  leaf: |
    r0 = 7
    exit
  odd:
    asm: |
      r0 = 8
      exit
    attributes: { jited: false }
  ext:
    asm: |
      r0 = 5
      exit
    replaces: { program: entry, function: stub }
  user: |
    r2 = map[late]
    r3 = 0
    call bpf_tail_call
    r0 = 0
    exit
schedule:
  - { before: { step: 0 }, attach: ext }
  - { before: { step: 1 }, create: late, map_flags: 8 }
  - { before: { step: 1 }, load: user, with_previous: true }
  - { before: { step: 2 }, update: jmp, index: 1, program: odd }
  - { before: { step: 2 }, update: late, index: 0, program: leaf, flags: 1 }
  - { before: { step: 3 }, detach: ext }
  - { before: { step: 3 }, close: ext }
  - { before: { step: 4 }, close: leaf }
  - { before: { step: 4 }, pin: jmp }
  - { before: { step: 4 }, close: jmp }
  - { before: { step: 4 }, inner: jmp }
  - { before: { hop: 0 }, unpin: jmp }
  - { before: { hop: 0 }, freeze: late }
  - { before: { hop: 9 }, delete: late, index: 0 }
expect: { exit: 3 }
`;
