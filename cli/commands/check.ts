// tailproof check: every feasible path of a scenario, on both engines.

import type { Command } from 'commander';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { formatScenario } from '../../model/scenario/write.ts';
import { checkAll } from '../check-all.ts';
import { CHECK_EXIT, type CheckVerdict, type RunCheck } from '../check-run.ts';
import { EXIT, worst } from '../exit-codes.ts';
import {
  askKernels,
  enginesOption,
  type KernelSaying,
  readEngines,
  sayingsExit,
  sayingsJson,
  withKernels,
} from '../kernels.ts';
import { countOption, jobsOption, jsonOption, runOption } from '../options.ts';
import { profileOption } from '../profiles.ts';
import { checkLines } from '../render/exploration.ts';
import { jsonLine } from '../render/json.ts';
import { outcomeJson } from '../render/outcome.ts';
import { count } from '../render/text.ts';
import { chooseRuns, readScenarios, underProfile } from '../scenarios.ts';
import { helpTail, printLines, type Session } from '../session.ts';

interface CheckOptions {
  readonly paths: number;
  readonly steps: number;
  readonly checks: number;
  /** Seconds. */
  readonly timeout: number;
  readonly jobs: number;
  readonly json?: true;
  readonly run?: string;
  readonly profile?: string;
  readonly engines?: string;
}

const CHECK_BOUNDS = { paths: 256, steps: 10_000, checks: 10_000 } as const;
/** Seconds. What is not decided by then seldom is. */
const TIMEOUT = 10;
const TIMEOUT_MAX = 3600;

export function registerCheck(program: Command, session: Session): void {
  program
    .command('check')
    .summary('explore every feasible path of a scenario')
    .description(
      'Takes the bytes of packet and context, the registers that a raw run sets, and the values in the maps as unknown, finds every feasible path within the bounds and an input for each, and compares what the SMT model predicts with what the interpreter does. A trap that is found is reported with its input; it counts as a failure where the verifier accepts the programs, or where the file expects the run to end otherwise.',
    )
    .argument('<file>', 'scenario file, or - for standard input')
    .addOption(runOption())
    .addOption(profileOption())
    .addOption(countOption('--paths <n>', 'paths of a run').default(CHECK_BOUNDS.paths))
    .addOption(countOption('--steps <n>', 'steps of a path').default(CHECK_BOUNDS.steps))
    .addOption(
      countOption('--checks <n>', 'questions to the solver for a run').default(CHECK_BOUNDS.checks),
    )
    .addOption(
      countOption('--timeout <seconds>', 'for one question to the solver', 1, TIMEOUT_MAX).default(
        TIMEOUT,
      ),
    )
    .addOption(enginesOption())
    .addOption(jobsOption('runs that are explored at the same time'))
    .addOption(jsonOption('a JSON document a line: one event for each run, and a report'))
    .addHelpText(
      'after',
      helpTail(
        [
          'tailproof check examples/flow-parser.yaml',
          'tailproof check --run vlan --json examples/flow-parser.yaml',
        ],
        {
          0: 'all paths were decided and agree',
          1: 'a mismatch, or a trap of programs that the verifier accepts',
          2: 'wrong input',
          3: 'inconclusive: something was cut, unsupported or unknown',
        },
      ),
    )
    .action((file: string, options: CheckOptions) => check(file, options, session));
}

async function check(file: string, options: CheckOptions, session: Session): Promise<void> {
  const { terminal, colors } = session;
  const { json, jobs, timeout, run, profile, engines, ...bounds } = options;
  const { kernels } = engines === undefined ? { kernels: [] } : await readEngines(engines);
  const chosen = chooseRuns(await readScenarios(file, terminal), run, file);
  const scenarios = await underProfile(chosen, profile, terminal);
  const { DEFAULT_BUDGET } = await import('../../smt/index.ts');
  const { checks, interrupted } = await checkAll(
    scenarios,
    {
      bounds,
      jobs,
      budget: { ...DEFAULT_BUDGET, timeoutMs: timeout * 1000 },
      onCheck: (found) => {
        if (json) terminal.out(jsonLine({ event: 'run', ...checkJson(found) }));
        else printLines(session, [...checkLines(found, colors), '']);
      },
    },
    terminal,
  );
  const sayings = interrupted ? [] : await onEveryPath(kernels, checks, session);
  const code = interrupted
    ? EXIT.interrupted
    : worst([...checks.map((c) => CHECK_EXIT[c.verdict]), sayingsExit(sayings)]);
  if (json) {
    const said = kernels.length === 0 ? {} : { kernels: sayingsJson(sayings) };
    terminal.out(
      jsonLine({ event: 'report', runs: scenarios.length, ...totals(checks), ...said, code }),
    );
  } else {
    printLines(session, [
      conclusion(checks, scenarios.length, interrupted),
      ...kernels.map((kernel) => kernelConclusion(kernel, sayings)),
    ]);
  }
  session.finish(code);
}

/** What kernels say of the input that leads down each path. */
async function onEveryPath(
  names: readonly string[],
  checks: readonly RunCheck[],
  { terminal }: Session,
): Promise<KernelSaying[]> {
  if (names.length === 0) return [];
  const paths = checks.flatMap((found) => found.paths);
  const said = await withKernels(
    names,
    terminal,
    (kernels) => askKernels(kernels, paths, 'the model'),
    { guests: 1 },
  );
  return said.flat();
}

/** One kernel in one sentence. */
function kernelConclusion(kernel: string, all: readonly KernelSaying[]): string {
  const comparisons = all.filter((one) => one.kernel === kernel).map((one) => one.comparison);
  const agreed = comparisons.filter(({ verdict }) => verdict === 'equal').length;
  const differing = comparisons.flatMap((c) => (c.verdict === 'differ' ? [c.difference.at] : []));
  const reasons = comparisons.flatMap((c) => (c.verdict === 'inconclusive' ? [c.reason] : []));
  const parts = [
    `${kernel} agrees on ${agreed} of ${count(comparisons.length, 'path')}`,
    ...(differing.length === 0 ? [] : [`differs on ${differing.length}, first in ${differing[0]}`]),
    ...(reasons.length === 0
      ? []
      : [`${reasons.length} were not compared, first because ${reasons[0]}`]),
  ];
  return `${parts.join('; ')}.`;
}

function totals(checks: readonly RunCheck[]) {
  const sum = (of: (check: RunCheck) => number) => checks.reduce((n, check) => n + of(check), 0);
  return {
    checked: checks.length,
    paths: sum(({ paths }) => paths.length),
    mismatches: sum(({ mismatches }) => mismatches.length),
    traps: sum(({ traps }) => traps.length),
    failures: sum(({ failures }) => failures.length),
    cut: sum(({ exploration }) => exploration.cut.length),
    unexplored: sum(({ exploration }) => exploration.unexplored),
    unknown: sum(({ exploration }) => exploration.unknown.length),
    unsupported: sum(unsupportedPaths),
  };
}

function unsupportedPaths({ paths }: RunCheck): number {
  return paths.filter(({ outcome }) => outcome.ending.kind === 'unsupported').length;
}

/** The whole in one sentence. */
function conclusion(checks: readonly RunCheck[], runs: number, interrupted: boolean): string {
  const total = totals(checks);
  const done = `${count(total.paths, 'path')} of ${count(checks.length, 'run')}`;
  if (interrupted) {
    const waiting = runs - checks.length;
    const rest = waiting === 0 ? '' : `, ${waiting} of ${count(runs, 'run')} were not begun`;
    return `Interrupted: ${done} were checked${rest}.`;
  }
  if (total.mismatches > 0) return `The engines differ on ${total.mismatches} of ${done}.`;
  const unlooked = [
    [total.cut, 'cut by the bounds'],
    [total.unexplored, 'not explored'],
    [total.unknown, 'unknown to the solver'],
    [total.unsupported, 'unsupported'],
  ] as const;
  const left = unlooked.filter(([n]) => n > 0).map(([n, words]) => `${n} ${words}`);
  const having = (wanted: CheckVerdict) => checks.filter(({ verdict }) => verdict === wanted);
  const [failed, unsound] = [having('expectation').length, having('unsound').length];
  const but = [
    ...(failed > 0 ? [`, but ${count(failed, 'run')} did not go as the file expects`] : []),
    ...(unsound > 0 ? [`, but ${count(unsound, 'run')} trapped that the verifier accepts`] : []),
  ].join('');
  if (left.length === 0) {
    return `The engines agree on every path (${done})${but}, and nothing was left out.`;
  }
  const agreed = `The engines agree on every path that was followed (${done})${but}`;
  return `${agreed}; this is inconclusive, because some were left out: ${left.join(', ')}.`;
}

function checkJson(check: RunCheck) {
  const { name, verdict, exploration, traps, mismatches, failures, paths, promise } = check;
  const { infeasible, checks, unexplored, stopped, complete, cut, unknown } = exploration;
  const outcomes: Record<string, number> = {};
  for (const { outcome } of paths) {
    const { ending } = outcome;
    const kind = ending.kind === 'trap' ? ending.trap : ending.kind;
    outcomes[kind] = (outcomes[kind] ?? 0) + 1;
  }
  return {
    name,
    verdict,
    paths: paths.length,
    outcomes,
    ...(promise === undefined ? {} : { verifier: promise }),
    traps: traps.map((trap) => ({
      ending: outcomeJson(trap.scenario, trap.outcome).ending,
      paths: trap.paths,
      expected: trap.expected,
      scenario: inputFile(trap.scenario),
    })),
    mismatches: mismatches.map(({ scenario, difference }) => ({
      difference,
      scenario: inputFile(scenario),
    })),
    failures,
    leftOut: {
      complete,
      stopped,
      unexplored,
      cut: cut.map(({ reason }) => reason),
      unknown: unknown.map(({ reason, detail }) => ({ reason, detail })),
    },
    infeasible,
    checks,
  };
}

/** A scenario file of one path's input; what is expected of the run's own input says nothing about it. */
function inputFile({ expect: _, ...scenario }: Scenario): string {
  return formatScenario(scenario);
}
