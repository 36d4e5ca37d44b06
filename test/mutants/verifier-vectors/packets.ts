// Packets: what was checked of them, and what ends that.

import { checked, packet, program, type RefusedProgram, TAIL_CALL } from './vector.ts';

const VARYING = 'r4 = *(u32 *)(r1 + 0); r4 &= 255';

export const PACKETS: readonly RefusedProgram[] = [
  {
    name: 'varying offset after the check',
    text: packet(`${VARYING}
      ${checked(8)}
      r2 += r4
      r0 = *(u8 *)(r2 + 0)`),
    message: 'R2 offset is outside of the packet',
  },
  {
    name: 'check of another origin',
    text: packet(`${VARYING}
      r6 = r2; r6 += r4
      ${checked(8)}
      r0 = *(u8 *)(r6 + 0)`),
    message: 'R6 offset is outside of the packet',
  },
  {
    name: 'metadata after a check of the packet',
    text: packet(`r4 = *(u32 *)(r1 + 140)
      ${checked(8)}
      r0 = *(u8 *)(r4 + 0)`),
    message: 'R4 offset is outside of the packet',
  },
  {
    name: 'check the other way round',
    text: packet(`r5 = r2; r5 += 8
      if r3 > r5 goto out
      r0 = *(u8 *)(r2 + 0)`),
    message: 'R2 offset is outside of the packet',
  },
  {
    name: 'a pointer at the end is not beyond it',
    text: packet(`r5 = r2; r5 += 8
      if r5 < r3 goto out
      if r5 > r3 goto out
      r0 = r10; r0 += r3`),
    message: 'R0 pointer += pointer prohibited',
  },
  {
    name: 'packet offset of 65536',
    text: packet(`r2 += 65536
      if r2 > r3 goto out
      r0 = *(u8 *)(r2 - 1)`),
    message: 'R2 offset is outside of the packet',
  },
  {
    name: 'key one byte too short',
    text: packet(`${checked(3)}
      r1 = map[one]
      call bpf_map_lookup_elem`),
    message: 'R2 offset is outside of the packet',
  },
  {
    name: 'packet after a tail call in a function',
    text: packet(
      `${checked(8)}
      r7 = r2
      call f
      r0 = *(u8 *)(r7 + 0)`,
      `f: ${TAIL_CALL}`,
    ),
    message: "R7 invalid mem access 'scalar'",
  },
  {
    name: 'a packet load that ends a function',
    text: program(
      `call f
      if r0 == 1 goto out
      r0 = *(u8 *)(r0 + 0)`,
      'f: r6 = r1; r0 = *(u8 *)skb[0]; r0 = 1; exit',
    ),
    message: "R0 invalid mem access 'scalar'",
  },
];
