// tailproof limits: each limit of the verifier and of tail calls, from both sides.

import type { Command } from 'commander';
import type {
  LimitEvent,
  LimitReport,
  LimitRow,
  Witness,
} from '../../fuzz/verifier/limits/index.ts';
import { formatScenario } from '../../model/scenario/write.ts';
import { FILE_LENGTH_MAX } from '../../model/scenario/yaml.ts';
import { EXIT, type ExitCode, worst } from '../exit-codes.ts';
import { interruptible } from '../interruptible.ts';
import { checkWritableDirectory, writeInto } from '../io.ts';
import { jobsOption, jsonOption } from '../options.ts';
import { jsonDocument } from '../render/json.ts';
import { conclusion, DOING, reportJson, reportLines, resultOf } from '../render/limits.ts';
import { createProgress } from '../render/progress.ts';
import { helpTail, printLines, type Session } from '../session.ts';

interface LimitsOptions {
  readonly save?: string;
  readonly jobs: number;
  readonly json?: true;
}

export function registerLimits(program: Command, session: Session): void {
  program
    .command('limits')
    .summary('show each limit of the verifier from both sides')
    .description(
      'For each limit: a program exactly at it, which the verifier accepts; one beyond it, which is refused as kernels refuse it; how far a run of the first comes; and why no run of an accepted program comes further: a theorem that is proved now, or all programs of a small grammar under a small limit. Where the run comes as far as is allowed, the limit is tight. With names, also says what is counted and why.',
    )
    .argument('[name...]', 'limits, as the table calls them (default: all)')
    .option('--save <dir>', 'save the programs at each limit and beyond it as scenario files')
    .addOption(jobsOption('solvers'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(['tailproof limits', 'tailproof limits frames tail-calls --save witnesses'], {
        0: 'each limit holds',
        1: 'one does not',
        2: 'wrong input, or a name that is no limit',
        3: 'inconclusive: the solver gave up',
        130: 'interrupted',
      }),
    )
    .action((names: string[], options: LimitsOptions) => limits(names, options, session));
}

async function limits(
  names: readonly string[],
  options: LimitsOptions,
  session: Session,
): Promise<void> {
  const { chooseLimits } = await import('../../fuzz/verifier/limits/index.ts');
  const { terminal, colors } = session;
  const { json, save } = options;
  const rows = chooseLimits(names);
  if (save !== undefined) checkWritableDirectory(save);
  const { reports, interrupted } = await goThrough(rows, options, session);
  const saved = save === undefined ? [] : reports.flatMap(({ row }) => saveRow(row, save));
  const code = exitCode(reports, interrupted);
  if (json) {
    const files = saved.filter(({ isSaved }) => isSaved).map(({ file }) => file);
    terminal.out(jsonDocument({ limits: reports.map(reportJson), files, code }));
  } else {
    printLines(session, [
      ...reportLines(reports, { inFull: names.length > 0, colors }),
      '',
      ...saved.map(savedText),
      conclusion(reports, rows.length),
    ]);
  }
  session.finish(code);
}

async function goThrough(
  rows: readonly LimitRow[],
  { jobs }: LimitsOptions,
  { terminal }: Session,
): Promise<{ readonly reports: readonly LimitReport[]; readonly interrupted: boolean }> {
  const { examine } = await import('../../fuzz/verifier/limits/index.ts');
  const { createSolverPool } = await import('../../smt/index.ts');
  const progress = createProgress(terminal);
  let done = 0;
  const onEvent = (event: LimitEvent): void => {
    if (event.type === 'report') done++;
    else
      progress.update(() => `${done} of ${rows.length}: ${event.row.name}, ${DOING[event.doing]}`);
  };
  // Starts no solver before a theorem is asked for.
  const pool = createSolverPool({ jobs });
  try {
    return await interruptible(terminal, async (signal) => {
      const reports = await examine(rows, { pool, signal, onEvent });
      return { reports, interrupted: signal.aborted };
    });
  } finally {
    progress.clear();
    await pool.close();
  }
}

interface Saved {
  readonly file: string;
  /** Not where no scenario file has room for so many instructions. */
  readonly isSaved: boolean;
}

function savedText({ file, isSaved }: Saved): string {
  if (isSaved) return `saved ${file}`;
  return `not saved: ${file} would be longer than ${FILE_LENGTH_MAX} characters, as no scenario file is`;
}

/** Saves both witnesses. */
function saveRow(row: LimitRow, directory: string): Saved[] {
  const beyond = row.refusal === 'none' ? 'accepted' : 'rejected';
  return [
    saveWitness(row.at(), `${row.name}-at`, `${row.what}: at the limit; accepted`, directory),
    saveWitness(row.beyond(), `${row.name}-beyond`, `${row.what}: beyond; ${beyond}`, directory),
  ];
}

function saveWitness(
  { scenario, privileged }: Witness,
  name: string,
  about: string,
  directory: string,
): Saved {
  const file = `${name}.yaml`;
  const how = `tailproof verify ${privileged ? '' : '--unprivileged '}${file}`;
  const text = formatScenario(scenario, { comments: [about, how] });
  if (text.length > FILE_LENGTH_MAX) return { file, isSaved: false };
  return { file: writeInto(directory, file, text), isSaved: true };
}

const RESULT_EXIT: Readonly<Record<ReturnType<typeof resultOf>, ExitCode>> = {
  holds: EXIT.ok,
  wrong: EXIT.mismatch,
  open: EXIT.inconclusive,
};

function exitCode(reports: readonly LimitReport[], interrupted: boolean): ExitCode {
  if (interrupted) return EXIT.interrupted;
  return worst(reports.map((report) => RESULT_EXIT[resultOf(report)]));
}
