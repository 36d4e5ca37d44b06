// The runs of a file explored side by side, one solver each, and reported in the order of the file.

import type { NamedScenario } from '../model/scenario/read.ts';
import type { Budget, ExploreBounds } from '../smt/index.ts';
import { checkRun, type RunCheck } from './check-run.ts';
import { interruptible } from './interruptible.ts';
import { createProgress } from './render/progress.ts';
import { count } from './render/text.ts';
import type { Terminal } from './terminal.ts';

export interface CheckAllOptions {
  readonly bounds: ExploreBounds;
  /** What one question to the solver may cost. */
  readonly budget: Budget;
  /** Runs that are explored at the same time. */
  readonly jobs: number;
  /** Whether another run is to be begun. */
  readonly goOn?: () => boolean;
  /** Is given each run in the order of the file. */
  readonly onCheck?: (check: RunCheck) => void;
}

export interface AllChecks {
  /** In the order of the file; when it was interrupted, what there is. */
  readonly checks: readonly RunCheck[];
  readonly interrupted: boolean;
}

/** Explores runs until all are done, `goOn` says no, or Ctrl-C. */
export async function checkAll(
  scenarios: readonly NamedScenario[],
  { bounds, budget, jobs, goOn = () => true, onCheck }: CheckAllOptions,
  terminal: Terminal,
): Promise<AllChecks> {
  const { createSolverPool } = await import('../smt/index.ts');
  const pool = createSolverPool({ jobs, budget });
  const progress = createProgress(terminal);
  const finished: (RunCheck | undefined)[] = [];
  const checks: RunCheck[] = [];
  let next = 0;
  let paths = 0;
  const show = () => {
    const done = `${checks.length} of ${count(scenarios.length, 'run')} checked`;
    progress.update(() => `${done}, ${count(paths, 'path')}`);
  };
  const deliver = () => {
    for (;;) {
      const check = finished[checks.length];
      if (check === undefined) return;
      checks.push(check);
      progress.clear();
      onCheck?.(check);
    }
  };
  const lane = async (signal: AbortSignal) => {
    while (next < scenarios.length && !signal.aborted && goOn()) {
      const index = next++;
      const onPath = () => {
        paths++;
        show();
      };
      finished[index] = await checkRun(scenarios[index]!, { bounds, pool, signal, onPath });
      deliver();
      show();
    }
  };
  show();
  try {
    const interrupted = await interruptible(terminal, async (signal) => {
      await Promise.all(Array.from({ length: jobs }, () => lane(signal)));
      return signal.aborted;
    });
    return { checks, interrupted };
  } finally {
    progress.clear();
    await pool.close();
  }
}
