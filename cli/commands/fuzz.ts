// tailproof fuzz: a differential campaign of both engines over random scenarios.

import { randomInt } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { CampaignReport } from '../../fuzz/campaign/campaign.ts';
import { InputError } from '../../model/errors.ts';
import type { VerifierVersion } from '../../model/verifier/rules.ts';
import { type CampaignRun, conductCampaign } from '../campaign-command.ts';
import { findFault } from '../engines.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { checkWritableDirectory } from '../io.ts';
import { fuzzKernels } from '../kernel-campaign.ts';
import { enginesOption, guestsOption, readEngines } from '../kernels.ts';
import {
  countOption,
  faultOption,
  jobsOption,
  jsonOption,
  oracleOption,
  seedOption,
  verifierOption,
} from '../options.ts';
import { findProfiles, profilesOption } from '../profiles.ts';
import { findingLines, reportLines } from '../render/campaign.ts';
import { jsonLine } from '../render/json.ts';
import { shellWord } from '../report-error.ts';
import { helpTail, printLines, type Session } from '../session.ts';
import { fuzzVerifier } from '../verifier-campaign.ts';

interface FuzzOptions {
  readonly seed?: number;
  readonly runs?: number;
  readonly time?: number;
  readonly first: number;
  readonly jobs: number;
  readonly solverEvery?: number;
  readonly fault?: string;
  readonly profiles?: string;
  readonly engines?: string;
  readonly guests?: number;
  readonly oracle?: 'verifier';
  readonly verifier?: VerifierVersion;
  readonly out: string;
  readonly json?: true;
}

const SECONDS_MAX = 30 * 24 * 3600;
const OUT = 'findings';

export function registerFuzz(program: Command, session: Session): void {
  program
    .command('fuzz')
    .summary('compare the engines on random scenarios')
    .description(
      'Makes random scenarios from a seed, runs each on both engines and compares the outcomes to the bit; on a sample, Z3 gives an input for every feasible path. A mismatch is made small and saved at once. The same seed and number of runs give the same result, whatever the machine. Without --runs or --time it goes on until Ctrl-C. With --oracle verifier, programs that the verifier accepts are run and held against what it promised.',
    )
    .addOption(seedOption())
    .addOption(countOption('--runs <n>', 'how many runs').conflicts('time'))
    .addOption(countOption('--time <seconds>', 'how long', 1, SECONDS_MAX))
    .addOption(countOption('--first <n>', 'the first run, to go on with a campaign', 0).default(0))
    .addOption(jobsOption())
    .addOption(
      countOption(
        '--solver-every <n>',
        'every n-th run also goes through Z3; 0: none (default: 200)',
        0,
      ),
    )
    .addOption(faultOption())
    .addOption(profilesOption())
    .addOption(enginesOption().conflicts(['profiles', 'solverEvery']))
    .addOption(guestsOption())
    .addOption(oracleOption().conflicts(['profiles', 'engines']))
    .addOption(verifierOption())
    .addOption(new Option('--out <dir>', 'where findings are saved').default(OUT))
    .addOption(jsonOption('a JSON document a line: progress, findings, and a report'))
    .addHelpText(
      'after',
      helpTail(
        [
          'tailproof fuzz --seed 7 --runs 20000',
          'tailproof fuzz --time 60 --jobs 2',
          'tailproof fuzz --engines interp,linux:6.12 --runs 20000',
          'tailproof fuzz --oracle verifier --seed 11 --runs 20000',
        ],
        {
          0: 'no mismatch',
          1: 'findings',
          2: 'wrong input',
          3: 'inconclusive: nothing was compared with a kernel',
          130: 'interrupted (what was found is kept)',
        },
      ),
    )
    .action((options: FuzzOptions) => fuzz(options, session));
}

async function fuzz(options: FuzzOptions, session: Session): Promise<void> {
  const { terminal, colors } = session;
  const { json, seed: given, fault: faultName, profiles: list, engines, ...settings } = options;
  const { first, runs, time, oracle, verifier } = settings;
  const seed = given ?? randomInt(2 ** 32);
  const fault =
    faultName === undefined || oracle !== undefined ? undefined : await findFault(faultName);
  const profiles = list === undefined ? undefined : await findProfiles(list, terminal);
  if (runs !== undefined && first + runs > Number.MAX_SAFE_INTEGER) {
    throw new InputError('--first and --runs together are too large');
  }
  checkWritableDirectory(options.out);
  const start = {
    event: 'start',
    seed,
    first,
    runs,
    time,
    fault: faultName,
    profiles: list,
    engines,
    oracle,
    verifier,
  };
  if (json) terminal.out(jsonLine(start));
  else if (given === undefined) printLines(session, [`seed ${seed}`]);
  if (oracle === 'verifier') {
    const version = verifier === undefined ? {} : { version: verifier };
    return fuzzVerifier({ ...options, ...version, seed }, session);
  }
  const chosen = engines === undefined ? undefined : await readEngines(engines);
  if (chosen !== undefined && chosen.kernels.length > 0) {
    return fuzzKernels({ ...options, seed, engines: chosen }, session);
  }
  const campaign = await conductCampaign(
    {
      ...settings,
      seed,
      ...(fault === undefined ? {} : { fault }),
      ...(profiles === undefined ? {} : { profiles }),
      onFinding: (finding, file) => {
        if (json)
          terminal.out(jsonLine({ event: 'finding', ...finding, scenario: undefined, file }));
        else printLines(session, findingLines(finding, file, colors));
      },
      onProgress: (done, findings) => {
        if (json) terminal.out(jsonLine({ event: 'progress', runs: done, findings }));
      },
    },
    terminal,
  );
  printReport(campaign, options, session);
  session.finish(exitOf(campaign.report));
}

function exitOf({ ended, findings }: CampaignReport): ExitCode {
  if (ended === 'aborted') return EXIT.interrupted;
  return findings.length > 0 ? EXIT.mismatch : EXIT.ok;
}

/** The report on standard output; what depends on time, and how to go on, on standard error. */
function printReport(
  { report, files, elapsedMs }: CampaignRun,
  options: FuzzOptions,
  session: Session,
): void {
  const { terminal, colors } = session;
  if (options.json) {
    const findings = report.findings.map(({ run }, i) => ({ run, file: files[i] }));
    const code = exitOf(report);
    terminal.out(jsonLine({ event: 'report', ...report, findings, code }));
  } else {
    const replays = files.map((file) => `  tailproof replay ${shellWord(file)}${fault(options)}`);
    printLines(session, [
      ...reportLines(report, colors),
      ...(replays.length === 0 ? [] : ['Look at them with:', ...replays]),
    ]);
  }
  const seconds = elapsedMs / 1000;
  const rate = seconds > 0 ? Math.round(report.runs / seconds) : 0;
  terminal.err(`${seconds.toFixed(1)} s, ${rate} scenarios/s\n`);
  if (report.ended !== 'runs') terminal.err(`Go on with: ${resumeCommand(report, options)}\n`);
}

/** The command that goes on where a campaign has stopped. */
export function resumeCommand(report: CampaignReport, options: FuzzOptions): string {
  const { next } = report;
  const left = options.runs === undefined ? undefined : report.first + options.runs - next;
  const given = (flag: string, value: string | number | undefined) =>
    value === undefined ? '' : ` ${flag} ${value}`;
  return [
    `tailproof fuzz --seed ${report.seed} --first ${next}`,
    given('--runs', left),
    given('--time', options.time),
    given('--jobs', options.jobs),
    given('--solver-every', options.solverEvery),
    fault(options),
    given('--profiles', options.profiles === undefined ? undefined : shellWord(options.profiles)),
    options.out === OUT ? '' : given('--out', shellWord(options.out)),
  ].join('');
}

function fault(options: FuzzOptions): string {
  return options.fault === undefined ? '' : ` --fault ${options.fault}`;
}
