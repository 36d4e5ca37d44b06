// What is found out once all paths were gone through, while a kernel rewrites the program: what no path reaches is taken
// out, calls are made direct (`opt_remove_dead_code`, `do_misc_fixups`, `fixup_call_args`).

import type { Verification } from '../verification.ts';
import type { Subprogram } from './facts.ts';

export interface FixupPart {
  /** Without privileges, a tail call whose paths differ in the map. */
  checkTailCallMaps(v: Verification): void;
  /** Interpreters pass no count of tail calls to functions. @param kept functions that are left. */
  checkInterpreted(v: Verification, kept: readonly Subprogram[]): void;
}

export const FIXUP_PART: FixupPart = {
  checkTailCallMaps: (v) => {
    if (v.subject.privileged) return;
    for (const site of v.callSites.values()) {
      if (site.isTailCall && site.map === 'poisoned')
        v.reject('EINVAL', 'tail_call abusing map_ptr');
    }
  },
  checkInterpreted: (v, kept) => {
    const { subject, flow, rules } = v;
    if (subject.jited || kept.length < 2) return;
    const counted = rules.entryTailCallCounts ? flow.subprograms : flow.subprograms.slice(1);
    if (!counted.some(({ hasTailCall }) => hasTailCall)) return;
    v.reject('EINVAL', NOT_JITED);
  },
};

/** Told of a tail call that is verified in such a program, too. */
export const NOT_JITED = 'tail_calls are not allowed in non-JITed programs with bpf-to-bpf calls';

/** The counter of may_goto, bytes of stack. */
const MAY_GOTO_STACK = 8;

function isKept({ seen }: Verification, { start, end }: Subprogram): boolean {
  return seen.subarray(start, end).includes(1);
}

/** Whether a path went through a may_goto of a function. */
function countsMayGoto({ seen, subject }: Verification, { start, end }: Subprogram): boolean {
  for (let pc = start; pc < end; pc++) {
    if (seen[pc] === 1 && subject.program.code[pc]?.row.name === 'MAY_GOTO') return true;
  }
  return false;
}

/** Refuses what a kernel finds so late, and keeps the stack depths of the program that is left. */
export function checkFixups(v: Verification): void {
  const { flow: rules } = v.parts;
  const { subprograms } = v.flow;
  v.keptStackDepths = subprograms.flatMap((subprogram, index) => {
    if (!isKept(v, subprogram)) return [];
    const extra = countsMayGoto(v, subprogram) ? MAY_GOTO_STACK : 0;
    return [(v.stackDepths[index] ?? 0) + extra];
  });
  rules.checkTailCallMaps(v);
  rules.checkInterpreted(
    v,
    subprograms.filter((subprogram) => isKept(v, subprogram)),
  );
}
