// The stack, the context, values of maps.

import { lookup, program, type RefusedProgram, value } from './vector.ts';

export const MEMORY: readonly RefusedProgram[] = [
  {
    name: 'store below the stack',
    text: program('*(u64 *)(r10 - 520) = 0'),
    message: 'invalid write to stack R10 off=-520 size=8',
  },
  {
    name: 'load from a moved context',
    text: program('r1 += 4; r0 = *(u32 *)(r1 + 0)'),
    message: 'dereference of modified ctx ptr R1 off=4 disallowed',
  },
  {
    name: 'half of the pointer to the packet',
    text: program('r0 = *(u16 *)(r1 + 76)'),
    message: 'invalid bpf_context access off=76 size=2',
  },
  {
    name: 'pointer stored in a map',
    type: 'socket_filter',
    privileged: false,
    text: value('r6 = r1', '*(u64 *)(r0 + 0) = r6'),
    message: 'R6 leaks addr into map',
  },
  {
    name: 'another sign than that of the number that was spilled',
    kernel: '7.3',
    text: program(`r6 = *(u32 *)(r1 + 0); r6 <<= 1; r6 &= 255
      *(u64 *)(r10 - 8) = r6
      r7 = *(s8 *)(r10 - 8)
      if r7 s>= 0 goto out
      if r6 s< 0 goto out
      r0 = *(u8 *)(r1 + 12345)`),
    message: 'invalid bpf_context access off=12345 size=1',
  },
  {
    name: 'lookup in a prog array',
    text: program(lookup('jmp')),
    message: 'cannot pass map_type 3 into func bpf_map_lookup_elem#1',
  },
];
