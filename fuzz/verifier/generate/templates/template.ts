// Whole programs that stand at one rule each, with choices on both sides of it. For what statements drawn at random
// seldom come to: types in strange places, structure, limits. Maps: array (16 bytes, 1 entry), many (8 bytes, 4
// entries), hash (keys of 8 bytes, values of 24), jmp (4 slots).

import type { ProgramType } from '../../../../model/scenario/context.ts';

export interface Template {
  readonly name: string;
  /** By default all. */
  readonly types?: readonly ProgramType[];
  /** How loads are made; by default mostly with privileges. */
  readonly privileged?: boolean;
  readonly mayGoto?: true;
  readonly ordered?: true;
  /** A verifier goes through a million instructions. */
  readonly slow?: true;
  /** By default 4. */
  readonly weight?: number;
  readonly text: string;
}

export const SK_BUFF = ['sched_cls', 'socket_filter'] as const;
export const DIRECT = ['sched_cls', 'xdp'] as const;

/** Programs that look up a value in the map and have it in R0, and `out` at the end. */
export const lookup = (map: string, key: string, use: string) => `
  *(u64 *)(r10 - 8) = 0
  r2 = r10
  r2 += -8
  r1 = map[${map}]
  call bpf_map_lookup_elem
  ${key}
  ${use}
  out:
  r0 = 0
  exit`;

export const packet = (use: string) => `
  r2 = *(u32 *)(r1 + DATA)
  r3 = *(u32 *)(r1 + DATA_END)
  ${use}
  out:
  r0 = 0
  exit`;
