// tailproof linux agree: how far the verifier here and a real kernel's say the same.

import { randomInt } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { AgreementReport } from '../../fuzz/verifier/agreement/agree.ts';
import type { MinimisedDifference } from '../../fuzz/verifier/agreement/minimise.ts';
import type { LinuxEngine } from '../../interp/linux/engine.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { checkWritableDirectory, writeInto } from '../io.ts';
import { guestsOption, withKernels } from '../kernels.ts';
import { countOption, jsonOption, seedOption } from '../options.ts';
import {
  agreementJson,
  agreementLines,
  agreementProgress,
  isFaithful,
} from '../render/agreement.ts';
import { jsonDocument } from '../render/json.ts';
import { createProgress } from '../render/progress.ts';
import { helpTail, printLines, type Session } from '../session.ts';

interface AgreeOptions {
  readonly programs: number;
  readonly seed?: number;
  readonly first?: number;
  /** Seconds. */
  readonly time?: number;
  readonly kernel: string;
  readonly guests?: number;
  readonly out?: string;
  readonly json?: true;
}

const PROGRAMS = 1000;
const PROGRAMS_MAX = 10_000_000;
const RUNS_MAX = 2 ** 31 - 1;
const TIME_MAX = 7 * 24 * 3600;
/** Differences that are made small and saved: the most frequent ones. */
const SAVED_MAX = 30;
/** A guest that goes through a hundred thousand instructions with a log says nothing for long. */
const SILENCE_MS = 120_000;

export function registerAgree(linux: Command, session: Session): void {
  linux
    .command('agree')
    .summary('how far the verifier here says what a kernel’s does')
    .description(
      'Draws programs near the border of what a verifier accepts, and asks the verifier here and a real kernel about each: verdict, error number, message, and for programs that both accept the numbers known before each instruction, as the log has them. Runs of accepted programs are held against the kernel’s log. Differences are put in classes; with --out each is saved as the smallest program that shows it.',
    )
    .addOption(countOption('--programs <n>', 'how many', 1, PROGRAMS_MAX).default(PROGRAMS))
    .addOption(seedOption())
    .addOption(countOption('--first <run>', 'start with this run of the seed', 0, RUNS_MAX))
    .addOption(countOption('--time <seconds>', 'stop after this long', 1, TIME_MAX))
    .addOption(
      new Option('--kernel <engine>', 'linux:6.12, linux:6.1, linux:6.12/interp, …').default(
        'linux:6.12',
      ),
    )
    .addOption(guestsOption())
    .option('--out <dir>', 'save the smallest program of each class of differences')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(['tailproof linux agree --programs 10000 --seed 1 --out differences'], {
        0: 'the same verdicts and error numbers for 99 % of the programs, the same numbers for 95 % of the instructions',
        1: 'less than that',
        2: 'wrong usage, or the kernel is not installed',
        130: 'interrupted',
      }),
    )
    .action((options: AgreeOptions) => agree(options, session));
}

async function agree(options: AgreeOptions, session: Session): Promise<void> {
  const { terminal, colors } = session;
  const { kernel: name, out, json, guests } = options;
  const seed = options.seed ?? randomInt(2 ** 32);
  if (out !== undefined) checkWritableDirectory(out);
  const progress = createProgress(terminal);
  const { report, minimised } = await withKernels(
    [name],
    terminal,
    ([kernel], signal) =>
      compare(kernel!, { ...options, seed }, signal, session, (text) => progress.update(text)),
    { silenceMs: SILENCE_MS, ...(guests === undefined ? {} : { guests }) },
  );
  progress.clear();
  const files = out === undefined ? [] : minimised.map((one, i) => save(out, one, i));
  if (json) terminal.out(jsonDocument({ ...agreementJson(report), files }));
  else {
    printLines(session, [
      ...agreementLines(report, colors),
      ...files.map((file) => `saved ${file}`),
    ]);
  }
  session.finish(exitOf(report));
}

interface Compared {
  readonly report: AgreementReport;
  readonly minimised: readonly MinimisedDifference[];
}

async function compare(
  kernel: LinuxEngine,
  { programs, seed, first, time, guests, out }: AgreeOptions & { readonly seed: number },
  signal: AbortSignal,
  { terminal }: Session,
  show: (text: () => string) => void,
): Promise<Compared> {
  const { runAgreement } = await import('../../fuzz/verifier/agreement/agree.ts');
  const { minimise } = await import('../../fuzz/verifier/agreement/minimise.ts');
  const report = await runAgreement({
    ...{ kernel, seed, programs, signal, now: () => terminal.now() },
    ...(first === undefined ? {} : { first }),
    ...(time === undefined ? {} : { timeMs: time * 1000 }),
    ...(guests === undefined ? {} : { lanes: guests }),
    onProgress: (counts) => show(() => agreementProgress(counts, programs)),
  });
  const minimised: MinimisedDifference[] = [];
  const wanted = out === undefined || report.ended === 'aborted' ? [] : report.differences;
  for (const difference of wanted.slice(0, SAVED_MAX)) {
    show(() => `making programs small: ${minimised.length + 1} of ${wanted.length}`);
    minimised.push(await minimise(kernel, difference, signal));
  }
  return { report, minimised };
}

function save(folder: string, { kind, text }: MinimisedDifference, index: number): string {
  return writeInto(folder, `${String(index + 1).padStart(2, '0')}-${kind}.yaml`, text);
}

function exitOf(report: AgreementReport): ExitCode {
  if (report.ended === 'aborted') return EXIT.interrupted;
  return isFaithful(report) ? EXIT.ok : EXIT.mismatch;
}
