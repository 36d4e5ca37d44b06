// Walking terms as graphs, without recursion: symbolic runs build terms far deeper than the stack.

import { InternalError } from '../../model/errors.ts';
import type { Term, Variable } from './term.ts';

/** Every term reachable from the roots once, operands before the terms that use them. */
export function postorder(roots: readonly Term[]): Term[] {
  const order: Term[] = [];
  // false while the operands are under way, true once the term is in the order.
  const state = new Map<Term, boolean>();
  const pending: Term[] = [...roots].reverse();
  while (pending.length > 0) {
    const term = pending[pending.length - 1] as Term;
    const seen = state.get(term);
    if (seen === undefined && term.args.length > 0) {
      state.set(term, false);
      for (let i = term.args.length - 1; i >= 0; i--) {
        const arg = term.args[i] as Term;
        if (!state.has(arg)) pending.push(arg);
      }
      continue;
    }
    pending.pop();
    if (seen === true) continue;
    state.set(term, true);
    order.push(term);
  }
  return order;
}

/**
 * The variables of the roots, each name once, in the order of first occurrence.
 *
 * @throws InternalError when one name is used at two sorts.
 */
export function freeVariables(...roots: readonly Term[]): Variable[] {
  const byName = new Map<string, Variable>();
  for (const term of postorder(roots)) {
    if (term.op !== 'var') continue;
    const known = byName.get(term.name);
    if (known !== undefined && known.sort !== term.sort) {
      throw new InternalError(
        `variable ${term.name} has sorts ${known.sort.key} and ${term.sort.key}`,
      );
    }
    byName.set(term.name, known ?? term);
  }
  return [...byName.values()];
}
