// Programs that access memory, and what the verifier says of them. `outcomes` are those of 6.12.117; 6.1.192 says the
// same, or what stands behind.

import { expect, it } from 'vitest';
import { type VerifierVersion, verify } from '../../../../model/verifier/index.ts';
import type { Subject } from '../../../../model/verifier/subject.ts';
import { subjectOf, UNPRIVILEGED } from '../subjects.ts';

/** r0 is a pointer to a value of 8 bytes. */
export const LOOKUP =
  '*(u64 *)(r10 - 8) = 0; r1 = map[one]; r2 = r10; r2 += -8; call bpf_map_lookup_elem; if r0 != 0 goto found; exit; found: ';

/** r2 is `r10 + offset`, or by `varies` more. */
export function varying(offset = -16, varies = 8): string {
  return `r6 = *(u32 *)(r1 + 8); r6 &= ${varies}; r2 = r10; r2 += ${offset}; r2 += r6; `;
}

/** r2 is a pointer to a packet, r4 one to what is 14 bytes behind it, and all before is there. */
export const PACKET =
  'r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r4 = r2; r4 += 14; if r4 <= r3 goto there; r0 = 0; exit; there: ';

/** Ends a program. */
export const END = '; r0 = 0; exit';

/** Who loads the program, if not a user with privileges as sched_cls. */
export type As = 'xdp' | 'socket_filter' | 'unprivileged' | undefined;

export type Row = readonly [text: string, outcome: string, as?: As, outcome61?: string];

function optionsOf(as: As): Partial<Subject> {
  return as === 'unprivileged' ? UNPRIVILEGED : { type: as ?? 'sched_cls' };
}

/** `accepted`, `EACCES R1 !read_ok`, or the reason why a program is not modelled. */
export function outcomeOf(text: string, as?: As, rules: VerifierVersion = 'linux-6.12'): string {
  const verdict = verify(subjectOf(text, optionsOf(as)), { rules });
  if (verdict.kind === 'unsupported') return `unsupported: ${verdict.reason}`;
  return verdict.kind === 'accepted' ? 'accepted' : `${verdict.errno} ${verdict.message}`;
}

/** One test for each program, of both versions. */
export function testOutcomes(rows: readonly Row[]): void {
  for (const [text, outcome, as, outcome61 = outcome] of rows) {
    it(`${text}: ${outcome}`, () => {
      expect(outcomeOf(text, as)).toBe(outcome);
      expect(outcomeOf(text, as, 'linux-6.1')).toBe(outcome61);
    });
  }
}

/** What the log shows of the state after the last instruction of a text that does not end, in a call of so many. */
export function stateAfter(text: string, calls = 0): string {
  const verdict = verify(subjectOf(text + END, { type: 'sched_cls' }), { logLevel: 2 });
  if (verdict.kind !== 'accepted') return verdict.kind;
  const instructions = verdict.log.split('\n').filter((line) => /^\d+: \(/.test(line));
  return instructions
    .at(-3 - calls)!
    .split(';')
    .slice(1)
    .join(';')
    .trim();
}
