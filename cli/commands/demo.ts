// tailproof demo: the main job in one go, for somebody who sees it for the first time.

import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import type { Command } from 'commander';
import type { NamedScenario } from '../../model/scenario/read.ts';
import { type CampaignRun, conductCampaign } from '../campaign-command.ts';
import { type AllChecks, checkAll } from '../check-all.ts';
import { CHECK_EXIT, type RunCheck } from '../check-run.ts';
import { loadEngines } from '../engines.ts';
import { EXIT, type ExitCode, worst } from '../exit-codes.ts';
import { checkWritableDirectory } from '../io.ts';
import { countOption, jsonOption, seedOption } from '../options.ts';
import { examplePath } from '../package-info.ts';
import { findingLines, reportLines } from '../render/campaign.ts';
import { checkLines } from '../render/exploration.ts';
import { jsonDocument } from '../render/json.ts';
import { chainText, endingText } from '../render/outcome.ts';
import { table } from '../render/table.ts';
import { count } from '../render/text.ts';
import { shellWord } from '../report-error.ts';
import { coloredVerdict, type RunResult, runOn, VERDICT_EXIT } from '../run-scenario.ts';
import { readScenarios } from '../scenarios.ts';
import { helpTail, printLines, type Session } from '../session.ts';

interface DemoOptions {
  readonly seconds: number;
  readonly seed?: number;
  readonly out: string;
  readonly json?: true;
}

const EXAMPLE = 'flow-parser.yaml';
/** A run whose paths are all found in a moment. */
const CHECK_NEXT = 'cut-in-vlan';
const SECONDS = 30;
const SECONDS_MAX = 3600;
/** Small enough for a first look; `check` goes further. */
const BOUNDS = { paths: 8, steps: 2000, checks: 40 } as const;
const BUDGET = { rlimit: 1_000_000, timeoutMs: 1000 } as const;
const CHECK_MS = 15_000;
const JOBS = Math.min(4, availableParallelism());

export function registerDemo(program: Command, session: Session): void {
  program
    .command('demo')
    .summary('run and check the example, then a short campaign')
    .description(
      'Runs the flow parser of examples/ on its packets, explores its paths for unknown packets, and then compares the two engines on random programs for a while. This is what npm start does.',
    )
    .addOption(
      countOption('--seconds <n>', 'length of the campaign', 1, SECONDS_MAX).default(SECONDS),
    )
    .addOption(seedOption())
    .option('--out <dir>', 'where findings are saved', 'findings')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(['tailproof demo --seconds 10'], {
        0: 'all good',
        1: 'a mismatch or a failed expectation',
        3: 'inconclusive',
        130: 'interrupted',
      }),
    )
    .action((options: DemoOptions) => demo(options, session));
}

/** Everything that the demo did. */
interface DemoResult {
  readonly runs: readonly RunResult[];
  /** How many there are. */
  readonly packets: number;
  readonly checks: readonly RunCheck[];
  readonly campaign?: CampaignRun;
}

async function demo(options: DemoOptions, session: Session): Promise<void> {
  const { terminal, colors } = session;
  const say = (lines: readonly string[]) => {
    if (!options.json) printLines(session, lines);
  };
  checkWritableDirectory(options.out);
  const file = examplePath(EXAMPLE);
  const scenarios = await readScenarios(file, terminal);
  const engines = await loadEngines('both');
  say([
    colors.bold('1. A real program'),
    'A flow parser: programs that tail-call each other through a prog array to take a packet apart.',
    'Each packet is run by the interpreter and by the SMT model; the outcomes must be equal to the bit.',
    '',
  ]);
  const runs = scenarios.map((named) => runOn(engines, named));
  say([
    ...table(
      runs.map((run) => runCells(run, session)),
      { indent: '  ' },
    ),
    '',
  ]);
  say([
    colors.bold('2. All of its paths'),
    'Now the bytes of the packet are unknown: Z3 finds an input for each feasible path, up to a bound.',
    '',
  ]);
  const { checks, interrupted } = await checkBriefly(scenarios, say, session);
  const checked = { runs, packets: scenarios.length, checks };
  if (interrupted) return finish(checked, EXIT.interrupted, options, session);
  say([
    colors.bold(`3. Random programs, for ${options.seconds} seconds`),
    'Scenarios made at random (branches, loops, calls, maps, tail calls, writers) on both engines.',
    '',
  ]);
  const campaign = await conductCampaign(
    {
      seed: options.seed ?? randomInt(2 ** 32),
      first: 0,
      time: options.seconds,
      jobs: JOBS,
      out: options.out,
      onFinding: (finding, path) => say(findingLines(finding, path, colors)),
    },
    terminal,
  );
  say([...reportLines(campaign.report, colors), '']);
  const result = { ...checked, campaign };
  finish(result, exitOf(result), options, session);
}

/** Begins runs for a while, each with tight bounds. */
async function checkBriefly(
  scenarios: readonly NamedScenario[],
  say: (lines: readonly string[]) => void,
  { terminal, colors }: Session,
): Promise<AllChecks> {
  const deadline = terminal.now() + CHECK_MS;
  // Short packets have fewer and easier paths, so that many are done in the time.
  const lengthOf = ({ scenario }: NamedScenario) => scenario.run.packet?.length ?? 0;
  const result = await checkAll(
    scenarios.toSorted((a, b) => lengthOf(a) - lengthOf(b)),
    {
      bounds: BOUNDS,
      budget: BUDGET,
      jobs: JOBS,
      goOn: () => terminal.now() < deadline,
      onCheck: (check) => {
        if (CHECK_EXIT[check.verdict] === EXIT.mismatch) say(checkLines(check, colors));
      },
    },
    terminal,
  );
  say([...pathsLines(result.checks, scenarios.length).map((line) => `  ${line}`), '']);
  return result;
}

function runCells(run: RunResult, { colors }: Session): string[] {
  const { name, scenario, verdict, outcomes } = run;
  const { outcome } = outcomes[0]!;
  return [
    coloredVerdict(verdict, colors),
    name,
    endingText(scenario, outcome.ending),
    chainText(scenario, outcome),
  ];
}

function pathsLines(checks: readonly RunCheck[], packets: number): string[] {
  const sum = (of: (check: RunCheck) => number) => checks.reduce((n, check) => n + of(check), 0);
  const paths = sum((check) => check.paths.length);
  const mismatches = sum((check) => check.mismatches.length);
  const traps = sum((check) => check.traps.length);
  return [
    `${count(paths, 'feasible path')} from ${checks.length} of ${count(packets, 'packet')}: ${count(mismatches, 'mismatch', 'mismatches')}, ${count(traps, 'trap')}.`,
    ...(checks.every(({ verdict }) => verdict === 'agree') && checks.length === packets
      ? []
      : [`More paths lie beyond this short look (${BOUNDS.paths} a packet); check goes further.`]),
  ];
}

/** The demo's own bound is no failure: it is said, and `check` is named. Failures are. */
function exitOf({ runs, checks, campaign }: DemoResult): ExitCode {
  const report = campaign?.report;
  if (report?.ended === 'aborted') return EXIT.interrupted;
  return worst([
    ...runs.map(({ verdict }) => VERDICT_EXIT[verdict]),
    ...checks.map(({ verdict }) => (verdict === 'inconclusive' ? EXIT.ok : CHECK_EXIT[verdict])),
    (report?.findings.length ?? 0) > 0 ? EXIT.mismatch : EXIT.ok,
  ]);
}

function finish(result: DemoResult, code: ExitCode, options: DemoOptions, session: Session): void {
  const { terminal } = session;
  if (options.json) terminal.out(jsonDocument(demoJson(result, code)));
  else printLines(session, summaryLines(result, code, options, session));
  session.finish(code);
}

function demoJson({ runs, checks, campaign }: DemoResult, code: ExitCode) {
  const { report } = campaign ?? {};
  return {
    runs: runs.map(({ name, verdict }) => ({ name, verdict })),
    checks: checks.map(({ name, verdict, paths }) => ({ name, verdict, paths: paths.length })),
    campaign: report && { ...report, findings: report.findings.map(({ run }) => run) },
    code,
  };
}

function summaryLines(
  { runs, packets, checks, campaign }: DemoResult,
  code: ExitCode,
  options: DemoOptions,
  { colors }: Session,
): string[] {
  const report = campaign?.report;
  const good = runs.filter(({ verdict }) => verdict === 'ok').length;
  const done = [
    `${good} of ${count(runs.length, 'packet')} went through the flow parser as expected,`,
    ...pathsLines(checks, packets),
    ...(report === undefined
      ? []
      : [
          `${count(report.runs, 'random scenario')}, ${count(report.findings.length, 'finding')}, ${report.coverage.rows} of ${report.coverage.rowsAll} instruction forms met.`,
        ]),
  ];
  const seed = report?.seed ?? options.seed ?? 1;
  const example = shellWord(relative('', examplePath(EXAMPLE)));
  return [
    colors.bold('What was done'),
    ...done.map((line) => `  ${line}`),
    colors.bold('What it means'),
    ...meaning(code).map((line) => `  ${line}`),
    colors.bold('What to try next'),
    ...table(
      [
        [`npx tailproof run ${example}`, 'each packet, hop by hop'],
        [
          `npx tailproof check ${example} --run ${CHECK_NEXT}`,
          'all paths of packets of one length',
        ],
        [`npx tailproof fuzz --seed ${seed} --runs 20000`, 'a campaign that anyone can repeat'],
      ],
      { indent: '  ' },
    ),
  ];
}

function meaning(code: ExitCode): string[] {
  if (code === EXIT.interrupted) return ['It was interrupted, so it says nothing yet.'];
  if (code === EXIT.mismatch) {
    return [
      'Something is not as it should be: see the lines in which the engines differ or an',
      'expectation does not hold. A finding is a file; tailproof replay FILE shows it again.',
    ];
  }
  if (code === EXIT.inconclusive) return ['A run met something that is not modelled.'];
  return [
    'What each instruction and each tail call does is written twice, from the standard alone: as a',
    'program (interp) and as formulas (smt). Both said the same, to the bit, on everything above.',
    'That is evidence and no proof: it covers what was run, and the paths within the bounds.',
  ];
}
