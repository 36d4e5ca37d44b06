// tailproof museum: bugs of history, found again and their fixes proved.

import { randomInt } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { Exhibit, ExhibitKind, ExhibitReport, VisitEvent } from '../../fuzz/museum/index.ts';
import { EXIT, type ExitCode, worst } from '../exit-codes.ts';
import { interruptible } from '../interruptible.ts';
import { checkWritableDirectory, writeInto } from '../io.ts';
import { countOption, jobsOption, jsonOption, seedOption } from '../options.ts';
import { jsonDocument, jsonLine } from '../render/json.ts';
import {
  conclusion,
  exhibitJson,
  listingLines,
  reportJson,
  reportLines,
} from '../render/museum.ts';
import { createProgress } from '../render/progress.ts';
import { helpTail, printLines, type Session } from '../session.ts';

interface MuseumOptions {
  readonly list?: true;
  readonly kind?: ExhibitKind;
  readonly seed?: number;
  /** Seconds. */
  readonly time: number;
  readonly jobs: number;
  readonly save?: string;
  readonly json?: true;
}

/** Of one hunt, in seconds. */
const TIME = 60;
const TIME_MAX = 24 * 3600;
const KINDS: readonly ExhibitKind[] = ['tail-call', 'scalar', 'verifier'];

export function registerMuseum(program: Command, session: Session): void {
  program
    .command('museum')
    .summary('find bugs of history again, and prove their fixes')
    .description(
      'Each bug is a faulty variant of the model beside a mended one. It is looked for in two ways that are not told what it is: the law that its fix makes true is refuted, and the counterexample made into a scenario; and random scenarios are run on both variants. What is found is made small and run on both engines. Then the law is proved of the mended variant. With ids, also shows what was found.',
    )
    .argument('[id...]', 'commits, CVEs, or their first characters (default: all; see --list)')
    .option('--list', 'only say what there is')
    .addOption(new Option('--kind <kind>', 'only bugs of this kind').choices(KINDS))
    .addOption(seedOption())
    .addOption(
      countOption('--time <seconds>', 'for one way to find one bug', 1, TIME_MAX).default(TIME),
    )
    .addOption(jobsOption('solvers'))
    .option('--save <dir>', 'save the smallest scenario of each, with the profiles that it needs')
    .addOption(jsonOption('a JSON document a line: one for each bug, and a report'))
    .addHelpText(
      'after',
      helpTail(['tailproof museum', 'tailproof museum 116e04ba1459 --save found'], {
        0: 'each bug is found by one way at least, and each fix is proved',
        1: 'a fix is not proved, or the engines disagree on what was found',
        2: 'wrong input, or an id that names no bug',
        3: 'inconclusive: a bug is not found in time, or the solver gave up',
        130: 'interrupted (what was saved is kept)',
      }),
    )
    .action((ids: string[], options: MuseumOptions) => museum(ids, options, session));
}

async function museum(
  ids: readonly string[],
  options: MuseumOptions,
  session: Session,
): Promise<void> {
  const { chooseExhibits } = await import('../../fuzz/museum/index.ts');
  const { kind } = options;
  const exhibits = chooseExhibits({ ids, ...(kind === undefined ? {} : { kind }) });
  if (options.list) list(exhibits, options, session);
  else await visit(exhibits, ids.length > 0, options, session);
}

function list(exhibits: readonly Exhibit[], { json }: MuseumOptions, session: Session): void {
  if (json) session.terminal.out(jsonDocument(exhibits.map(exhibitJson)));
  else printLines(session, listingLines(exhibits));
  session.finish(EXIT.ok);
}

async function visit(
  exhibits: readonly Exhibit[],
  inFull: boolean,
  options: MuseumOptions,
  session: Session,
): Promise<void> {
  const { terminal, colors } = session;
  const { json, save, time, seed: given } = options;
  const seed = given ?? randomInt(2 ** 32);
  if (save !== undefined) checkWritableDirectory(save);
  if (json)
    terminal.out(jsonLine({ event: 'start', seed, exhibits: exhibits.map(({ id }) => id) }));
  else if (given === undefined) printLines(session, [`seed ${seed}`]);
  const progress = createProgress(terminal);
  const files: string[] = [];
  let done = 0;
  const onEvent = (event: VisitEvent): void => {
    if (event.type === 'begin') {
      const { exhibit, doing } = event;
      const words = doing === 'fix' ? 'its fix' : `by ${doing}`;
      progress.update(() => `${done} of ${exhibits.length}: ${exhibit.id}, ${words}`);
      return;
    }
    done++;
    const saved = save === undefined ? [] : saveFind(event.report, save);
    files.push(...saved);
    if (!json) return;
    progress.clear();
    terminal.out(jsonLine({ event: 'exhibit', ...reportJson(event.report), files: saved }));
  };
  const { reports, interrupted } = await goThrough(
    exhibits,
    { ...options, seed },
    onEvent,
    session,
  );
  progress.clear();
  const code = exitCode(reports, interrupted);
  if (json) {
    const results = reports.map(({ exhibit: { id }, result }) => ({ id, result }));
    terminal.out(jsonLine({ event: 'report', seed, results, code }));
  } else {
    printLines(session, [
      ...reportLines(reports, { seconds: time, inFull, colors }),
      '',
      ...files.map((file) => `saved ${file}`),
      conclusion(reports, exhibits.length),
    ]);
  }
  session.finish(code);
}

async function goThrough(
  exhibits: readonly Exhibit[],
  { seed, time, jobs }: MuseumOptions & { readonly seed: number },
  onEvent: (event: VisitEvent) => void,
  { terminal }: Session,
): Promise<{ readonly reports: readonly ExhibitReport[]; readonly interrupted: boolean }> {
  const { visit: visitMuseum } = await import('../../fuzz/museum/index.ts');
  const { createSolverPool, DEFAULT_BUDGET } = await import('../../smt/index.ts');
  const timeMs = time * 1000;
  const pool = createSolverPool({ jobs, budget: { ...DEFAULT_BUDGET, timeoutMs: timeMs } });
  try {
    return await interruptible(terminal, async (signal) => {
      const now = () => terminal.now();
      const settings = { pool, seed, now, timeMs, signal, onEvent };
      const reports = await visitMuseum(exhibits, settings);
      return { reports, interrupted: signal.aborted };
    });
  } finally {
    await pool.close();
  }
}

/** @returns the files of the smallest find, as they were written. */
function saveFind(report: ExhibitReport, directory: string): string[] {
  const files = report.smallest?.files ?? [];
  return files.map(({ name, text }) => writeInto(directory, name, text));
}

const RESULT_EXIT: Readonly<Record<ExhibitReport['result'], ExitCode>> = {
  good: EXIT.ok,
  wrong: EXIT.mismatch,
  open: EXIT.inconclusive,
};

function exitCode(reports: readonly ExhibitReport[], interrupted: boolean): ExitCode {
  if (interrupted) return EXIT.interrupted;
  return worst(reports.map(({ result }) => RESULT_EXIT[result]));
}
