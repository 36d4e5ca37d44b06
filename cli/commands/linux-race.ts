// tailproof linux race: runs on kernels while a second thread writes to prog arrays, and what a model allows of them.

import { type Command, Option } from 'commander';
import type { LinuxEngine } from '../../interp/linux/engine.ts';
import type { RaceOutcome } from '../../interp/linux/race-case.ts';
import type { ScenarioOfFile } from '../../model/scenario/read.ts';
import { loadEngines } from '../engines.ts';
import { EXIT, type ExitCode, worst } from '../exit-codes.ts';
import { withKernels } from '../kernels.ts';
import { countOption, jsonOption, runOption } from '../options.ts';
import { jsonDocument } from '../render/json.ts';
import { table } from '../render/table.ts';
import { chooseRuns, readScenarios, underProfile } from '../scenarios.ts';
import { helpTail, printLines, type Session } from '../session.ts';

const RUNS = 2000;
const RUNS_MAX = 1_000_000;
/** One for the runs, one for the writes. */
const CPUS = 2;

interface RaceOptions {
  readonly engines: string;
  readonly run?: string;
  readonly runs: number;
  readonly json?: true;
}

export function registerRace(linux: Command, session: Session): void {
  linux
    .command('race')
    .summary('run on kernels while another CPU writes to prog arrays')
    .description(
      'Runs a scenario many times on each kernel, under that kernel’s profile, while a second thread makes the updates and deletes of its schedule over and over, whatever their time. Every result must be one that the interpreter gives for some way in which the writes may fall between tail calls.',
    )
    .argument('<file>', 'a scenario file, or - for standard input')
    .addOption(
      new Option('--engines <list>', 'kernels, with commas').default('linux:6.1,linux:6.12'),
    )
    .addOption(runOption())
    .addOption(countOption('--runs <n>', 'runs on each kernel', 1, RUNS_MAX).default(RUNS))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(['tailproof linux race examples/replace-while-running.yaml'], {
        0: 'every result is allowed',
        1: 'a result that is not allowed',
        2: 'wrong usage or input, or a kernel is not installed',
        3: 'something cannot be run, or the verifier refuses it',
        130: 'interrupted',
      }),
    )
    .action((file: string, options: RaceOptions) => race(file, options, session));
}

/** What one scenario came to on one kernel. */
interface Raced {
  readonly name: string;
  readonly kernel: string;
  /** By return value; those that are allowed and never came have 0. */
  readonly results: readonly {
    readonly retval: number;
    readonly count: number;
    readonly allowed: boolean;
  }[];
  /** Why there are none. */
  readonly reason?: string;
}

async function race(file: string, options: RaceOptions, session: Session): Promise<void> {
  const { terminal, colors } = session;
  const scenarios = chooseRuns(await readScenarios(file, terminal), options.run, file);
  const names = options.engines.split(',').map((name) => name.trim());
  const raced = await withKernels(
    names,
    terminal,
    (kernels) => raceAll(kernels, scenarios, options.runs, session),
    { guests: 1, cpus: CPUS },
  );
  if (options.json) terminal.out(jsonDocument({ file, raced }));
  else {
    for (const { name, kernel, results, reason } of raced) {
      const rows = results.map(({ retval, count, allowed }) => [
        `0x${retval.toString(16)}`,
        String(count),
        allowed ? '' : colors.red('not allowed'),
      ]);
      printLines(session, [
        `${colors.bold(name)}  ${kernel}${reason === undefined ? '' : `: ${reason}`}`,
        ...table(rows, { right: [0, 1], indent: '  ' }),
      ]);
    }
  }
  session.finish(worst(raced.map(exitOf)));
}

function exitOf({ results, reason }: Raced): ExitCode {
  if (results.some(({ allowed }) => !allowed)) return EXIT.mismatch;
  return reason === undefined ? EXIT.ok : EXIT.inconclusive;
}

async function raceAll(
  kernels: readonly LinuxEngine[],
  scenarios: readonly ScenarioOfFile[],
  runs: number,
  { terminal }: Session,
): Promise<Raced[]> {
  const { racedResults } = await import('../../fuzz/kernel/race.ts');
  const { unsupportedRace } = await import('../../interp/linux/race-case.ts');
  const [model] = await loadEngines('interp');
  const raced: Raced[] = [];
  for (const kernel of kernels) {
    for (const { name, scenario } of await underProfile(scenarios, kernel.profile, terminal)) {
      const reason = unsupportedRace(scenario);
      const allowed = reason === undefined ? racedResults(model!, scenario) : new Set<number>();
      const outcome: RaceOutcome =
        reason === undefined ? await kernel.race(scenario, runs) : { kind: 'unsupported', reason };
      raced.push({ name, kernel: kernel.name, ...judged(outcome, allowed) });
    }
  }
  return raced;
}

function judged(
  outcome: RaceOutcome,
  allowed: ReadonlySet<number>,
): Pick<Raced, 'results' | 'reason'> {
  switch (outcome.kind) {
    case 'raced': {
      const { results } = outcome;
      const retvals = [...new Set([...results.keys(), ...allowed])].sort((a, b) => a - b);
      return {
        results: retvals.map((retval) => ({
          retval,
          count: results.get(retval) ?? 0,
          allowed: allowed.has(retval),
        })),
      };
    }
    case 'unsupported':
      return { results: [], reason: outcome.reason };
    case 'rejected':
      return {
        results: [],
        reason: `program ${outcome.program} is refused (errno ${outcome.errno})`,
      };
    case 'refused':
      return { results: [], reason: `${outcome.what} is refused (errno ${outcome.errno})` };
    case 'failed':
      return { results: [], reason: `the guest failed: ${outcome.failure}` };
  }
}
