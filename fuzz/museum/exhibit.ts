// What the museum shows: a bug of history as a faulty variant of the model beside the mended one, how it is found
// again by proof and by fuzzing, and the proof of its fix. Nothing here knows what kind of machine a bug is in.

import type { Provenance } from '../../model/profiles/profile.ts';
import type { SolverPool } from '../../smt/index.ts';

/** Which part of the model an exhibit is about. */
export const EXHIBIT_KINDS = ['tail-call', 'scalar', 'verifier'] as const;
export type ExhibitKind = (typeof EXHIBIT_KINDS)[number];

/** What hunts and proofs work with. */
export interface Tools {
  readonly pool: SolverPool;
  /** Of all random choices. */
  readonly seed: number;
  /** Whether the time of what is under way is up, or somebody has interrupted it. */
  readonly isOver: () => boolean;
  readonly signal?: AbortSignal;
}

/** One of the numbers that say how small a find is: `9 instructions`. */
export interface Measure {
  readonly count: number;
  readonly noun: string;
}

/** A file that a find is kept in. */
export interface FoundFile {
  readonly name: string;
  readonly text: string;
}

/** A bug found: the smallest thing that shows it, already run again on both variants. */
export interface Find {
  readonly size: readonly Measure[];
  /** What each variant does, in words. */
  readonly seen: { readonly faulty: string; readonly mended: string };
  /** What was found, for people. */
  readonly text: string;
  readonly files: readonly FoundFile[];
}

export type HuntResult =
  /** `tried`: scenarios drawn, walks taken, or goals put to the solver. */
  | { readonly kind: 'found'; readonly find: Find; readonly tried: number }
  | { readonly kind: 'not found'; readonly tried: number }
  /** What was found does not stand: the engines disagree about it, for example. */
  | { readonly kind: 'unsound'; readonly problem: string; readonly tried: number };

/** Looks for a bug, knowing the two variants and by what the bug is told, and nothing of what it is. */
export type Hunt = (tools: Tools) => Promise<HuntResult>;

/** Why a way of finding does not apply. */
export interface NotApplicable {
  readonly reason: string;
}

export type FixResult =
  | { readonly kind: 'proved'; readonly theorem: string; readonly goals: number }
  /** Where nothing can be proved: so many random runs found nothing more. */
  | { readonly kind: 'shown'; readonly theorem: string; readonly runs: number }
  /** The theorem does not hold of the mended variant, or holds of the faulty one, or says nothing. */
  | { readonly kind: 'not proved'; readonly theorem: string; readonly problems: readonly string[] }
  | { readonly kind: 'unknown'; readonly theorem: string; readonly problems: readonly string[] };

export interface Exhibit {
  /** A commit of Linux, a CVE, or the bug's number elsewhere. */
  readonly id: string;
  /** Other names of the same bug. */
  readonly aliases: readonly string[];
  readonly kind: ExhibitKind;
  readonly title: string;
  /** Which kernels have it: `4.2 – 7.0`. */
  readonly kernels: string;
  readonly source: string;
  /** How sure the facts are: docs/profiles.md. */
  readonly sureness: Provenance;
  /** The two variants of the model, in words. */
  readonly faulty: string;
  readonly mended: string;
  /** By what the bug is told. */
  readonly shows: string;
  /** What the fix is proved by: the sentence that holds of the mended variant and not of the faulty one. */
  readonly law: string;
  readonly proof: Hunt | NotApplicable;
  readonly fuzzing: Hunt | NotApplicable;
  readonly fix: (tools: Tools) => Promise<FixResult>;
}

/** The least that is asked of a random hunt before others get a turn. */
const TRIES_A_TURN = 200;

/** Lets signals and the terminal have their turn now and then. */
export async function takeTurns(tried: number): Promise<void> {
  if (tried % TRIES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
}
