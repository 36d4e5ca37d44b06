// tailproof replay: a saved finding once more, on both engines.

import type { Command } from 'commander';
import { InputError } from '../../model/errors.ts';
import { type NamedScenario, parseScenarioFile } from '../../model/scenario/read.ts';
import type { VerifierVersion } from '../../model/verifier/rules.ts';
import { type Engine, loadEngines } from '../engines.ts';
import { EXIT, worst } from '../exit-codes.ts';
import { inputName, readText } from '../io.ts';
import { faultOption, jsonOption, oracleOption, verifierOption } from '../options.ts';
import { differenceText } from '../render/difference.ts';
import { jsonDocument } from '../render/json.ts';
import { outcomeLines } from '../render/outcome.ts';
import { oneLine } from '../render/text.ts';
import { replayPromise } from '../replay-promise.ts';
import { type RunResult, runJson, runOn } from '../run-scenario.ts';
import { helpTail, printLines, type Session } from '../session.ts';

interface ReplayOptions {
  readonly fault?: string;
  readonly oracle?: 'verifier';
  readonly verifier?: VerifierVersion;
  readonly unprivileged?: true;
  readonly json?: true;
}

export function registerReplay(program: Command, session: Session): void {
  program
    .command('replay')
    .summary('run a saved finding again')
    .description(
      'Runs a finding on both engines, shows both outcomes and the first difference between them. Whether the outcome is what the file expects is not looked at: that is what run does.',
    )
    .argument('<file>', 'a finding, or any scenario file, or - for standard input')
    .addOption(faultOption())
    .addOption(oracleOption())
    .addOption(verifierOption())
    .option('--unprivileged', 'its programs are loaded without any capability')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(['tailproof replay findings/seed-7-run-412.yaml'], {
        0: 'the engines agree, or the promise holds',
        1: 'they differ, or it does not',
        2: 'wrong input',
        3: 'unsupported',
      }),
    )
    .action((file: string, options: ReplayOptions) => replay(file, options, session));
}

async function replay(file: string, options: ReplayOptions, session: Session): Promise<void> {
  if (options.oracle === 'verifier') return replayPromise(file, options, session);
  const text = await readText(file, session.terminal);
  const { scenarios } = parseScenarioFile(text, { file: inputName(file) });
  const engines = await loadEngines('both', options.fault);
  const results = scenarios.map((named) => replayOne(engines, named));
  if (options.json) {
    session.terminal.out(jsonDocument({ file, runs: results.map(runJson) }));
  } else {
    for (const result of results) printLines(session, replayLines(result, session));
    if (results.every(({ difference }) => difference === undefined)) {
      printLines(session, agreementHints(text, options));
    }
  }
  session.finish(worst(results.map(exitOf)));
}

/** A run; an engine that fails on it is what a campaign has found, and no reason to stop. */
function replayOne(engines: readonly Engine[], named: NamedScenario): RunResult {
  try {
    return runOn(engines, named);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const [left = '', right = ''] = engines.map(({ run }) => attempt(() => run(named.scenario)));
    const difference = { at: 'engine', left, right };
    return { ...named, outcomes: [], difference, failures: [], verdict: 'differ' };
  }
}

/** Whether a run comes to its end, in the words of a finding. */
function attempt(run: () => unknown): string {
  try {
    run();
    return 'ran';
  } catch (error) {
    return `failed: ${oneLine(error instanceof Error ? error.message : String(error))}`;
  }
}

function exitOf({ difference, verdict }: RunResult) {
  if (difference !== undefined) return EXIT.mismatch;
  return verdict === 'unsupported' ? EXIT.inconclusive : EXIT.ok;
}

function replayLines(result: RunResult, { colors }: Session): string[] {
  const { name, scenario, outcomes, difference } = result;
  const each = outcomes.flatMap(({ engine, outcome }) => [
    colors.bold(engine),
    ...outcomeLines(scenario, outcome, colors),
  ]);
  const conclusion =
    difference === undefined
      ? colors.green('The engines agree to the bit.')
      : `${colors.red('The engines differ.')} First difference: ${differenceText(difference, colors)}`;
  return [`${colors.bold(name)}`, ...each, '', conclusion];
}

/** Why a finding may not show: it was found with a fault, or on a prediction of the solver's part. */
function agreementHints(text: string, { fault }: ReplayOptions): string[] {
  const foundBy = /^# found by: (.*)$/m.exec(text)?.[1];
  if (foundBy === undefined) return [];
  const planted = / --fault (\S+)/.exec(foundBy)?.[1];
  if (planted !== undefined && fault === undefined) {
    return [`It was found with a planted fault; to see it: --fault ${planted}`];
  }
  if (foundBy.includes('--solver-every')) {
    return [`It may lie in what was predicted for a path, which is looked at by: ${foundBy}`];
  }
  return [];
}
