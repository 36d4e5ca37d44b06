// The sentence that a fix makes true: a theorem, proved of the mended variant and refuted of the faulty one, whose
// counterexample can be turned into a scenario.

import { UnsupportedError } from '../../model/errors.ts';
import {
  type BoolTerm,
  type Lemma,
  type Method,
  type Model,
  not,
  prove,
  type Subject,
  type Theorem,
} from '../../smt/index.ts';
import type { FixResult, Tools } from './exhibit.ts';

export interface Law<Witness> {
  readonly statement: string;
  readonly method: Method;
  readonly lemmas: (subject: Subject) => readonly Lemma[];
  /** The lemma that the bug breaks. */
  readonly broken: string;
  /** What keeps a counterexample so small that there is a run which comes to it. */
  readonly small: readonly BoolTerm[];
  /** What shows a counterexample; undefined where nothing can. */
  readonly witness: (lemma: Lemma, model: Model) => Witness | undefined;
}

/** The law as a theorem of the mended variant, with the bug as its fault. */
export function theoremOf<W>(law: Law<W>, name: string, source: string, faulty: Subject): Theorem {
  const { statement, method, lemmas, broken } = law;
  return {
    name,
    statement,
    source,
    method,
    expected: 'proved',
    lemmas,
    faults: [{ name: 'the bug', plant: () => faulty, lemma: broken }],
  };
}

/** Proves that the law holds of the mended variant, says something, and does not hold of the faulty one. */
export async function proveFix<W>(
  law: Law<W>,
  name: string,
  source: string,
  variants: { readonly faulty: Subject; readonly mended: Subject },
  { pool, signal }: Tools,
): Promise<FixResult> {
  const theorem = theoremOf(law, name, source, variants.faulty);
  const { theorems, goals } = await prove([theorem], {
    pool,
    subject: variants.mended,
    ...(signal === undefined ? {} : { signal }),
  });
  const { result = 'unknown', problems = [] } = theorems[0] ?? {};
  const { statement } = law;
  switch (result) {
    case 'as-stated':
      return { kind: 'proved', theorem: statement, goals };
    case 'not-as-stated':
      return { kind: 'not proved', theorem: statement, problems };
    default:
      return { kind: 'unknown', theorem: statement, problems };
  }
}

/** What refutes the law of the faulty variant, one witness after the other. */
export async function* refutations<W>(
  { lemmas, small, witness }: Law<W>,
  faulty: Subject,
  { pool, signal, isOver }: Tools,
): AsyncGenerator<W | undefined> {
  for (const lemma of lemmasOf(lemmas, faulty)) {
    if (isOver()) return;
    const assertions = [...Object.values(lemma.premises), not(lemma.conclusion), ...small];
    const answer = await pool.check(
      { name: lemma.name, assertions },
      signal === undefined ? {} : { signal },
    );
    yield answer.answer === 'sat' ? witness(lemma, answer.model) : undefined;
  }
}

/** A law may say nothing about a variant; then there is nothing to refute. */
function lemmasOf(lemmas: Law<unknown>['lemmas'], subject: Subject): readonly Lemma[] {
  try {
    return lemmas(subject);
  } catch (error) {
    if (error instanceof UnsupportedError) return [];
    throw error;
  }
}
