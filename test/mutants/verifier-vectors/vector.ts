// A program that Linux refuses, and the beginnings that such programs have in common.

import type { ProgramType } from '../../../model/scenario/context.ts';

export interface RefusedProgram {
  readonly name: string;
  /** Lines may stand behind each other, with `;`. The maps are those of `MAPS`, and `wide`. */
  readonly text: string;
  /** What the kernel says. */
  readonly message: string;
  /** By default 6.12, which is asked again by test/linux/refused.test.ts. */
  readonly kernel?: '6.19' | '7.3';
  /** By default sched_cls. */
  readonly type?: Exclude<ProgramType, 'raw'>;
  /** By default it is loaded with privileges. */
  readonly privileged?: false;
  /** Loaded with BPF_F_TEST_STATE_FREQ. */
  readonly keepsAllStates?: true;
}

/** A program that does something, or goes `out`, and returns 0. @param functions that it calls, if any */
export const program = (use: string, functions = '') => `
  ${use}
  out: r0 = 0; exit
  ${functions}`;

/** With the packet in R2 and its end in R3. */
export const packet = (use: string, functions?: string) =>
  program(
    `r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80)
    ${use}`,
    functions,
  );

/** Of the packet in R2, so many bytes are there. */
export const checked = (bytes: number) => `r5 = r2; r5 += ${bytes}; if r5 > r3 goto out`;

/** Ends a function, or the program. */
export const TAIL_CALL = 'r2 = map[jmp]; r3 = 0; call bpf_tail_call; r0 = 0; exit';

/** The value of key 0 goes to R0, or null. */
export const lookup = (map: string) => `
  *(u32 *)(r10 - 4) = 0; r2 = r10; r2 += -4
  r1 = map[${map}]
  call bpf_map_lookup_elem`;

/** With a value of 8 bytes in R0. @param before what goes before the lookup */
export const value = (before: string, use: string) =>
  program(`${before}
    ${lookup('one')}
    if r0 == 0 goto out
    ${use}`);
