// A campaign against real kernels: for each kernel its own scenarios, run on a model first and, where that ends,
// on the kernel; results are taken in order, so that a report depends on seed and runs alone.

import type { LinuxEngine } from '../../interp/linux/engine.ts';
import type { KernelOutcome } from '../../interp/linux/kernel-outcome.ts';
import type { Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { Difference } from '../compare.ts';
import type { Finding } from '../campaign/finding.ts';
import { generateAccepted } from '../generate/accepted/scenario.ts';
import { rngOfRun } from '../generate/rng.ts';
import { compareWithKernel } from './compare.ts';
import { dialectOf } from './dialect.ts';
import { createKernelFinding } from './finding.ts';

/** What a kernel is compared with. */
export interface Model {
  readonly name: string;
  run(scenario: Scenario): Outcome;
}

export interface KernelCampaignOptions {
  readonly models: readonly Model[];
  readonly kernels: readonly LinuxEngine[];
  /** Unsigned 32 bits. */
  readonly seed: number;
  readonly first?: number;
  /** How many scenarios for each kernel; without it, until the deadline or the signal. */
  readonly runs?: number;
  readonly timeMs?: number;
  readonly now?: () => number;
  /** Chunks under way at the same time. */
  readonly lanes?: number;
  readonly findingsMax?: number;
  readonly signal?: AbortSignal;
  readonly onFinding?: (finding: Finding) => void;
  readonly onProgress?: (progress: { readonly runs: number; readonly findings: number }) => void;
}

/** What became of the scenarios of one kernel. */
export interface KernelCounts {
  readonly kernel: string;
  runs: number;
  /** Accepted, ended on both sides and compared. */
  compared: number;
  /** Refused by the verifier. */
  rejected: number;
  /** Not run, or not comparable: by reason. */
  readonly left: Record<string, number>;
  /** Of the rejections: the verifier's last words, numbers taken out. */
  readonly rejections: Record<string, number>;
  /** Tail calls taken in compared runs. */
  tailCalls: number;
}

export interface KernelCampaignReport {
  readonly seed: number;
  readonly first: number;
  /** For each kernel. */
  readonly runs: number;
  readonly ended: 'runs' | 'time' | 'findings' | 'aborted';
  readonly findings: readonly Finding[];
  readonly kernels: readonly KernelCounts[];
  /** Guests that failed without a case that makes them fail again. */
  readonly incidents: number;
}

/** Scenarios in one message. */
const CHUNK = 100;
const FINDINGS_MAX = 5;
const LANES = 2;

/** A scenario whose outcome on a kernel is not a model's. */
export interface KernelMismatch {
  readonly run: number;
  readonly model: Model;
  readonly kernel: LinuxEngine;
  readonly scenario: Scenario;
  readonly difference: Difference;
  readonly outcome: KernelOutcome;
}

interface ChunkResult {
  readonly counts: KernelCounts;
  readonly mismatches: readonly KernelMismatch[];
}

function emptyCounts(kernel: string): KernelCounts {
  return { kernel, runs: 0, compared: 0, rejected: 0, left: {}, rejections: {}, tailCalls: 0 };
}

function count(counts: Record<string, number>, key: string, by = 1): void {
  counts[key] = (counts[key] ?? 0) + by;
}

/** The scenario of one run on one kernel. */
export function scenarioForKernel(seed: number, run: number, kernel: LinuxEngine): Scenario {
  return generateAccepted(rngOfRun(seed, run), kernel.profile, dialectOf(kernel));
}

/** Runs a range of scenarios on one kernel. */
async function runChunk(
  { models, seed }: KernelCampaignOptions,
  kernel: LinuxEngine,
  first: number,
  runs: number,
): Promise<ChunkResult> {
  const counts = emptyCounts(kernel.name);
  counts.runs = runs;
  const ready: { run: number; scenario: Scenario; outcomes: Outcome[] }[] = [];
  for (let run = first; run < first + runs; run++) {
    const scenario = scenarioForKernel(seed, run, kernel);
    const outcomes = models.map((model) => model.run(scenario));
    // What does not end on a model would not end on a kernel, where no fuel runs out.
    if (outcomes.some(({ ending }) => ending.kind === 'out_of_fuel'))
      count(counts.left, 'out of fuel');
    else ready.push({ run, scenario, outcomes });
  }
  const said = await kernel.run(ready.map(({ scenario }) => scenario));
  const mismatches: KernelMismatch[] = [];
  const rejected: Scenario[] = [];
  ready.forEach(({ run, scenario, outcomes }, i) => {
    const outcome = said[i]!;
    if (outcome.kind === 'rejected') rejected.push(scenario);
    const comparisons = outcomes.map((left) => compareWithKernel(left, outcome));
    if (comparisons.every(({ verdict }) => verdict === 'equal')) {
      counts.compared++;
      counts.tailCalls += outcomes[0]!.tailCalls;
    }
    const [reason] = comparisons.flatMap((c) => (c.verdict === 'inconclusive' ? [c.reason] : []));
    if (reason !== undefined && outcome.kind !== 'rejected') count(counts.left, reason);
    comparisons.forEach((comparison, m) => {
      if (comparison.verdict !== 'differ') return;
      const { difference } = comparison;
      mismatches.push({ run, model: models[m]!, kernel, scenario, difference, outcome });
    });
  });
  counts.rejected = rejected.length;
  for (const reason of await rejectionReasons(kernel, rejected)) count(counts.rejections, reason);
  return { counts, mismatches };
}

/** Loads what was refused once more, with a log. */
async function rejectionReasons(
  kernel: LinuxEngine,
  scenarios: readonly Scenario[],
): Promise<string[]> {
  if (scenarios.length === 0) return [];
  const outcomes = await kernel.run(scenarios, { logLevel: 1 });
  return outcomes.flatMap((outcome) =>
    outcome.kind === 'rejected' ? [lastWords(outcome.log) || `errno ${outcome.errno}`] : [],
  );
}

/** The verifier's reason: the last line of its log before the statistics, with its numbers taken out. */
function lastWords(log: string): string {
  const lines = log.trim().split('\n');
  const reason = lines.findLast(
    (line) => !/^(processed|verification time|stack depth) /.test(line),
  );
  return (reason ?? '').replace(/-?\b(0x[0-9a-f]+|\d+)\b/g, 'N');
}

/** Chunk results of one kernel, added in order. */
class Tally {
  readonly counts: KernelCounts;
  private readonly waiting = new Map<number, ChunkResult>();
  private next: number;

  constructor(kernel: string, first: number) {
    this.counts = emptyCounts(kernel);
    this.next = first;
  }

  /** @returns the mismatches that are now in order. */
  add(first: number, result: ChunkResult): KernelMismatch[] {
    this.waiting.set(first, result);
    const mismatches: KernelMismatch[] = [];
    for (;;) {
      const ready = this.waiting.get(this.next);
      if (ready === undefined) return mismatches;
      this.waiting.delete(this.next);
      this.next += ready.counts.runs;
      this.merge(ready.counts);
      mismatches.push(...ready.mismatches);
    }
  }

  private merge(counts: KernelCounts): void {
    for (const key of ['runs', 'compared', 'rejected', 'tailCalls'] as const) {
      this.counts[key] += counts[key];
    }
    for (const key of ['left', 'rejections'] as const) {
      for (const [reason, n] of Object.entries(counts[key])) count(this.counts[key], reason, n);
    }
  }
}

/**
 * Runs a campaign against kernels. It resolves with what there is when it is aborted.
 * @throws InputError when a guest does not come up.
 */
export async function runKernelCampaign(
  options: KernelCampaignOptions,
): Promise<KernelCampaignReport> {
  const { kernels, seed, first = 0, runs = Number.POSITIVE_INFINITY } = options;
  const { signal, now, timeMs, findingsMax = FINDINGS_MAX } = options;
  const deadline = timeMs !== undefined && now ? now() + timeMs : Number.POSITIVE_INFINITY;
  const tallies = kernels.map(({ name }) => new Tally(name, first));
  const findings: Finding[] = [];
  let ended: KernelCampaignReport['ended'] = 'runs';
  let next = first;
  let turn = 0;

  const stopped = (): boolean => {
    if (signal?.aborted) ended = 'aborted';
    else if (findings.length >= findingsMax) ended = 'findings';
    else if (now && now() >= deadline) ended = 'time';
    else return false;
    return true;
  };
  const take = async (mismatch: KernelMismatch): Promise<void> => {
    if (findings.length >= findingsMax) return;
    const finding = await createKernelFinding(seed, mismatch, signal);
    if (findings.length >= findingsMax) return;
    findings.push(finding);
    options.onFinding?.(finding);
  };
  /** The next chunk: each kernel in turn has the same range. */
  const claim = () => {
    if (next >= first + runs) return undefined;
    const chunk = { kernel: turn, first: next, runs: Math.min(CHUNK, first + runs - next) };
    turn = (turn + 1) % kernels.length;
    if (turn === 0) next += chunk.runs;
    return chunk;
  };
  const lane = async (): Promise<void> => {
    for (let chunk = claim(); chunk !== undefined && !stopped(); chunk = claim()) {
      const result = await runChunk(options, kernels[chunk.kernel]!, chunk.first, chunk.runs);
      const mismatches = tallies[chunk.kernel]!.add(chunk.first, result);
      for (const mismatch of mismatches) await take(mismatch);
      options.onProgress?.({ runs: totalRuns(tallies), findings: findings.length });
    }
  };
  try {
    await Promise.all(Array.from({ length: options.lanes ?? LANES }, lane));
  } catch (error) {
    // Guests are ended when the signal comes.
    if (!signal?.aborted) throw error;
    ended = 'aborted';
  }
  const incidents = [...new Set(kernels.flatMap((kernel) => kernel.incidents))];
  return {
    seed,
    first,
    runs: Math.min(...tallies.map(({ counts }) => counts.runs)),
    ended,
    findings,
    kernels: tallies.map(({ counts }) => counts),
    incidents: incidents.filter(({ repeated }) => !repeated).length,
  };
}

function totalRuns(tallies: readonly Tally[]): number {
  return tallies.reduce((sum, { counts }) => sum + counts.runs, 0);
}
