// How far proofs are, on a terminal: a line for each theorem that is decided, and below a line that says what is
// running. Nothing of it is written where nobody looks.

import type { ProofEvent, TheoremReport } from '../../smt/index.ts';
import type { Terminal } from '../terminal.ts';
import { createProgress } from './progress.ts';
import { count } from './text.ts';

export interface ProofProgress {
  see(event: ProofEvent): void;
  /** Takes the last line away. */
  clear(): void;
}

const NAMES_SHOWN = 2;

export function createProofProgress(terminal: Terminal, names: readonly string[]): ProofProgress {
  const line = createProgress(terminal);
  const running = new Set<string>();
  const verdicts = { proved: 0, refuted: 0, unknown: 0, skipped: 0 };
  let goals = 0;
  let answered = 0;
  const theoremOf = (goal: string) => names.find((name) => goal.startsWith(`${name}/`));

  function summary(): string {
    const shown = [...running].slice(0, NAMES_SHOWN).join(', ');
    const told = Object.entries(verdicts)
      .filter(([verdict, number]) => number > 0 || verdict === 'unknown')
      .map(([verdict, number]) => `${number} ${verdict}`);
    return `${answered} of ${count(goals, 'goal')}; ${told.join(', ')}; ${running.size} running: ${shown}`;
  }

  function decided({ name, verdict: { verdict }, result }: TheoremReport, ms: number): void {
    running.delete(name);
    verdicts[verdict]++;
    if (!terminal.isTTY.err) return;
    line.clear();
    const mark = result === 'as-stated' ? '' : `, ${result}`;
    terminal.err(`${(ms / 1000).toFixed(1).padStart(6)} s  ${name}: ${verdict}${mark}\n`);
  }

  line.update(() => `writing down ${count(names.length, 'theorem')}`);
  return {
    see: (event) => {
      switch (event.type) {
        case 'start':
          goals = event.goals;
          return;
        case 'goal-start': {
          const theorem = theoremOf(event.goal);
          if (theorem !== undefined) running.add(theorem);
          return;
        }
        case 'goal-end':
          answered++;
          line.update(summary);
          return;
        case 'theorem':
          decided(event.report, event.ms);
      }
    },
    clear: () => line.clear(),
  };
}
