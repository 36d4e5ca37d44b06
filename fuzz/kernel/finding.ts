// From a mismatch with a kernel to a finding: made smaller on model and kernel, as a file that anyone can run.

import type { LinuxEngine } from '../../interp/linux/engine.ts';
import type { KernelOutcome } from '../../interp/linux/kernel-outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { formatScenario } from '../../model/scenario/write.ts';
import type { Difference } from '../compare.ts';
import { type Finding, instructionCount } from '../campaign/finding.ts';
import { type BatchedSearch, shrinkInBatches } from '../shrink/batches.ts';
import { smallerScenarios } from '../shrink/shrink.ts';
import type { KernelMismatch } from './campaign.ts';
import { compareWithKernel, kindOfDifference } from './compare.ts';

/** Candidates that go to the kernel in one message. */
const BATCH = 32;

interface Shrunk {
  readonly scenario: Scenario;
  readonly difference: Difference;
}

/** Minimises a mismatch; one that kills the guest is left as it is, because each try costs a boot. */
export async function createKernelFinding(
  seed: number,
  mismatch: KernelMismatch,
  signal?: AbortSignal,
): Promise<Finding> {
  const { run, outcome } = mismatch;
  const shrunk = outcome.kind === 'failed' ? mismatch : await shrink(mismatch, signal);
  const { scenario, difference } = shrunk;
  return {
    seed,
    run,
    difference,
    instructions: instructionCount(scenario),
    text: formatScenario(scenario, { comments: comments(seed, mismatch, difference) }),
    scenario,
  };
}

/** Goes on from the first smaller scenario that still differs in the same way, until none does. */
function shrink(mismatch: KernelMismatch, signal?: AbortSignal): Promise<Shrunk> {
  const search: BatchedSearch<Shrunk> = {
    batch: BATCH,
    smaller: ({ scenario }) => smallerScenarios(scenario),
    first: (_, candidates) => firstDiffering(mismatch, candidates),
  };
  return shrinkInBatches(mismatch, search, signal);
}

async function firstDiffering(
  { model, kernel, difference }: KernelMismatch,
  candidates: readonly Scenario[],
): Promise<Shrunk | undefined> {
  const kind = kindOfDifference(difference);
  const ending = candidates
    .map((scenario) => ({ scenario, outcome: model.run(scenario) }))
    .filter(({ outcome }) => outcome.ending.kind !== 'out_of_fuel');
  const said = await kernel.run(ending.map(({ scenario }) => scenario));
  for (const [i, { scenario, outcome }] of ending.entries()) {
    const comparison = compareWithKernel(outcome, said[i]!);
    // Another kind of difference is another cause, or none: a program that reads what nobody has set.
    if (comparison.verdict !== 'differ' || kindOfDifference(comparison.difference) !== kind)
      continue;
    if (await isRepeatable(kernel, scenario))
      return { scenario, difference: comparison.difference };
  }
  return undefined;
}

const REPEATS = 5;

/** Whether a kernel says the same each time: an address in a result, which a cut may lay bare, is another each time. */
async function isRepeatable(kernel: LinuxEngine, scenario: Scenario): Promise<boolean> {
  const outcomes = await kernel.run(Array.from({ length: REPEATS }, () => scenario));
  const values = outcomes.map((outcome) => (outcome.kind === 'exit' ? outcome.retval : undefined));
  return values.every((value) => value === values[0]);
}

function comments(
  seed: number,
  { run, model, kernel, outcome }: KernelMismatch,
  { at, left, right }: Difference,
): string[] {
  const names = `${model.name},${kernel.name}`;
  return [
    `${model.name} and ${kernel.name} disagree on ${at}: ${model.name} ${left}, ${kernel.name} ${right}`,
    `found by: tailproof fuzz --engines ${names} --seed ${seed} --first ${run} --runs 1`,
    `run with: tailproof run --engines ${names} FILE`,
    ...consoleLines(outcome),
  ];
}

const CONSOLE_LINES = 20;

/** The last that a guest said before it failed. */
function consoleLines(outcome: KernelOutcome): string[] {
  if (outcome.kind !== 'failed') return [];
  const lines = outcome.console.trim().split(/\r?\n/);
  return ['the end of its console:', ...lines.slice(-CONSOLE_LINES).map((line) => `  ${line}`)];
}
