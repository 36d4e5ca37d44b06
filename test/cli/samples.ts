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
