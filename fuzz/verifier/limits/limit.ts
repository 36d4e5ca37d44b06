// What a row of the table of limits is: a program at the limit and one beyond it, what a run makes of the first, and why
// no accepted program makes more of it.

import type { ErrnoName } from '../../../model/maps/errno.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import type { Limits, VerifyOptions } from '../../../model/verifier/index.ts';

/** Programs as they are loaded, and a run of the first. */
export interface Witness {
  readonly scenario: Scenario;
  readonly privileged: boolean;
}

/**
 * How far a witness goes. Most figures are of its run; those of the verifier's own work are of a verification.
 * @returns infinity where the run does not come to an exit.
 */
export type Figure = (witness: Witness, options: VerifyOptions) => number;

/** What a kernel says of the witness beyond the limit; the message is empty where it says nothing. */
export interface Refusal {
  readonly errno: ErrnoName;
  readonly message: string;
}

/** An exhaustive check: all programs of a small grammar, under a small limit. */
export interface SmallScale {
  /** The grammar, and the limit. */
  readonly words: string;
  readonly limits: Partial<Limits>;
  /** What `figure` counts. */
  readonly unit: string;
  /** The greatest figure that the small limit allows; some accepted program has it. */
  readonly allows: number;
  witnesses(): Iterable<Witness>;
  readonly figure: Figure;
}

export interface LimitRow {
  readonly name: string;
  /** What is limited, as a noun. */
  readonly what: string;
  /** The kernel's name of the limit. */
  readonly constant: string;
  readonly value: number;
  /** What `figure` counts. */
  readonly unit: string;
  /** The greatest figure of any accepted program. */
  readonly allows: number;
  /** The figure of the witness at the limit. Equal to `allows` where the limit is tight. */
  readonly attains: number;
  readonly figure: Figure;
  /** Accepted, exactly at the limit. */
  at(): Witness;
  /** One beyond. */
  beyond(): Witness;
  /** Of `beyond`; `none` where it is accepted, and its figure stays at what is allowed. */
  readonly refusal: Refusal | 'none';
  /** Names of theorems that bound the figure. */
  readonly theorems: readonly string[];
  readonly smallScale?: SmallScale;
  /** What keeps the figure from being what is allowed, or the table from saying more. */
  readonly note?: string;
}
