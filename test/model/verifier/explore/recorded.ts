// Programs with what kernels were seen to say of them, as recorded.txt has them: `== NAME TYPE [all] [unpriv]` (all:
// loaded with BPF_F_TEST_STATE_FREQ), the program, `-- 6.1`, the verdict and statistics of 6.1.192, `-- 6.12`, the log of
// 6.12.117 at level 2. Left out of logs: addresses, columns and empty lines.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramType } from '../../../../model/scenario/context.ts';
import type { Statistics, Subject, Verdict } from '../../../../model/verifier/index.ts';
import { subjectOf } from '../subjects.ts';

export interface Recorded {
  readonly name: string;
  readonly subject: Subject;
  readonly keepsAllStates: boolean;
  /** Verdict and statistics, a line each. */
  readonly linux61: readonly string[];
  readonly log: readonly string[];
}

export function recorded(): Recorded[] {
  const text = readFileSync(join(import.meta.dirname, 'recorded.txt'), 'utf8');
  return text.split(/^== /m).slice(1).map(recordOf);
}

function recordOf(block: string): Recorded {
  const [head, ...rest] = block.split('\n');
  const [name, type, ...words] = head!.split(' ');
  const [program, linux61, log] = rest.join('\n').split(/\n-- [\d.]+\n/);
  const privileged = !words.includes('unpriv');
  return {
    name: name!,
    subject: subjectOf(program!, { type: type as ProgramType, privileged }),
    keepsAllStates: words.includes('all'),
    linux61: linux61!.split('\n'),
    log: log!.trimEnd().split('\n'),
  };
}

/** A log as the recorded ones are. */
export function comparable(log: string): string[] {
  return log
    .split('\n')
    .map((line) => line.replace(/ +;/, ' ;').trimEnd())
    .filter((line) => line !== '');
}

/** As the recorded lines are. */
export function summary(verdict: Verdict): string[] {
  if (verdict.kind === 'unsupported') return [verdict.reason];
  const { kind, statistics } = verdict;
  const text = kind === 'accepted' ? kind : `${verdict.errno} ${verdict.message}`;
  return [text, statisticsText(statistics)];
}

function statisticsText(statistics: Statistics): string {
  const { processed, maxStatesPerInstruction, totalStates, peakStates, markRead } = statistics;
  return `processed ${processed} max_states_per_insn ${maxStatesPerInstruction} total_states ${totalStates} peak_states ${peakStates} mark_read ${markRead}`;
}
