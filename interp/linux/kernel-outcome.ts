// What a real kernel says of a scenario. It shows less than a model does: no steps, no hops, no stack.

import type { MapContents } from '../../model/scenario/outcome.ts';
import type { FailureKind } from './guest.ts';

export interface KernelExit {
  readonly kind: 'exit';
  /** R0's low 32 bits, unsigned: what BPF_PROG_TEST_RUN gives. */
  readonly retval: number;
  readonly packet: Uint8Array;
  /** Hash entries come in the kernel's order, without free slots. */
  readonly maps: readonly MapContents[];
  /** For each schedule entry: 0 or an errno. */
  readonly schedule: readonly number[];
}

export type KernelOutcome =
  | KernelExit
  | {
      /** The verifier, or what comes after it, refused a program. */
      readonly kind: 'rejected';
      /** Index into `Scenario.programs`. */
      readonly program: number;
      readonly errno: number;
      /** The verifier's log, or its end. */
      readonly log: string;
    }
  | {
      /** Something else was refused: `map jmp`, `run`. */
      readonly kind: 'refused';
      readonly what: string;
      readonly errno: number;
    }
  | { readonly kind: 'unsupported'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: FailureKind; readonly console: string };
