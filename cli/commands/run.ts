// tailproof run: the runs of a scenario file, each to its outcome.

import { basename, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { InputError } from '../../model/errors.ts';
import type { NamedScenario } from '../../model/scenario/read.ts';
import { type EngineChoice, loadEngines } from '../engines.ts';
import { worst } from '../exit-codes.ts';
import { inputName, STDIN, writeWhole } from '../io.ts';
import {
  askKernels,
  enginesOption,
  type KernelSaying,
  readEngines,
  sayingLines,
  sayingsExit,
  sayingsJson,
  withKernels,
} from '../kernels.ts';
import { engineOption, faultOption, jsonOption, runOption } from '../options.ts';
import { profileOption } from '../profiles.ts';
import { graphSvg } from '../render/graph.ts';
import { jsonDocument } from '../render/json.ts';
import { count } from '../render/text.ts';
import { traceLines } from '../render/trace.ts';
import { shellWord } from '../report-error.ts';
import { type RunResult, runJson, runLines, runOn, VERDICT_EXIT } from '../run-scenario.ts';
import { chooseRuns, readScenarios, underProfile } from '../scenarios.ts';
import { helpTail, printLines, type Session } from '../session.ts';

interface RunOptions {
  readonly engine: EngineChoice;
  readonly trace?: true;
  readonly graph?: string;
  readonly json?: true;
  readonly run?: string;
  readonly profile?: string;
  readonly fault?: string;
  readonly engines?: string;
}

export function registerRun(program: Command, session: Session): void {
  program
    .command('run')
    .summary('run a scenario file on both engines')
    .description(
      'Runs every run of a scenario file, shows how each ends, compares the engines, and checks what the file expects.',
    )
    .argument('<file>', 'scenario file, or - for standard input')
    .addOption(runOption())
    .addOption(profileOption())
    .addOption(engineOption())
    .addOption(enginesOption().conflicts('engine'))
    .option('--trace', "print each step, with the registers that it changed (the interpreter's)")
    .addOption(new Option('--graph <svg>', 'draw the tail calls and the time line of one run'))
    .addOption(faultOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(
        [
          'tailproof run examples/flow-parser.yaml',
          'tailproof run --engine interp --trace f.yaml',
          'tailproof run --engines interp,linux:6.12 examples/selftests/bpf2bpf-2.yaml',
          'tailproof run examples/flow-parser.yaml --run udp-parsed-as-tcp --graph udp.svg',
        ],
        {
          0: 'as expected',
          1: 'engines differ or an expectation fails',
          2: 'wrong input',
          3: 'unsupported',
        },
      ),
    )
    .action((file: string, options: RunOptions) => run(file, options, session));
}

async function run(file: string, options: RunOptions, session: Session): Promise<void> {
  if (options.trace && options.engine === 'smt') {
    throw new InputError('--trace shows the interpreter; it goes with --engine interp or both');
  }
  if (options.trace && options.json) {
    throw new InputError('--trace is for people; it does not go with --json');
  }
  const chosen = chooseRuns(await readScenarios(file, session.terminal), options.run, file);
  const scenarios = await underProfile(chosen, options.profile, session.terminal);
  if (options.graph !== undefined) checkGraph(options.graph, file, scenarios);
  const list = options.engines === undefined ? undefined : await readEngines(options.engines);
  const [model, ...more] = list?.models ?? [];
  const choice = model === undefined ? options.engine : more.length > 0 ? 'both' : model;
  const engines = await loadEngines(choice, options.fault);
  const ran = scenarios.map((named) => runOn(engines, named));
  const sayings = await onKernels(list?.kernels ?? [], ran, session);
  const results = ran.map((result, i) => judged(result, sayings[i]!));
  for (const [i, result] of results.entries()) {
    if (options.trace) await printTrace(result, options.fault, session);
    if (options.json) continue;
    const said = sayingLines(sayings[i]!, session.colors);
    printLines(session, [...runLines(result, session.colors), ...said, '']);
  }
  if (options.graph !== undefined) drawGraph(options.graph, file, results[0]!);
  if (options.json) {
    const runs = results.map((result, i) => {
      const kernels = list === undefined ? {} : { kernels: sayingsJson(sayings[i]!) };
      return { ...runJson(result), ...kernels };
    });
    session.terminal.out(jsonDocument({ file, runs }));
  } else printLines(session, [summaryOf(results)]);
  session.finish(
    worst([...results.map(({ verdict }) => VERDICT_EXIT[verdict]), ...sayings.map(sayingsExit)]),
  );
}

/** What a run came to that is fine on the models, when kernels have had their say. */
function judged(result: RunResult, sayings: readonly KernelSaying[]): RunResult {
  if (result.verdict !== 'ok') return result;
  const verdicts = sayings.map(({ comparison }) => comparison.verdict);
  if (verdicts.includes('differ')) return { ...result, verdict: 'kernel_differs' };
  if (verdicts.includes('inconclusive')) return { ...result, verdict: 'not_compared' };
  return result;
}

/** What kernels say of each run; nothing boots where none is asked for. */
async function onKernels(
  names: readonly string[],
  results: readonly RunResult[],
  { terminal }: Session,
): Promise<KernelSaying[][]> {
  if (names.length === 0) return results.map(() => []);
  const runs = results.map(({ scenario, outcomes }) => ({
    scenario,
    outcome: outcomes[0]!.outcome,
  }));
  const model = results[0]!.outcomes[0]!.engine;
  return withKernels(names, terminal, (kernels) => askKernels(kernels, runs, model), {
    guests: 1,
  });
}

/** @throws InputError where the picture would show no single run, or replace what it shows. */
function checkGraph(graph: string, file: string, scenarios: readonly NamedScenario[]): void {
  if (graph === '' || graph === STDIN) {
    throw new InputError('--graph wants the name of a file; standard output has the results');
  }
  if (file !== STDIN && resolve(graph) === resolve(file)) {
    throw new InputError('--graph would replace the scenario file', { file });
  }
  if (scenarios.length === 1) return;
  const [first] = scenarios;
  throw new InputError(
    `--graph draws one run, and there are ${scenarios.length}; choose one, like --run ${shellWord(first!.name)}`,
    { file: inputName(file) },
  );
}

/** Draws what the first engine did; where engines differ, so says the title. */
function drawGraph(
  graph: string,
  file: string,
  { name, scenario, outcomes, difference }: RunResult,
) {
  const { engine, outcome } = outcomes[0]!;
  const engineText = difference === undefined ? '' : ` · as ${engine} has it`;
  const title = `${file === STDIN ? inputName(file) : basename(file)} · ${name}${engineText}`;
  writeWhole(graph, graphSvg(title, scenario, outcome));
}

function summaryOf(results: readonly RunResult[]): string {
  const withVerdict = (verdict: RunResult['verdict'], words: string) => {
    const number = results.filter((result) => result.verdict === verdict).length;
    return number === 0 ? [] : [`${number} ${words}`];
  };
  const parts = [
    ...withVerdict('ok', 'ok'),
    ...withVerdict('failed', 'not as expected'),
    ...withVerdict('differ', 'on which the engines differ'),
    ...withVerdict('kernel_differs', 'on which a kernel differs'),
    ...withVerdict('unsupported', 'unsupported'),
    ...withVerdict('not_compared', 'not compared with every kernel'),
  ];
  return `${count(results.length, 'run')}: ${parts.join(', ')}`;
}

async function printTrace(
  { name, scenario }: NamedScenario,
  fault: string | undefined,
  session: Session,
): Promise<void> {
  const { terminal, colors } = session;
  terminal.out(`${colors.bold(name)}  trace\n`);
  await traceLines(scenario, fault, (line) => terminal.out(`${line}\n`));
}
