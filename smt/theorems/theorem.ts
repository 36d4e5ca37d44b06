// What a theorem is: a named statement, cut into lemmas that the solver decides one by one.

import type { Profile } from '../../model/profiles/profile.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { SymbolicState } from '../explore/state.ts';
import type { Semantics } from '../semantics/index.ts';
import type { Model } from '../solver/index.ts';
import type { BoolTerm } from '../terms/index.ts';

/** What a theorem is about: the meaning that the campaign evaluates, and a profile. A fault is a changed copy. */
export interface Subject {
  readonly semantics: Semantics;
  readonly profile: Profile;
  /** One instruction of a symbolic run: `executeInstruction`, unless a fault puts another in its place. */
  readonly execute?: (state: SymbolicState) => void;
}

/**
 * One goal: the conclusion holds wherever all premises do. It is proved when premises and the negated conclusion
 * are unsatisfiable together; it is vacuous when the premises alone are.
 */
export interface Lemma {
  /** `step/taken`: unique in its theorem. */
  readonly name: string;
  readonly premises: Readonly<Record<string, BoolTerm>>;
  readonly conclusion: BoolTerm;
  /** Premises that only say what the variables are, and without which the lemma may hold all the same. */
  readonly conventions?: readonly string[];
}

/** How the statement follows from its lemmas. */
export type Method =
  | { readonly kind: 'direct' }
  | { readonly kind: 'cases'; readonly over: string }
  | { readonly kind: 'induction'; readonly on: string }
  | { readonly kind: 'bounded'; readonly bound: string };

/**
 * A change of the subject that must turn a lemma of the theorem: refute it, or prove it where the theorem is
 * expected to be refuted. A theorem that is to be proved and has no fault has not been tested.
 */
export interface TheoremFault {
  readonly name: string;
  readonly plant: (subject: Subject) => Subject;
  /** The lemma that must go the other way. */
  readonly lemma: string;
  /** Whether it changes anything in such a subject; by default in all. */
  readonly applies?: (subject: Subject) => boolean;
}

/** What becomes of a theorem: `refuted` for statements that are false on purpose; the counterexample is the point. */
export type Expected = 'proved' | 'refuted';

export interface Theorem {
  /** `tail-call/count`. */
  readonly name: string;
  /** One sentence. */
  readonly statement: string;
  /** Section, commit or paper that the statement comes from. */
  readonly source: string;
  readonly method: Method;
  /** A function where the subject's profile decides. */
  readonly expected: Expected | ((subject: Subject) => Expected);
  /** @throws UnsupportedError when it says nothing about such a subject: it is skipped. */
  readonly lemmas: (subject: Subject) => readonly Lemma[];
  readonly faults: readonly TheoremFault[];
  /** A scenario that shows the counterexample of a lemma, for an engine to replay; undefined where none can. */
  readonly replay?: (lemma: Lemma, model: Model, subject: Subject) => Scenario | undefined;
  /** The counterexample of a lemma as lines of text, where no engine can run it. */
  readonly show?: (lemma: Lemma, model: Model, subject: Subject) => readonly string[];
}

/** What a theorem is expected to be for a subject. */
export function expectedOf({ expected }: Theorem, subject: Subject): Expected {
  return typeof expected === 'function' ? expected(subject) : expected;
}

export type Verdict =
  | { readonly verdict: 'proved' }
  | { readonly verdict: 'refuted'; readonly lemma: string; readonly model: Model }
  | { readonly verdict: 'unknown'; readonly lemma: string; readonly reason: string }
  | { readonly verdict: 'skipped'; readonly reason: string };
