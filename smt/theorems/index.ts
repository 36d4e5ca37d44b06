// The theorems that there are, and their choice by name.

import { InputError } from '../../model/errors.ts';
import { nearest } from '../../model/isa/text/nearest.ts';
import { DOMAIN_THEOREMS } from './domain/index.ts';
import { OBJECT_THEOREMS } from './objects/index.ts';
import { POKE_THEOREMS } from './poke/index.ts';
import { SPLIT_THEOREMS } from './split/index.ts';
import { ATOMICITY, ONE_VERSION } from './tail-call/atomicity.ts';
import { COUNT } from './tail-call/count.ts';
import { COUNTER_KEPT } from './tail-call/counter-kept.ts';
import { DIRECT_KEY } from './tail-call/direct-key.ts';
import { FRAME } from './tail-call/frame.ts';
import { HOPS } from './tail-call/hops.ts';
import { INDEX } from './tail-call/index-width.ts';
import { STACK } from './tail-call/stack.ts';
import { CONTEXT, FAILURE } from './tail-call/transfer.ts';
import { WORK, WORK_BY_VALUE, WORK_BY_VALUE_BOUNDED } from './tail-call/work.ts';
import type { Theorem } from './theorem.ts';

export type { DomainSubject } from './domain/subject.ts';
export {
  ALL_CHECKS,
  type Checks,
  defaultSubject,
  type FaultReport,
  type LemmaReport,
  type ProofEvent,
  type ProofReport,
  type ProveOptions,
  prove,
  type TheoremReport,
} from './prove.ts';
export {
  type Expected,
  expectedOf,
  type Lemma,
  type Method,
  type Subject,
  type Theorem,
  type TheoremFault,
  type Verdict,
} from './theorem.ts';

export const TAIL_CALL_THEOREMS: readonly Theorem[] = [
  ATOMICITY,
  CONTEXT,
  COUNT,
  COUNTER_KEPT,
  DIRECT_KEY,
  FAILURE,
  FRAME,
  HOPS,
  INDEX,
  ONE_VERSION,
  STACK,
  WORK,
  WORK_BY_VALUE,
  WORK_BY_VALUE_BOUNDED,
  ...OBJECT_THEOREMS,
];

/** All of them. */
export const THEOREMS: readonly Theorem[] = [
  ...DOMAIN_THEOREMS,
  ...POKE_THEOREMS,
  ...SPLIT_THEOREMS,
  ...TAIL_CALL_THEOREMS,
];

/** What a pattern means: `*` stands for any text, all else for itself. */
function patternOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

/**
 * The theorems whose names match one of the patterns, by name; all without a pattern.
 *
 * @throws InputError for a pattern that matches nothing, with the names that are close.
 */
export function chooseTheorems(
  patterns: readonly string[],
  theorems: readonly Theorem[] = THEOREMS,
): readonly Theorem[] {
  const sorted = [...theorems].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (patterns.length === 0) return sorted;
  const chosen = new Set(
    patterns.flatMap((pattern) => {
      const wanted = patternOf(pattern);
      const found = sorted.filter(({ name }) => wanted.test(name));
      if (found.length === 0) throw unmatched(pattern, sorted);
      return found;
    }),
  );
  return sorted.filter((theorem) => chosen.has(theorem));
}

function unmatched(pattern: string, theorems: readonly Theorem[]): InputError {
  const names = theorems.map(({ name }) => name);
  const groups = new Set(names.map((name) => `${name.split('/')[0]}/*`));
  const close = nearest(pattern, [...names, ...groups]);
  const inner = names.filter((name) => name.includes(pattern.replaceAll('*', '')));
  const hints = close.length > 0 ? close : inner.length > 0 ? inner : [...groups];
  return new InputError(`no theorem is named '${pattern}'; there are ${hints.join(', ')}`);
}
