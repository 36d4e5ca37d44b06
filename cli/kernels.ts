// Real kernels beside the engines of this project: which are wanted, what they say of runs, and what it comes to.

import { Option } from 'commander';
import { type Comparison, compareWithKernel } from '../fuzz/kernel/compare.ts';
import type { LinuxEngine, LinuxOptions } from '../interp/linux/engine.ts';
import type { KernelOutcome } from '../interp/linux/kernel-outcome.ts';
import { InputError } from '../model/errors.ts';
import type { Outcome } from '../model/scenario/outcome.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { EXIT, type ExitCode, worst } from './exit-codes.ts';
import { interruptible } from './interruptible.ts';
import { countOption } from './options.ts';
import { differenceText } from './render/difference.ts';
import { labelledLine } from './render/outcome.ts';
import type { Colors, Terminal } from './terminal.ts';

const MODELS = ['interp', 'smt'] as const;
export type ModelName = (typeof MODELS)[number];

/** What `--engines` names. */
export interface EngineList {
  readonly models: readonly ModelName[];
  /** `linux:6.12`, `linux:6.1/interp`. */
  readonly kernels: readonly string[];
}

export function enginesOption(): Option {
  return new Option(
    '--engines <list>',
    'interp, smt and kernels (linux:6.12, linux:6.1/interp), with commas',
  );
}

/** A guest takes half a gigabyte. */
const GUESTS_MAX = 16;

export function guestsOption(): Option {
  return countOption('--guests <n>', 'guests of a kernel (default: 2)', 1, GUESTS_MAX);
}

/** @throws InputError for a name that is no engine's, or a list without a model. */
export async function readEngines(list: string): Promise<EngineList> {
  const { isLinuxName, linuxTarget, TARGET_NAMES } = await import('../interp/linux/index.ts');
  const names = [...new Set(list.split(',').map((name) => name.trim()))];
  const models = MODELS.filter((name) => names.includes(name));
  const others = names.filter((name) => !(MODELS as readonly string[]).includes(name));
  for (const name of others) {
    if (!isLinuxName(name)) {
      throw new InputError(
        `there is no engine ${JSON.stringify(name)}; there are ${[...MODELS, ...TARGET_NAMES].join(', ')}`,
        { at: '--engines' },
      );
    }
    linuxTarget(name);
  }
  if (models.length === 0) {
    throw new InputError('a kernel is compared with a model: name interp or smt too', {
      at: '--engines',
    });
  }
  return { models, kernels: others };
}

/** Works with kernels that end when the work does, or at Ctrl-C. @throws InputError when one is not installed. */
export async function withKernels<T>(
  names: readonly string[],
  terminal: Terminal,
  work: (kernels: readonly LinuxEngine[], signal: AbortSignal) => Promise<T>,
  options: LinuxOptions = {},
): Promise<T> {
  const { createLinuxEngines } = await import('../interp/linux/index.ts');
  const linux = createLinuxEngines(names, terminal.env, options);
  try {
    return await interruptible(terminal, async (signal) => {
      signal.addEventListener('abort', () => void linux.close());
      return await work(linux.engines, signal);
    });
  } finally {
    await linux.close();
  }
}

/** What one kernel says of a run. */
export interface KernelSaying {
  /** The model that it is compared with. */
  readonly model: string;
  readonly kernel: string;
  readonly outcome: KernelOutcome;
  readonly comparison: Comparison;
}

/** Characters of a verifier's log that are shown. */
const LOG_MAX = 2000;

/** Runs scenarios on kernels and compares each with what a model said. @returns by scenario, then by kernel. */
export async function askKernels(
  kernels: readonly LinuxEngine[],
  runs: readonly { readonly scenario: Scenario; readonly outcome: Outcome }[],
  model: string,
): Promise<KernelSaying[][]> {
  // What a model runs on with for ever would hang a guest.
  const ending = runs.filter(({ outcome }) => outcome.ending.kind !== 'out_of_fuel');
  const sayings = new Map<Scenario, KernelSaying[]>(runs.map(({ scenario }) => [scenario, []]));
  for (const kernel of kernels) {
    const outcomes = await kernel.run(
      ending.map(({ scenario }) => scenario),
      { logLevel: 1, logMax: LOG_MAX },
    );
    ending.forEach(({ scenario, outcome }, i) => {
      const said = outcomes[i]!;
      const comparison = compareWithKernel(outcome, said);
      sayings.get(scenario)!.push({ model, kernel: kernel.name, outcome: said, comparison });
    });
    for (const { scenario, outcome } of runs) {
      if (outcome.ending.kind !== 'out_of_fuel') continue;
      const reason = 'it runs out of fuel on the model, and nothing would end it on a kernel';
      sayings.get(scenario)!.push({
        ...{ model, kernel: kernel.name },
        outcome: { kind: 'unsupported', reason },
        comparison: { verdict: 'inconclusive', reason },
      });
    }
  }
  return runs.map(({ scenario }) => sayings.get(scenario)!);
}

const SAYING_EXIT: Readonly<Record<Comparison['verdict'], ExitCode>> = {
  equal: EXIT.ok,
  differ: EXIT.mismatch,
  inconclusive: EXIT.inconclusive,
};

export function sayingsExit(sayings: readonly KernelSaying[]): ExitCode {
  return worst(sayings.map(({ comparison }) => SAYING_EXIT[comparison.verdict]));
}

/** For people: a line for each kernel, and a verifier's last words where it refused. */
export function sayingLines(sayings: readonly KernelSaying[], colors: Colors): string[] {
  return sayings.flatMap((saying) => {
    const { outcome } = saying;
    const log = outcome.kind === 'rejected' ? lastLines(outcome.log) : [];
    return [
      labelledLine('kernel', sayingText(saying, colors)),
      ...log.map((line) => labelledLine('', line)),
    ];
  });
}

function sayingText({ model, kernel, comparison }: KernelSaying, colors: Colors): string {
  switch (comparison.verdict) {
    case 'equal':
      return `${kernel} agrees in all that it shows`;
    case 'differ':
      return `${colors.red(`${kernel} differs`)} in ${differenceText(comparison.difference, colors, [model, 'kernel'])}`;
    case 'inconclusive':
      return `${colors.yellow(`${kernel} is not compared`)}: ${comparison.reason}`;
  }
}

const LOG_LINES = 3;

function lastLines(log: string): string[] {
  const lines = log.split('\n').filter((line) => line !== '' && !line.startsWith('processed '));
  return lines.slice(-LOG_LINES);
}

export function sayingsJson(sayings: readonly KernelSaying[]) {
  return sayings.map(({ kernel, outcome, comparison }) => ({
    kernel,
    ...comparison,
    ...(outcome.kind === 'rejected' ? { errno: outcome.errno, log: outcome.log } : {}),
    ...(outcome.kind === 'exit' ? { retval: outcome.retval } : {}),
    ...(outcome.kind === 'failed' ? { failure: outcome.failure, console: outcome.console } : {}),
  }));
}
